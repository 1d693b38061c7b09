//! A template's sections as every other room here reads them. How they come from a text is in `read`.

use std::collections::HashMap;

use serde_json::Value;

use super::parameters::Parameter;
use super::transforms::Transforms;
use crate::tree::Node;

/// The name that stands for what `Ref` gives, among the names of attributes.
pub(crate) const REF: &str = "Ref";

/// A template's sections.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sections {
    pub description: Option<String>,
    pub format_version: Option<String>,
    pub parameters: Vec<Parameter>,
    pub rules: Value,
    pub checks: Vec<Rule>,
    pub mappings: Node,
    pub conditions: HashMap<String, Node>,
    pub resources: Vec<ResourceDeclaration>,
    /// Logical id to place in `resources`.
    pub resource_places: HashMap<String, usize>,
    pub outputs: Vec<OutputDeclaration>,
    pub transforms: Transforms,
    /// A macro, a module or a loop over values not known yet may add resources that the text does not show.
    pub transformed: bool,
    /// What the serverless model calls otherwise: `Function.Alias`, a layer.
    pub renamed: HashMap<String, String>,
}

/// One entry of `Resources`.
#[derive(Debug, Clone)]
pub(crate) struct ResourceDeclaration {
    pub logical_id: String,
    pub kind: String,
    pub condition: Option<String>,
    pub depends_on: Vec<String>,
    pub body: Node,
}

impl ResourceDeclaration {
    pub fn property(&self, name: &str) -> Option<&Node> {
        self.body.get("Properties")?.get(name)
    }
}

/// One entry of `Outputs`.
#[derive(Debug, Clone)]
pub(crate) struct OutputDeclaration {
    pub key: String,
    pub description: Option<String>,
    pub condition: Option<String>,
    pub body: Node,
    pub value: Node,
    /// The name it is exported under.
    pub export: Option<Node>,
}

impl Sections {
    pub fn parameter(&self, key: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.key == key)
    }

    /// Where the serverless model has another name for an attribute of a resource: `Function.Alias`, a layer's.
    pub fn other_name<'s>(&'s self, logical_id: &str, attribute: &'s str) -> Option<(&'s str, &'s str)> {
        if self.renamed.is_empty() {
            return None;
        }
        let (head, rest) = attribute.split_once('.').unwrap_or((attribute, REF));
        let of_attribute =
            self.renamed.get(&format!("{logical_id}.{head}")).map(|other| (other.as_str(), rest));
        of_attribute.or_else(|| self.renamed.get(logical_id).map(|other| (other.as_str(), attribute)))
    }

    pub fn resource(&self, logical_id: &str) -> Option<&ResourceDeclaration> {
        self.resources.get(*self.resource_places.get(logical_id)?)
    }
}

/// One entry of `Rules`.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) condition: Option<Node>,
    pub(crate) assertions: Vec<Assertion>,
    /// Whether it looks at a `NoEcho` parameter.
    pub(crate) secret: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Assertion {
    pub(crate) assert: Node,
    pub(crate) description: Option<String>,
}

/// Whether a `DeletionPolicy` or `UpdateReplacePolicy` is one.
pub(crate) fn is_policy(text: &str) -> bool {
    ["Delete", "Retain", "Snapshot", "RetainExceptOnCreate"].contains(&text)
}

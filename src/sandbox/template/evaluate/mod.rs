//! Evaluates a template's values for one set of parameters in one place: `Ref`, `Fn::GetAtt` and every other
//! function. What a resource's attribute looks like is decided in `guess`.

mod calls;
mod conditions;
mod functions;
mod identity;
mod lists;
pub(crate) mod rules;
mod stack;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::guess::attributes::{self, Made};
use super::guess::{self, Source};
use super::parameters::{self, Parameter};
use super::place::Place;
use super::sections::{REF, ResourceDeclaration, Sections};
use super::unresolved::{self, Block};
use crate::tree::{Data, Node};

pub(crate) use calls::no_mapping;
pub(crate) use conditions::circular_conditions;
pub(crate) use functions::{GET_ATT, miscounted};
pub(crate) use stack::{Evaluated, create, resources};
pub use stack::{Output, Resource, Stack};

/// Names naming names naming names: deep chains end in an error, not in a full stack.
const MAX_DEPTH: usize = 300;

/// One evaluation of a template.
pub(crate) struct Evaluation<'t> {
    pub sections: &'t Sections,
    pub block: Block,
    /// Resources and their attributes that what was evaluated refers to.
    pub used: BTreeSet<(String, String)>,
    /// Conditions known so far.
    pub conditions: HashMap<&'t str, bool>,
    /// Conditions whose evaluation has begun.
    pub begun: Vec<&'t str>,
    /// What other stacks export, where the caller knows.
    pub imports: Option<&'t BTreeMap<String, String>>,
    /// What was imported so far.
    pub imported: BTreeSet<String>,
    values: &'t BTreeMap<String, String>,
    place: &'t Place<'t>,
    /// What makes each resource itself, see `identity`.
    pub identities: HashMap<&'t str, String>,
    /// By resource, attribute, and whether imports are known.
    made: HashMap<(String, String, bool), Value>,
    being_made: Vec<String>,
    depth: usize,
}

impl<'t> Evaluation<'t> {
    pub fn new(sections: &'t Sections, values: &'t BTreeMap<String, String>, place: &'t Place<'t>) -> Self {
        Evaluation {
            sections,
            block: Block::Resources,
            used: BTreeSet::new(),
            conditions: HashMap::new(),
            begun: Vec::new(),
            imports: None,
            imported: BTreeSet::new(),
            identities: HashMap::new(),
            values,
            place,
            made: HashMap::new(),
            being_made: Vec::new(),
            depth: 0,
        }
    }

    /// An evaluation of what CloudFormation works out first; resources are not to be named.
    pub fn before_resources(
        sections: &'t Sections,
        values: &'t BTreeMap<String, String>,
        place: &'t Place<'t>,
    ) -> Self {
        Evaluation { block: Block::Conditions, ..Evaluation::new(sections, values, place) }
    }

    /// The value of a node; `null` is `AWS::NoValue`, which vanishes from lists and maps.
    pub fn value(&mut self, node: &'t Node) -> Result<Value, String> {
        self.deeper(1, |evaluation| evaluation.value_unbounded(node))
    }

    /// Takes a step that may lead to itself again; `weight` says how much stack it takes.
    pub fn deeper<T>(
        &mut self,
        weight: usize,
        step: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        if self.depth + weight > MAX_DEPTH {
            return Err("Template error: values refer to each other too deeply".to_owned());
        }
        self.depth += weight;
        let result = step(self);
        self.depth -= weight;
        result
    }

    /// Takes a step that may fail without a trace.
    pub fn trial<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T, String>) -> Option<T> {
        let (block, begun, being_made) = (self.block, self.begun.len(), self.being_made.len());
        let result = step(self).ok();
        self.block = block;
        self.begun.truncate(begun);
        self.being_made.truncate(being_made);
        result
    }

    fn value_unbounded(&mut self, node: &'t Node) -> Result<Value, String> {
        match (node.function(), &node.data) {
            (Some((name, argument)), _) if name != "Condition" => self.call(name, argument),
            (_, Data::Null) => Ok(Value::Null),
            (_, Data::Text(text)) => Ok(Value::String(text.clone())),
            (_, Data::List(items)) => {
                let values = items.iter().map(|item| self.value(item)).collect::<Result<Vec<_>, _>>()?;
                Ok(values.into_iter().filter(|value| !value.is_null()).collect())
            }
            (_, Data::Map(entries)) => {
                let mut map = serde_json::Map::new();
                for (key, entry) in entries {
                    let value = self.value(entry)?;
                    if !value.is_null() {
                        map.insert(key.clone(), value);
                    }
                }
                Ok(Value::Object(map))
            }
        }
    }

    fn call(&mut self, name: &str, argument: &'t Node) -> Result<Value, String> {
        match name {
            "Ref" if argument.text().is_none() && self.sections.transforms.extended() => {
                self.text(argument, name).and_then(|name| self.reference(&name))
            }
            "Ref" => self.reference(argument.text().unwrap_or_default()),
            "Fn::GetAtt" => self.attribute_of(argument),
            "Fn::Sub" => self.substitute(argument),
            "Fn::If" => {
                let branch = self.branch(argument)?;
                self.value(branch)
            }
            "Fn::FindInMap" => self.find_in_map(argument),
            "Fn::Join" => {
                self.with_list(argument).and_then(|(delimiter, items)| functions::join(&delimiter, &items))
            }
            "Fn::Select" => {
                self.with_list(argument).and_then(|(index, items)| functions::select(&index, &items))
            }
            "Fn::Split" => {
                self.two(argument).and_then(|(delimiter, text)| functions::split(&delimiter, &text))
            }
            "Fn::Cidr" => self.cidr(argument),
            "Fn::GetAZs" => {
                self.text(argument, name).map(|region| self.place.zones(&region).into_iter().collect())
            }
            "Fn::Base64" => {
                self.text(argument, name).and_then(|text| functions::bounded(BASE64_STANDARD.encode(&text)))
            }
            "Fn::ImportValue" => self.text(argument, name).map(|export| Value::String(self.import(&export))),
            "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals" => {
                self.call_condition(name, argument).map(|holds| Value::String(holds.to_string()))
            }
            "Fn::Length" | "Fn::ToJsonString" if !self.sections.transforms.extended() => {
                Err(unsupported(name))
            }
            "Fn::Length" => match self.value(argument)? {
                Value::Array(items) => Ok(Value::String(items.len().to_string())),
                _ => Err("Template error: Fn::Length requires a list".to_owned()),
            },
            "Fn::ToJsonString" => {
                self.json_text(argument).and_then(|text| functions::bounded(text.unwrap_or_default()))
            }
            "Fn::GetStackOutput" => self.output_of(argument),
            // what a macro would return is not knowable here
            "Fn::Transform" => Ok(Value::Null),
            other => Err(unsupported(other)),
        }
    }

    /// The text an argument evaluates to.
    pub fn text(&mut self, argument: &'t Node, function: &str) -> Result<String, String> {
        match self.value(argument)? {
            Value::String(text) => Ok(text),
            // `!GetAZs` and the like with nothing behind them
            Value::Null => Ok(String::new()),
            _ => Err(format!("Template error: every {function} object must have a String-typed value.")),
        }
    }

    pub fn two(&mut self, argument: &'t Node) -> Result<(Value, Value), String> {
        match self.argument_list(argument)?.as_slice() {
            [first, second] => Ok((first.clone(), second.clone())),
            _ => Ok((Value::Null, Value::Null)),
        }
    }

    /// A function's arguments. Unlike a list that is a value, places stay where something is `AWS::NoValue`.
    pub fn argument_list(&mut self, argument: &'t Node) -> Result<Vec<Value>, String> {
        argument.list().unwrap_or_default().iter().map(|item| self.value(item)).collect()
    }

    /// What `Ref` or `${name}` gives.
    pub fn reference(&mut self, name: &str) -> Result<Value, String> {
        if let Some(value) = pseudo(self.place, name) {
            return Ok(value);
        }
        let sections = self.sections;
        match (sections.parameter(name), sections.renamed.get(name)) {
            (Some(parameter), _) => Ok(self.parameter(parameter)),
            (None, Some(other)) => self.resource(other, REF),
            (None, None) => self.resource(name, REF),
        }
    }

    fn parameter(&self, parameter: &Parameter) -> Value {
        let written = self.values.get(&parameter.key).map(String::as_str).unwrap_or_default();
        let list = parameters::is_list(&parameter.kind);
        match parameters::resolved_type(&parameter.kind) {
            Some(kind) if list => {
                let item =
                    kind.strip_prefix("List<").and_then(|rest| rest.strip_suffix('>')).unwrap_or("String");
                ["1", "2", "3"].iter().map(|number| self.stored(item, written, number)).collect()
            }
            Some(kind) => Value::String(self.stored(kind, written, "")),
            None if list => parameters::items(written).into_iter().collect(),
            None => Value::String(written.to_owned()),
        }
    }

    /// What Systems Manager holds under a name: the same for every stack of the account and region.
    fn stored(&self, kind: &str, name: &str, number: &str) -> String {
        let Place { account_id, region, .. } = *self.place;
        guess::of_type(&Source::new(self.place, &[account_id, region, "ssm", name, number]), kind, name)
    }

    /// What another stack exports under a name.
    pub fn import(&mut self, export: &str) -> String {
        self.imported.insert(export.to_owned());
        if let Some(value) = self.imports.and_then(|imports| imports.get(export)) {
            return value.clone();
        }
        let Place { account_id, region, .. } = *self.place;
        guess::guess(&Source::new(self.place, &[account_id, region, "export", export]), export)
    }

    /// `Fn::GetStackOutput`: an output of another stack.
    fn output_of(&mut self, argument: &'t Node) -> Result<Value, String> {
        let value = self.value(argument)?;
        let text = |name| value.get(name).and_then(Value::as_str).unwrap_or_default();
        let Place { account_id, region, .. } = *self.place;
        let words = [account_id, region, "output", text("StackName"), text("Region"), text("OutputName")];
        Ok(Value::String(guess::guess(&Source::new(self.place, &words), text("OutputName"))))
    }

    /// An attribute of a resource of this stack, or what `Ref` gives for it.
    pub fn resource(&mut self, logical_id: &str, attribute: &str) -> Result<Value, String> {
        if self.block == Block::Conditions {
            return Err(unresolved::in_conditions(logical_id));
        }
        let sections = self.sections;
        if let Some((other, attribute)) = sections.other_name(logical_id, attribute) {
            return self.resource(other, attribute);
        }
        let declaration = match sections.resource(logical_id) {
            Some(declaration) if self.exists(declaration)? => Some(declaration),
            None if sections.transformed => None,
            _ => return Err(unresolved::resource(logical_id, self.block)),
        };
        // what a name is made of is the named one's business
        if self.being_made.is_empty() {
            self.used.insert((logical_id.to_owned(), attribute.to_owned()));
        }
        let key = (logical_id.to_owned(), attribute.to_owned(), self.imports.is_some());
        if let Some(value) = self.made.get(&key) {
            return Ok(value.clone());
        }
        let value = self.make(logical_id, declaration, attribute)?;
        self.made.insert(key, value.clone());
        Ok(value)
    }

    /// Whether a resource's condition holds.
    pub fn exists(&mut self, declaration: &'t ResourceDeclaration) -> Result<bool, String> {
        declaration.condition.as_deref().map_or(Ok(true), |name| self.condition(name))
    }

    fn make(
        &mut self,
        logical_id: &str,
        declaration: Option<&'t ResourceDeclaration>,
        attribute: &str,
    ) -> Result<Value, String> {
        // a resource that only a macro knows
        let kind = declaration.map_or("AWS::CloudFormation::CustomResource", |declaration| &declaration.kind);
        if self.being_made.iter().any(|id| id == logical_id) {
            return Err(circular(&self.being_made));
        }
        self.being_made.push(logical_id.to_owned());
        let identity = declaration.map_or_else(String::new, |declaration| self.identity(declaration));
        let mut properties = BTreeMap::new();
        for name in attributes::reads(kind, attribute) {
            if let Some(node) = declaration.and_then(|declaration| declaration.property(name)) {
                properties.insert(name.to_owned(), self.deeper(4, |evaluation| evaluation.value(node))?);
            }
        }
        self.being_made.pop();
        Ok(Made { place: self.place, kind, logical_id, identity: &identity, properties: &properties }
            .attribute(attribute))
    }
}

/// What a pseudo parameter stands for.
pub(crate) fn pseudo(place: &Place<'_>, name: &str) -> Option<Value> {
    Some(Value::String(match name {
        "AWS::AccountId" => place.account_id.to_owned(),
        "AWS::Region" => place.region.to_owned(),
        "AWS::StackName" => place.stack_name.to_owned(),
        "AWS::StackId" => place.stack_id.to_owned(),
        "AWS::Partition" => place.partition().to_owned(),
        "AWS::URLSuffix" => place.url_suffix().to_owned(),
        "AWS::NoValue" => return Some(Value::Null),
        "AWS::NotificationARNs" => return Some(place.notification_arns.iter().cloned().collect()),
        _ => return None,
    }))
}

/// CloudFormation's words for a function that it does not have.
pub(crate) fn unsupported(name: &str) -> String {
    format!("Template error: Encountered unsupported function: {name}")
}

/// CloudFormation's words for resources that need each other.
pub(crate) fn circular<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    format!("Circular dependency between resources: [{}]", names.join(", "))
}

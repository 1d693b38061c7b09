//! A product as a declaration that is to be edited: what must be given stands there, what may be given is a remark.

use std::collections::{BTreeMap, BTreeSet};

use super::compose::{Composed, ComposedFile, of_map};
use super::found::FoundValue;
use super::names::{free, free_file, key_of, stem_of, variable};
use super::surroundings::Surroundings;
use super::value::{escaped, node};
use super::yaml::{YamlNode, YamlPair, document};
use provisor_model::product::{ArtifactSelector, Selector};

/// One version of a product that somebody is about to declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaffold {
    /// The product's name, or the key that somebody chose.
    pub key: String,
    /// The product's name, for the file.
    pub name: String,
    /// The product, by its name where that is one product's.
    pub product: Selector,
    /// The version, likewise.
    pub artifact: ArtifactSelector,
    /// The launch path, where there are several.
    pub path: Option<Selector>,
    /// Where it stands, where there are several locations.
    pub location: Option<String>,
    /// The parameters, in the order in which they are read.
    pub parameters: Vec<ScaffoldParameter>,
    /// The tags that its tag options ask for.
    pub tags: Vec<ScaffoldTag>,
    /// Accounts and regions that a stack set may spread over.
    pub spread: Option<[Vec<String>; 2]>,
    /// What whoever reads the declaration should know.
    pub remarks: Vec<String>,
    /// What stands in the way of provisioning it as it is written: a remark too, and said to who asked for it.
    pub warnings: Vec<String>,
}

/// One parameter of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaffoldParameter {
    /// Its key.
    pub key: String,
    /// What its author says of it.
    pub remarks: Vec<String>,
    /// What is written.
    pub value: ScaffoldValue,
    /// What somebody has to choose from, or may.
    pub choice: Option<String>,
}

/// What is written of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScaffoldValue {
    /// A value that the template takes.
    Given(FoundValue),
    /// None is known: it has to be given.
    Open,
    /// The template has this default.
    Default(FoundValue),
    /// It is not echoed, and has a default.
    Hidden,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaffoldTag {
    /// Its key.
    pub key: String,
    /// The values that the tag option allows; the first is written.
    pub values: Vec<String>,
}

/// Its declaration, in a file of its own.
#[must_use]
pub fn scaffold(of: &Scaffold, around: &Surroundings) -> Composed {
    let key = free(&key_of(&of.key), &mut around.keys.clone());
    let mut pairs = of.head();
    pairs.extend(of.location.as_ref().map(|location| YamlPair::text("location", location)));
    pairs.extend(of.parameters(&key));
    pairs.extend(of_map("tags", of.tags.iter().map(ScaffoldTag::pair).collect()));
    pairs.extend(of.spread.as_ref().map(|[accounts, regions]| {
        let lists = [("stack_set_accounts", accounts), ("stack_set_regions", regions)];
        let pairs = lists.map(|(name, list)| YamlPair::new(name, YamlNode::texts(list)));
        YamlPair { is_off: true, ..YamlPair::new("provisioning_preferences", YamlNode::Map(pairs.into())) }
    }));
    let remarks = of.remarks.iter().chain(&of.warnings).cloned().collect();
    let declared = YamlPair { remarks, ..YamlPair::new(&*key, YamlNode::Map(pairs)) };
    let head = around.origin.head(&BTreeSet::new());
    let text = head + &document(&[YamlPair::new("provisioned_products", YamlNode::Map(vec![declared]))]);
    let name = free_file(&stem_of(&of.name), &mut around.files.clone());
    let sensitive =
        of.parameters.iter().filter(|one| one.value == ScaffoldValue::Given(FoundValue::Sensitive));
    let variables: BTreeMap<String, String> =
        sensitive.map(|one| (variable(&key, &one.key), format!("`{}` of `{key}`", one.key))).collect();
    Composed { files: vec![ComposedFile { name, text, declarations: 1 }], variables, addresses: Vec::new() }
}

impl Scaffold {
    fn head(&self) -> Vec<YamlPair> {
        let (product, name) = match &self.product {
            Selector::Name(name) => ("product_name", name),
            Selector::Id(id) => ("product_id", id),
        };
        let (artifact, version) = match &self.artifact {
            ArtifactSelector::Name(name) => ("provisioning_artifact_name", name.as_str()),
            ArtifactSelector::Id(id) => ("provisioning_artifact_id", id.as_str()),
            ArtifactSelector::OnlyActive => ("provisioning_artifact", "active"),
        };
        let path = self.path.as_ref().map(|path| match path {
            Selector::Name(name) => YamlPair::text("path_name", escaped(name)),
            Selector::Id(id) => YamlPair::text("path_id", escaped(id)),
        });
        let head = [YamlPair::text(product, escaped(name)), YamlPair::text(artifact, escaped(version))];
        head.into_iter().chain(path).collect()
    }

    /// Where nothing is given, the whole map is a remark: a key without a value says something else.
    fn parameters(&self, key: &str) -> Option<YamlPair> {
        let mut pairs: Vec<YamlPair> = self.parameters.iter().map(|one| one.pair(key)).collect();
        let is_off = pairs.iter().all(|pair| pair.is_off);
        if is_off {
            pairs.iter_mut().for_each(|pair| pair.is_off = false);
        }
        of_map("parameters", pairs).map(|pair| YamlPair { is_off, ..pair })
    }
}

impl ScaffoldParameter {
    fn pair(&self, key: &str) -> YamlPair {
        let held = |value: &FoundValue| match value {
            FoundValue::Sensitive => node(&FoundValue::Variable(variable(key, &self.key))),
            value => node(value),
        };
        let (node, is_off) = match &self.value {
            ScaffoldValue::Given(value) => (held(value), false),
            ScaffoldValue::Default(value) => (held(value), true),
            ScaffoldValue::Open | ScaffoldValue::Hidden => (YamlNode::Plain("...".to_owned()), true),
        };
        let told = |rule: &String| match &self.value {
            ScaffoldValue::Default(_) => rule.clone(),
            _ => format!("choose: {rule}"),
        };
        YamlPair {
            remarks: self.remarks.clone(),
            aside: self.choice.as_ref().map(told),
            is_off,
            ..YamlPair::new(&*self.key, node)
        }
    }
}

impl ScaffoldTag {
    fn pair(&self) -> YamlPair {
        let first = self.values.first().map(String::as_str).unwrap_or_default();
        let aside = (self.values.len() > 1).then(|| format!("choose: one of {}", self.values.join(", ")));
        YamlPair { aside, ..YamlPair::text(&self.key, escaped(first)) }
    }
}

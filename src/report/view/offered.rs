//! What every version of every product takes, for editors: the locations together, by the names that people write.

use std::collections::BTreeMap;

use crate::catalog::ParameterRule;
use crate::observe::{CatalogProduct, VersionSheet};

/// A product.
pub struct OfferedView {
    /// Its name.
    pub name: String,
    /// Its ids, at one location or another.
    pub ids: Vec<String>,
    /// Its versions, the newest first.
    pub versions: Vec<OfferedVersion>,
}

/// A version.
pub struct OfferedVersion {
    /// Its name, or its id where it has none.
    pub name: String,
    /// Its ids.
    pub ids: Vec<String>,
    /// What it takes.
    pub parameters: BTreeMap<String, OfferedParameter>,
    /// The values that tags may have.
    pub tag_options: BTreeMap<String, Vec<String>>,
}

/// A parameter.
#[derive(Clone)]
pub struct OfferedParameter {
    /// What its author calls it.
    pub label: Option<String>,
    /// Its rules; where locations differ, what they have in common.
    pub rule: ParameterRule,
}

impl OfferedView {
    /// All products by name.
    #[must_use]
    pub fn all(found: &[(CatalogProduct, Vec<VersionSheet>)]) -> Vec<Self> {
        let mut products: BTreeMap<&str, Self> = BTreeMap::new();
        for (product, sheets) in found {
            let name = product.product.name.as_str();
            let one = products.entry(name).or_insert_with(|| Self {
                name: name.to_owned(),
                ids: Vec::new(),
                versions: Vec::new(),
            });
            note(&mut one.ids, product.product.id.as_str());
            sheets.iter().for_each(|sheet| one.take_in(sheet));
        }
        products.into_values().collect()
    }

    fn take_in(&mut self, sheet: &VersionSheet) {
        let new = OfferedVersion::of(sheet);
        match self.versions.iter_mut().find(|version| version.name == new.name) {
            Some(version) => version.join(new),
            None => self.versions.push(new),
        }
    }
}

impl OfferedVersion {
    fn of(sheet: &VersionSheet) -> Self {
        let VersionSheet { artifact, offering, .. } = sheet;
        let parameter = |(key, rule): (&String, &ParameterRule)| {
            let label = offering.interface.labels.get(key).cloned();
            (key.clone(), OfferedParameter { label, rule: rule.clone() })
        };
        let options = offering.tag_options.iter().filter(|(_, values)| !values.is_empty());
        Self {
            name: artifact.label().to_owned(),
            ids: vec![artifact.id.to_string()],
            parameters: offering.parameters.iter().map(parameter).collect(),
            tag_options: options.map(|(key, values)| (key.clone(), values.clone())).collect(),
        }
    }

    /// Another version of this name, at another location or in another product of one name.
    fn join(&mut self, other: Self) {
        other.ids.iter().for_each(|id| note(&mut self.ids, id));
        for (key, theirs) in other.parameters {
            match self.parameters.get_mut(&key) {
                Some(ours) if ours.rule != theirs.rule => {
                    let ParameterRule { kind, description, no_echo, .. } = ours.rule.clone();
                    let no_echo = no_echo || theirs.rule.no_echo;
                    ours.rule = ParameterRule { kind, description, no_echo, ..ParameterRule::default() };
                }
                Some(_) => {}
                None => drop(self.parameters.insert(key, theirs)),
            }
        }
        self.tag_options.retain(|key, values| other.tag_options.get(key) == Some(values));
    }
}

fn note(ids: &mut Vec<String>, id: &str) {
    if !ids.iter().any(|known| known == id) {
        ids.push(id.to_owned());
    }
}

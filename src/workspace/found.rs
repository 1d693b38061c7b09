//! What the catalog tells of a provisioned product that somebody else made, as plain data that a declaration can be written from.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Existing, ParameterRule, Product, Status};
use crate::import::{FoundProduct, FoundValue};
use crate::model::product::{ArtifactSelector, Preferences, Selector};
use crate::model::secret::Secret;
use crate::model::text::shortened;
use crate::observe::InventoryItem;

/// So much of the catalog's words stands in a remark.
const TOLD: usize = 160;

/// Something that is not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What it is, why it is left, and what to do.
    pub sentence: String,
    /// What it needs.
    pub needs: LeftNeeds,
}

/// What something needs that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftNeeds {
    /// Nothing: it is managed here already.
    Nothing,
    /// Time alone.
    Time,
    /// Somebody who does something.
    Somebody,
}

impl From<String> for LeftOut {
    fn from(sentence: String) -> Self {
        Self { sentence, needs: LeftNeeds::Somebody }
    }
}

/// Why something is not declared now.
pub(super) fn left_alone(item: &InventoryItem) -> Option<LeftOut> {
    let Existing { name, id, status, .. } = &item.existing;
    let why = match status {
        _ if item.product.is_none() => {
            "its product is not granted to this principal, or is gone: nothing could be planned for it"
        }
        Status::Available | Status::Tainted | Status::Error => return None,
        Status::UnderChange => "an operation is running: import again when it is over",
        Status::PlanInProgress => {
            "a change-set plan waits for it: import again when that is executed or deleted"
        }
        Status::Unknown(_) => "its status is none that is known here",
    };
    let is_busy = matches!(status, Status::UnderChange | Status::PlanInProgress) && item.product.is_some();
    let needs = if is_busy { LeftNeeds::Time } else { LeftNeeds::Somebody };
    Some(LeftOut { sentence: format!("{name} ({id}) at {}: {why}", item.location), needs })
}

/// The defaults that the templates of these do not echo.
pub(super) fn hidden_defaults(items: &[InventoryItem]) -> impl Iterator<Item = Secret> + '_ {
    let offered = items.iter().filter_map(|item| item.offering.as_ref());
    offered.flat_map(|offering| offering.parameters.values()).filter_map(ParameterRule::hidden_default)
}

/// All that the catalog tells.
pub(super) fn found(item: &InventoryItem) -> FoundProduct {
    let mut remarks = Vec::new();
    let product = product(item, &mut remarks);
    let artifact = artifact(item, &mut remarks);
    let mut found = FoundProduct::new(item.location.clone(), &item.existing.name, product, artifact);
    found.path = path(item, &mut remarks);
    values(item, &mut found, &mut remarks);
    found.tags = tags(item);
    remarks.extend(troubles(item));
    FoundProduct { remarks, ..found }
}

/// What is said of what is not well.
pub(super) fn troubles(item: &InventoryItem) -> Vec<String> {
    let message = item.existing.status_message.as_deref().unwrap_or("the catalog does not say why");
    let message = shortened(message, TOLD);
    match item.existing.status {
        Status::Tainted => vec![format!("tainted, its last operation failed: {message}")],
        Status::Error => vec![format!("in error, it was never provisioned successfully: {message}")],
        _ => Vec::new(),
    }
}

/// What it is one of, by its name if that is the only one called so, or the only one on its launch path.
pub(super) fn product(item: &InventoryItem, remarks: &mut Vec<String>) -> Selector {
    match (&item.product, &item.namesakes) {
        (Some(product), Some(namesakes)) if namesakes.is_empty() || own_path(item).is_some() => {
            Selector::Name(product.name.clone())
        }
        (product, _) => {
            let name = product.as_ref().map(|product| product.name.as_str()).unwrap_or_default();
            remarks.push(format!("several products are called `{name}`"));
            Selector::Id(item.product_id.as_ref().map(ToString::to_string).unwrap_or_default())
        }
    }
}

/// The name of the launch path that it came by, where others are called as its product and none of them has a path of that name.
fn own_path(item: &InventoryItem) -> Option<String> {
    let (product, namesakes) = (item.product.as_ref()?, item.namesakes.as_ref()?);
    let path = match product.paths.as_slice() {
        [only] => only,
        several => several.iter().find(|path| Some(&path.id) == item.path.as_ref())?,
    };
    let has = |other: &Product| other.paths.iter().filter(|one| one.name == path.name).count();
    let is_own = !namesakes.is_empty() && has(product) == 1 && namesakes.iter().all(|other| has(other) == 0);
    is_own.then(|| path.name.clone())
}

/// The version that runs.
pub(super) fn artifact(item: &InventoryItem, remarks: &mut Vec<String>) -> ArtifactSelector {
    let id = item.artifact.as_ref().map(ToString::to_string).unwrap_or_default();
    version(item, id, remarks)
}

/// A version of its product, by its name if that is the only one called so.
pub(super) fn version(item: &InventoryItem, id: String, remarks: &mut Vec<String>) -> ArtifactSelector {
    let Some(product) = &item.product else { return ArtifactSelector::Id(id) };
    let Some(known) = product.artifacts.iter().find(|known| known.id.as_str() == id) else {
        remarks.push("its version is no longer offered".to_owned());
        return ArtifactSelector::Id(id);
    };
    let namesakes = product.artifacts.iter().filter(|other| other.name == known.name).count();
    match &known.name {
        Some(name) if namesakes == 1 => ArtifactSelector::Name(name.clone()),
        _ => ArtifactSelector::Id(id),
    }
}

/// Needed only where there are several, or it tells the product from others of its name.
fn path(item: &InventoryItem, remarks: &mut Vec<String>) -> Option<Selector> {
    if let Some(own) = own_path(item) {
        return Some(Selector::Name(own));
    }
    let paths = &item.product.as_ref().filter(|product| product.paths.len() > 1)?.paths;
    let Some(path) = paths.iter().find(|path| Some(&path.id) == item.path.as_ref()) else {
        remarks.push("the launch path that it came by is gone: the first of those that there are".to_owned());
        return paths.first().map(|path| Selector::Id(path.id.to_string()));
    };
    let namesakes = paths.iter().filter(|other| other.name == path.name).count();
    Some(if namesakes == 1 { Selector::Name(path.name.clone()) } else { Selector::Id(path.id.to_string()) })
}

/// Parameters, outputs and the spread of a stack set, as far as its stack tells.
fn values(item: &InventoryItem, found: &mut FoundProduct, remarks: &mut Vec<String>) {
    let nothing = BTreeMap::new();
    let rules = item.offering.as_ref().map_or(&nothing, |offering| &offering.parameters);
    let stack = match &item.stack {
        Ok(stack) => stack,
        Err(why) => {
            remarks.push(format!("its parameters could not be read ({why}): they keep what they have"));
            // what is left out would take its default with the next update
            found.parameters = rules.keys().map(|key| (key.clone(), FoundValue::Kept)).collect();
            return;
        }
    };
    for (key, parameter) in &stack.parameters {
        let rule = rules.get(key);
        let kind = rule.map(|rule| rule.kind.as_str()).unwrap_or_default();
        let default = rule.and_then(|rule| rule.default.as_ref()).map(|text| FoundValue::of(kind, text));
        let is_hidden = rule.map_or(parameter.is_masked(), |rule| rule.no_echo);
        let value = if is_hidden { FoundValue::Sensitive } else { FoundValue::of(kind, &parameter.value) };
        let is_default = || {
            default
                .as_ref()
                .and_then(FoundValue::sent)
                .is_some_and(|text| text.trim() == parameter.value.trim())
        };
        if is_hidden || !is_default() {
            found.parameters.insert(key.clone(), value);
        }
        found.defaults.extend(default.filter(|_| !is_hidden).map(|default| (key.clone(), default)));
    }
    let keys = item.offering.as_ref().and_then(|offering| offering.output_keys.as_ref());
    let is_its_own = |(key, _): &(&String, &String)| keys.is_none_or(|keys| keys.contains(*key));
    let outputs = stack.outputs.iter().filter(is_its_own);
    found.outputs = outputs.map(|(key, text)| (key.clone(), text.clone())).collect();
    let spread = stack.instances.as_ref();
    found.preferences = spread.and_then(|instances| {
        let allowed = item.of_product.as_ref().and_then(|offering| offering.stack_set.as_ref());
        let is_all = |there: &BTreeSet<String>, all: Option<&Vec<String>>| {
            all.is_some_and(|all| all.iter().collect::<BTreeSet<_>>() == there.iter().collect())
        };
        let some = |there: &BTreeSet<String>, all: Option<&Vec<String>>| {
            if is_all(there, all) { Vec::new() } else { there.iter().cloned().collect() }
        };
        let accounts = some(&instances.accounts, allowed.map(|allowed| &allowed.accounts));
        let regions = some(&instances.regions, allowed.map(|allowed| &allowed.regions));
        let preferences = Preferences { accounts, regions, ..Preferences::default() };
        (preferences != Preferences::default()).then_some(preferences)
    });
}

/// Those that it has and somebody chose.
fn tags(item: &InventoryItem) -> BTreeMap<String, String> {
    let tags = item.existing.tags.iter().flatten();
    chosen(item, tags.map(|tag| (tag.key.to_string(), tag.value.to_string())))
}

/// Those that somebody chose: a tag option with one value gives its tag by itself.
pub(super) fn chosen(
    item: &InventoryItem,
    tags: impl Iterator<Item = (String, String)>,
) -> BTreeMap<String, String> {
    let options = item.of_product.as_ref().map(|offering| &offering.tag_options);
    let is_given = |key: &str, value: &str| {
        let values = options.and_then(|options| options.get(key));
        values.is_some_and(|values| values.len() == 1 && values.iter().any(|one| one == value))
    };
    tags.filter(|(key, value)| !key.starts_with("aws:") && !is_given(key, value)).collect()
}

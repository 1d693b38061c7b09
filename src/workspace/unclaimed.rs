//! What exists and no declaration stands for: found, and told as plain data that declarations can be written from.

use std::collections::{BTreeMap, BTreeSet};

use super::Workspace;
use super::problem::Problem;
use crate::catalog::{CatalogRead, Existing, Offering, Status};
use crate::declare::{Desired, Location};
use crate::import::{FoundProduct, FoundValue, Substitute, Surroundings};
use crate::model::glob::matches;
use crate::model::ids::{Address, LocationName, ProvisionedId};
use crate::model::product::{ArtifactSelector, Preferences, Selector};
use crate::model::text::shortened;
use crate::observe::{InventoryItem, ObserveError, Scope, bound, identify, inventory};
use crate::state::Recorded;

/// So much of the catalog's words stands in a remark.
const TOLD: usize = 160;

/// What CloudFormation shows in the place of a value that is not echoed.
const MASKED: &str = "****";

/// Which provisioned products are meant, by patterns; without one: any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unclaimed {
    /// Locations, as they are written.
    pub location: Option<String>,
    /// Names of products.
    pub product: Option<String>,
    /// Names of provisioned products.
    pub name: Option<String>,
}

/// What exists and is not managed here.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// What can be declared.
    pub found: Vec<FoundProduct>,
    /// Their ids, in the same order.
    pub ids: Vec<ProvisionedId>,
    /// What is declared already, and only has to be adopted.
    pub declared: Vec<(Address, ProvisionedId)>,
    /// What is left, and why: a sentence each.
    pub left: Vec<String>,
}

impl Workspace<'_> {
    /// Finds what exists and is not managed here.
    ///
    /// # Errors
    /// A pattern that fits no location, and every location that cannot be read.
    pub fn unclaimed(&self, of: &Unclaimed, recorded: &Recorded) -> Result<Discovery, Problem> {
        let locations = self.locations(of.location.as_deref())?;
        let names: BTreeSet<&LocationName> = locations.iter().map(|location| &location.name).collect();
        let catalog = self.repo.catalog_of(&names)?;
        let reader: &dyn CatalogRead = &*catalog;
        let unread = |errors: &[ObserveError]| Problem::unread(errors, |location| self.repo.stands(location));
        let somewhere = names.iter().map(|name| Address::new("import", (*name).clone())).collect();
        let scope = Scope {
            desired: &Desired::nothing(),
            recorded,
            locations: &self.repo.settings.locations,
            selected: &somewhere,
            refresh: true,
            deep: &BTreeSet::new(),
        };
        identify(scope, reader).map_err(|errors| unread(&errors))?;
        let asked: Vec<LocationName> = names.into_iter().cloned().collect();
        let (mut there, mut errors) = (Vec::new(), Vec::new());
        for (location, answer) in asked.iter().zip(reader.search(&asked)) {
            match answer {
                Ok(all) => there.extend(all.into_iter().map(|existing| (location.clone(), existing))),
                Err(error) => errors.push(ObserveError::Catalog { location: location.clone(), error }),
            }
        }
        if !errors.is_empty() {
            return Err(unread(&errors));
        }
        Ok(self.sorted_out(there, of, recorded, reader))
    }

    /// The locations that a pattern names, or all; but frozen ones.
    pub(super) fn locations(&self, pattern: Option<&str>) -> Result<Vec<&Location>, Problem> {
        let fits = |location: &&Location| {
            let Some(pattern) = pattern else { return true };
            [location.name.as_str(), &location.written, &location.account]
                .iter()
                .any(|name| matches(pattern, name))
        };
        let meant: Vec<&Location> =
            self.repo.settings.locations.values().filter(|location| !location.frozen).filter(fits).collect();
        match (pattern, meant.is_empty()) {
            (Some(pattern), true) => Err(Problem::input(format!("`--location {pattern}` names no location"))
                .hint(self.repo.settings.locations_there_are())),
            _ => Ok(meant),
        }
    }

    fn sorted_out(
        &self,
        there: Vec<(LocationName, Existing)>,
        of: &Unclaimed,
        recorded: &Recorded,
        reader: &dyn CatalogRead,
    ) -> Discovery {
        let bound = bound(recorded);
        let declared: BTreeMap<(&LocationName, &str), &Address> = self
            .desired
            .products
            .iter()
            .map(|(address, product)| ((&address.location, product.name.as_str()), address))
            .collect();
        let is_named =
            |existing: &Existing| of.name.as_ref().is_none_or(|name| matches(name, &existing.name));
        let mut discovery = Discovery::default();
        let mut open = Vec::new();
        for (location, existing) in there {
            if bound.contains(&existing.id) || !is_named(&existing) {
                continue;
            }
            match declared.get(&(&location, existing.name.as_str())) {
                Some(address) => discovery.declared.push(((*address).clone(), existing.id)),
                None => open.push((location, existing)),
            }
        }
        for item in inventory(open, reader) {
            let product = item.product.as_ref().map(|product| product.name.as_str()).unwrap_or_default();
            if of.product.as_ref().is_some_and(|pattern| !matches(pattern, product)) {
                continue;
            }
            match left_alone(&item) {
                Some(why) => discovery.left.push(why),
                None => {
                    discovery.ids.push(item.existing.id.clone());
                    discovery.found.push(found(&item));
                }
            }
        }
        discovery
    }

    /// What a new file of declarations has to get along with.
    #[must_use]
    pub fn surroundings(&self, files: BTreeSet<String>, origin: Vec<String>) -> Surroundings {
        let settings = &self.repo.settings;
        let locations = settings.locations.values();
        Surroundings {
            keys: self.desired.products.keys().map(|address| address.key.to_string()).collect(),
            files,
            substitutes: settings
                .locations
                .values()
                .map(|location| (location.name.clone(), self.substitutes(location)))
                .collect(),
            locations: locations.map(|location| (location.name.clone(), location.written.clone())).collect(),
            origin,
        }
    }
}

impl Workspace<'_> {
    /// What a location is called: the values of its variables first, as they say most of what is meant.
    fn substitutes(&self, location: &Location) -> Vec<Substitute> {
        let declared = &self.repo.settings.variables;
        let is_open = |name: &String| declared.get(name).is_some_and(|variable| !variable.sensitive);
        let of_variables = location.variables.iter().filter(|(name, _)| is_open(name));
        let of_variables = of_variables.map(|(name, text)| (text.clone(), format!("${{var.{name}}}")));
        let own = [
            (location.account_id.as_ref().map(ToString::to_string), "${location.account_id}"),
            (Some(location.account.clone()), "${location.account}"),
            (Some(location.region.to_string()), "${location.region}"),
        ];
        let own = own.into_iter().filter_map(|(text, expression)| Some((text?, expression.to_owned())));
        let all = of_variables.chain(own).filter(|(text, _)| !text.is_empty());
        all.map(|(text, expression)| Substitute { text, expression }).collect()
    }
}

/// Why something is not declared now.
fn left_alone(item: &InventoryItem) -> Option<String> {
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
    Some(format!("{name} ({id}) at {}: {why}", item.location))
}

fn found(item: &InventoryItem) -> FoundProduct {
    let mut remarks = Vec::new();
    let product = product(item, &mut remarks);
    let artifact = artifact(item, &mut remarks);
    let mut found = FoundProduct::new(item.location.clone(), &item.existing.name, product, artifact);
    found.path = path(item, &mut remarks);
    values(item, &mut found, &mut remarks);
    found.tags = tags(item);
    let message = item.existing.status_message.as_deref().unwrap_or("the catalog does not say why");
    let message = shortened(message, TOLD);
    match item.existing.status {
        Status::Tainted => remarks.push(format!("tainted, its last operation failed: {message}")),
        Status::Error => remarks.push(format!("in error, it was never provisioned successfully: {message}")),
        _ => {}
    }
    FoundProduct { remarks, ..found }
}

fn product(item: &InventoryItem, remarks: &mut Vec<String>) -> Selector {
    match &item.product {
        Some(product) if item.namesakes <= 1 => Selector::Name(product.name.clone()),
        product => {
            let name = product.as_ref().map(|product| product.name.as_str()).unwrap_or_default();
            remarks.push(format!("several products are called `{name}`"));
            Selector::Id(item.product_id.as_ref().map(ToString::to_string).unwrap_or_default())
        }
    }
}

fn artifact(item: &InventoryItem, remarks: &mut Vec<String>) -> ArtifactSelector {
    let id = item.artifact.as_ref().map(ToString::to_string).unwrap_or_default();
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

/// Needed only where there are several.
fn path(item: &InventoryItem, remarks: &mut Vec<String>) -> Option<Selector> {
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
            remarks.push(format!(
                "its parameters could not be read ({why}): those that must have a value keep what they have"
            ));
            let required = rules.iter().filter(|(_, rule)| rule.default.is_none());
            found.parameters = required.map(|(key, _)| (key.clone(), FoundValue::Kept)).collect();
            return;
        }
    };
    for (key, parameter) in &stack.parameters {
        let rule = rules.get(key);
        let kind = rule.map(|rule| rule.kind.as_str()).unwrap_or_default();
        let default = rule.and_then(|rule| rule.default.as_ref()).map(|text| FoundValue::of(kind, text));
        let is_hidden = rule.map_or(parameter.value == MASKED, |rule| rule.no_echo);
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
    found.outputs = stack.outputs.clone();
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

/// Those that somebody chose: a tag option with one value gives its tag by itself.
fn tags(item: &InventoryItem) -> BTreeMap<String, String> {
    let given = |offering: &Offering, key: &str, value: &str| {
        offering
            .tag_options
            .get(key)
            .is_some_and(|values| values.len() == 1 && values.iter().any(|one| one == value))
    };
    let tags = item.existing.tags.iter().flatten();
    let chosen = tags.filter(|tag| {
        !item.of_product.as_ref().is_some_and(|offering| given(offering, &tag.key, &tag.value))
    });
    chosen.map(|tag| (tag.key.to_string(), tag.value.to_string())).collect()
}

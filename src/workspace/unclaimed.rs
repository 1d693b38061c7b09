//! What exists and no declaration stands for: found, and told as plain data that declarations can be written from.

use std::collections::{BTreeMap, BTreeSet};

use super::Workspace;
use super::found::{LeftOut, found, hidden_defaults, left_alone};
use super::makers::by_others;
use super::problem::Problem;
use super::search::Searched;
use crate::catalog::Existing;
use crate::declare::Location;
use crate::import::{FileOrigin, ForeignAccount, FoundProduct, Substitute, Surroundings};
use crate::model::glob::matches;
use crate::model::ids::{Address, LocationName, ProvisionedId};
use crate::model::secret::Secret;
use crate::model::text::{did_you_mean, listed, quote};
use crate::observe::{bound, inventory};
use crate::state::Recorded;

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
    /// What is left, and why.
    pub left: Vec<LeftOut>,
    /// How many are managed here already.
    pub managed: usize,
    /// Who made what of it, where that is somebody else than who asks: names by principal.
    pub by_others: BTreeMap<String, Vec<String>>,
    /// Sensitive values that are known, to be kept out of whatever is told or stored.
    pub secrets: Vec<Secret>,
    /// What became of another tool's file, if it comes from one.
    pub conversion: Option<Conversion>,
}

impl Discovery {
    /// Leaves one of what was found, with what stands for it elsewhere. Whatever takes something of it is as it is there.
    pub fn leave(&mut self, n: usize, why: &str) {
        if n >= self.found.len() {
            return;
        }
        let (found, id) = (self.found.remove(n), self.ids.remove(n));
        let origin = self.conversion.as_mut().map(|conversion| conversion.origins.remove(n));
        let label = match origin {
            Some(ForeignOrigin { name, at: Some(at) }) => format!("{at}: {name} ({id})"),
            Some(ForeignOrigin { name, at: None }) => format!("{name} ({id})"),
            None => format!("{} ({id}) at {}", found.name, found.location),
        };
        self.left.push(format!("{label}: {why}").into());
        let is_there = self.found.iter().any(|other| other.key.is_some() && other.key == found.key);
        if let Some(key) = found.key {
            let of = if is_there { format!("{key}@{}", found.location) } else { key };
            self.found.iter_mut().for_each(|other| other.no_longer_of(&of));
        }
    }
}

/// What something was called in another tool's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignOrigin {
    /// Its name.
    pub name: String,
    /// The file and the line, where that helps.
    pub at: Option<String>,
}

/// What became of what another tool's file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversion {
    /// What each that can be declared was called there, in their order.
    pub origins: Vec<ForeignOrigin>,
    /// What is otherwise than it was: a sentence each.
    pub changed: Vec<String>,
    /// What is to be done by hand: a sentence each.
    pub advice: Vec<String>,
    /// Accounts that came up: each could be a location.
    pub accounts: Vec<ForeignAccount>,
}

impl Workspace<'_> {
    /// Finds what exists and is not managed here.
    ///
    /// # Errors
    /// A pattern that fits no location, and every location that cannot be read.
    pub fn unclaimed(&self, of: &Unclaimed, recorded: &Recorded) -> Result<Discovery, Problem> {
        let locations = self.locations(of.location.as_deref())?;
        let names = locations.iter().map(|location| &location.name).collect();
        let Searched { catalog, there } = self.search(&names, recorded)?;
        let called = there.iter().map(|(_, existing)| existing.name.as_str());
        of.name
            .as_ref()
            .map_or(Ok(()), |pattern| fits_one("--name", pattern, called, |names| self.repo.told(names)))?;
        let (open, mut discovery) = self.known_apart(there, of, recorded);
        let items = inventory(open, &*catalog);
        let products = items.iter().filter_map(|item| Some(item.product.as_ref()?.name.as_str()));
        if let Some(pattern) = of.product.as_ref().filter(|_| discovery.managed == 0) {
            // of what is managed here, nobody asks
            fits_one("--product", pattern, products, |names| self.repo.told(names))?;
        }
        discovery.by_others = by_others(&items, &*catalog);
        let secrets = self.repo.given_secrets().chain(hidden_defaults(&items)).collect();
        for item in items {
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
        Ok(discovery.hidden(secrets))
    }

    /// The locations that a pattern names, or all; but frozen ones.
    ///
    /// # Errors
    /// A pattern that fits none.
    pub fn locations(&self, pattern: Option<&str>) -> Result<Vec<&Location>, Problem> {
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

    /// What nobody declares; beside that, what only has to be adopted.
    fn known_apart(
        &self,
        there: Vec<(LocationName, Existing)>,
        of: &Unclaimed,
        recorded: &Recorded,
    ) -> (Vec<(LocationName, Existing)>, Discovery) {
        let (bound, declared) = (bound(recorded), self.by_name());
        let is_named =
            |existing: &Existing| of.name.as_ref().is_none_or(|name| matches(name, &existing.name));
        let there: Vec<_> = there.into_iter().filter(|(_, existing)| is_named(existing)).collect();
        let (managed, mut there): (Vec<_>, Vec<_>) =
            there.into_iter().partition(|(_, existing)| bound.contains(&existing.id));
        let mut discovery = Discovery { managed: managed.len(), ..Discovery::default() };
        // what several locations show is one: of whoever declares it, or of the one that sees most
        let mut seen = BTreeSet::new();
        for (location, existing) in &there {
            if let Some(address) = declared.get(&(location, existing.name.as_str()))
                && seen.insert(existing.id.clone())
            {
                discovery.declared.push(((*address).clone(), existing.id.clone()));
            }
        }
        let sees_all = |at: &LocationName| {
            let location = self.repo.settings.locations.get(at);
            location.is_some_and(|location| location.access_level.sees_all())
        };
        there.sort_by_key(|(location, _)| !sees_all(location));
        there.retain(|(_, existing)| seen.insert(existing.id.clone()));
        (there, discovery)
    }

    /// What is declared, by where it stands and what it is called there.
    pub(super) fn by_name(&self) -> BTreeMap<(&LocationName, &str), &Address> {
        let products = self.desired.products.iter();
        products.map(|(address, product)| ((&address.location, product.name.as_str()), address)).collect()
    }

    /// What a new file of declarations has to get along with.
    #[must_use]
    pub fn surroundings(&self, files: BTreeSet<String>, origin: FileOrigin) -> Surroundings {
        let settings = &self.repo.settings;
        let locations = settings.locations.values();
        Surroundings {
            keys: self.desired.products.keys().map(|address| address.key.to_string()).collect(),
            files,
            variables: settings
                .variables
                .iter()
                .map(|(name, one)| (name.clone(), one.description.clone()))
                .collect(),
            given: settings
                .variables
                .iter()
                .filter(|(_, one)| one.value.as_ref().is_some_and(|value| !super::unset::is_open(value)))
                .map(|(name, _)| name.clone())
                .collect(),
            substitutes: settings
                .locations
                .values()
                .map(|location| (location.name.clone(), self.substitutes(location)))
                .collect(),
            locations: locations.map(|location| (location.name.clone(), location.written.clone())).collect(),
            is_growing: false,
            origin,
            is_apart: false,
        }
    }
}

/// Refuses a pattern that nothing fits: a slip would pass for an answer.
fn fits_one<'n>(
    flag: &str,
    pattern: &str,
    names: impl Iterator<Item = &'n str>,
    told: impl FnOnce(BTreeSet<&'n str>) -> BTreeSet<String>,
) -> Result<(), Problem> {
    const SHOWN: usize = 10;
    let names: BTreeSet<&str> = names.collect();
    if names.is_empty() || names.iter().any(|name| matches(pattern, name)) {
        return Ok(());
    }
    let names = told(names);
    let near = did_you_mean(pattern, names.iter().map(String::as_str));
    let there = || format!("there is {}", listed(names.iter().map(quote), SHOWN));
    let message = format!("`{flag} {pattern}` fits nothing that exists");
    Err(Problem::input(message).hint(near.unwrap_or_else(there)))
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

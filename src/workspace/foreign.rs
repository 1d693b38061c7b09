//! What another tool's file says, held against the catalog: each provisioned product is looked for where it stands, and told in the
//! names that the catalog has for it. What is declared is what the file says; in what the catalog contradicts that, the plan shows.

use std::collections::{BTreeMap, BTreeSet};

use super::Workspace;
use super::accounts::account_of;
use super::found::{
    LeftNeeds, LeftOut, artifact, chosen, found, hidden_defaults, left_alone, product, troubles, version,
};
use super::makers::by_others;
use super::offered::{KeyPlaces, MeantVersion, as_meant, is_left_behind, is_meant, meant_version, offered};
use super::problem::Problem;
use super::search::Searched;
use super::unclaimed::{Conversion, Discovery, ForeignOrigin, Unclaimed};
use crate::catalog::{Existing, Seen};
use crate::declare::Location;
use crate::import::{
    ForeignAccount, ForeignFile, ForeignProduct, ForeignTags, FoundProduct, FoundValue, KnownPlace,
    StackPlace, key_and_location,
};
use crate::model::glob::matches;
use crate::model::ids::{LocationName, ProvisionedId};
use crate::model::product::{ArtifactSelector, Selector};
use crate::model::secret::Secret;
use crate::model::text::{count, listed, quote};
use crate::observe::{InventoryItem, bound, inventory};
use crate::state::Recorded;

impl Workspace<'_> {
    /// Finds what another tool's file says that exists.
    ///
    /// # Errors
    /// A pattern that fits no location, and every location that cannot be read.
    pub fn foreign(
        &self,
        file: ForeignFile,
        of: &Unclaimed,
        recorded: &Recorded,
    ) -> Result<Discovery, Problem> {
        let ForeignFile { products, left, changed, advice, accounts, secrets, .. } = file;
        let conversion = Conversion { changed, advice, accounts, ..Conversion::default() };
        let left = left.into_iter().map(LeftOut::from).collect();
        let mut discovery = Discovery { left, ..Discovery::default() };
        let mut asked: Vec<(ForeignProduct, BTreeSet<&LocationName>)> = Vec::new();
        let meant = self.locations(of.location.as_deref())?;
        for product in products {
            let fits = |location: &&&Location| may_be_at(&product, location);
            let places: BTreeSet<&LocationName> =
                meant.iter().filter(fits).map(|location| &location.name).collect();
            match self.nowhere(&product).filter(|_| places.is_empty()) {
                Some(why) => discovery.left.push(why.into()),
                None => asked.push((product, places)),
            }
        }
        let names = asked.iter().flat_map(|(_, places)| places.iter().copied()).collect();
        let Searched { catalog, there } = self.search(&names, recorded)?;
        let by_email = self.by_email(asked.iter().map(|(said, _)| said), &there, &*catalog);
        let mut pairing = Pairing {
            of,
            there: by_selector(there),
            by_email,
            bound: bound(recorded),
            discovery,
            conversion,
            secrets,
            told: BTreeSet::new(),
        };
        let pairs = pairing.pair(asked, self);
        let (said, there): (Vec<ForeignProduct>, Vec<(LocationName, Existing)>) = pairs.into_iter().unzip();
        let mut items = inventory(there, &*catalog);
        pairing.discovery.by_others = by_others(&items, &*catalog);
        as_meant(&mut items, &said, &*catalog);
        let kept: Vec<(&InventoryItem, ForeignProduct)> =
            items.iter().zip(said).filter(|(item, said)| pairing.keeps(item, said)).collect();
        let mut places = KeyPlaces::new();
        for (item, said) in &kept {
            places.entry(said.key.clone()).or_default().insert(item.location.clone(), *item);
        }
        for (item, said) in kept {
            let said = offered(said, item, &places, &mut |what| pairing.tell(what));
            let said = pairing.within(said, &item.location, &places);
            pairing.take(item, said);
        }
        let secrets = pairing.secrets.split_off(0).into_iter().chain(self.repo.given_secrets());
        let secrets = secrets.chain(hidden_defaults(&items)).collect();
        Ok(pairing.end().hidden(secrets))
    }

    /// All locations, for files that name accounts and regions.
    #[must_use]
    pub fn known_places(&self) -> Vec<KnownPlace> {
        let known = |location: &Location| KnownPlace {
            location: location.name.to_string(),
            entry: location.account.clone(),
            account_id: location.account_id.as_ref().map(ToString::to_string),
            region: location.region.to_string(),
        };
        self.repo.settings.locations.values().map(known).collect()
    }

    /// Where the stack of a template is: the only location that is meant.
    ///
    /// # Errors
    /// A pattern that fits no location; several locations.
    pub fn stack_place(&self, of: &Unclaimed) -> Result<StackPlace, Problem> {
        match self.locations(of.location.as_deref())?.as_slice() {
            [one] => Ok(StackPlace {
                account_id: one.account_id.as_ref().map(ToString::to_string),
                region: one.region.to_string(),
            }),
            all => {
                let message =
                    format!("a template does not say which of {} locations its stack is at", all.len());
                Err(Problem::usage(message).hint("say it by `--location`"))
            }
        }
    }

    /// Why there is no place where something could be; `None` where only `--location` leaves its place out.
    fn nowhere(&self, product: &ForeignProduct) -> Option<String> {
        let label = product.label();
        let all = self.repo.settings.locations.values();
        let mut there = all.filter(|location| may_be_at(product, location));
        if let Some(location) = there.next() {
            return location.frozen.then(|| format!("{label}: its location {} is frozen", location.written));
        }
        let account = product.account_id.as_ref().map(|account| format!(" of account {account}"));
        let region = product.region.as_ref().map(|region| format!(" in {region}"));
        let (account, region) = (account.unwrap_or_default(), region.unwrap_or_default());
        Some(format!("{label}: no location{account}{region}: add it to {}", super::SETTINGS))
    }
}

/// Whether it may stand there, as far as its file tells.
fn may_be_at(product: &ForeignProduct, location: &Location) -> bool {
    // a name says nothing of the account that it is in
    let is_open = matches!(product.which, Selector::Id(_));
    let is_of = |account: &String| location.account_id.as_ref().map_or(is_open, |id| id.as_str() == account);
    product.account_id.as_ref().is_none_or(is_of)
        && product.region.as_ref().is_none_or(|region| location.region.as_str() == region)
}

/// What is there, by its id and by its name, and where.
fn by_selector(there: Vec<(LocationName, Existing)>) -> BTreeMap<Selector, Vec<(LocationName, Existing)>> {
    let mut all: BTreeMap<Selector, Vec<(LocationName, Existing)>> = BTreeMap::new();
    for (location, existing) in there {
        let ways = [Selector::Id(existing.id.to_string()), Selector::Name(existing.name.clone())];
        // what stands behind it may be an account
        let account = account_of(&existing).map(|id| Selector::Id(id.to_owned()));
        for way in ways.into_iter().chain(account) {
            all.entry(way).or_default().push((location.clone(), existing.clone()));
        }
    }
    all
}

/// What the file says, brought together with what is there.
struct Pairing<'w> {
    of: &'w Unclaimed,
    there: BTreeMap<Selector, Vec<(LocationName, Existing)>>,
    /// Accounts, by their e-mail addresses.
    by_email: BTreeMap<String, (LocationName, Existing)>,
    bound: BTreeSet<ProvisionedId>,
    discovery: Discovery,
    conversion: Conversion,
    /// What the file holds of sensitive values.
    secrets: Vec<Secret>,
    /// What was said of parameters: once, however many locations it holds for.
    told: BTreeSet<String>,
}

impl Pairing<'_> {
    /// What is to be declared, with what it is.
    fn pair(
        &mut self,
        asked: Vec<(ForeignProduct, BTreeSet<&LocationName>)>,
        workspace: &Workspace<'_>,
    ) -> Vec<(ForeignProduct, (LocationName, Existing))> {
        let (declared, mut pairs, mut taken) = (workspace.by_name(), Vec::new(), BTreeSet::new());
        let mut absent: BTreeMap<String, BTreeSet<&LocationName>> = BTreeMap::new();
        let mut doubtful: BTreeMap<String, bool> = BTreeMap::new();
        for (said, places) in asked.into_iter().filter(|(_, places)| !places.is_empty()) {
            let found: Vec<_> = self.found(&said, &places).into_iter().cloned().collect();
            *doubtful.entry(said.label()).or_default() |= !said.is_likely || !found.is_empty();
            let Some((location, existing)) = found.first() else {
                match said.which {
                    _ if said.is_likely => {}
                    Selector::Id(_) => {
                        let why = "it is gone, or is not shown to this principal";
                        self.discovery.left.push(format!("{}: {why}", said.label()).into());
                    }
                    Selector::Name(_) => absent.entry(said.label()).or_default().extend(places),
                }
                continue;
            };
            if self.of.name.as_ref().is_some_and(|pattern| !matches(pattern, &existing.name)) {
                continue;
            }
            if self.bound.contains(&existing.id) {
                self.discovery.managed += 1;
            } else if !taken.insert(existing.id.clone()) {
                self.discovery.left.push(format!("{}: it stands there twice", said.label()).into());
            } else if let Some(address) =
                found.iter().find_map(|(at, other)| declared.get(&(at, other.name.as_str())))
            {
                self.conversion.changed.push(format!("{} is declared already, as {address}", said.placed()));
                self.discovery.declared.push(((*address).clone(), existing.id.clone()));
            } else {
                pairs.push((said, (location.clone(), existing.clone())));
            }
        }
        for (label, _) in doubtful.into_iter().filter(|(_, is_there)| !is_there) {
            let why = "nothing is called so wherever it may be, or it is not shown to this principal";
            self.discovery.left.push(format!("{label}: {why}").into());
        }
        for (label, places) in absent {
            let at = listed(places.into_iter().map(|at| workspace.written_name(at)), FEW);
            let why = format!("nothing is called so at {at}, or it is not shown to this principal");
            self.discovery.left.push(format!("{label}: {why}").into());
        }
        pairs
    }

    /// What is meant of what is there: the account, if it is known, then what is called so, then what has its address.
    fn found(
        &self,
        said: &ForeignProduct,
        places: &BTreeSet<&LocationName>,
    ) -> Vec<&(LocationName, Existing)> {
        let is_id = |which: &&Selector| matches!(which, Selector::Id(_));
        let ways = said.also.iter().filter(is_id).chain([&said.which]);
        let ways = ways.chain(said.also.iter().filter(|which| !is_id(which)));
        let named = ways.filter_map(|which| self.there.get(which)).flatten();
        let by_email = said.email.as_ref().and_then(|email| self.by_email.get(&email.to_lowercase()));
        let is_of = |existing: &Existing| {
            said.kind.as_ref().is_none_or(|kind| existing.seen == Seen::Read(kind.clone()))
        };
        let fits = |one: &&(LocationName, Existing)| places.contains(&one.0) && is_of(&one.1);
        let mut all = named.chain(by_email).filter(fits);
        let first = all.next();
        let is_it = |one: &&(LocationName, Existing)| first.is_some_and(|first| first.1.id == one.1.id);
        first.into_iter().chain(all.filter(is_it)).collect()
    }

    /// Whether it is meant, and can be declared.
    fn keeps(&mut self, item: &InventoryItem, said: &ForeignProduct) -> bool {
        let name = item.product.as_ref().map(|product| product.name.as_str()).unwrap_or_default();
        // what only has the same name is somebody else's
        if said.is_likely && is_meant(item, said).is_some() {
            let why = format!(
                "what is called so at {} is a `{name}`: it is taken for another one's",
                item.location
            );
            self.discovery.left.push(format!("{}: {why}", said.label()).into());
            return false;
        }
        if self.of.product.as_ref().is_some_and(|pattern| !matches(pattern, name)) {
            return false;
        }
        let Some(why) = left_alone(item) else { return true };
        let at = said.at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
        self.discovery.left.push(LeftOut { sentence: format!("{at}{}", why.sentence), ..why });
        false
    }

    /// Without what refers to something that is not declared, or to one of several that stand elsewhere.
    fn within(
        &mut self,
        mut said: ForeignProduct,
        location: &LocationName,
        places: &KeyPlaces<'_>,
    ) -> ForeignProduct {
        let is_there = |of: &str| {
            let (key, at) = key_and_location(of);
            let named = |at: &str, there: &LocationName| there.as_str() == at;
            places.get(key).is_some_and(|places| match at {
                Some(at) => places.keys().any(|there| named(at, there)),
                None => places.contains_key(location) || places.len() == 1,
            })
        };
        let mut gone = BTreeSet::new();
        said.depends_on.retain(|key| {
            let stays = is_there(key);
            gone.extend((!stays).then(|| key.clone()));
            stays
        });
        said.parameters.retain(|_, value| match value {
            FoundValue::Output { of, .. } => {
                let stays = is_there(of);
                gone.extend((!stays).then(|| of.clone()));
                stays
            }
            _ => true,
        });
        for key in gone {
            let what = format!("{}: what it has of `{key}`, which is left, is as it is there", said.placed());
            self.tell(what);
        }
        said
    }

    /// Says once what is otherwise than it was.
    fn tell(&mut self, what: String) {
        if self.told.insert(what.clone()) {
            self.conversion.changed.push(what);
        }
    }

    fn take(&mut self, item: &InventoryItem, said: ForeignProduct) {
        if is_left_behind(item) {
            let what = "its last operation failed: it is declared as it is, not as it was last asked for";
            self.conversion.changed.push(format!("{}: {what}", said.label()));
        }
        self.otherwise(item, &said);
        self.conversion.origins.push(ForeignOrigin { name: said.origin.clone(), at: said.at.clone() });
        self.discovery.ids.push(item.existing.id.clone());
        let id = account_of(&item.existing).filter(|_| said.kind.is_some());
        let account = |id: &str| ForeignAccount { name: said.key.clone(), id: id.to_owned(), region: None };
        self.conversion.accounts.extend(id.map(account));
        let said = told_apart(item, said);
        self.secrets.extend(said.secrets.values().cloned());
        self.discovery.found.push(carried(item, said));
    }

    /// Says in what it is not what the file says that it is.
    fn otherwise(&mut self, item: &InventoryItem, said: &ForeignProduct) {
        let placed = said.placed();
        if let Some(ArtifactSelector::Name(name)) = &said.artifact
            && is_meant(item, said).is_none()
            && !is_left_behind(item)
            && meant_version(item, name) == MeantVersion::Gone
        {
            self.tell(format!("{placed}: its version `{name}` is not offered: what runs is declared"));
        }
        let paths = item.product.as_ref().map_or(&[][..], |product| &product.paths);
        if let Some(name) = said.path_name.as_ref().filter(|_| !paths.is_empty())
            && !paths.iter().any(|path| path.name == *name)
        {
            let there = listed(paths.iter().map(|path| quote(&path.name)), FEW);
            let what = format!("there is no launch path `{name}`, and the one that it has is taken");
            self.tell(format!("{placed}: {what} (there is {there})"));
        }
        let asked = said.also.iter().find_map(|one| match one {
            Selector::Id(id) => Some(id),
            Selector::Name(_) => None,
        });
        if let (Some(asked), Some(there)) = (asked, account_of(&item.existing))
            && said.kind.is_some()
            && asked != there
        {
            self.tell(format!(
                "{placed}: its account is {asked} in the file, and {there} is what is called so"
            ));
            self.conversion.accounts.retain(|account| account.id != *asked);
        }
    }

    fn end(mut self) -> Discovery {
        if self.discovery.managed > 0 {
            let what = count(self.discovery.managed, "provisioned product");
            let sentence = format!("{what} of the file: managed here already");
            self.discovery.left.push(LeftOut { sentence, needs: LeftNeeds::Nothing });
        }
        self.discovery.conversion = Some(self.conversion);
        self.discovery
    }
}

/// So many locations are named.
const FEW: usize = 5;

/// What is not echoed is sensitive, whatever the file says.
fn told_apart(item: &InventoryItem, mut said: ForeignProduct) -> ForeignProduct {
    let rules = item.offering.iter().flat_map(|offering| &offering.parameters);
    let hidden = rules.filter(|(_, rule)| rule.no_echo).map(|(key, _)| key);
    // where its rules are not known any more, the stack still masks it
    let there = item.stack.iter().flat_map(|stack| &stack.parameters);
    let masked = there.filter(|(_, parameter)| parameter.is_masked()).map(|(key, _)| key);
    for key in hidden.chain(masked) {
        said.hidden.insert(key.clone());
        if let Some(text) = said.parameters.get(key).and_then(FoundValue::sent) {
            said.secrets.insert(key.clone(), Secret::new(text));
            said.parameters.insert(key.clone(), FoundValue::Sensitive);
        }
    }
    said
}

/// What is declared: what the file says, in the catalog's names. After a failure, the file holds what was attempted, and the version
/// that runs may not even have those parameters.
fn carried(item: &InventoryItem, said: ForeignProduct) -> FoundProduct {
    let mut declared = found(item);
    if !is_left_behind(item) {
        declared.remarks = troubles(item);
        declared.product = is_meant(item, &said).unwrap_or_else(|| product(item, &mut declared.remarks));
        declared.artifact = running(item, &said, &mut declared.remarks);
        declared.instead = declared.parameters.clone();
        declared.parameters = parameters(item, &said, &declared);
        match said.tags {
            ForeignTags::Exactly(tags) => declared.tags = chosen(item, tags.into_iter()),
            ForeignTags::AtLeast(tags) => declared.tags.extend(chosen(item, tags.into_iter())),
        }
        let paths = item.product.as_ref().map_or(&[][..], |product| &product.paths);
        let has_choice = |name: &String| paths.len() > 1 && paths.iter().any(|path| path.name == *name);
        declared.path = said.path_name.filter(has_choice).map(Selector::Name).or(declared.path);
        declared.preferences = said.preferences.or(declared.preferences);
        declared.searched = said.secrets.keys().cloned().collect();
    }
    let is_hidden = |key: &String| said.hides_all || said.hidden.contains(key);
    for (_, value) in declared.parameters.iter_mut().filter(|(key, _)| is_hidden(key)) {
        match value {
            FoundValue::Kept | FoundValue::Output { .. } => {}
            value => *value = FoundValue::Sensitive,
        }
    }
    if declared.outputs.is_empty() {
        declared.outputs = said.outputs;
    }
    declared.sensitive_outputs = said.sensitive_outputs;
    let remarks = said.remarks.into_iter().chain(declared.remarks).collect();
    FoundProduct {
        key: Some(said.key),
        accept_language: said.accept_language,
        notification_arns: said.notification_arns,
        timeouts: said.timeouts,
        on_removal: said.on_removal,
        depends_on: said.depends_on,
        remarks,
        ..declared
    }
}

/// The version that the file says, by its name.
fn running(item: &InventoryItem, said: &ForeignProduct, remarks: &mut Vec<String>) -> ArtifactSelector {
    match &said.artifact {
        _ if is_meant(item, said).is_some() => said.artifact.clone().unwrap_or(ArtifactSelector::OnlyActive),
        Some(ArtifactSelector::Id(id)) => version(item, id.clone(), remarks),
        Some(ArtifactSelector::Name(name)) => match meant_version(item, name) {
            MeantVersion::Another => ArtifactSelector::Name(name.clone()),
            MeantVersion::Running => artifact(item, remarks),
            MeantVersion::Gone => {
                remarks.push(format!("its version `{name}` is not offered: what runs"));
                artifact(item, remarks)
            }
        },
        Some(other) => other.clone(),
        None => artifact(item, remarks),
    }
}

/// What the file gives beyond the template's defaults, and what else is there.
fn parameters(
    item: &InventoryItem,
    said: &ForeignProduct,
    there: &FoundProduct,
) -> BTreeMap<String, FoundValue> {
    let nothing = BTreeMap::new();
    let rules = item.offering.as_ref().map_or(&nothing, |offering| &offering.parameters);
    let given = said.parameters.iter().filter_map(|(key, value)| {
        let (rule, FoundValue::Text(text)) = (rules.get(key), value) else {
            return Some((key.clone(), value.clone()));
        };
        let default = rule.and_then(|rule| rule.default.as_ref());
        let kind = rule.map(|rule| rule.kind.as_str()).unwrap_or_default();
        let is_default = default.is_some_and(|default| default.trim() == text.trim());
        (!is_default).then(|| (key.clone(), FoundValue::of(kind, text)))
    });
    // what the version that is meant does not take cannot stay
    let is_taken = |key: &String| item.offering.is_none() || rules.contains_key(key);
    let others = there.parameters.iter();
    let others = others.filter(|(key, _)| !said.parameters.contains_key(*key) && is_taken(key));
    let rests = |key: &String| !said.hides_all && rules.get(key).is_some_and(|rule| rule.default.is_some());
    // what nobody gave rests on its default, or on what is there: that takes nobody who knows it
    let others = others.map(|(key, value)| match value {
        FoundValue::Sensitive if rests(key) => (key.clone(), FoundValue::Kept),
        value => (key.clone(), value.clone()),
    });
    given.chain(others).collect()
}

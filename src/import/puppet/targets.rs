//! Where a launch is deployed to: accounts and regions.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::{AccountEntry, Accounts};
use super::item::PuppetItem;
use super::told::{PuppetReport, some};

/// Somewhere in the cloud.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub account: String,
    pub region: String,
}

/// That a launch is deployed somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    Sure,
    /// If it is there, it is meant: what the manifest says does not tell.
    Likely,
}

/// What is known of where things may be.
pub(super) struct Ground<'m> {
    pub accounts: &'m Accounts,
    /// The accounts and their regions that there are locations for.
    pub known: &'m BTreeMap<String, BTreeSet<String>>,
    pub puppet_account: Option<&'m str>,
}

/// Which regions of an account are meant.
enum Regions<'m> {
    Default,
    Enabled,
    /// Whatever Puppet's own configuration says.
    Configured,
    These(BTreeSet<&'m str>),
}

/// Where one launch is deployed to.
#[derive(Default)]
pub(super) struct LaunchTargets {
    pub spots: BTreeMap<Spot, Certainty>,
    /// How often something was said, so that no manifest asks for too much.
    pub said: usize,
    /// Units of which the accounts are not known.
    pub units: BTreeSet<usize>,
    /// Accounts that do not say the regions that are meant.
    without_regions: BTreeSet<String>,
}

/// An account, as far as an entry says what it is.
#[derive(Clone, Copy)]
struct MeantAccount<'m> {
    id: &'m str,
    entry: &'m AccountEntry,
    certainty: Certainty,
}

/// No launch is deployed to as many places, by as many tags.
pub(super) const MOST: usize = 100_000;

impl Ground<'_> {
    /// Where a launch is deployed to.
    pub fn targets(&self, name: &str, launch: &PuppetItem, told: &mut PuppetReport) -> LaunchTargets {
        let mut targets = LaunchTargets::default();
        let Some(deploy_to) = launch.get("deploy_to") else {
            told.left(launch.at, &format!("{name}: it has no `deploy_to`"));
            return targets;
        };
        for (key, _) in deploy_to.pairs().filter(|(key, _)| !["tags", "accounts", "ous"].contains(&&***key)) {
            told.changed(deploy_to.at, &format!("{name}: `deploy_to.{key}` is not read"));
        }
        for entry in items(deploy_to, "tags") {
            self.of_tag(name, entry, &mut targets, told);
        }
        for entry in items(deploy_to, "accounts") {
            self.of_account(name, entry, &mut targets, told);
        }
        for entry in items(deploy_to, "ous") {
            let Some(regions) = regions_of(name, entry, told) else { continue };
            let path = entry.get("ou").and_then(PuppetItem::text).unwrap_or_default();
            let units = self.accounts.units.iter().enumerate().filter(|(_, unit)| unit.path == path);
            let units: Vec<usize> = units.map(|(n, _)| n).collect();
            if units.is_empty() {
                told.left(
                    entry.at,
                    &format!("{name}: the accounts of the unit `{path}` are not in the manifest"),
                );
            }
            units.into_iter().for_each(|n| self.of_unit(n, &regions, &mut targets));
        }
        if !targets.without_regions.is_empty() {
            let accounts = some(targets.without_regions.iter().map(String::as_str));
            told.left(deploy_to.at, &format!("{name}: of the accounts {accounts} no regions are told"));
        }
        if targets.spots.is_empty() && targets.units.is_empty() && targets.said == 0 {
            told.left(deploy_to.at, &format!("{name}: it is deployed nowhere"));
        }
        targets
    }

    fn of_tag(&self, name: &str, entry: &PuppetItem, targets: &mut LaunchTargets, told: &mut PuppetReport) {
        if targets.said > MOST {
            return;
        }
        let Some(regions) = regions_of(name, entry, told) else { return };
        let tag = entry.get("tag").and_then(PuppetItem::text).unwrap_or_default();
        let tagged = self.accounts.tagged.get(tag);
        for id in tagged.into_iter().flatten() {
            if let Some(account) = self.accounts.by_id.get(id) {
                self.add(id, account, &regions, targets);
            }
        }
        let units = self.accounts.units_tagged.get(tag);
        units.into_iter().flatten().for_each(|n| self.of_unit(*n, &regions, targets));
        if tagged.is_none() && units.is_none() {
            told.left(entry.at, &format!("{name}: no account of the manifest has the tag `{tag}`"));
            targets.said += 1;
        }
    }

    fn of_account(
        &self,
        name: &str,
        entry: &PuppetItem,
        targets: &mut LaunchTargets,
        told: &mut PuppetReport,
    ) {
        let Some(regions) = regions_of(name, entry, told) else { return };
        let id = match entry.get("account_id").and_then(PuppetItem::text) {
            Some("${AWS::PuppetAccountId}") => self.puppet_account,
            other => other,
        };
        let Some(id) = id else {
            let what = "the account that Puppet runs in is not told: give it by `--puppet-account`";
            return told.left(entry.at, &format!("{name}: {what}"));
        };
        let nobody = AccountEntry::default();
        let account = self.accounts.by_id.get(id);
        if account.is_none() && !matches!(regions, Regions::These(_)) && !self.is_of_unit(id) {
            told.left(entry.at, &format!("{name}: account {id} is not in the manifest, nor are its regions"));
            targets.said += 1;
            return;
        }
        match account {
            None if !matches!(regions, Regions::These(_)) => {
                for (n, unit) in self.accounts.units.iter().enumerate() {
                    targets.units.insert(n);
                    self.lay(likely(id, &unit.all), &regions, targets);
                }
            }
            account => self.add(id, account.unwrap_or(&nobody), &regions, targets),
        }
    }

    /// Whether it may be one of the accounts that only their units tell.
    fn is_of_unit(&self, id: &str) -> bool {
        self.accounts.units.iter().any(|unit| !unit.excluded.contains(id))
    }

    /// The accounts of a unit are those that there are locations for, and that no entry names.
    fn of_unit(&self, n: usize, regions: &Regions<'_>, targets: &mut LaunchTargets) {
        let Some(unit) = self.accounts.units.get(n) else { return };
        targets.units.insert(n);
        for id in self.known.keys().filter(|id| !unit.excluded.contains(*id)) {
            match self.accounts.by_id.get(id) {
                None => self.lay(likely(id, &unit.all), regions, targets),
                Some(account) if account.leans_on_unit => {
                    let both = account.over(&unit.all);
                    self.lay(likely(id, &both), regions, targets);
                }
                Some(_) => {}
            }
        }
    }

    fn add(&self, id: &str, account: &AccountEntry, regions: &Regions<'_>, targets: &mut LaunchTargets) {
        if account.leans_on_unit && account.default_region.is_none() {
            for (n, unit) in self.accounts.units.iter().enumerate() {
                targets.units.insert(n);
                self.lay(likely(id, &account.over(&unit.all)), regions, targets);
            }
            return;
        }
        let account = MeantAccount { id, entry: account, certainty: Certainty::Sure };
        self.lay(account, regions, targets);
    }

    fn lay(&self, account: MeantAccount<'_>, regions: &Regions<'_>, targets: &mut LaunchTargets) {
        let MeantAccount { id, entry: account, certainty } = account;
        let configured = || self.known.get(id).into_iter().flatten().map(String::as_str);
        let (regions, certainty): (Vec<&str>, Certainty) = match regions {
            Regions::Default => (account.default_region.as_deref().into_iter().collect(), certainty),
            Regions::Enabled => (account.regions.iter().map(String::as_str).collect(), certainty),
            Regions::Configured => (configured().collect(), Certainty::Likely),
            Regions::These(these) => (these.iter().copied().collect(), certainty),
        };
        if regions.is_empty() && certainty == Certainty::Sure {
            targets.without_regions.insert(id.to_owned());
        }
        targets.said += regions.len().max(1);
        if targets.said > MOST {
            return;
        }
        for region in regions {
            let spot = Spot { account: id.to_owned(), region: region.to_owned() };
            let there = targets.spots.entry(spot).or_insert(certainty);
            if certainty == Certainty::Sure {
                *there = certainty;
            }
        }
    }
}

fn likely<'m>(id: &'m str, entry: &'m AccountEntry) -> MeantAccount<'m> {
    MeantAccount { id, entry, certainty: Certainty::Likely }
}

impl AccountEntry {
    /// What it says, over what its unit says.
    fn over(&self, unit: &Self) -> Self {
        Self {
            default_region: self.default_region.clone().or_else(|| unit.default_region.clone()),
            regions: if self.regions.is_empty() { unit.regions.clone() } else { self.regions.clone() },
            ..self.clone()
        }
    }
}

fn items<'m>(deploy_to: &'m PuppetItem, key: &str) -> &'m [PuppetItem] {
    deploy_to.get(key).map(PuppetItem::items).unwrap_or_default()
}

fn regions_of<'m>(name: &str, entry: &'m PuppetItem, told: &mut PuppetReport) -> Option<Regions<'m>> {
    let Some(regions) = entry.get("regions") else { return Some(Regions::Default) };
    match regions.text() {
        Some("default_region") => Some(Regions::Default),
        Some("enabled" | "regions_enabled" | "enabled_regions") => Some(Regions::Enabled),
        Some("all" | "home_region") => Some(Regions::Configured),
        Some(region) if is_region(region) => Some(Regions::These([region].into())),
        None if !regions.items().is_empty() => Some(Regions::These(regions.texts().collect())),
        _ => {
            let what = some(regions.text().into_iter());
            told.left(regions.at, &format!("{name}: its `regions` {what} are none that are known"));
            None
        }
    }
}

/// Such as `eu-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() >= 3 && parts.last().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
}

//! The accounts of a manifest: those that it names, and those that only their organizational unit tells, which a manifest alone
//! does not know.

use std::collections::{BTreeMap, BTreeSet};

use super::item::ItemPlace;
use super::item::PuppetItem;
use super::told::PuppetReport;

/// One entry of `accounts`.
#[derive(Clone, Debug, Default)]
pub(super) struct AccountEntry {
    pub at: ItemPlace,
    pub name: Option<String>,
    pub default_region: Option<String>,
    pub regions: Vec<String>,
    pub tags: BTreeSet<String>,
    pub parameters: Option<PuppetItem>,
    /// It adds to what its unit says, and no manifest tells which one that is.
    pub leans_on_unit: bool,
}

/// An organizational unit, of which a manifest does not know the accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct UnitEntry {
    pub path: String,
    pub all: AccountEntry,
    /// Accounts that are none of it.
    pub excluded: BTreeSet<String>,
}

/// All entries.
#[derive(Clone, Debug, Default)]
pub(super) struct Accounts {
    pub by_id: BTreeMap<String, AccountEntry>,
    pub units: Vec<UnitEntry>,
    /// Who has a tag.
    pub tagged: BTreeMap<String, BTreeSet<String>>,
    /// Which units have it, by their number.
    pub units_tagged: BTreeMap<String, Vec<usize>>,
}

/// Reads `accounts`, with `defaults.accounts` beneath each.
pub(super) fn accounts(root: &PuppetItem, told: &mut PuppetReport) -> Accounts {
    let mut found = Accounts::default();
    let defaults = root.get("defaults").and_then(|defaults| defaults.get("accounts"));
    for item in root.get("accounts").map(PuppetItem::items).unwrap_or_default() {
        let entry = of_item(item, defaults, told);
        match (item.get("account_id").and_then(PuppetItem::text), item.get("ou").and_then(PuppetItem::text)) {
            (Some(id), _) => found.add(id, item, entry, told),
            (None, Some(path)) => {
                let excluded = item.get("exclude").and_then(|exclude| exclude.get("accounts"));
                let excluded = excluded.into_iter().flat_map(PuppetItem::texts).map(str::to_owned).collect();
                found.units.push(UnitEntry { path: path.to_owned(), all: entry, excluded });
            }
            (None, None) => told.changed(item.at, "it has neither `account_id` nor `ou`, and is not read"),
        }
    }
    for (id, entry) in &found.by_id {
        for tag in &entry.tags {
            found.tagged.entry(tag.clone()).or_default().insert(id.clone());
        }
    }
    for (n, unit) in found.units.iter().enumerate() {
        for tag in &unit.all.tags {
            found.units_tagged.entry(tag.clone()).or_default().push(n);
        }
    }
    found
}

fn of_item(item: &PuppetItem, defaults: Option<&PuppetItem>, told: &mut PuppetReport) -> AccountEntry {
    let get = |key: &str| item.get(key).or_else(|| defaults?.get(key));
    let regions = ["regions_enabled", "enabled_regions", "enabled"].iter().find_map(|key| get(key));
    for key in ["organizations_account_tags", "external_account_overrides"] {
        let said = get(key).filter(|item| item.text() != Some("ignored"));
        if let Some(item) = said {
            told.changed(
                item.at,
                &format!("`{key}` is not followed: what it takes in is not in the manifest"),
            );
        }
    }
    let mut entry = AccountEntry {
        at: item.at,
        name: item.get("name").and_then(PuppetItem::text).map(str::to_owned),
        default_region: get("default_region").and_then(PuppetItem::text).map(str::to_owned),
        regions: regions.into_iter().flat_map(PuppetItem::texts).map(str::to_owned).collect(),
        tags: get("tags").into_iter().flat_map(PuppetItem::texts).map(str::to_owned).collect(),
        parameters: get("parameters").cloned(),
        leans_on_unit: false,
    };
    for kind in ["append", "overwrite"] {
        if let Some(more) = item.get(kind) {
            entry.lay(more, kind == "overwrite");
            entry.leans_on_unit |= item.get("tags").is_none();
        }
    }
    entry
}

impl AccountEntry {
    /// What `append` adds, and `overwrite` puts in the place of what is there.
    fn lay(&mut self, more: &PuppetItem, overwrites: bool) {
        let texts = |key: &str| more.get(key).map(|item| item.texts().map(str::to_owned).collect::<Vec<_>>());
        if let Some(tags) = texts("tags") {
            if overwrites {
                self.tags.clear();
            }
            self.tags.extend(tags);
        }
        if let Some(regions) = texts("regions_enabled") {
            if overwrites {
                self.regions.clear();
            }
            self.regions.extend(regions);
        }
        let region = more.get("default_region").and_then(PuppetItem::text).map(str::to_owned);
        self.default_region = region.or(self.default_region.take());
    }
}

/// What may be said of the parameters of an account.
#[derive(Clone, Debug, Default)]
pub(super) struct AccountLevels<'m> {
    /// What is said of it.
    pub own: Option<&'m PuppetItem>,
    /// What its unit says, and no manifest tells which one that is.
    pub unsure: Vec<&'m PuppetItem>,
}

impl Accounts {
    /// What is said of the parameters of an account.
    pub fn levels(&self, account: &str) -> AccountLevels<'_> {
        let entry = self.by_id.get(account);
        let own = entry.and_then(|entry| entry.parameters.as_ref());
        if own.is_some() || entry.is_some_and(|entry| !entry.leans_on_unit) {
            return AccountLevels { own, unsure: Vec::new() };
        }
        let units = self.units.iter().filter(|unit| !unit.excluded.contains(account));
        let all: Vec<Option<&PuppetItem>> = units.map(|unit| unit.all.parameters.as_ref()).collect();
        match all.as_slice() {
            [only] => AccountLevels { own: *only, unsure: Vec::new() },
            _ => AccountLevels { own: None, unsure: all.into_iter().flatten().collect() },
        }
    }

    fn add(&mut self, id: &str, item: &PuppetItem, entry: AccountEntry, told: &mut PuppetReport) {
        let Some(there) = self.by_id.get_mut(id) else {
            self.by_id.insert(id.to_owned(), entry);
            return;
        };
        let lays = ["append", "overwrite"].map(|kind| item.get(kind));
        if lays.iter().all(Option::is_none) {
            told.changed(item.at, &format!("account {id} stands there twice: the one here is taken"));
            *there = entry;
            return;
        }
        for (more, overwrites) in lays.into_iter().zip([false, true]) {
            if let Some(more) = more {
                there.lay(more, overwrites);
            }
        }
        if let Some(parameters) = entry.parameters {
            there.parameters = Some(parameters);
        }
    }
}

//! Accounts and regions that launches are deployed to, and that there is no location for: told once an account, with the lines to write.

use std::collections::{BTreeMap, BTreeSet};

use super::super::names::{free, key_of};
use super::KnownPlace;
use super::accounts::Accounts;
use super::targets::Spot;
use super::told::{PuppetReport, some};

/// So many accounts are told one by one.
const MOST_TOLD: usize = 200;

/// What is missing of one account.
#[derive(Default)]
struct MissingAccount {
    regions: BTreeSet<String>,
    launches: BTreeSet<String>,
}

/// What is missing, by account.
#[derive(Default)]
pub(super) struct MissingPlaces {
    accounts: BTreeMap<String, MissingAccount>,
}

impl MissingPlaces {
    pub fn add(&mut self, launch: &str, spot: &Spot) {
        let account = self.accounts.entry(spot.account.clone()).or_default();
        account.regions.insert(spot.region.clone());
        if !account.launches.contains(launch) {
            account.launches.insert(launch.to_owned());
        }
    }

    pub fn tell(&self, accounts: &Accounts, places: &[KnownPlace], told: &mut PuppetReport) {
        let mut names: BTreeSet<String> = places.iter().map(|place| place.entry.clone()).collect();
        let mut entries: BTreeMap<&str, &str> = BTreeMap::new();
        for place in places {
            entries.extend(place.account_id.as_deref().map(|id| (id, place.entry.as_str())));
        }
        let unknown = places.iter().filter(|place| place.account_id.is_none());
        let unknown: BTreeSet<&str> = unknown.map(|place| place.entry.as_str()).collect();
        if !self.accounts.is_empty() && !unknown.is_empty() {
            let unknown = some(unknown.into_iter());
            told.advice.push(format!(
                "the locations {unknown} have no `account_id`, by which a manifest names them"
            ));
        }
        let more = self.accounts.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            told.left.push(format!("{more} more accounts have no location"));
        }
        for (id, missing) in self.accounts.iter().take(MOST_TOLD) {
            let regions: Vec<&str> = missing.regions.iter().map(String::as_str).collect();
            let regions = regions.join(", ");
            let launches = some(missing.launches.iter().map(String::as_str));
            let entry = accounts.by_id.get(id);
            if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                let what = format!("`{id}` is the id of no account ({launches})");
                match entry {
                    Some(entry) => told.left(entry.at, &what),
                    None => told.left.push(what),
                }
                continue;
            }
            let write = match entries.get(&**id) {
                Some(entry) => format!("add {regions} to the `regions` of `{entry}`"),
                None => {
                    let name = entry.and_then(|entry| entry.name.as_deref()).unwrap_or("account");
                    let name = free(&key_of(&name.to_lowercase()), &mut names);
                    format!(
                        "write below `locations:` `{name}: {{account_id: \"{id}\", regions: [{regions}]}}`"
                    )
                }
            };
            let what = format!("there is no location of account {id} in {regions} ({launches}): {write}");
            match entry {
                Some(entry) => told.left(entry.at, &what),
                None => told.left.push(what),
            }
        }
    }
}

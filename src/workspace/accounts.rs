//! Accounts of Control Tower's Account Factory: what is behind one, by what address it is known, and locations for those that have none.

use std::collections::{BTreeMap, BTreeSet};

use super::Workspace;
use crate::catalog::{CatalogRead, Existing, ParameterRule, Progress, RecordRef, Seen};
use crate::import::{ForeignAccount, ForeignProduct, FoundValue};
use crate::model::ids::LocationName;
use crate::model::kinds::ProvisionedType;
use crate::model::product::Selector;

impl Workspace<'_> {
    /// The accounts that are there, by their e-mail addresses: a call for each, and none where all that is asked for has its name.
    pub(super) fn by_email<'s>(
        &self,
        mut asked: impl Iterator<Item = &'s ForeignProduct>,
        there: &[(LocationName, Existing)],
        catalog: &dyn CatalogRead,
    ) -> BTreeMap<String, (LocationName, Existing)> {
        let accounts = there.iter().filter(|(_, existing)| is_account(existing));
        let names: BTreeSet<&str> = accounts.clone().map(|(_, existing)| existing.name.as_str()).collect();
        let ids: BTreeSet<&str> = accounts.clone().filter_map(|(_, existing)| account_of(existing)).collect();
        let is_known = |which: &Selector| match which {
            Selector::Name(name) => names.contains(name.as_str()),
            Selector::Id(id) => ids.contains(id.as_str()),
        };
        let is_open = |said: &ForeignProduct| {
            said.email.is_some() && !is_known(&said.which) && !said.also.iter().any(is_known)
        };
        if !asked.any(is_open) {
            return BTreeMap::new();
        }
        let records = accounts.filter_map(|one| Some((one, one.1.last_successful_record.clone()?)));
        let (accounts, records): (Vec<_>, Vec<_>) =
            records.map(|(one, record)| (one, RecordRef { location: one.0.clone(), record })).unzip();
        let mut by_email = BTreeMap::new();
        for (one, answer) in accounts.into_iter().zip(catalog.records(&records)) {
            if let Ok(Progress::Succeeded(outputs)) = answer.map(|record| record.progress)
                && let Some(email) = outputs.get("AccountEmail")
            {
                by_email.insert(email.to_lowercase(), one.clone());
            }
        }
        by_email
    }

    /// The accounts that no location is of, each once; where its region is not told, it is this.
    #[must_use]
    pub fn new_accounts(&self, accounts: &[ForeignAccount], region: Option<&str>) -> Vec<ForeignAccount> {
        let locations = self.repo.settings.locations.values();
        let mut known: BTreeSet<String> =
            locations.filter_map(|location| Some(location.account_id.as_ref()?.to_string())).collect();
        let mut new: Vec<ForeignAccount> = Vec::new();
        for account in accounts {
            if known.insert(account.id.clone()) {
                let region = account.region.clone().or_else(|| region.map(str::to_owned));
                new.push(ForeignAccount { region, ..account.clone() });
            }
        }
        new
    }
}

fn is_account(existing: &Existing) -> bool {
    existing.seen == Seen::Read(ProvisionedType::Account)
}

/// The account that it made.
pub(super) fn account_of(existing: &Existing) -> Option<&str> {
    let id = existing.physical_id.as_deref().filter(|_| is_account(existing))?;
    (id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// A value as its rule allows it: an organizational unit is allowed with its id behind its name.
pub(super) fn fitting(value: FoundValue, rule: Option<&ParameterRule>) -> FoundValue {
    let FoundValue::Text(text) = value else { return value };
    let allowed = rule.map_or(&[][..], |rule| &rule.allowed_values);
    if allowed.is_empty() || allowed.contains(&text) {
        return FoundValue::Text(text);
    }
    let last = text.rsplit('/').next().unwrap_or(&text);
    let is_it = |other: &&String| {
        let name = other.split_once(" (").map_or(other.as_str(), |(name, _)| name);
        name == text || name == last
    };
    let mut fits = allowed.iter().filter(is_it);
    match (fits.next(), fits.next()) {
        (Some(only), None) => FoundValue::Text(only.clone()),
        _ => FoundValue::Text(text),
    }
}

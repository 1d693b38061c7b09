//! A record that succeeded is believed together with the product that it is about: looked at once more, whatever is gone or was
//! changed since is not what was declared.

use std::collections::BTreeMap;

use super::super::report::Outcome;
use super::ending::Ran;
use super::evidence::moves_instances;
use super::{Over, Turn};
use crate::catalog::{CatalogError, CatalogErrorKind, Existing, FindBy, Found, Progress, Record, Status};
use crate::model::ids::LocationName;
use crate::model::product::Selector;
use crate::plan::StepIx;

/// Where so many end together, one search is tried before they are looked at one by one.
const TOGETHER: usize = 20;

/// What nobody can tell is not told as done.
const UNPROVEN: &str = "it went well, and whether nobody else's operation had a part in it cannot be told: the next apply makes it sure";

/// A step whose record has succeeded.
pub(super) struct Success {
    pub ix: StepIx,
    pub record: Record,
}

/// What the product says of a record that succeeded.
enum Proof {
    /// It is as the record left it; its ARN.
    AsLeft(Option<String>),
    /// A reader may lag behind the record: look again.
    NotYet,
    /// Somebody else was there since.
    Moved(String),
}

impl Turn<'_, '_> {
    /// Ends what succeeded, if the product still is what the record made.
    pub(super) fn believe(&mut self, succeeded: Vec<Success>) {
        if succeeded.is_empty() {
            return;
        }
        let mut rest = Vec::new();
        let listed = self.listed(&succeeded);
        for success in succeeded {
            let existing = listed.get(&self.step(success.ix).address.location);
            let existing = existing.and_then(|found| found.get(success.record.provisioned.as_str()));
            match existing.filter(|existing| is_as_left(existing, &success.record)) {
                Some(existing) => {
                    let arn = existing.arn.clone();
                    self.proven(success, Proof::AsLeft(Some(arn)));
                }
                None => rest.push(success),
            }
        }
        let asked: Vec<FindBy> = rest.iter().map(|success| self.product_of(success)).collect();
        if asked.is_empty() {
            return;
        }
        for (success, answer) in rest.into_iter().zip(self.ports.catalog.find(&asked)) {
            match answer {
                Ok(found) => {
                    let proof = self.proof(&success, &found);
                    self.proven(success, proof);
                }
                Err(error) => self.unlooked(success, &error),
            }
        }
    }

    fn product_of(&self, success: &Success) -> FindBy {
        let location = self.step(success.ix).address.location.clone();
        FindBy { location, by: Selector::Id(success.record.provisioned.to_string()) }
    }

    /// What a search shows of the locations where many end together. It lags, so that only what it shows as it should be counts.
    fn listed(&self, succeeded: &[Success]) -> BTreeMap<LocationName, BTreeMap<String, Existing>> {
        let mut counts: BTreeMap<&LocationName, usize> = BTreeMap::new();
        for success in succeeded {
            *counts.entry(&self.step(success.ix).address.location).or_default() += 1;
        }
        let many: Vec<LocationName> = counts
            .into_iter()
            .filter(|(_, count)| *count >= TOGETHER)
            .map(|(name, _)| name.clone())
            .collect();
        if many.is_empty() {
            return BTreeMap::new();
        }
        let answers = self.ports.catalog.search(&many);
        let by_id = |found: Vec<Existing>| found.into_iter().map(|one| (one.id.to_string(), one)).collect();
        many.into_iter().zip(answers).filter_map(|(name, found)| Some((name, by_id(found.ok()?)))).collect()
    }

    fn proof(&self, success: &Success, found: &Found) -> Proof {
        let (ix, record) = (success.ix, &success.record);
        let is_sure = self.time(ix).is_absence_proven(record.updated, found.asked);
        match &found.existing {
            Some(existing) if is_as_left(existing, record) => Proof::AsLeft(Some(existing.arn.clone())),
            _ if !is_sure => Proof::NotYet,
            // whoever does not see everything cannot tell gone from hidden
            None if !self.level(ix).sees_all() => Proof::AsLeft(None),
            None => Proof::Moved("it went well, and is gone since: somebody terminated it".to_owned()),
            Some(existing) => {
                let by = existing.last_record.as_ref().filter(|last| **last != record.id);
                let by = by.map(|last| format!(", by record {last}")).unwrap_or_default();
                Proof::Moved(format!("it went well, and somebody else has changed it since{by}"))
            }
        }
    }

    /// Ends it, but for what hides somebody else's operation: what only moves instances leaves all else as it was left.
    fn proven(&mut self, success: Success, proof: Proof) {
        if !matches!(proof, Proof::NotYet) {
            match (self.is_alone(&success), &proof) {
                (Ok(true), _) => {}
                (Err(error), Proof::AsLeft(_)) => return self.unlooked(success, &error),
                _ => self.run.unproven(success.ix),
            }
        }
        self.ended(success, proof);
    }

    /// Whether nothing else ran on the product between what the operation was based on and its record, where that matters.
    fn is_alone(&self, success: &Success) -> Result<bool, CatalogError> {
        let Success { ix, record } = success;
        let base = match (self.row(*ix).filter(|row| moves_instances(row)), self.intent(*ix)) {
            (Some(_), Some(intent)) => intent.base_record.clone(),
            _ => return Ok(true),
        };
        let since = self.history(*ix, &record.provisioned, base)?;
        let mut before = since.iter().filter(|other| other.created <= record.created);
        Ok(before.all(|other| other.id == record.id))
    }

    fn ended(&mut self, success: Success, proof: Proof) {
        let Success { ix, record } = success;
        let ran = Ran { took: record.updated.since(record.created), ended: record.updated };
        let Progress::Succeeded(outputs) = record.progress.clone() else { return };
        let (arn, moved) = match proof {
            Proof::AsLeft(arn) => (arn, None),
            Proof::Moved(why) => (None, Some(why)),
            Proof::NotYet => return self.running(ix, record, false),
        };
        let outcome = self.succeeded(ix, &outputs, ran.ended, arn);
        let (outcome, outputs) = match moved {
            None if self.run.is_unproven(ix) => (Outcome::Stale(UNPROVEN.to_owned()), None),
            None => (outcome, Some(outputs)),
            Some(why) => (Outcome::Stale(why), None),
        };
        self.over.push(Over { ix, outcome, took: Some(ran.took), outputs });
    }

    /// Who may not look believes the record; all else is asked again.
    fn unlooked(&mut self, success: Success, error: &CatalogError) {
        match error.kind {
            CatalogErrorKind::NotAllowed => self.ended(success, Proof::AsLeft(None)),
            _ => self.unheard(success.ix, &success.record.id, error),
        }
    }
}

fn is_as_left(existing: &Existing, record: &Record) -> bool {
    existing.status == Status::Available && existing.last_provisioning_record.as_ref() == Some(&record.id)
}

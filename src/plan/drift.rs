//! What is there, where that is not what was applied: parameters as their stack has them, tags as the search shows them. What
//! was not read is taken to be as it was applied.

use std::collections::BTreeMap;

use super::spec::instances_there;
use super::{PlanInput, Reason, Shown};
use crate::catalog::{Existing, ParameterRule, Stack, StackParameter, Status};
use crate::declare::DesiredProduct;
use crate::model::ids::{Address, ArtifactId};
use crate::model::kinds::RecordKind;
use crate::model::product::Ignored;
use crate::state::{Applied, Content, Row, Stored};

/// A product of ours that is not as it was applied.
pub(super) struct Drift {
    /// The row as if what is there had been applied.
    pub row: Row,
    /// Each difference; not those that are ignored.
    pub reasons: Vec<Reason>,
}

impl PlanInput<'_> {
    /// What somebody else made of a product that is at rest; `None` where nothing differs, or nothing was read.
    pub(super) fn drift(&self, address: &Address) -> Option<Drift> {
        let row = self.row(address).filter(|row| row.intent.is_none())?;
        let applied = row.applied.as_ref()?;
        let existing = self.existing(address).filter(|existing| existing.status == Status::Available)?;
        let product = self.desired.products.get(address);
        let stack = self.observed.stacks.get(&existing.id).and_then(|found| found.as_ref().ok());
        let compared = Compared { input: self, address, row, product };
        let mut content = applied.content.clone();
        let is_foreign = existing.last_provisioning_record.as_ref() != Some(&applied.record);
        let mut reasons = match is_foreign {
            true => compared.identity(existing, &content),
            false => Vec::new(),
        };
        if let Some(stack) = stack {
            reasons.extend(compared.instances(stack, &mut content));
            reasons.extend(compared.parameters(stack, &mut content));
        }
        if is_foreign {
            reasons.extend(compared.tags(existing, &mut content));
        }
        if content == applied.content && reasons.is_empty() {
            return None;
        }
        let applied = Applied { content, ..applied.clone() };
        Some(Drift { row: Row { applied: Some(applied), ..row.clone() }, reasons })
    }

    /// Whether every value that went into a product was read of its stack: none is kept from being shown.
    pub(super) fn is_read(&self, address: &Address) -> bool {
        let Some(existing) = self.existing(address) else { return false };
        let Some(Ok(stack)) = self.observed.stacks.get(&existing.id) else { return false };
        let applied = self.row(address).and_then(|row| row.applied.as_ref());
        let mut parameters = applied.iter().flat_map(|applied| &applied.content.parameters);
        // another version may have taken parameters away: then there is nothing to be read
        let is_followed =
            applied.is_some_and(|applied| self.follows(address, &applied.content.target.artifact.id));
        let masked = stack.parameters.iter().any(|(key, there)| {
            there.is_masked() && applied.is_none_or(|applied| !applied.content.parameters.contains_key(key))
        });
        !masked
            && parameters.all(|(key, value)| match stack.parameters.contains_key(key) {
                true => matches!(value, Stored::Text(_)),
                false => is_followed,
            })
    }

    /// Whether somebody else put another version there, and its declaration leaves that to them.
    pub(super) fn follows(&self, address: &Address, applied: &ArtifactId) -> bool {
        let product = self.desired.products.get(address);
        let ignored = product.is_some_and(|product| product.ignore_changes.contains(&Ignored::Artifact));
        let there = self.existing(address).filter(|existing| existing.status == Status::Available);
        ignored && there.and_then(|there| there.artifact.as_ref()).is_some_and(|there| there != applied)
    }

    /// That it was a termination that failed, and none of ours: an update puts it back.
    pub(super) fn half_gone(&self, address: &Address) -> Option<String> {
        let existing = self.existing(address).filter(|existing| existing.status == Status::Tainted)?;
        let row = self.row(address).filter(|row| row.intent.is_none())?;
        let record = self.observed.records.get(&existing.id)?;
        let ours = row.last_failure.as_ref().and_then(|failure| failure.record.as_ref());
        let is_it = existing.last_record.as_ref() == Some(&record.id) && ours != Some(&record.id);
        (is_it && record.kind == RecordKind::Terminate).then(|| {
            let id = &record.id;
            format!(
                "what failed was a termination ({id}): somebody wanted it gone, and part of it may be gone"
            )
        })
    }

    /// Why the parameters of what is there could not be compared, and what the last drift detection said.
    pub(super) fn beneath(&self, address: &Address) -> Option<String> {
        let existing = self.existing(address)?;
        match self.observed.stacks.get(&existing.id)? {
            Err(why) => Some(format!("its parameters were not compared: {why}")),
            Ok(Stack { drift: Some(drift), .. }) if drift.drifted => {
                let at = drift.checked.map(|at| format!(" at {}", at.utc())).unwrap_or_default();
                Some(format!(
                    "its resources are not as the template says: found by the last drift detection{at}"
                ))
            }
            Ok(_) => None,
        }
    }
}

/// One product whose content is held against what is there.
struct Compared<'a> {
    input: &'a PlanInput<'a>,
    address: &'a Address,
    row: &'a Row,
    product: Option<&'a DesiredProduct>,
}

impl Compared<'_> {
    /// The product and the version that run. What they are to become is compared with the product itself, not with its row.
    fn identity(&self, existing: &Existing, content: &Content) -> Vec<Reason> {
        let was = &content.target;
        let product = existing.product.as_ref().filter(|id| **id != was.product.id);
        let product = product.map(|id| {
            drifted("product", &was.product.name, &self.input.product_named(self.address, id).name)
        });
        let version = existing.artifact.as_ref().filter(|id| **id != was.artifact.id);
        let version =
            version.filter(|_| !self.is_ignored(|ignored| *ignored == Ignored::Artifact)).map(|id| {
                let named = self.input.version_named(self.address, content, id);
                drifted("version", &was.artifact.name, &named.name)
            });
        product.into_iter().chain(version).collect()
    }

    /// Takes over the accounts and regions of a stack set's instances, where they were named.
    fn instances(&self, stack: &Stack, content: &mut Content) -> Vec<Reason> {
        let (Some(preferences), Some(instances)) = (&content.target.options.preferences, &stack.instances)
        else {
            return Vec::new();
        };
        let mut there = preferences.clone();
        instances_there(&mut there, instances);
        let members = [
            ("stack_set_accounts", &preferences.accounts, &there.accounts),
            ("stack_set_regions", &preferences.regions, &there.regions),
        ];
        let differing = members.into_iter().filter(|(_, was, now)| was != now);
        let reasons = differing.map(|(member, was, now)| drifted(member, &was.join(","), &now.join(",")));
        let reasons = reasons.collect();
        content.target.options.preferences = Some(there);
        reasons
    }

    /// Takes over the parameters of the stack that differ.
    fn parameters(&self, stack: &Stack, content: &mut Content) -> Vec<Reason> {
        let offering = self.input.offer(self.address).map(|offer| &offer.offering.parameters);
        let mut reasons = Vec::new();
        let is_followed = self.input.follows(self.address, &content.target.artifact.id);
        for (key, there) in &stack.parameters {
            let rule = offering.and_then(|rules| rules.get(key));
            let was = content.parameters.get(key);
            let Some(found) = self.found(key, rule, was, there) else { continue };
            // what another version brought with it is no change of its own
            let default = rule.and_then(|rule| rule.default.as_deref()).map(str::trim);
            let is_brought = is_followed && was.is_none() && default == Some(there.value.trim());
            // of what was never known, nobody can say that it was changed
            let is_news = !is_brought && was != Some(&Stored::Unknown);
            if is_news && !self.is_ignored(|ignored| ignored.is_parameter(key)) {
                reasons.push(Reason::Drifted {
                    key: key.clone(),
                    applied: shown(was),
                    there: shown(Some(&found)),
                });
            }
            content.parameters.insert(key.clone(), found);
        }
        reasons
    }

    /// What a parameter is, if that is told and is not what was applied.
    fn found(
        &self,
        key: &str,
        rule: Option<&ParameterRule>,
        was: Option<&Stored>,
        there: &StackParameter,
    ) -> Option<Stored> {
        // what is not echoed is masked; of what no version in sight declares, nobody knows whether it is
        if rule.is_none_or(|rule| rule.no_echo) {
            return None;
        }
        let scope = self.row.version.birth.scope(key);
        match was {
            Some(Stored::Text(text)) if text.trim() == there.value.trim() => None,
            Some(Stored::Digest(digest)) if digest.stands_for(self.input.key, scope, &there.value) => None,
            // another secret: its text is not taken over
            Some(Stored::Digest(_)) => Some(Stored::Unknown),
            _ if self.is_sensitive(key) => None,
            _ if self.shows_secret(key) => Some(Stored::Unknown),
            Some(Stored::Text(_) | Stored::Unknown) | None => Some(Stored::Text(there.value.clone())),
        }
    }

    fn shows_secret(&self, key: &str) -> bool {
        self.row.binding.as_ref().is_some_and(|bound| self.input.shows_secret(&bound.id, key))
    }

    fn is_sensitive(&self, key: &str) -> bool {
        let declared = self.product.and_then(|product| product.parameters.get(key));
        declared.is_some_and(|parameter| {
            let of = |reference| self.input.is_sensitive(reference);
            let filled = parameter.value.as_ref();
            parameter.sensitive || filled.is_some_and(|template| template.references().any(of))
        })
    }

    /// Takes over the tags that differ, those that somebody added among them.
    fn tags(&self, existing: &Existing, content: &mut Content) -> Vec<Reason> {
        let Some(tags) = &existing.tags else { return Vec::new() };
        let there: BTreeMap<&str, &str> = tags.iter().map(|tag| (&*tag.key, &*tag.value)).collect();
        let options = self.input.offer(self.address).map(|offer| &offer.offering.tag_options);
        let is_option = |key: &str| options.is_some_and(|options| options.contains_key(key));
        let is_left = |key: &str| is_option(key) || self.is_ignored(|ignored| ignored.is_tag(key));
        let text = |text: Option<&str>| text.map_or(Shown::Absent, |text| Shown::Text(text.to_owned()));
        let mut reasons = Vec::new();
        for (key, was) in content.tags.clone().iter().filter(|(key, _)| !is_left(key)) {
            let now = there.get(key.as_str()).copied();
            if now != Some(was) {
                let (applied, there) = (text(Some(was)), text(now));
                reasons.push(Reason::Drifted { key: format!("tags.{key}"), applied, there });
                content.tags.remove(key);
                content.tags.extend(now.map(|now| (key.clone(), now.to_owned())));
            }
        }
        for (key, now) in there.iter().filter(|(key, _)| !is_left(key)) {
            // an update sends all tags that are declared, and takes away the others
            if content.tags.insert((*key).to_owned(), (*now).to_owned()).is_none() {
                let (applied, there) = (Shown::Absent, text(Some(now)));
                reasons.push(Reason::Drifted { key: format!("tags.{key}"), applied, there });
            }
        }
        reasons
    }

    fn is_ignored(&self, is: impl Fn(&Ignored) -> bool) -> bool {
        self.product.is_some_and(|product| product.ignore_changes.iter().any(is))
    }
}

fn drifted(member: &str, was: &str, now: &str) -> Reason {
    let (applied, there) = (Shown::Text(was.to_owned()), Shown::Text(now.to_owned()));
    Reason::DriftedMember { member: member.to_owned(), applied, there }
}

fn shown(value: Option<&Stored>) -> Shown {
    match value {
        None => Shown::Absent,
        Some(Stored::Text(text)) => Shown::Text(text.clone()),
        Some(Stored::Digest(_)) => Shown::Sensitive,
        Some(Stored::Unknown) => Shown::Unknown,
    }
}

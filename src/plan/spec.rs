//! Declaration, offer and what is known of others to a `Spec`: every value that will be in force, and how it travels.

use std::collections::{BTreeMap, BTreeSet};

use super::{Parameter, PlanInput, Planned, Sending, Spec};
use crate::catalog::{
    Existing, ParameterRule, Progress, Seen, Stack, StackInstances, StackParameter, Status,
};
use crate::declare::{DesiredParameter, DesiredProduct};
use crate::model::ids::{Address, ArtifactId};
use crate::model::json::is_same_document;
use crate::model::kinds::ProvisionedType;
use crate::model::product::{Ignored, Preferences};
use crate::model::secret::{default_digest, template_digest};
use crate::model::target::{Named, Target};
use crate::model::template::{Facts, Known, Missing, Reference, Template};
use crate::observe::{Adoptable, FoundExternal, Offer, version_in_force};
use crate::state::{Applied, Content, Row, Stored, Unverified};

/// What planning may assume of the instances that were decided already.
#[derive(Default)]
pub(super) struct Outlook {
    /// Nothing will change these facts: they hold.
    pub settled: Known,
    /// They have a step: what they give may change, but for what is settled of them.
    pub moving: BTreeSet<Address>,
}

impl Outlook {
    /// Whether what a reference gives may change.
    pub fn is_moving(&self, reference: &Reference) -> bool {
        let holds = || self.settled.get(&reference.of)?.get(&reference.what);
        self.moving.contains(&reference.of) && holds().is_none()
    }
}

/// A declaration with everything that its spec is made from.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub input: &'a PlanInput<'a>,
    pub address: &'a Address,
    pub product: &'a DesiredProduct,
    pub offer: &'a Offer,
    pub row: Option<&'a Row>,
    pub existing: Option<&'a Existing>,
}

impl Subject<'_> {
    /// What it is to be.
    ///
    /// # Errors
    /// The references that nothing will ever fill.
    pub fn spec(&self, outlook: &Outlook) -> Result<Spec, Vec<(String, Missing)>> {
        let mut missing = Vec::new();
        let mut parameters = BTreeMap::new();
        let any = ParameterRule::default();
        let is_open = self.offer.takes_any_parameter();
        let unnamed = self.product.parameters.keys().filter(|_| is_open).map(|key| (key, &any));
        for (key, rule) in self.offer.offering.parameters.iter().chain(unnamed) {
            match self.parameter(key, rule, outlook) {
                Ok(parameter) => parameters.extend(parameter.map(|parameter| (key.clone(), parameter))),
                Err(hole) => missing.push((key.clone(), hole)),
            }
        }
        let mut tags = BTreeMap::new();
        for (key, value) in self.tag_templates() {
            match planned(&value, outlook) {
                Ok(value) => {
                    tags.insert(key, value);
                }
                Err(hole) => missing.push((key, hole)),
            }
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let Offer { product, product_name, path, .. } = self.offer;
        let target = Target {
            name: self.product.name.clone(),
            product: Named::new(product.clone(), product_name),
            artifact: self.artifact(),
            path: Named::new(path.id.clone(), &path.name),
            options: self.product.options.clone(),
        };
        Ok(Spec {
            target,
            parameters,
            tags,
            send_tags: self.existing.is_none() || self.offer.offering.tag_update,
            instances: None,
        })
    }

    /// What was applied before, if anything was.
    pub fn applied(&self) -> Option<&Applied> {
        self.row.and_then(|row| row.applied.as_ref())
    }

    fn artifact(&self) -> Named<ArtifactId> {
        let offered = &self.offer.artifact;
        let ignored = self.product.ignore_changes.contains(&Ignored::Artifact);
        let stays = self.row.filter(|_| ignored).and_then(|row| version_in_force(row, self.existing));
        match (stays, self.applied()) {
            (Some(stays), Some(applied)) => version(&applied.content, Some(self.offer), stays),
            _ => Named::new(offered.id.clone(), self.offer.version()),
        }
    }

    fn ignores_parameter(&self, key: &str) -> bool {
        self.product.ignore_changes.iter().any(|ignored| ignored.is_parameter(key))
    }

    /// The parameter's value in force; `None` if it has none (validation has said so).
    fn parameter(
        &self,
        key: &str,
        rule: &ParameterRule,
        outlook: &Outlook,
    ) -> Result<Option<Parameter>, Missing> {
        let before = self.applied().and_then(|applied| applied.content.parameters.get(key));
        let declared = self.product.parameters.get(key);
        match (declared, before) {
            (_, Some(before)) if self.ignores_parameter(key) => Ok(Some(self.kept(before))),
            (Some(DesiredParameter { value: Some(template), sensitive, .. }), before) => {
                let sensitive = rule.no_echo || *sensitive || self.refers_to_sensitive(template);
                if sensitive {
                    self.secret(key, template, before, outlook).map(Some)
                } else {
                    plain(template, outlook).map(Some)
                }
            }
            (Some(DesiredParameter { value: None, .. }), Some(before)) => Ok(Some(self.kept(before))),
            (Some(DesiredParameter { value: None, .. }), None)
                if self.existing.is_some() && rule.default.is_none() =>
            {
                Ok(Some(Parameter { value: Planned::Unknown, sent: Sending::Previous }))
            }
            (None, Some(before)) if rule.default.is_none() => Ok(Some(self.kept(before))),
            _ => Ok(rule.default.as_ref().map(|default| self.default(key, rule, default))),
        }
    }

    fn default(&self, key: &str, rule: &ParameterRule, default: &str) -> Parameter {
        let value = if rule.no_echo {
            let digest = default_digest(self.input.key, key, default);
            Planned::Secret { template: Some(Template::text(default)), digest }
        } else {
            Planned::Known(default.to_owned())
        };
        Parameter { value, sent: Sending::Default }
    }

    /// A text that is known need not be asked of a product that may have another one by now; and what is known by its
    /// digest is no longer known where somebody else was the last to succeed.
    fn kept(&self, before: &Stored) -> Parameter {
        match before {
            Stored::Text(text) if !self.may_use_previous() => plain_text(text),
            Stored::Digest(_) if !self.is_last_good_ours() => left(&Stored::Unknown),
            before => left(before),
        }
    }

    /// Whether what is in force, after failures too, is what our last success put there.
    fn is_last_good_ours(&self) -> bool {
        let (Some(existing), Some(applied)) = (self.existing, self.applied()) else { return false };
        existing.last_successful_record.as_ref() == Some(&applied.record)
    }

    fn secret(
        &self,
        key: &str,
        template: &Template,
        before: Option<&Stored>,
        outlook: &Outlook,
    ) -> Result<Parameter, Missing> {
        let template = match planned(template, outlook)? {
            Planned::Known(text) => Template::text(text),
            _ => template.clone(),
        };
        if let (Some(before @ Stored::Digest(digest)), Some(text)) = (before, template.as_text())
            && self.may_use_previous()
            && !self.is_unverified()
            && self.holds(key, before, text)
        {
            return Ok(Parameter { value: Planned::Kept(digest.clone()), sent: Sending::Previous });
        }
        let digest = template_digest(self.input.key, self.address, key, &template);
        Ok(Parameter { value: Planned::Secret { template: Some(template), digest }, sent: Sending::Value })
    }

    /// Whether what is stored of a parameter is this text.
    pub fn holds(&self, key: &str, stored: &Stored, text: &str) -> bool {
        match (stored, self.row) {
            (Stored::Text(stored), _) => stored.trim() == text.trim() || is_same_document(text, stored),
            (Stored::Digest(digest), Some(row)) => {
                digest.stands_for(self.input.key, row.version.birth.scope(key), text)
            }
            (Stored::Digest(_), None) | (Stored::Unknown, _) => false,
        }
    }

    /// `UsePreviousValue` is only safe where the previous value is the one we know of.
    fn may_use_previous(&self) -> bool {
        let (Some(existing), Some(applied)) = (self.existing, self.applied()) else { return false };
        existing.seen == Seen::Read(ProvisionedType::Stack)
            && existing.status == Status::Available
            && existing.last_provisioning_record.as_ref() == Some(&applied.record)
    }

    /// Whether what is recorded of it is what somebody said when it was adopted, and nobody has sent it.
    fn is_unverified(&self) -> bool {
        self.applied().is_some_and(|applied| applied.unverified.contains(&Unverified::Parameters))
    }

    fn refers_to_sensitive(&self, template: &Template) -> bool {
        template.references().any(|reference| self.input.is_sensitive(reference))
    }

    fn tag_templates(&self) -> BTreeMap<String, Template> {
        let Some(applied) = self.applied() else { return self.product.tags.clone() };
        let is_ignored = |key: &str| self.product.ignore_changes.iter().any(|ignored| ignored.is_tag(key));
        let declared = self.product.tags.iter().filter(|(key, _)| !is_ignored(key));
        let before = applied.content.tags.iter().filter(|(key, _)| is_ignored(key));
        let before = before.map(|(key, text)| (key.clone(), Template::text(text.clone())));
        declared.map(|(key, value)| (key.clone(), value.clone())).chain(before).collect()
    }
}

/// A version with what it is called, as far as that is known.
pub(super) fn version(before: &Content, offer: Option<&Offer>, artifact: &ArtifactId) -> Named<ArtifactId> {
    if before.target.artifact.id == *artifact {
        return before.target.artifact.clone();
    }
    let name = offer.map_or_else(|| artifact.to_string(), |offer| offer.version_of(artifact));
    Named::new(artifact.clone(), name)
}

/// What a foreign change left, as far as it can be known: what was applied, with the version that its record names. What was
/// read of its stack is sure.
pub(super) fn as_left(
    input: &PlanInput<'_>,
    address: &Address,
    applied: &Applied,
    read: Option<&Stack>,
) -> Spec {
    let before = &applied.content;
    let record = input.existing(address).and_then(|existing| input.observed.records.get(&existing.id));
    let target = &before.target;
    let product = record.and_then(|record| record.product.as_ref()).unwrap_or(&target.product.id);
    let artifact = record.and_then(|record| record.artifact.as_ref()).unwrap_or(&target.artifact.id);
    let product = input.product_named(address, product);
    let artifact = input.version_named(address, before, artifact);
    let mut options = target.options.clone();
    let instances = read.and_then(|stack| stack.instances.as_ref());
    if let (Some(preferences), Some(instances)) = (&mut options.preferences, instances) {
        instances_there(preferences, instances);
    }
    Spec {
        target: Target { product, artifact, options, ..target.clone() },
        parameters: match read {
            Some(stack) => as_read(&before.parameters, stack, &|key| {
                input.existing(address).is_some_and(|existing| input.shows_secret(&existing.id, key))
            }),
            None => before.parameters.iter().map(|(key, value)| (key.clone(), left(value))).collect(),
        },
        tags: before.tags.iter().map(|(key, value)| (key.clone(), Planned::Known(value.clone()))).collect(),
        send_tags: false,
        instances: None,
    }
}

/// Where the instances of a stack set stand in the place of where they were to stand; what was left out means all that there
/// may be.
pub(super) fn instances_there(preferences: &mut Preferences, instances: &StackInstances) {
    for (declared, there) in
        [(&mut preferences.accounts, &instances.accounts), (&mut preferences.regions, &instances.regions)]
    {
        let is_there = declared.len() == there.len() && declared.iter().all(|one| there.contains(one));
        if !declared.is_empty() && !is_there {
            *declared = there.iter().cloned().collect();
        }
    }
}

/// The parameters that its stack has, and no others: another version, or another product, may take other ones.
fn as_read(
    before: &BTreeMap<String, Stored>,
    stack: &Stack,
    is_veiled: &dyn Fn(&str) -> bool,
) -> BTreeMap<String, Parameter> {
    let parameter = |(key, there): (&String, &StackParameter)| match before.get(key) {
        Some(Stored::Text(text)) => plain_text(text),
        Some(hidden) => left(hidden),
        None if there.is_masked() || is_veiled(key) => left(&Stored::Unknown),
        None => plain_text(&there.value),
    };
    stack.parameters.iter().map(|all| (all.0.clone(), parameter(all))).collect()
}

fn plain_text(text: &str) -> Parameter {
    Parameter { value: Planned::Known(text.to_owned()), sent: Sending::Value }
}

fn left(value: &Stored) -> Parameter {
    let value = match value {
        Stored::Text(text) => Planned::Known(text.clone()),
        Stored::Digest(digest) => Planned::Kept(digest.clone()),
        Stored::Unknown => Planned::Unknown,
    };
    Parameter { value, sent: Sending::Previous }
}

fn plain(template: &Template, outlook: &Outlook) -> Result<Parameter, Missing> {
    Ok(Parameter { value: planned(template, outlook)?, sent: Sending::Value })
}

/// Known, if everything it refers to is settled.
fn planned(template: &Template, outlook: &Outlook) -> Result<Planned, Missing> {
    let is_moving = |reference: &&Reference| outlook.is_moving(reference);
    if template.references().any(|reference| is_moving(&reference)) {
        // what nothing will change is there by now, or never
        let is_known = |reference: &&Reference| {
            outlook.settled.get(&reference.of).is_some_and(|facts| facts.get(&reference.what).is_some())
        };
        let mut settled = template.references().filter(|reference| !is_moving(reference));
        return match settled.find(|reference| !is_known(reference)) {
            Some(hole) => Err(Missing(hole.clone())),
            None => Ok(Planned::Pending(template.clone())),
        };
    }
    template.fill(&outlook.settled).map(Planned::Known)
}

/// What a row and the catalog tell of an instance that nothing will change.
pub(super) fn facts(input: &PlanInput<'_>, address: &Address) -> Facts {
    let mut facts = facts_read(input, address);
    facts.sensitive.extend(input.observed.veiled.outputs.get(address).into_iter().flatten().cloned());
    facts
}

fn facts_read(input: &PlanInput<'_>, address: &Address) -> Facts {
    if let Some(FoundExternal { existing, outputs }) = input.observed.externals.get(address) {
        let arn = Some(existing.arn.clone()).filter(|arn| !arn.is_empty());
        let id = Some(existing.id.clone());
        return Facts { outputs: outputs.clone(), sensitive: BTreeSet::new(), id, arn };
    }
    if let Some(existing) = input.adopted(address) {
        return adopted(input, address, existing);
    }
    let Some(row) = input.recorded.rows.get(address) else { return Facts::default() };
    let observed = input.observed;
    let bound = row.binding.as_ref().map(|binding| &binding.id);
    // what somebody else's operation made is newer than what ours did
    let foreign = bound.and_then(|id| match &observed.records.get(id)?.progress {
        Progress::Succeeded(outputs) => Some(outputs),
        _ => None,
    });
    let facts = row.facts(foreign.or_else(|| observed.outputs.get(address)));
    let listed = bound.and_then(|id| observed.existing.get(&address.location)?.id(id));
    let arn = listed.map(|existing| existing.arn.clone()).filter(|arn| !arn.is_empty());
    Facts { arn: arn.or(facts.arn), ..facts }
}

/// What an update in place leaves as it is.
pub(super) fn lasting(input: &PlanInput<'_>, address: &Address) -> Facts {
    let Facts { id, arn, .. } = facts(input, address);
    Facts { id, arn, ..Facts::default() }
}

/// What is told by a product that is to be adopted.
fn adopted(input: &PlanInput<'_>, address: &Address, existing: &Existing) -> Facts {
    let read = input.observed.adoptable.get(&existing.id).and_then(Adoptable::outputs);
    let declared = input.desired.products.get(address);
    Facts {
        outputs: read.cloned().unwrap_or_default(),
        sensitive: declared.map(|product| product.options.sensitive_outputs.clone()).unwrap_or_default(),
        id: Some(existing.id.clone()),
        arn: Some(existing.arn.clone()).filter(|arn| !arn.is_empty()),
    }
}

/// The facts that a plan's open values will be filled from, as far as no step of the plan makes them; and what adopted
/// products give.
#[must_use]
pub fn known(input: &PlanInput<'_>, plan: &super::Plan) -> Known {
    let mut wanted: BTreeSet<&Address> = BTreeSet::new();
    for step in &plan.steps {
        if let Some(spec) = step.spec() {
            wanted.extend(spec.templates().flat_map(Template::references).map(|reference| &reference.of));
        }
        if matches!(step.action, super::Action::Adopt(..) | super::Action::Accept(..)) {
            wanted.insert(&step.address);
        }
    }
    wanted.into_iter().map(|address| (address.clone(), facts(input, address))).collect()
}

/// The facts that one template refers to.
#[must_use]
pub fn facts_of(input: &PlanInput<'_>, template: &Template) -> Known {
    template.references().map(|reference| (reference.of.clone(), facts(input, &reference.of))).collect()
}

//! What of a plan can be previewed, and why the rest cannot. Asking is somebody else's, and what the catalog answers comes back with what
//! was observed. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Plan, PlanInput, Planned, Spec, Step};
use crate::catalog::Seen;
use crate::model::ids::{Address, ProvisionedId};
use crate::model::kinds::{ProductType, ProvisionedType};
use crate::model::text::{listed, quote};
use crate::state::Home;

/// So many parameters are named.
const NAMED: usize = 5;

/// How the names of our provisioned product plans begin; the rest is drawn for each.
pub const PREVIEW_PREFIX: &str = "provisor-preview-";

/// Which steps are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewScope {
    /// All that make or change something.
    All,
    /// Updates alone: what a guard is about.
    Updates,
}

/// What of a plan can be previewed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Previewable {
    /// What is asked for.
    pub targets: Vec<PreviewTarget>,
    /// Why nothing is asked for the others that make or change something.
    pub unknown: BTreeMap<Address, String>,
}

/// A step that is to be previewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewTarget {
    /// Its declaration.
    pub address: Address,
    /// The account and region.
    pub place: Home,
    /// The provisioned product; `None` where it is yet to be made.
    pub id: Option<ProvisionedId>,
    /// What it is to become.
    pub spec: Spec,
}

/// Looks through a plan.
#[must_use]
pub fn previewable(input: &PlanInput<'_>, plan: &Plan, scope: PreviewScope) -> Previewable {
    let mut found = Previewable::default();
    let moving: BTreeSet<&Address> = plan.steps.iter().map(|step| &step.address).collect();
    for step in &plan.steps {
        let (id, spec) = match &step.action {
            Action::Provision(spec) if scope == PreviewScope::All => (None, spec),
            Action::Update(id, spec) => (Some(id), spec),
            _ => continue,
        };
        match obstacle(input, plan, step).or_else(|| unknown(spec, &moving)) {
            Some(why) => drop(found.unknown.insert(step.address.clone(), why)),
            None => found.targets.push(PreviewTarget {
                address: step.address.clone(),
                place: step.place.clone(),
                id: id.cloned(),
                spec: spec.clone(),
            }),
        }
    }
    found
}

/// Why the catalog cannot preview such a step at all.
fn obstacle(input: &PlanInput<'_>, plan: &Plan, step: &Step) -> Option<String> {
    let offer = input.offer(&step.address);
    let is_set = offer.is_some_and(|offer| offer.offering.stack_set.is_some());
    let is_stack =
        offer.is_none_or(|offer| matches!(offer.kind, ProductType::Template | ProductType::Marketplace));
    let existing = input.existing(&step.address);
    let seen = existing.filter(|_| matches!(step.action, Action::Update(..))).map(|existing| &existing.seen);
    let is_replaced = plan
        .steps
        .iter()
        .any(|other| other.address == step.address && matches!(other.action, Action::Terminate(_)));
    let why = match seen {
        _ if is_replaced => "it is terminated first, with everything in it",
        _ if is_set => "a stack set has no preview",
        _ if !is_stack => "it is not made by CloudFormation",
        Some(Seen::Read(ProvisionedType::StackSet)) => "a stack set has no preview",
        Some(Seen::Read(ProvisionedType::Stack)) | None => return None,
        Some(Seen::Read(_)) => "it is not made by CloudFormation",
        Some(Seen::Recorded) => "what is there is not known without a refresh",
    };
    Some(why.to_owned())
}

/// Which of its values are known only after an apply.
fn unknown(spec: &Spec, moving: &BTreeSet<&Address>) -> Option<String> {
    let is_open = |value: &Planned| match value {
        Planned::Pending(_) | Planned::Secret { template: None, .. } => true,
        Planned::Secret { template: Some(template), .. } => {
            template.references().any(|reference| moving.contains(&reference.of))
        }
        Planned::Known(_) | Planned::Unknown | Planned::Kept(_) => false,
    };
    let parameters = spec.parameters.iter().filter(|(_, parameter)| is_open(&parameter.value));
    let tags = spec.tags.iter().filter(|(_, value)| is_open(value)).map(|(key, _)| format!("tags.{key}"));
    let open: Vec<String> = parameters.map(|(key, _)| key.clone()).chain(tags).collect();
    let are = if open.len() == 1 { "is" } else { "are" };
    (!open.is_empty()).then(|| format!("{} {are} known after apply", listed(open.iter().map(quote), NAMED)))
}

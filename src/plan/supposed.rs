//! Declarations as if their product had another version: whoever breaks is told apart from whoever goes on. What is wrong with one
//! declaration stops no other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Plan, PlanInput, Policy, Selection, StepIx, plan, select};
use crate::catalog::{Artifact, Offering};
use crate::declare::{Desired, DesiredProduct};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::ids::{Address, ArtifactId, Labels};
use crate::model::product::{ArtifactSelector, Ignored, Selector};
use crate::model::time::Timestamp;
use crate::observe::{Candidates, Choice, Offer, Unresolved};

/// A version that a product's declarations are planned as if they named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supposition {
    /// The product's name or id.
    pub product: String,
    /// The version.
    pub version: SupposedVersion,
}

/// Which version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SupposedVersion {
    /// One that is published, by its name or its id.
    Published(String),
    /// A template that is not: how it was named, and what it takes.
    Template(String, Box<Offering>),
}

/// What would become of whoever runs a product.
#[derive(Clone, Debug)]
pub struct Supposed {
    /// What was supposed.
    pub suppositions: Vec<Supposition>,
    /// How addresses are written.
    pub labels: Labels,
    /// What becomes of those that do not break: the rest of the declarations is not in it.
    pub plan: Plan,
    /// Whoever breaks: with what is wrong. Those that need an output of one that runs the product are among them.
    pub broken: BTreeMap<Address, Diagnostics>,
    /// Whoever was not planned, because it needs one that breaks.
    pub left: BTreeSet<Address>,
    /// Whoever keeps its version, as `ignore_changes` says.
    pub keeping: BTreeSet<Address>,
    /// How many other declarations are wrong as they stand.
    pub others_wrong: usize,
}

impl Supposed {
    /// Whether anything would change or break.
    #[must_use]
    pub fn is_felt(&self) -> bool {
        !self.broken.is_empty() || !self.left.is_empty() || !self.plan.is_empty()
    }
}

impl SupposedVersion {
    /// As it was named.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Published(name) | Self::Template(name, _) => name,
        }
    }

    fn selector(&self) -> ArtifactSelector {
        match self {
            Self::Published(id) if id.starts_with("pa-") => ArtifactSelector::Id(id.clone()),
            Self::Published(name) | Self::Template(name, _) => ArtifactSelector::Name(name.clone()),
        }
    }
}

/// The selected declarations that are to run a product.
#[must_use]
pub fn running(input: &PlanInput<'_>, product: &str) -> BTreeSet<Address> {
    let is_meant = |address: &Address, declared: &DesiredProduct| {
        let is_named = match &declared.product {
            Selector::Name(text) | Selector::Id(text) => text == product,
        };
        is_named
            || input
                .offer(address)
                .is_some_and(|offer| offer.product_name == product || offer.product.as_str() == product)
    };
    let declared = input.desired.products.iter();
    let selected = declared.filter(|(address, _)| input.policy.selected.contains(*address));
    selected.filter(|(address, one)| is_meant(address, one)).map(|(address, _)| address.clone()).collect()
}

/// The declarations, with another version for these.
#[must_use]
pub fn as_if(desired: &Desired, who: &BTreeSet<Address>, version: &SupposedVersion) -> Desired {
    let mut other = desired.clone();
    for (_, product) in other.products.iter_mut().filter(|(address, _)| who.contains(*address)) {
        product.artifact = version.selector();
    }
    other
}

/// The versions that there are instead, where none of these declarations finds the one that is supposed. Those that cannot tell do not
/// matter: what keeps its version, and what is wrong anyhow.
#[must_use]
pub fn unoffered(input: &PlanInput<'_>, who: &BTreeSet<Address>) -> Option<Candidates> {
    let mut instead = None;
    for address in who {
        match input.resolved(address) {
            Some(Err(Unresolved::Version { candidates, .. })) => instead = Some(candidates.clone()),
            Some(Ok(_)) if !keeps(input, address) => return None,
            _ => {}
        }
    }
    instead
}

/// Whether it runs, and keeps the version that it has.
fn keeps(input: &PlanInput<'_>, address: &Address) -> bool {
    let is_there = input.row(address).is_some_and(|row| row.applied.is_some());
    let product = input.desired.products.get(address);
    is_there && product.is_some_and(|product| product.ignore_changes.contains(&Ignored::Artifact))
}

/// What a template would offer to each of these: launch path and tag options are those of the version that is declared.
#[must_use]
pub fn template_offers(
    before: &PlanInput<'_>,
    after: &Desired,
    version: &SupposedVersion,
) -> BTreeMap<Choice, Result<Offer, Unresolved>> {
    let SupposedVersion::Template(name, offering) = version else { return BTreeMap::new() };
    let mut offers = BTreeMap::new();
    for (address, product) in after.products.iter().filter(|(_, one)| one.artifact == version.selector()) {
        let Some(resolved) = before.resolved(address) else { continue };
        let offer = resolved.clone().map(|offer| as_template(offer, name, offering));
        let of = Choice::of(address, product, before.row(address), before.existing(address));
        if of.stays.is_none() {
            offers.insert(of, offer.clone());
        }
        offers.insert(Choice::anew(address, product), offer);
    }
    offers
}

fn as_template(offer: Offer, name: &str, offering: &Offering) -> Offer {
    let Offering { tag_options, tag_update, stack_set, .. } = (*offer.offering).clone();
    let artifact = Artifact {
        id: ArtifactId::new(name),
        name: Some(name.to_owned()),
        created: Timestamp::default(),
        deprecated: false,
    };
    let offering = Offering { tag_options, tag_update, stack_set, ..offering.clone() };
    Offer { artifact, offering: offering.into(), ..offer }
}

/// Plans for these as if, and keeps going: a declaration that is wrong is left out with what needs it, and told.
///
/// # Errors
/// What is wrong with no declaration in particular.
pub fn suppose(input: &PlanInput<'_>, who: &BTreeSet<Address>) -> Result<Supposed, Diagnostics> {
    let labels = input.desired.labels(input.recorded.rows.keys());
    let mut policy: Policy = input.policy.clone();
    let mut wrong: BTreeMap<Address, Diagnostics> = BTreeMap::new();
    let plan = loop {
        let found = match plan(&PlanInput { policy: &policy, ..*input }) {
            Ok(plan) => break plan,
            Err(found) => found,
        };
        let before = policy.selected.len();
        for one in found.0.iter().filter(|one| one.severity == Severity::Error) {
            for address in about(one, &labels, &policy.selected) {
                wrong.entry(address).or_default().push(one.clone());
            }
        }
        let excludes: BTreeSet<Address> = wrong.keys().cloned().collect();
        let rest = select(input.desired, input.recorded, &Selection { excludes, ..Selection::default() });
        policy.selected.retain(|address| rest.contains(address));
        if policy.selected.len() == before {
            return Err(found);
        }
    };
    let is_reached = |address: &Address| {
        let needs = input.desired.products.get(address).map(DesiredProduct::needs).unwrap_or_default();
        who.contains(address) || !needs.is_disjoint(who)
    };
    let (broken, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
        wrong.into_iter().partition(|(address, _)| is_reached(address));
    let left =
        who.iter().filter(|address| !policy.selected.contains(*address) && !broken.contains_key(*address));
    Ok(Supposed {
        suppositions: Vec::new(),
        left: left.cloned().collect(),
        keeping: who.iter().filter(|address| keeps(input, address)).cloned().collect(),
        others_wrong: others.len(),
        plan: narrowed(plan, who),
        labels,
        broken,
    })
}

/// The addresses that a finding is about.
fn about(one: &Diagnostic, labels: &Labels, among: &BTreeSet<Address>) -> Vec<Address> {
    let Some(found) = &one.found else { return Vec::new() };
    let is_meant = |address: &&Address| {
        let is_there = |location: &String| labels.location(&address.location) == location;
        address.key.as_str() == found.declaration && found.location.as_ref().is_none_or(is_there)
    };
    among.iter().filter(is_meant).cloned().collect()
}

/// What a plan says of these addresses, and nothing of others.
fn narrowed(plan: Plan, to: &BTreeSet<Address>) -> Plan {
    let kept = plan.numbered().filter(|(_, step)| to.contains(&step.address)).map(|(ix, _)| ix);
    let numbers: BTreeMap<StepIx, StepIx> = kept.enumerate().map(|(n, ix)| (ix, StepIx(n))).collect();
    let Plan {
        mut steps,
        mut unchanged,
        mut notes,
        mut renamed,
        mut previews,
        mut interfaces,
        mut concerns,
        ..
    } = plan;
    steps.retain(|step| to.contains(&step.address));
    for step in &mut steps {
        step.after = step.after.iter().filter_map(|ix| numbers.get(ix).copied()).collect();
    }
    unchanged.retain(|address| to.contains(address));
    notes.retain(|note| to.contains(&note.address));
    renamed.retain(|address, _| to.contains(address));
    previews.retain(|address, _| to.contains(address));
    interfaces.retain(|address, _: &mut Arc<_>| to.contains(address));
    concerns.retain(|address, _| to.contains(address));
    Plan { steps, unchanged, notes, renamed, previews, interfaces, concerns, breach: None, ..plan }
}

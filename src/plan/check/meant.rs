//! Declarations whose choice of a product, a version or a launch path leads nowhere: what needs none of these is checked as ever,
//! and of the rest what is wrong with all that may be meant.

use super::{Check, Checker, ignored, parameters, preferences, references, tags};
use crate::catalog::{Artifact, LaunchPath, Offering};
use crate::declare::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Place};
use crate::model::ids::{Address, ArtifactId, Labels, PathId, ProductId};
use crate::model::kinds::ProductType;
use crate::model::time::Timestamp;
use crate::observe::Offer;
use crate::plan::PlanInput;

/// A declaration without an offer.
pub(super) struct Unchosen<'a> {
    pub input: &'a PlanInput<'a>,
    pub labels: &'a Labels,
    pub address: &'a Address,
    pub product: &'a DesiredProduct,
}

pub(super) fn check(of: &Unchosen<'_>, checker: &mut Checker) {
    let meant = of.input.meant(of.address);
    let nothing = nothing_known(of.product);
    let last = meant.last().unwrap_or(&nothing);
    references::check(&of.as_if(last, checker), &mut checker.found);
    let mut found = of.found(last, checker);
    let others = meant.split_last().map_or(&[][..], |(_, others)| others);
    for other in others {
        let same = of.found(other, checker);
        found.retain(|one| same.iter().any(|other| is_same(one, other)));
    }
    if !meant.is_empty() {
        checker.found.extend(found.into_iter().map(|one| said_of(meant, one)));
    }
}

impl<'a> Unchosen<'a> {
    fn as_if<'o>(&self, offer: &'o Offer, checker: &Checker) -> Check<'o>
    where
        'a: 'o,
    {
        let Self { input, labels, address, product } = *self;
        Check { input, labels, address, product, offer, names: checker.names.clone() }
    }

    /// What would be wrong if this was meant.
    fn found(&self, offer: &Offer, checker: &mut Checker) -> Vec<Diagnostic> {
        let before = std::mem::take(&mut checker.found);
        let check = self.as_if(offer, checker);
        parameters::check(&check, checker);
        ignored::check(&check, checker);
        tags::check(&check, &mut checker.found);
        preferences::check(&check, &mut checker.found);
        std::mem::replace(&mut checker.found, before).0
    }
}

/// Whether two findings are about the same thing; in words, versions may differ.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    let key = |of: &Diagnostic| -> (&'static str, Option<Place>, String) {
        (of.code, of.place.clone(), of.label.clone())
    };
    key(one) == key(other)
}

/// A finding that holds of all that may be meant, with the reason why it is told.
fn said_of(meant: &[Offer], found: Diagnostic) -> Diagnostic {
    let is_one = |offer: &Offer| meant.first().is_some_and(|first| first.artifact.id == offer.artifact.id);
    match meant {
        [only] if only.versions.len() == 1 => found,
        all if all.iter().all(is_one) => found,
        _ => found.note("it is so in every version that is offered"),
    }
}

/// What stands for an offer where nothing is known of one.
fn nothing_known(product: &DesiredProduct) -> Offer {
    let artifact = Artifact { id: ArtifactId::new(""), name: None, created: Timestamp(0), deprecated: false };
    let path = LaunchPath { id: PathId::new(""), name: String::new() };
    Offer {
        product: ProductId::new(""),
        product_name: product.product.to_string(),
        kind: ProductType::Template,
        versions: [artifact.clone()].into(),
        artifact,
        paths: [path.clone()].into(),
        path,
        offering: Offering::default().into(),
    }
}

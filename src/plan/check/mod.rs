//! Whether the declarations are valid as the catalog sees them: everything that would otherwise be seen as a rollback minutes
//! later. Says what is wrong and where; decides nothing.

mod choice;
mod names;
mod parameters;
mod preferences;
mod references;
mod rules;
mod tags;

use rules::Patterns;

use super::{PlanInput, Spec};
use crate::declare::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place};
use crate::model::ids::{Address, Labels};
use crate::model::template::{Facts, Reference};
use crate::observe::Offer;

/// What was found so far, and the patterns that were compiled for it.
#[derive(Default)]
pub(super) struct Checker {
    patterns: Patterns,
    pub found: Diagnostics,
}

/// A declaration beside the offer that it resolved to.
pub(super) struct Check<'a> {
    pub input: &'a PlanInput<'a>,
    pub labels: &'a Labels,
    pub address: &'a Address,
    pub product: &'a DesiredProduct,
    pub offer: &'a Offer,
}

/// Checks all that is selected, as far as it is known before anything is decided. Values with holes come later: see
/// [`Check::filled`].
pub(super) fn declarations(input: &PlanInput<'_>, labels: &Labels) -> Checker {
    let mut checker = Checker::default();
    names::check(input, labels, &mut checker.found);
    if input.policy.refresh_only {
        return checker;
    }
    let selected =
        input.desired.products.iter().filter(|(address, _)| input.policy.selected.contains(*address));
    for (address, product) in selected {
        match input.resolved(address) {
            Some(Ok(offer)) => Check { input, labels, address, product, offer }.written(&mut checker),
            Some(Err(why)) => checker.found.push(choice::unresolved(address, product, why)),
            None => {}
        }
    }
    checker
}

impl Check<'_> {
    fn written(&self, checker: &mut Checker) {
        checker.found.extend(self.version());
        parameters::check(self, checker);
        tags::check(self, &mut checker.found);
        preferences::check(self, &mut checker.found);
        references::check(self, &mut checker.found);
    }

    /// Checks the values that have holes, once it is known what they are filled with.
    pub fn filled(&self, spec: &Spec, checker: &mut Checker) {
        parameters::filled(self, spec, checker);
    }

    /// What a value refers to and is not there, given what is known of the other instance.
    pub fn unfillable(&self, key: &str, reference: &Reference, facts: Option<&Facts>) -> Diagnostic {
        references::unfillable(self, key, reference, facts)
    }

    fn version(&self) -> Option<Diagnostic> {
        if !self.offer.artifact.deprecated || !self.input.is_made_anew(self.address) {
            return None;
        }
        let (version, product) = (self.offer.version(), &self.offer.product_name);
        let message =
            format!("version `{version}` of `{product}` is deprecated and cannot be provisioned anew");
        let place = self.product.origin.field(choice::artifact_field(self.product), Part::Value);
        let diagnostic = Diagnostic::error("deprecated-version", message).at(place);
        Some(diagnostic.label("deprecated").hint("choose a version that is not deprecated"))
    }

    fn parameter_place(&self, key: &str, part: Part) -> Place {
        let layer = self.product.parameters.get(key).map(|declared| declared.layer).unwrap_or_default();
        self.product.origin.place(layer, &["parameters", key], part)
    }

    fn tag_place(&self, key: &str, part: Part) -> Place {
        self.product.origin.given(&["tags", key], part)
    }
}

//! Whether the declarations are valid as the catalog sees them: everything that would otherwise be seen as a rollback minutes
//! later. Says what is wrong and where; decides nothing.

mod broken;
mod choice;
mod choosing;
mod counted;
mod externals;
mod ignored;
mod imports;
mod judge;
mod late;
mod later;
mod looking;
mod meant;
mod names;
mod parameters;
mod partial;
mod patterns;
mod preferences;
mod references;
mod rules;
mod suggestions;
mod tags;
mod template_rules;
mod types;

use std::rc::Rc;

use broken::Tried;
pub(super) use choice::artifact_field;
pub use choosing::{FittingTexts, RuleInDoubt, keeping};
use judge::Effort;
pub use late::{LateChecks, LateValue, Unfitting};
use meant::Unchosen;
use patterns::Patterns;
use suggestions::Suggestions;

use super::spec::facts;
use super::{Note, PlanInput, Spec};
use crate::catalog::ParameterRule;
use crate::declare::{DesiredParameter, DesiredProduct};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place};
use crate::model::ids::{Address, Labels};
use crate::model::secret::{Secret, Secrets};
use crate::model::template::{Facts, Reference, Template};
use crate::observe::Offer;
use crate::state::Home;

/// What was found so far, and the patterns that were compiled for it.
#[derive(Default)]
pub(super) struct Checker {
    patterns: Patterns,
    effort: Effort,
    pub names: Rc<Suggestions>,
    pub found: Diagnostics,
    /// What is said beside the plan.
    pub notes: Vec<Note>,
}

/// Whether a value keeps a parameter's rules; `None` where that cannot be told.
#[must_use]
pub fn fits(rule: &ParameterRule, text: &str, region: Option<&str>) -> Option<bool> {
    let mut patterns = Patterns::default();
    let broken = patterns.broken(Tried { rule, text, sensitive: false, region });
    match broken.is_empty() {
        false => Some(false),
        true => (!patterns.take_unchecked()).then_some(true),
    }
}

/// A declaration beside the offer that it resolved to.
pub(super) struct Check<'a> {
    pub input: &'a PlanInput<'a>,
    pub labels: &'a Labels,
    pub address: &'a Address,
    pub product: &'a DesiredProduct,
    pub offer: &'a Offer,
    /// What was compared so far.
    pub names: Rc<Suggestions>,
}

/// Checks all that is selected, as far as it is known before anything is decided. Values with holes come later: see
/// [`Check::filled`].
pub(super) fn declarations(input: &PlanInput<'_>, labels: &Labels) -> Checker {
    let mut checker = Checker::default();
    names::check(input, labels, &mut checker.found);
    imports::check(input, labels, &mut checker);
    externals::check(input, labels, &mut checker);
    if input.policy.refresh_only {
        return checker;
    }
    let selected =
        input.desired.products.iter().filter(|(address, _)| input.policy.selected.contains(*address));
    for (address, product) in selected {
        match input.resolved(address) {
            Some(Ok(offer)) => {
                let check = Check { input, labels, address, product, offer, names: checker.names.clone() };
                checker.about(labels, address, |checker| check.written(checker));
            }
            // whether anything of it changes is seen when its inputs are known
            Some(Err(_)) if input.is_retired(address) => {}
            Some(Err(why)) => {
                let on = labels.location(&address.location);
                let wrong = choice::unresolved(product, why, &checker.names).into_iter();
                let wrong = wrong.map(|one| one.found(address.key.as_str(), Some(on.to_owned())));
                checker.found.extend(wrong);
                let unchosen = Unchosen { input, labels, address, product };
                checker.about(labels, address, |checker| meant::check(&unchosen, checker));
            }
            None if product.unread.product => {
                let unchosen = Unchosen { input, labels, address, product };
                checker.about(labels, address, |checker| meant::check(&unchosen, checker));
            }
            None => {}
        }
    }
    checker
}

impl Checker {
    /// Says something beside the plan. What is the same of several is told together by whoever tells it.
    pub fn note(&mut self, address: &Address, text: String) {
        self.notes.push(Note { address: address.clone(), text });
    }

    /// Says of all that `check` finds which declaration it is about, and on which location, if there are several.
    pub fn about(&mut self, labels: &Labels, address: &Address, check: impl FnOnce(&mut Self)) {
        let before = self.found.0.len();
        check(self);
        let found = self.found.0.split_off(before);
        let on = labels.is_on_several(&address.key).then(|| labels.location(&address.location).to_owned());
        self.found.extend(found.into_iter().map(|one| one.found(address.key.as_str(), on.clone())));
    }
}

impl<'a> Check<'a> {
    fn written(&self, checker: &mut Checker) {
        let before = checker.found.0.len();
        checker.found.extend(self.version());
        parameters::check(self, checker);
        ignored::check(self, checker);
        tags::check(self, &mut checker.found);
        preferences::check(self, &mut checker.found);
        references::check(self, &mut checker.found);
        self.hide(before, checker);
    }

    /// What is found of one value may stand on the line of another, which only the offer says to be sensitive.
    fn hide(&self, before: usize, checker: &mut Checker) {
        let rules = &self.offer.offering.parameters;
        let is_sensitive = |key: &String, declared: &DesiredParameter| {
            declared.sensitive || rules.get(key).is_some_and(|rule| rule.no_echo)
        };
        let sensitive = self.product.parameters.iter().filter(|(key, declared)| is_sensitive(key, declared));
        let texts = sensitive.filter_map(|(_, declared)| declared.value.as_ref()?.as_text());
        let mut texts = texts.filter(|text| !text.is_empty()).map(Secret::new).peekable();
        let found = checker.found.0.split_off(before.min(checker.found.0.len()));
        let secrets =
            texts.peek().is_some().then(|| texts.collect::<Secrets>()).filter(|_| !found.is_empty());
        checker.found.0.extend(found.into_iter().map(|one| one.beside(secrets.as_ref())));
    }

    /// Checks the values that have holes, once it is known what they are filled with.
    pub fn filled(&self, spec: &Spec, checker: &mut Checker) {
        let before = checker.found.0.len();
        parameters::filled(self, spec, checker);
        tags::filled(self, spec, &mut checker.found);
        self.hide(before, checker);
    }

    /// Checks what is about to be sent as a whole, and says what only the apply can check.
    pub fn sent(&self, spec: &Spec, checker: &mut Checker) {
        let before = checker.found.0.len();
        let open = template_rules::check(self, spec, checker);
        later::tell(self, spec, &open, checker);
        self.hide(before, checker);
    }

    /// Checks what is written as a whole, where something of it is wrong.
    pub fn beside(&self, wrong: &[&Place], checker: &mut Checker) {
        let before = checker.found.0.len();
        template_rules::check_written(self, wrong, checker);
        self.hide(before, checker);
    }

    /// What a value refers to and is not there, given what is known of the other instance.
    pub fn unfillable(&self, key: &str, reference: &Reference, facts: Option<&Facts>) -> Diagnostic {
        references::unfillable(self, key, reference, facts)
    }

    /// What a value refers to, is no part of the plan, and is not there.
    fn absent(&self, key: &str, reference: &Reference) -> Option<Diagnostic> {
        let (input, of) = (self.input, &reference.of);
        if input.policy.selected.contains(of) {
            return None;
        }
        let facts = facts(input, of);
        if facts.get(&reference.what).is_some() || input.policy.import_only {
            return None;
        }
        Some(self.unfillable(key, reference, Some(&facts)))
    }

    /// Whether the value that is declared for a parameter is the one that will be in force.
    fn takes(&self, key: &str) -> bool {
        let is_ignored = self.product.ignore_changes.iter().any(|ignored| ignored.is_parameter(key));
        let applied = self.input.row(self.address).and_then(|row| row.applied.as_ref());
        !is_ignored || applied.is_none_or(|applied| !applied.content.parameters.contains_key(key))
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

    /// Where the stack will stand; the instances of a stack set stand elsewhere.
    fn place(&self) -> Option<&'a Home> {
        let place = self.input.observed.places.get(&self.address.location);
        place.filter(|_| self.offer.offering.stack_set.is_none())
    }

    fn region(&self) -> Option<&'a str> {
        self.place().map(|place| place.region.as_str())
    }

    fn parameter_place(&self, key: &str, part: Part) -> Place {
        self.product.parameter_place(key, part)
    }

    /// Whether a parameter's value holds something sensitive beside other text.
    fn mixes(&self, key: &str) -> bool {
        let Some(declared) = self.product.parameters.get(key) else { return false };
        let pieces = declared.value.as_ref().map_or(0, |value| value.pieces().len());
        let mut references = declared.value.iter().flat_map(Template::references);
        declared.mixed || pieces > 1 && references.any(|reference| self.input.is_sensitive(reference))
    }

    fn tag_place(&self, key: &str, part: Part) -> Place {
        self.product.origin.given(&["tags", key], part)
    }
}

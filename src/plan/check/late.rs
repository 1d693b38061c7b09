//! What the plan promised to check once it is known: values that an apply fills in, against the rules that planning holds
//! written ones against, before anything is sent. Says what is wrong; where it stands is not known any more.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::broken::{Broken, Tried};
use super::judge::Effort;
use super::later::is_pending;
use super::patterns::Patterns;
use super::suggestions::Suggestions;
use super::tags;
use super::template_rules::{judged, known_texts, looks_at, told};
use crate::catalog::{CatalogErrorKind, CatalogRead, Offering, OfferingRef};
use crate::declare::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Part, Place};
use crate::model::ids::Address;
use crate::model::template::{Reference, Template};
use crate::model::text::listed;
use crate::observe::ObserveError;
use crate::plan::{Plan, PlanInput, Planned, Spec, Step};

/// So many findings of one step are told, and so many references of one value.
const FEW: usize = 10;

/// What the open values of a plan are held against.
#[derive(Default)]
pub struct LateChecks {
    offerings: BTreeMap<OfferingRef, Arc<Offering>>,
    open: BTreeMap<Address, Vec<OpenPlace>>,
    written: Option<Box<WrittenAt>>,
    spots: OnceCell<Vec<Option<String>>>,
    tools: RefCell<Tools>,
}

/// Tells where places are, as file, line and column. It reads texts again for that: done once, and only if something is told.
type WrittenAt = dyn Fn(&[&Place]) -> Vec<Option<String>>;

/// Where an open value is written: one of `parameters` or of `tags`.
struct OpenPlace {
    is_tag: bool,
    key: String,
    place: Place,
}

/// What one run may spend in all.
#[derive(Default)]
struct Tools {
    patterns: Patterns,
    effort: Effort,
    names: Suggestions,
}

/// A value as it was filled in.
#[derive(Clone, Copy, Debug)]
pub struct LateValue<'a> {
    /// The text that would be sent.
    pub text: &'a str,
    /// It is never repeated.
    pub sensitive: bool,
}

/// What may not be sent, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfitting {
    /// Lowercase fragments for people.
    pub errors: Vec<String>,
    /// What may have been meant.
    pub hint: Option<String>,
}

impl LateChecks {
    /// By what was read for the plan; `written` tells where places are, in words for people.
    #[must_use]
    pub fn read(
        input: &PlanInput<'_>,
        plan: &Plan,
        written: impl Fn(&[&Place]) -> Vec<Option<String>> + 'static,
    ) -> Self {
        let offerings = wanted(plan).into_iter().filter_map(|(reference, address)| {
            let offer = input.offer(address)?;
            let is_it = offer.product == reference.product
                && offer.artifact.id == reference.artifact
                && offer.path.id == reference.path;
            is_it.then(|| (reference, offer.offering.clone()))
        });
        let open = plan.steps.iter().filter_map(|step| Some((&step.address, step.spec()?)));
        let open = open.filter_map(|(address, spec)| {
            let product = input.desired.products.get(address)?;
            let places = open_places(product, spec);
            (!places.is_empty()).then(|| (address.clone(), places))
        });
        Self {
            offerings: offerings.collect(),
            open: open.collect(),
            written: Some(Box::new(written)),
            ..Self::default()
        }
    }

    /// For a plan that was saved: the catalog is asked again. What it does not offer any more, it will refuse itself.
    ///
    /// # Errors
    /// Every location that could not be read.
    pub fn asked(plan: &Plan, catalog: &dyn CatalogRead) -> Result<Self, Vec<ObserveError>> {
        let wanted: Vec<OfferingRef> = wanted(plan).into_keys().collect();
        let answers = if wanted.is_empty() { Vec::new() } else { catalog.offerings(&wanted) };
        let (mut offerings, mut errors) = (BTreeMap::new(), Vec::new());
        for (reference, answer) in wanted.into_iter().zip(answers) {
            match answer {
                Ok(offering) => {
                    offerings.insert(reference, Arc::new(offering));
                }
                Err(error) if is_gone(error.kind) => {}
                Err(error) => errors.push(ObserveError::Catalog { location: reference.location, error }),
            }
        }
        if errors.is_empty() { Ok(Self { offerings, ..Self::default() }) } else { Err(errors) }
    }

    /// All that is wrong with what was filled into the open values of a step; `late` has the texts.
    #[must_use]
    pub fn wrong(
        &self,
        step: &Step,
        spec: &Spec,
        late: &BTreeMap<&str, LateValue<'_>>,
        tags: &BTreeMap<String, String>,
    ) -> Option<Unfitting> {
        let offering = self.offerings.get(&reference(&step.address, spec))?;
        let mut found = Vec::new();
        let tools = &mut *self.tools.borrow_mut();
        let place = Some(&step.place).filter(|_| offering.stack_set.is_none());
        let region = place.map(|place| place.region.as_str());
        for (key, value) in late {
            let (Some(rule), Some(open)) = (offering.parameters.get(*key), open(spec, key)) else { continue };
            let tried = Tried { rule, text: value.text, sensitive: value.sensitive || rule.no_echo, region };
            let broken = tools.patterns.broken(tried).into_iter();
            let from = || from(open, self.written(&step.address, false, key));
            found.extend(broken.map(|broken| parameter(key, &broken).note(from())));
        }
        for (key, value) in &spec.tags {
            let (Planned::Pending(open), Some(text)) = (value, tags.get(key)) else { continue };
            let wrong = tags::late(offering, key, text, &tools.names);
            let from = || from(open, self.written(&step.address, true, key));
            found.extend(wrong.map(|wrong| wrong.note(from())));
        }
        if found.is_empty() && !late.is_empty() {
            let mut texts = known_texts(spec);
            texts.extend(late.iter().map(|(key, value)| (*key, Some(value.text))));
            let broken = judged(offering, place, &texts, &mut tools.effort).broken;
            found.extend(broken.into_iter().map(|(rule, said)| {
                let open = looks_at(rule).into_iter().filter_map(|key| Some((key, open(spec, key)?)));
                let from = open.map(|(key, open)| {
                    format!("`{key}` is {}", from(open, self.written(&step.address, false, key)))
                });
                from.fold(
                    told([&spec.target.product.name, &spec.target.artifact.name], offering, rule, said),
                    Diagnostic::note,
                )
            }));
        }
        (!found.is_empty()).then(|| unfitting(found))
    }

    fn written(&self, address: &Address, is_tag: bool, key: &str) -> Option<String> {
        let before: usize = self.open.range(..address).map(|(_, places)| places.len()).sum();
        let nth = self.open.get(address)?.iter().position(|open| open.is_tag == is_tag && open.key == key)?;
        self.spots().get(before + nth)?.clone()
    }

    /// Of all open values, in the order of `open`.
    fn spots(&self) -> &[Option<String>] {
        self.spots.get_or_init(|| {
            let places: Vec<&Place> = self.open.values().flatten().map(|open| &open.place).collect();
            self.written.as_ref().map(|written| written(&places)).unwrap_or_default()
        })
    }
}

fn open_places(product: &DesiredProduct, spec: &Spec) -> Vec<OpenPlace> {
    let parameters = spec.parameters.iter().filter(|(_, parameter)| is_pending(&parameter.value));
    let parameters = parameters.map(|(key, _)| {
        let place = product.parameter_place(key, Part::Value);
        OpenPlace { is_tag: false, key: key.clone(), place }
    });
    let tags = spec.tags.iter().filter(|(_, value)| is_pending(value)).map(|(key, _)| {
        let place = product.origin.given(&["tags", key], Part::Value);
        OpenPlace { is_tag: true, key: key.clone(), place }
    });
    parameters.chain(tags).collect()
}

/// Whether the service answered that there is no such thing, or none for this caller.
fn is_gone(kind: CatalogErrorKind) -> bool {
    matches!(kind, CatalogErrorKind::NotFound | CatalogErrorKind::Refused | CatalogErrorKind::Conflict)
}

/// What has open values, and one address where that is so.
fn wanted(plan: &Plan) -> BTreeMap<OfferingRef, &Address> {
    let specs = plan.steps.iter().filter_map(|step| Some((&step.address, step.spec()?)));
    let open = specs.filter(|(_, spec)| has_open(spec));
    open.map(|(address, spec)| (reference(address, spec), address)).collect()
}

fn has_open(spec: &Spec) -> bool {
    let parameters = spec.parameters.values().map(|parameter| &parameter.value);
    parameters.chain(spec.tags.values()).any(is_pending)
}

fn reference(address: &Address, spec: &Spec) -> OfferingRef {
    OfferingRef {
        location: address.location.clone(),
        product: spec.target.product.id.clone(),
        artifact: spec.target.artifact.id.clone(),
        path: spec.target.path.id.clone(),
    }
}

/// What a parameter is filled from, if it is open.
fn open<'s>(spec: &'s Spec, key: &str) -> Option<&'s Template> {
    match &spec.parameters.get(key)?.value {
        Planned::Pending(template) | Planned::Secret { template: Some(template), .. } => {
            template.as_text().is_none().then_some(template)
        }
        _ => None,
    }
}

fn parameter(key: &str, broken: &Broken) -> Diagnostic {
    let nth = broken.item.map(|(nth, of)| format!("item {} of {of}: ", nth + 1)).unwrap_or_default();
    Diagnostic::error("parameter-value", format!("parameter `{key}` {}", broken.message))
        .label(format!("{nth}{}", broken.label))
        .maybe_hint(broken.hint.clone())
}

/// Where a value comes from, and where that is written.
fn from(open: &Template, written: Option<String>) -> String {
    let name = |reference: &Reference| format!("`{}` of `{}`", reference.what, reference.of.key);
    let names: BTreeSet<String> = open.references().map(name).collect();
    let at = written.map(|spot| format!(", written at {spot}")).unwrap_or_default();
    format!("filled from {}{at}", listed(names, FEW))
}

fn unfitting(found: Vec<Diagnostic>) -> Unfitting {
    let hint = found.iter().find_map(|one| one.hint.clone());
    let text = |one: Diagnostic| {
        let said = [one.message, one.label].into_iter().filter(|text| !text.is_empty());
        let said = said.collect::<Vec<_>>().join(": ");
        one.notes.into_iter().fold(said, |text, note| format!("{text} ({note})"))
    };
    Unfitting { errors: found.into_iter().take(FEW).map(text).collect(), hint }
}

//! Which declared values are sensitive, and their clear texts as far as they are known before the apply: these are redacted
//! from whatever the catalog says.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::spec::facts_of;
use super::{Plan, PlanInput, Planned};
use crate::declare::{Desired, DesiredProduct};
use crate::model::ids::Address;
use crate::model::secret::{Secret, Secrets};
use crate::observe::Offer;

/// Whether a parameter is sensitive, wherever its value comes from.
pub(super) fn is_sensitive(product: &DesiredProduct, offer: Option<&Offer>, key: &str) -> bool {
    let rule = offer.and_then(|offer| offer.offering.parameters.get(key));
    let declared = product.parameters.get(key);
    rule.is_some_and(|rule| rule.no_echo) || declared.is_some_and(|declared| declared.sensitive)
}

/// The sensitive texts that a declaration writes itself.
pub(super) fn written(product: &DesiredProduct, offer: Option<&Offer>) -> Secrets {
    texts(product, offer).collect()
}

fn texts<'p>(product: &'p DesiredProduct, offer: Option<&'p Offer>) -> impl Iterator<Item = Secret> + 'p {
    let sensitive = product.parameters.iter().filter(move |(key, _)| is_sensitive(product, offer, key));
    let texts = sensitive.filter_map(|(_, parameter)| parameter.value.as_ref()?.as_text());
    texts.map(Secret::new)
}

/// The declarations, with all outputs that are sensitive by now: what has become sensitive went on, while it was not, through
/// outputs into what refers to them, however far. All of that leaves the state at once.
#[must_use]
pub fn veiled<'d>(desired: &'d Desired, input: &PlanInput<'_>) -> Cow<'d, Desired> {
    let products = &desired.products;
    let mut known: Vec<Secret> = Vec::new();
    let mut reached: BTreeSet<&Address> = BTreeSet::new();
    for (address, product) in products {
        let texts: Vec<Secret> = texts(product, input.offer(address)).collect();
        if !texts.is_empty() {
            reached.insert(address);
            known.extend(texts);
        }
    }
    let mut users: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
    for (address, product) in products.iter().filter(|_| !reached.is_empty()) {
        for reference in product.references() {
            users.entry(&reference.of).or_default().insert(address);
        }
    }
    let mut open: Vec<&Address> = reached.iter().copied().collect();
    while let Some(of) = open.pop() {
        let new = users.get(of).into_iter().flatten().filter(|user| reached.insert(user));
        open.extend(new.copied().collect::<Vec<_>>());
    }
    let known: Secrets = known.into_iter().collect();
    let mut veiled = Cow::Borrowed(desired);
    for address in reached {
        let outputs = input.row(address).and_then(|row| row.applied.as_ref()).map(|applied| &applied.outputs);
        let shown = outputs.into_iter().flatten().filter(|(_, text)| known.are_in(text));
        let shown: Vec<String> = shown.map(|(name, _)| name.clone()).collect();
        if let Some(product) =
            (!shown.is_empty()).then(|| veiled.to_mut().products.get_mut(address)).flatten()
        {
            product.options.sensitive_outputs.extend(shown);
        }
    }
    veiled
}

/// The sensitive values of all declared parameters, as far as they are known before the apply. A secret that stays as it
/// is, and is not sent, counts too: the catalog may still repeat it.
#[must_use]
pub fn sensitive(input: &PlanInput<'_>, plan: &Plan) -> Vec<Secret> {
    let planned = sensitive_parameters(plan);
    let mut found = Vec::new();
    for (address, product) in &input.desired.products {
        let offer = input.offer(address);
        for (key, parameter) in &product.parameters {
            if is_sensitive(product, offer, key) || planned.contains(&(address, key)) {
                let text = parameter.value.as_ref().map(|template| template.fill(&facts_of(input, template)));
                found.extend(text.and_then(Result::ok).map(Secret::new));
            }
        }
    }
    found
}

/// The parameters that the plan treats as sensitive, such as those that are filled from a sensitive output.
fn sensitive_parameters(plan: &Plan) -> BTreeSet<(&Address, &String)> {
    let mut found = BTreeSet::new();
    for step in &plan.steps {
        for (key, parameter) in step.spec().into_iter().flat_map(|spec| &spec.parameters) {
            if matches!(parameter.value, Planned::Kept(_) | Planned::Secret { .. }) {
                found.insert((&step.address, key));
            }
        }
    }
    found
}

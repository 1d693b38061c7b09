//! Which declared values are sensitive, and their clear texts as far as they are known before the apply: these are redacted
//! from whatever the catalog says.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::spec::{facts, facts_of};
use super::{Plan, PlanInput, Planned};
use crate::catalog::ParameterRule;
use crate::declare::{Desired, DesiredProduct};
use crate::model::ids::{Address, ProvisionedId};
use crate::model::secret::{Secret, Secrets};
use crate::model::template::{Attribute, Facts, Reference, Template};
use crate::observe::{Observed, Offer, Veiled};

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

/// What is sensitive of what was read.
#[derive(Debug)]
pub struct ReadVeil {
    veiled: Veiled,
    /// Tags as people wrote them: they are compared with what is there, and nobody else wrote them.
    ours: BTreeSet<String>,
}

impl ReadVeil {
    /// Nobody sees it: what may be used stays what it is, and is known to be sensitive; what is only told loses it.
    pub fn over(self, observed: &mut Observed) {
        // thousands of products have the same tags
        let mut told: BTreeMap<String, String> =
            self.ours.into_iter().map(|text| (text.clone(), text)).collect();
        observed.reword(&mut |text| match told.get(text) {
            Some(known) => known.clone(),
            None => {
                let clean = self.veiled.told(text);
                told.insert(text.to_owned(), clean.clone());
                clean
            }
        });
        observed.veiled = self.veiled;
    }
}

/// The tags that somebody declares, or did.
fn written_tags(input: &PlanInput<'_>) -> BTreeSet<String> {
    let declared = input.desired.products.values().flat_map(|product| &product.tags);
    let declared = declared.flat_map(|(key, text)| [Some(key.as_str()), text.as_text()]).flatten();
    let rows = input.recorded.rows.values().filter_map(|row| row.applied.as_ref());
    let applied = rows.flat_map(|applied| &applied.content.tags);
    let applied = applied.flat_map(|(key, text)| [key.as_str(), text.as_str()]);
    declared.chain(applied).map(str::to_owned).collect()
}

/// What is sensitive as it was read, whoever's it is: the outputs that a row remembers as sensitive of a product are so under
/// any name, and so is what holds a secret that is known in clear: one of `given`, or one that a parameter is filled with.
#[must_use]
pub fn read_veiled(input: &PlanInput<'_>, given: impl IntoIterator<Item = Secret>) -> ReadVeil {
    let products = &input.desired.products;
    let referred = products.values().flat_map(DesiredProduct::references).map(|reference| &reference.of);
    let imported = input.desired.imports.keys().filter(|address| input.adopted(address).is_some());
    let of: BTreeSet<&Address> = referred.chain(imported).chain(input.observed.externals.keys()).collect();
    let facts: BTreeMap<&Address, Facts> =
        of.into_iter().map(|address| (address, facts(input, address))).collect();
    let mut known: BTreeSet<Secret> = given.into_iter().chain(hidden_defaults(input.observed)).collect();
    let mut veiled: BTreeMap<Address, BTreeSet<String>> = BTreeMap::new();
    for (address, facts) in &facts {
        let remembered = facts.id.as_ref().map(|id| remembered(input, id, &facts.outputs));
        veiled.entry((*address).clone()).or_default().extend(remembered.into_iter().flatten());
    }
    // what holds a secret makes what is filled with it a secret, which others may hold in turn
    loop {
        let filled: Vec<Secret> = filled_with(input, &veiled).collect();
        let count = known.len();
        known.extend(filled);
        let secrets: Secrets = known.iter().cloned().collect();
        let mut is_done = known.len() == count;
        for (address, facts) in &facts {
            let of = veiled.entry((*address).clone()).or_default();
            let held = facts.outputs.iter().filter(|(_, value)| secrets.are_in(value));
            for (key, _) in held {
                is_done &= !of.insert(key.clone());
            }
        }
        if is_done {
            veiled.retain(|_, keys| !keys.is_empty());
            let parameters = veiled_parameters(input, &secrets);
            let veiled = Veiled { outputs: veiled, parameters, secrets };
            return ReadVeil { veiled, ours: written_tags(input) };
        }
    }
}

/// The defaults that templates do not echo.
fn hidden_defaults(observed: &Observed) -> impl Iterator<Item = Secret> + '_ {
    let offers = observed.offers.values().filter_map(|offer| offer.as_ref().ok());
    offers.flat_map(|offer| offer.offering.parameters.values()).filter_map(ParameterRule::hidden_default)
}

/// The parameters of stacks that hold one of these.
fn veiled_parameters(input: &PlanInput<'_>, secrets: &Secrets) -> BTreeMap<ProvisionedId, BTreeSet<String>> {
    let observed = input.observed;
    let adoptable = observed.adoptable.iter().filter_map(|(id, read)| Some((id, read.stack.as_ref()?)));
    let stacks = adoptable.chain(&observed.stacks).filter_map(|(id, stack)| Some((id, stack.as_ref().ok()?)));
    let veiled = stacks.map(|(id, stack)| {
        let held = stack.parameters.iter().filter(|(_, there)| secrets.are_in(&there.value));
        (id.clone(), held.map(|(key, _)| key.clone()).collect::<BTreeSet<String>>())
    });
    veiled.filter(|(_, keys)| !keys.is_empty()).collect()
}

/// The outputs of a product that a row of it says are sensitive, or that hold what the row knows by its digest.
fn remembered(
    input: &PlanInput<'_>,
    id: &ProvisionedId,
    outputs: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    let rows = input.recorded.rows.iter();
    let rows = rows.filter(|(_, row)| row.binding.as_ref().is_some_and(|bound| bound.id == *id));
    let mut found = BTreeSet::new();
    for (address, row) in rows {
        let declared = input.desired.products.get(address).map(|product| &product.options.sensitive_outputs);
        found.extend(declared.into_iter().flatten().cloned());
        if let Some(applied) = &row.applied {
            found.extend(applied.sensitive_outputs.keys().cloned());
            found.extend(applied.content.target.options.sensitive_outputs.iter().cloned());
        }
        let under_way = row.intent.as_ref().and_then(|intent| intent.content.as_ref());
        found
            .extend(under_way.into_iter().flat_map(|it| it.target.options.sensitive_outputs.iter().cloned()));
        let echoes =
            |value: &str| row.digests().any(|one| one.digest.stands_for(input.key, one.scope, value));
        found.extend(outputs.iter().filter(|(_, value)| echoes(value)).map(|(key, _)| key.clone()));
    }
    found
}

/// The texts of the parameters that are sensitive, or are filled from what is, as far as they are known.
fn filled_with<'a>(
    input: &'a PlanInput<'_>,
    veiled: &'a BTreeMap<Address, BTreeSet<String>>,
) -> impl Iterator<Item = Secret> + 'a {
    let is_veiled = |reference: &Reference| match &reference.what {
        Attribute::Output { key, .. } => veiled.get(&reference.of).is_some_and(|keys| keys.contains(key)),
        Attribute::Id | Attribute::Arn => false,
    };
    input.desired.products.iter().flat_map(move |(address, product)| {
        let offer = input.offer(address);
        let sensitive = product.parameters.iter().filter(move |(key, parameter)| {
            let mut references = parameter.value.iter().flat_map(Template::references);
            is_sensitive(product, offer, key)
                || references.any(|reference| input.is_sensitive(reference) || is_veiled(reference))
        });
        sensitive.filter_map(move |(_, parameter)| {
            let template = parameter.value.as_ref()?;
            template.fill(&facts_of(input, template)).ok().map(Secret::new)
        })
    })
}

/// The declarations, with all outputs that are sensitive by now: what has become sensitive went on, while it was not, through
/// outputs into what refers to them, however far. All of that leaves the state at once. What is adopted brings with it what was
/// found to be sensitive as it was read.
#[must_use]
pub fn veiled<'d>(desired: &'d Desired, input: &PlanInput<'_>) -> Cow<'d, Desired> {
    let known = literals(desired, input);
    let secrets: Secrets = known.values().flatten().cloned().collect();
    let mut veiled = Cow::Borrowed(desired);
    for address in reached(desired, known.keys().copied()) {
        let outputs = input.row(address).and_then(|row| row.applied.as_ref()).map(|applied| &applied.outputs);
        let shown = outputs.into_iter().flatten().filter(|(_, text)| secrets.are_in(text));
        hide(&mut veiled, address, shown.map(|(name, _)| name.clone()).collect());
    }
    for (address, names) in &input.observed.veiled.outputs {
        if input.adopted(address).is_some() {
            hide(&mut veiled, address, names.clone());
        }
    }
    veiled
}

/// The sensitive texts that declarations write themselves.
fn literals<'d>(desired: &'d Desired, input: &PlanInput<'_>) -> BTreeMap<&'d Address, Vec<Secret>> {
    let written = desired.products.iter().map(|(address, product)| {
        let texts: Vec<Secret> = texts(product, input.offer(address)).collect();
        (address, texts)
    });
    written.filter(|(_, texts)| !texts.is_empty()).collect()
}

/// These, and all that is filled from them, however far.
fn reached<'d>(desired: &'d Desired, from: impl Iterator<Item = &'d Address>) -> BTreeSet<&'d Address> {
    let mut reached: BTreeSet<&Address> = from.collect();
    let mut users: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
    for (address, product) in desired.products.iter().filter(|_| !reached.is_empty()) {
        for reference in product.references() {
            users.entry(&reference.of).or_default().insert(address);
        }
    }
    let mut open: Vec<&Address> = reached.iter().copied().collect();
    while let Some(of) = open.pop() {
        let new = users.get(of).into_iter().flatten().filter(|user| reached.insert(user));
        open.extend(new.copied().collect::<Vec<_>>());
    }
    reached
}

fn hide(desired: &mut Cow<'_, Desired>, address: &Address, names: BTreeSet<String>) {
    let product = (!names.is_empty()).then(|| desired.to_mut().products.get_mut(address)).flatten();
    product.into_iter().for_each(|product| product.options.sensitive_outputs.extend(names.iter().cloned()));
}

/// The sensitive values of all declared parameters, as far as they are known before the apply. A secret that stays as it
/// is, and is not sent, counts too: the catalog may still repeat it.
#[must_use]
pub fn sensitive(input: &PlanInput<'_>, plan: &Plan) -> Vec<Secret> {
    let planned = sensitive_parameters(plan);
    let mut found: Vec<Secret> = hidden_defaults(input.observed).collect();
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

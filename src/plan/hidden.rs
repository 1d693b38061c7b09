//! The clear texts that the declarations bring in and nobody may see: apply takes them out of whatever comes back.

use std::collections::BTreeSet;

use super::spec::facts_of;
use super::validate::offer;
use super::{Plan, PlanInput, Planned};
use crate::model::ids::Address;
use crate::model::value::Secret;

/// The sensitive values of all declared parameters, as far as they are known before the apply. A secret that stays as it
/// is, and is not sent, counts too: the catalog may still repeat it.
#[must_use]
pub fn hidden(input: &PlanInput<'_>, plan: &Plan) -> Vec<Secret> {
    let planned: BTreeSet<(&Address, &String)> = plan
        .steps
        .iter()
        .filter_map(|step| Some((&step.address, step.spec()?)))
        .flat_map(|(address, spec)| spec.parameters.iter().map(move |(key, value)| (address, key, value)))
        .filter(|(.., parameter)| matches!(parameter.value, Planned::Kept(_) | Planned::Secret { .. }))
        .map(|(address, key, _)| (address, key))
        .collect();
    let mut hidden = Vec::new();
    for (address, product) in &input.desired.products {
        let rules = offer(input, address).map(|offer| &offer.offering.parameters);
        for (key, parameter) in &product.parameters {
            let no_echo = rules.and_then(|rules| rules.get(key)).is_some_and(|rule| rule.no_echo);
            if !(parameter.sensitive || no_echo || planned.contains(&(address, key))) {
                continue;
            }
            let text = parameter.value.as_ref().map(|template| template.fill(&facts_of(input, template)));
            hidden.extend(text.and_then(Result::ok).map(Secret::new));
        }
    }
    hidden
}

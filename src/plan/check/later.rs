//! What cannot be checked before it is known, or not here: said beside the plan, so that nobody takes silence for a pass.

use std::collections::BTreeSet;

use super::template_rules::OpenRule;
use super::{Check, Checker, types};
use crate::model::text::{listed, quote};
use crate::plan::{Planned, Spec};

/// So many names are told.
const FEW: usize = 20;

/// Names the parameters that will be known at the apply only, and what else nothing can be said of.
pub(super) fn tell(of: &Check<'_>, spec: &Spec, open: &[OpenRule<'_>], checker: &mut Checker) {
    let pending: BTreeSet<&str> = spec
        .parameters
        .iter()
        .filter(|(_, parameter)| is_pending(&parameter.value))
        .map(|(key, _)| key.as_str())
        .collect();
    let looked_at = |key: &str| open.iter().any(|rule| rule.looks_at.contains(key));
    let is_checked = |key: &str| {
        of.offer.offering.parameters.get(key).is_some_and(types::is_constrained) || looked_at(key)
    };
    let parameters = pending.iter().copied().filter(|key| is_checked(key)).map(quote);
    let tags = spec.tags.iter().filter(|(_, value)| is_pending(value));
    let tags = tags.map(|(key, _)| format!("tag {}", quote(key)));
    let later: Vec<String> = parameters.chain(tags).collect();
    if !later.is_empty() {
        let (are, they) = if later.len() == 1 { ("is", "it is") } else { ("are", "they are") };
        let text = format!("{} {are} checked when {they} known, at the apply", listed(later, FEW));
        checker.note(of.address, text);
    }
    let others = open.iter().filter(|rule| rule.looks_at.is_disjoint(&pending)).map(|rule| quote(rule.name));
    let others: Vec<String> = others.collect();
    if !others.is_empty() {
        let noun = if others.len() == 1 { "rule" } else { "rules" };
        let text =
            format!("the template's {noun} {} cannot be checked here: the catalog will", listed(others, FEW));
        checker.note(of.address, text);
    }
    if of.offer.offering.rules.unread {
        let text = "the template has rules that could not be read: they are not checked here";
        checker.note(of.address, text.to_owned());
    }
}

/// Whether a value has holes that only the apply can fill.
pub(super) fn is_pending(value: &Planned) -> bool {
    match value {
        Planned::Pending(_) => true,
        Planned::Secret { template: Some(template), .. } => template.as_text().is_none(),
        Planned::Secret { template: None, .. } | Planned::Known(_) | Planned::Unknown | Planned::Kept(_) => {
            false
        }
    }
}

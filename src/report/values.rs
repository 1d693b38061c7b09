//! Values on their way to a reader: one shape for all of them, sensitive ones redacted on both sides. No layout here.

use std::collections::BTreeMap;

use crate::model::product::{Bound, Preferences};
use crate::plan::{Parameter, Sending, Shown};

/// Both sides of a difference: where one is sensitive, the other's text is not shown either.
pub(super) fn redacted(before: &Shown, after: &Shown) -> (Shown, Shown) {
    let secret = [before, after].contains(&&Shown::Sensitive);
    let redact = |side: &Shown| match side {
        Shown::Text(_) | Shown::Pending(_) if secret => Shown::Sensitive,
        other => other.clone(),
    };
    (redact(before), redact(after))
}

/// What else is to be said of a parameter.
pub(super) fn remark(parameter: &Parameter) -> Option<&'static str> {
    match parameter.sent {
        Sending::Value => None,
        Sending::Previous => Some("kept as it is"),
        Sending::Default => Some("template default"),
    }
}

/// Stack-set preferences, field by field, as declarations name them.
pub(super) fn preferences(of: Option<&Preferences>) -> BTreeMap<String, String> {
    let Some(of) = of else { return BTreeMap::new() };
    let bound = |name: &str, bound: Option<Bound>| match bound? {
        Bound::Count(n) => Some((format!("stack_set_{name}_count"), n.to_string())),
        Bound::Percentage(n) => Some((format!("stack_set_{name}_percentage"), n.to_string())),
    };
    let list = |name: &str, items: &[String]| {
        (!items.is_empty()).then(|| (format!("stack_set_{name}"), items.join(",")))
    };
    [
        list("accounts", &of.accounts),
        list("regions", &of.regions),
        bound("failure_tolerance", of.failure_tolerance),
        bound("max_concurrency", of.max_concurrency),
    ]
    .into_iter()
    .flatten()
    .collect()
}

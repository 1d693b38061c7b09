//! Declared tags against the tag options of the product and its portfolio.

use super::Check;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part};
use crate::model::text::{did_you_mean, quoted};

pub(super) fn check(of: &Check<'_>, found: &mut Diagnostics) {
    for (key, value) in &of.product.tags {
        let Some(allowed) = of.offer.offering.tag_options.get(key) else { continue };
        if allowed.is_empty() {
            found.push(conflict(of, key));
        } else if let Some(text) = value.as_text().filter(|text| !allowed.iter().any(|a| a == text)) {
            found.push(
                Diagnostic::error("tag-value", format!("tag `{key}` must be one of its tag options"))
                    .at(of.tag_place(key, Part::Value))
                    .label(format!("not one of {}", quoted(allowed)))
                    .maybe_hint(did_you_mean(text, allowed.iter().map(String::as_str))),
            );
        }
    }
}

fn conflict(of: &Check<'_>, key: &str) -> Diagnostic {
    let message = format!("tag `{key}` is in conflict between the portfolio's and the product's tag options");
    Diagnostic::error("tag-conflict", message)
        .at(of.tag_place(key, Part::Key))
        .label("must not be sent")
        .hint("remove the tag; the platform team resolves the conflict")
}

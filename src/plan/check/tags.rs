//! Declared tags against the tag options of the product and its portfolio.

use super::Check;
use crate::declare::tag_value;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part};
use crate::model::template::Template;
use crate::model::text::quoted;
use crate::plan::{Planned, Spec};

pub(super) fn check(of: &Check<'_>, found: &mut Diagnostics) {
    for (key, value) in &of.product.tags {
        let Some(allowed) = of.offer.offering.tag_options.get(key) else { continue };
        if allowed.is_empty() {
            found.push(conflict(of, key));
        } else if let Some(text) = value.as_text() {
            found.extend(outside(of, key, text));
        }
    }
}

/// The values that were filled from what others put out: the service's own rules, and the tag options.
pub(super) fn filled(of: &Check<'_>, spec: &Spec, found: &mut Diagnostics) {
    for (key, value) in &spec.tags {
        let written = of.product.tags.get(key);
        let (Planned::Known(text), Some(None)) = (value, written.map(Template::as_text)) else { continue };
        match tag_value(&format!("the tag `{key}`"), text) {
            Err(broken) => {
                found.push(broken.at(of.tag_place(key, Part::Value)).label(format!("it is `{text}`")))
            }
            Ok(()) => found.extend(outside(of, key, text)),
        }
    }
}

/// A value that is none of the tag's options, if it has any.
fn outside(of: &Check<'_>, key: &str, text: &str) -> Option<Diagnostic> {
    let allowed = of.offer.offering.tag_options.get(key).filter(|allowed| !allowed.is_empty())?;
    (!allowed.iter().any(|one| one == text)).then(|| {
        Diagnostic::error("tag-value", format!("tag `{key}` must be one of its tag options"))
            .at(of.tag_place(key, Part::Value))
            .label(format!("not one of {}", quoted(allowed)))
            .maybe_hint(of.names.did_you_mean(text, allowed.iter().map(String::as_str)))
    })
}

fn conflict(of: &Check<'_>, key: &str) -> Diagnostic {
    let message = format!("tag `{key}` is in conflict between the portfolio's and the product's tag options");
    Diagnostic::error("tag-conflict", message)
        .at(of.tag_place(key, Part::Key))
        .label("must not be sent")
        .hint("remove the tag; the platform team resolves the conflict")
}

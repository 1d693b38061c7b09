//! Declared tags against the tag options of the product and its portfolio.

use super::Check;
use super::partial::{may_be, texts};
use super::suggestions::Suggestions;
use crate::catalog::Offering;
use crate::declare::tag_value;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part};
use crate::model::template::Template;
use crate::model::text::quoted;
use crate::plan::{Planned, Spec};

pub(super) fn check(of: &Check<'_>, found: &mut Diagnostics) {
    for (key, value) in &of.product.tags {
        found.extend(written(key, value).map(|one| one.at(of.tag_place(key, Part::Value))));
        let Some(allowed) = of.offer.offering.tag_options.get(key) else { continue };
        if allowed.is_empty() {
            found.push(conflict(of, key));
        } else if let Some(text) = value.as_text() {
            found.extend(
                outside(&of.offer.offering, key, text, &of.names)
                    .map(|one| one.at(of.tag_place(key, Part::Value))),
            );
        } else if !allowed.iter().any(|one| may_be(value, one)) {
            found.push(
                Diagnostic::error("tag-value", format!("tag `{key}` must be one of its tag options"))
                    .label(format!("not one of {}, whatever it is filled with", quoted(allowed)))
                    .at(of.tag_place(key, Part::Value)),
            );
        }
    }
}

/// What is wrong with the text of a value that hangs on something else, whatever it is filled with.
fn written(key: &str, value: &Template) -> Option<Diagnostic> {
    let text: String = texts(value).collect();
    if value.as_text().is_some() || text.is_empty() {
        return None;
    }
    tag_value(&format!("the tag `{key}`"), &text).err()
}

/// The values that were filled from what others put out: the service's own rules, and the tag options.
pub(super) fn filled(of: &Check<'_>, spec: &Spec, found: &mut Diagnostics) {
    for (key, value) in &spec.tags {
        let written = of.product.tags.get(key);
        let (Planned::Known(text), Some(None)) = (value, written.map(Template::as_text)) else { continue };
        let broken = late(&of.offer.offering, key, text, &of.names);
        found.extend(broken.map(|one| one.at(of.tag_place(key, Part::Value))));
    }
}

/// What is wrong with a value that was filled in.
pub(super) fn late(offering: &Offering, key: &str, text: &str, names: &Suggestions) -> Option<Diagnostic> {
    match tag_value(&format!("the tag `{key}`"), text) {
        Err(broken) => Some(broken.label(format!("it is `{text}`"))),
        Ok(()) => outside(offering, key, text, names),
    }
}

/// A value that is none of the tag's options, if it has any.
fn outside(offering: &Offering, key: &str, text: &str, names: &Suggestions) -> Option<Diagnostic> {
    let allowed = offering.tag_options.get(key).filter(|allowed| !allowed.is_empty())?;
    (!allowed.iter().any(|one| one == text)).then(|| {
        Diagnostic::error("tag-value", format!("tag `{key}` must be one of its tag options"))
            .label(format!("not one of {}", quoted(allowed)))
            .maybe_hint(names.did_you_mean(text, allowed.iter().map(String::as_str)))
    })
}

fn conflict(of: &Check<'_>, key: &str) -> Diagnostic {
    let message = format!("tag `{key}` is in conflict between the portfolio's and the product's tag options");
    Diagnostic::error("tag-conflict", message)
        .at(of.tag_place(key, Part::Key))
        .label("must not be sent")
        .hint("remove the tag; the platform team resolves the conflict")
}

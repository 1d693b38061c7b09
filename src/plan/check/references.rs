//! Outputs that are referred to: whether the other product's version has them, and whether they may stand there.

use std::collections::BTreeSet;

use super::Check;
use crate::declare::External;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment};
use crate::model::template::{Attribute, Facts, Reference, Template, items_told};
use crate::model::text::quoted;
use crate::observe::Offer;
use crate::plan::sensitive::is_sensitive;

/// The output that every stack has, beside those of its template.
pub(super) const STACK_ARN: &str = "CloudformationStackARN";

/// So many findings of one value are told.
const FEW: usize = 10;

/// What is said of something that is referred to and not there.
pub(super) const UNKNOWN: &str = "cannot be filled";

pub(super) fn check(of: &Check<'_>, found: &mut Diagnostics) {
    for (key, parameter) in &of.product.parameters {
        let sensitive = is_sensitive(of.product, Some(of.offer), key);
        let place = |reference: &Reference| match sensitive {
            true => of.parameter_place(key, Part::Key),
            false => mention(of.parameter_place(key, Part::Value), reference),
        };
        let references = || parameter.value.iter().flat_map(Template::references);
        let unknown = references().filter_map(|reference| unknown(of, reference, place(reference)));
        found.extend(unknown.take(FEW).map(|unknown| unknown.redact(sensitive)));
        if of.takes(key) {
            found.extend(references().filter_map(|reference| of.absent(key, reference)).take(FEW));
        }
    }
    for (key, value) in &of.product.tags {
        for reference in value.references() {
            found.extend(sensitive_tag(of, key, reference));
            found.extend(of.absent(key, reference));
            found.extend(unknown(of, reference, mention(of.tag_place(key, Part::Value), reference)));
        }
    }
}

/// What is referred to: on the same location, its key says it, and it is the same on all the others.
fn label(of: &Check<'_>, reference: &Reference) -> String {
    match reference.of.location == of.address.location {
        true => reference.of.key.to_string(),
        false => of.labels.label(&reference.of),
    }
}

/// Where a value refers to something.
fn mention(value: Place, reference: &Reference) -> Place {
    let (of, what) = (reference.of.key.as_str().to_owned(), reference.what.to_string());
    value.below([Segment::Mention { of, what }], Part::Value)
}

/// What is referred to and is not there to fill the value with; `facts` are what is known of the other instance.
pub(super) fn unfillable(
    of: &Check<'_>,
    key: &str,
    reference: &Reference,
    facts: Option<&Facts>,
) -> Diagnostic {
    let sensitive = is_sensitive(of.product, Some(of.offer), key);
    let part = if sensitive { Part::Key } else { Part::Value };
    let is_parameter = of.product.parameters.contains_key(key);
    let place = if is_parameter { of.parameter_place(key, part) } else { of.tag_place(key, part) };
    let place = if sensitive { place } else { mention(place, reference) };
    if let Some(external) = of.input.desired.externals.get(&reference.of) {
        return missing_external(of, reference, external, place).redact(sensitive);
    }
    let label = label(of, reference);
    let outputs: Vec<&String> = facts.iter().flat_map(|facts| facts.outputs.keys()).collect();
    let applied = of.input.row(&reference.of).and_then(|row| row.applied.as_ref());
    let hint = match applied {
        None => format!("`{label}` has not been applied, and is not part of this plan"),
        Some(_) if of.input.is_sensitive(reference) => {
            "it is sensitive, and could not be read again".to_owned()
        }
        Some(_) if outputs.is_empty() => "it has no outputs".to_owned(),
        Some(_) => format!("it has {}", quoted(outputs)),
    };
    let hint = facts.and_then(|facts| facts.beyond(&reference.what)).unwrap_or(hint);
    Diagnostic::error("unknown-output", format!("`{label}` has no `{}`", reference.what))
        .at(place)
        .label(UNKNOWN)
        .redact(sensitive)
        .hint(hint)
}

/// Something of a provisioned product of somebody else that is not there, or the product itself.
fn missing_external(of: &Check<'_>, reference: &Reference, external: &External, place: Place) -> Diagnostic {
    let (key, location) = (&reference.of.key, of.labels.location(&reference.of.location));
    let Some(found) = of.input.observed.externals.get(&reference.of) else {
        let (product, listing) = (&external.product, of.input.listing(&reference.of));
        let message =
            format!("`{key}` is not there: there is no provisioned product `{product}` on {location}");
        let known = listing.into_iter().flat_map(|listing| listing.names().chain(listing.ids()));
        // it is told once, however often it is referred to
        let found = Diagnostic::error("not-there", message).at(external.place.clone());
        let found = found.label(UNKNOWN).related(place, "referred to here");
        return match (listing, of.names.did_you_mean(product.as_str(), known)) {
            (None, _) => found.hint("its location is not read: it may be frozen"),
            (Some(_), hint) => found.maybe_hint(hint),
        };
    };
    let message = format!("`{key}` has no `{}`", reference.what);
    let missing = Diagnostic::error("unknown-output", message).at(place).label(UNKNOWN);
    let outputs = || found.outputs.keys().map(String::as_str);
    let near = match &reference.what {
        Attribute::Output { key, .. } => of.names.did_you_mean(key, outputs()),
        Attribute::Id | Attribute::Arn => None,
    };
    let beyond = match &reference.what {
        // what is sensitive is not counted
        Attribute::Output { key, index: Some(_) } if !of.input.is_sensitive(reference) => {
            found.outputs.get(key).map(|value| items_told(key, value))
        }
        _ => None,
    };
    missing.hint(beyond.or(near).unwrap_or_else(|| match found.outputs.is_empty() {
        true => "it has no outputs, or they are not shown to us".to_owned(),
        false => format!("it has {}", quoted(outputs())),
    }))
}

/// Tags are shown by everything that lists products.
fn sensitive_tag(of: &Check<'_>, key: &str, reference: &Reference) -> Option<Diagnostic> {
    let Attribute::Output { key: output, .. } = &reference.what else { return None };
    let message = format!("the tag `{key}` cannot hold the sensitive output `{output}`");
    of.input.is_sensitive(reference).then(|| {
        Diagnostic::error("sensitive", message)
            .at(of.tag_place(key, Part::Value))
            .hint("only parameters may hold it")
    })
}

/// An output that the offered version does not have, as far as its outputs are known.
fn unknown(of: &Check<'_>, reference: &Reference, place: Place) -> Option<Diagnostic> {
    let Attribute::Output { key: output, .. } = &reference.what else { return None };
    let known = match of.input.offer(&reference.of) {
        Some(offer) => offer.offering.output_keys.clone()?,
        None => given_by_any(of.input.meant(&reference.of))?,
    };
    if known.contains(output) || output == STACK_ARN {
        return None;
    }
    let message = format!("`{}` has no output `{output}`", label(of, reference));
    let hint = of
        .names
        .did_you_mean(output, known.iter().map(String::as_str))
        .unwrap_or_else(|| format!("it has {}", quoted(&known)));
    Some(Diagnostic::error("unknown-output", message).at(place).label("unknown output").hint(hint))
}

/// All outputs of all that may be meant.
fn given_by_any(meant: &[Offer]) -> Option<BTreeSet<String>> {
    let all: Option<Vec<&BTreeSet<String>>> =
        meant.iter().map(|offer| offer.offering.output_keys.as_ref()).collect();
    all.filter(|all| !all.is_empty()).map(|all| all.into_iter().flatten().cloned().collect())
}

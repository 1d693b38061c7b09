//! `ignore_changes` that ignores nothing, and `sensitive_outputs` that the version does not have.

use super::references::STACK_ARN;
use super::{Check, Checker};
use crate::model::diagnostic::{Diagnostic, Part, Place, Segment};
use crate::model::product::Ignored;
use crate::model::text::quoted;

pub(super) fn check(of: &Check<'_>, checker: &mut Checker) {
    for ignored in &of.product.ignore_changes {
        match ignored {
            Ignored::Parameter(key)
                if !of.offer.offering.parameters.keys().any(|has| ignored.is_parameter(has)) =>
            {
                checker.found.push(no_parameter(of, ignored, key));
            }
            Ignored::Tag(key) if !has_tag(of, ignored) => {
                let text =
                    format!("`ignore_changes` names the tag `{key}`, which it neither declares nor has");
                let declared = of.product.tags.keys().map(String::as_str);
                let near =
                    of.names.did_you_mean(key, declared).map(|near| format!(": {near}")).unwrap_or_default();
                checker.note(of.address, text + &near);
            }
            _ => {}
        }
    }
    let Some(known) = &of.offer.offering.output_keys else { return };
    let applied = of.input.row(of.address).and_then(|row| row.applied.as_ref());
    let has = |key: &String| {
        known.contains(key) || key == STACK_ARN || applied.is_some_and(|it| it.outputs.contains_key(key))
    };
    let unknown = of.product.options.sensitive_outputs.iter().filter(|key| !has(key));
    checker.found.extend(unknown.map(|key| {
        let message = format!("`{}` {} has no output `{key}`", of.offer.product_name, of.offer.version());
        let hint = of
            .names
            .did_you_mean(key, known.iter().map(String::as_str))
            .unwrap_or_else(|| format!("it has {}", quoted(known)));
        Diagnostic::error("unknown-output", message)
            .at(item(of.product.origin.field("sensitive_outputs", Part::Value), key))
            .label("nothing is kept secret by it")
            .hint(hint)
    }));
}

fn item(list: Place, text: &str) -> Place {
    list.below([Segment::Text(text.to_owned())], Part::Value)
}

/// Whether the tag is declared, or was applied.
fn has_tag(of: &Check<'_>, ignored: &Ignored) -> bool {
    let applied = of.input.row(of.address).and_then(|row| row.applied.as_ref());
    let applied = applied.iter().flat_map(|applied| applied.content.tags.keys());
    let offered = of.offer.offering.tag_options.keys();
    of.product.tags.keys().chain(offered).chain(applied).any(|key| ignored.is_tag(key))
}

fn no_parameter(of: &Check<'_>, ignored: &Ignored, key: &str) -> Diagnostic {
    let (product, version) = (&of.offer.product_name, of.offer.version());
    let known = of.offer.offering.parameters.keys();
    let hint = of
        .names
        .did_you_mean(key, known.map(String::as_str))
        .unwrap_or_else(|| "`parameters` ignores the changes of all of them".to_owned());
    let list = of.product.origin.given(&["lifecycle", "ignore_changes"], Part::Value);
    Diagnostic::error(
        "unknown-parameter",
        format!("`{product}` {version} has no parameter `{key}` to ignore"),
    )
    .at(item(list, &ignored.to_string()))
    .label("ignores nothing")
    .hint(hint)
}

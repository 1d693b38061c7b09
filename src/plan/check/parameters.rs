//! Parameters: those that a version does not have, those that it needs, and values against their rules.

use std::collections::BTreeSet;

use super::broken::Tried;
use super::partial::broken_anyway;
use super::{Check, Checker, types};
use crate::catalog::ParameterRule;
use crate::model::diagnostic::{Diagnostic, Part, Segment};
use crate::model::ids::ArtifactId;
use crate::model::template::Template;
use crate::model::text::quoted;
use crate::observe::version_in_force;
use crate::plan::spec::version;
use crate::plan::{Planned, Sending, Spec};
use crate::state::{Content, Stored};

/// So many unknown parameters are held against those that are missing.
const FEW: usize = 50;

/// All that is wrong with the parameters as they are written.
pub(super) fn check(of: &Check<'_>, checker: &mut Checker) {
    for (key, declared) in &of.product.parameters {
        let text = declared.value.as_ref().and_then(Template::as_text);
        match (of.offer.offering.parameters.get(key), text) {
            (None, _) if of.offer.takes_any_parameter() => {
                let text = "its engine does not say which parameters there are: they cannot be checked here";
                checker.note(of.address, text.to_owned());
            }
            (None, _) => checker.found.push(unknown(of, key)),
            (Some(_), _) if declared.torn => {}
            (Some(rule), Some(text)) => {
                value(of, key, text, checker);
                if rule.no_echo && !declared.sensitive && !text.is_empty() {
                    checker.note(of.address, in_clear(key));
                }
            }
            (Some(rule), None) => partial(of, key, rule, checker),
        }
    }
    let meant = misspelt(of);
    for (key, rule) in &of.offer.offering.parameters {
        if meant.contains(key.as_str()) {
            continue;
        }
        if rule.default.is_none() && !is_given(of, key, rule) {
            checker.found.push(missing(of, key, rule));
        }
        if rule.default.as_deref() == Some("") && types::is_specific(&rule.kind) && !is_given(of, key, rule) {
            checker.found.push(
                missing(of, key, rule)
                    .hint("the template's own default is empty, and is no value of this type"),
            );
        }
    }
}

/// What is written of a value that hangs on something else. Beside a secret nothing is checked: whoever writes the rest could
/// ask for it, one rule at a time.
fn partial(of: &Check<'_>, key: &str, rule: &ParameterRule, checker: &mut Checker) {
    let Some(declared) = of.product.parameters.get(key) else { return };
    let Some(template) = declared.value.as_ref() else { return };
    if declared.sensitive || rule.no_echo || of.mixes(key) {
        return;
    }
    for broken in broken_anyway(&mut checker.patterns, rule, template, of.region()) {
        let item = broken.item.map(|(nth, of)| Segment::Item { nth, of });
        checker.found.push(
            Diagnostic::error("parameter-value", format!("parameter `{key}` {}", broken.message))
                .at(of.parameter_place(key, Part::Value).below(item, Part::Value))
                .label(broken.label)
                .maybe_hint(broken.hint),
        );
    }
}

/// The parameters that unknown ones are taken for: they are not missing as well.
fn misspelt<'a>(of: &Check<'a>) -> BTreeSet<&'a str> {
    let known = &of.offer.offering.parameters;
    let unknown = of.product.parameters.keys().filter(|key| !known.contains_key(*key)).take(FEW);
    let free = || known.keys().map(String::as_str).filter(|key| !of.product.parameters.contains_key(*key));
    unknown.filter_map(|key| of.names.nearest(key, free())).collect()
}

/// What is said of a secret that everybody reads who reads the declarations.
fn in_clear(key: &str) -> String {
    format!("`{key}` is NoEcho, and its value stands in clear in the repo: give it by a sensitive variable")
}

/// All that is wrong with values that were filled from what others put out, and with those that another version finds in
/// place.
pub(super) fn filled(of: &Check<'_>, spec: &Spec, checker: &mut Checker) {
    let applied = of.input.row(of.address).and_then(|row| row.applied.as_ref());
    let moves = applied.is_some_and(|applied| applied.content.target.artifact.id != spec.target.artifact.id);
    for (key, parameter) in &spec.parameters {
        let Some(text) = known_text(&parameter.value) else { continue };
        let declared = of.product.parameters.get(key);
        let written = declared.and_then(|declared| declared.value.as_ref());
        let is_ignored = ignores(of, key);
        match written {
            // what is written has been checked as it is written
            Some(template) if !is_ignored && template.as_text().is_some() => {}
            Some(_) if !is_ignored => value(of, key, text, checker),
            _ if parameter.sent == Sending::Default => default(of, key, text, checker),
            _ if moves => kept(of, key, text, checker),
            _ => {}
        }
    }
}

/// The template's own default, where it comes into force: what breaks the template's own rules fails as any other value does.
fn default(of: &Check<'_>, key: &str, text: &str, checker: &mut Checker) {
    let Some(rule) = of.offer.offering.parameters.get(key) else { return };
    let applied = of.input.row(of.address).and_then(|row| row.applied.as_ref());
    let before = applied.and_then(|applied| applied.content.parameters.get(key));
    let is_in_force = matches!(before, Some(Stored::Text(before)) if before.trim() == text.trim());
    let is_empty = text.is_empty() && types::is_specific(&rule.kind);
    if is_in_force || is_empty {
        return;
    }
    let tried = Tried { rule, text, sensitive: rule.no_echo, region: of.region() };
    for broken in checker.patterns.broken(tried) {
        let version = of.offer.version();
        let message = format!("the default that {version} has for `{key}` {}", broken.message);
        checker.found.push(
            Diagnostic::error("parameter-value", message)
                .at(of.product.origin.field("parameters", Part::Key))
                .label(if rule.no_echo {
                    String::new()
                } else {
                    format!("`{key}` is left out: {}", broken.label)
                })
                .hint(format!("declare a value for `{key}`, and tell who publishes the product")),
        );
    }
}

/// A value that stays, against the rules of the version that it comes to.
fn kept(of: &Check<'_>, key: &str, text: &str, checker: &mut Checker) {
    let Some(rule) = of.offer.offering.parameters.get(key) else { return };
    let declared = of.product.parameters.get(key);
    let sensitive = rule.no_echo || declared.is_some_and(|declared| declared.sensitive);
    let place = match declared {
        Some(_) => of.parameter_place(key, Part::Key),
        None => of.product.origin.field("parameters", Part::Key),
    };
    let why = if ignores(of, key) { "its changes are ignored" } else { "no other value is given" };
    for broken in checker.patterns.broken(Tried { rule, text, sensitive, region: of.region() }) {
        let message =
            format!("parameter `{key}` keeps its value, and {} {}", of.offer.version(), "takes it no longer");
        checker.found.push(
            Diagnostic::error("parameter-value", message)
                .at(place.clone())
                .label(if sensitive { String::new() } else { format!("kept: `{text}`") })
                .note(format!("`{key}` {}; {why}", broken.message))
                .maybe_hint(broken.hint),
        );
    }
    unchecked(of, key, checker);
}

fn ignores(of: &Check<'_>, key: &str) -> bool {
    of.product.ignore_changes.iter().any(|ignored| ignored.is_parameter(key))
}

/// The text of a value that is known.
pub(super) fn known_text(value: &Planned) -> Option<&str> {
    match value {
        Planned::Known(text) => Some(text),
        Planned::Secret { template: Some(template), .. } => template.as_text(),
        _ => None,
    }
}

fn value(of: &Check<'_>, key: &str, text: &str, checker: &mut Checker) {
    let rule = of.offer.offering.parameters.get(key);
    let (Some(declared), Some(rule)) = (of.product.parameters.get(key), rule) else { return };
    if of.mixes(key) {
        // whoever wrote the other text could ask for the secret, one rule at a time
        if types::is_constrained(rule) {
            let text = format!("`{key}` is not checked here: it holds a secret and other text");
            checker.note(of.address, text);
        }
        return;
    }
    let mut references = declared.value.iter().flat_map(Template::references);
    let sensitive =
        declared.sensitive || rule.no_echo || references.any(|reference| of.input.is_sensitive(reference));
    // under the caret, and in the line above it, stands the value itself
    let part = if sensitive { Part::Key } else { Part::Value };
    for broken in checker.patterns.broken(Tried { rule, text, sensitive, region: of.region() }) {
        let item = broken.item.filter(|_| !sensitive).map(|(nth, of)| Segment::Item { nth, of });
        checker.found.push(
            Diagnostic::error("parameter-value", format!("parameter `{key}` {}", broken.message))
                .at(of.parameter_place(key, part).below(item, part))
                .label(broken.label)
                .redact(sensitive)
                .maybe_hint(broken.hint),
        );
    }
    unchecked(of, key, checker);
}

/// Says that a pattern was too much, or is in another dialect.
fn unchecked(of: &Check<'_>, key: &str, checker: &mut Checker) {
    if checker.patterns.take_unchecked() {
        checker.note(
            of.address,
            format!("`{key}` could not be checked against its pattern here: the catalog will"),
        );
    }
}

fn unknown(of: &Check<'_>, key: &str) -> Diagnostic {
    let (product, version) = (&of.offer.product_name, of.offer.version());
    let applied = of.input.row(of.address).and_then(|row| row.applied.as_ref());
    let before = applied.filter(|applied| applied.content.parameters.contains_key(key));
    let message = match before {
        Some(applied) => format!(
            "`{product}` {version} no longer has the parameter `{key}` that {} had",
            applied.content.target.artifact.name
        ),
        None => format!("`{product}` {version} has no parameter `{key}`"),
    };
    let known = &of.offer.offering.parameters;
    let all = || {
        if known.is_empty() {
            "it takes no parameters".to_owned()
        } else {
            format!("it takes {}", quoted(known.keys()))
        }
    };
    Diagnostic::error("unknown-parameter", message)
        .at(of.parameter_place(key, Part::Key))
        .label("unknown parameter")
        .hint(of.names.did_you_mean(key, known.keys().map(String::as_str)).unwrap_or_else(all))
}

/// Whether a parameter without a default gets a value.
fn is_given(of: &Check<'_>, key: &str, rule: &ParameterRule) -> bool {
    // what nobody can read may stay as it is
    if of.input.adopted(of.address).is_some() {
        return of.product.parameters.contains_key(key) || rule.no_echo;
    }
    match of.product.parameters.get(key) {
        Some(declared) => declared.value.is_some() || Before::of(of).is_some_and(|before| before.keeps(key)),
        None => Before::of(of).is_some_and(|before| {
            before.content.parameters.contains_key(key)
                && before.keeps(key)
                && (rule.no_echo || ignores(of, key))
        }),
    }
}

/// What there is already of a product that is updated, and not made anew.
struct Before<'a> {
    content: &'a Content,
    in_force: &'a ArtifactId,
    wanted: &'a ArtifactId,
}

impl<'a> Before<'a> {
    fn of(of: &Check<'a>) -> Option<Self> {
        let row = of.input.row(of.address).filter(|_| !of.input.is_made_anew(of.address))?;
        Some(Self {
            content: &row.applied.as_ref()?.content,
            in_force: version_in_force(row, of.input.existing(of.address))?,
            wanted: &of.offer.artifact.id,
        })
    }

    /// Whether the product has a value that can stay. `UsePreviousValue` takes one from the template in force, and the
    /// update fails where that does not have the parameter: then it must be known of that version that it has it.
    fn keeps(&self, key: &str) -> bool {
        match self.content.parameters.get(key) {
            _ if self.in_force == self.wanted => true,
            Some(Stored::Text(_)) => true,
            Some(Stored::Digest(_) | Stored::Unknown) => *self.in_force == self.content.target.artifact.id,
            None => false,
        }
    }
}

fn missing(of: &Check<'_>, key: &str, rule: &ParameterRule) -> Diagnostic {
    let message = format!(
        "`{}` needs the parameter `{key}`: {} {} has no default for it",
        of.address.key,
        of.offer.product_name,
        of.offer.version()
    );
    let moved = Before::of(of).filter(|before| before.in_force != before.wanted);
    let in_force = moved.map(|before| version(before.content, Some(of.offer), before.in_force).name);
    let hint = in_force.map(|name| {
        format!(
            "declare a value for `{key}`: version `{name}`, which is in force, has none that could be kept"
        )
    });
    let diagnostic = Diagnostic::error("missing-parameter", message)
        .at(of.product.origin.field("parameters", Part::Key))
        .label(format!("`{key}` is missing"));
    let diagnostic = match of.product.parameters.get(key) {
        Some(declared) if declared.value.is_none() => Diagnostic { label: String::new(), ..diagnostic }
            .at(of.parameter_place(key, Part::Key))
            .hint("`null`, or nothing at all, keeps the value that is there, and there is none: write one"),
        _ => diagnostic,
    };
    let diagnostic = diagnostic.maybe_hint(hint);
    if rule.description.is_empty() {
        return diagnostic;
    }
    diagnostic.note(format!("`{key}` ({}): {}", rule.kind, rule.description))
}

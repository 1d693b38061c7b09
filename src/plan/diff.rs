//! One product: in what the wanted spec differs from what was applied. Explains; decides nothing.

use std::collections::BTreeSet;

use super::spec::{Outlook, Subject};
use super::{Planned, Reason, Sending, Shown, Spec};
use crate::catalog::Status;
use crate::model::ids::{Address, PathId, ProductId};
use crate::model::product::{Preferences, Selector};
use crate::model::target::Named;
use crate::model::template::{Piece, Template};
use crate::model::text::quoted;
use crate::state::{Applied, Content, Stored, Unverified};

/// In what a spec differs.
#[derive(Default)]
pub(super) struct Difference {
    /// What differs for certain.
    pub reasons: Vec<Reason>,
    /// What may turn out to differ.
    pub may: Vec<Reason>,
    /// What is sent with every update, and may be what is there.
    pub along: Vec<Reason>,
    /// Differences that the catalog would ignore.
    pub notes: Vec<String>,
    /// The tags stay as they were applied, whatever is declared.
    pub tags_stay: bool,
    /// What is there, if it is another product than the wanted one.
    pub other_product: Option<Named<ProductId>>,
}

/// Compares what is wanted with what was applied.
pub(super) fn difference(subject: &Subject<'_>, spec: &Spec, outlook: &Outlook) -> Difference {
    let mut found = Difference::default();
    let Some(applied) = subject.applied() else { return found };
    let before = &applied.content;
    identity(subject, before, spec, &mut found);
    found.reasons.extend(path(subject, before, spec));
    parameters(subject, before, spec, outlook, &mut found);
    tags(subject, spec, outlook, &mut found);
    if !same_preferences(before.target.options.preferences.as_ref(), spec.target.options.preferences.as_ref())
    {
        found.reasons.push(Reason::Preferences {
            before: before.target.options.preferences.clone(),
            after: spec.target.options.preferences.clone(),
        });
    }
    found
}

/// Accounts and regions are sets, however they were written.
fn same_preferences(one: Option<&Preferences>, other: Option<&Preferences>) -> bool {
    let sets = |p: &Preferences| {
        let set = |texts: &[String]| texts.iter().cloned().collect::<BTreeSet<_>>();
        (set(&p.accounts), set(&p.regions), p.failure_tolerance, p.max_concurrency)
    };
    one.map(sets) == other.map(sets)
}

/// Product and version: those that somebody else put there, if the last good change was not ours.
fn identity(subject: &Subject<'_>, before: &Content, spec: &Spec, found: &mut Difference) {
    let there = subject.existing.filter(|existing| existing.status == Status::Available);
    let product = there.and_then(|existing| existing.product.as_ref()).unwrap_or(&before.target.product.id);
    let artifact =
        there.and_then(|existing| existing.artifact.as_ref()).unwrap_or(&before.target.artifact.id);
    if *product != spec.target.product.id {
        let known = &before.target.product;
        let before = match *product == known.id {
            true => known.clone(),
            false => subject.input.product_named(subject.address, product),
        };
        found.other_product = Some(before.clone());
        found.reasons.push(Reason::Product { before, after: spec.target.product.clone() });
    }
    if *artifact != spec.target.artifact.id {
        found.reasons.push(Reason::Version {
            before: subject.input.version_named(subject.address, before, artifact),
            after: spec.target.artifact.clone(),
        });
    }
}

/// A path id that moved under one name is the same path, unless that very id is asked for.
fn path(subject: &Subject<'_>, before: &Content, spec: &Spec) -> Option<Reason> {
    let by_id = matches!(subject.product.path, Some(Selector::Id(_)));
    let (before, after) = (&before.target.path, &spec.target.path);
    let one_name = before.name == after.name;
    let named = |path: &Named<PathId>| {
        if one_name { format!("{} ({})", path.name, path.id) } else { path.name.clone() }
    };
    (before.id != after.id && (by_id || !one_name))
        .then(|| Reason::Path { before: named(before), after: named(after) })
}

fn parameters(
    subject: &Subject<'_>,
    before: &Content,
    spec: &Spec,
    outlook: &Outlook,
    found: &mut Difference,
) {
    // what a version that is ignored brought with it, or took away, is ignored with it
    let is_followed = subject.input.follows(subject.address, &before.target.artifact.id);
    for (key, wanted) in &spec.parameters {
        let was = before.parameters.get(key);
        if is_followed && was.is_none() && wanted.sent == Sending::Default {
            continue;
        }
        let template = match &wanted.value {
            Planned::Pending(template) | Planned::Secret { template: Some(template), .. } => Some(template),
            _ => None,
        };
        if let Some(template) = template.filter(|template| template.as_text().is_none()) {
            found.may.push(Reason::InputMayChange { key: key.clone(), from: moving(template, outlook) });
            continue;
        }
        let is_unread =
            matches!(was, Some(Stored::Unknown)) && matches!(wanted.value, Planned::Secret { .. });
        if is_unread && same(subject, key, was, &wanted.value) {
            found.along.push(Reason::Parameter {
                key: key.clone(),
                before: Shown::Unknown,
                after: Shown::Sensitive,
                by_default: wanted.sent == Sending::Default,
            });
        } else if !same(subject, key, was, &wanted.value) {
            found.reasons.push(Reason::Parameter {
                key: key.clone(),
                before: was
                    .map_or(Shown::Absent, |was| stored(was, matches!(wanted.value, Planned::Secret { .. }))),
                after: match was {
                    Some(Stored::Digest(_)) => Shown::Sensitive,
                    _ => shown(&wanted.value),
                },
                by_default: wanted.sent == Sending::Default,
            });
        }
    }
    let is_gone = |key: &String| !is_followed && !spec.parameters.contains_key(key);
    for (key, was) in before.parameters.iter().filter(|(key, _)| is_gone(key)) {
        found.reasons.push(Reason::Parameter {
            key: key.clone(),
            before: stored(was, false),
            after: Shown::Absent,
            by_default: true,
        });
    }
}

/// `CloudFormation` trims values: spaces around them are no difference. A digest is only compared with a text, under the
/// scheme that it says.
fn same(subject: &Subject<'_>, key: &str, was: Option<&Stored>, wanted: &Planned) -> bool {
    match (was, wanted) {
        (_, Planned::Unknown) => true,
        // nobody knows it since it was adopted: an update that is made for another reason sends it
        (Some(Stored::Unknown), Planned::Secret { .. }) => {
            subject.applied().is_some_and(|applied| applied.unverified.contains(&Unverified::Parameters))
        }
        (Some(Stored::Digest(was)), Planned::Kept(wanted)) => was == wanted,
        (Some(was), wanted) => text(wanted).is_some_and(|wanted| subject.holds(key, was, wanted)),
        (None, _) => false,
    }
}

/// The text that is wanted, where it is known in clear.
fn text(wanted: &Planned) -> Option<&str> {
    match wanted {
        Planned::Known(text) => Some(text),
        Planned::Secret { template, .. } => template.as_ref()?.as_text(),
        Planned::Pending(_) | Planned::Kept(_) | Planned::Unknown => None,
    }
}

/// Which tag differences are reasons: an update sends all tags or none, and the catalog removes one only together with another
/// change.
fn tags(subject: &Subject<'_>, spec: &Spec, outlook: &Outlook, found: &mut Difference) {
    let Some(Applied { content: before, .. }) = subject.applied() else { return };
    let (changed, removed) = (changed_tags(before, spec), removed_tags(subject, before, spec));
    let may = pending_tags(spec, outlook);
    found.tags_stay = !spec.send_tags || changed.is_empty() && may.is_empty();
    if !spec.send_tags {
        let differing = [changed, removed].concat();
        if !differing.is_empty() {
            found.notes.push(format!(
                "tags {} cannot change: the product has no RESOURCE_UPDATE constraint that allows it",
                keys(&differing)
            ));
        }
        return;
    }
    if changed.is_empty() && !removed.is_empty() {
        found.notes.push(format!(
            "tags {} stay: the catalog removes a tag only together with another tag change",
            keys(&removed)
        ));
    } else {
        found.reasons.extend(changed.into_iter().chain(removed));
    }
    found.may.extend(may);
}

fn changed_tags(before: &Content, spec: &Spec) -> Vec<Reason> {
    let changed = spec.tags.iter().filter_map(|(key, wanted)| {
        let Planned::Known(text) = wanted else { return None };
        let was = before.tags.get(key);
        (was != Some(text)).then(|| Reason::Tag {
            key: key.clone(),
            before: was.map_or(Shown::Absent, |was| Shown::Text(was.clone())),
            after: Shown::Text(text.clone()),
        })
    });
    changed.collect()
}

/// But those that the product's tag options give by themselves: whether they are declared or not, they are there.
fn removed_tags(subject: &Subject<'_>, before: &Content, spec: &Spec) -> Vec<Reason> {
    let options = &subject.offer.offering.tag_options;
    let is_given = |key: &str, value: &String| {
        options.get(key).is_some_and(|values| values.len() == 1 && values.contains(value))
    };
    let removed = before.tags.iter().filter(|(key, _)| !spec.tags.contains_key(*key));
    let removed = removed.filter(|(key, value)| !is_given(key, value));
    let reason = |(key, was): (&String, &String)| Reason::Tag {
        key: key.clone(),
        before: Shown::Text(was.clone()),
        after: Shown::Absent,
    };
    removed.map(reason).collect()
}

fn pending_tags(spec: &Spec, outlook: &Outlook) -> Vec<Reason> {
    let pending = spec.tags.iter().filter_map(|(key, wanted)| {
        let Planned::Pending(template) = wanted else { return None };
        Some(Reason::InputMayChange { key: format!("tags.{key}"), from: moving(template, outlook) })
    });
    pending.collect()
}

fn keys(tags: &[Reason]) -> String {
    quoted(tags.iter().filter_map(|reason| match reason {
        Reason::Tag { key, .. } => Some(key),
        _ => None,
    }))
}

fn moving(template: &Template, outlook: &Outlook) -> BTreeSet<Address> {
    template.references().filter(|reference| outlook.is_moving(reference)).map(|r| r.of.clone()).collect()
}

fn stored(was: &Stored, secret_now: bool) -> Shown {
    match was {
        Stored::Text(_) if secret_now => Shown::Sensitive,
        Stored::Text(text) => Shown::Text(text.clone()),
        Stored::Digest(_) => Shown::Sensitive,
        Stored::Unknown => Shown::Unknown,
    }
}

/// A planned value as people see it.
#[must_use]
pub fn shown(value: &Planned) -> Shown {
    match value {
        Planned::Known(text) => Shown::Text(text.clone()),
        Planned::Pending(template) => Shown::Pending(written(template)),
        Planned::Secret { .. } | Planned::Kept(_) => Shown::Sensitive,
        Planned::Unknown => Shown::Unknown,
    }
}

/// A template as declarations write it.
#[must_use]
pub fn written(template: &Template) -> String {
    template
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.replace("${", "$${"),
            Piece::Reference(reference) | Piece::InJson(reference) => {
                format!("${{{}.{}}}", reference.of.key, reference.what)
            }
        })
        .collect()
}

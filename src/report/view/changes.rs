//! The properties of a product that change, from the reasons of its steps.

use std::collections::{BTreeMap, BTreeSet};

use super::property::{Property, Remark};
use super::values::{ValuesView, parameter_key, preferences, tag_key};
use crate::model::ids::{ArtifactId, ProductId};
use crate::model::target::Named;
use crate::plan::{Action, Reason, Shown, Step};

/// What changes, in the order: name, product, version, path, preferences, parameters, tags, inputs that may change.
pub(super) fn changes(steps: &[&Step], wanted: &ValuesView<'_>) -> Vec<Property> {
    let preferences = preferred(steps);
    let is_other = |reason: &&Reason| !matches!(reason, Reason::Preferences { .. });
    let others = steps.iter().flat_map(|step| &step.reasons).filter(is_other);
    let mut reasons: Vec<&Reason> = Vec::new();
    for reason in others.chain(&preferences) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons.sort_by_key(|reason| rank(reason));
    let compared: Vec<&str> = reasons.iter().filter_map(|reason| compared(reason)).collect();
    let told: Vec<&str> = reasons.iter().flat_map(|reason| members(reason)).copied().collect();
    let is_outside = |reason: &&Reason| reasons.iter().any(|other| is_about(other, reason));
    let others: &BTreeSet<&str> = &reasons.iter().filter_map(|reason| member(reason)).collect();
    let marked = |reason: &&Reason| {
        let properties = change(reason, wanted, &compared);
        let outside = is_outside(reason);
        properties.into_iter().map(move |property| match outside || others.contains(&&*property.key) {
            true => property.outside(),
            false => property,
        })
    };
    let is_told = |reason: &&&Reason| !member(reason).is_some_and(|member| told.contains(&member));
    renamed(steps, wanted).into_iter().chain(reasons.iter().filter(is_told).flat_map(marked)).collect()
}

/// What is made anew may be called otherwise than what goes.
fn renamed(steps: &[&Step], wanted: &ValuesView<'_>) -> Option<Property> {
    let after = &wanted.target.name;
    let before = steps.iter().find_map(|step| match &step.action {
        Action::Terminate(gone) if gone.replacing && gone.name != *after => Some(&gone.name),
        _ => None,
    })?;
    let [before, after] = [before, after].map(|name| Shown::Text(name.clone()));
    Property::change("provisioned_product_name", &before, &after, None)
}

/// What becomes of the preferences in the end: accounts and regions come and go by an operation each.
fn preferred(steps: &[&Step]) -> Option<Reason> {
    let mut all = steps.iter().flat_map(|step| &step.reasons).filter_map(|reason| match reason {
        Reason::Preferences { before, after } => Some((before, after)),
        _ => None,
    });
    let (before, first) = all.next()?;
    let after = all.next_back().map_or(first, |(_, after)| after);
    Some(Reason::Preferences { before: before.clone(), after: after.clone() })
}

fn rank(reason: &Reason) -> u8 {
    match reason {
        Reason::Product { .. } => 0,
        Reason::Version { .. } => 1,
        Reason::Path { .. } => 2,
        Reason::Preferences { .. } => 3,
        Reason::Parameter { .. } => 4,
        Reason::Tag { .. } => 5,
        _ => 6,
    }
}

fn compared(reason: &Reason) -> Option<&str> {
    match reason {
        Reason::Parameter { key, .. } | Reason::Tag { key, .. } => Some(key),
        _ => None,
    }
}

/// The members that a difference tells.
fn members(reason: &Reason) -> &'static [&'static str] {
    match reason {
        Reason::Product { .. } => &["product"],
        Reason::Version { .. } => &["version"],
        Reason::Preferences { .. } => &["stack_set_accounts", "stack_set_regions"],
        _ => &[],
    }
}

/// The member that somebody else changed.
fn member(reason: &Reason) -> Option<&str> {
    if let Reason::DriftedMember { member, .. } = reason { Some(member) } else { None }
}

/// Whether somebody else changed what a difference is about.
fn is_about(drifted: &Reason, reason: &Reason) -> bool {
    let Reason::Drifted { key, .. } = drifted else { return false };
    match reason {
        Reason::Parameter { key: other, .. } => other == key,
        Reason::Tag { key: other, .. } => key.strip_prefix("tags.") == Some(other),
        _ => false,
    }
}

fn change(reason: &Reason, wanted: &ValuesView<'_>, compared: &[&str]) -> Vec<Property> {
    let one = match reason {
        Reason::Product { before, after } => {
            let side = |of: &Named<ProductId>| told(&of.name, of.id.as_str(), before.name == after.name);
            Property::change("product", &side(before), &side(after), None)
        }
        Reason::Version { before, after } => {
            let side = |of: &Named<ArtifactId>| told(&of.name, of.id.as_str(), before.name == after.name);
            Property::change("version", &side(before), &side(after), None)
        }
        Reason::Path { before, after } => {
            Property::change("path", &Shown::Text(before.clone()), &Shown::Text(after.clone()), None)
        }
        Reason::Preferences { before, after } => {
            return fields(&preferences(before.as_ref()), &preferences(after.as_ref()));
        }
        Reason::Parameter { key, before, after, by_default } => {
            let remark = by_default.then_some(Remark::TemplateDefault);
            let property = Property::change(&parameter_key(key), before, after, remark);
            property.map(|property| property.labelled(wanted.label(key)))
        }
        Reason::Tag { key, before, after } => Property::change(&tag_key(key), before, after, None),
        Reason::DriftedMember { member, applied, there } => Property::change(member, applied, there, None),
        // where nothing is to differ from what is there, this is all there is to see
        Reason::Drifted { key, applied, there } if !compared.contains(&bare(key)) => {
            let property = Property::change(&drifted_key(key), applied, there, Some(Remark::Outside));
            property.map(|property| property.labelled(wanted.label(key)))
        }
        Reason::InputMayChange { key, .. } if !compared.contains(&key.as_str()) => input(key, wanted),
        _ => None,
    };
    one.into_iter().collect()
}

/// A drifted parameter or tag as its own difference calls it.
fn bare(key: &str) -> &str {
    key.strip_prefix("tags.").unwrap_or(key)
}

fn drifted_key(key: &str) -> String {
    key.strip_prefix("tags.").map_or_else(|| parameter_key(key), tag_key)
}

/// An input whose value is not known yet.
fn input(key: &str, wanted: &ValuesView<'_>) -> Option<Property> {
    let tag = || wanted.tags.get(key.strip_prefix("tags.")?);
    match wanted.parameters.get(key) {
        Some(parameter) => {
            let property = Property::may_change(&parameter_key(key), &parameter.value)?;
            Some(property.labelled(parameter.label.as_deref()))
        }
        None => Property::may_change(key, tag()?),
    }
}

/// A name. The id stands in for it where there is none, and beside it where both sides are called alike.
fn told(name: &str, id: &str, alike: bool) -> Shown {
    match name {
        "" => Shown::Text(id.to_owned()),
        name if alike => Shown::Text(format!("{name} ({id})")),
        name => Shown::Text(name.to_owned()),
    }
}

fn fields(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<Property> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let side = |text: Option<&String>| text.map_or(Shown::Absent, |text| Shown::Text(text.clone()));
    let differ = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    differ
        .filter_map(|key| Property::change(key, &side(before.get(key)), &side(after.get(key)), None))
        .collect()
}

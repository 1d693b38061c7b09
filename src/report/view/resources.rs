//! What a step does to resources, as the catalog told it: those that are replaced first.

use std::collections::BTreeSet;

use crate::catalog::{Preview, Recreation, ResourceAction, ResourceChange, ResourceDetail};
use crate::model::text::{count, listed, quote};

/// More properties of one resource than this are counted, not named.
const NAMES: usize = 12;

/// What a step does to resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourcesView<'a> {
    /// What it does, by how much is at stake.
    pub changes: Vec<ResourceView<'a>>,
    /// Why nobody knows.
    pub unknown: Option<&'a str>,
}

/// What becomes of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceView<'a> {
    /// As the catalog told it.
    pub change: &'a ResourceChange,
    /// In words, such as ``replaces `Database` (AWS::RDS::DBInstance): `Engine` changed``.
    pub text: String,
}

impl<'a> ResourcesView<'a> {
    pub(super) fn of(preview: &'a Preview) -> Self {
        match preview {
            Preview::Unknown(why) => Self { changes: Vec::new(), unknown: Some(why) },
            Preview::Known(changes) => {
                let mut changes: Vec<ResourceView<'a>> = changes.iter().map(ResourceView::of).collect();
                changes.sort_by_key(|one| one.change.action);
                Self { changes, unknown: None }
            }
        }
    }

    /// What of it is not to be overlooked.
    pub fn loud(&self) -> impl Iterator<Item = &ResourceView<'a>> {
        self.changes.iter().filter(|one| one.is_loud())
    }

    /// The rest.
    pub fn quiet(&self) -> impl Iterator<Item = &ResourceView<'a>> {
        self.changes.iter().filter(|one| !one.is_loud())
    }
}

impl<'a> ResourceView<'a> {
    fn of(change: &'a ResourceChange) -> Self {
        let what = format!("{} ({})", quote(&change.name), change.kind);
        let verb = match change.action {
            ResourceAction::Replace => "replaces",
            ResourceAction::MayReplace => "may replace",
            ResourceAction::Remove => "removes",
            ResourceAction::Modify => "changes",
            ResourceAction::Add => "adds",
        };
        let why = why(change);
        let text = if why.is_empty() { format!("{verb} {what}") } else { format!("{verb} {what}: {why}") };
        Self { change, text }
    }

    fn is_loud(&self) -> bool {
        self.change.replaces() || self.change.action == ResourceAction::Remove
    }
}

/// The properties behind a change; of a replacement, those that bring it about.
fn why(change: &ResourceChange) -> String {
    let most = change.details.iter().map(|detail| detail.recreation).max().unwrap_or(Recreation::Never);
    let wanted = if change.replaces() { most } else { Recreation::Never };
    let behind: Vec<&ResourceDetail> =
        change.details.iter().filter(|detail| detail.recreation >= wanted).collect();
    let named = |sure: bool| -> BTreeSet<String> {
        behind.iter().filter(|detail| detail.is_sure == sure).map(|detail| name(detail)).collect()
    };
    let sure = named(true);
    let unsure: BTreeSet<String> = named(false).difference(&sure).cloned().collect();
    let part = |names: &BTreeSet<String>, how: &str| {
        (!names.is_empty()).then(|| format!("{} {how}", listed(names, NAMES)))
    };
    let parts = [part(&sure, "changed"), part(&unsure, "may change")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn name(detail: &ResourceDetail) -> String {
    match &detail.name {
        Some(name) => quote(name),
        None => detail.attribute.to_lowercase(),
    }
}

/// How many resources a whole plan does what to; nothing where nobody asked.
pub(super) fn totals<'a>(previews: impl Iterator<Item = &'a Preview>) -> Option<String> {
    let (mut changes, mut unknown, mut any) = (Vec::new(), 0, false);
    for preview in previews {
        any = true;
        match preview {
            Preview::Known(more) => changes.extend(more.iter().map(|change| change.action)),
            Preview::Unknown(_) => unknown += 1,
        }
    }
    let n = |action| changes.iter().filter(|one| **one == action).count();
    let told = [
        (n(ResourceAction::Replace), "replaced"),
        (n(ResourceAction::MayReplace), "that may be replaced"),
        (n(ResourceAction::Remove), "removed"),
        (n(ResourceAction::Modify), "changed"),
        (n(ResourceAction::Add), "added"),
    ];
    let told = told.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
    let told = listed(told, usize::MAX);
    let told = if told.is_empty() { "none changes".to_owned() } else { told };
    let rest = match unknown {
        0 => String::new(),
        _ => format!("; {} not previewed", count(unknown, "step")),
    };
    any.then(|| format!("Resources: {told}{rest}."))
}

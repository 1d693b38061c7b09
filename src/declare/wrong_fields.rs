//! Which fields of declarations something is wrong with: what hangs on others can be said all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{DECLARED, OVERRIDE};
use super::yaml::Tree;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Severity};

/// The fields of one declaration that something is wrong with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrongFields {
    fields: BTreeSet<String>,
    /// A key is near to none, and may be meant for any that is not there.
    leaves_open: bool,
    /// Any may be another one than the one that is read.
    all: bool,
}

impl WrongFields {
    /// Whether something is wrong with one of these fields.
    #[must_use]
    pub fn touch(&self, fields: &[&str]) -> bool {
        self.all || fields.iter().any(|field| self.fields.contains(*field))
    }

    /// Whether one of these fields may be given where it cannot be read.
    #[must_use]
    pub fn may_give(&self, fields: &[&str]) -> bool {
        self.leaves_open || self.touch(fields)
    }

    fn take(&mut self, one: &Diagnostic, part: Part, below: &[Segment]) {
        let is_unknown = one.code == "unknown-key";
        let keys: Vec<Option<&str>> = below
            .iter()
            .map(|step| match step {
                Segment::Key(key) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        let field = match keys.as_slice() {
            // a declaration without a version may be meant for any
            [] if one.code == "missing" => Some("provisioning_artifact_name"),
            // its key is its name
            [] if ["bad-value", "too-long", "reserved"].contains(&one.code) => {
                Some("provisioned_product_name")
            }
            [] if one.code == "ambiguous" => Some("location"),
            // where a layer holds is not known, or that it holds
            [Some("overrides")] if !is_unknown => None,
            [Some("overrides"), None] if one.code == "matches-nothing" => Some("overrides"),
            [Some("overrides"), None, Some(key)] if is_unknown => {
                self.leaves_open |= OVERRIDE.near(key).is_none();
                OVERRIDE.near(key).or(Some("overrides"))
            }
            [Some("overrides"), None, Some("location" | "locations" | "where"), ..] => None,
            [Some("overrides"), None, inner @ ..] => own(inner, part),
            [Some(key)] if is_unknown => {
                self.leaves_open |= DECLARED.near(key).is_none();
                DECLARED.near(key).or(Some("overrides"))
            }
            all => own(all, part),
        };
        self.all |= field.is_none();
        self.fields.extend(field.map(str::to_owned));
    }
}

/// The field that keys within a layer lead to, as far as others hang on it.
fn own<'k>(keys: &[Option<&'k str>], part: Part) -> Option<&'k str> {
    match keys {
        [Some("lifecycle"), Some(inner), ..] => Some(inner),
        // what one parameter is worth says nothing of which ones there are
        [Some("parameters"), Some(_)] if part == Part::Key => Some("parameters"),
        [Some("parameters"), Some(_), ..] => Some("values"),
        [Some(field), ..] => Some(field),
        _ => None,
    }
}

/// What is wrong with each declaration that something is wrong with.
pub(super) fn wrong_fields(problems: &Diagnostics, trees: &[&Tree<'_>]) -> BTreeMap<String, WrongFields> {
    let trees: BTreeMap<&str, &Tree<'_>> = trees.iter().map(|tree| (&*tree.source.path, *tree)).collect();
    let mut all: BTreeMap<String, WrongFields> = BTreeMap::new();
    for one in problems.0.iter().filter(|one| one.severity == Severity::Error) {
        let Some(key) = one.declaration() else { continue };
        let way = match &one.place {
            Some(Place::Node { path, part, .. }) => Some((path.clone(), *part)),
            Some(Place::Bytes { file, start, .. }) => {
                trees.get(&**file).map(|tree| (tree.way_to(*start), Part::Value))
            }
            _ => None,
        };
        let wrong = all.entry(key.to_owned()).or_default();
        match way.as_ref().map(|(path, part)| (path.as_slice(), *part)) {
            Some(([Segment::Key(top), below @ ..], part)) if top == "defaults" => {
                wrong.take(one, part, below);
            }
            Some(([Segment::Key(top), Segment::Key(_), below @ ..], part))
                if top == "provisioned_products" =>
            {
                wrong.take(one, part, below);
            }
            _ => wrong.all = true,
        }
    }
    all
}

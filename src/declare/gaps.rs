//! What of a declaration is not read: fields of the wrong shape, and keys that are none. What may only be wrong because of
//! them is not told, and everything else is.

use std::collections::HashSet;

use super::desired::OpenChoice;
use super::fields::{DECLARED, OVERRIDE};
use provisor_model::diagnostic::{Diagnostic, Place, Segment};

/// The fields that say where a declaration stands.
const PLACING: [&str; 2] = ["location", "locations"];

/// The field that holds layers which are not read.
const LAYERS: &str = "overrides";

/// The fields that say what is provisioned, and under which name.
const CHOOSING: [&str; 9] = [
    "product_name",
    "product_id",
    "provisioning_artifact",
    "provisioning_artifact_name",
    "provisioning_artifact_id",
    "path_name",
    "path_id",
    "provisioned_product_name",
    "ignore_changes",
];

/// The gaps of one declaration, or of the defaults of a file.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Where something has the wrong shape: what stands at or below it is not judged further.
    places: Vec<Vec<Segment>>,
    /// The fields that hold it.
    misshapen: HashSet<String>,
    /// The fields that are near to keys that are none.
    meant: HashSet<&'static str>,
    /// A key is near to none, and may be meant for any.
    meant_any: bool,
}

impl Gaps {
    /// Takes up where something has the wrong shape; `below` is the way from the declaration to it, and `written` the override
    /// that it is in, if it is in one.
    pub fn misshapen(&mut self, path: &[Segment], below: &[Segment], written: &str) {
        self.places.push(path.to_owned());
        let (is_override, fields) = within(below);
        let field =
            named(fields).filter(|field| !is_override || ![PLACING[0], PLACING[1], "where"].contains(field));
        let field = field.unwrap_or(LAYERS);
        self.misshapen.insert(field.to_owned());
        // where a layer holds is not known, or what it says: it may choose something else
        if field == LAYERS {
            let chosen = CHOOSING.iter().filter(|field| written.contains(*field));
            self.misshapen.extend(chosen.map(|field| (*field).to_owned()));
        }
    }

    /// Takes up a key that is none.
    pub fn unknown(&mut self, below: &[Segment]) {
        let (is_override, fields) = within(below);
        let table = if is_override { &OVERRIDE } else { &DECLARED };
        let near = match fields {
            [Segment::Key(key)] => table.near(key),
            [Segment::Key(field), ..] => table.field(field).map(|field| field.name),
            _ => None,
        };
        let is_ignoring = matches!(fields, [_, Segment::Key(key)] if key.starts_with("ignore"));
        self.meant.extend(near.map(|near| if is_ignoring { "ignore_changes" } else { near }));
        self.meant_any |= near.is_none();
    }

    /// Whether nobody knows where it stands.
    pub fn is_displaced(&self) -> bool {
        PLACING.iter().any(|field| self.holds(field))
    }

    /// What of the choice is not known.
    pub fn unread(&self) -> OpenChoice {
        let any = |start: &str| CHOOSING.iter().any(|field| field.starts_with(start) && self.holds(field));
        OpenChoice {
            product: any("product_"),
            // a version that stays may be another one
            version: any("provisioning_artifact") || any("ignore_changes"),
            path: any("path_"),
            place: self.is_displaced(),
        }
    }

    /// Whether one of these fields may be given, and not read.
    pub fn hides(&self, fields: &[&str]) -> bool {
        self.meant_any || self.holds(LAYERS) || fields.iter().any(|field| self.holds(field))
    }

    /// Whether another product, version or place may be meant than the one that is read.
    pub fn is_another(&self) -> bool {
        CHOOSING.iter().chain(&PLACING).any(|field| self.holds(field))
    }

    /// Whether a finding is about something of the wrong shape, which is told as such.
    pub fn covers(&self, one: &Diagnostic) -> bool {
        let Some(Place::Node { path, .. }) = &one.place else { return false };
        self.places.iter().any(|place| path.starts_with(place))
    }

    fn holds(&self, field: &str) -> bool {
        self.misshapen.contains(field) || self.meant.contains(field)
    }
}

/// What lies within an override, or in the declaration itself.
fn within(below: &[Segment]) -> (bool, &[Segment]) {
    match below {
        [Segment::Key(top), Segment::Index(_), inner @ ..] if top == "overrides" => (true, inner),
        _ => (false, below),
    }
}

fn named(fields: &[Segment]) -> Option<&str> {
    match fields {
        [Segment::Key(lifecycle), Segment::Key(inner), ..]
            if lifecycle == "lifecycle" && inner == "ignore_changes" =>
        {
            Some(inner)
        }
        [Segment::Key(field), ..] => Some(field),
        _ => None,
    }
}

//! Typed documents, decoded by serde_yaml from what has passed the check and was merged. That does not fail: should it,
//! that is a finding of its own.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment as Step;
use serde_yaml::Value;

use provisor_model::diagnostic::{Diagnostic, Segment};

/// What serde_yaml did not take, and where below the value.
#[derive(Debug)]
pub(super) struct Undecoded {
    /// The way to it.
    pub path: Vec<Segment>,
    /// What to say; the caller knows where.
    pub diagnostic: Box<Diagnostic>,
}

/// Decodes a value that was made from what has passed the check.
pub(super) fn decoded<T: DeserializeOwned>(value: Value) -> Result<T, Undecoded> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let step = |step: &Step| match step {
            Step::Seq { index } => Some(Segment::Index(*index)),
            Step::Map { key } => Some(Segment::Key(key.clone())),
            Step::Enum { .. } | Step::Unknown => None,
        };
        let path = error.path().iter().filter_map(step).collect();
        let diagnostic = Diagnostic::error("undecoded", "provisor cannot read what its own check has passed")
            .note(error.inner().to_string());
        Undecoded { path, diagnostic: Box::new(diagnostic) }
    })
}

//! What stands for a secret in plans and state: the same digest wherever the same text is meant.

use crate::model::template::{Piece, Template};
use crate::model::value::{DigestKey, KeyedDigest};

/// The digest of a filled value, as state keeps it. `CloudFormation` trims values, and so does this.
#[must_use]
pub fn value_digest(key: &DigestKey, parameter: &str, value: &str) -> KeyedDigest {
    key.digest(parameter, value.trim())
}

/// The digest of a value that may still have holes. Without holes it is [`value_digest`].
#[must_use]
pub fn secret_digest(key: &DigestKey, parameter: &str, template: &Template) -> KeyedDigest {
    match template.as_text() {
        Some(text) => value_digest(key, parameter, text),
        None => key.digest(&format!("{parameter} with holes"), &canonical(template)),
    }
}

fn canonical(template: &Template) -> String {
    template
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => format!("t{}:{text}", text.len()),
            Piece::Reference(reference) => format!("r{}.{};", reference.of, reference.what),
        })
        .collect()
}

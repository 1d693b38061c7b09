//! Saved plans: a plan as a versioned, signed text without secrets, and back. Pure: reading and writing the file itself is the caller's.
//!
//! The text is one JSON document, a step to a line. Its last member is a signature over every byte before it, made with the
//! state's own key and checked before anything else in the text is believed.

mod about;
mod document;
mod error;
mod form;
mod previews;
mod reasons;
mod secrets;
mod stale;
mod steps;
mod words;

use sha2::{Digest, Sha256};

use super::Plan;
use crate::model::secret::{DigestKey, hex};
use document::Document;
use form::Form;

pub use about::{About, OutOfTime, Route, routes};
pub use document::{Header, Saved};
pub use error::PlanFileError;
pub use secrets::{Mismatch, SecretProblem, fill_secrets};
pub use stale::stale;

/// The longest text that is read as a saved plan, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// Keeps plan signatures apart from whatever else the key signs.
const SCOPE: &[u8] = b"planfile";
const MAC: &str = ",\n\"mac\":\"";
const END: &str = "\"}\n";

/// What reviewers approve: SHA-256, in hexadecimal, of the steps: their order, actions, values and reasons.
///
/// Two plans that do the same have the same fingerprint, whenever, by whichever version and with whichever key they were made. Of a
/// secret there is in it whether it is sent or kept, and, through the reasons, whether it changes: no digest, so nobody can try
/// guesses against a fingerprint. Notes and labels are remarks and spelling, and stay out.
#[must_use]
pub fn fingerprint(plan: &Plan) -> String {
    let mut hash = Sha256::new_with_prefix("provisor.plan/v1");
    for step in &plan.steps {
        let step: steps::Step = step.write();
        hash.update("\n");
        hash.update(document::json(&step.timeless()));
    }
    hex(&hash.finalize())
}

/// The plan as text, signed with the state's key. Equal plans give equal texts.
#[must_use]
pub fn save(plan: &Plan, about: &About, key: &DigestKey) -> String {
    let mut text = document::text(plan, about, &fingerprint(plan));
    let mac = key.sign(&[SCOPE, text.as_bytes()]);
    text.extend([MAC, &mac, END]);
    text
}

/// The plan that was saved, but for the texts of its secrets: [`fill_secrets`] puts those back.
///
/// # Errors
/// See [`PlanFileError`]. A plan made from another state fails as [`PlanFileError::Tampered`]; [`peek`] tells the lineage beforehand.
pub fn load(text: &str, key: &DigestKey) -> Result<Saved, PlanFileError> {
    peek(text)?;
    let (body, mac) = text
        .strip_suffix(END)
        .and_then(|text| text.rsplit_once(MAC))
        .filter(|(_, mac)| !mac.bytes().any(|byte| byte.is_ascii_uppercase()))
        .ok_or(PlanFileError::Tampered)?;
    if !key.verify(&[SCOPE, body.as_bytes()], mac) {
        return Err(PlanFileError::Tampered);
    }
    let document: Document = serde_json::from_str(text).map_err(|error| PlanFileError::of_json(&error))?;
    Ok(document.saved())
}

/// What the text says of itself, without proof.
///
/// # Errors
/// Those of [`PlanFileError`] that need no key.
pub fn peek(text: &str) -> Result<Header, PlanFileError> {
    if text.len() > MAX_BYTES {
        return Err(PlanFileError::TooLong { bytes: text.len(), limit: MAX_BYTES });
    }
    Header::read(text)
}

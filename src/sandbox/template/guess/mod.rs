//! What is made up: identifiers, attributes, values that only an account knows. Everything comes from fixed words by
//! digests, so it is the same in every run.
//!
//! Knowledge of AWS's resource types stands here and nowhere else, as data: `resource_types.txt`, `schemas.txt` and
//! `replacements.txt`. It is frozen: nothing is added unless a user's template fails without it.

pub(crate) mod attributes;
mod names;
mod replacement;
mod schemas;
mod source;

pub use replacement::Replacement;

pub(crate) use names::{guess, of_type};
pub(crate) use replacement::recreation;
pub(crate) use source::Source;

//! What was written, or would be: `provisor.files/v1` has `files` (`path`, and their `text` where they were only shown) and
//! `to_fill`, what has no value yet.

use serde::Serialize;

use super::printed;

/// A file that was written, or is only shown.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct WrittenFile<'a> {
    /// Where it is, as it was asked for.
    pub path: &'a str,
    /// What is in it, where it was only shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
}

/// The files, and the names of what somebody has to fill in.
#[must_use]
pub fn files(files: &[WrittenFile<'_>], to_fill: &[&str]) -> String {
    printed(&FilesDoc { format: "provisor.files/v1", files, to_fill })
}

#[derive(Serialize)]
struct FilesDoc<'a> {
    format: &'static str,
    files: &'a [WrittenFile<'a>],
    to_fill: &'a [&'a str],
}

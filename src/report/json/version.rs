//! Which program this is.

use serde::Serialize;

use super::printed;

/// The version, the commit it was built of where the build was told, and what it was built for.
#[must_use]
pub fn version(version: &str, commit: Option<&str>, target: &str) -> String {
    printed(&VersionDoc { format: "provisor.version/v1", version, commit, target })
}

#[derive(Serialize)]
struct VersionDoc<'a> {
    format: &'static str,
    version: &'a str,
    commit: Option<&'a str>,
    target: &'a str,
}

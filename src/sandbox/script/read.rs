//! Reads sandbox.yaml and turns whatever is wrong with it into file, line and column.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Script;
use super::positions::{Position, positions};

/// A world file on disk: its text and where its values stand.
pub(crate) struct Source {
    pub path: PathBuf,
    positions: BTreeMap<String, Position>,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub file: PathBuf,
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl Source {
    /// The folder that paths in the file are relative to.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// A problem with the value at `path`, or with its nearest known parent.
    pub(crate) fn problem(&self, path: &str, message: impl Into<String>) -> Problem {
        let mut nearest = path;
        let (line, column) = loop {
            if let Some(&at) = self.positions.get(nearest) {
                break at;
            }
            let Some(cut) = nearest.rfind(['.', '[']) else {
                break (1, 1);
            };
            nearest = nearest.get(..cut).unwrap_or_default();
        };
        Problem { file: self.path.clone(), line, column, message: message.into() }
    }
}

/// Reads and decodes the file; the values' meaning is not checked yet.
pub(crate) fn load(path: &Path) -> Result<(Script, Source), Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| Problem {
        file: path.to_owned(),
        line: 1,
        column: 1,
        message: format!("cannot read the sandbox's world: {error}"),
    })?;
    let script = serde_yaml::from_str::<Script>(&text).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |at| (at.line(), at.column()));
        Problem { file: path.to_owned(), line, column, message: without_position(&error.to_string()) }
    })?;
    let source = Source { path: path.to_owned(), positions: positions(&text) };
    check_head(&script, &source)?;
    Ok((script, source))
}

fn without_position(message: &str) -> String {
    let cut = message.rfind(" at line ").unwrap_or(message.len());
    message.get(..cut).unwrap_or(message).to_owned()
}

fn check_head(script: &Script, source: &Source) -> Result<(), Problem> {
    let account = script.account_id.as_str();
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("`{account}` is not a 12-digit account id; quote it to keep leading zeros");
        return Err(source.problem("account_id", message));
    }
    if script.format != 1 {
        return Err(
            source.problem("format", format!("format {} is unknown; this version reads 1", script.format))
        );
    }
    if !(script.time_scale.is_finite() && script.time_scale > 0.0 && script.time_scale <= 1e6) {
        return Err(source.problem("time_scale", "time_scale is above 0 and at most 1000000"));
    }
    let region = script.region.as_str();
    if region.is_empty() || !region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        return Err(source.problem("region", format!("`{region}` is not a region's name")));
    }
    Ok(())
}

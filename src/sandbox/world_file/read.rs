//! Reads sandbox.yaml and turns whatever is wrong with it into file, line and column.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::positions::{Position, positions};
use super::words::plain;
use super::{OperationName, WorldFile, limits};

/// A world file on disk: its text and where its values stand.
pub(crate) struct Source {
    pub path: PathBuf,
    pub text: String,
    positions: BTreeMap<String, Position>,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub file: PathBuf,
    /// Line and column; none if it is about the file as a whole.
    pub place: Option<Position>,
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
        let place = loop {
            if let Some(&at) = self.positions.get(nearest) {
                break at;
            }
            let Some(cut) = nearest.rfind(['.', '[']) else {
                break (1, 1);
            };
            nearest = nearest.get(..cut).unwrap_or_default();
        };
        Problem { file: self.path.clone(), place: Some(place), message: message.into() }
    }
}

/// Reads and decodes the file; the values' meaning is not checked yet.
pub(crate) fn load(path: &Path) -> Result<(WorldFile, Source), Problem> {
    let nowhere = |message: String| Problem { file: path.to_owned(), place: None, message };
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => nowhere("there is no such world file".to_owned()),
        _ => nowhere(format!("cannot read the world file: {error}")),
    })?;
    let positions = positions(&text);
    if positions.is_empty() && text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#'))
    {
        return Err(nowhere("the world file says nothing; it needs `portfolios:`".to_owned()));
    }
    let source = Source { path: path.to_owned(), text, positions };
    let script = decode(&source)?;
    check_head(&script, &source)?;
    Ok((script, source))
}

fn decode(source: &Source) -> Result<WorldFile, Problem> {
    let decoder = serde_yaml::Deserializer::from_str(&source.text);
    serde_path_to_error::deserialize(decoder).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        let fault = fault_at(&source.text, &path);
        let message = plain(&error.to_string(), &path, fault);
        let place = error.location().map(|at| (at.line(), at.column()));
        Problem { file: source.path.clone(), place, message }
    })
}

/// What the fault at this path is about, if it is the outcome of one.
fn fault_at(text: &str, path: &str) -> Option<Option<OperationName>> {
    let (index, rest) = path.strip_prefix("faults[")?.split_once(']')?;
    let all: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
    let entry = all.get("faults")?.get(index.parse::<usize>().ok()?)?;
    rest.starts_with(".outcome").then(|| about(entry.get("operation").and_then(serde_yaml::Value::as_str)))
}

fn about(operation: Option<&str>) -> Option<OperationName> {
    operation.and_then(OperationName::from_text)
}

/// Decodes what somebody sent to the control endpoint.
pub(crate) fn from_json<T: DeserializeOwned>(body: &[u8], example: &str) -> Result<T, String> {
    let value: serde_json::Value = serde_json::from_slice(body)
        .map_err(|error| format!("the body is no JSON ({error}); send, for example, {example}"))?;
    let operation = about(value.get("operation").and_then(serde_json::Value::as_str));
    serde_path_to_error::deserialize(value).map_err(|error: serde_path_to_error::Error<serde_json::Error>| {
        let path = error.path().to_string();
        let message =
            plain(&error.inner().to_string(), &path, path.starts_with("outcome").then_some(operation));
        if matches!(path.as_str(), "." | "?") { message } else { format!("`{path}`: {message}") }
    })
}

fn check_head(script: &WorldFile, source: &Source) -> Result<(), Problem> {
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
    if !limits::is_region(region) {
        return Err(source.problem("region", limits::no_region(region)));
    }
    Ok(())
}

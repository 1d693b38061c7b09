//! The only place that knows how state is written: versioned JSON, of the local store's entries and of the export
//! document that backups and `state pull` hold. No files here, and no rules about what a state may say.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::head::{Head, Meta};
use super::history::Past;
use super::{Recorded, Row, StateError};
use crate::model::ids::{Address, Lineage};

mod content;
mod entries;
mod row;

/// The version that this provisor writes, and the highest it reads: of the store and of the export document.
pub const VERSION: u32 = 1;

const EXPORT: &str = "provisor.state/v";

/// Why bytes are not what they should be.
#[derive(Debug)]
pub(super) enum Undecodable {
    /// A later provisor wrote them.
    Newer(u32),
    /// They are no such thing.
    Wrong(String),
}

impl Undecodable {
    /// As the store's error; `what` names the entry.
    pub(super) fn of(self, what: &str, hint: &str) -> StateError {
        match self {
            Self::Newer(found) => StateError::Newer { found, known: VERSION },
            Self::Wrong(reason) => {
                StateError::Corrupt { reason: format!("{what}: {reason}"), hint: hint.to_owned() }
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<T> {
    schema: u32,
    data: T,
}

/// Reads nothing but the version, whatever else there is.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    lineage: String,
    serial: u64,
    rows: Vec<row::RowDto>,
}

#[derive(Deserialize)]
struct Format {
    format: String,
}

/// The whole state as one JSON document, `provisor.state/v1`: the same state gives the same bytes. Holds no secret and
/// no key.
///
/// # Errors
/// [`StateError::Io`] if JSON cannot be made of it.
pub fn export(recorded: &Recorded) -> Result<String, StateError> {
    let document = Document {
        format: format!("{EXPORT}{VERSION}"),
        lineage: recorded.lineage.to_string(),
        serial: recorded.serial,
        rows: recorded.rows.iter().map(|(address, row)| row::RowDto::new(address, row)).collect(),
    };
    let text = serde_json::to_string_pretty(&document).map_err(|error| unwritable("the export", error))?;
    Ok(text + "\n")
}

/// Reads what [`export`] wrote, and checks it.
///
/// # Errors
/// [`StateError::Newer`], [`StateError::Corrupt`] with line and column, or with the row that breaks an invariant.
pub fn import(text: &str) -> Result<Recorded, StateError> {
    let hint = "give a file that `provisor state pull` or a backup made";
    let wrong = |reason: String| StateError::Corrupt {
        reason: format!("the export: {reason}"),
        hint: hint.to_owned(),
    };
    let Format { format } = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    match format.strip_prefix(EXPORT).and_then(|version| version.parse().ok()) {
        Some(VERSION) => {}
        Some(found) if found > VERSION => {
            return Err(StateError::Newer { found, known: VERSION });
        }
        _ => return Err(wrong(format!("`{format}` is not a format that was ever written"))),
    }
    let document: Document = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let mut recorded = Recorded::empty(Lineage::new(document.lineage));
    recorded.serial = document.serial;
    for dto in document.rows {
        let (address, row) = dto.row().map_err(wrong)?;
        if recorded.rows.insert(address.clone(), row).is_some() {
            return Err(wrong(format!("`{address}` stands in it twice")));
        }
    }
    recorded.verify().map_err(|broken| wrong(broken.to_string()))?;
    Ok(recorded)
}

pub(super) fn encode_row(address: &Address, row: &Row) -> Result<Vec<u8>, StateError> {
    encode("a row", row::RowDto::new(address, row))
}

pub(super) fn decode_row(bytes: &[u8]) -> Result<(Address, Row), Undecodable> {
    decode::<row::RowDto>(bytes)?.row().map_err(Undecodable::Wrong)
}

pub(super) fn encode_head(head: &Head) -> Result<Vec<u8>, StateError> {
    encode("HEAD", entries::HeadDto::from(head))
}

pub(super) fn decode_head(bytes: &[u8]) -> Result<Head, Undecodable> {
    decode::<entries::HeadDto>(bytes).map(Head::from)
}

pub(super) fn encode_meta(meta: &Meta) -> Result<Vec<u8>, StateError> {
    encode("the meta entry", entries::MetaDto::from(meta))
}

pub(super) fn decode_meta(bytes: &[u8]) -> Result<Meta, Undecodable> {
    decode::<entries::MetaDto>(bytes).map(Meta::from)
}

pub(super) fn encode_past(past: &Past) -> Result<Vec<u8>, StateError> {
    encode("a history entry", entries::PastDto::from(past))
}

pub(super) fn decode_past(serial: u64, bytes: &[u8]) -> Result<Past, Undecodable> {
    decode::<entries::PastDto>(bytes)?.past(serial).map_err(Undecodable::Wrong)
}

fn encode<T: Serialize>(what: &str, data: T) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec(&Envelope { schema: VERSION, data }).map_err(|error| unwritable(what, error))
}

/// The strict reading first: the version matters only to bytes that this provisor cannot read.
fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Undecodable> {
    let newer = |found: u32| {
        if found > VERSION { Some(Undecodable::Newer(found)) } else { None }
    };
    match serde_json::from_slice::<Envelope<T>>(bytes) {
        Ok(envelope) if envelope.schema == VERSION => Ok(envelope.data),
        Ok(Envelope { schema, .. }) => {
            Err(newer(schema)
                .unwrap_or_else(|| Undecodable::Wrong(format!("schema {schema} was never written"))))
        }
        Err(error) => Err(serde_json::from_slice(bytes)
            .ok()
            .and_then(|Version { schema }| newer(schema))
            .unwrap_or_else(|| Undecodable::Wrong(error.to_string()))),
    }
}

fn unwritable(what: &str, error: serde_json::Error) -> StateError {
    StateError::Io { doing: format!("writing {what} as JSON"), source: error.into() }
}

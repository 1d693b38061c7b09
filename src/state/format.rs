//! How state is written: versioned JSON, of what stands at an address, and of the export document that backups and `state
//! pull` hold. No files here, and no rules about what a state may say.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Recorded, Row, StateError, Tombstone};
use provisor_model::ids::{Address, Lineage};

mod content;
mod previews;
mod row;
mod v1;

pub(super) use previews::{head_line, note_line, notes};
pub(super) use row::{AuthorDto, KindDto, address, author};
pub(super) use v1::{OldRow, migrated};

/// The version that this provisor writes, and the highest it reads: of the store and of the export document.
pub const VERSION: u32 = 2;

const EXPORT: &str = "provisor.statefile/v";

/// Exports of format 1 shared their name with the document of `show --json`.
const EXPORT_OF_1: &str = "provisor.state/v1";

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
struct Schema {
    schema: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    format: String,
    lineage: String,
    serial: u64,
    rows: Vec<row::RowDto>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tombstones: Vec<row::TombstoneDto>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OldExport {
    #[serde(rename = "format")]
    _format: String,
    lineage: String,
    serial: u64,
    rows: Vec<v1::RowDto>,
}

#[derive(Deserialize)]
struct ExportFormat {
    format: String,
}

/// The whole state as one JSON document, `provisor.statefile/v2`: the same state gives the same bytes. Holds no secret and
/// no key.
///
/// # Errors
/// [`StateError::Io`] if JSON cannot be made of it.
pub fn export(recorded: &Recorded) -> Result<String, StateError> {
    let rows = recorded.rows.iter().map(|(address, row)| row::RowDto::new(address, row));
    let stones = recorded.tombstones.iter().map(|(address, stone)| row::TombstoneDto::new(address, stone));
    let document = Export {
        format: format!("{EXPORT}{VERSION}"),
        lineage: recorded.lineage.to_string(),
        serial: recorded.serial,
        rows: rows.collect(),
        tombstones: stones.collect(),
    };
    let text = serde_json::to_string_pretty(&document).map_err(|error| unwritable("the export", error))?;
    Ok(text + "\n")
}

/// Reads what [`export`] wrote, in this version or an earlier one, and checks it.
///
/// # Errors
/// [`StateError::Newer`], [`StateError::Corrupt`] with line and column, or with the row that breaks an invariant.
pub fn import(text: &str) -> Result<Recorded, StateError> {
    let wrong = |reason: String| StateError::Corrupt {
        reason: format!("the export: {reason}"),
        hint: "give a file that `provisor state pull` or a backup made".to_owned(),
    };
    let of_json = |error: serde_json::Error| wrong(error.to_string());
    let ExportFormat { format } = serde_json::from_str(text).map_err(of_json)?;
    let recorded = if format == EXPORT_OF_1 {
        imported_of_1(serde_json::from_str(text).map_err(of_json)?).map_err(wrong)?
    } else {
        match format.strip_prefix(EXPORT).and_then(|version| version.parse().ok()) {
            Some(VERSION) => imported(serde_json::from_str(text).map_err(of_json)?).map_err(wrong)?,
            Some(found) if found > VERSION => return Err(StateError::Newer { found, known: VERSION }),
            _ => return Err(wrong(format!("`{format}` is not a format that was ever written"))),
        }
    };
    recorded.verify().map_err(|broken| wrong(broken.to_string()))?;
    Ok(recorded)
}

fn imported(document: Export) -> Result<Recorded, String> {
    let mut recorded = Recorded::empty(Lineage::new(document.lineage));
    recorded.serial = document.serial;
    for dto in document.rows {
        let (address, row) = dto.row()?;
        if recorded.rows.insert(address.clone(), row).is_some() {
            return Err(twice(&address));
        }
    }
    for dto in document.tombstones {
        let (address, stone) = dto.tombstone()?;
        if recorded.rows.contains_key(&address)
            || recorded.tombstones.insert(address.clone(), stone).is_some()
        {
            return Err(twice(&address));
        }
    }
    Ok(recorded)
}

fn imported_of_1(document: OldExport) -> Result<Recorded, String> {
    let lineage = Lineage::new(document.lineage);
    let mut old = std::collections::BTreeMap::new();
    for dto in document.rows {
        let (address, row) = dto.row()?;
        if old.insert(address.clone(), row).is_some() {
            return Err(twice(&address));
        }
    }
    let (rows, tombstones) = migrated(&lineage, old);
    Ok(Recorded { lineage, serial: document.serial, rows, tombstones })
}

fn twice(address: &Address) -> String {
    format!("`{address}` stands in it twice")
}

/// What an entry of a store says.
pub(super) enum Entry {
    Row(Box<Row>),
    Tombstone(Tombstone),
    /// A row of format 1, which is not whole before all are there: see [`migrated`].
    OldRow(Box<OldRow>),
}

pub(super) fn encode_row(address: &Address, row: &Row) -> Result<Vec<u8>, StateError> {
    encode("a row", row::EntryDto::Row(Box::new(row::RowDto::new(address, row))))
}

pub(super) fn encode_tombstone(address: &Address, stone: &Tombstone) -> Result<Vec<u8>, StateError> {
    encode("a tombstone", row::EntryDto::Tombstone(row::TombstoneDto::new(address, stone)))
}

pub(super) fn decode_entry(bytes: &[u8]) -> Result<(Address, Entry), Undecodable> {
    let read = match decode::<row::EntryDto, v1::RowDto>(bytes)? {
        Decoded::Current(row::EntryDto::Row(dto)) => {
            dto.row().map(|(address, row)| (address, Entry::Row(Box::new(row))))
        }
        Decoded::Current(row::EntryDto::Tombstone(dto)) => {
            dto.tombstone().map(|(address, stone)| (address, Entry::Tombstone(stone)))
        }
        Decoded::Of1(dto) => dto.row().map(|(address, old)| (address, Entry::OldRow(Box::new(old)))),
    };
    read.map_err(Undecodable::Wrong)
}

/// The bytes of a document in the version that this provisor writes.
pub(super) fn encode<T: Serialize>(what: &str, data: T) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec(&Envelope { schema: VERSION, data }).map_err(|error| unwritable(what, error))
}

/// What is in the bytes: of this version, or of the first.
pub(super) enum Decoded<T, Old> {
    Current(T),
    Of1(Old),
}

/// The strict reading first: the version matters only to bytes that this provisor cannot read as its own.
pub(super) fn decode<T: DeserializeOwned, Old: DeserializeOwned>(
    bytes: &[u8],
) -> Result<Decoded<T, Old>, Undecodable> {
    let wrong = |error: serde_json::Error| Undecodable::Wrong(error.to_string());
    let strict = serde_json::from_slice::<Envelope<T>>(bytes);
    let schema = match &strict {
        Ok(envelope) => Some(envelope.schema),
        Err(_) => serde_json::from_slice(bytes).ok().map(|Schema { schema }| schema),
    };
    match schema {
        Some(v1::VERSION) => {
            serde_json::from_slice(bytes).map(|Envelope { data, .. }| Decoded::Of1(data)).map_err(wrong)
        }
        Some(found) if found > VERSION => Err(Undecodable::Newer(found)),
        Some(VERSION) | None => strict.map(|Envelope { data, .. }| Decoded::Current(data)).map_err(wrong),
        Some(found) => Err(Undecodable::Wrong(format!("schema {found} was never written"))),
    }
}

fn unwritable(what: &str, error: serde_json::Error) -> StateError {
    StateError::Io { doing: format!("writing {what} as JSON"), source: error.into() }
}

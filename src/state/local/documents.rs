//! The store's own entries as JSON: HEAD, meta, history. Shapes only; `head.rs` decides what they mean.

use serde::{Deserialize, Serialize};

use super::head::{Head, HeadFile, Meta};
use crate::StateError;
use crate::format::{AuthorDto, Decoded, KindDto, Undecodable, VERSION, address, author, decode, encode};
use crate::past::Past;
use provisor_model::time::Timestamp;

/// Where format 1 kept its store.
pub(super) const FIRST_FOLDER: &str = "store";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadDto {
    lineage: String,
    serial: u64,
    digest: String,
    folder: String,
    /// Only there while it is so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    telling: bool,
    /// Written since another key is told from this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OldHeadDto {
    lineage: String,
    serial: u64,
    digest: String,
}

/// The same in both formats.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MetaDto {
    lineage: String,
    serial: u64,
    /// The digest of the commit before.
    previous: String,
    digest: String,
    /// How many rows and tombstones there are, and the sum over their contents.
    rows: usize,
    sum: String,
}

/// Format 1 had no `by` and no `ended`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PastDto {
    address: String,
    event: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<KindDto>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<i64>,
    /// Written since it is known; earlier entries of this format have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<AuthorDto>,
}

pub(super) fn encode_head(file: &HeadFile) -> Result<Vec<u8>, StateError> {
    let HeadFile { head: Head { lineage, serial, digest }, folder, telling, key, .. } = file.clone();
    encode("HEAD", HeadDto { lineage: lineage.to_string(), serial, digest, folder, telling, key })
}

pub(super) fn decode_head(bytes: &[u8]) -> Result<HeadFile, Undecodable> {
    Ok(match decode::<HeadDto, OldHeadDto>(bytes)? {
        Decoded::Current(HeadDto { lineage, serial, digest, folder, telling, key }) => {
            if !is_store_folder(&folder) {
                return Err(Undecodable::Wrong(format!("`{folder}` is no folder of a store")));
            }
            let head = Head { lineage: lineage.into(), serial, digest };
            HeadFile { head, folder, format: VERSION, telling, key }
        }
        Decoded::Of1(OldHeadDto { lineage, serial, digest }) => HeadFile {
            head: Head { lineage: lineage.into(), serial, digest },
            folder: FIRST_FOLDER.to_owned(),
            format: 1,
            telling: false,
            key: None,
        },
    })
}

/// `store`, `store-2`, `store-3` and so on: nothing else is ever opened, or taken away.
pub(super) fn is_store_folder(name: &str) -> bool {
    let number = name.strip_prefix(FIRST_FOLDER);
    number.is_some_and(|rest| rest.is_empty() || folder_number(name).is_some_and(|number| number > 1))
}

/// Which of its kind a folder is, from 1.
pub(super) fn folder_number(name: &str) -> Option<u64> {
    match name.strip_prefix(FIRST_FOLDER)? {
        "" => Some(1),
        rest => rest.strip_prefix('-')?.parse().ok(),
    }
}

pub(super) fn encode_meta(meta: &Meta) -> Result<Vec<u8>, StateError> {
    let Meta { head: Head { lineage, serial, digest }, previous, rows, sum } = meta.clone();
    encode("the meta entry", MetaDto { lineage: lineage.to_string(), serial, previous, digest, rows, sum })
}

pub(super) fn decode_meta(bytes: &[u8]) -> Result<Meta, Undecodable> {
    let (Decoded::Current(dto) | Decoded::Of1(dto)) = decode::<MetaDto, MetaDto>(bytes)?;
    let MetaDto { lineage, serial, previous, digest, rows, sum } = dto;
    Ok(Meta { head: Head { lineage: lineage.into(), serial, digest }, previous, rows, sum })
}

pub(super) fn encode_past(past: &Past) -> Result<Vec<u8>, StateError> {
    let dto = PastDto {
        address: past.address.to_string(),
        event: past.event.clone(),
        kind: past.kind.map(KindDto::from),
        record: past.record.as_ref().map(ToString::to_string),
        sent: past.sent.map(|sent| sent.0),
        ended: past.ended.map(|ended| ended.0),
        by: past.by.as_deref().map(AuthorDto::from),
    };
    encode("a history entry", dto)
}

pub(super) fn decode_past(serial: u64, bytes: &[u8]) -> Result<Past, Undecodable> {
    let (Decoded::Current(dto) | Decoded::Of1(dto)) = decode::<PastDto, PastDto>(bytes)?;
    Ok(Past {
        serial,
        address: address(&dto.address).map_err(Undecodable::Wrong)?,
        event: dto.event,
        kind: dto.kind.map(Into::into),
        record: dto.record.map(Into::into),
        sent: dto.sent.map(Timestamp),
        ended: dto.ended.map(Timestamp),
        by: dto.by.map(author),
    })
}

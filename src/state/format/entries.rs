//! The store's own entries as JSON: HEAD, meta, history. Shapes only; `head.rs` decides what they mean.

use serde::{Deserialize, Serialize};

use super::row::{KindDto, address};
use crate::model::time::Timestamp;
use crate::state::head::{Head, Meta};
use crate::state::history::Past;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadDto {
    lineage: String,
    serial: u64,
    digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MetaDto {
    lineage: String,
    serial: u64,
    /// The digest of the commit before.
    previous: String,
    digest: String,
    /// How many rows there are, and the sum over their contents.
    rows: usize,
    sum: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PastDto {
    address: String,
    event: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<KindDto>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<i64>,
}

impl From<&Head> for HeadDto {
    fn from(head: &Head) -> Self {
        Self { lineage: head.lineage.to_string(), serial: head.serial, digest: head.digest.clone() }
    }
}

impl From<HeadDto> for Head {
    fn from(dto: HeadDto) -> Self {
        Self { lineage: dto.lineage.into(), serial: dto.serial, digest: dto.digest }
    }
}

impl From<&Meta> for MetaDto {
    fn from(meta: &Meta) -> Self {
        Self {
            lineage: meta.head.lineage.to_string(),
            serial: meta.head.serial,
            previous: meta.previous.clone(),
            digest: meta.head.digest.clone(),
            rows: meta.rows,
            sum: meta.sum.clone(),
        }
    }
}

impl From<MetaDto> for Meta {
    fn from(dto: MetaDto) -> Self {
        Self {
            head: Head { lineage: dto.lineage.into(), serial: dto.serial, digest: dto.digest },
            previous: dto.previous,
            rows: dto.rows,
            sum: dto.sum,
        }
    }
}

impl From<&Past> for PastDto {
    fn from(past: &Past) -> Self {
        Self {
            address: past.address.to_string(),
            event: past.event.clone(),
            kind: past.kind.map(KindDto::from),
            record: past.record.as_ref().map(ToString::to_string),
            sent: past.sent.map(|sent| sent.0),
        }
    }
}

impl PastDto {
    pub(super) fn past(self, serial: u64) -> Result<Past, String> {
        Ok(Past {
            serial,
            address: address(&self.address)?,
            event: self.event,
            kind: self.kind.map(Into::into),
            record: self.record.map(Into::into),
            sent: self.sent.map(Timestamp),
        })
    }
}

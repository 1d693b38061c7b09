//! One row as JSON, with its address in it. Shapes only; nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::content::ContentDto;
use crate::model::ids::Address;
use crate::model::product::{Lifecycle, OnRemoval};
use crate::model::time::Timestamp;
use crate::model::value::KeyedDigest;
use crate::state::{Applied, Binding, Content, Intent, Kind, LastFailure, Phase, Place, Row};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowDto {
    address: String,
    account: String,
    region: String,
    generation: u32,
    op_no: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binding: Option<BindingDto>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    applied: Option<AppliedDto>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intent: Option<IntentDto>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_failure: Option<LastFailureDto>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<(u64, String)>,
    prevent_terminate: bool,
    on_removal: String,
    /// Without it, the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terminate_timeout_s: Option<u64>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    after: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BindingDto {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AppliedDto {
    content: ContentDto,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    outputs: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    secret_outputs: BTreeMap<String, String>,
    record: String,
    unverified: bool,
}

/// Instants are milliseconds since the Unix epoch, by the server's clock.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IntentDto {
    op_no: u64,
    kind: KindDto,
    token: String,
    request_digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base_record: Option<String>,
    born: i64,
    sent: i64,
    sign_by: i64,
    /// The record of an accepted operation; without it, the operation is merely intended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<ContentDto>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KindDto {
    Provision,
    Update,
    Terminate,
    Retain,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LastFailureDto {
    kind: KindDto,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    message: String,
}

impl RowDto {
    pub(super) fn new(address: &Address, row: &Row) -> Self {
        Self {
            address: address.to_string(),
            account: row.place.account.to_string(),
            region: row.place.region.to_string(),
            generation: row.generation,
            op_no: row.op_no,
            binding: row.binding.as_ref().map(BindingDto::from),
            applied: row.applied.as_ref().map(AppliedDto::from),
            intent: row.intent.as_ref().map(IntentDto::from),
            last_failure: row.last_failure.as_ref().map(LastFailureDto::from),
            tokens: row.tokens.iter().map(|(op_no, token)| (*op_no, token.to_string())).collect(),
            prevent_terminate: row.lifecycle.prevent_terminate,
            on_removal: row.lifecycle.on_removal.as_str().to_owned(),
            terminate_timeout_s: row.lifecycle.terminate_timeout.map(|time| time.as_secs()),
            after: row.after.iter().map(Address::to_string).collect(),
        }
    }

    pub(super) fn row(self) -> Result<(Address, Row), String> {
        let on_removal = OnRemoval::parse(&self.on_removal)
            .ok_or_else(|| format!("unknown `on_removal` value `{}`", self.on_removal))?;
        let row = Row {
            place: Place { account: self.account.into(), region: self.region.into() },
            generation: self.generation,
            op_no: self.op_no,
            binding: self.binding.map(Binding::from),
            applied: self.applied.map(Applied::try_from).transpose()?,
            intent: self.intent.map(Intent::try_from).transpose()?,
            last_failure: self.last_failure.map(LastFailure::from),
            tokens: self.tokens.into_iter().map(|(op_no, token)| (op_no, token.into())).collect(),
            lifecycle: Lifecycle {
                prevent_terminate: self.prevent_terminate,
                on_removal,
                terminate_timeout: self.terminate_timeout_s.map(Duration::from_secs),
            },
            after: self.after.iter().map(|text| address(text)).collect::<Result<_, _>>()?,
        };
        Ok((address(&self.address)?, row))
    }
}

/// Reads the long form; a key never holds an `@`.
pub(super) fn address(text: &str) -> Result<Address, String> {
    let (key, location) = text.split_once('@').ok_or_else(|| format!("`{text}` is no address"))?;
    Ok(Address::new(key, location))
}

impl From<&Binding> for BindingDto {
    fn from(binding: &Binding) -> Self {
        Self { id: binding.id.to_string(), name: binding.name.clone(), arn: binding.arn.clone() }
    }
}

impl From<BindingDto> for Binding {
    fn from(dto: BindingDto) -> Self {
        Self { id: dto.id.into(), name: dto.name, arn: dto.arn }
    }
}

impl From<&Applied> for AppliedDto {
    fn from(applied: &Applied) -> Self {
        Self {
            content: ContentDto::from(&applied.content),
            outputs: applied.outputs.clone(),
            secret_outputs: applied
                .secret_outputs
                .iter()
                .map(|(key, digest)| (key.clone(), digest.0.clone()))
                .collect(),
            record: applied.record.to_string(),
            unverified: applied.unverified,
        }
    }
}

impl TryFrom<AppliedDto> for Applied {
    type Error = String;

    fn try_from(dto: AppliedDto) -> Result<Self, String> {
        Ok(Self {
            content: Content::from(dto.content),
            outputs: dto.outputs,
            secret_outputs: dto
                .secret_outputs
                .into_iter()
                .map(|(key, digest)| (key, KeyedDigest(digest)))
                .collect(),
            record: dto.record.into(),
            unverified: dto.unverified,
        })
    }
}

impl From<&Intent> for IntentDto {
    fn from(intent: &Intent) -> Self {
        Self {
            op_no: intent.op_no,
            kind: intent.kind.into(),
            token: intent.token.to_string(),
            request_digest: intent.request_digest.0.clone(),
            base_record: intent.base_record.as_ref().map(ToString::to_string),
            born: intent.born.0,
            sent: intent.sent.0,
            sign_by: intent.sign_by.0,
            accepted: match &intent.phase {
                Phase::Intended => None,
                Phase::Accepted(record) => Some(record.to_string()),
            },
            content: intent.content.as_ref().map(ContentDto::from),
        }
    }
}

impl TryFrom<IntentDto> for Intent {
    type Error = String;

    fn try_from(dto: IntentDto) -> Result<Self, String> {
        Ok(Self {
            op_no: dto.op_no,
            kind: dto.kind.into(),
            token: dto.token.into(),
            request_digest: KeyedDigest(dto.request_digest),
            base_record: dto.base_record.map(Into::into),
            born: Timestamp(dto.born),
            sent: Timestamp(dto.sent),
            sign_by: Timestamp(dto.sign_by),
            phase: dto.accepted.map_or(Phase::Intended, |record| Phase::Accepted(record.into())),
            content: dto.content.map(Content::from),
        })
    }
}

impl From<Kind> for KindDto {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Provision => Self::Provision,
            Kind::Update => Self::Update,
            Kind::Terminate => Self::Terminate,
            Kind::Retain => Self::Retain,
        }
    }
}

impl From<KindDto> for Kind {
    fn from(dto: KindDto) -> Self {
        match dto {
            KindDto::Provision => Self::Provision,
            KindDto::Update => Self::Update,
            KindDto::Terminate => Self::Terminate,
            KindDto::Retain => Self::Retain,
        }
    }
}

impl From<&LastFailure> for LastFailureDto {
    fn from(failure: &LastFailure) -> Self {
        Self {
            kind: failure.kind.into(),
            record: failure.record.as_ref().map(ToString::to_string),
            message: failure.message.clone(),
        }
    }
}

impl From<LastFailureDto> for LastFailure {
    fn from(dto: LastFailureDto) -> Self {
        Self { kind: dto.kind.into(), record: dto.record.map(Into::into), message: dto.message }
    }
}

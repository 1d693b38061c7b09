//! What stands at an address as JSON, with the address in it: a row or a tombstone. Shapes only; nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::content::ContentDto;
use crate::{
    Applied, Author, Binding, Birth, CatalogKind, Content, Home, Intent, Kind, LastFailure, Phase, Row,
    Tombstone, Unverified, Version,
};
use provisor_model::ids::Address;
use provisor_model::product::{Lifecycle, OnRemoval};
use provisor_model::secret::KeyedDigest;
use provisor_model::time::Timestamp;

/// An entry of a store.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EntryDto {
    Row(Box<RowDto>),
    Tombstone(TombstoneDto),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowDto {
    address: String,
    birth: String,
    n: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<AuthorDto>,
    account: String,
    region: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    catalog: Option<CatalogKindDto>,
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<String>,
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
pub(super) struct TombstoneDto {
    address: String,
    birth: String,
    n: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<AuthorDto>,
    moved: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorDto {
    run: String,
    who: String,
    from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
}

/// Without it, nobody knows.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CatalogKindDto {
    Aws,
    Sandbox,
    Custom,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UnverifiedDto {
    Parameters,
    Record,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BindingDto {
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unverified: Vec<UnverifiedDto>,
}

/// Instants are milliseconds since the Unix epoch, by the server's clock.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentDto {
    op_no: u64,
    kind: KindDto,
    token: String,
    /// The bits that went into the token; operations of format 1 had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<AuthorDto>,
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
pub(crate) enum KindDto {
    Provision,
    Update,
    Terminate,
    Retain,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LastFailureDto {
    kind: KindDto,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    message: String,
}

impl RowDto {
    pub(super) fn new(address: &Address, row: &Row) -> Self {
        Self {
            address: address.to_string(),
            birth: row.version.birth.to_string(),
            n: row.version.n,
            by: row.by.as_deref().map(AuthorDto::from),
            account: row.home.account.to_string(),
            region: row.home.region.to_string(),
            catalog: catalog_written(row.home.catalog),
            op_no: row.op_no,
            binding: row.binding.as_ref().map(BindingDto::from),
            applied: row.applied.as_ref().map(AppliedDto::from),
            intent: row.intent.as_ref().map(IntentDto::from),
            last_failure: row.last_failure.as_ref().map(LastFailureDto::from),
            tokens: row.tokens.iter().map(|(op_no, token)| (*op_no, token.to_string())).collect(),
            earlier: row.earlier.iter().map(ToString::to_string).collect(),
            prevent_terminate: row.lifecycle.prevent_terminate,
            on_removal: row.lifecycle.on_removal.as_str().to_owned(),
            terminate_timeout_s: row.lifecycle.terminate_timeout.map(|time| time.as_secs()),
            after: row.after.iter().map(Birth::to_string).collect(),
        }
    }

    pub(super) fn row(self) -> Result<(Address, Row), String> {
        let lifecycle = lifecycle(self.prevent_terminate, &self.on_removal, self.terminate_timeout_s)?;
        let row = Row {
            version: Version { birth: birth(&self.birth)?, n: self.n },
            by: self.by.map(author),
            home: Home {
                account: self.account.into(),
                region: self.region.into(),
                catalog: catalog_read(self.catalog),
            },
            op_no: self.op_no,
            binding: self.binding.map(Binding::from),
            applied: self.applied.map(Applied::from),
            intent: self.intent.map(Intent::try_from).transpose()?,
            last_failure: self.last_failure.map(LastFailure::from),
            tokens: self.tokens.into_iter().map(|(op_no, token)| (op_no, token.into())).collect(),
            earlier: self.earlier.into_iter().map(Into::into).collect(),
            lifecycle,
            after: self.after.iter().map(|text| birth(text)).collect::<Result<_, _>>()?,
        };
        Ok((address(&self.address)?, row))
    }
}

impl TombstoneDto {
    pub(super) fn new(address: &Address, stone: &Tombstone) -> Self {
        Self {
            address: address.to_string(),
            birth: stone.version.birth.to_string(),
            n: stone.version.n,
            by: stone.by.as_deref().map(AuthorDto::from),
            moved: stone.moved,
            tokens: stone.tokens.iter().map(ToString::to_string).collect(),
        }
    }

    pub(super) fn tombstone(self) -> Result<(Address, Tombstone), String> {
        let stone = Tombstone {
            version: Version { birth: birth(&self.birth)?, n: self.n },
            moved: self.moved,
            tokens: self.tokens.into_iter().map(Into::into).collect(),
            by: self.by.map(author),
        };
        Ok((address(&self.address)?, stone))
    }
}

/// Reads the long form; a key never holds an `@`.
pub(crate) fn address(text: &str) -> Result<Address, String> {
    let (key, location) = text.split_once('@').ok_or_else(|| format!("`{text}` is no address"))?;
    Ok(Address::new(key, location))
}

fn birth(text: &str) -> Result<Birth, String> {
    Birth::parse(text).ok_or_else(|| format!("`{text}` is no birth"))
}

pub(super) fn lifecycle(
    prevent_terminate: bool,
    on_removal: &str,
    terminate_timeout_s: Option<u64>,
) -> Result<Lifecycle, String> {
    let on_removal =
        OnRemoval::parse(on_removal).ok_or_else(|| format!("unknown `on_removal` value `{on_removal}`"))?;
    let terminate_timeout = terminate_timeout_s.map(Duration::from_secs);
    Ok(Lifecycle { prevent_terminate, on_removal, terminate_timeout })
}

pub(super) fn catalog_written(kind: CatalogKind) -> Option<CatalogKindDto> {
    match kind {
        CatalogKind::Aws => Some(CatalogKindDto::Aws),
        CatalogKind::Sandbox => Some(CatalogKindDto::Sandbox),
        CatalogKind::Custom => Some(CatalogKindDto::Custom),
        CatalogKind::Unknown => None,
    }
}

pub(super) fn catalog_read(dto: Option<CatalogKindDto>) -> CatalogKind {
    match dto {
        Some(CatalogKindDto::Aws) => CatalogKind::Aws,
        Some(CatalogKindDto::Sandbox) => CatalogKind::Sandbox,
        Some(CatalogKindDto::Custom) => CatalogKind::Custom,
        None => CatalogKind::Unknown,
    }
}

impl From<&Author> for AuthorDto {
    fn from(author: &Author) -> Self {
        let Author { run, who, from, commit } = author.clone();
        Self { run, who, from, commit }
    }
}

pub(crate) fn author(dto: AuthorDto) -> Arc<Author> {
    let AuthorDto { run, who, from, commit } = dto;
    Arc::new(Author { run, who, from, commit })
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
                .sensitive_outputs
                .iter()
                .map(|(key, digest)| (key.clone(), digest.0.clone()))
                .collect(),
            record: applied.record.to_string(),
            unverified: applied.unverified.iter().copied().map(UnverifiedDto::from).collect(),
        }
    }
}

impl From<AppliedDto> for Applied {
    fn from(dto: AppliedDto) -> Self {
        Self {
            content: Content::from(dto.content),
            outputs: dto.outputs,
            sensitive_outputs: dto
                .secret_outputs
                .into_iter()
                .map(|(key, digest)| (key, KeyedDigest(digest)))
                .collect(),
            record: dto.record.into(),
            unverified: dto.unverified.into_iter().map(Unverified::from).collect(),
        }
    }
}

impl From<Unverified> for UnverifiedDto {
    fn from(what: Unverified) -> Self {
        match what {
            Unverified::Parameters => Self::Parameters,
            Unverified::Record => Self::Record,
        }
    }
}

impl From<UnverifiedDto> for Unverified {
    fn from(dto: UnverifiedDto) -> Self {
        match dto {
            UnverifiedDto::Parameters => Self::Parameters,
            UnverifiedDto::Record => Self::Record,
        }
    }
}

impl From<&Intent> for IntentDto {
    fn from(intent: &Intent) -> Self {
        Self {
            op_no: intent.op_no,
            kind: intent.kind.into(),
            token: intent.token.to_string(),
            nonce: (intent.nonce != 0).then(|| Birth(intent.nonce).to_string()),
            by: intent.by.as_deref().map(AuthorDto::from),
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
            nonce: dto.nonce.map(|text| birth(&text)).transpose()?.unwrap_or_default().0,
            by: dto.by.map(author),
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

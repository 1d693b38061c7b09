//! Rows as format 1 wrote them, and what they are by now. They were born without random bits: their births are derived,
//! so that a migration of a copy in memory agrees with the later one on disk.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::content::ContentDto;
use super::row::{BindingDto, IntentDto, LastFailureDto, address, lifecycle};
use crate::{
    Applied, Binding, Birth, CatalogKind, Content, Home, Intent, LastFailure, Row, Tombstone, Unverified,
    Version,
};
use provisor_model::ids::{Address, Lineage};
use provisor_model::secret::KeyedDigest;

/// The format's version.
pub(super) const VERSION: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowDto {
    address: String,
    account: String,
    region: String,
    /// How often a product was replaced; nobody ever asked.
    #[serde(rename = "generation")]
    _generation: u32,
    op_no: u64,
    #[serde(default)]
    binding: Option<BindingDto>,
    #[serde(default)]
    applied: Option<AppliedDto>,
    #[serde(default)]
    intent: Option<IntentDto>,
    #[serde(default)]
    last_failure: Option<LastFailureDto>,
    #[serde(default)]
    tokens: Vec<(u64, String)>,
    prevent_terminate: bool,
    on_removal: String,
    #[serde(default)]
    terminate_timeout_s: Option<u64>,
    #[serde(default)]
    after: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppliedDto {
    content: ContentDto,
    #[serde(default)]
    outputs: BTreeMap<String, String>,
    #[serde(default)]
    secret_outputs: BTreeMap<String, String>,
    record: String,
    unverified: bool,
}

/// A row that does not know yet which rows it was made after: only their addresses.
#[derive(Debug)]
pub(crate) struct OldRow {
    row: Row,
    after: BTreeSet<Address>,
}

impl RowDto {
    pub(super) fn row(self) -> Result<(Address, OldRow), String> {
        let lifecycle = lifecycle(self.prevent_terminate, &self.on_removal, self.terminate_timeout_s)?;
        let after = self.after.iter().map(|text| address(text)).collect::<Result<_, _>>()?;
        let row = Row {
            home: Home {
                account: self.account.into(),
                region: self.region.into(),
                catalog: CatalogKind::Unknown,
            },
            op_no: self.op_no,
            binding: self.binding.map(Binding::from),
            applied: self.applied.map(Applied::from),
            intent: self.intent.map(Intent::try_from).transpose()?,
            last_failure: self.last_failure.map(LastFailure::from),
            tokens: self.tokens.into_iter().map(|(op_no, token)| (op_no, token.into())).collect(),
            lifecycle,
            ..Row::default()
        };
        Ok((address(&self.address)?, OldRow { row, after }))
    }
}

impl From<AppliedDto> for Applied {
    fn from(dto: AppliedDto) -> Self {
        let digests = dto.secret_outputs.into_iter().map(|(key, digest)| (key, KeyedDigest(digest)));
        Self {
            content: Content::from(dto.content),
            outputs: dto.outputs,
            sensitive_outputs: digests.collect(),
            record: dto.record.into(),
            unverified: dto.unverified.then_some(Unverified::Parameters).into_iter().collect(),
        }
    }
}

/// The rows of a whole state, and tombstones where rows say that they were made after something that is gone.
pub(crate) fn migrated(
    lineage: &Lineage,
    old: BTreeMap<Address, OldRow>,
) -> (BTreeMap<Address, Row>, BTreeMap<Address, Tombstone>) {
    let births: BTreeMap<Address, Birth> =
        old.iter().map(|(address, old)| (address.clone(), birth(lineage, address, old.row.op_no))).collect();
    let mut tombstones = BTreeMap::new();
    let mut rows = Vec::with_capacity(old.len());
    for (address, OldRow { mut row, after }) in old {
        for input in after {
            let known = births.get(&input).copied();
            row.after.insert(known.unwrap_or_else(|| birth(lineage, &input, 0)));
            if known.is_none() {
                let version = Version { birth: birth(lineage, &input, 0), n: 1 };
                tombstones.insert(input, Tombstone { version, moved: false, tokens: Vec::new(), by: None });
            }
        }
        row.version = Version { birth: birth(lineage, &address, row.op_no), n: 1 };
        rows.push((address, row));
    }
    (rows.into_iter().collect(), tombstones)
}

/// Fixed for ever: saved plans and other copies of the state derive the same.
fn birth(lineage: &Lineage, address: &Address, op_no: u64) -> Birth {
    let mut hash = Sha256::new_with_prefix("provisor.birth");
    for part in [lineage.as_str(), address.key.as_str(), address.location.as_str(), &op_no.to_string()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let bits = hash.finalize();
    Birth(bits.iter().take(16).fold(0, |birth, byte| birth << 8 | u128::from(*byte)))
}

//! The second port: what is remembered between runs. `Recorded::apply` is pure; stores make it durable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provisor_model::ids::{AccountId, Address, Labels, Lineage, ProvisionedId, RecordId, Region, Token};
use provisor_model::product::Lifecycle;
use provisor_model::secret::{Digested, KeyedDigest};
use provisor_model::target::Target;
use provisor_model::template::Facts;
use provisor_model::time::Timestamp;

mod author;
mod change;
mod commit;
mod difference;
pub mod format;
mod history;
mod local;
mod past;
mod plausible;
mod previews;
mod store;
mod succession;
mod token;
mod veil;
mod verify;
mod version;

pub use author::Author;
pub use change::{Change, Settlement};
pub use commit::Commit;
pub use difference::RowDifference;
pub use history::past_of;
pub use local::{
    BACKUPS_KEPT, Backup, Damage, HISTORY_KEPT, Holder, Lock, LockPatience, PreviewFolder, SledStore,
    Snapshot, TOMBSTONES_KEPT, Taken, holds_state, judge_state, keep_out_of_git, stranger,
};
pub use past::Past;
pub use previews::{LeftBehind, OpenPreview, PreviewJournal, PreviewNote, Previews};
pub use provisor_model::endpoint::CatalogKind;
pub use store::{Conflict, Group, Read, Store, Write, Written};
pub use token::TokenParts;
pub use version::{Birth, Tombstone, Version};

/// How many tokens a row remembers.
pub const TOKENS_KEPT: usize = 32;

/// All that is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Which state this is.
    pub lineage: Lineage,
    /// How many commits the local store has taken, for people; nothing is decided or derived by it.
    pub serial: u64,
    /// One row per declaration and location.
    pub rows: BTreeMap<Address, Row>,
    /// What is left of rows that were dropped or moved, where no other row stands.
    pub tombstones: BTreeMap<Address, Tombstone>,
}

/// One declaration on one location, as far as we know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Which state of the row this is.
    pub version: Version,
    /// Who wrote it last.
    pub by: Option<Arc<Author>>,
    /// The account and region, as they were at the first apply.
    pub home: Home,
    /// How many operations were begun on it.
    pub op_no: u64,
    /// The provisioned product, if we know one.
    pub binding: Option<Binding>,
    /// What the last successful record made; `None`: nothing was ever confirmed.
    pub applied: Option<Applied>,
    /// The operation that is under way, or was when somebody died.
    pub intent: Option<Intent>,
    /// The last operation that failed, in the catalog's words.
    pub last_failure: Option<LastFailure>,
    /// The last tokens, oldest first, and the numbers of their operations.
    pub tokens: Vec<(u64, Token)>,
    /// Tokens from before the row was dropped and came back. What they made counts as ours no longer, but is known.
    pub earlier: Vec<Token>,
    /// What holds when the declaration is gone.
    pub lifecycle: Lifecycle,
    /// The births of the rows that this one was made after, wherever those stand by now; for the order of later
    /// terminations.
    pub after: BTreeSet<Birth>,
}

/// Where a row's provisioned product lives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Home {
    /// The twelve digits that the catalog said it belongs to.
    pub account: AccountId,
    /// The region's code, as AWS writes it.
    pub region: Region,
    /// What answered for AWS there.
    pub catalog: CatalogKind,
}

impl Home {
    /// Whether both are the same account and region, whatever answers there.
    #[must_use]
    pub fn is_where(&self, other: &Self) -> bool {
        self.account == other.account && self.region == other.region
    }
}

impl Default for Home {
    fn default() -> Self {
        Self { account: "".into(), region: "".into(), catalog: CatalogKind::Unknown }
    }
}

/// We know its provisioned product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// `ProvisionedProductId`
    pub id: ProvisionedId,
    /// `ProvisionedProductName`
    pub name: String,
    /// Its ARN, once it was seen.
    pub arn: Option<String>,
}

/// What was asked for, in full: the content of an intent, and of what was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// What it is.
    pub target: Target,
    /// Every parameter in force, defaults included.
    pub parameters: BTreeMap<String, Stored>,
    /// The tags that were declared.
    pub tags: BTreeMap<String, String>,
}

/// A parameter value at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// As it was sent.
    Text(String),
    /// Sensitive: only its keyed digest.
    Digest(KeyedDigest),
    /// Sent as `UsePreviousValue` where nothing was known of it.
    Unknown,
}

/// What a successful record made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What had been asked for.
    pub content: Content,
    /// The outputs, without the sensitive ones.
    pub outputs: BTreeMap<String, String>,
    /// The sensitive outputs' digests: tells whether one changed.
    pub sensitive_outputs: BTreeMap<String, KeyedDigest>,
    /// The record that made it so; a later one was somebody else's doing.
    pub record: RecordId,
    /// What of it is taken on trust.
    pub unverified: BTreeSet<Unverified>,
}

impl Applied {
    /// Whether it has outputs.
    #[must_use]
    pub fn gives(&self) -> bool {
        !self.outputs.is_empty() || !self.sensitive_outputs.is_empty()
    }
}

/// What nobody has proven of something that counts as applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unverified {
    /// The parameters: it was accepted without our having made it (`import`, `--refresh-only`).
    Parameters,
    /// That the record is of our operation: it was told by its kind and time alone.
    Record,
}

/// Written before a request leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The operation's number in its row.
    pub op_no: u64,
    /// The operation that it asks the service for.
    pub kind: Kind,
    /// Its token. It was derived once, when the operation was begun, and is only read from then on.
    pub token: Token,
    /// The bits that were drawn for the token; 0 in operations of format 1, whose tokens had none.
    pub nonce: u128,
    /// Who began it.
    pub by: Option<Arc<Author>>,
    /// Keyed digest of the whole request: one token never carries two.
    pub request_digest: KeyedDigest,
    /// `LastRecordId` before it; `None` for a creation.
    pub base_record: Option<RecordId>,
    /// When the intent was written, by the server's clock as far as it was known.
    pub born: Timestamp,
    /// When it was last sent.
    pub sent: Timestamp,
    /// It is not signed later than this, by the server's clock.
    pub sign_by: Timestamp,
    /// How far it got.
    pub phase: Phase,
    /// What it makes if it succeeds; `None` for a termination.
    pub content: Option<Content>,
}

/// The kinds of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `ProvisionProduct`
    Provision,
    /// `UpdateProvisionedProduct`
    Update,
    /// `TerminateProvisionedProduct`
    Terminate,
    /// `TerminateProvisionedProduct` with `RetainPhysicalResources`
    Retain,
}

/// How far an intent got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is known but that we wanted to.
    Intended,
    /// The service took it; this record tells the rest.
    Accepted(RecordId),
}

/// The last operation that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastFailure {
    /// The operation that failed.
    pub kind: Kind,
    /// Its record, if it got one.
    pub record: Option<RecordId>,
    /// The catalog's words.
    pub message: String,
}

impl Row {
    /// The parameters of which only digests are known: those in force, and those under way.
    pub fn digests(&self) -> impl Iterator<Item = Digested<'_>> {
        let under_way = self.intent.as_ref().and_then(|intent| intent.content.as_ref());
        let contents = self.applied.iter().map(|applied| &applied.content).chain(under_way);
        contents.flat_map(|content| &content.parameters).filter_map(|(name, value)| match value {
            Stored::Digest(digest) => Some(Digested { scope: self.version.birth.scope(name), digest }),
            Stored::Text(_) | Stored::Unknown => None,
        })
    }

    /// Whether what is under way is its termination.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.intent.as_ref().is_some_and(|intent| matches!(intent.kind, Kind::Terminate | Kind::Retain))
    }

    /// What other products may be filled with: the outputs as they were just read, or else those that are stored, which are
    /// not all there are.
    #[must_use]
    pub fn facts(&self, read: Option<&BTreeMap<String, String>>) -> Facts {
        let applied = self.applied.as_ref();
        let stored = applied.map(|applied| &applied.outputs);
        Facts {
            outputs: read.or(stored).cloned().unwrap_or_default(),
            sensitive: applied.iter().flat_map(|applied| applied.sensitive_outputs.keys().cloned()).collect(),
            id: self.binding.as_ref().map(|binding| binding.id.clone()),
            arn: self.binding.as_ref().and_then(|binding| binding.arn.clone()),
        }
    }
}

impl Recorded {
    /// A state in which nothing is known.
    #[must_use]
    pub fn empty(lineage: Lineage) -> Self {
        Self { lineage, serial: 0, rows: BTreeMap::new(), tombstones: BTreeMap::new() }
    }

    /// Where the rows with these births stand; what has no row stood where its tombstone is. A birth that left no trace
    /// is left out.
    #[must_use]
    pub fn births(&self) -> BTreeMap<Birth, &Address> {
        let dropped = self.tombstones.iter().filter(|(_, stone)| !stone.moved);
        let dropped = dropped.map(|(address, stone)| (stone.version.birth, address));
        dropped.chain(self.rows.iter().map(|(address, row)| (row.version.birth, address))).collect()
    }

    /// The births of the rows at these addresses, or of what was dropped there.
    #[must_use]
    pub fn births_at(&self, addresses: &BTreeSet<Address>) -> BTreeSet<Birth> {
        addresses.iter().filter_map(|address| self.birth(address)).collect()
    }

    /// How the addresses of the state are written.
    #[must_use]
    pub fn labels(&self) -> Labels {
        Labels::of(self.rows.keys())
    }
}

/// Why the state cannot be used. Nothing was lost, and nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another process holds it.
    #[error("the state is locked by {holder}")]
    Locked {
        /// Who: pid, host, since, command.
        holder: String,
    },
    /// It is damaged, older than it was, or somebody else's.
    #[error("the state cannot be trusted: {reason}")]
    Corrupt {
        /// What was found.
        reason: String,
        /// What to do next.
        hint: String,
    },
    /// It was written by a later provisor.
    #[error("the state has format version {found}, this provisor knows up to {known}")]
    Newer {
        /// The format version that was found.
        found: u32,
        /// The newest format version that this program reads.
        known: u32,
    },
    /// The disk said no.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done, with the path.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A change that does not fit the row: a defect of ours, caught before it is written.
    #[error("state change refused for `{address}`: {reason}")]
    Invalid {
        /// Where the row stands that the change does not fit.
        address: Address,
        /// Which invariant it would break.
        reason: String,
    },
}

//! What can happen to a row, and what it does to it: the journal's alphabet. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Applied, Binding, Birth, CatalogKind, Home, Intent, Kind, LastFailure, Phase, Recorded, Row, StateError,
    Stored, TOKENS_KEPT, Tombstone, Unverified, Version,
};
use provisor_model::ids::{Address, ProvisionedId, RecordId};
use provisor_model::product::Lifecycle;
use provisor_model::secret::KeyedDigest;
use provisor_model::time::Timestamp;

/// One step in the life of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An operation is about to be sent.
    Begin {
        /// What a row is born with, if there is none yet.
        birth: Birth,
        /// The account and region that the row stays with from then on.
        home: Home,
        /// What is about to be sent.
        intent: Box<Intent>,
        /// What holds when the declaration is gone.
        lifecycle: Lifecycle,
        /// The births of the rows that it is made after.
        after: BTreeSet<Birth>,
    },
    /// The same request is about to be sent again.
    Resent {
        /// By the service's clock, in milliseconds.
        sent: Timestamp,
        /// The new bound for signing it.
        sign_by: Timestamp,
    },
    /// The service took it.
    Accepted {
        /// The `RecordId` that the service answered with.
        record: RecordId,
        /// The provisioned product it is about.
        provisioned: ProvisionedId,
    },
    /// The service refused it; nothing was begun.
    Refused {
        /// The catalog's words.
        message: String,
    },
    /// It is proven not to have begun, and will not be sent again.
    Abandoned,
    /// Its record is terminal; and since when, by the service's clock, where that is known.
    Settled(Box<Settlement>, Option<Timestamp>),
    /// An existing product is taken over, or a foreign change accepted.
    Adopted {
        /// What a row is born with, if there is none yet.
        birth: Birth,
        /// The account and region that the row stays with from then on.
        home: Home,
        /// The product that the row now stands for.
        binding: Binding,
        /// What it is taken to be; nothing where it never succeeded.
        applied: Option<Box<Applied>>,
        /// What holds when the declaration is gone.
        lifecycle: Lifecycle,
        /// The births of the rows that it was made after.
        after: BTreeSet<Birth>,
    },
    /// The product is gone without our doing: the row keeps its tokens and history.
    Vanished,
    /// A product of which nothing was known is ours: one of the row's tokens made it.
    Found(Binding),
    /// The row is dropped.
    Forget,
    /// The row gets another address.
    Moved {
        /// The new one.
        to: Address,
    },
    /// It is known now what answers for AWS where its product is.
    Located(CatalogKind),
    /// The declaration changed in what only the state holds; nothing was sent.
    Remembered {
        /// What holds when the declaration is gone.
        lifecycle: Lifecycle,
        /// The births of the rows that it was made after.
        after: BTreeSet<Birth>,
        /// Outputs that are sensitive by now: their texts are dropped, these digests kept.
        sensitive: BTreeMap<String, KeyedDigest>,
        /// Parameters that are, likewise.
        parameters: BTreeMap<String, KeyedDigest>,
    },
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// A provision or update succeeded.
    Succeeded {
        /// The outputs that may be stored.
        outputs: BTreeMap<String, String>,
        /// Digests of the others.
        sensitive_outputs: BTreeMap<String, KeyedDigest>,
        /// The ARN, if it was seen.
        arn: Option<String>,
        /// That the record is of our operation was told by its kind and time alone.
        is_unproven: bool,
    },
    /// A termination succeeded, or the product is proven gone.
    Gone,
    /// The record failed: what was applied before stands.
    Failed {
        /// The catalog's words.
        message: String,
    },
}

impl Recorded {
    /// Applies one change to what stands at an address.
    pub(super) fn change(&mut self, address: &Address, change: &Change) -> Result<(), StateError> {
        let invalid =
            |reason: &str| StateError::Invalid { address: address.clone(), reason: reason.to_owned() };
        match change {
            Change::Begin { birth, .. } | Change::Adopted { birth, .. } => {
                self.row_or_born(address, *birth).start(change).map_err(invalid)
            }
            Change::Forget => self.forget(address).map_err(invalid),
            Change::Moved { to } => self.relocate(address, to).map_err(invalid),
            change => {
                let row = self.rows.get_mut(address).ok_or_else(|| invalid("there is no such row"))?;
                let gone = row.go_on(change).map_err(invalid)?;
                if gone {
                    self.bury(address);
                }
                Ok(())
            }
        }
    }

    /// The row at this address. A dropped one comes back as what it was; any other is born.
    fn row_or_born(&mut self, address: &Address, drawn: Birth) -> &mut Row {
        if !self.rows.contains_key(address) {
            let row = match self.tombstones.remove(address) {
                Some(Tombstone { version, moved: false, tokens, .. }) => {
                    Row { version, earlier: tokens, ..Row::default() }
                }
                Some(_) | None => Row { version: Version { birth: drawn, n: 0 }, ..Row::default() },
            };
            self.rows.insert(address.clone(), row);
        }
        self.rows.entry(address.clone()).or_default()
    }

    fn forget(&mut self, address: &Address) -> Result<(), &'static str> {
        let row = self.rows.get(address).ok_or("there is no such row")?;
        if row.intent.is_some() {
            return Err("an operation is under way");
        }
        self.bury(address);
        Ok(())
    }

    /// Leaves a tombstone in the place of a row.
    fn bury(&mut self, address: &Address) {
        let Some(row) = self.rows.remove(address) else { return };
        self.tombstones.insert(address.clone(), row.buried());
    }

    /// The row goes elsewhere, with all that it is. No other row is touched: they know it by its birth.
    fn relocate(&mut self, address: &Address, to: &Address) -> Result<(), &'static str> {
        if self.rows.contains_key(to) {
            return Err("the new address is taken");
        }
        let row = self.rows.remove(address).ok_or("there is no such row")?;
        let stone = Tombstone { version: row.version, moved: true, tokens: Vec::new(), by: row.by.clone() };
        self.tombstones.insert(address.clone(), stone);
        self.tombstones.remove(to);
        self.rows.insert(to.clone(), row);
        Ok(())
    }
}

impl Row {
    /// What it leaves behind when it is dropped.
    pub(super) fn buried(self) -> Tombstone {
        let mut tokens = self.earlier;
        tokens.extend(self.tokens.into_iter().map(|(_, token)| token));
        let surplus = tokens.len().saturating_sub(TOKENS_KEPT);
        tokens.drain(..surplus);
        Tombstone { version: self.version, moved: false, tokens, by: self.by }
    }

    /// A change that a row may begin with.
    fn start(&mut self, change: &Change) -> Result<(), &'static str> {
        if self.intent.is_some() {
            return Err("an operation is under way already");
        }
        match change {
            Change::Begin { home, intent, lifecycle, after, .. } => {
                self.begin(intent)?;
                self.home = home.clone();
                self.lifecycle = *lifecycle;
                // what it was made after holds until this operation has succeeded; the rest is remembered then
                self.after.extend(after);
            }
            Change::Adopted { home, binding, applied, lifecycle, after, .. } => {
                self.home = home.clone();
                self.binding = Some(binding.clone());
                self.applied = applied.as_deref().cloned();
                self.last_failure = None;
                self.lifecycle = *lifecycle;
                self.after = after.clone();
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, intent: &Intent) -> Result<(), &'static str> {
        if intent.op_no != self.op_no + 1 {
            return Err("the operation's number is not the row's next one");
        }
        let used = self.earlier.iter().chain(self.tokens.iter().map(|(_, token)| token));
        if used.into_iter().any(|token| *token == intent.token) {
            return Err("the token was used before");
        }
        if intent.kind == Kind::Provision && self.binding.is_some() {
            return Err("there is a provisioned product already");
        }
        self.op_no = intent.op_no;
        self.tokens.push((intent.op_no, intent.token.clone()));
        let surplus = self.tokens.len().saturating_sub(TOKENS_KEPT);
        self.tokens.drain(..surplus);
        self.intent = Some(intent.clone());
        Ok(())
    }

    /// Applies a change to an existing row; says whether the row is gone afterwards.
    fn go_on(&mut self, change: &Change) -> Result<bool, &'static str> {
        match change {
            Change::Resent { sent, sign_by } => {
                let intent = self.intent.as_mut().ok_or("nothing is under way")?;
                intent.sent = *sent;
                intent.sign_by = *sign_by;
            }
            Change::Accepted { record, provisioned } => {
                let intent = self.intent.as_mut().ok_or("nothing is under way")?;
                intent.phase = Phase::Accepted(record.clone());
                if let (None, Some(content)) = (&self.binding, &intent.content) {
                    let name = content.target.name.clone();
                    self.binding = Some(Binding { id: provisioned.clone(), name, arn: None });
                }
            }
            Change::Refused { message } => {
                let intent = self.intent.take().ok_or("nothing is under way")?;
                self.last_failure =
                    Some(LastFailure { kind: intent.kind, record: None, message: message.clone() });
                return Ok(self.is_bare());
            }
            Change::Abandoned => {
                self.intent.take().ok_or("nothing is under way")?;
            }
            Change::Settled(settlement, _) => return self.settle(settlement),
            Change::Vanished => {
                self.binding = None;
                self.applied = None;
            }
            Change::Found(binding) => {
                if self.binding.is_some() || self.intent.is_some() {
                    return Err("there is a provisioned product, or an operation, already");
                }
                self.binding = Some(binding.clone());
            }
            Change::Located(kind) => self.home.catalog = *kind,
            Change::Remembered { lifecycle, after, sensitive, parameters } => {
                self.lifecycle = *lifecycle;
                self.after = after.clone();
                self.redact(sensitive)?;
                self.redact_parameters(parameters)?;
            }
            Change::Begin { .. } | Change::Adopted { .. } | Change::Forget | Change::Moved { .. } => {}
        }
        Ok(false)
    }

    fn redact(&mut self, sensitive: &BTreeMap<String, KeyedDigest>) -> Result<(), &'static str> {
        for (key, digest) in sensitive {
            let applied = self.applied.as_mut().ok_or("nothing is applied")?;
            applied.outputs.remove(key).ok_or("there is no such output")?;
            applied.sensitive_outputs.insert(key.clone(), digest.clone());
            applied.content.target.options.sensitive_outputs.insert(key.clone());
        }
        Ok(())
    }

    fn redact_parameters(&mut self, sensitive: &BTreeMap<String, KeyedDigest>) -> Result<(), &'static str> {
        for (name, digest) in sensitive {
            let applied = self.applied.as_mut().ok_or("nothing is applied")?;
            let value = applied.content.parameters.get_mut(name).ok_or("there is no such parameter")?;
            *value = Stored::Digest(digest.clone());
        }
        Ok(())
    }

    fn settle(&mut self, settlement: &Settlement) -> Result<bool, &'static str> {
        let intent = self.intent.take().ok_or("nothing is under way")?;
        let record = match &intent.phase {
            Phase::Accepted(record) => Some(record.clone()),
            Phase::Intended => None,
        };
        match settlement {
            Settlement::Succeeded { outputs, sensitive_outputs, arn, is_unproven } => {
                let content = intent.content.ok_or("a termination makes nothing")?;
                let record = record.ok_or("only an accepted operation can succeed")?;
                if let (Some(binding), Some(arn)) = (self.binding.as_mut(), arn) {
                    binding.arn = Some(arn.clone());
                }
                self.applied = Some(Applied {
                    content,
                    outputs: outputs.clone(),
                    sensitive_outputs: sensitive_outputs.clone(),
                    record,
                    unverified: is_unproven.then_some(Unverified::Record).into_iter().collect(),
                });
                self.last_failure = None;
                Ok(false)
            }
            Settlement::Gone => {
                self.binding = None;
                self.applied = None;
                self.last_failure = None;
                Ok(true)
            }
            Settlement::Failed { message } => {
                self.last_failure = Some(LastFailure { kind: intent.kind, record, message: message.clone() });
                Ok(false)
            }
        }
    }

    /// Nothing is lost with it: no product is known, and no earlier operation could have left one.
    fn is_bare(&self) -> bool {
        self.binding.is_none() && self.applied.is_none() && self.tokens.len() <= 1
    }
}

//! What can happen to a row, and what it does to it: the journal's alphabet. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Applied, Binding, Intent, Kind, LastFailure, Phase, Place, Recorded, Row, StateError, TOKENS_KEPT,
};
use crate::model::ids::{Address, ProvisionedId, RecordId};
use crate::model::product::Lifecycle;
use crate::model::time::Timestamp;
use crate::model::value::KeyedDigest;

/// One step in the life of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An operation is about to be sent.
    Begin {
        /// Where.
        place: Place,
        /// The intent.
        intent: Box<Intent>,
        /// What holds when the declaration is gone.
        lifecycle: Lifecycle,
        /// What it was made after.
        after: BTreeSet<Address>,
    },
    /// The same request is about to be sent again.
    Resent {
        /// When.
        sent: Timestamp,
        /// The new bound for signing it.
        sign_by: Timestamp,
    },
    /// The service took it.
    Accepted {
        /// Its record.
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
    /// Its record is terminal.
    Settled(Box<Settlement>),
    /// An existing product is taken over, or a foreign change accepted.
    Adopted {
        /// Where.
        place: Place,
        /// The product.
        binding: Binding,
        /// What it is taken to be.
        applied: Box<Applied>,
        /// What holds when the declaration is gone.
        lifecycle: Lifecycle,
        /// What it was made after.
        after: BTreeSet<Address>,
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
    /// Lifecycle-only edits.
    Remembered {
        /// What holds when the declaration is gone.
        lifecycle: Lifecycle,
        /// What it was made after.
        after: BTreeSet<Address>,
        /// Outputs that are sensitive by now: their texts are dropped, these digests kept.
        sensitive: BTreeMap<String, KeyedDigest>,
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
        secret_outputs: BTreeMap<String, KeyedDigest>,
        /// The ARN, if it was seen.
        arn: Option<String>,
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
    /// The state after the changes; the serial rises by one if there are any.
    ///
    /// # Errors
    /// [`StateError::Invalid`] if a change does not fit its row; nothing is changed then.
    pub fn apply(&mut self, entries: &[super::Entry]) -> Result<(), StateError> {
        self.step(entries).map(drop)
    }

    pub(super) fn apply_one(&mut self, address: &Address, change: &Change) -> Result<(), StateError> {
        let invalid =
            |reason: &str| StateError::Invalid { address: address.clone(), reason: reason.to_owned() };
        match change {
            Change::Begin { place, intent, lifecycle, after } => {
                // the serial never falls, so a number taken from it never comes again, even where a row was dropped
                if intent.op_no != self.serial + 1 {
                    return Err(invalid("the operation's number is not the serial it is begun at"));
                }
                let row = self.rows.entry(address.clone()).or_default();
                row.begin(place, intent, *lifecycle, after).map_err(invalid)
            }
            Change::Adopted { place, binding, applied, lifecycle, after } => {
                let row = self.rows.entry(address.clone()).or_default();
                row.adopt(place, binding, applied).map_err(invalid)?;
                row.lifecycle = *lifecycle;
                row.after = after.clone();
                Ok(())
            }
            Change::Forget => {
                self.rows.remove(address).map(drop).ok_or_else(|| invalid("there is no such row"))
            }
            Change::Moved { to } => self.relocate(address, to).map_err(invalid),
            change => {
                let row = self.rows.get_mut(address).ok_or_else(|| invalid("there is no such row"))?;
                let gone = row.go_on(change).map_err(invalid)?;
                if gone {
                    self.rows.remove(address);
                }
                Ok(())
            }
        }
    }

    /// The row goes elsewhere; those made after it follow the new address.
    fn relocate(&mut self, address: &Address, to: &Address) -> Result<(), &'static str> {
        if self.rows.contains_key(to) {
            return Err("the new address is taken");
        }
        let row = self.rows.remove(address).ok_or("there is no such row")?;
        self.rows.insert(to.clone(), row);
        for follower in self.rows.values_mut() {
            if follower.after.remove(address) {
                follower.after.insert(to.clone());
            }
        }
        Ok(())
    }
}

impl Row {
    fn adopt(&mut self, place: &Place, binding: &Binding, applied: &Applied) -> Result<(), &'static str> {
        if self.intent.is_some() {
            return Err("an operation is under way");
        }
        self.place = place.clone();
        self.binding = Some(binding.clone());
        self.applied = Some(applied.clone());
        self.last_failure = None;
        Ok(())
    }

    fn begin(
        &mut self,
        place: &Place,
        intent: &Intent,
        lifecycle: Lifecycle,
        after: &BTreeSet<Address>,
    ) -> Result<(), &'static str> {
        if self.intent.is_some() {
            return Err("an operation is under way already");
        }
        if intent.op_no <= self.op_no {
            return Err("operation numbers must rise");
        }
        if self.tokens.iter().any(|(_, token)| *token == intent.token) {
            return Err("the token was used before");
        }
        if intent.kind == Kind::Provision && self.binding.is_some() {
            return Err("there is a provisioned product already");
        }
        self.place = place.clone();
        self.op_no = intent.op_no;
        self.tokens.push((intent.op_no, intent.token.clone()));
        let surplus = self.tokens.len().saturating_sub(TOKENS_KEPT);
        self.tokens.drain(..surplus);
        self.intent = Some(intent.clone());
        self.lifecycle = lifecycle;
        // what it was made after holds until this operation has succeeded; the rest is remembered then
        self.after.extend(after.iter().cloned());
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
            Change::Settled(settlement) => return self.settle(settlement),
            Change::Vanished => {
                self.binding = None;
                self.applied = None;
                self.generation += 1;
            }
            Change::Found(binding) => {
                if self.binding.is_some() || self.intent.is_some() {
                    return Err("there is a provisioned product, or an operation, already");
                }
                self.binding = Some(binding.clone());
            }
            Change::Remembered { lifecycle, after, sensitive } => {
                self.lifecycle = *lifecycle;
                self.after = after.clone();
                self.redact(sensitive)?;
            }
            Change::Begin { .. } | Change::Adopted { .. } | Change::Forget | Change::Moved { .. } => {}
        }
        Ok(false)
    }

    fn redact(&mut self, sensitive: &BTreeMap<String, KeyedDigest>) -> Result<(), &'static str> {
        for (key, digest) in sensitive {
            let applied = self.applied.as_mut().ok_or("nothing is applied")?;
            applied.outputs.remove(key).ok_or("there is no such output")?;
            applied.secret_outputs.insert(key.clone(), digest.clone());
            applied.content.target.options.sensitive_outputs.insert(key.clone());
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
            Settlement::Succeeded { outputs, secret_outputs, arn } => {
                let content = intent.content.ok_or("a termination makes nothing")?;
                let record = record.ok_or("only an accepted operation can succeed")?;
                if let (Some(binding), Some(arn)) = (self.binding.as_mut(), arn) {
                    binding.arn = Some(arn.clone());
                }
                self.applied = Some(Applied {
                    content,
                    outputs: outputs.clone(),
                    secret_outputs: secret_outputs.clone(),
                    record,
                    unverified: false,
                });
                self.last_failure = None;
                Ok(false)
            }
            Settlement::Gone => {
                self.binding = None;
                self.applied = None;
                self.last_failure = None;
                self.generation += 1;
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

//! What must hold of every state, whoever wrote it. Checked at each load, and of each row that a commit changed.

use std::collections::BTreeMap;

use super::{Kind, Recorded, Row, StateError, TOKENS_KEPT};
use crate::model::ids::{Address, Token};

impl Recorded {
    /// Checks the invariants of one state:
    ///
    /// - operation numbers are serials: no row's is above the state's serial, so the next commit's never comes again,
    ///   not even for an address whose row was dropped;
    /// - a row's tokens are at most [`TOKENS_KEPT`], their numbers rise and end at or below the row's;
    /// - no token stands twice, in one row or in two;
    /// - an intent carries its row's number and last token; it has a content if, and only if, it makes something;
    /// - nothing is applied without a provisioned product to be applied to, unless that is being terminated;
    /// - an address can be written as `key@location` and read back.
    ///
    /// That a row has at most one intent is a matter of its type.
    ///
    /// # Errors
    /// [`StateError::Invalid`] with the first row that breaks one.
    pub fn verify(&self) -> Result<(), StateError> {
        let mut tokens = BTreeMap::new();
        for (address, row) in &self.rows {
            row.verify(address, self.serial)?;
            for (_, token) in &row.tokens {
                if let Some(other) = tokens.insert(token, address) {
                    return Err(twice(address, token, other));
                }
            }
        }
        Ok(())
    }
}

impl Row {
    /// The invariants that can be told from one row alone.
    pub(super) fn verify(&self, address: &Address, serial: u64) -> Result<(), StateError> {
        let invalid =
            |reason: &str| StateError::Invalid { address: address.clone(), reason: reason.to_owned() };
        if !is_writable(address) {
            return Err(invalid("its address cannot be written as `key@location`"));
        }
        if self.op_no > serial {
            return Err(invalid("its operation number is above the state's serial"));
        }
        if self.tokens.len() > TOKENS_KEPT {
            return Err(invalid("it remembers too many tokens"));
        }
        if !self.tokens.iter().zip(self.tokens.iter().skip(1)).all(|((a, _), (b, _))| a < b) {
            return Err(invalid("the numbers of its tokens do not rise"));
        }
        if self.tokens.last().is_some_and(|(op_no, _)| *op_no > self.op_no) {
            return Err(invalid("a token has a higher number than the last operation"));
        }
        if self.applied.is_some() && self.binding.is_none() && !self.is_being_terminated() {
            return Err(invalid("something is applied, but no provisioned product is known"));
        }
        self.verify_intent().map_err(invalid)
    }

    fn verify_intent(&self) -> Result<(), &'static str> {
        let Some(intent) = &self.intent else { return Ok(()) };
        if intent.op_no != self.op_no {
            return Err("its intent has another number than its last operation");
        }
        if self.tokens.last() != Some(&(intent.op_no, intent.token.clone())) {
            return Err("its intent's token is not the last one it remembers");
        }
        if intent.content.is_some() != matches!(intent.kind, Kind::Provision | Kind::Update) {
            return Err("its intent makes something without a content, or unmakes one with it");
        }
        Ok(())
    }

    fn is_being_terminated(&self) -> bool {
        self.intent.as_ref().is_some_and(|intent| matches!(intent.kind, Kind::Terminate | Kind::Retain))
    }
}

pub(super) fn twice(address: &Address, token: &Token, other: &Address) -> StateError {
    StateError::Invalid {
        address: address.clone(),
        reason: format!("its token `{token}` is also one of `{other}`"),
    }
}

fn is_writable(address: &Address) -> bool {
    let key = address.key.as_str();
    let clean = |text: &str| !text.is_empty() && !text.contains('\0');
    clean(key) && !key.contains('@') && clean(address.location.as_str())
}

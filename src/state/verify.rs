//! What must hold of every row, whoever wrote it. Checked of each row at a load, and of each that a commit changed.

use std::collections::BTreeMap;

use super::{Kind, Recorded, Row, StateError, TOKENS_KEPT};
use provisor_model::ids::Address;

impl Recorded {
    /// Checks each row for itself:
    ///
    /// - a row's tokens are at most [`TOKENS_KEPT`], their numbers rise and end at or below the row's;
    /// - no token stands twice;
    /// - an intent carries its row's number and last token; it has a content if, and only if, it makes something;
    /// - nothing is applied without a provisioned product to be applied to, unless that is being terminated;
    /// - an address is one that a declaration can have, and can be written as `key@location` and read back;
    ///
    /// and that no two rows have one birth, as copies have. That a row has at most one intent is a matter of its type.
    ///
    /// # Errors
    /// [`StateError::Invalid`] with the first row that breaks one.
    pub fn verify(&self) -> Result<(), StateError> {
        let mut births = BTreeMap::new();
        for (address, row) in &self.rows {
            row.verify(address)?;
            if let Some(other) = births.insert(row.version.birth, address) {
                let reason = format!("it was born as `{other}` was: one of them is a copy");
                return Err(StateError::Invalid { address: address.clone(), reason });
            }
        }
        self.tombstones.keys().try_for_each(verify_address)
    }
}

impl Row {
    /// The invariants that can be told from one row alone.
    pub(super) fn verify(&self, address: &Address) -> Result<(), StateError> {
        let invalid =
            |reason: &str| StateError::Invalid { address: address.clone(), reason: reason.to_owned() };
        verify_address(address)?;
        self.verify_tokens().map_err(invalid)?;
        if self.applied.is_some() && self.binding.is_none() && !self.is_being_terminated() {
            return Err(invalid("something is applied, but no provisioned product is known"));
        }
        self.verify_intent().map_err(invalid)
    }

    fn verify_tokens(&self) -> Result<(), &'static str> {
        if self.tokens.len() > TOKENS_KEPT || self.earlier.len() > TOKENS_KEPT {
            return Err("it remembers too many tokens");
        }
        if !self.tokens.iter().zip(self.tokens.iter().skip(1)).all(|((a, _), (b, _))| a < b) {
            return Err("the numbers of its tokens do not rise");
        }
        if self.tokens.last().is_some_and(|(op_no, _)| *op_no > self.op_no) {
            return Err("a token has a higher number than the last operation");
        }
        let all = self.earlier.iter().chain(self.tokens.iter().map(|(_, token)| token));
        let mut all: Vec<_> = all.collect();
        all.sort_unstable();
        if all.iter().zip(all.iter().skip(1)).any(|(one, next)| one == next) {
            return Err("it remembers a token twice");
        }
        Ok(())
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

fn verify_address(address: &Address) -> Result<(), StateError> {
    let (key, location) = (address.key.as_str(), address.location.as_str());
    let in_key = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let in_location = |c: char| c.is_alphanumeric() || "_-/".contains(c);
    let begins = key.starts_with(|c: char| c.is_ascii_alphabetic());
    if begins && key.chars().all(in_key) && !location.is_empty() && location.chars().all(in_location) {
        return Ok(());
    }
    let reason = "no declaration can have its address".to_owned();
    Err(StateError::Invalid { address: address.clone(), reason })
}

//! What a state that somebody has edited may say: values that the catalog could have answered, and numbers that can be counted on.

use super::{Recorded, Row, StateError};
use provisor_model::ids::Address;

/// Nothing was ever committed to, or done, so often: what counts beyond would run over.
const HIGHEST: u64 = 1 << 62;
/// `ProvisionedProductId`, `RecordId` and tokens, in characters.
const LONGEST: usize = 128;

impl Recorded {
    /// Checks what a program never writes, and a hand may.
    ///
    /// # Errors
    /// [`StateError::Corrupt`] for its serial, [`StateError::Invalid`] with the first row that says such a thing.
    pub(super) fn is_plausible(&self) -> Result<(), StateError> {
        if self.serial > HIGHEST {
            let reason = format!("no state has the serial {}", self.serial);
            let hint = "leave the serial as `provisor state pull` gives it".to_owned();
            return Err(StateError::Corrupt { reason, hint });
        }
        if let Some((address, _)) = self.tombstones.iter().find(|(_, stone)| stone.version.n > HIGHEST) {
            return Err(invalid(address, "its version has a number that nothing was ever counted to"));
        }
        self.rows.iter().try_for_each(|(address, row)| row.is_plausible(address))
    }
}

impl Row {
    fn is_plausible(&self, address: &Address) -> Result<(), StateError> {
        if self.version.n > HIGHEST || self.op_no > HIGHEST {
            return Err(invalid(address, "it has a number that nothing was ever counted to"));
        }
        let account = self.home.account.as_str();
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid(address, "its `account` is no account: write the twelve digits"));
        }
        if !is_id(self.home.region.as_str()) {
            return Err(invalid(address, "its `region` is no region"));
        }
        if let Some(binding) = &self.binding {
            if !is_id(binding.id.as_str()) {
                return Err(invalid(address, "its `binding.id` is no id of a provisioned product"));
            }
            if binding.name.trim().is_empty() {
                return Err(invalid(address, "its `binding.name` is empty"));
            }
        }
        let tokens = self.tokens.iter().map(|(_, token)| token).chain(&self.earlier);
        if !tokens.clone().all(|token| is_id(token.as_str())) {
            return Err(invalid(address, "it remembers a token that no request can carry"));
        }
        let record = self.applied.as_ref().map(|applied| &applied.record);
        if record.is_some_and(|record| !is_id(record.as_str())) {
            return Err(invalid(address, "its `applied.record` is no id of a record"));
        }
        Ok(())
    }
}

/// Letters, digits, `-` and `_`: what ids, regions and tokens are made of.
fn is_id(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    !text.is_empty() && text.len() <= LONGEST && text.chars().all(fits)
}

fn invalid(address: &Address, reason: &str) -> StateError {
    StateError::Invalid { address: address.clone(), reason: reason.to_owned() }
}

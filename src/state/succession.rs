//! What may take the place of a whole state. Pure.

use super::{Recorded, StateError};

impl Recorded {
    /// Whether another state may be put in this one's place: the same one, and no older. A state in which nothing was ever
    /// committed gives way to any.
    ///
    /// # Errors
    /// [`StateError::Corrupt`] for a foreign lineage or an older serial; [`StateError::Invalid`] for what breaks a rule.
    pub fn may_be_replaced(&self, pushed: &Self) -> Result<(), StateError> {
        if self.lineage != pushed.lineage && self.serial > 0 {
            let reason = format!("it is of state {}, the store of {}", pushed.lineage, self.lineage);
            return Err(unfit(reason, "a new store, in another folder, takes over any state"));
        }
        if pushed.serial < self.serial {
            let reason = format!("it has serial {}, the store {}", pushed.serial, self.serial);
            return Err(unfit(reason, "`provisor state pull` gives the newest"));
        }
        pushed.verify()
    }
}

fn unfit(reason: String, hint: &str) -> StateError {
    StateError::Corrupt { reason, hint: hint.to_owned() }
}

//! What is wrong with a state, and what of it can be saved, as its readers see it.

use crate::model::text::count;
use crate::state::Damage;

/// A damaged state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryView<'a> {
    /// What was found, one finding each.
    pub found: &'a [String],
    /// What would be taken; `None`: nothing is left that can be.
    pub taken: Option<SavedState<'a>>,
    /// What is lost at most, in words; `None`: nothing.
    pub lost: Option<String>,
    /// Every secret counts as changed once, and saved plans are void.
    pub key_is_lost: bool,
}

/// What of a damaged state proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedState<'a> {
    /// Where it is, in the state's folder.
    pub file: &'a str,
    /// Its serial.
    pub serial: u64,
    /// How many rows it has.
    pub rows: usize,
}

impl<'a> RecoveryView<'a> {
    /// Looks at what was found.
    #[must_use]
    pub fn of(damage: &'a Damage) -> Self {
        let taken = damage.taken.as_ref().map(|taken| SavedState {
            file: &taken.file,
            serial: taken.recorded.serial,
            rows: taken.recorded.rows.len(),
        });
        let lost = match taken {
            None => Some("all that was recorded".to_owned()),
            Some(SavedState { serial, .. }) if serial < damage.newest => {
                let commits = usize::try_from(damage.newest - serial).unwrap_or(usize::MAX);
                Some(format!("serials {} to {} ({})", serial + 1, damage.newest, count(commits, "commit")))
            }
            Some(SavedState { serial, .. }) if damage.may_be_older => {
                Some(format!("what was committed after serial {serial}, if anything was"))
            }
            Some(_) => None,
        };
        Self { found: &damage.found, taken, lost, key_is_lost: damage.key_is_lost }
    }
}

//! Rows of states in memory, written down by hand.

use provisor::model::ids::Address;
use provisor::state::{Birth, Change, Group, Recorded, StateError, Version};

/// Changes one row of a state in memory, made from what stands.
pub fn change(recorded: &mut Recorded, address: &Address, change: Change) -> Result<Version, StateError> {
    let group = Group::of(recorded, address, vec![change]);
    let mut answers = recorded.commit(&[group], None)?.answers;
    let versions = answers.pop().expect("one per group").expect("it was made from what stands");
    Ok(*versions.last().expect("one per write"))
}

/// The birth of the row at an address, for states that are written down by hand.
pub fn birth(address: &Address) -> Birth {
    let text = address.to_string();
    Birth(text.bytes().fold(0x6c62_272e_07bb_0142, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_01b3_0000_0000_0000_0000_013b)
    }))
}

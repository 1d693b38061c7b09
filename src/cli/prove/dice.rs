//! Dice: the same seed throws the same.

use std::time::Duration;

use crate::model::random::Random;

/// A sequence of throws.
pub struct Dice(Random);

impl Dice {
    /// From a seed that can be told.
    pub fn new(seed: u32) -> Self {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&seed.to_be_bytes());
        Self(Random::new(bytes))
    }

    /// A number below `sides`.
    pub fn below(&mut self, sides: usize) -> usize {
        let thrown = self.0.draw() % (sides.max(1) as u128);
        usize::try_from(thrown).unwrap_or_default()
    }

    /// A time up to `most`.
    pub fn up_to(&mut self, most: Duration) -> Duration {
        let millis = self.below(usize::try_from(most.as_millis()).unwrap_or(usize::MAX));
        Duration::from_millis(millis as u64)
    }
}

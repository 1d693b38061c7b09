//! Random bits for the core: a sequence from a seed that somebody at the edge drew. The same seed gives the same bits.

use sha2::{Digest, Sha256};

/// A source of bits that nobody can foretell who does not know the seed.
#[derive(Clone)]
pub struct Random {
    seed: [u8; 32],
    drawn: u64,
}

impl Random {
    /// Begins a sequence. A seed is used once: two sequences from one seed are the same.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0 }
    }

    /// The next 128 bits.
    pub fn draw(&mut self) -> u128 {
        let block = Sha256::new().chain_update(self.seed).chain_update(self.drawn.to_be_bytes()).finalize();
        self.drawn += 1;
        block.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random(…)")
    }
}

//! Numbers, texts and choices from a seed: always the same ones for the same seed.

/// Texts that a careless writer or reader trips over.
const TEXTS: [&str; 10] = [
    "",
    "10.20.0.0/16",
    "\",\n\"mac\":\"",
    "\"}\n",
    "back\\slash \u{0} \u{7f} \u{2028} tab\t",
    "grün 網絡 🦀",
    "${network.outputs.VpcId}",
    "012345678901",
    "{\"Version\":\"2012-10-17\"}",
    " padded ",
];

/// Numbers from a seed: always the same ones.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    pub fn chance(&mut self) -> bool {
        self.below(2) == 0
    }

    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub fn text(&mut self) -> String {
        self.one(&TEXTS).to_owned()
    }

    pub fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance().then(|| make(self))
    }

    pub fn many<T, C: FromIterator<T>>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> C {
        (0..self.below(4)).map(|_| make(self)).collect()
    }
}

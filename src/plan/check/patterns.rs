//! `AllowedPattern`s: compiled once, since thousands of declarations share a few, and matched within a bound. How the steps of
//! one match are counted stands in `counted`, and in `looking` for those that look around.

use std::collections::BTreeMap;

use super::counted::{Automaton, NoAutomaton, Steps};
use super::looking::Looking;

/// How many steps a run may take.
const COUNTED: usize = 100_000_000;
/// How many it may take for patterns that look around or back: each is counted as the most that it can be.
const LOOKED: usize = 1_000_000_000;
/// What the patterns of a run may remember of earlier values together, in bytes.
const REMEMBERED: usize = 64 << 20;

/// A pattern as it can be matched.
enum Compiled {
    /// In steps that are counted.
    Counted(Box<Automaton>),
    /// It looks around or back: within a bound of steps.
    Bounded(Box<Looking>),
    /// In another dialect, or larger than any that is meant: only the service can tell.
    Foreign,
}

/// The patterns that were compiled so far.
pub(super) struct Patterns {
    compiled: BTreeMap<String, Compiled>,
    left: Steps,
    looked: Steps,
    remembered: usize,
    unchecked: bool,
}

impl Default for Patterns {
    fn default() -> Self {
        Self {
            compiled: BTreeMap::new(),
            left: Steps(COUNTED),
            looked: Steps(LOOKED),
            remembered: 0,
            unchecked: false,
        }
    }
}

impl Patterns {
    /// Whether the whole text matches; `None` where that cannot be told here.
    pub fn fits(&mut self, pattern: &str, text: &str) -> Option<bool> {
        if !self.compiled.contains_key(pattern) {
            let compiled = compile(pattern, &mut self.left);
            self.compiled.insert(pattern.to_owned(), compiled);
        }
        let fits = match self.compiled.get_mut(pattern)? {
            Compiled::Counted(whole) => {
                let before = whole.remembers();
                let fits = whole.is_match(text, &mut self.left);
                self.remembered = (self.remembered + whole.remembers()).saturating_sub(before);
                fits
            }
            Compiled::Bounded(whole) => whole.is_match(text, &mut self.looked),
            Compiled::Foreign => None,
        };
        if self.remembered > REMEMBERED {
            self.forget();
        }
        self.unchecked |= fits.is_none();
        fits
    }

    fn forget(&mut self) {
        self.remembered = 0;
        for compiled in self.compiled.values_mut() {
            if let Compiled::Counted(whole) = compiled {
                whole.forget();
            }
        }
    }

    /// Whether something could not be told since this was asked last.
    pub fn take_unchecked(&mut self) -> bool {
        std::mem::take(&mut self.unchecked)
    }
}

fn compile(pattern: &str, left: &mut Steps) -> Compiled {
    let whole = format!(r"\A(?:{pattern})\z");
    match Automaton::new(&whole, left) {
        Ok(counted) => return Compiled::Counted(Box::new(counted)),
        Err(NoAutomaton::TooLarge) => return Compiled::Foreign,
        Err(NoAutomaton::Foreign) => {}
    }
    Looking::new(&whole).map_or(Compiled::Foreign, |looking| Compiled::Bounded(Box::new(looking)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_many_states_is_given_up_after_so_many_steps() {
        let cases =
            ["(?:a?){20000}b", "[ab]*a[ab]{9000}c", "(?:(?:a?b?c?){100}){100}d", "(?:a||||||||){4000}b"];
        for pattern in cases {
            let mut patterns = Patterns { left: Steps(3_000_000), ..Patterns::default() };
            let long = "ab".repeat(2000);
            let answers: Vec<_> =
                (0..2000).map(|n| patterns.fits(pattern, &format!("{}{n}", &long[n..]))).collect();
            assert_eq!(answers.last(), Some(&None), "{pattern}");
            assert!(answers.iter().all(|fits| *fits != Some(true)), "{pattern}");
            assert!(patterns.take_unchecked() && patterns.left == Steps(0), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_is_no_larger_than_any_that_is_meant() {
        let mut patterns = Patterns::default();
        assert_eq!(patterns.fits(r"(?:\w{1000}){100}", "x"), None);
        assert!(patterns.left.0 > COUNTED / 2);
    }

    #[test]
    fn what_people_write_is_cheap_and_matches_as_before() {
        let rows = [
            (r"[\w+=,.@-]{1,128}", "deploy.role@example-1", true),
            (r"^[a-z][a-z0-9-]{2,62}$", "my-bucket-name", true),
            (r"^[a-z][a-z0-9-]{2,62}$", "My-bucket-name", false),
            (r"arn:(?:aws|aws-cn):iam::\d{12}:role/.*", "arn:aws:iam::111122223333:role/x", true),
            (r"", "", true),
            (r"", "x", false),
            (r"a|ab", "ab", true),
            (r"\bword\b", "word", true),
            (r"(?i)sch\u00f6n", "SCH\u{d6}N", true),
        ];
        let mut patterns = Patterns::default();
        for (pattern, text, fits) in rows {
            assert_eq!(patterns.fits(pattern, text), Some(fits), "{pattern} {text}");
        }
        assert!(COUNTED - patterns.left.0 < 2_500_000, "{:?}", patterns.left);
        for n in 0..1000 {
            for (pattern, text, _) in rows {
                let _ = patterns.fits(pattern, &format!("{text}{n}"));
            }
        }
        assert!(COUNTED - patterns.left.0 < 6_000_000, "{:?}", patterns.left);
    }
}

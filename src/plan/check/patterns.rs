//! `AllowedPattern`s: compiled once, since thousands of declarations share a few, and matched within a bound.

use std::collections::BTreeMap;

/// How many steps back one match may take.
const STEPS: usize = 100_000;
/// How many matches of one run may exceed that; beyond it none is tried that may take steps back.
const HOPELESS: usize = 20;

/// A pattern as it can be matched.
enum Compiled {
    /// In linear time.
    Linear(regex::Regex),
    /// It looks around or back: within a bound of steps.
    Bounded(fancy_regex::Regex),
    /// In another dialect: only the service can tell.
    Foreign,
}

/// The patterns that were compiled so far.
#[derive(Default)]
pub(super) struct Patterns {
    compiled: BTreeMap<String, Compiled>,
    exceeded: usize,
    unchecked: bool,
}

impl Patterns {
    /// Whether the whole text matches; `None` where that cannot be told here.
    pub fn fits(&mut self, pattern: &str, text: &str) -> Option<bool> {
        if !self.compiled.contains_key(pattern) {
            self.compiled.insert(pattern.to_owned(), compile(pattern));
        }
        let fits = match self.compiled.get(pattern)? {
            Compiled::Linear(whole) => Some(whole.is_match(text)),
            Compiled::Bounded(whole) if self.exceeded < HOPELESS => {
                let fits = whole.is_match(text).ok();
                self.exceeded += usize::from(fits.is_none());
                fits
            }
            Compiled::Bounded(_) | Compiled::Foreign => None,
        };
        self.unchecked |= fits.is_none();
        fits
    }

    /// Whether something could not be told since this was asked last.
    pub fn take_unchecked(&mut self) -> bool {
        std::mem::take(&mut self.unchecked)
    }
}

fn compile(pattern: &str) -> Compiled {
    let whole = format!(r"\A(?:{pattern})\z");
    if let Ok(linear) = regex::Regex::new(&whole) {
        return Compiled::Linear(linear);
    }
    let bounded = fancy_regex::RegexBuilder::new(&whole).backtrack_limit(STEPS).build();
    bounded.map_or(Compiled::Foreign, Compiled::Bounded)
}

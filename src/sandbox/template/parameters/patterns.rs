//! `AllowedPattern`: Java's patterns, which must hold for the whole value. What Java and our engines read differently is
//! not told apart here. A stranger may write patterns and values, so that matching has a bound: for a value, for what a run
//! reads, for a request. What is beyond it is not held against a value.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fancy_regex::{Error, ParseError, RegexBuilder};
use regex::Regex;

/// A step is a look at one of a pattern's states for one byte of a value. So many at most for one value.
const MOST_STEPS: usize = 22_000_000;
/// What all worlds of a run may take for what is there in the beginning.
const READING: usize = 1_000_000_000;
/// What a request may take at least.
const ASKING: usize = 4 * MOST_STEPS;
/// The bytes of a state.
const STATE: usize = 24;
/// To make a state is as much as so many steps.
const MADE: usize = 16;
/// Patterns are compiled into as few bytes as they need: the first number, or twice as many, up to the second.
const SIZES: (usize, usize) = (64 << 10, 8 << 20);
/// What the patterns that are kept take together, in bytes.
const KEPT: usize = 64 << 20;

/// How many steps back a pattern that looks around may take for one value. Such patterns can take time that is exponential
/// in the length of the value.
const MOST_BACK: usize = 100_000;
/// What such a pattern looks around at is no larger, in bytes.
const LOOKED_AT: usize = 1 << 20;
/// A longer value is not held against such a pattern.
const LONGEST: usize = 1024;
/// How many values of a request are held against such patterns; one that takes too many steps back counts for many.
const LOOKS: usize = 400;
const HOPELESS: usize = 100;

/// How many steps are left to all worlds of a run.
#[derive(Clone, Debug)]
pub(crate) struct PatternSteps(Arc<AtomicUsize>);

impl Default for PatternSteps {
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(READING)))
    }
}

/// The patterns of a world's templates.
#[derive(Debug)]
pub(crate) struct Patterns {
    steps: PatternSteps,
    looks: AtomicUsize,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    compiled: HashMap<String, Compiled>,
    bytes: usize,
}

/// A pattern as it can be matched.
#[derive(Debug)]
enum Compiled {
    /// With the bytes that it takes at most.
    Plain(Regex, usize),
    /// It may look around.
    Looking,
    TooLarge,
}

impl Default for Patterns {
    fn default() -> Self {
        Self { looks: AtomicUsize::new(LOOKS), ..Self::reading(&PatternSteps::default()) }
    }
}

impl Patterns {
    /// While a world is read: nothing is held against patterns that look around, whose steps cannot be foreseen.
    pub(crate) fn reading(steps: &PatternSteps) -> Self {
        Self { steps: steps.clone(), looks: AtomicUsize::new(0), known: Mutex::default() }
    }

    /// Whoever asks has a bound of their own.
    pub(crate) fn ask(&self) {
        self.steps.0.fetch_max(ASKING, Ordering::SeqCst);
        self.looks.store(LOOKS, Ordering::SeqCst);
    }

    /// Takes steps of what a value is held against, if so many are left.
    pub(crate) fn take(&self, steps: usize) -> bool {
        take(&self.steps.0, steps)
    }

    /// Whether a value matches a pattern. What cannot be read, or takes too many steps, is not held against the value.
    pub(crate) fn fits(&self, pattern: &str, value: &str) -> bool {
        let whole = format!(r"\A(?:{pattern})\z");
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.compiled.contains_key(pattern) {
            let Some((compiled, bytes)) = self.compile(&whole) else { return true };
            if known.bytes + bytes > KEPT {
                *known = Known::default();
            }
            known.bytes += bytes;
            known.compiled.insert(pattern.to_owned(), compiled);
        }
        match known.compiled.get(pattern) {
            Some(Compiled::Plain(plain, bytes)) => {
                let steps = bytes / STATE * (value.len() + 1);
                steps > MOST_STEPS || !self.take(steps) || plain.is_match(value)
            }
            Some(Compiled::Looking) if value.len() <= LONGEST && take(&self.looks, 1) => {
                looking_around(&whole, value).unwrap_or_else(|| {
                    let _ =
                        take(&self.looks, HOPELESS) || take(&self.looks, self.looks.load(Ordering::SeqCst));
                    true
                })
            }
            Some(Compiled::Looking | Compiled::TooLarge) | None => true,
        }
    }

    /// The pattern, with the bytes that it takes; none where there are not steps enough to make it.
    fn compile(&self, whole: &str) -> Option<(Compiled, usize)> {
        let mut bytes = SIZES.0;
        while bytes <= SIZES.1 {
            if !self.take(bytes / STATE * MADE) {
                return None;
            }
            match regex::RegexBuilder::new(whole).size_limit(bytes).build() {
                Ok(plain) => return Some((Compiled::Plain(plain, bytes), bytes)),
                Err(regex::Error::CompiledTooBig(_)) => bytes *= 2,
                Err(_) => return Some((Compiled::Looking, SIZES.0)),
            }
        }
        Some((Compiled::TooLarge, SIZES.0))
    }
}

/// Takes so many, if so many are left.
fn take(left: &AtomicUsize, wanted: usize) -> bool {
    let less = |left: usize| left.checked_sub(wanted);
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok()
}

/// Whether a pattern is none in any engine: a bracket or a parenthesis is not closed, or closes nothing.
pub(crate) fn is_broken(pattern: &str) -> bool {
    let (mut groups, mut class) = (0_usize, 0_usize);
    let mut signs = pattern.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' if signs.peek() == Some(&'Q') => return false,
            '\\' if signs.next().is_none() => return true,
            '\\' => {}
            '[' => {
                class += 1;
                // a bracket that stands first is one of its signs
                let _ = signs.next_if_eq(&'^');
                let _ = signs.next_if_eq(&']');
            }
            ']' => class = class.saturating_sub(1),
            '(' if class == 0 => groups += 1,
            ')' if class == 0 && groups == 0 => return true,
            ')' if class == 0 => groups -= 1,
            _ => {}
        }
    }
    let read = || regex::RegexBuilder::new(pattern).size_limit(SIZES.0).build();
    (class > 0 || groups > 0) && matches!(read(), Err(regex::Error::Syntax(_)))
}

/// Whether a pattern that may look around matches; none if that cannot be told.
fn looking_around(pattern: &str, value: &str) -> Option<bool> {
    let built = RegexBuilder::new(pattern).backtrack_limit(MOST_BACK).delegate_size_limit(LOOKED_AT).build();
    match built {
        Ok(regex) => regex.is_match(value).ok(),
        // Java takes an optional look-ahead, which asks for nothing; each round takes one out
        Err(Error::ParseError(at, ParseError::TargetNotRepeatable)) => {
            looking_around(&optional_as_alternative(pattern, at)?, value)
        }
        Err(_) => None,
    }
}

/// The pattern with `(?=X)?`, whose question mark is at `at`, as `(?=X|)`.
fn optional_as_alternative(pattern: &str, at: usize) -> Option<String> {
    // `(?!X|)` would never hold; which group it is that ends here cannot be told without taking the pattern apart
    let negative = pattern.contains("(?!") || pattern.contains("(?<!");
    let group = pattern.get(..at)?.strip_suffix(')').filter(|_| !negative)?;
    let rest = pattern.get(at..)?.strip_prefix('?')?;
    Some(format!("{group}|){rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, value: &str) -> bool {
        Patterns::default().fits(pattern, value)
    }

    /// However many templates there are, what they cost together is bounded; whoever asks later is served all the same.
    #[test]
    fn what_a_run_reads_has_one_bound() {
        let steps = PatternSteps(Arc::new(AtomicUsize::new(READING / 25)));
        let worlds = [Patterns::reading(&steps), Patterns::reading(&steps)];
        let long = "ab".repeat(60);
        let refused = |world: &Patterns, n: usize| !world.fits(&format!("(?:a?){{400}}{n}"), &long);
        assert!(worlds.iter().all(|world| refused(world, 0)));
        let checked = (0..1000).take_while(|n| worlds.iter().all(|world| refused(world, *n))).count();
        assert!((5..100).contains(&checked), "{checked}");
        assert!((1000..1100).all(|n| !worlds.iter().any(|world| refused(world, n))));
        worlds[0].ask();
        assert!(
            refused(&worlds[0], 0) && !worlds[0].fits("a(?=c).", "ab") && worlds[1].fits("a(?=c).", "ab")
        );
    }

    #[test]
    fn a_request_is_held_against_so_many_patterns_that_look_around() {
        let patterns = Patterns::default();
        let slow = || patterns.fits("(?:a(?=a|$)|a|aa)*b", &"a".repeat(40));
        assert!((0..3).all(|_| slow()) && !patterns.fits("a(?=c).", "ab"));
        assert!(slow() && patterns.fits("a(?=c).", "ab"));
        patterns.ask();
        assert!(!patterns.fits("a(?=c).", "ab"));
    }

    #[test]
    fn a_pattern_that_looks_around_anywhere_holds_as_it_does_in_java() {
        let rows = [
            ("y(?=x)x", "yx", true),
            ("y(?=x)x", "yz", false),
            ("(?:a(?!b)|b)+", "aab", false),
            ("(?:a(?!b)|b)+", "aba", false),
            ("(?:a(?!b)|b)+", "baa", true),
            ("(?=a)?.", "b", true),
            ("(?=a)?.", "bb", false),
            // not told: optional, and negative somewhere
            ("(?!a)?.(?!x)", "bb", true),
        ];
        for (pattern, value, holds) in rows {
            assert_eq!(matches(pattern, value), holds, "{pattern} {value}");
        }
    }

    #[test]
    fn a_large_pattern_is_not_held_against_a_long_value() {
        let pattern = "(?:a?){4000}b";
        assert!(!matches(pattern, "aaa") && matches(pattern, &"a".repeat(4000)));
        assert!(
            matches(r"[\w+=,.@-]{1,128}", &"role-1".repeat(20))
                && !matches(r"[\w+=,.@-]{1,64}", &"a".repeat(65))
        );
    }

    #[test]
    fn what_takes_too_long_or_cannot_be_read_is_not_held_against_a_value() {
        let long = "a".repeat(40);
        for pattern in ["(?:a(?=a|$)|a|aa)*b", "[a-z&&[^x]", r"\p{Nonsense}(?=x)", "(?P=x"] {
            assert!(matches(pattern, &long), "{pattern}");
        }
    }
}

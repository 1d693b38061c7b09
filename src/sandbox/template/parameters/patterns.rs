//! `AllowedPattern`: Java's patterns, which must hold for the whole value. What Java and our engines read differently is
//! not told apart here.

use fancy_regex::{Error, ParseError, RegexBuilder};
use regex::Regex;

/// A pattern's states are looked at for each byte of a value: what both come to, in bytes of the compiled pattern.
const MAX_WORK: usize = 512 << 20;
/// No pattern is larger than this, compiled.
const MAX_COMPILED: usize = 8 << 20;

/// How many steps a pattern that looks around may take for one value. Such patterns can take time that is exponential
/// in the length of the value.
const MAX_STEPS: usize = 100_000;

/// Whether a value matches a pattern. What cannot be read, or takes too many steps, is not held against the value.
pub(crate) fn matches(pattern: &str, value: &str) -> bool {
    let whole = format!(r"\A(?:{pattern})\z");
    let most = MAX_COMPILED.min(MAX_WORK / value.len().max(1));
    // linear in the length of the value, so it comes first
    match regex::RegexBuilder::new(&whole).size_limit(most).build() {
        Ok(plain) => plain.is_match(value),
        Err(regex::Error::CompiledTooBig(_)) => true,
        Err(_) => looking_around(&whole, value).unwrap_or(true),
    }
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
    (class > 0 || groups > 0) && Regex::new(pattern).is_err()
}

/// Whether a pattern that may look around matches; none if that cannot be told.
fn looking_around(pattern: &str, value: &str) -> Option<bool> {
    let built = RegexBuilder::new(pattern).backtrack_limit(MAX_STEPS).build();
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
    use super::matches;

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

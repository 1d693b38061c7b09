//! A pattern that looks around or back, against one value. Its engine counts steps back, and nothing else: what it may do between
//! two of them follows from the pattern's shape and the value's length, and is counted before anything is matched.

use fancy_regex::{AstNode, Expr, Regex, RegexBuilder};

use super::counted::Steps;

/// How many steps back one match may take: few at first, and more if there is need.
const BACK: [usize; 5] = [4, 64, 1024, 16_384, 100_000];
/// A match that may take more steps than this is not tried.
const DEAR: usize = 50_000_000;
/// A longer value is not held against such a pattern.
const LONGEST: usize = 1024;
/// What it looks around at is no larger, in bytes.
const LOOKED_AT: usize = 1 << 20;
/// It has no more states than this.
const LARGEST: usize = 100_000;

/// A pattern, compiled for each number of steps back that was needed so far.
pub(super) struct Looking {
    pattern: String,
    shape: Expr,
    compiled: Vec<Option<Regex>>,
}

impl Looking {
    /// None in another dialect, or if it is larger than any that is meant.
    pub fn new(pattern: &str) -> Option<Self> {
        let shape = Expr::parse_tree(pattern).ok()?.expr;
        if work(&shape, LONGEST)?.states > LARGEST {
            return None;
        }
        let first = compile(pattern, BACK.first().copied()?)?;
        Some(Self { pattern: pattern.to_owned(), shape, compiled: vec![Some(first)] })
    }

    /// Whether the whole text matches; none where that cannot be told, or not in the steps that are left.
    pub fn is_match(&mut self, text: &str, left: &mut Steps) -> Option<bool> {
        if text.len() > LONGEST {
            return None;
        }
        let each = work(&self.shape, text.len())?.steps;
        for (nth, back) in BACK.into_iter().enumerate() {
            let steps = each.saturating_mul(back);
            if steps > DEAR {
                return None;
            }
            left.take(steps)?;
            if nth == self.compiled.len() {
                self.compiled.push(compile(&self.pattern, back));
            }
            if let Ok(fits) = self.compiled.get(nth)?.as_ref()?.is_match(text) {
                return Some(fits);
            }
        }
        None
    }
}

fn compile(pattern: &str, back: usize) -> Option<Regex> {
    RegexBuilder::new(pattern).backtrack_limit(back).delegate_size_limit(LOOKED_AT).build().ok()
}

/// What a part of a pattern may cost.
#[derive(Clone, Copy)]
struct Work {
    states: usize,
    /// The bytes that it matches at most.
    width: usize,
    /// Without a step back.
    steps: usize,
}

impl Work {
    /// What is looked for byte by byte.
    const fn plain(states: usize, width: usize) -> Self {
        Self { states, width, steps: states.saturating_mul(width.saturating_add(1)) }
    }

    const fn and(self, other: Self) -> Self {
        Self {
            states: self.states.saturating_add(other.states),
            width: self.width.saturating_add(other.width),
            steps: self.steps.saturating_add(other.steps),
        }
    }

    /// So many times, in a text of this length: tried one by one, or in one go.
    fn times(self, least: usize, most: usize, length: usize) -> Self {
        let rounds = most.min(least.saturating_add(length));
        let copies = if most == usize::MAX { least.saturating_add(1) } else { most.max(1) };
        let width = self.width.saturating_mul(most).min(length);
        let whole = Self::plain(self.states.saturating_mul(copies), width);
        Self { steps: self.steps.saturating_mul(rounds.saturating_add(1)).max(whole.steps), ..whole }
    }
}

/// What a pattern may cost in a text of this length; none if it has what Java's patterns have not.
fn work(shape: &Expr, length: usize) -> Option<Work> {
    let of = |part: &Expr| work(part, length);
    Some(match shape {
        Expr::Empty | Expr::Assertion(_) | Expr::ContinueFromPreviousMatchEnd => Work::plain(1, 0),
        Expr::Any { .. } | Expr::GeneralNewline { .. } => Work::plain(16, 4),
        Expr::Literal { val, casei: false } => Work::plain(val.len(), val.len()),
        Expr::Literal { val, casei: true } => Work::plain(val.len() * 8, val.len() * 4),
        Expr::LiteralBytes { bytes } => Work::plain(bytes.len(), bytes.len()),
        Expr::Delegate { inner, casei } => Work::plain(class(inner) * if *casei { 4 } else { 1 }, 4),
        Expr::Concat(parts) => {
            parts.iter().try_fold(Work::plain(1, 0), |all, part| Some(all.and(of(part)?)))?
        }
        Expr::Alt(parts) => parts.iter().try_fold(Work::plain(1, 0), |all, part| {
            let part = of(part)?;
            Some(Work { width: all.width.max(part.width), ..all.and(part) })
        })?,
        Expr::Group(part) => of(part)?,
        Expr::AtomicGroup(part) | Expr::AstNode(AstNode::AstGroup { inner: part, .. }, _) => of(part)?,
        Expr::LookAround(part, _) => Work { width: 0, ..of(part)? },
        Expr::Repeat { child, lo, hi, .. } => of(child)?.times(*lo, *hi, length),
        Expr::Backref { .. } | Expr::AstNode(AstNode::Backref { .. }, _) => Work::plain(1, length),
        _ => return None,
    })
}

/// The states of a class of characters.
fn class(text: &str) -> usize {
    let named = ["\\w", "\\W", "\\d", "\\D", "\\s", "\\S", "\\p", "\\P"];
    match named.iter().any(|name| text.contains(name)) {
        true => 700,
        false if text.contains('^') || !text.is_ascii() => 60 + text.len(),
        false => 1 + text.len() / 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, text: &str) -> (Option<bool>, usize) {
        let mut left = Steps(usize::MAX);
        let fits =
            Looking::new(&format!(r"\A(?:{pattern})\z")).and_then(|mut it| it.is_match(text, &mut left));
        (fits, usize::MAX - left.0)
    }

    #[test]
    fn what_people_write_is_told_in_few_steps() {
        let rows = [
            (r"(?!.*--)[a-z0-9-]{3,63}", "my-bucket-name", true),
            (r"(?!.*--)[a-z0-9-]{3,63}", "my--bucket", false),
            (r"(?=.*[A-Z])(?=.*[0-9])(?=.*[!@#])[A-Za-z0-9!@#]{12,41}", "Abcdefghij1!xyz", true),
            (r"(?=.*[A-Z])(?=.*\d)[\w!@#]{12,41}", "abcdefghij1!xyz", false),
            (r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z]{2,}", "api.internal.example-site.com", true),
            (r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z]{2,}", "api.internal-.example.com", false),
            (r"(?!(?:10|192)\.)(?:\d{1,3}\.){3}\d{1,3}", "172.16.0.1", true),
            (r"(?=^.{6,255}$)((?=.*\d)(?=.*[A-Z])|(?=.*[^A-Za-z0-9])(?=.*[a-z]))^.*", "abc123-", true),
            (r"(?=^.{6,255}$)((?=.*\d)(?=.*[A-Z])|(?=.*[^A-Za-z0-9])(?=.*[a-z]))^.*", "abcdef1", false),
            (r"(?!(^xn--|.+-s3alias$))^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", "bucket-s3alias", false),
            (r"(?!-)[a-zA-Z0-9-.]{1,63}(?<!-)", "example.com", true),
            (r"([a-z])\1", "aa", true),
            (r"([a-z])\1", "ab", false),
        ];
        for (pattern, text, wanted) in rows {
            let (told, steps) = fits(pattern, text);
            assert_eq!(told, Some(wanted), "{pattern} {text}");
            assert!(steps < 20_000_000, "{pattern} {text} {steps}");
        }
    }

    #[test]
    fn what_is_looked_at_between_steps_back_counts() {
        let inner = format!("(?:(?=(?:{}){{300}}$)a|a)*c", "a?b?");
        // no step back at all
        let nested = (0..8).fold("a".to_owned(), |inner, _| format!("(?:(?={inner})a)*"));
        let long = "a".repeat(1000);
        for pattern in [inner.as_str(), &nested, "(?>(?:(?=(?:[ab]*[ab]*)*c)a|.)*)*d", "(?<x>a)(?&x)"] {
            let (told, steps) = fits(pattern, &long);
            assert_eq!(told, None, "{pattern}");
            assert!(steps <= DEAR, "{pattern} {steps}");
        }
    }
}

//! `AllowedPattern`: patterns are Java's and hold for the whole value. What our engine lacks is taken apart here:
//! look-ahead before everything else (passwords), look-behind after everything else (names that end in no dash).

use regex::Regex;

/// Whether a value has a pattern; a pattern that cannot be read is not held against it.
pub(super) fn matches(pattern: &str, value: &str) -> bool {
    whole(pattern, value).unwrap_or(true)
}

fn whole(pattern: &str, value: &str) -> Option<bool> {
    if let Some(plain) = regex(&format!(r"\A(?:{pattern})\z")) {
        return Some(plain.is_match(value));
    }
    let (checks, rest) = leading(pattern)?;
    let (behind, rest) = trailing(rest)?;
    let rest = regex(&format!(r"\A(?:{rest})\z"))?;
    let held = checks.iter().chain(&behind).all(|check| check.holds(value));
    Some(held && rest.is_match(value))
}

fn regex(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// Something that takes no letters.
enum Check {
    /// What a place must look like, or must not.
    Look { regex: Regex, wanted: bool },
    /// One of several rows of checks.
    Any(Vec<Vec<Check>>),
    /// Optional, and so nothing.
    Nothing,
}

impl Check {
    fn holds(&self, value: &str) -> bool {
        match self {
            Check::Look { regex, wanted } => regex.is_match(value) == *wanted,
            Check::Any(rows) => rows.iter().any(|row| row.iter().all(|check| check.holds(value))),
            Check::Nothing => true,
        }
    }
}

/// The checks that a pattern starts with, and what follows them.
fn leading(pattern: &str) -> Option<(Vec<Check>, &str)> {
    let mut checks = Vec::new();
    let mut rest = pattern;
    loop {
        rest = rest.strip_prefix('^').unwrap_or(rest);
        let Some(inside) = rest.strip_prefix('(') else { break };
        let end = closing(inside)?;
        let (body, after) = inside.split_at(end);
        let Some(check) = check(body) else { break };
        let after = after.strip_prefix(')')?;
        let (check, after) = match after.strip_prefix('?') {
            Some(after) => (Check::Nothing, after),
            None => (check, after),
        };
        checks.push(check);
        rest = after;
    }
    Some((checks, rest))
}

/// A group that is nothing but checks.
fn check(body: &str) -> Option<Check> {
    for (mark, wanted) in [("?=", true), ("?!", false)] {
        if let Some(inner) = body.strip_prefix(mark) {
            return Some(Check::Look { regex: regex(&format!(r"\A(?:{inner})"))?, wanted });
        }
    }
    let rows = alternatives(body.strip_prefix("?:").unwrap_or(body))?;
    let rows = rows
        .into_iter()
        .map(|row| leading(row).filter(|(checks, rest)| !checks.is_empty() && rest.is_empty()));
    rows.map(|row| row.map(|(checks, _)| checks)).collect::<Option<Vec<_>>>().map(Check::Any)
}

/// A look-behind that a pattern ends with, and what precedes it.
fn trailing(pattern: &str) -> Option<(Option<Check>, &str)> {
    let open = pattern.strip_suffix('$').unwrap_or(pattern);
    for (mark, wanted) in [("(?<=", true), ("(?<!", false)] {
        if let Some((before, inside)) = open.rsplit_once(mark)
            && closing(inside)? + 1 == inside.len()
        {
            let inner = inside.strip_suffix(')')?;
            return Some((Some(Check::Look { regex: regex(&format!(r"(?:{inner})\z"))?, wanted }), before));
        }
    }
    Some((None, pattern))
}

/// Where the group that is open at the start ends.
fn closing(text: &str) -> Option<usize> {
    walk(text).find(|(_, letter, depth)| *letter == ')' && *depth == 0).map(|(place, ..)| place)
}

/// The alternatives of a group's content.
fn alternatives(text: &str) -> Option<Vec<&str>> {
    let bars = walk(text).filter(|(_, letter, depth)| *letter == '|' && *depth == 0).map(|(place, ..)| place);
    let mut rows = Vec::new();
    let mut start = 0;
    for bar in bars {
        rows.push(text.get(start..bar)?);
        start = bar + 1;
    }
    rows.push(text.get(start..)?);
    Some(rows)
}

/// The letters that mean something: not escaped, in no class; with the number of groups open around each. What closes
/// an inner group is left out.
fn walk(text: &str) -> impl Iterator<Item = (usize, char, usize)> {
    let (mut depth, mut class, mut escaping) = (0usize, false, false);
    text.char_indices().filter_map(move |(place, letter)| {
        let escaped = escaping;
        escaping = letter == '\\' && !escaped;
        if escaped {
            return None;
        }
        let around = depth;
        match letter {
            ']' => class = false,
            _ if class => return None,
            '[' => class = true,
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                return None;
            }
            _ => {}
        }
        Some((place, letter, around))
    })
}

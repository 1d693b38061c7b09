//! What a YAML parser's complaint means for the person who wrote the file: the usual slips, named.

use super::lines::{Cure, Slip, around, indent};
use super::slips;

/// What to do about `${` inside `{ }` or `[ ]`.
pub(crate) const QUOTE: &str = "put quotes around a `${…}` that stands inside `{ }` or `[ ]`";

/// What is likely behind a syntax error at a byte of a text, by the parser's own words.
pub(super) fn explain(text: &str, at: usize, info: &str) -> Slip {
    let at = floor(text, at);
    if let Some(slip) = unquoted(text, at) {
        return slip;
    }
    slip(text, at).map(Slip::named).or_else(|| slips::by_words(text, at, info)).unwrap_or_else(|| {
        let hint = quoting(text, at).or_else(|| escape(info)).map(Cure::ours);
        Slip::new(at, wording(info), hint).vague()
    })
}

/// A `${` between brackets, where the parser stopped behind its `$`.
fn unquoted(text: &str, at: usize) -> Option<Slip> {
    let (before, after) = text.split_at_checked(at)?;
    let dollar = at.checked_sub(1).filter(|_| before.ends_with('$') && after.starts_with('{'))?;
    let hint = quoting(text, at)?;
    Some(Slip::new(dollar, "a `${…}` inside `{ }` or `[ ]` needs quotes", Some(Cure::ours(hint))).named())
}

/// Where a line has a colon of East Asian width behind its first word, and none of YAML's.
fn wide_colon(line: &str) -> Option<usize> {
    let at = line.find('：').filter(|_| !line.contains(": ") && !line.trim_end().ends_with(':'))?;
    let key = line.get(..at)?.trim().trim_start_matches("- ");
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
    is_key.then_some(at)
}

/// The slip behind a complaint at a byte. A parser often notices on the line before it or behind it.
fn slip(text: &str, at: usize) -> Option<Slip> {
    if let Some(slip) = conflict(text) {
        return Some(slip);
    }
    let lines = around(text, at);
    if let Some(at) = lines.iter().rev().find_map(|(start, line)| Some(start + wide_colon(line)?)) {
        let hint = Cure::ours("write `: ` in its place");
        return Some(Slip::new(at, "this `：` (U+FF1A) is none of YAML's colons", Some(hint)));
    }
    let tab = lines.iter().find_map(|(start, line)| Some(start + indent(line).find('\t')?));
    if let Some(at) = tab {
        return Some(Slip::new(at, "a tab cannot indent", Some(Cure::ours("indent with spaces"))));
    }
    if let Some(at) = lines.iter().rev().find_map(|(start, line)| Some(start + tab_behind(line)?)) {
        let hint = Cure::ours("write a space there");
        return Some(Slip::new(at, "a tab stands behind this `:`", Some(hint)));
    }
    let odd = |(start, line): &(usize, &str)| {
        let (offset, odd) = line.char_indices().find(|(_, c)| is_odd(*c))?;
        Some((start + offset, odd))
    };
    if let Some((at, odd)) = lines.iter().filter_map(odd).min_by_key(|(at, _)| *at) {
        let message = format!("the character U+{:04X}{} cannot stand here", u32::from(odd), called(odd));
        return Some(Slip::new(at, message, Some(Cure::ours("write a space"))));
    }
    if let Some(sign) = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| "@`%".contains(*c)) {
        let hint = Cure::ours("put quotes around it");
        return Some(Slip::new(at, format!("a value cannot begin with `{sign}`"), Some(hint)));
    }
    if let Some(dash) = lines.iter().find_map(|(start, _)| no_item(text, *start)) {
        return Some(Slip::new(
            dash,
            "a space is missing behind this `-`",
            Some(Cure::ours("write a space there")),
        ));
    }
    lines.iter().rev().find_map(|(start, line)| {
        let colon = no_space(line)?;
        let hint = Cure::Repeating(format!("write `{}`", line.trim().replacen(':', ": ", 1)));
        Some(Slip::new(start + colon, "a space is missing behind this `:`", Some(hint)))
    })
}

/// The first mark of a merge conflict; one of them may have been left behind.
fn conflict(text: &str) -> Option<Slip> {
    let begins = |mark: &str| {
        let at_start = text.starts_with(mark).then_some(0);
        at_start.or_else(|| text.find(&format!("\n{mark}")).map(|at| at + 1))
    };
    let told = |at, message: &str, hint: &str| Some(Slip::new(at, message, Some(Cure::ours(hint))));
    match (begins("<<<<<<< "), begins(">>>>>>> ")) {
        (Some(first), Some(_)) => {
            let hint = "keep one of the two sides, and take the marks out";
            told(first, "a merge conflict stands here, unresolved", hint)
        }
        (Some(left), None) | (None, Some(left)) => {
            told(left, "a mark of a merge conflict was left here", "take it out")
        }
        (None, None) => None,
    }
}

/// Where the colon of `Engine:postgres` is: a line that is one word with a colon inside.
fn no_space(line: &str) -> Option<usize> {
    let word = line.trim();
    let (key, value) = word.split_once(':')?;
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let alone = !value.is_empty() && !value.starts_with([' ', ':', '/']) && !value.contains(": ");
    (plain && alone).then(|| indent(line).len() + key.len())
}

/// Where the `-` of a line is that stands among items of a list and has no space behind it.
fn no_item(text: &str, start: usize) -> Option<usize> {
    let line = |start: usize| text.get(start..)?.lines().next();
    let (here, above) = (line(start)?, text.get(..start)?.lines().next_back()?);
    let is_item = |line: &str| line.trim_start().starts_with("- ");
    let is_meant = here
        .trim_start()
        .strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "\"'$".contains(c)));
    (is_meant && is_item(above) && indent(here) == indent(above)).then(|| start + indent(here).len())
}

/// Where the colon of a key is that a tab stands behind, in place of a space.
fn tab_behind(line: &str) -> Option<usize> {
    let colon = line.find(":\t")?;
    let key = line.get(..colon)?.trim_start().trim_start_matches("- ");
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    plain.then_some(colon)
}

/// What an unknown escape in double quotes asks for.
fn escape(info: &str) -> Option<String> {
    let of_escape = info.contains("escape");
    of_escape
        .then(|| "within `\"`, a backslash is written `\\\\`; within `'` it stands for itself".to_owned())
}

/// The name of a character that cannot be told from a space.
fn called(c: char) -> &'static str {
    match c {
        '\u{a0}' => " (a no-break space)",
        '\u{202f}' => " (a narrow no-break space)",
        '\u{200b}' => " (a zero-width space)",
        '\u{feff}' => " (a byte order mark)",
        '\u{3000}' => " (an ideographic space)",
        _ => "",
    }
}

/// Spaces that look like spaces and are none, and what cannot be seen at all.
fn is_odd(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}' | '\u{3000}' | '\u{feff}' | '\0')
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0)
}

/// The parser's own words, without what they repeat of the text.
fn wording(info: &str) -> String {
    let info = info.split_once(": `").map_or(info, |(words, _)| words);
    let mut words = info.chars();
    let first = words.next().map(char::to_lowercase);
    format!("not valid YAML: {}", first.into_iter().flatten().chain(words).collect::<String>())
}

/// The advice to quote, if a `${` without quotes stands within brackets, on the line of the complaint or the one before.
fn quoting(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?;
    let from = before.rmatch_indices('\n').nth(1).map_or(0, |(newline, _)| newline + 1);
    let line_end = text.get(at..)?.find('\n').map_or(text.len(), |n| at + n);
    let near = text.get(from..line_end)?;
    let bare = |before: &str| {
        let line = before.rsplit('\n').next().unwrap_or(before);
        before.contains(['{', '[']) && ['"', '\''].iter().all(|quote| line.matches(*quote).count() % 2 == 0)
    };
    let found = near.match_indices("${").any(|(hole, _)| near.get(..hole).is_some_and(bare));
    found.then(|| QUOTE.to_owned())
}

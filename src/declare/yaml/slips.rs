//! Slips that the words of the YAML parser point to: what is not closed, what is indented otherwise, a colon too few or too many.

use super::lines::{Cure, Slip, indent, line_of};

/// The slip behind a complaint of the parser in these words, at a byte.
pub(super) fn by_words(text: &str, at: usize, info: &str) -> Option<Slip> {
    let has = |words: &str| info.contains(words);
    if has("trailing content") && has("quoted scalar") {
        let message = "text stands behind a quoted text";
        return Some(told(at, message, "put all of it within the quotes, or take it out"));
    }
    if has("quoted scalar") || has("unexpected end of stream") && has("quot") {
        return if has("escape") { None } else { unclosed_quote(text, at) };
    }
    if has("misplaced bracket") {
        let sign = text.get(at..)?.chars().next()?;
        return Some(told(at, format!("this `{sign}` closes nothing"), "take it out"));
    }
    if has("alias") && !has("unknown anchor") {
        let message = "a value that begins with `*` is an alias in YAML";
        return Some(told(at, message, "put quotes around it"));
    }
    if has("unknown anchor") {
        // the word is not repeated: it may be a secret that begins with `*`
        let message = "this alias (`*…`) names no anchor of this file";
        return Some(told(at, message, "a value that begins with `*` needs quotes"));
    }
    if has("mapping values are not allowed") || has("simple key expect") || has("':' indicator") {
        return colon(text, at);
    }
    if has("did not find expected key") || has("did not find expected '-'") || has("block mapping") {
        return indented(text, at);
    }
    None
}

fn told(at: usize, message: impl Into<String>, hint: impl Into<String>) -> Slip {
    Slip::new(at, message, Some(Cure::ours(hint)))
}

/// The quote that a text begins with, and does not end with.
fn unclosed_quote(text: &str, at: usize) -> Option<Slip> {
    let sign = text.get(at..)?.chars().next().filter(|c| "\"'".contains(*c))?;
    Some(told(at, format!("this `{sign}` is not closed"), format!("write another `{sign}` behind the text")))
}

/// A bracket that is not closed, a line without a colon, or a value with one.
fn colon(text: &str, at: usize) -> Option<Slip> {
    // behind a last line that has no end of its own stands nothing either
    let (start, line) = if at >= text.len() { (text.len(), "") } else { line_of(text, at) };
    let column = at - start;
    // `Cidr: a: b`
    let before = line.get(..column)?;
    let within = before.trim_start().trim_start_matches("- ");
    if within.contains(": ") {
        let value = within.find(": ").map(|colon| start + (before.len() - within.len()) + colon + 2)?;
        let hint = format!("write `\"{}\"`", text.get(value..)?.lines().next()?.trim());
        return Some(Slip::new(value, "a text that holds `: ` needs quotes", Some(Cure::Repeating(hint))));
    }
    let (previous, above) = text.get(..start)?.trim_end().rsplit_once('\n').map_or_else(
        || (0, text.get(..start).unwrap_or_default().trim_end()),
        |(head, line)| (head.len() + 1, line),
    );
    let words = above.trim();
    let is_bare =
        !words.is_empty() && !words.contains(':') && !words.starts_with(['#', '-', '[', '{', '"', '\'']);
    let shallower = indent(above).len() >= indent(line).len();
    if is_bare && !shallower && !words.contains(char::is_whitespace) {
        let hint = Some(Cure::Repeating(format!("write `{words}:`")));
        return Some(Slip::new(previous + indent(above).len(), "this line has no `:`", hint).vague());
    }
    if is_bare && shallower {
        let hint = words
            .split_once(char::is_whitespace)
            .map(|(key, value)| Cure::Repeating(format!("write `{key}: {}`", value.trim())));
        return Some(Slip::new(previous + indent(above).len(), "this line has no `:`", hint).vague());
    }
    if words.contains(": ") && indent(above).len() < indent(line).len() {
        let message = format!(
            "this line is indented by {}, and the key above it, indented by {}, has a value already",
            indent(line).len(),
            indent(above).len()
        );
        let hint = "indent both alike, or leave the value above out";
        return Some(told(start + indent(line).len(), message, hint));
    }
    None
}

/// A line that is indented otherwise than those before it.
fn indented(text: &str, at: usize) -> Option<Slip> {
    let (start, line) = line_of(text, at);
    let own = indent(line).len();
    let is_said = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let mut before = text.get(..start)?.lines().rev().filter(is_said);
    let above = before.next()?;
    let other = indent(above).len();
    if own == other {
        let is_item = |line: &str| line.trim_start().starts_with("- ");
        return (is_item(line) && !is_item(above)).then(|| {
            let hint = "take the `-` out, or write the list below a key of its own";
            told(start + own, "this line begins with `-`, and those before it are no items of a list", hint)
        });
    }
    let meant = alike(own, other, before.map(|line| indent(line).len()));
    let message = match meant == other {
        true => format!("this line is indented by {own}, the one before it by {other}"),
        false => format!("this line is indented by {own}, the keys that it stands among by {meant}"),
    };
    Some(told(start + own, message, "indent the keys of one map alike"))
}

/// How deep the keys stand that a line seems to belong to: it ends some of the maps above it, and is nearest to one of
/// those that are left.
fn alike(own: usize, above: usize, before: impl Iterator<Item = usize>) -> usize {
    let (mut deeper, mut shallower) = (above, None);
    for level in before {
        if own < level && level < deeper {
            deeper = level;
        } else if level < own && level < deeper {
            shallower = Some(level);
            break;
        }
    }
    match shallower {
        Some(level) if own < above && own - level < deeper - own => level,
        Some(level) if own < above && own - level == deeper - own && deeper != above => level,
        _ if own < above => deeper,
        _ => above,
    }
}

/// The bracket that is not closed where the parser complains behind it: on another line, or at the end of its own.
pub(super) fn unclosed(text: &str, bracket: usize, at: usize) -> Option<Slip> {
    let sign = text.get(bracket..)?.chars().next()?;
    let closing = if sign == '[' { ']' } else { '}' };
    let between = text.get(bracket..at)?;
    let rest = text.get(at..)?.lines().next().unwrap_or_default();
    let is_behind = between.contains('\n') || rest.trim().is_empty();
    let is_open = between.matches(sign).count() > between.matches(closing).count();
    (is_behind && is_open).then(|| {
        let hint = format!("write a `{closing}` where it ends");
        told(bracket, format!("this `{sign}` is not closed"), hint)
    })
}

//! Template text to tree: JSON (tabs and byte order mark included) and YAML with short-form functions; and from the
//! tree to the template's sections. Both languages become the same stream of parts, so that scalars keep their text.

mod entries;
pub(crate) mod expand;
pub(super) mod form;
mod loops;
mod rules;
mod sections;
mod serverless;

use std::borrow::Cow;

pub(crate) use sections::{faults, lenient};

use crate::template::error::TemplateError;
use crate::tree::{Builder, Data, Dialect, Mark, Node, Prefix, Scalar, Unread, yaml};

/// CloudFormation's limit for a template in S3, in bytes.
pub(crate) const MAX_BYTES: usize = 1_000_000;
/// Every repair reads the text again.
const MAX_REPAIR_BYTES: usize = 3_000_000;
/// Deeper than people indent.
const DEEP: usize = 60;

/// Reads a template's text.
pub(crate) fn read(text: &str) -> Result<Node, TemplateError> {
    if text.len() > MAX_BYTES {
        return Err(TemplateError::TooLarge { limit: MAX_BYTES });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') { read_json(text) } else { read_yaml(text) }
}

/// CloudFormation's reader is of an older YAML and takes what ours does not: `'text'#comment`, and brackets and quoted
/// text over several lines that are indented less than what holds them, as in pasted policies. All are repaired with
/// spaces, one place at a time.
fn read_yaml(text: &str) -> Result<Node, TemplateError> {
    let first = read_strict_yaml(text);
    let mut read = first.clone();
    let mut repaired = text.to_owned();
    for _ in 0..MAX_REPAIR_BYTES / text.len().max(1) {
        let Err(TemplateError::NotWellFormed { line, column, what, .. }) = &read else {
            break;
        };
        let Some(more) = repair(&repaired, *line, *column, what) else {
            break;
        };
        read = read_strict_yaml(&more);
        repaired = more;
    }
    // where no repair helps, the first complaint is the one that means something
    read.or(first)
}

fn repair(text: &str, line: usize, column: usize, what: &str) -> Option<String> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    // the reader says these two only between brackets
    if ["invalid indentation", "invalid indentation in flow construct"].contains(&what) {
        let (before, after) = text.split_at_checked(start)?;
        return Some(format!("{before}{:>DEEP$}{after}", ""));
    }
    let (place, _) = text.get(start..)?.char_indices().nth(column.checked_sub(1)?)?;
    let (before, after) = text.split_at_checked(start + place)?;
    if what == "invalid indentation in quoted scalar" {
        // here the place is where the text begins
        let (quoted, rest) = after.split_at_checked(quoted(after)?)?;
        let deep = quoted.replace('\n', &format!("\n{:>DEEP$}", ""));
        return (deep != quoted).then(|| format!("{before}{deep}{rest}"));
    }
    let stuck = after.starts_with('#') && before.ends_with(|last: char| !last.is_whitespace());
    stuck.then(|| format!("{before} {after}"))
}

/// How long the quoted text is that this one starts with, its quotes included.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|first| ['"', '\''].contains(first))?;
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((place, letter)) = letters.next() {
        let doubled =
            quote == '\'' && letter == quote && letters.peek().is_some_and(|(_, next)| *next == quote);
        if doubled || quote == '"' && letter == '\\' {
            letters.next();
        } else if letter == quote {
            return Some(place + 1);
        }
    }
    None
}

/// CloudFormation's YAML: short-form functions, of several entries with one name the last, and no aliases
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html>).
const DIALECT: Dialect = Dialect { tagged: long_form, last_key_wins: true, aliases: false };

fn read_strict_yaml(text: &str) -> Result<Node, TemplateError> {
    yaml::read(text, &DIALECT).map_err(|unread| match unread {
        Unread::Malformed { at, what } => malformed("YAML", at, what),
        Unread::Alias { at } => {
            let what = "Template error: YAML aliases are not allowed in CloudFormation templates";
            TemplateError::refused(&Node::new(at, Data::Null), what)
        }
    })
}

fn malformed(language: &'static str, at: Mark, what: String) -> TemplateError {
    TemplateError::NotWellFormed { language, line: at.line, column: at.column, what }
}

/// `!Sub x` as `{Fn::Sub: x}`; `!GetAtt a.b` has its two parts in a list.
fn long_form(tag: &str, tag_at: Mark, value: Node) -> Node {
    let name = match tag {
        "Ref" | "Condition" => tag.to_owned(),
        other => format!("Fn::{other}"),
    };
    let argument = match value.text().and_then(|text| text.split_once('.')).filter(|_| tag == "GetAtt") {
        Some((resource, attribute)) => {
            let behind = value.character(resource.chars().count() + 1);
            let part =
                |at: Mark, part: &str| Node { text_at: at, ..Node::new(at, Data::Text(part.to_owned())) };
            let parts = [part(value.character(0), resource), part(behind, attribute)];
            Node::new(value.at, Data::List(parts.into()))
        }
        None => value,
    };
    Node::new(tag_at, Data::Map(vec![(name, argument)]))
}

/// `serde_json` judges the syntax; walking the text then keeps what it would lose: number text, order, places.
fn read_json(text: &str) -> Result<Node, TemplateError> {
    let text = without_trailing_commas(text);
    let text = text.as_ref();
    let mut builder = Builder::new(&DIALECT);
    let unread = |unread| match unread {
        Unread::Malformed { at, what } => malformed("JSON", at, what),
        Unread::Alias { at } => malformed("JSON", at, String::new()),
    };
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        return Err(malformed("JSON", Mark { line: error.line(), column: error.column() }, what.to_owned()));
    }
    let mut rest = text;
    let mut at = Mark { line: 1, column: 1 };
    while let Some(next) = rest.chars().next() {
        let length = json_part(rest);
        let (part, after) = rest.split_at(length);
        match next {
            '{' => builder.open(at, Data::Map(Vec::new()), Prefix::default()).map_err(unread)?,
            '[' => builder.open(at, Data::List(Vec::new()), Prefix::default()).map_err(unread)?,
            '}' | ']' => builder.close().map_err(unread)?,
            ',' | ':' => {}
            _ if next.is_whitespace() => {}
            _ => {
                let text = serde_json::from_str::<String>(part).unwrap_or_else(|_| part.to_owned());
                let plain = next != '"';
                let begins = Mark { column: at.column + usize::from(!plain), ..at };
                builder.scalar(at, Scalar { text, plain, begins }, Prefix::default()).map_err(unread)?;
            }
        }
        advance(&mut at, part);
        rest = after;
    }
    Ok(builder.finish())
}

/// CloudFormation takes a comma after the last item or member; a space in its place leaves all else where it is.
fn without_trailing_commas(text: &str) -> Cow<'_, str> {
    let mut trailing = Vec::new();
    let (mut comma, mut before, mut in_text, mut escaped) = (None, b'[', false, false);
    for (place, byte) in text.bytes().enumerate().filter(|(_, byte)| !byte.is_ascii_whitespace()) {
        if in_text {
            in_text = byte != b'"' || escaped;
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        if matches!(byte, b'}' | b']') {
            trailing.extend(comma);
        }
        // what stands alone between brackets is no last comma
        comma = (byte == b',' && !b"[{,:".contains(&before)).then_some(place);
        in_text = byte == b'"';
        before = byte;
    }
    if trailing.is_empty() {
        return Cow::Borrowed(text);
    }
    let spaced = |(place, letter)| if trailing.binary_search(&place).is_ok() { ' ' } else { letter };
    Cow::Owned(text.char_indices().map(spaced).collect())
}

/// The byte length of the part that well-formed JSON starts with.
fn json_part(text: &str) -> usize {
    let mut escaped = true;
    match text.as_bytes().first() {
        Some(b'"') => {
            let end = text.bytes().position(|byte| {
                let closes = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                closes
            });
            end.map_or(text.len(), |end| end + 1)
        }
        Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => 1,
        Some(byte) if byte.is_ascii_whitespace() => 1,
        _ => text.find(|c: char| "{}[],:".contains(c) || c.is_whitespace()).unwrap_or(text.len()),
    }
}

fn advance(at: &mut Mark, part: &str) {
    if part == "\n" {
        *at = Mark { line: at.line + 1, column: 1 };
    } else {
        at.column += part.chars().count();
    }
}

//! Template text to tree: JSON (tabs and byte order mark included) and YAML with short-form functions. Both become
//! the same stream of parts, so that scalars keep their text.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::TemplateError;
use super::build::{Builder, Frame, Scalar};
use super::tree::{Data, Mark, Node};

/// CloudFormation's limit for a template in S3.
const MAX_BYTES: usize = 1_000_000;
/// Every repair reads the text again.
const MAX_REPAIR_BYTES: usize = 3_000_000;
/// Deeper than people indent.
const DEEP: usize = 60;

/// Reads a template's text.
pub(super) fn read(text: &str) -> Result<Node, TemplateError> {
    if text.len() > MAX_BYTES {
        return Err(TemplateError::TooLarge { limit: MAX_BYTES });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') { read_json(text) } else { read_yaml(text) }
}

/// CloudFormation's reader is of an older YAML and takes two things that ours does not: `'text'#comment`, and
/// brackets over several lines that are indented less than what holds them, as in pasted policies. Both are repaired
/// with spaces, one place at a time.
fn read_yaml(text: &str) -> Result<Node, TemplateError> {
    let first = read_strict_yaml(text);
    let mut read = first.clone();
    let mut repaired = text.to_owned();
    for _ in 0..MAX_REPAIR_BYTES / text.len().max(1) {
        let Err(TemplateError::NotWellFormed { line, column, what, .. }) = &read else {
            break;
        };
        let Some(more) = repair(&repaired, (*line, *column), what) else {
            break;
        };
        read = read_strict_yaml(&more);
        repaired = more;
    }
    // where no repair helps, the first complaint is the one that means something
    read.or(first)
}

fn repair(text: &str, (line, column): (usize, usize), what: &str) -> Option<String> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    // the reader says these two only between brackets
    if ["invalid indentation", "invalid indentation in flow construct"].contains(&what) {
        let (before, after) = text.split_at_checked(start)?;
        return Some(format!("{before}{:>DEEP$}{after}", ""));
    }
    let (place, _) = text.get(start..)?.char_indices().nth(column.checked_sub(1)?)?;
    let (before, after) = text.split_at_checked(start + place)?;
    let stuck = after.starts_with('#') && before.ends_with(|last: char| !last.is_whitespace());
    stuck.then(|| format!("{before} {after}"))
}

fn read_strict_yaml(text: &str) -> Result<Node, TemplateError> {
    let mut builder = Builder::new("YAML");
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| builder.error(mark(error.marker()), error.info()))?;
        let at = mark(&span.start);
        match event {
            Event::Scalar(text, style, _, tag) => {
                let plain = style == ScalarStyle::Plain;
                builder.scalar(at, Scalar { text: text.into_owned(), plain, call: call(tag.as_deref()) })?;
            }
            Event::SequenceStart(_, tag) => {
                builder.open(Frame::new(at, Data::List(Vec::new()), call(tag.as_deref())))?;
            }
            Event::MappingStart(_, tag) => {
                builder.open(Frame::new(at, Data::Map(Vec::new()), call(tag.as_deref())))?;
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close()?,
            // anchors alone do no harm, there as here
            Event::Alias(_) => return Err(alias(at)),
            Event::DocumentEnd => break,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {}
        }
    }
    Ok(builder.root.unwrap_or_default())
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html>: not supported.
fn alias(at: Mark) -> TemplateError {
    let what = "Template error: YAML aliases are not allowed in CloudFormation templates";
    TemplateError::Refused { what: what.to_owned(), line: at.line, column: at.column }
}

fn mark(marker: &Marker) -> Mark {
    Mark { line: marker.line(), column: marker.col() + 1 }
}

/// The function that a local tag stands for; tags of YAML's own types say nothing, since text stays text.
fn call(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty())?;
    match tag.suffix.as_str() {
        "Ref" | "Condition" => Some(tag.suffix.clone()),
        other => Some(format!("Fn::{other}")),
    }
}

/// `serde_json` judges the syntax; walking the text then keeps what it would lose: number text, order, places.
fn read_json(text: &str) -> Result<Node, TemplateError> {
    let mut builder = Builder::new("JSON");
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        return Err(builder.error(Mark { line: error.line(), column: error.column() }, what));
    }
    let mut rest = text;
    let mut at = Mark { line: 1, column: 1 };
    while let Some(next) = rest.chars().next() {
        let length = json_part(rest);
        let (part, after) = rest.split_at(length);
        match next {
            '{' => builder.open(Frame::new(at, Data::Map(Vec::new()), None))?,
            '[' => builder.open(Frame::new(at, Data::List(Vec::new()), None))?,
            '}' | ']' => builder.close()?,
            ',' | ':' => {}
            _ if next.is_whitespace() => {}
            _ => {
                let text = serde_json::from_str::<String>(part).unwrap_or_else(|_| part.to_owned());
                builder.scalar(at, Scalar { text, plain: next != '"', call: None })?;
            }
        }
        advance(&mut at, part);
        rest = after;
    }
    Ok(builder.root.unwrap_or_default())
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

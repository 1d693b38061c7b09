//! YAML text to tree, in one pass over its events.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::build::{Builder, Dialect, Prefix, Scalar};
use super::{Data, Mark, Node, Unread};

/// Reads the first document of a text; what follows it is not looked at.
pub(crate) fn read(text: &str, dialect: &Dialect) -> Result<Node, Unread> {
    let mut builder = Builder::new(dialect);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Unread::malformed(mark(error.marker()), error.info()))?;
        let at = mark(&span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let begins = beginning(&text, style, &span);
                let scalar = Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain, begins };
                builder.scalar(at, scalar, prefix(at, anchor, tag.as_deref()))?;
            }
            Event::SequenceStart(anchor, tag) => {
                builder.open(at, Data::List(Vec::new()), prefix(at, anchor, tag.as_deref()))?;
            }
            Event::MappingStart(anchor, tag) => {
                builder.open(at, Data::Map(Vec::new()), prefix(at, anchor, tag.as_deref()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close()?,
            Event::Alias(anchor) => builder.alias(at, anchor)?,
            Event::DocumentEnd => break,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {}
        }
    }
    Ok(builder.finish())
}

fn mark(marker: &Marker) -> Mark {
    Mark { line: marker.line(), column: marker.col() + 1 }
}

/// Where the first character of a text stands: the parser says where it ends, and where what stands before it begins. A text
/// whose quotes hold more than is in it begins nowhere, as do blocks.
fn beginning(text: &str, style: ScalarStyle, span: &Span) -> Mark {
    let quote = match style {
        ScalarStyle::Plain => 0,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => 1,
        ScalarStyle::Literal | ScalarStyle::Folded => return Mark::default(),
    };
    let (start, end) = (mark(&span.start), mark(&span.end));
    match end.column.checked_sub(text.chars().count() + quote) {
        Some(column) if start.line == end.line && column >= start.column + quote => {
            Mark { line: end.line, column }
        }
        _ => Mark::default(),
    }
}

/// Tags of YAML's own types say nothing, since text stays text.
fn prefix(at: Mark, anchor: usize, tag: Option<&Tag>) -> Prefix {
    let tag = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty());
    Prefix { tag: tag.map(|tag| tag.suffix.clone()), at, anchor }
}

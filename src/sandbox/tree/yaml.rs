//! YAML text to tree, in one pass over its events.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

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
                let scalar = Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                builder.scalar(at, scalar, prefix(anchor, tag.as_deref()))?;
            }
            Event::SequenceStart(anchor, tag) => {
                builder.open(at, Data::List(Vec::new()), prefix(anchor, tag.as_deref()))?;
            }
            Event::MappingStart(anchor, tag) => {
                builder.open(at, Data::Map(Vec::new()), prefix(anchor, tag.as_deref()))?;
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

/// Tags of YAML's own types say nothing, since text stays text.
fn prefix(anchor: usize, tag: Option<&Tag>) -> Prefix {
    let tag = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty());
    Prefix { tag: tag.map(|tag| tag.suffix.clone()), anchor }
}

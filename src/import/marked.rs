//! YAML and JSON of other tools: a tree with tags and lines, read leniently. Nothing of the text is repeated in an error.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::foreign::OtherFile;

/// Deeper nesting than this is nobody's file.
const DEEPEST: usize = 100;

/// How many nodes aliases may stand for, all together.
const MOST_COPIED: usize = 100_000;

/// A value of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    /// Its line, counted from 1.
    pub line: usize,
    /// `Sub` of `!Sub`.
    pub tag: Option<String>,
    /// It stands without quotes, and says by itself what it is.
    pub is_plain: bool,
    pub kind: MarkedKind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MarkedKind {
    /// As it is written: a number and a switch are texts, too.
    Scalar(String),
    List(Vec<Marked>),
    /// In the order of the file.
    Map(Vec<(String, Marked)>),
}

impl Marked {
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            MarkedKind::Scalar(text) if self.tag.is_none() => Some(text),
            _ => None,
        }
    }

    pub fn items(&self) -> &[Self] {
        match &self.kind {
            MarkedKind::List(items) => items,
            _ => &[],
        }
    }

    pub fn pairs(&self) -> &[(String, Self)] {
        match &self.kind {
            MarkedKind::Map(pairs) => pairs,
            _ => &[],
        }
    }

    pub fn get(&self, key: &str) -> Option<&Self> {
        self.pairs().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn size(&self) -> usize {
        match &self.kind {
            MarkedKind::Scalar(_) => 1,
            MarkedKind::List(items) => 1 + items.iter().map(Self::size).sum::<usize>(),
            MarkedKind::Map(pairs) => 1 + pairs.iter().map(|(_, value)| value.size()).sum::<usize>(),
        }
    }
}

/// Reads a document.
///
/// # Errors
/// Where it cannot be read.
pub(super) fn read(text: &str) -> Result<Marked, OtherFile> {
    let mut builder = TreeBuilder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let (line, column) = (error.marker().line(), error.marker().col() + 1);
            unreadable(format!("this is neither YAML nor JSON: line {line}, column {column}"))
        })?;
        builder.event(event, span.start.line())?;
    }
    builder.root.ok_or_else(|| unreadable("there is nothing in it".to_owned()))
}

fn unreadable(message: String) -> OtherFile {
    OtherFile::new(message, "give the file as its own tool takes it")
}

/// A container whose end has not been seen.
struct Unfinished {
    value: Marked,
    key: Option<(String, usize)>,
    /// The keys that it has.
    keys: HashSet<String>,
    anchor: usize,
}

#[derive(Default)]
struct TreeBuilder {
    open: Vec<Unfinished>,
    root: Option<Marked>,
    anchors: HashMap<usize, Marked>,
    copied: usize,
}

impl TreeBuilder {
    fn event(&mut self, event: Event<'_>, line: usize) -> Result<(), OtherFile> {
        let tagged = |tag: Option<String>| tag.filter(|tag| !tag.is_empty());
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                let tag = tagged(tag.filter(|tag| !tag.is_yaml_core_schema()).map(|tag| tag.suffix.clone()));
                let value = Marked { line, tag, is_plain, kind: MarkedKind::Scalar(text.into_owned()) };
                self.put(value, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                let tag = tagged(tag.map(|tag| tag.suffix.clone()));
                self.begin(Marked { line, tag, is_plain: false, kind: MarkedKind::List(Vec::new()) }, anchor)
            }
            Event::MappingStart(anchor, tag) => {
                let tag = tagged(tag.map(|tag| tag.suffix.clone()));
                self.begin(Marked { line, tag, is_plain: false, kind: MarkedKind::Map(Vec::new()) }, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(done) => self.put(done.value, done.anchor),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let Some(value) = self.anchors.get(&anchor).cloned() else {
                    return Err(unreadable(format!("an alias stands for itself: line {line}")));
                };
                self.copied += value.size();
                if self.copied > MOST_COPIED {
                    return Err(unreadable(format!("aliases stand for too much: line {line}")));
                }
                self.put(value, 0)
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(unreadable(format!("a second document begins at line {line}")))
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, value: Marked, anchor: usize) -> Result<(), OtherFile> {
        if self.open.len() >= DEEPEST {
            return Err(unreadable(format!("it is nested too deeply: line {}", value.line)));
        }
        self.open.push(Unfinished { value, key: None, keys: HashSet::new(), anchor });
        Ok(())
    }

    fn put(&mut self, value: Marked, anchor: usize) -> Result<(), OtherFile> {
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        let Some(within) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        match (&mut within.value.kind, within.key.take()) {
            (MarkedKind::List(items), _) => items.push(value),
            (MarkedKind::Map(pairs), Some((key, line))) => {
                if !within.keys.insert(key.clone()) {
                    return Err(unreadable(format!("a key stands there twice: line {}", value.line)));
                }
                // what is looked for is the key
                pairs.push((key, Marked { line, ..value }));
            }
            (MarkedKind::Map(_), None) => match value.kind {
                MarkedKind::Scalar(text) => within.key = Some((text, value.line)),
                _ => return Err(unreadable(format!("a key is no text: line {}", value.line))),
            },
            (MarkedKind::Scalar(_), _) => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_with_tags_and_lines() {
        let root = read("a: !Sub x\nb:\n  - !GetAtt [c, d]\n  - {e: 1}\nf: &f yes\ng: *f\n").unwrap();
        let a = root.get("a").unwrap();
        assert_eq!((a.line, a.tag.as_deref(), a.text()), (1, Some("Sub"), None));
        let items = root.get("b").unwrap().items();
        assert_eq!((items[0].line, items[0].tag.as_deref(), items[0].items().len()), (3, Some("GetAtt"), 2));
        assert_eq!(items[1].get("e").and_then(Marked::text), Some("1"));
        assert_eq!(root.get("g").and_then(Marked::text), Some("yes"));
        assert_eq!(read("{\"a\": [1, \"b\"]}").unwrap().get("a").unwrap().items().len(), 2);
    }

    #[test]
    fn what_cannot_be_read_has_a_line() {
        let check = |text: &str, expected: &str| {
            let message = read(text).unwrap_err().message;
            assert!(message.contains(expected) && !message.contains("hush"), "{message}");
        };
        check("a: [hush", "line 2, column 1");
        check("a: 1\na: 2\n", "twice: line 2");
        check("a: &a [*a]\n", "stands for itself: line 1");
        check("a: 1\n---\nb: 1\n", "second document");
        check(&"[".repeat(200), "too deeply");
        check("", "nothing in it");
    }
}

//! Where in the text of a document something stands: nodes by their path, items of comma-separated values, `${…}`.

use std::collections::HashMap;
use std::ops::Range;

use super::tree::{MapPair, NodeId, Shape, Tree};
use provisor_model::diagnostic::{Part, Place, Segment};

/// Longer references, in characters, are pointed at by their first sign only.
const LONGEST_HOLE: usize = 300;

impl Tree<'_> {
    /// The bytes of the node at `path`, or of its nearest ancestor that exists.
    pub fn locate(&self, path: &[Segment], part: Part) -> Option<Range<usize>> {
        let mut id = self.root?;
        let mut key = None;
        for (depth, segment) in path.iter().enumerate() {
            let next = match segment {
                Segment::Key(name) => self.pair(id, name).map(|pair| (pair.value, Some(pair.bytes.clone()))),
                Segment::Index(n) => self.items(id).get(*n).map(|item| (*item, None)),
                Segment::Text(text) => self.item_of(id, text).map(|item| (item, None)),
                Segment::Item { nth, of } => {
                    return self.item(id, *nth, *of).or_else(|| Some(self.node_part(id, part, key)));
                }
                Segment::Mention { of, what } => {
                    return self.mention(id, of, what).or_else(|| Some(self.node_part(id, part, key)));
                }
            };
            match next {
                Some((child, bytes)) => (id, key) = (child, bytes),
                None if depth == 0 => return None,
                None => return key.or_else(|| Some(self.first_line(id))),
            }
        }
        Some(self.node_part(id, part, key))
    }

    /// The way to the innermost node whose key or value holds this byte.
    pub fn way_to(&self, at: usize) -> Vec<Segment> {
        let (mut way, mut next) = (Vec::new(), self.root);
        while let Some(id) = next {
            let step = match &self.node(id).shape {
                Shape::Scalar { .. } => None,
                Shape::List(items) => {
                    let found =
                        items.iter().enumerate().find(|(_, item)| self.node(**item).bytes.contains(&at));
                    found.map(|(n, item)| (Segment::Index(n), *item))
                }
                Shape::Map(pairs) => {
                    let holds = |pair: &&MapPair<'_>| {
                        pair.bytes.contains(&at) || self.node(pair.value).bytes.contains(&at)
                    };
                    pairs.iter().find(holds).map(|pair| (Segment::Key(pair.key.to_string()), pair.value))
                }
            };
            next = step.map(|(segment, id)| {
                way.push(segment);
                id
            });
        }
        way
    }

    /// The key or the value of a node.
    fn node_part(&self, id: NodeId, part: Part, key: Option<Range<usize>>) -> Range<usize> {
        match (part, key) {
            (Part::Key, Some(key)) => key,
            (Part::Value, Some(key)) if self.node(id).bytes.is_empty() || self.is_block(id) => key,
            _ => self.first_line(id),
        }
    }

    /// The bytes of one item of a value that is sent as `of` items with commas between them.
    fn item(&self, id: NodeId, nth: usize, of: usize) -> Option<Range<usize>> {
        let own = [id];
        let scalars = match &self.node(id).shape {
            Shape::Scalar { .. } => &own,
            Shape::List(items) => items.as_slice(),
            Shape::Map(_) => return None,
        };
        // what is no text is one item, however many it holds
        let pieces = |scalar: &NodeId| self.text(*scalar).map_or(1, |text| text.split(',').count());
        let counts: Vec<usize> = scalars.iter().map(pieces).collect();
        if counts.iter().sum::<usize>() != of {
            return None;
        }
        let mut before = 0;
        for (scalar, count) in scalars.iter().zip(counts) {
            if nth < before + count {
                let whole = || Some(self.first_line(*scalar)).filter(|_| *scalar != id);
                return if count == 1 { whole() } else { self.piece(*scalar, nth - before).or_else(whole) };
            }
            before += count;
        }
        None
    }

    /// The bytes of what stands between two commas of a scalar, where that can be told from the source.
    fn piece(&self, id: NodeId, nth: usize) -> Option<Range<usize>> {
        let content = self.content(id);
        let raw = self.source.text.get(content.clone())?;
        if raw.matches(',').count() != self.text(id)?.matches(',').count() {
            return None;
        }
        let piece = raw.split(',').nth(nth)?;
        let start = content.start + raw.split(',').take(nth).map(|before| before.len() + 1).sum::<usize>();
        let blank = |c: char| c.is_whitespace() || c == '"' || c == '\'';
        let lead = piece.len() - piece.trim_start_matches(blank).len();
        Some(start + lead..start + lead + piece.trim_matches(blank).len())
    }

    /// The bytes of the first `${…}` at or below a node that is about this declaration, and this of it.
    fn mention(&self, id: NodeId, of: &str, what: &str) -> Option<Range<usize>> {
        if !self.indexes.borrow().mentions.contains_key(&id) {
            let mut found = HashMap::new();
            self.mentions(id, &mut found);
            self.indexes.borrow_mut().mentions.insert(id, found);
        }
        let indexes = self.indexes.borrow();
        indexes.mentions.get(&id)?.get(&(of.to_owned(), what.to_owned())).cloned()
    }

    /// Takes up what is mentioned at or below a node: each thing where it is first, also as whatever it is.
    fn mentions(&self, id: NodeId, found: &mut HashMap<(String, String), Range<usize>>) {
        match &self.node(id).shape {
            Shape::Scalar { .. } => {
                for bytes in self.holes(id) {
                    let inside = self.source.text.get(bytes.clone()).unwrap_or_default();
                    let inside = inside.trim_start_matches("${").trim_end_matches('}').trim();
                    for (of, what) in mentioned(inside) {
                        found.entry((of.to_owned(), what.to_owned())).or_insert_with(|| bytes.clone());
                        found.entry((of.to_owned(), String::new())).or_insert_with(|| bytes.clone());
                    }
                }
            }
            Shape::List(items) => items.iter().for_each(|item| self.mentions(*item, found)),
            Shape::Map(pairs) => pairs.iter().for_each(|pair| self.mentions(pair.value, found)),
        }
    }

    /// The bytes of every `${` of a scalar, with what belongs to it; none where they cannot be told from the source.
    fn holes(&self, id: NodeId) -> Vec<Range<usize>> {
        let content = self.content(id);
        let (Some(raw), Some(text)) = (self.source.text.get(content.clone()), self.text(id)) else {
            return Vec::new();
        };
        if raw.matches("${").count() != text.matches("${").count() {
            return Vec::new();
        }
        let end = |at: usize| {
            let mut near = raw.get(at..).unwrap_or_default().char_indices().take(LONGEST_HOLE);
            near.find(|(_, c)| matches!(c, '}' | '\n')).filter(|(_, c)| *c == '}').map(|(end, _)| end)
        };
        let range = |at: usize| content.start + at..content.start + at + end(at).map_or(2, |end| end + 1);
        raw.match_indices("${").map(|(at, _)| range(at)).collect()
    }

    /// The bytes of the `nth` `${` of a scalar, where they can be told from the source.
    pub fn hole(&self, id: NodeId, nth: usize) -> Option<Range<usize>> {
        self.holes(id).get(nth).cloned()
    }

    /// The `nth` `${` of the scalar at `place`, where it can be told from the source; else the place itself.
    pub fn pinpoint(&self, place: Place, nth: Option<usize>) -> Place {
        let (Place::Node { file, path, .. }, Some(nth)) = (&place, nth) else {
            return place;
        };
        match self.find(path).and_then(|id| self.hole(id, nth)) {
            Some(bytes) => Place::Bytes { file: file.clone(), start: bytes.start, end: bytes.end },
            None => place,
        }
    }

    /// The bytes of a scalar without the line that begins a block text.
    fn content(&self, id: NodeId) -> Range<usize> {
        let bytes = self.node(id).bytes.clone();
        let raw = self.source.text.get(bytes.clone()).unwrap_or_default();
        let is_block =
            matches!(self.node(id).shape, Shape::Scalar { plain: false, .. }) && raw.starts_with(['|', '>']);
        match raw.find('\n').filter(|_| is_block) {
            Some(line) => bytes.start + line + 1..bytes.end,
            None => bytes,
        }
    }

    fn is_block(&self, id: NodeId) -> bool {
        let bytes = &self.node(id).bytes;
        !matches!(self.node(id).shape, Shape::Scalar { .. })
            && self.source.text.get(bytes.clone()).is_none_or(|text| text.contains('\n'))
    }

    fn first_line(&self, id: NodeId) -> Range<usize> {
        let bytes = self.node(id).bytes.clone();
        let line =
            self.source.text.get(bytes.clone()).and_then(|text| text.lines().next()).map_or(0, str::len);
        bytes.start..bytes.start + line
    }
}

/// What a reference is about and what of it; of somebody else's product it is known by both of its names.
fn mentioned(inside: &str) -> impl Iterator<Item = (&str, &str)> {
    let head = |text: &'_ str| text.split('@').next().unwrap_or_default().len();
    let (first, rest) = inside.split_once('.').unwrap_or((inside, ""));
    let own = Some((first.get(..head(first)).unwrap_or_default(), rest));
    let external = rest.split_once('.').filter(|_| first == "external");
    let external =
        external.and_then(|(name, rest)| Some((inside.get(..first.len() + 1 + name.len())?, rest)));
    own.into_iter().chain(external)
}

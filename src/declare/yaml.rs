//! A YAML document as a tree: scalars as they were written, each node with its bytes. What keys mean is not known here.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::diagnostic::{Part, Segment, Source};

/// Names a node of one tree.
pub(super) type NodeId = usize;

/// One document.
pub(super) struct Tree<'s> {
    /// The file it was read from.
    pub source: &'s Source,
    /// Its top node; `None` for a file without content.
    pub root: Option<NodeId>,
    /// Keys that were refused already, to be skipped when the document is decoded.
    pub refused: Vec<Range<usize>>,
    /// All nodes, by id.
    pub nodes: Vec<Node<'s>>,
}

/// One node. An alias is the node that it stands for.
pub(super) struct Node<'s> {
    /// What it holds.
    pub value: Value<'s>,
    /// Where it stands.
    pub bytes: Range<usize>,
    /// How many nodes hang below it, itself and aliases counted.
    pub size: usize,
    /// How many levels there are below it.
    pub height: usize,
}

/// What a node holds.
pub(super) enum Value<'s> {
    /// Text as written; `plain` means without quotes and not as a block.
    Scalar {
        /// The text.
        text: Cow<'s, str>,
        /// No quotes around it.
        plain: bool,
    },
    /// `[a, b]`
    List(Vec<NodeId>),
    /// `{a: b}`
    Map(Vec<Entry<'s>>),
}

/// One entry of a map.
pub(super) struct Entry<'s> {
    /// The key's text.
    pub key: Cow<'s, str>,
    /// Where the key stands.
    pub bytes: Range<usize>,
    /// Its value.
    pub value: NodeId,
}

impl Node<'_> {
    /// `null`, `~` or nothing, without quotes.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What it is, for messages.
    pub fn kind(&self) -> String {
        match &self.value {
            _ if self.is_null() => "nothing".to_owned(),
            Value::Scalar { text, .. } if text.chars().count() <= 40 => format!("`{}`", text.trim_end()),
            Value::Scalar { .. } => "a text".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
        }
    }
}

impl<'s> Tree<'s> {
    /// A node by its name.
    pub fn node(&self, id: NodeId) -> &Node<'s> {
        // ids are only made by the builder of this tree, and nodes are never taken away
        &self.nodes[id]
    }

    /// The entries of a map; of anything else: none.
    pub fn entries(&self, id: NodeId) -> &[Entry<'s>] {
        match &self.node(id).value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; of anything else: none.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The value under a key.
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entries(id).iter().find(|entry| entry.key == key).map(|entry| entry.value)
    }

    /// The node at a path.
    pub fn find(&self, path: &[Segment]) -> Option<NodeId> {
        path.iter().try_fold(self.root?, |id, segment| match segment {
            Segment::Key(key) => self.get(id, key),
            Segment::Index(n) => self.items(id).get(*n).copied(),
        })
    }

    /// The bytes of the node at `path`, or of its nearest ancestor that exists.
    pub fn locate(&self, path: &[Segment], part: Part) -> Option<Range<usize>> {
        let mut id = self.root?;
        let mut key = None;
        for (depth, segment) in path.iter().enumerate() {
            let next = match segment {
                Segment::Key(name) => {
                    let entry = self.entries(id).iter().find(|entry| entry.key == *name);
                    entry.map(|entry| (entry.value, Some(entry.bytes.clone())))
                }
                Segment::Index(n) => self.items(id).get(*n).map(|item| (*item, None)),
            };
            match next {
                Some((child, bytes)) => (id, key) = (child, bytes),
                None if depth == 0 => return None,
                None => return key.or_else(|| Some(self.first_line(id))),
            }
        }
        Some(match (part, key) {
            (Part::Key, Some(key)) => key,
            (Part::Value, Some(key)) if self.node(id).bytes.is_empty() || self.is_block(id) => key,
            _ => self.first_line(id),
        })
    }

    /// The bytes of the `nth` `${` of a scalar, where they can be told from the source.
    pub fn hole(&self, id: NodeId, nth: usize) -> Option<Range<usize>> {
        let node = self.node(id);
        let Value::Scalar { text, .. } = &node.value else {
            return None;
        };
        let raw = self.source.text.get(node.bytes.clone())?;
        let same = !raw.contains('\n') && raw.matches("${").count() == text.matches("${").count();
        let start = node.bytes.start + raw.match_indices("${").nth(nth).filter(|_| same)?.0;
        let rest = self.source.text.get(start..node.bytes.end)?;
        Some(start..start + rest.find('}').map_or(2, |end| end + 1))
    }

    fn is_block(&self, id: NodeId) -> bool {
        let bytes = &self.node(id).bytes;
        !matches!(self.node(id).value, Value::Scalar { .. })
            && self.source.text.get(bytes.clone()).is_none_or(|text| text.contains('\n'))
    }

    fn first_line(&self, id: NodeId) -> Range<usize> {
        let bytes = self.node(id).bytes.clone();
        let line =
            self.source.text.get(bytes.clone()).and_then(|text| text.lines().next()).map_or(0, str::len);
        bytes.start..bytes.start + line
    }
}

//! A YAML document as a tree: scalars as they were written, each node with its bytes. What keys mean is not known here.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use provisor_model::diagnostic::{Segment, Source};

/// Names a node of one tree.
pub(crate) type NodeId = usize;

/// One YAML document as a tree of nodes, each with its place in the text.
pub(crate) struct Tree<'s> {
    /// The file it was read from.
    pub source: &'s Source,
    /// Its top node; `None` for a file without content.
    pub root: Option<NodeId>,
    /// All nodes, by id.
    pub nodes: Vec<Node<'s>>,
    /// How many keys and values were read for it.
    pub(super) weight: usize,
    /// Where values stand that have a tag, which is refused.
    pub(super) tagged: BTreeSet<usize>,
    /// What is looked for is found by these, made when they are asked for, of a tree that is complete.
    pub(super) indexes: RefCell<Indexes>,
}

/// Where things stand, so that many can be looked for in a large document.
#[derive(Default)]
pub(super) struct Indexes {
    /// Of maps with many keys and lists with many texts: their numbers in the order of their texts.
    sorted: HashMap<NodeId, Vec<u32>>,
    /// Of values: the bytes of the first `${…}` below each that is about a declaration, and what of it.
    pub(super) mentions: HashMap<NodeId, HashMap<(String, String), Range<usize>>>,
}

/// In a map with few keys, looking through them costs less than an index.
const SMALL: usize = 32;

/// One node. An alias is the node that it stands for.
pub(crate) struct Node<'s> {
    /// What it holds.
    pub shape: Shape<'s>,
    /// Where it stands.
    pub bytes: Range<usize>,
    /// How many nodes hang below it, itself and aliases counted.
    pub size: usize,
    /// How many levels there are below it.
    pub height: usize,
}

/// What a node holds.
pub(crate) enum Shape<'s> {
    /// Text as written; `plain` means without quotes and not as a block.
    Scalar {
        /// The scalar's text, after quotes and escapes.
        text: Cow<'s, str>,
        /// No quotes around it.
        plain: bool,
    },
    /// `[a, b]`
    List(Vec<NodeId>),
    /// `{a: b}`
    Map(Vec<MapPair<'s>>),
}

/// A key of a map with its value.
pub(crate) struct MapPair<'s> {
    /// The key's text.
    pub key: Cow<'s, str>,
    /// Where the key stands.
    pub bytes: Range<usize>,
    /// The node of the entry's value.
    pub value: NodeId,
}

impl Node<'_> {
    /// `null`, `~` or nothing, without quotes.
    pub fn is_null(&self) -> bool {
        matches!(&self.shape, Shape::Scalar { text, plain: true } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What it is, for messages.
    pub fn kind(&self) -> String {
        match &self.shape {
            _ if self.is_null() => "nothing".to_owned(),
            Shape::Scalar { text, .. } if text.chars().count() <= 40 => format!("`{}`", text.trim_end()),
            Shape::Scalar { .. } => "a text".to_owned(),
            Shape::List(_) => "a list".to_owned(),
            Shape::Map(_) => "a map".to_owned(),
        }
    }
}

impl<'s> Tree<'s> {
    /// Whether a value, or something in it, has a tag: what it is meant to be is not known.
    pub fn is_tagged(&self, id: NodeId) -> bool {
        let Range { start, end } = self.node(id).bytes;
        self.tagged.range(start..end.max(start + 1)).next().is_some()
    }

    /// A node by its name.
    pub fn node(&self, id: NodeId) -> &Node<'s> {
        // ids are only made by the builder of this tree, and nodes are never taken away
        &self.nodes[id]
    }

    /// The keys of a map with their values; of anything else: none.
    pub fn pairs(&self, id: NodeId) -> &[MapPair<'s>] {
        match &self.node(id).shape {
            Shape::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The items of a list; of anything else: none.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).shape {
            Shape::List(items) => items,
            _ => &[],
        }
    }

    /// A key of a map with its value.
    pub fn pair(&self, id: NodeId, key: &str) -> Option<&MapPair<'s>> {
        let pairs = self.pairs(id);
        if pairs.len() <= SMALL {
            return pairs.iter().find(|pair| pair.key == key);
        }
        pairs.get(self.sorted(id, pairs.len(), key, |n| pairs.get(n).map(|pair| &*pair.key))?)
    }

    /// The first item of a list that is this text.
    pub fn item_of(&self, id: NodeId, text: &str) -> Option<NodeId> {
        let items = self.items(id);
        let nth = |n: usize| items.get(n).and_then(|item| self.text(*item));
        if items.len() <= SMALL {
            return items.iter().find(|item| self.text(**item) == Some(text)).copied();
        }
        items.get(self.sorted(id, items.len(), text, nth)?).copied()
    }

    /// The first of so many texts that is this one, by the index of the node.
    fn sorted<'t>(
        &'t self,
        id: NodeId,
        many: usize,
        text: &str,
        nth: impl Fn(usize) -> Option<&'t str>,
    ) -> Option<usize> {
        let mut indexes = self.indexes.borrow_mut();
        let sorted = indexes.sorted.entry(id).or_insert_with(|| {
            let mut sorted: Vec<u32> = (0..many).filter_map(|n| u32::try_from(n).ok()).collect();
            // stable: of equal ones, the first stays the first
            sorted.sort_by_key(|n| nth(*n as usize));
            sorted
        });
        let first = sorted.partition_point(|n| nth(*n as usize) < Some(text));
        let found = *sorted.get(first)? as usize;
        (nth(found) == Some(text)).then_some(found)
    }

    /// The value under a key.
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.pair(id, key).map(|pair| pair.value)
    }

    /// The text of a scalar that is not `null`.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).shape {
            Shape::Scalar { text, .. } if !self.node(id).is_null() => Some(text),
            _ => None,
        }
    }

    /// The value under a key, if it is not `null`.
    pub fn given(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.get(id, key).filter(|value| !self.node(*value).is_null())
    }

    /// The node at a path.
    pub fn find(&self, path: &[Segment]) -> Option<NodeId> {
        path.iter().try_fold(self.root?, |id, segment| match segment {
            Segment::Key(key) => self.get(id, key),
            Segment::Index(n) => self.items(id).get(*n).copied(),
            Segment::Text(_) | Segment::Item { .. } | Segment::Mention { .. } => Some(id),
        })
    }
}

/// Keys that stand twice: by index, the first and the one that repeats it.
pub(super) fn twice(pairs: &[MapPair<'_>]) -> Vec<(usize, usize)> {
    // most maps are small, and looking back costs less there than hashing
    const SMALL: usize = 12;
    let mut found = Vec::new();
    let is_large = pairs.len() > SMALL;
    let mut seen = HashMap::with_capacity(if is_large { pairs.len() } else { 0 });
    for (n, pair) in pairs.iter().enumerate() {
        let first = match is_large {
            true => *seen.entry(&pair.key).or_insert(n),
            false => pairs.iter().position(|first| first.key == pair.key).unwrap_or(n),
        };
        if first < n {
            found.push((first, n));
        }
    }
    found
}

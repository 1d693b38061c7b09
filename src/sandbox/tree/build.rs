//! Puts the parts of a text together into one tree. A stack instead of recursion, so that depth is bounded by a count,
//! not by luck. Knows neither JSON nor YAML, nor what the values mean.

use std::collections::HashMap;

use super::{Data, Mark, Node, Unread};

/// How deeply values may be nested; whoever walks a tree may therefore do so by recursion.
const MAX_DEPTH: usize = 100;
/// How many values a text may hold, written or repeated by aliases. No honest file comes near this.
const MAX_NODES: usize = 200_000;

/// What a reader of YAML makes of what JSON does not have.
pub(crate) struct Dialect {
    /// What a local tag (`!Name`), which stands there, makes of its value.
    pub(crate) tagged: fn(&str, Mark, Node) -> Node,
    /// Whether the last of several entries with one key counts; otherwise they are refused.
    pub(crate) last_key_wins: bool,
    /// Whether aliases stand for the value they name; otherwise they are refused.
    pub(crate) aliases: bool,
}

/// A scalar as written.
pub(crate) struct Scalar {
    pub(crate) text: String,
    /// Without quotes.
    pub(crate) plain: bool,
    /// Where its first character stands, if that is known.
    pub(crate) begins: Mark,
}

/// What stands before a value.
#[derive(Default)]
pub(crate) struct Prefix {
    /// A local tag without its exclamation mark.
    pub(crate) tag: Option<String>,
    /// Where that stands.
    pub(crate) at: Mark,
    /// An anchor's number; 0 is none.
    pub(crate) anchor: usize,
}

/// A list or map that is not closed yet.
struct Frame {
    at: Mark,
    data: Data,
    key: Option<(Mark, String)>,
    prefix: Prefix,
}

/// The tree so far.
pub(crate) struct Builder<'d> {
    dialect: &'d Dialect,
    stack: Vec<Frame>,
    nodes: usize,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
}

impl<'d> Builder<'d> {
    pub(crate) fn new(dialect: &'d Dialect) -> Builder<'d> {
        Builder { dialect, stack: Vec::new(), nodes: 0, anchors: HashMap::new(), root: None }
    }

    /// The whole tree; nothing at all reads as null.
    pub(crate) fn finish(self) -> Node {
        self.root.unwrap_or_default()
    }

    fn count(&mut self, at: Mark, nodes: usize, depth: usize) -> Result<(), Unread> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            let what = format!("this file holds more than {MAX_NODES} values: take several");
            return Err(Unread::malformed(at, &what));
        }
        if self.stack.len() + depth > MAX_DEPTH {
            return Err(Unread::malformed(at, "nested too deeply"));
        }
        Ok(())
    }

    /// Begins a list or map; `data` is empty.
    pub(crate) fn open(&mut self, at: Mark, data: Data, prefix: Prefix) -> Result<(), Unread> {
        self.count(at, 1, 1)?;
        self.stack.push(Frame { at, data, key: None, prefix });
        Ok(())
    }

    /// Ends the list or map that was opened last.
    pub(crate) fn close(&mut self) -> Result<(), Unread> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        let data = match frame.data {
            Data::Map(entries) if self.dialect.last_key_wins => Data::Map(last_wins(entries)),
            other => other,
        };
        self.place(Node::new(frame.at, data), frame.prefix)
    }

    pub(crate) fn scalar(&mut self, at: Mark, scalar: Scalar, prefix: Prefix) -> Result<(), Unread> {
        self.count(at, 1, 1)?;
        if let Some(Frame { data: Data::Map(_), key: key @ None, .. }) = self.stack.last_mut() {
            *key = Some((at, scalar.text));
            return Ok(());
        }
        let plain = scalar.plain && prefix.tag.is_none();
        let null = plain && matches!(scalar.text.as_str(), "" | "~" | "null" | "Null" | "NULL");
        let data = if null { Data::Null } else { Data::Text(scalar.text) };
        self.place(Node { plain, text_at: scalar.begins, ..Node::new(at, data) }, prefix)
    }

    /// The value that an anchor named stands here once more.
    pub(crate) fn alias(&mut self, at: Mark, anchor: usize) -> Result<(), Unread> {
        let named = self.anchors.get(&anchor).filter(|_| self.dialect.aliases).cloned();
        let Some(node) = named else {
            return Err(Unread::Alias { at });
        };
        let (nodes, depth) = node.extent();
        self.count(at, nodes, depth)?;
        self.place(node, Prefix::default())
    }

    fn place(&mut self, node: Node, prefix: Prefix) -> Result<(), Unread> {
        let mut node = match prefix.tag {
            Some(tag) => (self.dialect.tagged)(&tag, prefix.at, node),
            None => node,
        };
        if prefix.anchor != 0 && self.dialect.aliases {
            self.anchors.insert(prefix.anchor, node.clone());
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame { data: Data::List(items), .. }) => items.push(node),
            Some(Frame { data: Data::Map(entries), key, .. }) => match key.take() {
                Some((at, key)) => {
                    node.key_at = at;
                    entries.push((key, node));
                }
                None => return Err(Unread::malformed(node.at, "a key must be text")),
            },
            Some(_) => {}
        }
        Ok(())
    }
}

fn last_wins(entries: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let mut places = HashMap::new();
    let mut unique: Vec<(String, Node)> = Vec::with_capacity(entries.len());
    for (key, node) in entries {
        match places.get(&key).and_then(|place: &usize| unique.get_mut(*place)) {
            Some(entry) => entry.1 = node,
            None => {
                places.insert(key.clone(), unique.len());
                unique.push((key, node));
            }
        }
    }
    unique
}

//! The one tree that JSON and YAML texts become, templates and world files alike. Every value knows where it stands, and
//! every scalar keeps the text that was written. What a value means is the business of whoever reads the tree.

mod build;
pub(crate) mod yaml;

use serde_json::Value;

pub(crate) use build::{Builder, Dialect, Prefix, Scalar};

/// Why a text is no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It breaks the rules of its language, or is larger than anything that is read here.
    Malformed { at: Mark, what: String },
    /// It has an alias where none is taken.
    Alias { at: Mark },
}

impl Unread {
    pub(crate) fn malformed(at: Mark, what: &str) -> Unread {
        Unread::Malformed { at, what: what.to_owned() }
    }
}

/// Where a node starts; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    pub line: usize,
    pub column: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    pub at: Mark,
    /// Where its key starts, if it is a map's.
    pub key_at: Mark,
    /// Where the first character of its text stands, behind a tag and a quote; nowhere if the text has several lines.
    pub text_at: Mark,
    pub data: Data,
    /// A scalar written without quotes: it may be a number or a truth value.
    pub plain: bool,
}

/// What a node holds.
#[derive(Debug, Clone, Default)]
pub(crate) enum Data {
    #[default]
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub fn new(at: Mark, data: Data) -> Node {
        Node { at, data, ..Node::default() }
    }

    /// The same place and style with other data.
    pub fn with(&self, data: Data) -> Node {
        Node { data, ..*self }
    }

    /// A scalar as JSON writes it: numbers and truth values bare.
    pub fn bare(&self) -> Option<&str> {
        let text = self.text().filter(|_| self.plain)?;
        let value: Value = serde_json::from_str(text).ok()?;
        (value.is_number() || value.is_boolean()).then_some(text)
    }

    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Where the so-manyeth character of its text stands, as far as that is known.
    pub fn character(&self, nth: usize) -> Mark {
        match self.text_at {
            Mark { line: 0, .. } => self.at,
            Mark { line, column } => Mark { line, column: column + nth },
        }
    }

    pub fn list(&self) -> Option<&[Node]> {
        match &self.data {
            Data::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[(String, Node)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, value)| name == key && !value.is_null()).map(|(_, value)| value)
    }

    pub fn get_text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(Node::text).map(str::to_owned)
    }

    /// The function call this node is: a map of one entry named `Ref`, `Condition` or `Fn::…`.
    pub fn function(&self) -> Option<(&str, &Node)> {
        match self.entries() {
            [(name, argument)] if name == "Ref" || name == "Condition" || name.starts_with("Fn::") => {
                Some((name, argument))
            }
            _ => None,
        }
    }

    /// How many values it is, and how deeply they are nested.
    pub fn extent(&self) -> (usize, usize) {
        let inner: Vec<&Node> = match &self.data {
            Data::List(items) => items.iter().collect(),
            Data::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
            Data::Null | Data::Text(_) => Vec::new(),
        };
        inner
            .into_iter()
            .map(Node::extent)
            .fold((1, 1), |(nodes, depth), (more, deeper)| (nodes + more, depth.max(deeper + 1)))
    }

    /// The node as JSON, nothing evaluated.
    pub fn json(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Text(text) => Value::String(text.clone()),
            Data::List(items) => Value::Array(items.iter().map(Node::json).collect()),
            Data::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), value.json())).collect(),
        }
    }
}

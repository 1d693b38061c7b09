//! Puts the parts of a text together into one tree: keys and values, and short-form functions. A
//! stack instead of recursion, so that depth is bounded by a count, not by luck. Knows neither JSON nor YAML.

use std::collections::HashMap;

use super::TemplateError;
use super::tree::{Data, Mark, Node};

const MAX_DEPTH: usize = 100;
/// No honest template comes near this.
const MAX_NODES: usize = 200_000;

/// A scalar as written.
pub(super) struct Scalar {
    pub text: String,
    /// Without quotes.
    pub plain: bool,
    /// The function that its tag stands for.
    pub call: Option<String>,
}

impl Scalar {
    fn data(&self) -> Data {
        match (&self.call, self.text.split_once('.')) {
            (Some(call), Some((resource, attribute))) if call == "Fn::GetAtt" => {
                let parts =
                    [resource, attribute].map(|part| Node::new(Mark::default(), Data::Text(part.to_owned())));
                Data::List(parts.into())
            }
            (None, _) if self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL") => {
                Data::Null
            }
            _ => Data::Text(self.text.clone()),
        }
    }
}

/// A list or map that is not closed yet.
pub(super) struct Frame {
    at: Mark,
    data: Data,
    key: Option<String>,
    call: Option<String>,
}

impl Frame {
    pub fn new(at: Mark, data: Data, call: Option<String>) -> Frame {
        Frame { at, data, key: None, call }
    }
}

/// The tree so far.
pub(super) struct Builder {
    language: &'static str,
    stack: Vec<Frame>,
    nodes: usize,
    pub root: Option<Node>,
}

impl Builder {
    pub fn new(language: &'static str) -> Builder {
        Builder { language, stack: Vec::new(), nodes: 0, root: None }
    }

    pub fn error(&self, at: Mark, what: &str) -> TemplateError {
        let what = what.to_owned();
        TemplateError::NotWellFormed { language: self.language, line: at.line, column: at.column, what }
    }

    fn count(&mut self, at: Mark) -> Result<(), TemplateError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(self.error(at, "too many values"));
        }
        if self.stack.len() + 1 > MAX_DEPTH {
            return Err(self.error(at, "nested too deeply"));
        }
        Ok(())
    }

    pub fn open(&mut self, frame: Frame) -> Result<(), TemplateError> {
        self.count(frame.at)?;
        self.stack.push(frame);
        Ok(())
    }

    pub fn close(&mut self) -> Result<(), TemplateError> {
        match self.stack.pop() {
            Some(frame) => self.place(Node::new(frame.at, last_wins(frame.data)), frame.call),
            None => Ok(()),
        }
    }

    pub fn scalar(&mut self, at: Mark, scalar: Scalar) -> Result<(), TemplateError> {
        self.count(at)?;
        if let Some(Frame { data: Data::Map(_), key: key @ None, .. }) = self.stack.last_mut() {
            *key = Some(scalar.text);
            return Ok(());
        }
        let plain = scalar.plain && scalar.call.is_none();
        self.place(Node { plain, ..Node::new(at, scalar.data()) }, scalar.call)
    }

    fn place(&mut self, node: Node, call: Option<String>) -> Result<(), TemplateError> {
        let at = node.at;
        let node = match call {
            Some(call) => Node::new(at, Data::Map(vec![(call, node)])),
            None => node,
        };
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame { data: Data::List(items), .. }) => items.push(node),
            Some(Frame { data: Data::Map(entries), key, .. }) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => return Err(self.error(at, "a key must be text")),
            },
            Some(_) => {}
        }
        Ok(())
    }
}

/// CloudFormation takes the last of several entries with one name.
fn last_wins(data: Data) -> Data {
    let Data::Map(entries) = data else { return data };
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
    Data::Map(unique)
}

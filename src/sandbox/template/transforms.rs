//! Which macros a template asks for. What the known ones do is in `loops` (AWS::LanguageExtensions) and `serverless`;
//! the others are not run.

use crate::tree::{Data, Node};

/// The service's own extensions of the template language.
const LANGUAGE: &str = "AWS::LanguageExtensions";
/// The serverless application model.
const SERVERLESS: &str = "AWS::Serverless-2016-10-31";

/// The macros a template lists.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Transforms {
    /// `AWS::LanguageExtensions`.
    pub language: bool,
    /// `AWS::Serverless-2016-10-31`.
    pub serverless: bool,
    /// Any other; what it returns is not knowable here.
    pub other: bool,
}

impl Transforms {
    /// The macros of a template's tree.
    pub fn of(tree: &Node) -> Transforms {
        let mut transforms = Transforms { other: calls(tree), ..Transforms::default() };
        if let Some(node) = tree.get("Transform") {
            transforms.add(node);
        }
        transforms
    }

    fn add(&mut self, node: &Node) {
        match &node.data {
            Data::Text(name) if name.trim() == LANGUAGE => self.language = true,
            Data::Text(name) if name.trim() == SERVERLESS => self.serverless = true,
            // nested lists are written too, and taken
            Data::List(items) => {
                for item in items {
                    self.add(item);
                }
            }
            Data::Map(_) if node.get_text("Name").is_some_and(|name| name == LANGUAGE) => {
                self.language = true
            }
            Data::Text(_) | Data::Map(_) => self.other = true,
            Data::Null => {}
        }
    }

    /// Whether functions of the extended language may be there.
    pub fn extended(self) -> bool {
        self.language || self.other
    }
}

/// `Fn::Transform` inside a section splices whatever a macro returns.
fn calls(node: &Node) -> bool {
    match &node.data {
        Data::Map(entries) => entries.iter().any(|(key, value)| key == "Fn::Transform" || calls(value)),
        Data::List(items) => items.iter().any(calls),
        Data::Null | Data::Text(_) => false,
    }
}

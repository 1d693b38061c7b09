//! Why a text is not a template, in CloudFormation's words and with its place.

use crate::tree::Node;

/// Where the name of an entry stands; of anything else, the place itself.
pub(crate) fn name_of(node: &Node) -> (usize, usize) {
    let at = if node.key_at.line > 0 { node.key_at } else { node.at };
    (at.line, at.column)
}

/// Why a text is not a template. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The text is neither JSON nor YAML.
    #[error("Template format error: {language} not well-formed. (line {line}, column {column}): {what}")]
    NotWellFormed {
        /// `JSON` or `YAML`.
        language: &'static str,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// The reader's own words.
        what: String,
    },
    /// The text reads, but is not a template.
    #[error("Template format error: {what} (line {line}, column {column})")]
    Format {
        /// What is wrong.
        what: String,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// The text reads, but CloudFormation would not take it; its own words.
    #[error("{what} (line {line}, column {column})")]
    Refused {
        /// What is wrong.
        what: String,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// More bytes than CloudFormation takes.
    #[error("Template may not exceed {limit} bytes in size.")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

impl TemplateError {
    /// Its line and column.
    pub(crate) fn place(&self) -> (usize, usize) {
        match self {
            TemplateError::NotWellFormed { line, column, .. }
            | TemplateError::Format { line, column, .. }
            | TemplateError::Refused { line, column, .. } => (*line, *column),
            TemplateError::TooLarge { .. } => (1, 1),
        }
    }

    /// What CloudFormation calls a format error.
    pub(crate) fn format(node: &Node, what: &str) -> TemplateError {
        TemplateError::Format { what: what.to_owned(), line: node.at.line, column: node.at.column }
    }

    /// The same at the name of an entry, where that is what is wrong.
    pub(crate) fn format_of_name(node: &Node, what: &str) -> TemplateError {
        let (line, column) = name_of(node);
        TemplateError::Format { what: what.to_owned(), line, column }
    }

    /// What CloudFormation refuses in other words, at the name of an entry.
    pub(crate) fn refused_name(node: &Node, what: &str) -> TemplateError {
        let (line, column) = name_of(node);
        TemplateError::Refused { what: what.to_owned(), line, column }
    }

    /// What CloudFormation refuses in other words.
    pub(crate) fn refused(node: &Node, what: &str) -> TemplateError {
        TemplateError::Refused { what: what.to_owned(), line: node.at.line, column: node.at.column }
    }

    /// The text without the place, as CloudFormation says it.
    pub(crate) fn plain(&self) -> String {
        match self {
            TemplateError::Format { what, .. } => format!("Template format error: {what}"),
            TemplateError::Refused { what, .. } => what.clone(),
            TemplateError::NotWellFormed { .. } | TemplateError::TooLarge { .. } => self.to_string(),
        }
    }
}

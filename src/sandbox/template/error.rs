//! Why a text is not a template, in CloudFormation's words and with its place.

use crate::tree::{Mark, Node};

/// So many entries are shown beside the one that an error is told at.
const SHOWN: usize = 20;

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
        /// What may have been meant, or what to write: none of CloudFormation's words.
        hint: Option<String>,
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
        /// What may have been meant: none of CloudFormation's words.
        hint: Option<String>,
        /// The lines and columns of the others that it is about.
        others: Vec<(usize, usize)>,
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

    /// The same at another place.
    #[must_use]
    pub(crate) fn at(mut self, at: Mark) -> TemplateError {
        if let TemplateError::Format { line, column, .. } | TemplateError::Refused { line, column, .. } =
            &mut self
        {
            (*line, *column) = (at.line, at.column);
        }
        self
    }

    /// About other entries too; of many, a few are shown.
    #[must_use]
    pub(crate) fn beside<'n>(mut self, nodes: impl Iterator<Item = &'n Node>) -> TemplateError {
        if let TemplateError::Refused { others, .. } = &mut self {
            others.extend(nodes.take(SHOWN).map(name_of));
        }
        self
    }

    /// Where the others stand that it is about.
    pub(crate) fn others(&self) -> &[(usize, usize)] {
        if let TemplateError::Refused { others, .. } = self { others } else { &[] }
    }

    /// With what may have been meant, or what to write, if there is something to say.
    #[must_use]
    pub(crate) fn advising(mut self, advice: Option<String>) -> TemplateError {
        if let TemplateError::Format { hint, .. } | TemplateError::Refused { hint, .. } = &mut self {
            *hint = advice;
        }
        self
    }

    /// What may have been meant, or what to write.
    pub(crate) fn hint(&self) -> Option<&str> {
        match self {
            TemplateError::Format { hint, .. } | TemplateError::Refused { hint, .. } => hint.as_deref(),
            TemplateError::NotWellFormed { .. } | TemplateError::TooLarge { .. } => None,
        }
    }

    /// What CloudFormation calls a format error.
    pub(crate) fn format(node: &Node, what: &str) -> TemplateError {
        TemplateError::Format {
            what: what.to_owned(),
            line: node.at.line,
            column: node.at.column,
            hint: None,
        }
    }

    /// The same at the name of an entry, where that is what is wrong.
    pub(crate) fn format_of_name(node: &Node, what: &str) -> TemplateError {
        let (line, column) = name_of(node);
        TemplateError::Format { what: what.to_owned(), line, column, hint: None }
    }

    /// What CloudFormation refuses in other words, at the name of an entry.
    pub(crate) fn refused_name(node: &Node, what: &str) -> TemplateError {
        let (line, column) = name_of(node);
        TemplateError::Refused { what: what.to_owned(), line, column, hint: None, others: Vec::new() }
    }

    /// What CloudFormation refuses in other words.
    pub(crate) fn refused(node: &Node, what: &str) -> TemplateError {
        TemplateError::Refused {
            what: what.to_owned(),
            line: node.at.line,
            column: node.at.column,
            hint: None,
            others: Vec::new(),
        }
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

/// The name that may have been meant.
pub(crate) fn meant<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let lower = word.to_lowercase();
    let near =
        names.into_iter().map(|name| (strsim::damerau_levenshtein(&name.to_lowercase(), &lower), name));
    let (distance, name) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1.max(word.chars().count() / 3)).then(|| format!("did you mean `{name}`?"))
}

//! What is wrong with the declarations: collected, all at once, each with its place.

use std::sync::Arc;

use super::secret::Secrets;
use super::text::brief;

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// As people know it: relative to the repo.
    pub path: Arc<str>,
    /// Its text, without a byte order mark.
    pub text: Arc<str>,
}

/// A place inside a YAML document, by keys and indexes; turned into lines and columns only when it is shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The value under a key.
    Key(String),
    /// An item of a list.
    Index(usize),
    /// An item of a value as it is sent, comma-separated, whether it is written as a list or as a text: which one, counted
    /// from 0, of how many.
    Item {
        /// Which one.
        nth: usize,
        /// Of how many: where the file has another number, none of them can be told.
        of: usize,
    },
    /// The item of a list that is this text.
    Text(String),
    /// The first `${…}` below a value that is about a declaration.
    Mention {
        /// The key of the declaration.
        of: String,
        /// What of it, as it is written; whatever it is where this is empty.
        what: String,
    },
}

/// Which part of the node a diagnostic points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Where the key itself is wrong, or something below it is missing.
    Key,
    /// Where the key may stand, and what it holds is wrong.
    Value,
}

/// A place in a file that a diagnostic points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A node of a document.
    Node {
        /// The file, as in [`Source::path`].
        file: Arc<str>,
        /// Keys and indexes from the top of the document down to the node.
        path: Vec<Segment>,
        /// Whether its key or its value is pointed at.
        part: Part,
    },
    /// Bytes of a file (syntax errors; duplicate keys).
    Bytes {
        /// The file, as in [`Source::path`].
        file: Arc<str>,
        /// The first byte, counted from 0.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
    /// A file as a whole.
    File(Arc<str>),
}

impl Place {
    /// A node of a document by its keys.
    #[must_use]
    pub fn key(file: &Arc<str>, keys: &[&str], part: Part) -> Self {
        let path = keys.iter().map(|key| Segment::Key((*key).to_owned())).collect();
        Self::Node { file: file.clone(), path, part }
    }

    /// The file it is in.
    #[must_use]
    pub fn file(&self) -> &Arc<str> {
        let (Self::Node { file, .. } | Self::Bytes { file, .. } | Self::File(file)) = self;
        file
    }

    /// Whether another place is this node, or lies below it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Node { file, path, .. }, Self::Node { file: of, path: below, .. }) => {
                file == of && below.starts_with(path)
            }
            _ => false,
        }
    }

    /// What lies a few steps below this node; of any other place, the place itself.
    #[must_use]
    pub fn below(self, steps: impl IntoIterator<Item = Segment>, part: Part) -> Self {
        match self {
            Self::Node { file, mut path, .. } => {
                path.extend(steps);
                Self::Node { file, path, part }
            }
            other => other,
        }
    }
}

/// For which declaration something was found, and on which location.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occurrence {
    /// The key of the declaration.
    pub declaration: String,
    /// The location as people write it; `None` where the declaration stands on no other.
    pub location: Option<String>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is done while one of these stands.
    Error,
    /// Said, and gone on.
    Warning,
}

/// One finding: what is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for it, such as `unknown-key`, for programs that read `--json`.
    pub code: &'static str,
    /// What is wrong: a lowercase fragment without a full stop.
    pub message: String,
    /// What is pointed at; `None` for what no file says, such as an environment variable.
    pub place: Option<Place>,
    /// What is said below the caret.
    pub label: String,
    /// Further places that belong to it ("first defined here").
    pub related: Vec<(Place, String)>,
    /// For which declaration, and on which of its locations; a note says so once equal findings are one.
    pub found: Option<Box<Occurrence>>,
    /// Further facts, each shown on a line of its own.
    pub notes: Vec<String>,
    /// What to do next: a lowercase fragment, shown last.
    pub hint: Option<String>,
    /// The line holds something sensitive: its place is said, and its text is not shown.
    pub redacted: bool,
    /// What stands beside it in the same file: a line that holds any of it is not shown.
    pub unshown: Option<Box<Secrets>>,
    /// A name that is none; what may have been meant is looked for once it is known what is shown.
    pub near: Option<Near>,
}

/// A name that names nothing, among names that anybody may have written, and many of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Near {
    /// Of a declaration.
    Declaration(String),
    /// Of a variable.
    Variable(String),
    /// Of a location or an account.
    Location(String),
    /// Of a variable, as others write it, or of a declaration.
    Value(String),
    /// Of a declaration in a reference as others write it.
    Holder(String),
}

impl Diagnostic {
    /// An error without a place yet.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: brief(message.into()),
            place: None,
            label: String::new(),
            related: Vec::new(),
            found: None,
            notes: Vec::new(),
            hint: None,
            redacted: false,
            unshown: None,
            near: None,
        }
    }

    /// A warning without a place yet.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Points at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says below the caret what is wrong at that place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = brief(label.into());
        self
    }

    /// Says for which declaration it was found, and on which of its locations, where there are several.
    #[must_use]
    pub fn found(mut self, declaration: impl Into<String>, location: Option<String>) -> Self {
        self.found = Some(Box::new(Occurrence { declaration: declaration.into(), location }));
        self
    }

    /// The declaration that it is about: the one that it was found for, or that it points at.
    #[must_use]
    pub fn declaration(&self) -> Option<&str> {
        let by_place = || match self.place.as_ref()? {
            Place::Node { path, .. } => match path.as_slice() {
                [Segment::Key(top), Segment::Key(key), ..] if top == "provisioned_products" => {
                    Some(key.as_str())
                }
                _ => None,
            },
            Place::Bytes { .. } | Place::File(_) => None,
        };
        self.found.as_ref().map(|found| found.declaration.as_str()).or_else(by_place)
    }

    /// Does not show the source text, if it holds something sensitive.
    #[must_use]
    pub fn redact(mut self, sensitive: bool) -> Self {
        self.redacted = sensitive;
        self
    }

    /// Shows no line that holds any of these.
    #[must_use]
    pub fn beside(mut self, secrets: Option<&Secrets>) -> Self {
        self.unshown = secrets.cloned().map(Box::new).or(self.unshown);
        self
    }

    /// Whether these lines are not to be shown.
    #[must_use]
    pub fn hides(&self, lines: &str) -> bool {
        self.redacted || self.unshown.as_ref().is_some_and(|secrets| secrets.stand_in(lines))
    }

    /// Says which name names nothing.
    #[must_use]
    pub fn near(mut self, near: Near) -> Self {
        self.near = Some(near);
        self
    }

    /// Adds a further fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(brief(note.into()));
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(brief(hint.into()));
        self
    }

    /// Says what to do next, if there is something to say.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.map(brief).or(self.hint);
        self
    }

    /// Points at a further place.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, brief(label.into())));
        self
    }
}

/// Findings, in the order they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// So many are kept at most: nobody reads more, and what a stranger writes may be wrong in a million places.
    pub const MOST: usize = 40_000;

    /// Adds a finding after those that were made before; beyond the most that are kept, only so that an error stays one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.0.len() < Self::MOST {
            self.0.push(diagnostic);
        } else if diagnostic.severity == Severity::Error
            && let Some(last) = self.0.last_mut().filter(|last| last.severity != Severity::Error)
        {
            *last = diagnostic;
        }
    }

    /// Adds a finding whatever is kept besides: what ends a reading.
    pub fn insist(&mut self, diagnostic: Diagnostic) {
        self.0.truncate(Self::MOST - 1);
        self.0.push(diagnostic);
    }

    /// Whether there may be more than are kept.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.len() >= Self::MOST
    }

    /// Whether one of them forbids going on.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, found: I) {
        for one in found {
            self.push(one);
        }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

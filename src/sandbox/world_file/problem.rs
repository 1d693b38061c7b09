//! What is wrong with a world file.

use std::path::PathBuf;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) file: PathBuf,
    /// Line and column, from 1; none if it is about the file as a whole.
    pub(crate) place: Option<(usize, usize)>,
    pub(crate) message: String,
    /// The keys and positions that lead to what it is about, such as `portfolios[0].name`.
    pub(crate) path: String,
    /// It is about a template, and holds whatever else is wrong.
    pub(crate) of_template: bool,
    /// Where the world file names that.
    pub(crate) used: Option<String>,
}

impl Problem {
    /// Whether it holds though something else is wrong with the same file.
    pub(crate) fn holds_beside(&self, other: &Problem) -> bool {
        let top = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
        self.of_template || !other.path.starts_with("portfolios") && top(&self.path) != top(&other.path)
    }
}

/// All that is wrong, at least one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Problems {
        Problems(vec![problem])
    }
}

impl Problems {
    /// What was found, if anything was.
    pub(crate) fn none(found: Vec<Problem>) -> Result<(), Problems> {
        if found.is_empty() { Ok(()) } else { Err(Problems(found)) }
    }
}

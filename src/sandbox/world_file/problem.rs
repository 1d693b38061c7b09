//! What is wrong with a world file.

use std::collections::BTreeSet;
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

/// What else is wrong with the same file, as far as it may be the cause of more.
pub(crate) struct Beside<'p> {
    /// Where it is wrong.
    tops: BTreeSet<&'p str>,
    /// Much hangs on portfolios.
    portfolios: bool,
}

impl<'p> Beside<'p> {
    pub(crate) fn of(wrong: &'p [Problem]) -> Self {
        let portfolios = wrong.iter().any(|one| one.path.starts_with("portfolios"));
        Self { tops: wrong.iter().map(|one| top(&one.path)).collect(), portfolios }
    }

    /// Whether this holds all the same.
    pub(crate) fn lets(&self, one: &Problem) -> bool {
        one.of_template || !self.portfolios && !self.tops.contains(top(&one.path))
    }
}

fn top(path: &str) -> &str {
    path.split('.').next().unwrap_or_default()
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

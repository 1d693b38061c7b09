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
    /// What may have been meant in a template; of the world file, the message says it.
    pub(crate) hint: Option<String>,
    /// Lines and columns of what it is about too, in the same file.
    pub(crate) others: Vec<(usize, usize)>,
}

/// What of a fault means what it means whatever stands beside it.
const ALONE: [&str; 4] = ["call", "rate", "times", "product"];

/// What says nothing of what there is to provision, nor of where.
const APART: [&str; 7] =
    ["time_scale", "seed", "durations", "faults", "exports", "knobs", "provisioned_products"];

/// What else is wrong with the same file, as far as it may be the cause of more.
pub(crate) struct Beside<'p> {
    /// Where it is wrong, exactly.
    places: BTreeSet<&'p str>,
    /// The entries in which it is wrong.
    tops: BTreeSet<&'p str>,
    /// Much hangs on portfolios.
    portfolios: bool,
}

impl<'p> Beside<'p> {
    pub(crate) fn of(wrong: &'p [Problem]) -> Self {
        let portfolios = wrong.iter().any(|one| one.path.starts_with("portfolios"));
        let (places, tops) = wrong.iter().map(|one| (one.path.as_str(), top(&one.path))).unzip();
        Self { places, tops, portfolios }
    }

    /// Whether this holds all the same.
    pub(crate) fn lets(&self, one: &Problem) -> bool {
        let entry = top(&one.path);
        let field = one.path.strip_prefix(entry).unwrap_or_default().trim_start_matches('.');
        let is_apart = entry.starts_with("faults[") && ALONE.contains(&field);
        let is_free = !self.tops.contains(entry) || is_apart && !self.places.contains(one.path.as_str());
        one.of_template || !self.portfolios && is_free
    }
}

impl Problem {
    /// Whether what there is to provision is what the file says, all the same.
    pub(crate) fn spares_products(&self) -> bool {
        self.of_template || APART.contains(&self.section())
    }

    /// Whether the account and the region are what the file says, all the same.
    pub(crate) fn spares_head(&self) -> bool {
        !["account_id", "region"].contains(&self.section())
    }

    /// Whether what is provisioned in the beginning is not what the file says.
    pub(crate) fn spoils_beginning(&self) -> bool {
        !self.of_template && self.section() == "provisioned_products"
    }

    /// The key at the top.
    fn section(&self) -> &str {
        self.path.split(['.', '[']).next().unwrap_or_default()
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

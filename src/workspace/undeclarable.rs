//! Declarations that nobody has written yet, planned: which of them cannot be, and why. Those are left, and the rest goes on.

use std::collections::BTreeMap;

use super::Workspace;
use super::planning::{Prepared, Unplanned};
use super::problem::{Complaint, Complaints, Problem, ProblemKind};
use super::wish::Wish;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Segment, Severity};
use crate::model::secret::DigestKey;
use crate::state::Recorded;

/// What is wrong with some declarations.
pub struct Undeclarable {
    /// By key: why it cannot be declared so.
    pub keys: BTreeMap<String, String>,
    /// All of it, for whoever cannot tell whose it is.
    pub problem: Problem,
}

impl Workspace<'_> {
    /// Plans an adoption. Of declarations of the files in `unwritten` it is said which are wrong, and no place in them is named.
    ///
    /// # Errors
    /// A catalog that cannot be read, a wish that cannot be meant.
    pub fn adoption(
        &self,
        wish: &Wish,
        recorded: &Recorded,
        key: &DigestKey,
        unwritten: &[String],
    ) -> Result<Result<Prepared, Undeclarable>, Problem> {
        let found = if self.is_sound() {
            match self.planned(wish, recorded, key, None) {
                Ok(prepared) => return Ok(Ok(prepared)),
                Err(Unplanned::Wrong(found)) => found,
                Err(Unplanned::Other(problem)) => return Err(problem),
            }
        } else {
            // what the catalog says of the rest is asked once these are left
            self.problems.clone()
        };
        let errors = || found.0.iter().filter(|one| one.severity == Severity::Error);
        let mut keys: BTreeMap<String, String> = BTreeMap::new();
        for (key, why) in errors().filter_map(|one| Some((about(one)?, told(one)))) {
            keys.entry(key).or_insert(why);
        }
        let is_written = |one: &Diagnostic| {
            one.place.as_ref().is_none_or(|place| !unwritten.iter().any(|path| **path == **place.file()))
        };
        let problem = if errors().all(is_written) {
            Problem::findings(Diagnostics(errors().cloned().collect()), &self.repo.sources)
        } else {
            let sentence = |one: &Diagnostic| Complaint {
                message: format!("what would be written cannot be planned: {}", one.message),
                hint: one.hint.clone(),
                ..Complaint::default()
            };
            Problem {
                kind: ProblemKind::Declarations,
                complaints: Complaints::Sentences(errors().map(sentence).collect()),
            }
        };
        Ok(Err(Undeclarable { keys, problem }))
    }
}

/// The declaration that a finding is about.
fn about(one: &Diagnostic) -> Option<String> {
    if let Some(found) = &one.found {
        return Some(found.declaration.clone());
    }
    match one.place.as_ref()? {
        Place::Node { path, .. } => match path.as_slice() {
            [Segment::Key(head), Segment::Key(key), ..] if head == "provisioned_products" => {
                Some(key.clone())
            }
            _ => None,
        },
        Place::Bytes { .. } | Place::File(_) => None,
    }
}

fn told(one: &Diagnostic) -> String {
    let label = Some(&one.label).filter(|label| !label.is_empty()).map(|label| format!(" ({label})"));
    let hint = one.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{}{}{hint}", one.message, label.unwrap_or_default())
}

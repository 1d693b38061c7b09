//! What a program does with an infra repo: open it, plan a wish, hold a saved plan against the present, apply into a sink.
//! Each is a plain value in and out, so that a command line, a loop and a test call the same. Nothing here touches the
//! process: current directory, environment, signals, terminal, arguments and exit codes are the front end's, and the
//! adapters behind the ports come in through [`Adapters`].

mod accounts;
mod adapters;
mod apply;
mod files;
mod planning;
mod problem;
mod repo;
mod saved;
mod wish;

use crate::declare::{self, Desired};
use crate::model::diagnostic::{Diagnostic, Diagnostics};

pub use adapters::{Adapters, HeldStore};
pub use apply::{Finished, Watcher};
pub use files::SETTINGS;
pub use planning::Prepared;
pub use problem::{Complaint, Complaints, Problem, ProblemKind};
pub use repo::{GivenValues, Repo};
pub use saved::read_saved;
pub use wish::Wish;

/// A repo with its declarations: everything that is written down.
pub struct Workspace<'a> {
    /// The settings, and where they stand.
    pub repo: Repo<'a>,
    /// What is wanted.
    pub desired: Desired,
    /// What is odd about the texts, and was gone on with.
    pub warnings: Diagnostics,
}

impl<'a> Workspace<'a> {
    /// Reads the declarations of a repo.
    ///
    /// # Errors
    /// A file that cannot be read, and everything that is wrong with the declarations.
    pub fn open(mut repo: Repo<'a>) -> Result<Self, Problem> {
        let sources = repo.declarations()?;
        repo.sources.extend(sources.iter().cloned());
        let mut warnings = Diagnostics::default();
        if sources.is_empty() {
            let message = "`declarations:` names no files with declarations: nothing is wanted";
            warnings.push(Diagnostic::warning("no-declarations", message));
        }
        let reading = declare::read(&sources, &repo.settings)
            .map_err(|found| Problem::findings(found, &repo.sources))?;
        warnings.extend(std::mem::take(&mut repo.settings.warnings));
        warnings.extend(reading.warnings);
        Ok(Self { repo, desired: reading.desired, warnings })
    }
}

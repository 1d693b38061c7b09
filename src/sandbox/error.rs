//! What keeps a sandbox from starting.

use std::io;
use std::path::PathBuf;

use crate::world_file::{Problem, Problems};

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The world file, or a template in it, is wrong.
    #[error(
        "{}:{line}:{column}: {message}{}{}",
        file.display(),
        hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default(),
        used.as_ref().map(|used| format!(" (used at {used})")).unwrap_or_default()
    )]
    World {
        /// The world file.
        file: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// What may have been meant, or what to do.
        hint: Option<String>,
        /// Lines and columns of what it is about too.
        others: Vec<(usize, usize)>,
        /// Where the world file names the template that it is about.
        used: Option<String>,
    },
    /// Several things are wrong with the world file and its templates.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<SandboxError>),
    /// The world file is not there, cannot be read, or says nothing.
    #[error("`{}`: {message}", file.display())]
    Unread {
        /// The world file.
        file: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A file of the data folder could not be read or written.
    #[error("cannot use `{}`: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What lies in the data folder may come from somebody else.
    #[error("cannot trust `{}`: {reason}", path.display())]
    Untrusted {
        /// The file or folder.
        path: PathBuf,
        /// What is odd about it.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The journal is damaged before its last line.
    #[error("`{}` is damaged at line {line}: {message}", path.display())]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Another process runs this world, and what was asked cannot be done meanwhile.
    #[error("process {pid} runs this sandbox on port {port}: {why}")]
    Busy {
        /// Its process id.
        pid: u32,
        /// Its port.
        port: u16,
        /// What cannot be done.
        why: String,
        /// What to do.
        hint: String,
    },
    /// Another process holds this world, and does not answer.
    #[error("process {pid} holds this sandbox (port {port}): {why}")]
    Silent {
        /// Its process id.
        pid: u32,
        /// Its port.
        port: u16,
        /// What is the matter with it.
        why: &'static str,
        /// What to do.
        hint: String,
    },
    /// The port is not free.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
}

impl From<Problems> for SandboxError {
    fn from(Problems(problems): Problems) -> SandboxError {
        let mut errors: Vec<SandboxError> = problems.into_iter().map(SandboxError::from).collect();
        match errors.pop() {
            Some(only) if errors.is_empty() => only,
            last => SandboxError::Several(errors.into_iter().chain(last).collect()),
        }
    }
}

impl From<Problem> for SandboxError {
    fn from(problem: Problem) -> SandboxError {
        let Problem { file, place, message, used, of_template, hint, others, .. } = problem;
        match place {
            // what a template's reader says are CloudFormation's words
            Some((line, column)) if of_template && used.is_some() => {
                SandboxError::World { file, line, column, message, hint, others, used }
            }
            Some((line, column)) => {
                let (message, hint) = advice(message);
                SandboxError::World { file, line, column, message, hint, others, used }
            }
            None => SandboxError::Unread { file, message },
        }
    }
}

/// What is wrong, and the advice that our messages give behind it.
fn advice(message: String) -> (String, Option<String>) {
    let is_whole = |part: &str| part.matches('`').count().is_multiple_of(2);
    match message.rsplit_once("; ") {
        Some((wrong, advice)) if is_whole(wrong) => (wrong.to_owned(), Some(advice.to_owned())),
        _ => (message, None),
    }
}

impl SandboxError {
    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            SandboxError::Unread { .. } => Some(
                "`provisor init` writes a world to start with; name the file of one as `sandbox` of the location, or as `--world` of `provisor sandbox`"
                    .to_owned(),
            ),
            SandboxError::Damaged { .. } => {
                Some("`provisor sandbox --reset` forgets what was provisioned and starts anew".to_owned())
            }
            SandboxError::Busy { hint, .. }
            | SandboxError::Silent { hint, .. }
            | SandboxError::Untrusted { hint, .. } => Some(hint.clone()),
            SandboxError::Several(errors) => errors.iter().find_map(SandboxError::hint),
            SandboxError::Listen { port: 0, .. } | SandboxError::World { .. } | SandboxError::File { .. } => {
                None
            }
            SandboxError::Listen { .. } => Some(
                "end the process that has the port, or ask for another; without `--port` a free one is taken"
                    .to_owned(),
            ),
        }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> SandboxError {
        let path = path.into();
        move |source| SandboxError::File { path, source }
    }
}

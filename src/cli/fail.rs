//! Why a command ends before its work: one type, what it says, and its exit code.

use super::exit::Exit;
use crate::model::diagnostic::{Diagnostics, Source};
use crate::observe::ObserveError;
use crate::plan::NoMatch;
use crate::plan::file::PlanFileError;
use crate::report::{Style, diagnostics::diagnostics, failure};
use crate::state::StateError;
use provisor_sandbox::SandboxError;

/// Why a command ends before its work.
#[derive(Debug)]
pub enum Fail {
    /// The declarations are wrong.
    Declarations(Diagnostics, Vec<Source>),
    /// The catalog could not be read, or is not what it should be.
    Observe(Vec<ObserveError>),
    /// The state cannot be used.
    State(StateError),
    /// The saved plan cannot be used.
    PlanFile(PlanFileError),
    /// Anything else: what, further facts, what to do next.
    Plain {
        /// What.
        message: String,
        /// Further facts.
        causes: Vec<String>,
        /// What to do next.
        hint: Option<String>,
        /// How the command ends.
        exit: Exit,
    },
}

impl Fail {
    /// Nothing was changed.
    pub fn error(message: impl Into<String>) -> Self {
        Self::Plain { message: message.into(), causes: Vec::new(), hint: None, exit: Exit::Error }
    }

    /// Something forbids it.
    pub fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Plain {
            message: message.into(),
            causes: Vec::new(),
            hint: Some(hint.into()),
            exit: Exit::Refused,
        }
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Plain { message: message.into(), causes: Vec::new(), hint: None, exit: Exit::Usage }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        if let Self::Plain { hint, .. } = &mut self {
            *hint = Some(text.into());
        }
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        if let Self::Plain { causes, .. } = &mut self {
            causes.push(cause.into());
        }
        self
    }

    /// How the command ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Declarations(..) | Self::Observe(_) => Exit::Error,
            Self::State(_) | Self::PlanFile(_) => Exit::Refused,
            Self::Plain { exit, .. } => *exit,
        }
    }

    /// What is said.
    #[must_use]
    pub fn render(&self, style: Style) -> String {
        match self {
            Self::Declarations(found, sources) => diagnostics(found, sources, style),
            Self::Observe(errors) => errors
                .iter()
                .map(|error| failure::failure(error, observe_hint(error).as_deref(), style))
                .collect(),
            Self::State(error) => failure::failure(error, state_hint(error).as_deref(), style),
            Self::PlanFile(error) => failure::failure(error, Some(error.hint()), style),
            Self::Plain { message, causes, hint, .. } => {
                failure::message(message, causes, hint.as_deref(), style)
            }
        }
    }
}

fn observe_hint(error: &ObserveError) -> Option<String> {
    match error {
        ObserveError::Catalog { location, error } if error.kind.is_transient() => {
            Some(format!("`--exclude '*@{location}'` plans without this location"))
        }
        ObserveError::Catalog { .. } => Some("check the credentials and permissions of this location".to_owned()),
        ObserveError::Dropped { .. } => {
            Some("write the location back, remove its declarations, apply; then drop it".to_owned())
        }
        ObserveError::WrongAccount { .. } => {
            Some("give the right profile or role; a location keeps its account and region for as long as the state holds products there".to_owned())
        }
    }
}

fn state_hint(error: &StateError) -> Option<String> {
    match error {
        StateError::Corrupt { hint, .. } => Some(hint.clone()),
        StateError::Locked { .. } => Some("wait for it to end; the lock ends with its holder".to_owned()),
        StateError::Newer { .. } => Some("use a newer provisor".to_owned()),
        StateError::Io { .. } | StateError::Invalid { .. } => None,
    }
}

impl From<StateError> for Fail {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

impl From<PlanFileError> for Fail {
    fn from(error: PlanFileError) -> Self {
        Self::PlanFile(error)
    }
}

impl From<NoMatch> for Fail {
    fn from(error: NoMatch) -> Self {
        Self::error(error.to_string()).hint(error.hint)
    }
}

impl From<SandboxError> for Fail {
    fn from(error: SandboxError) -> Self {
        let fail = Self::error(error.to_string());
        match error.hint() {
            Some(hint) => fail.hint(hint),
            None => fail,
        }
    }
}

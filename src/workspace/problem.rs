//! Why something cannot be done: one type with a kind, what there is to say, and hints. How it is shown, and how a
//! process ends because of it, is for the front end.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::ErrorKind;

use crate::catalog::CatalogErrorKind;
use crate::declare::arrange;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Source};
use crate::model::endpoint::CatalogKind;
use crate::model::ids::LocationName;
use crate::model::text::{listed, quote};
use crate::observe::{Expects, Instead, ObserveError};
use crate::plan::file::OutOfTime;
use crate::plan::{NoMatch, Unfit};
use crate::state::StateError;

/// So many locations are named.
const FEW: usize = 5;

/// What kind of thing stands in the way. A front end decides by this, and by nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// What was asked for has no meaning.
    Usage,
    /// A file or an address that was named is not there, or cannot be read.
    Input,
    /// The settings or the declarations are wrong.
    Declarations,
    /// A catalog could not be read, or is not the one that it should be.
    Catalog,
    /// Something forbids it, or somebody has to agree first.
    Refused,
    /// A saved plan cannot be used, or does not fit any more.
    SavedPlan,
    /// The state cannot be used.
    State,
    /// A result could not be written.
    Output,
}

impl ProblemKind {
    /// The stable word for what no line of a file is about.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Input => "input",
            Self::Declarations => "declarations",
            Self::Catalog => "catalog",
            Self::Refused => "refused",
            Self::SavedPlan => "saved-plan",
            Self::State => "state",
            Self::Output => "output",
        }
    }
}

/// Why something cannot be done. Unless it says otherwise, nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of thing stands in the way.
    pub kind: ProblemKind,
    /// What there is to say.
    pub complaints: Complaints,
}

/// What a problem says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaints {
    /// Findings, with the texts that they are about.
    Findings(Diagnostics, Vec<Source>),
    /// Sentences, one complaint for each thing that is wrong.
    Sentences(Vec<Complaint>),
}

/// One thing that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaint {
    /// A lowercase fragment without a full stop.
    pub message: String,
    /// What it was caused by, each on a line of its own.
    pub causes: Vec<String>,
    /// Further facts, each on a line of its own.
    pub notes: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
}

impl Complaint {
    /// An error and what caused it. Many errors already say what their source says: that is not said again.
    #[must_use]
    pub fn of(error: &dyn Error) -> Self {
        let mut complaint = Self { message: error.to_string(), ..Self::default() };
        let mut said = complaint.message.clone();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            if !said.contains(&text) {
                complaint.causes.push(text.clone());
                said = text;
            }
            source = cause.source();
        }
        complaint
    }

    /// Says what to do next, if there is something to say.
    #[must_use]
    pub fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}

impl Problem {
    /// A problem of one sentence.
    #[must_use]
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self::of(kind, Complaint { message: message.into(), ..Complaint::default() })
    }

    /// A problem of one complaint.
    #[must_use]
    pub fn of(kind: ProblemKind, complaint: Complaint) -> Self {
        Self { kind, complaints: Complaints::Sentences(vec![complaint]) }
    }

    /// Something named is not there, or cannot be read.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ProblemKind::Input, message)
    }

    /// What was asked for has no meaning.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ProblemKind::Usage, message)
    }

    /// Something forbids it; `hint` says what to do next.
    #[must_use]
    pub fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(ProblemKind::Refused, message).hint(hint)
    }

    /// What is wrong with the texts of a repo.
    #[must_use]
    pub fn findings(found: Diagnostics, sources: &[Source]) -> Self {
        let found = arrange(found, sources);
        Self { kind: ProblemKind::Declarations, complaints: Complaints::Findings(found, sources.to_vec()) }
    }

    /// The same as findings, for those that are told together with others; sentences are about what stands at `place`.
    pub(super) fn into_findings(self, place: Option<&Place>) -> (Diagnostics, Vec<Source>) {
        let complaints = match self.complaints {
            Complaints::Findings(found, sources) => return (found, sources),
            Complaints::Sentences(complaints) => complaints,
        };
        let mut found = Diagnostics::default();
        for Complaint { message, causes, notes, hint } in complaints {
            let mut one = Diagnostic::error("file", message).maybe_hint(hint);
            one.place = place.cloned();
            one.notes = [causes, notes].concat();
            found.push(one);
        }
        (found, Vec::new())
    }

    /// The same told together with what is wrong beside it; itself where nothing is.
    pub(super) fn beside(self, mut found: Diagnostics, sources: &[Source]) -> Self {
        if !found.has_errors() {
            return self;
        }
        let (kind, code) = (self.kind, self.kind.word());
        let (own, others) = self.into_findings(None);
        found.extend(
            own.into_iter().map(|one| if one.code == "file" { Diagnostic { code, ..one } } else { one }),
        );
        let sources: Vec<Source> = sources.iter().chain(&others).cloned().collect();
        Self { kind, ..Self::findings(found, &sources) }
    }

    /// Both problems as one, of the other one's kind.
    pub fn with(self, other: Self) -> Self {
        match (self.complaints, other.complaints) {
            (Complaints::Sentences(mut first), Complaints::Sentences(second)) => {
                first.extend(second);
                Self { kind: other.kind, complaints: Complaints::Sentences(first) }
            }
            (Complaints::Findings(found, sources), complaints)
            | (complaints, Complaints::Findings(found, sources)) => {
                Self { kind: other.kind, complaints }.beside(found, &sources)
            }
        }
    }

    /// Says what to do next. Findings have hints of their own.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Complaints::Sentences(complaints) = &mut self.complaints
            && let Some(last) = complaints.last_mut()
        {
            last.hint = Some(hint.into());
        }
        self
    }
}

impl From<StateError> for Problem {
    fn from(error: StateError) -> Self {
        let hint = match &error {
            StateError::Corrupt { hint, .. } => Some(hint.clone()),
            StateError::Locked { .. } => Some("wait for it to end; the lock ends with its holder".to_owned()),
            StateError::Newer { .. } => Some("use a newer provisor".to_owned()),
            StateError::Io { source, .. } => Some(disk_hint(source.kind()).to_owned()),
            StateError::Invalid { .. } => None,
        };
        Self::of(ProblemKind::State, Complaint::of(&error).hint(hint))
    }
}

/// What helps where a disk said no. What was acknowledged before is never lost by it.
#[must_use]
pub const fn disk_hint(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "make room on the disk of the state folder, then run the command again"
        }
        ErrorKind::ReadOnlyFilesystem => {
            "the state folder is on a disk that can only be read: reading commands work there, others need one that can be written"
        }
        ErrorKind::PermissionDenied => "run it as the owner of the state folder, and see who may write there",
        _ => "run the command again; if that does not help, check the disk of the state folder",
    }
}

impl From<OutOfTime> for Problem {
    fn from(error: OutOfTime) -> Self {
        let hint = match error {
            OutOfTime::Expired { .. } => {
                "plan again: `provisor plan --out FILE`; `--max-age` says how old a plan may be"
            }
            OutOfTime::Future { .. } => "set this machine's clock, or plan again: `provisor plan --out FILE`",
        };
        Self::new(ProblemKind::SavedPlan, error.to_string()).hint(hint)
    }
}

impl From<Vec<NoMatch>> for Problem {
    fn from(missed: Vec<NoMatch>) -> Self {
        let complaint = |one: NoMatch| Complaint::of(&one).hint(Some(one.hint));
        let complaints = missed.into_iter().map(complaint).collect();
        Self { kind: ProblemKind::Input, complaints: Complaints::Sentences(complaints) }
    }
}

impl From<Vec<ObserveError>> for Problem {
    fn from(errors: Vec<ObserveError>) -> Self {
        Self::unread(&errors, |_| None, &[])
    }
}

impl Problem {
    /// What keeps locations from being read; `stands` tells where each one is written.
    pub(super) fn unread(
        errors: &[ObserveError],
        stands: impl Fn(&LocationName) -> Option<Place>,
        sources: &[Source],
    ) -> Self {
        let mut told: BTreeSet<String> = BTreeSet::new();
        let (mut found, mut complaints) = (Diagnostics::default(), Vec::new());
        for error in errors {
            let dropped = dropped_together(error, errors);
            let mut complaint = Complaint::of(error).hint(observe_hint(error));
            complaint.message = dropped.unwrap_or(complaint.message);
            complaint.notes.extend(asked_for(error));
            if !told.insert(complaint.message.clone()) {
                continue;
            }
            match stands(error.location()).filter(|_| error.is_of_settings()) {
                Some(place) => {
                    let Complaint { message, causes, notes, hint } = complaint;
                    let one = Diagnostic::error("catalog", message).maybe_hint(hint);
                    found.push(Diagnostic { notes: [causes, notes].concat(), ..one.at(place) });
                }
                None => complaints.push(complaint),
            }
        }
        let kind = ProblemKind::Catalog;
        let others = Self { kind, complaints: Complaints::Sentences(complaints) };
        Self { kind, ..others.beside(found, sources) }
    }
}

/// Several regions of one account that are out of the settings together, which is one mistake.
fn dropped_together(error: &ObserveError, all: &[ObserveError]) -> Option<String> {
    let ObserveError::Dropped { location, addresses, instead } = error else { return None };
    let names = all.iter().filter_map(|other| match other {
        ObserveError::Dropped { location: other, addresses: held, instead: also }
            if other.account() == location.account() && held == addresses && also == instead =>
        {
            Some(other)
        }
        _ => None,
    });
    let names: Vec<&LocationName> = names.collect();
    (names.len() > 1).then(|| {
        let names = listed(names.iter().map(quote), FEW);
        format!("locations {names} are not in the settings, but the state holds {addresses} there")
    })
}

/// What was asked for in vain.
fn asked_for(error: &ObserveError) -> Option<String> {
    let ObserveError::Level { level, .. } = error else { return None };
    Some(format!("what was asked for is what its `access_level` says, `{level}`"))
}

fn observe_hint(error: &ObserveError) -> Option<String> {
    match error {
        ObserveError::Catalog { location, error } | ObserveError::Level { location, error, .. } => {
            let without = format!("`--exclude '*@{location}'` plans without this location");
            error.hint.clone().or_else(|| catalog_hint(error.kind, &without))
        }
        ObserveError::Dropped { location, instead, .. } => Some(match instead {
            Some(Instead::Name(name)) => format!(
                "`{name}` is the same account and region, and a location keeps its name for as long as the state holds products there: write `{}`",
                location.account()
            ),
            Some(Instead::Region(region)) => format!(
                "`{}` stands in {region} now: write the region back, remove its declarations, apply; then change it",
                location.account()
            ),
            None => "write the location back, remove its declarations, apply; then drop it".to_owned(),
        }),
        ObserveError::OtherCatalog { expected, .. } if *expected == CatalogKind::Sandbox.noun() => Some(
            "write the location as it was, or give the other catalog a location of its own; nothing that a sandbox made is real: `provisor state rm ADDRESS` gives it up"
                .to_owned(),
        ),
        ObserveError::OtherCatalog { .. } => Some(
            "write the location as it was; to give up what it made, apply `on_removal: forget`, then apply without the declarations, and change the location after that"
                .to_owned(),
        ),
        ObserveError::WrongAccount { said: Expects::Settings, .. } => Some(
            "correct its `account_id`, or the `profile` and `role_arn` that lead to another account".to_owned(),
        ),
        ObserveError::WrongAccount { said: Expects::State, .. } => Some(
            "a location keeps its account for as long as the state holds products there: write it as it was, or give the other account a location of its own"
                .to_owned(),
        ),
    }
}

/// Only a denial is about credentials and permissions.
fn catalog_hint(kind: CatalogErrorKind, without: &str) -> Option<String> {
    match kind {
        CatalogErrorKind::NotSent
        | CatalogErrorKind::Ambiguous
        | CatalogErrorKind::Throttled
        | CatalogErrorKind::Later
        | CatalogErrorKind::NotYet => Some(without.to_owned()),
        CatalogErrorKind::Denied | CatalogErrorKind::NotAllowed => {
            Some("check the credentials and permissions of this location".to_owned())
        }
        CatalogErrorKind::Refused => Some(
            "check how the settings reach this location: its region, `endpoint_url`, `profile` and `role_arn`"
                .to_owned(),
        ),
        CatalogErrorKind::Conflict | CatalogErrorKind::NotFound => None,
    }
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Unread(errors) => errors.into(),
            Unfit::Moved(moved) => {
                let causes = moved.into_iter().map(|(label, why)| format!("`{label}`: {why}"));
                let complaint = Complaint {
                    message: "the saved plan is stale".to_owned(),
                    causes: causes.collect(),
                    notes: Vec::new(),
                    hint: Some("plan again: `provisor plan --out FILE`".to_owned()),
                };
                Self::of(ProblemKind::SavedPlan, complaint)
            }
            Unfit::Secrets(secrets) => {
                let notes = secrets.into_iter().map(|(label, why)| format!("`{label}`: {why}"));
                let complaint = Complaint {
                    message: "secrets of the saved plan are missing or different now".to_owned(),
                    causes: Vec::new(),
                    notes: notes.collect(),
                    hint: Some(
                        "give the same secrets as when it was planned (`PROVISOR_SECRET_…`, `--secret-file`), or plan again"
                            .to_owned(),
                    ),
                };
                Self::of(ProblemKind::SavedPlan, complaint)
            }
        }
    }
}

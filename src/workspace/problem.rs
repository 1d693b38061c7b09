//! Why something cannot be done: one type with a kind, what there is to say, and hints. How it is shown, and how a
//! process ends because of it, is for the front end.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;

use crate::catalog::CatalogErrorKind;
use crate::declare::arrange;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Severity, Source};
use crate::model::endpoint::CatalogKind;
use crate::model::ids::LocationName;
use crate::model::text::{listed, quote};
use crate::observe::{Expects, Instead, ObserveError};
use crate::plan::file::OutOfTime;
use crate::plan::{NoMatch, Unfit};
use crate::state::StateError;

/// So many locations are named.
const FEW: usize = 5;

/// The word for what stands as it is written, and may have been meant to be filled in.
pub const NOT_FILLED: &str = "not-filled";

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
        let found = once(arrange(found, sources));
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

    /// The same with what was odd before: what is wrong where something is odd is told once.
    #[must_use]
    pub fn noting(self, odd: Diagnostics, among: &[Source]) -> Self {
        let Complaints::Findings(mut found, own) = self.complaints else { return self };
        found.extend(odd);
        let sources: Vec<Source> = own.iter().chain(among).cloned().collect();
        Self { kind: self.kind, ..Self::findings(found, &sources) }
    }

    /// Whether it says what is wrong with the texts of a repo.
    #[must_use]
    pub fn is_findings(&self) -> bool {
        matches!(self.complaints, Complaints::Findings(..))
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
        Self::unread(&errors, |_, _| None, &[])
    }
}

impl Problem {
    /// What keeps locations from being read; `stands` tells where each one is written.
    pub(super) fn unread(
        errors: &[ObserveError],
        stands: impl Fn(&LocationName, Option<&str>) -> Option<Place>,
        sources: &[Source],
    ) -> Self {
        let mut told: BTreeSet<String> = BTreeSet::new();
        let (mut found, mut complaints) = (Diagnostics::default(), Vec::new());
        for error in errors {
            let together = dropped_together(error, errors).or_else(|| others_together(error, errors));
            let mut complaint = Complaint::of(error).hint(observe_hint(error));
            complaint.message = together.unwrap_or(complaint.message);
            complaint.notes.extend(asked_for(error));
            if !told.insert(complaint.message.clone()) {
                continue;
            }
            let field = matches!(error, ObserveError::WrongAccount { .. }).then_some("account_id");
            match stands(error.location(), field).filter(|_| error.is_of_settings()) {
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

/// What stands as it is written, and may have been meant to be filled in: where it is wrong as it is written, that is told, and
/// what is advised is what helps.
fn once(mut found: Diagnostics) -> Diagnostics {
    let mut wrong: BTreeMap<(Arc<str>, usize), Vec<usize>> = BTreeMap::new();
    let errors = found.0.iter().enumerate().filter(|(_, one)| one.severity == Severity::Error);
    for (nth, one) in errors {
        if let Some(Place::Bytes { file, start, .. }) = &one.place {
            wrong.entry((file.clone(), *start)).or_default().push(nth);
        }
    }
    let mut advice: Vec<(usize, Option<String>)> = Vec::new();
    let is_told = |one: &Diagnostic| match &one.place {
        Some(Place::Bytes { file, start, end }) if one.code == NOT_FILLED => {
            let within = wrong.range((file.clone(), *start)..(file.clone(), (*end).max(start + 1)));
            let told: Vec<usize> = within.flat_map(|(_, all)| all.iter().copied()).collect();
            advice.extend(told.iter().map(|nth| (*nth, one.hint.clone())));
            !told.is_empty()
        }
        _ => false,
    };
    let told: Vec<bool> = found.0.iter().map(is_told).collect();
    for (nth, hint) in advice {
        let is_vague =
            |one: &&mut Diagnostic| !one.hint.as_ref().is_some_and(|hint| hint.starts_with("did you mean"));
        if let Some(one) = found.0.get_mut(nth).filter(is_vague) {
            one.hint = hint;
        }
    }
    let mut told = told.into_iter();
    found.0.retain(|_| !told.next().unwrap_or_default());
    found
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

/// Several regions of one account that is another one, which is one mistake.
fn others_together(error: &ObserveError, all: &[ObserveError]) -> Option<String> {
    // the region behind each is that of the location
    let account = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    let of = |error: &ObserveError| match error {
        ObserveError::WrongAccount { location, found, expected, said } => {
            Some((location.account().to_owned(), account(found), account(expected), *said))
        }
        _ => None,
    };
    let (_, found, expected, said) = of(error).filter(|(_, found, expected, _)| found != expected)?;
    let names = all.iter().filter(|other| of(other) == of(error)).map(ObserveError::location);
    let names: Vec<&LocationName> = names.collect();
    (names.len() > 1).then(|| {
        let names = listed(names.iter().map(quote), FEW);
        format!("locations {names}: the credentials belong to account {found}, {} {expected}", said.told())
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

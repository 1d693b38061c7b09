//! Protocols with a defect, made at the ports: proof that the simulation would notice.

use std::collections::BTreeMap;

use provisor::catalog::{CatalogError, CatalogErrorKind, Found, Pacing, Progress, Record, Request};
use provisor::model::access::AccessLevel;
use provisor::model::ids::Token;

use super::fault::Schedule;
use super::ports::Sim;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// Intents become durable only together with what comes after them.
    LazyIntents,
    /// Every send has a token of its own.
    FreshTokens,
    /// A lost answer is taken for a request that never left.
    LostIsNotSent,
    /// A lost answer is taken for a refusal.
    LostIsRefused,
    /// What was throttled is sent again without a look.
    ThrottledIsNotSent,
    /// Looking finds nothing.
    Blind,
    /// Absence is proof at once.
    NoQuarantine,
    /// What is accepted counts as done.
    DoneAtAccept,
    /// What failed counts as done.
    FailedIsDone,
    /// The store opens as it was before its last commit.
    RolledBack,
    /// A full disk is not mentioned.
    FullIsFine,
    /// Commits do not look at versions.
    BlindCommits,
    /// What is not seen is taken for absent.
    UnseenIsAbsent,
}

pub const ALL: [Mutant; 13] = [
    Mutant::LazyIntents,
    Mutant::FreshTokens,
    Mutant::LostIsNotSent,
    Mutant::LostIsRefused,
    Mutant::ThrottledIsNotSent,
    Mutant::Blind,
    Mutant::NoQuarantine,
    Mutant::DoneAtAccept,
    Mutant::FailedIsDone,
    Mutant::RolledBack,
    Mutant::FullIsFine,
    Mutant::BlindCommits,
    Mutant::UnseenIsAbsent,
];

/// What the world is like in which a mutant is tried.
pub fn schedule(mutant: Mutant) -> Schedule {
    let sight = u64::from(mutant == Mutant::UnseenIsAbsent);
    Schedule { sight, ..Schedule::clean() }
}

pub fn level(mutant: Option<Mutant>, level: AccessLevel) -> AccessLevel {
    if mutant == Some(Mutant::UnseenIsAbsent) { AccessLevel::Account } else { level }
}

pub fn pacing(mutant: Option<Mutant>) -> Pacing {
    match mutant {
        Some(Mutant::NoQuarantine) => Pacing { quarantine: None, ..Pacing::default() },
        _ => Pacing::default(),
    }
}

pub fn found(mutant: Option<Mutant>, answer: Result<Found, CatalogError>) -> Result<Found, CatalogError> {
    match mutant {
        Some(Mutant::Blind) => answer.map(|found| Found { existing: None, ..found }),
        _ => answer,
    }
}

pub fn heard(mutant: Option<Mutant>, answer: Result<Record, CatalogError>) -> Result<Record, CatalogError> {
    let done = |record: Record| Record { progress: Progress::Succeeded(BTreeMap::new()), ..record };
    match (mutant, answer) {
        (Some(Mutant::DoneAtAccept), answer) => answer.map(done),
        (Some(Mutant::FailedIsDone), Ok(record)) if matches!(record.progress, Progress::Failed(_)) => {
            Ok(done(record))
        }
        (_, answer) => answer,
    }
}

/// Sends through `send`, in the mutant's way.
pub fn sent(
    sim: &Sim,
    request: &Request,
    send: impl Fn(&Request) -> Result<Record, CatalogError>,
) -> Result<Record, CatalogError> {
    let throttled = if sim.mutant == Some(Mutant::ThrottledIsNotSent) {
        CatalogErrorKind::NotSent
    } else {
        CatalogErrorKind::Throttled
    };
    let kind = match sim.mutant {
        Some(Mutant::FreshTokens) => {
            let token = Token::new(format!("{}-{}", request.token, sim.mutations.get()));
            return send(&Request { token, ..request.clone() });
        }
        Some(Mutant::LostIsNotSent) => CatalogErrorKind::NotSent,
        Some(Mutant::LostIsRefused) => CatalogErrorKind::Refused,
        _ => CatalogErrorKind::Ambiguous,
    };
    send(request).map_err(|error| match error.kind {
        CatalogErrorKind::Ambiguous => CatalogError { kind, ..error },
        CatalogErrorKind::Throttled => CatalogError { kind: throttled, ..error },
        _ => error,
    })
}

//! Protocols with a defect, made at the ports: proof that the simulation would notice.

use std::collections::BTreeMap;

use provisor::catalog::{
    CatalogError, CatalogErrorKind, Existing, FindBy, Found, Operation, Pacing, Progress, Record, Request,
    Status,
};
use provisor::model::access::AccessLevel;
use provisor::model::ids::Token;
use provisor::model::product::Selector;
use provisor::model::time::Timestamp;

use super::fault::{Fault, Schedule};
use super::others::knows;
use super::ports::Sim;
use super::world::SECOND;

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
    /// Whoever holds the name is taken for ours.
    HolderIsOurs,
    /// What is not found at once is taken for gone.
    GoneAtOnce,
    /// The operation that runs at the time is taken for ours.
    AttributedByTime,
    /// A success is believed without a look at the product.
    SuccessUnlooked,
    /// A record that is older than its intent is taken for its.
    OldRecordIsNew,
    /// What could not be signed in time is signed later.
    SignsLate,
    /// That a token is of this state is not seen.
    NoMark,
}

pub const ALL: [Mutant; 20] = [
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
    Mutant::HolderIsOurs,
    Mutant::GoneAtOnce,
    Mutant::AttributedByTime,
    Mutant::SuccessUnlooked,
    Mutant::OldRecordIsNew,
    Mutant::SignsLate,
    Mutant::NoMark,
];

/// What the worlds are like in which a mutant is tried.
pub fn schedules(mutant: Mutant) -> Vec<Schedule> {
    let clean = Schedule::clean();
    match mutant {
        Mutant::UnseenIsAbsent => vec![Schedule { sight: 1, ..clean }],
        // a product that is gone and one that is not seen look the same with an end user's rights: there, nothing else tells
        Mutant::OldRecordIsNew => {
            let same = Schedule { same_draws: true, window: super::EIGHT_HOURS, ..clean };
            (1..=8).map(|sight| Schedule { sight, ..same.clone() }).collect()
        }
        // what comes late finds the name free again
        Mutant::SignsLate => vec![Schedule { runs_for: 5 * SECOND, ..clean }],
        _ => vec![clean],
    }
}

/// The story that it is tried on first.
pub fn first(mutant: Mutant) -> usize {
    match mutant {
        Mutant::GoneAtOnce | Mutant::OldRecordIsNew => 1,
        // of what is in its way a plan tells without any mark; here something is that is not declared any more
        Mutant::NoMark => 5,
        _ => 0,
    }
}

/// The faults that it is tried with: about states and people it is other states and people that tell.
pub fn faults(mutant: Mutant) -> fn(Fault) -> bool {
    match mutant {
        Mutant::OldRecordIsNew | Mutant::NoMark => Fault::has_other_states,
        Mutant::HolderIsOurs | Mutant::SuccessUnlooked => Fault::is_of_others,
        Mutant::SignsLate => |fault| matches!(fault, Fault::Pause | Fault::Stalled),
        Mutant::GoneAtOnce => |fault| matches!(fault, Fault::Fog | Fault::Stale),
        Mutant::AttributedByTime => |fault| matches!(fault, Fault::Supplanted) || fault.is_of_others(),
        _ => |_| true,
    }
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

pub fn found(sim: &Sim, by: &FindBy, answer: Result<Found, CatalogError>) -> Result<Found, CatalogError> {
    let mut found = answer?;
    match sim.mutant {
        Some(Mutant::Blind) => found.existing = None,
        // as if it had been asked long after
        Some(Mutant::GoneAtOnce) if found.existing.is_none() && matches!(by.by, Selector::Id(_)) => {
            found.asked = Timestamp(found.asked.0 + 3_600_000);
        }
        Some(Mutant::SuccessUnlooked) => {
            if let Some(left) = as_left(sim, by) {
                found.existing = Some(left);
            }
        }
        _ => {}
    }
    found.existing.iter_mut().for_each(|existing| claim(sim, existing));
    Ok(found)
}

/// The product as the record left it that was last heard to have succeeded.
fn as_left(sim: &Sim, by: &FindBy) -> Option<Existing> {
    let (record, id) = sim.succeeded.borrow().clone()?;
    let world = sim.world.borrow();
    let product = world.products.get(&id).filter(|_| by.by == Selector::Id(id.to_string()))?;
    let mut left = product.views.iter().rev().find_map(|(_, view)| view.clone())?;
    left.status = Status::Available;
    left.last_provisioning_record = Some(record);
    Some(left)
}

/// What a search or a look shows, as the mutant sees it.
pub fn claim(sim: &Sim, existing: &mut Existing) {
    let world = sim.world.borrow();
    let product = world.products.get(&existing.id);
    match sim.mutant {
        Some(Mutant::HolderIsOurs) if product.is_some_and(|product| product.token.is_none()) => {
            existing.token = sim.asked_for.borrow().get(&existing.name).cloned();
        }
        Some(Mutant::NoMark) => {
            let past = sim.others.past.borrow();
            let known = |token: &Token| {
                sim.intended.borrow().contains(token)
                    || past.last().is_some_and(|(then, _)| knows(then, token))
            };
            existing.token = existing.token.take().filter(known);
        }
        _ => {}
    }
}

pub fn heard(sim: &Sim, answer: Result<Record, CatalogError>) -> Result<Record, CatalogError> {
    let done = |record: Record| Record { progress: Progress::Succeeded(BTreeMap::new()), ..record };
    let record = answer?;
    if matches!(record.progress, Progress::Succeeded(_)) {
        *sim.succeeded.borrow_mut() = Some((record.id.clone(), record.provisioned.clone()));
    }
    Ok(match sim.mutant {
        Some(Mutant::DoneAtAccept) => done(record),
        Some(Mutant::FailedIsDone) if matches!(record.progress, Progress::Failed(_)) => done(record),
        _ => record,
    })
}

/// Sends through `send`, in the mutant's way.
pub fn sent(
    sim: &Sim,
    request: &Request,
    send: impl Fn(&Request) -> Result<Record, CatalogError>,
) -> Result<Record, CatalogError> {
    let is_again = sim.sent.borrow().contains_key(&request.token);
    let throttled = if sim.mutant == Some(Mutant::ThrottledIsNotSent) {
        CatalogErrorKind::NotSent
    } else {
        CatalogErrorKind::Throttled
    };
    let kind = match (sim.mutant, &request.operation) {
        (Some(Mutant::FreshTokens), _) => {
            let token = Token::new(format!("{}-{}", request.token, sim.mutations.get()));
            return send(&Request { token, ..request.clone() });
        }
        (Some(Mutant::AttributedByTime), Operation::Update { id, .. }) if is_again => {
            let world = sim.world.borrow();
            let last = world.products.get(id).map_or_else(|| "".into(), |product| product.last.clone());
            return world.record(&last, 0);
        }
        (Some(Mutant::OldRecordIsNew), _) => {
            return send(request).map(|record| Record { created: record.asked, ..record });
        }
        (Some(Mutant::LostIsNotSent), _) => CatalogErrorKind::NotSent,
        (Some(Mutant::LostIsRefused), _) => CatalogErrorKind::Refused,
        _ => CatalogErrorKind::Ambiguous,
    };
    send(request).map_err(|error| match error.kind {
        CatalogErrorKind::Ambiguous => CatalogError { kind, ..error },
        CatalogErrorKind::Throttled => CatalogError { kind: throttled, ..error },
        _ => error,
    })
}

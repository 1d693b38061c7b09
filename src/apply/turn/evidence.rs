//! What became of a request that got no answer: evidence first, repetition last. Pure.

use std::time::Duration;

use super::super::run::Why;
use crate::catalog::{CatalogError, Existing, Found, Record, ServiceTime, Status};
use crate::model::access::AccessLevel;
use crate::model::ids::{ProvisionedId, RecordId};
use crate::model::kinds::RecordKind;
use crate::model::time::Timestamp;
use crate::state::{Content, Intent, Kind, Row};

/// What the evidence says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// It was taken: this is its record.
    Accepted(RecordId, ProvisionedId),
    /// The product is gone: a termination has done its work.
    Gone,
    /// The product that was to be updated is gone, or somebody else changed it meanwhile.
    Overtaken(String),
    /// It was made by one of the row's tokens, and by which operation is not to be told any more.
    Ours(Box<Existing>, String),
    /// Nothing is found, and not everything is seen. Where the request was answered, by what.
    Hidden(Option<CatalogError>),
    /// Somebody else holds the name.
    Held(Box<Existing>),
    /// It was not taken, and cannot be any more; of a creation where not everything is seen: the service knows.
    NeverTaken,
    /// The refusal stands.
    Refused(CatalogError),
    /// It may still arrive: look again.
    TooEarly,
    /// The records since then are needed to tell.
    NeedsHistory,
    /// What is found may be ours, or somebody else's: once it is over, the same request again, with its token, brings our record
    /// if there is one.
    Unproven {
        /// Since when it runs; `None`: it is over.
        running: Option<Duration>,
    },
}

/// An intent, and what a look found.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub row: &'a Row,
    pub intent: &'a Intent,
    pub why: &'a Why,
    pub found: &'a Found,
    /// An earlier try was throttled: whoever says so and takes the request all the same has made a record of it.
    pub doubted: bool,
    pub time: ServiceTime,
    /// Whose products are seen.
    pub level: AccessLevel,
    /// The request was sent before, without an answer, and nobody knows what became of that.
    pub is_doubtful: bool,
}

/// Weighs what was found against the intent.
pub(super) fn weigh(look: Look<'_>, history: Option<&[Record]>) -> Evidence {
    let Look { intent, why, found, doubted, time, level, .. } = look;
    match (intent.kind, &found.existing) {
        (Kind::Provision, None) => nothing(look),
        (Kind::Provision, Some(existing)) => holder(look, existing, history),
        // it was there when the intent was born, and a reader may lag: such an absence is none yet
        (_, None) if !time.is_absence_proven(intent.born, found.asked) => Evidence::TooEarly,
        (_, None) if !level.sees_all() => out_of_sight(look, history),
        (Kind::Terminate | Kind::Retain, None) => Evidence::Gone,
        (Kind::Update, None) => Evidence::Overtaken("the provisioned product is gone".to_owned()),
        (_, Some(existing)) if existing.last_record == intent.base_record => nothing(look),
        // what was refused has no record: the new one is somebody else's
        (_, Some(_)) if matches!(why, Why::Refused(_)) && !doubted => {
            Evidence::Overtaken("somebody else changed it meanwhile".to_owned())
        }
        (_, Some(existing)) => match history {
            None => Evidence::NeedsHistory,
            Some(history) => match (attribute(look, &existing.id, history), nothing(look)) {
                // nothing is sent while what was sent may still arrive
                (None | Some(Evidence::Unproven { .. }), Evidence::TooEarly) => Evidence::TooEarly,
                (Some(evidence), _) => evidence,
                (None, _) => Evidence::Overtaken("somebody else changed it meanwhile".to_owned()),
            },
        },
    }
}

/// What it means that nothing of the request is found.
fn nothing(look: Look<'_>) -> Evidence {
    match look.why {
        Why::Refused(error) if look.is_doubtful => Evidence::Hidden(Some(error.clone())),
        Why::Refused(error) => Evidence::Refused(error.clone()),
        Why::Throttled(_) => Evidence::NeverTaken,
        Why::Unanswered if look.time.is_settled(look.intent.sign_by, look.found.asked) => {
            Evidence::NeverTaken
        }
        Why::Unanswered => Evidence::TooEarly,
    }
}

/// What the product says that has the name of one that was to be made.
fn holder(look: Look<'_>, existing: &Existing, history: Option<&[Record]>) -> Evidence {
    let ours = |why: &str| Evidence::Ours(Box::new(existing.clone()), why.to_owned());
    let used = |token| look.row.tokens.iter().any(|(_, used)| used == token);
    match &existing.token {
        // the last provisioning record may by now be somebody else's update
        Some(token) if *token == look.intent.token => match history {
            None => Evidence::NeedsHistory,
            Some(history) => attribute(look, &existing.id, history).unwrap_or_else(|| match nothing(look) {
                Evidence::TooEarly => Evidence::TooEarly,
                _ => ours("its record is not to be found"),
            }),
        },
        Some(token) if used(token) => ours("an earlier operation of ours had made it"),
        // whoever changed it since may have put a token of his own there
        _ if matches!(look.why, Why::Unanswered) => match nothing(look) {
            Evidence::NeverTaken => Evidence::Unproven { running: running(existing, look.found.asked, None) },
            other => other,
        },
        _ => Evidence::Held(Box::new(existing.clone())),
    }
}

/// What was there is not seen any more: only a record can tell that a request for it was taken.
fn out_of_sight(look: Look<'_>, history: Option<&[Record]>) -> Evidence {
    let Look { row, intent, why, found, time, .. } = look;
    let is_over = match why {
        Why::Refused(error) => return Evidence::Hidden(Some(error.clone())),
        Why::Throttled(_) => true,
        Why::Unanswered => time.is_settled(intent.sign_by, found.asked),
    };
    let (bound, history) = match (&row.binding, history) {
        (Some(bound), Some(history)) => (bound, history),
        (Some(_), None) => return Evidence::NeedsHistory,
        (None, _) => return Evidence::Hidden(None),
    };
    attribute(look, &bound.id, history).unwrap_or(match is_over {
        true => Evidence::Hidden(None),
        false => Evidence::TooEarly,
    })
}

/// The one record since `base_record` that can be ours, by its kind, its version and its time; `None` if there is none.
fn attribute(look: Look<'_>, of: &ProvisionedId, history: &[Record]) -> Option<Evidence> {
    let Look { intent, time, found, .. } = look;
    let artifact = intent.content.as_ref().map(|content| &content.target.artifact.id);
    // of what is out of sight only our own records are listed, and nobody knows whether something runs on it
    let is_seen = look.level.sees_all() || found.existing.is_some();
    let kind = match intent.kind {
        Kind::Provision => RecordKind::Provision,
        Kind::Update => RecordKind::Update,
        Kind::Terminate | Kind::Retain => RecordKind::Terminate,
    };
    // where the token proves it, any sending may have been the one
    let first_sent = if ends(intent.kind) { intent.sent } else { intent.born };
    let mut candidates = history.iter().filter(|record| {
        let other = artifact.is_some() && record.artifact.is_some() && record.artifact.as_ref() != artifact;
        let in_time = time.can_stem_from(record.created, first_sent, intent.sign_by);
        record.kind == kind && !other && in_time
    });
    match (candidates.next(), candidates.next()) {
        (None, _) => None,
        // another one's update looks the same: nothing in it says whose it is
        (Some(one), _) if intent.kind == Kind::Update && !moves_instances(look.row) && is_seen => {
            let existing = found.existing.as_ref();
            let running = existing.and_then(|there| running(there, found.asked, Some(one.created)));
            Some(Evidence::Unproven { running })
        }
        (Some(one), None) => Some(Evidence::Accepted(one.id.clone(), of.clone())),
        (Some(_), Some(_)) => Some(Evidence::Overtaken("several operations ran on it since".to_owned())),
    }
}

/// How long something has been under way on a product, if it is.
fn running(existing: &Existing, now: Timestamp, since: Option<Timestamp>) -> Option<Duration> {
    let is_over = matches!(existing.status, Status::Available | Status::Tainted | Status::Error);
    (!is_over).then(|| since.map_or(Duration::ZERO, |since| now.since(since)))
}

fn ends(kind: Kind) -> bool {
    matches!(kind, Kind::Terminate | Kind::Retain)
}

/// Whether an update is about a stack set's instances: such an operation cannot be made twice, and leaves all else as it was.
pub(super) fn moves_instances(row: &Row) -> bool {
    let intent = row.intent.as_ref().filter(|intent| intent.kind == Kind::Update);
    let preferences = |content: &Content| content.target.options.preferences.clone();
    let wanted = intent.and_then(|intent| intent.content.as_ref()).map(preferences);
    let applied = row.applied.as_ref().map(|applied| preferences(&applied.content));
    wanted.is_some_and(|wanted| applied.is_some_and(|applied| applied != wanted))
}

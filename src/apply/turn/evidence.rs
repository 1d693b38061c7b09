//! What became of a request that got no answer: evidence first, repetition last. Pure.

use super::super::run::Why;
use crate::catalog::{CatalogError, Existing, Found, Record, ServiceTime};
use crate::model::ids::{ProvisionedId, RecordId};
use crate::model::kinds::RecordKind;
use crate::state::{Intent, Kind, Row};

/// What the evidence says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// It was taken: this is its record.
    Accepted(RecordId, ProvisionedId),
    /// The product is gone: a termination has done its work.
    Gone,
    /// The product that was to be updated is gone, or somebody else changed it meanwhile.
    Overtaken(String),
    /// Somebody else holds the name.
    Held(Box<Existing>),
    /// It was not taken, and cannot be any more.
    NeverTaken,
    /// The refusal stands.
    Refused(CatalogError),
    /// It may still arrive: look again.
    TooEarly,
    /// The records since then are needed to tell.
    NeedsHistory,
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
}

/// Weighs what was found against the intent.
pub(super) fn weigh(look: Look<'_>, history: Option<&[Record]>) -> Evidence {
    let Look { row, intent, why, found, doubted, time } = look;
    let nothing = || match why {
        Why::Refused(error) => Evidence::Refused(error.clone()),
        Why::Throttled(_) => Evidence::NeverTaken,
        Why::Unanswered if time.is_settled(intent.sign_by, found.asked) => Evidence::NeverTaken,
        Why::Unanswered => Evidence::TooEarly,
    };
    match (intent.kind, &found.existing) {
        (Kind::Provision, None) => nothing(),
        (Kind::Provision, Some(existing)) => {
            let used = |token| row.tokens.iter().any(|(_, used)| used == token);
            match &existing.token {
                // the last provisioning record may by now be somebody else's update
                Some(token) if *token == intent.token => match history {
                    None => Evidence::NeedsHistory,
                    Some(history) => attribute(look, existing, history).unwrap_or_else(|| match nothing() {
                        Evidence::TooEarly => Evidence::TooEarly,
                        _ => Evidence::Overtaken("its record is not to be found".to_owned()),
                    }),
                },
                Some(token) if used(token) => {
                    Evidence::Overtaken("an earlier operation of ours had made it".to_owned())
                }
                _ => Evidence::Held(Box::new(existing.clone())),
            }
        }
        // it was there when the intent was born, and a reader may lag: such an absence is none yet
        (_, None) if !time.is_absence_proven(intent.born, found.asked) => Evidence::TooEarly,
        (Kind::Terminate | Kind::Retain, None) => Evidence::Gone,
        (Kind::Update, None) => Evidence::Overtaken("the provisioned product is gone".to_owned()),
        (_, Some(existing)) if existing.last_record == intent.base_record => nothing(),
        // what was refused has no record: the new one is somebody else's
        (_, Some(_)) if matches!(why, Why::Refused(_)) && !doubted => {
            Evidence::Overtaken("somebody else changed it meanwhile".to_owned())
        }
        (_, Some(existing)) => match history {
            None => Evidence::NeedsHistory,
            Some(history) => attribute(look, existing, history).unwrap_or_else(|| match nothing() {
                Evidence::TooEarly => Evidence::TooEarly,
                _ => Evidence::Overtaken("somebody else changed it meanwhile".to_owned()),
            }),
        },
    }
}

/// The one record since `base_record` that can be ours, by its kind, its version and its time; `None` if there is none.
fn attribute(look: Look<'_>, existing: &Existing, history: &[Record]) -> Option<Evidence> {
    let Look { intent, time, .. } = look;
    let artifact = intent.content.as_ref().map(|content| &content.target.artifact.id);
    let kind = match intent.kind {
        Kind::Provision => RecordKind::Provision,
        Kind::Update => RecordKind::Update,
        Kind::Terminate | Kind::Retain => RecordKind::Terminate,
    };
    let mut candidates = history.iter().filter(|record| {
        let other = artifact.is_some() && record.artifact.is_some() && record.artifact.as_ref() != artifact;
        let in_time = time.can_stem_from(record.created, intent.sent, intent.sign_by);
        record.kind == kind && !other && in_time
    });
    match (candidates.next(), candidates.next()) {
        (None, _) => None,
        (Some(one), None) => Some(Evidence::Accepted(one.id.clone(), existing.id.clone())),
        (Some(_), Some(_)) => Some(Evidence::Overtaken("several operations ran on it since".to_owned())),
    }
}

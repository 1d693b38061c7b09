//! What is due: the requests, looks and questions whose time has come, and those that have not left yet.

use std::time::Duration;

use super::stage::Stage;
use super::{Run, StepIx, Why};
use crate::catalog::Request;
use crate::model::ids::RecordId;

impl Run<'_> {
    /// The requests that are to be sent now.
    pub(in crate::apply) fn to_send(&self, now: Duration) -> Vec<(StepIx, Request)> {
        self.due(now, |stage| match stage {
            Stage::Sending { request, .. } => Some(request.clone()),
            _ => None,
        })
    }

    /// What is to be looked for now, and why.
    pub(in crate::apply) fn to_find(&self, now: Duration) -> Vec<(StepIx, Why)> {
        self.due(now, |stage| match stage {
            Stage::Looking { why, .. } => Some(why.clone()),
            _ => None,
        })
    }

    /// The records that are to be asked after now.
    pub(in crate::apply) fn to_ask(&self, now: Duration) -> Vec<(StepIx, RecordId)> {
        self.due(now, |stage| match stage {
            Stage::Running { record, .. } => Some(record.clone()),
            _ => None,
        })
    }

    /// The steps whose requests have not left.
    pub(in crate::apply) fn unsent(&self) -> Vec<StepIx> {
        let unsent = |(_, ix): &&(Duration, StepIx)| matches!(self.tracks[ix.0].stage, Stage::Sending { .. });
        self.in_order(self.due.iter().filter(unsent))
    }
}

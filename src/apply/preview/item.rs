//! One provisioned product plan on its way: wanted, asked for, worked out, taken away. Pure.

use std::time::Duration;

use crate::catalog::{Payload, Preview, PreviewRef, PreviewRequest};
use crate::model::ids::LocationName;
use crate::state::OpenPreview;

/// Where one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PreviewStage {
    /// It waits for room.
    Waiting,
    /// It is asked for.
    Opening,
    /// It is there, and is asked after.
    Opened,
    /// It is taken away.
    Closing,
    /// It is gone; whether what stood for a new product went with it is asked.
    Checking,
    /// All is done.
    Over,
}

/// One provisioned product plan.
pub(super) struct PreviewItem {
    /// As the journal has it.
    pub open: OpenPreview,
    /// What is asked for; of one that a dead run asked for, nobody knows.
    payload: Option<Payload>,
    pub stage: PreviewStage,
    /// Since when.
    pub since: Duration,
    /// When something is to be done about it.
    pub due: Duration,
    /// How often that was done in this stage.
    pub tries: u32,
    /// It stands in the journal.
    pub is_noted: bool,
    /// A request for it got no answer.
    pub is_doubtful: bool,
    /// What came of it.
    pub preview: Option<Preview>,
    /// Why it could not be taken away.
    pub left: Option<String>,
}

impl PreviewItem {
    /// One that is to be made.
    pub fn wanted(open: OpenPreview, payload: Payload) -> Self {
        Self { payload: Some(payload), ..Self::at(open, PreviewStage::Waiting) }
    }

    /// One that a dead run has left, as far as it got.
    pub fn left_open(open: OpenPreview) -> Self {
        Self { is_noted: true, is_doubtful: true, ..Self::at(open, PreviewStage::Closing) }
    }

    fn at(open: OpenPreview, stage: PreviewStage) -> Self {
        Self {
            open,
            payload: None,
            stage,
            since: Duration::ZERO,
            due: Duration::ZERO,
            tries: 0,
            is_noted: false,
            is_doubtful: false,
            preview: None,
            left: None,
        }
    }

    pub fn location(&self) -> &LocationName {
        &self.open.address.location
    }

    pub fn is_due(&self, stage: PreviewStage, now: Duration) -> bool {
        self.stage == stage && self.due <= now
    }

    /// Whether it takes one of its location's places.
    pub fn is_busy(&self) -> bool {
        !matches!(self.stage, PreviewStage::Waiting | PreviewStage::Over)
    }

    pub fn enter(&mut self, stage: PreviewStage, now: Duration) {
        (self.stage, self.since, self.due, self.tries) = (stage, now, now, 0);
    }

    /// The same once more, later.
    pub fn retry(&mut self, due: Duration) {
        self.tries += 1;
        self.due = due;
    }

    pub fn request(&self) -> Option<PreviewRequest> {
        Some(PreviewRequest {
            location: self.location().clone(),
            name: self.open.name.clone(),
            token: self.open.token.clone(),
            sign_by: self.open.sign_by,
            payload: self.payload.clone()?,
            creates: self.open.creates,
        })
    }

    pub fn plan(&self) -> Option<PreviewRef> {
        Some(PreviewRef { location: self.location().clone(), plan: self.open.plan.clone()? })
    }

    /// What is told of it; nothing more is learned.
    pub fn unknown(&mut self, why: impl Into<String>) {
        self.preview.get_or_insert(Preview::Unknown(why.into()));
    }
}

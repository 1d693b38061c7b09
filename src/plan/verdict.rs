//! The last word on one address, before it is turned into steps.

use super::{Adoption, Reason, Refusal, Shown};
use crate::model::ids::ProvisionedId;

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Nothing,
    Settle(Reason),
    Provision(Reason),
    Update(Update),
    Adopt { adoption: Box<Adoption>, reasons: Vec<Reason> },
    Accept { id: ProvisionedId, reasons: Vec<Reason> },
    Replace { id: ProvisionedId, reasons: Vec<Reason>, has_worked: bool },
    Terminate { id: ProvisionedId, retain: bool, failed: Option<Reason> },
    Forget { leaves: Option<ProvisionedId> },
    Remember,
    Refused(Refusal),
}

/// An update, before it is known how many operations it takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Update {
    pub id: ProvisionedId,
    pub reasons: Vec<Reason>,
    pub only_if_inputs_differ: bool,
    pub changes_product: bool,
}

impl Update {
    /// Of a product that was never provisioned successfully.
    pub fn of_failed_creation(id: ProvisionedId, reasons: Vec<Reason>) -> Self {
        Self { id, reasons, only_if_inputs_differ: false, changes_product: false }
    }
}

impl Verdict {
    /// Whether the parameters travel.
    pub fn sends(&self) -> bool {
        matches!(self, Self::Provision(_) | Self::Update(_) | Self::Replace { .. })
    }

    /// Whether something is taken over.
    pub fn adopts(&self) -> bool {
        matches!(self, Self::Adopt { .. })
    }

    /// The same, with the catalog's messages redacted, and the texts that somebody else may have written.
    pub fn redacted(mut self, redact: impl Fn(&str) -> String) -> Self {
        match &mut self {
            Self::Update(Update { reasons, .. })
            | Self::Adopt { reasons, .. }
            | Self::Accept { reasons, .. }
            | Self::Replace { reasons, .. } => {
                reasons.iter_mut().for_each(|reason| reworded(reason, &redact));
            }
            Self::Terminate { failed, .. } => failed.iter_mut().for_each(|reason| reworded(reason, &redact)),
            Self::Refused(refusal) => refusal.message = redact(&refusal.message),
            _ => {}
        }
        self
    }
}

fn reworded(reason: &mut Reason, redact: impl Fn(&str) -> String) {
    let clean = |shown: &mut Shown| {
        if let Shown::Text(text) = shown
            && redact(text) != *text
        {
            *shown = Shown::Sensitive;
        }
    };
    match reason {
        Reason::Tainted { message, .. } | Reason::FailedCreation { message, .. } => {
            *message = redact(message)
        }
        // what it is to be stands in the declarations
        Reason::Tag { before, .. } => clean(before),
        Reason::Drifted { applied, there, .. } => [applied, there].into_iter().for_each(clean),
        _ => {}
    }
}

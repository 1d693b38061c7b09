//! What somebody else made of products of ours, as far as it was seen: apart from what becomes of it.

use super::cause::alone;
use super::plan::PlanView;
use super::property::Property;
use crate::plan::Reason;

/// What somebody else made of one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftView {
    /// The address as people write it.
    pub address: String,
    /// What is known of it, in words.
    pub texts: Vec<String>,
    /// What was applied, and what is there.
    pub members: Vec<Property>,
}

impl PlanView<'_> {
    /// What was changed outside, address by address.
    #[must_use]
    pub fn drift(&self) -> Vec<DriftView> {
        let drifted = self.steps.iter().filter_map(|step| {
            let reasons = &step.step.reasons;
            let outside = |reason: &&Reason| {
                matches!(reason, Reason::Outside { .. } | Reason::ChangedBy { .. } | Reason::Vanished { .. })
            };
            let texts = reasons.iter().filter(outside).filter_map(|reason| Some(alone(reason, None)?.text));
            let members = reasons.iter().filter_map(member);
            let one = DriftView {
                address: step.address.clone(),
                texts: texts.collect(),
                members: members.collect(),
            };
            (!one.texts.is_empty() || !one.members.is_empty()).then_some(one)
        });
        let mut all: Vec<DriftView> = drifted.collect();
        // both halves of a replacement say why
        all.dedup_by(|later, first| later.address == first.address);
        all
    }
}

fn member(reason: &Reason) -> Option<Property> {
    match reason {
        Reason::Drifted { key, applied, there } => Property::change(key, applied, there, None),
        Reason::DriftedMember { member, applied, there } => Property::change(member, applied, there, None),
        _ => None,
    }
}

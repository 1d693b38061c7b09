//! One step of a plan, as it is carried out.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::property::redacted;
use super::values::ValuesView;
use crate::catalog::{Interface, Preview};
use crate::model::ids::Address;
use crate::plan::{Act, Action, Concern, Plan, Reason, Refusal, Shown, Step};

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepView<'a> {
    /// Its number in the plan, from 0.
    pub number: usize,
    /// The address as people write it.
    pub address: String,
    /// The key of the declaration.
    pub key: &'a str,
    /// The location as people write it.
    pub location: &'a str,
    /// The account's number.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// Nothing that happens there is real.
    pub simulated: bool,
    /// What it does.
    pub act: Act,
    /// Why, in full; where one side of a difference is sensitive, without the other.
    pub reasons: Vec<Cow<'a, Reason>>,
    /// It is one of the halves of a replacement.
    pub replacing: bool,
    /// The numbers of the steps that must be over first.
    pub after: Vec<usize>,
    /// Skipped if its inputs turn out as they were.
    pub only_if_inputs_differ: bool,
    /// `ProvisionedProductId`, if it exists.
    pub id: Option<&'a str>,
    /// The ARN of the stack that becomes it.
    pub stack: Option<&'a str>,
    /// Of a termination: `RetainPhysicalResources`.
    pub retain: Option<bool>,
    /// Why it cannot or must not be done.
    pub refusal: Option<&'a Refusal>,
    /// What it would do to resources, where that was asked for.
    pub preview: Option<&'a Preview>,
    /// What it is about, where it does not say what is to be.
    pub concern: Option<&'a Concern>,
    pub(super) step: &'a Step,
    interface: Option<&'a Interface>,
}

/// Whether it is the first half of a replacement.
pub(super) fn is_doomed(step: &Step) -> bool {
    matches!(&step.action, Action::Terminate(gone) if gone.replacing)
}

impl<'a> StepView<'a> {
    pub(super) fn of(number: usize, step: &'a Step, doomed: &BTreeSet<&Address>, plan: &'a Plan) -> Self {
        let labels = &plan.labels;
        let (id, retain) = match &step.action {
            Action::Update(id, _) | Action::Accept(id, ..) => (Some(id), None),
            Action::Adopt(adoption) => (Some(&adoption.id).filter(|_| adoption.stack().is_none()), None),
            Action::Terminate(gone) => (Some(&gone.id), Some(gone.retain)),
            Action::Forget { leaves } => (leaves.as_ref(), None),
            Action::Provision(_) | Action::Settle(..) | Action::Remember | Action::Refused(_) => (None, None),
        };
        let stack = if let Action::Adopt(adoption) = &step.action { adoption.stack() } else { None };
        let refusal = if let Action::Refused(refusal) = &step.action { Some(refusal) } else { None };
        let act = step.act();
        Self {
            number,
            address: labels.label(&step.address),
            key: step.address.key.as_str(),
            location: labels.location(&step.address.location),
            account: step.place.account.as_str(),
            region: step.place.region.as_str(),
            simulated: step.place.catalog.is_simulated(),
            act,
            reasons: step.reasons.iter().map(redact).collect(),
            replacing: is_doomed(step) || (act == Act::Provision && doomed.contains(&step.address)),
            after: step.after.iter().map(|ix| ix.0).collect(),
            only_if_inputs_differ: step.only_if_inputs_differ,
            id: id.map(|id| id.as_str()),
            stack,
            retain,
            refusal,
            preview: plan.previews.get(&step.address).filter(|_| act != Act::Terminate),
            concern: plan.concerns.get(&step.address),
            step,
            interface: plan.interfaces.get(&step.address).map(Arc::as_ref),
        }
    }

    /// What it is to be, if it is to be something.
    #[must_use]
    pub fn values(&self) -> Option<ValuesView<'a>> {
        self.step.spec().map(|spec| ValuesView::from(spec).presented(self.interface))
    }
}

/// The reason; where one side of its difference is sensitive, without the other.
fn redact(reason: &Reason) -> Cow<'_, Reason> {
    match reason {
        Reason::Parameter { before, after, .. } | Reason::Tag { before, after, .. }
            if [before, after].contains(&&Shown::Sensitive) =>
        {
            let mut without = reason.clone();
            if let Reason::Parameter { before, after, .. } | Reason::Tag { before, after, .. } = &mut without
            {
                (*before, *after) = redacted(before, after);
            }
            Cow::Owned(without)
        }
        _ => Cow::Borrowed(reason),
    }
}

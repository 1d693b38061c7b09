//! A verdict on one address turned into steps, before they have numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::time::Duration;

use super::instances::{UpdatePart, operations};
use super::order::{Draft, Slot};
use super::remember::{made_after, shown_by_outputs, told_too_much};
use super::verdict::{Update, Verdict};
use super::{Action, Allowed, PlanInput, Reason, Spec, Step, Termination};
use crate::catalog::Existing;
use crate::declare::DesiredProduct;
use crate::model::ids::{Address, ProvisionedId, RecordId};
use crate::model::product::{Lifecycle, Timeouts};
use crate::state::{Birth, Home, Kind, Row};

/// The address that steps are made for, with what is declared and recorded there.
pub(super) struct Drafts<'a> {
    pub input: &'a PlanInput<'a>,
    pub address: &'a Address,
    pub product: Option<&'a DesiredProduct>,
    pub row: Option<&'a Row>,
    /// Where the rows stand that others were made after.
    pub births: &'a BTreeMap<Birth, &'a Address>,
}

impl Drafts<'_> {
    /// The steps that carry the verdict out; none where there is nothing to do.
    pub fn of(&self, verdict: Verdict, spec: Option<Spec>) -> Vec<Draft> {
        let told =
            self.row.zip(spec.as_ref()).map(|(row, spec)| told_too_much(row, spec)).unwrap_or_default();
        let shown =
            self.row.zip(spec.as_ref()).map(|(row, spec)| shown_by_outputs(row, spec)).unwrap_or_default();
        let mut drafts = self.carrying_out(verdict, spec);
        for draft in &mut drafts {
            draft.step.sensitive_parameters.clone_from(&told);
            draft.step.sensitive_outputs.extend(shown.iter().cloned());
        }
        drafts
    }

    fn carrying_out(&self, verdict: Verdict, spec: Option<Spec>) -> Vec<Draft> {
        let main = |action, reasons| vec![self.draft(Slot::Main, action, reasons)];
        let gone = if self.input.policy.destroy { Reason::Destroyed } else { Reason::Removed };
        match (verdict, spec) {
            (Verdict::Settle(reason), spec) => match self.row.and_then(|row| row.intent.clone()) {
                Some(intent) => main(Action::Settle(Box::new(intent), spec), vec![reason]),
                None => Vec::new(),
            },
            (Verdict::Provision(reason), Some(spec)) => main(Action::Provision(spec), vec![reason]),
            (Verdict::Update(update), Some(spec)) => self.update(update, spec),
            (Verdict::Adopt { adoption, reasons }, _) => main(Action::Adopt(*adoption), reasons),
            (Verdict::Accept { id, reasons }, Some(spec)) => match self.last_successful_record(&id) {
                Some(record) => main(Action::Accept(id, spec, record), reasons),
                None => Vec::new(),
            },
            (Verdict::Replace { id, reasons, has_worked }, Some(spec)) => {
                let first = self.draft(Slot::First, self.terminate(id, false, true), reasons.clone());
                let second = self.draft(Slot::Main, Action::Provision(spec), reasons);
                // what never worked is destroyed without regret
                let first = Draft { is_counted: has_worked, ..first };
                vec![first, Draft { allowed: Some(Allowed::Replace), ..second }]
            }
            (Verdict::Terminate { id, retain, failed }, _) => {
                main(self.terminate(id, retain, false), iter::once(gone).chain(failed).collect())
            }
            (Verdict::Forget { leaves }, _) => main(Action::Forget { leaves }, vec![gone]),
            (Verdict::Remember, _) => main(Action::Remember, vec![Reason::LifecycleOnly]),
            (Verdict::Refused(refusal), _) => main(Action::Refused(refusal), Vec::new()),
            (Verdict::Nothing, _) | (_, None) => Vec::new(),
        }
    }

    /// One operation, or several where a stack set's accounts or regions change.
    fn update(&self, update: Update, spec: Spec) -> Vec<Draft> {
        let Update { id, reasons, only_if_inputs_differ, changes_product } = update;
        let update = UpdatePart { spec, reasons, only_if_inputs_differ };
        let allowed = self.input.offer(self.address).and_then(|offer| offer.offering.stack_set.as_ref());
        let applied = self.row.and_then(|row| row.applied.as_ref());
        let parts = match (applied, allowed) {
            (Some(applied), Some(allowed)) => {
                operations(update, applied.content.target.options.preferences.as_ref(), allowed)
            }
            _ => vec![update],
        };
        let last = parts.len().saturating_sub(1);
        let drafts = parts.into_iter().enumerate().map(|(n, part)| {
            let slot = if n == last { Slot::Main } else { Slot::Part(n) };
            let moves_instances = part.spec.instances.is_some();
            let mut draft = self.draft(slot, Action::Update(id.clone(), part.spec), part.reasons);
            draft.step.only_if_inputs_differ = part.only_if_inputs_differ;
            if changes_product && !moves_instances {
                draft.allowed = Some(Allowed::ChangeProduct);
            }
            draft
        });
        drafts.collect()
    }

    fn terminate(&self, id: ProvisionedId, retain: bool, replacing: bool) -> Action {
        let name = self.row.and_then(|row| row.binding.as_ref()).map(|binding| binding.name.clone());
        let declared = self.product.map(|product| product.name.clone());
        Action::Terminate(Termination { id, name: name.or(declared).unwrap_or_default(), retain, replacing })
    }

    fn last_successful_record(&self, id: &ProvisionedId) -> Option<RecordId> {
        self.input.listing(self.address)?.id(id)?.last_successful_record.clone()
    }

    fn draft(&self, slot: Slot, action: Action, reasons: Vec<Reason>) -> Draft {
        let formerly = self.row.map(|row| made_after(row, self.births)).unwrap_or_default();
        let lifecycle = self.product.map(|product| product.lifecycle).or(self.row.map(|row| row.lifecycle));
        let existing = self.existing(&action);
        let step = Step {
            address: self.address.clone(),
            place: self.place(),
            timeout: timeout(&action, self.timeouts(lifecycle)),
            action,
            reasons,
            after: BTreeSet::new(),
            only_if_inputs_differ: false,
            base_record: existing.and_then(|existing| existing.last_record.clone()),
            base_op: self.row.map(|row| row.op_no).unwrap_or_default(),
            lifecycle: lifecycle.unwrap_or_default(),
            needs: self.product.map(DesiredProduct::needs).unwrap_or_else(|| formerly.clone()),
            sensitive_outputs: self.product.map(|p| p.options.sensitive_outputs.clone()).unwrap_or_default(),
            sensitive_parameters: BTreeSet::new(),
        };
        let is_counted = matches!(step.action, Action::Terminate(_));
        let (allowed, is_unwanted) = (Allowed::of(&step.action), self.product.is_none());
        Draft { slot, formerly, allowed, is_counted, is_unwanted, step }
    }

    /// What the catalog shows of the product that the action is about.
    fn existing(&self, action: &Action) -> Option<&Existing> {
        match action {
            Action::Update(id, _) | Action::Terminate(Termination { id, .. }) => {
                self.input.listing(self.address)?.id(id)
            }
            _ => self.input.existing(self.address),
        }
    }

    fn place(&self) -> Home {
        let read = self.input.observed.places.get(&self.address.location);
        read.or(self.row.map(|row| &row.home)).cloned().unwrap_or_default()
    }

    /// As declared; where nothing is, what is written or remembered of the removal.
    fn timeouts(&self, lifecycle: Option<Lifecycle>) -> Timeouts {
        if let Some(product) = self.product {
            return product.timeouts;
        }
        let written = self.input.policy.lifecycles.get(self.address).copied();
        let terminate = written.or(lifecycle).and_then(|lifecycle| lifecycle.terminate_timeout);
        let default = Timeouts::default();
        Timeouts { terminate: terminate.unwrap_or(default.terminate), ..default }
    }
}

fn timeout(action: &Action, timeouts: Timeouts) -> Duration {
    match action {
        Action::Update(..) => timeouts.update,
        Action::Terminate(_) => timeouts.terminate,
        Action::Settle(intent, _) => match intent.kind {
            Kind::Provision => timeouts.provision,
            Kind::Update => timeouts.update,
            Kind::Terminate | Kind::Retain => timeouts.terminate,
        },
        _ => timeouts.provision,
    }
}

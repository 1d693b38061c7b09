//! The walk: in dependency order, one decision per address, what it means for those that depend on it, and the steps.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::decide::{Case, Verdict, decide};
use super::diff::{Difference, difference};
use super::instances::{Operation, operations};
use super::order::{Draft, Slot};
use super::rules::Checker;
use super::sensitive::{is_sensitive, written};
use super::spec::{Outlook, Subject, as_left, facts, is_made_anew};
use super::validate::{offer, validate};
use super::values::filled;
use super::{
    Action, Basis, Note, Plan, PlanInput, Planned, Reason, Rule, Spec, Step, Termination, guard, hold, order,
};
use crate::catalog::{Existing, Status};
use crate::declare::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part};
use crate::model::ids::{Address, Labels};
use crate::model::product::Timeouts;
use crate::model::secret::Redactor;
use crate::model::template::{Missing, Template};
use crate::state::{Applied, Kind, Place, Row};

/// Decides everything.
///
/// # Errors
/// All that is wrong with the declarations, as the catalog sees them.
pub fn plan(input: &PlanInput<'_>) -> Result<Plan, Diagnostics> {
    let found = validate(input);
    if found.has_errors() {
        return Err(found);
    }
    let mut walk = Walk::new(input);
    for address in order::inputs_first(input.desired, &input.policy.selected) {
        walk.declared(address);
    }
    for (address, row) in &input.recorded.rows {
        if input.policy.selected.contains(address) && !input.desired.products.contains_key(address) {
            walk.removed(address, row);
        }
    }
    if walk.found.has_errors() {
        return Err(walk.found);
    }
    let steps = order::number(walk.drafts);
    let mut plan = Plan {
        basis: Basis { lineage: input.recorded.lineage.clone(), serial: input.recorded.serial },
        steps,
        unchanged: walk.unchanged,
        notes: walk.notes,
        breach: None,
        labels: walk.labels,
    };
    guard::guard(&mut plan, input);
    order::release(&mut plan.steps, input.recorded);
    Ok(plan)
}

/// A spec, if there is an offer to make it from, and its differences.
type Wanted = (Option<Spec>, Difference);

struct Walk<'a> {
    input: &'a PlanInput<'a>,
    outlook: Outlook,
    referred: BTreeSet<&'a Address>,
    drafts: Vec<Draft>,
    unchanged: BTreeSet<Address>,
    notes: Vec<Note>,
    /// What an interrupted operation needs, and whose operation that is: it may yet succeed.
    held: BTreeMap<&'a Address, &'a Address>,
    checker: Checker,
    found: Diagnostics,
    labels: Labels,
}

impl<'a> Walk<'a> {
    fn new(input: &'a PlanInput<'a>) -> Self {
        let products = input.desired.products.values();
        let templates = products
            .flat_map(|p| p.parameters.values().filter_map(|p| p.value.as_ref()).chain(p.tags.values()));
        let referred: BTreeSet<&Address> = templates.flat_map(Template::references).map(|r| &r.of).collect();
        let mut outlook = Outlook::default();
        for address in referred.iter().filter(|address| !input.policy.selected.contains(**address)) {
            outlook.settled.insert((*address).clone(), facts(input, address));
        }
        Self {
            input,
            outlook,
            referred,
            drafts: Vec::new(),
            unchanged: BTreeSet::new(),
            notes: Vec::new(),
            held: hold::held(input),
            checker: Checker::default(),
            found: Diagnostics::default(),
            labels: input.desired.labels(input.recorded.rows.keys()),
        }
    }

    fn declared(&mut self, address: &Address) {
        let input = self.input;
        let Some(product) = input.desired.products.get(address) else { return };
        let row = input.recorded.rows.get(address);
        let existing = self.existing(address, row);
        let (spec, differs) = match self.wanted(address, product) {
            Ok(wanted) => wanted,
            Err(missing) => return self.unfillable(address, product, missing),
        };
        if let (Some(spec), Some(offer)) = (&spec, offer(input, address)) {
            filled(input, product, offer, spec, (&mut self.checker, &mut self.found));
        }
        let needs = product.needs();
        let clear = |applied: &Applied| applied.outputs.keys().any(|k| product.sensitive_outputs.contains(k));
        let remembers = row.is_some_and(|row| {
            row.lifecycle != product.lifecycle
                || row.after != needs
                || row.applied.as_ref().is_some_and(clear)
        });
        self.notes.extend(differs.notes.into_iter().map(|text| Note { address: address.clone(), text }));
        let verdict = decide(Case {
            address,
            label: &self.labels.label(address),
            policy: input.policy,
            declared: Some(product),
            row,
            existing,
            holder: self.listing(address).and_then(|listing| listing.name(&product.name)),
            record: existing.and_then(|existing| input.observed.records.get(&existing.id)),
            reasons: differs.reasons,
            may: differs.may,
            remembers,
        });
        let verdict = hold::unknown_values(hold::keep_protected(verdict, product), spec.as_ref(), existing);
        if let (Verdict::Update { .. }, Some(offer)) = (&verdict, offer(input, address)) {
            let text =
                offer.artifact.deprecated.then(|| format!("version `{}` is deprecated", offer.version()));
            self.notes.extend(text.map(|text| Note { address: address.clone(), text }));
        }
        let verdict = verdict.redacted(|text| {
            let digests = row.into_iter().flat_map(Row::digests).collect();
            let clear = written(product, offer(input, address));
            Redactor { clear: &clear, digests, key: input.key }.redact(text)
        });
        self.take(address, Some((product, spec)), row, verdict);
    }

    /// What it is to be, and in what that differs from what was applied.
    fn wanted(&self, address: &Address, product: &DesiredProduct) -> Result<Wanted, Vec<(String, Missing)>> {
        let input = self.input;
        let row = input.recorded.rows.get(address);
        let existing = self.existing(address, row);
        if input.policy.refresh_only {
            let record = existing.and_then(|existing| input.observed.records.get(&existing.id));
            let left = row.and_then(|row| row.applied.as_ref());
            return Ok((
                left.map(|left| as_left(left, record, offer(input, address))),
                Difference::default(),
            ));
        }
        let Some(offer) = offer(input, address) else { return Ok(Wanted::default()) };
        let subject = Subject { input, product, offer, row, existing };
        let anew = is_made_anew(input, address);
        let maker = if anew { Subject { row: None, existing: None, ..subject } } else { subject };
        let mut spec = maker.spec(&self.outlook)?;
        let mut differs = difference(&subject, &spec, &self.outlook);
        if anew {
            differs.notes.clear();
        } else if let (true, Some(applied)) = (differs.tags_stay, subject.applied()) {
            spec.tags =
                applied.content.tags.iter().map(|(k, v)| (k.clone(), Planned::Known(v.clone()))).collect();
        }
        Ok((Some(spec), differs))
    }

    fn removed(&mut self, address: &Address, row: &Row) {
        let made = || self.listing(address)?.made_by(&row.tokens).filter(|_| row.binding.is_none());
        let existing = self.existing(address, Some(row)).or_else(made);
        let verdict = decide(Case {
            address,
            label: &self.labels.label(address),
            policy: self.input.policy,
            declared: None,
            row: Some(row),
            existing,
            holder: None,
            record: existing.and_then(|existing| self.input.observed.records.get(&existing.id)),
            reasons: Vec::new(),
            may: Vec::new(),
            remembers: false,
        });
        let verdict = match (verdict, self.held.get(address)) {
            (Verdict::Terminate { .. }, Some(dependent)) => {
                Verdict::Refused(hold::still_needed(&self.labels.label(dependent)))
            }
            (verdict, _) => verdict,
        };
        self.take(address, None, Some(row), verdict);
    }

    /// Turns a verdict into steps, and tells those that come after what they may count on.
    fn take(
        &mut self,
        address: &Address,
        declared: Option<(&DesiredProduct, Option<Spec>)>,
        row: Option<&Row>,
        verdict: Verdict,
    ) {
        let settles = matches!(
            verdict,
            Verdict::Nothing | Verdict::Remember | Verdict::Accept { .. } | Verdict::Forget { .. }
        ) || matches!(&verdict, Verdict::Refused(refusal) if refusal.rule != Rule::Exists)
            && row.is_some_and(|row| row.applied.is_some());
        if settles && self.referred.contains(address) {
            self.outlook.settled.insert(address.clone(), facts(self.input, address));
        } else if !settles {
            self.outlook.moving.insert(address.clone());
        }
        if verdict == Verdict::Nothing {
            let available = self.existing(address, row).is_some_and(|e| e.status == Status::Available);
            let stands = available && row.is_some_and(|row| row.applied.is_some() && row.intent.is_none());
            self.unchanged.extend((stands && declared.is_some()).then(|| address.clone()));
            return;
        }
        let (product, spec) = declared.map_or((None, None), |(product, spec)| (Some(product), spec));
        let maker = Maker { walk: self, address, product, row };
        let drafts = maker.drafts(verdict, spec);
        self.drafts.extend(drafts);
    }

    /// Says what is missing; those that depend on it need not hear of it again.
    fn unfillable(&mut self, address: &Address, product: &DesiredProduct, missing: Vec<(String, Missing)>) {
        self.outlook.moving.insert(address.clone());
        for (key, Missing(reference)) in missing {
            let field = if product.parameters.contains_key(&key) { "parameters" } else { "tags" };
            let sensitive = is_sensitive(product, offer(self.input, address), &key);
            let part = if sensitive { Part::Key } else { Part::Value };
            let layer = product.parameters.get(&key).map(|parameter| parameter.layer).unwrap_or_default();
            let known = self.outlook.settled.get(&reference.of);
            let names: Vec<String> =
                known.iter().flat_map(|facts| facts.outputs.keys()).map(|key| format!("`{key}`")).collect();
            let applied = self.input.recorded.rows.get(&reference.of).and_then(|row| row.applied.as_ref());
            let label = self.labels.label(&reference.of);
            let hint = match applied {
                None => format!("`{label}` has not been applied, and is not part of this plan"),
                Some(_) if self.input.is_sensitive(&reference) => {
                    "it is sensitive, and could not be read again".to_owned()
                }
                Some(_) if names.is_empty() => "it has no outputs".to_owned(),
                Some(_) => format!("it has {}", names.join(", ")),
            };
            self.found.push(
                Diagnostic::error("unknown-output", format!("`{label}` has no `{}`", reference.what))
                    .at(product.site.place(layer, &[field, &key], part))
                    .label("cannot be filled")
                    .redact(sensitive)
                    .hint(hint),
            );
        }
    }

    fn listing(&self, address: &Address) -> Option<&'a crate::observe::Listing> {
        self.input.observed.existing.get(&address.location)
    }

    fn existing(&self, address: &Address, row: Option<&Row>) -> Option<&'a Existing> {
        self.listing(address)?.id(&row?.binding.as_ref()?.id)
    }
}

/// Makes the steps of one verdict.
struct Maker<'m, 'a> {
    walk: &'m Walk<'a>,
    address: &'m Address,
    product: Option<&'m DesiredProduct>,
    row: Option<&'m Row>,
}

impl Maker<'_, '_> {
    fn drafts(&self, verdict: Verdict, spec: Option<Spec>) -> Vec<Draft> {
        let main = |action, reasons| vec![self.draft(Slot::Main, action, reasons)];
        let gone = if self.walk.input.policy.destroy { Reason::Destroyed } else { Reason::Removed };
        match (verdict, spec) {
            (Verdict::Settle(reason), spec) => match self.row.and_then(|row| row.intent.clone()) {
                Some(intent) => main(Action::Settle(Box::new(intent), spec), vec![reason]),
                None => Vec::new(),
            },
            (Verdict::Provision(reason), Some(spec)) => main(Action::Provision(spec), vec![reason]),
            (Verdict::Update { id, reasons, only_if_inputs_differ }, Some(spec)) => {
                self.update(&id, Operation { spec, reasons, only_if_inputs_differ })
            }
            (Verdict::Accept { id, reasons }, Some(spec)) => match self.last_record(&id) {
                Some(record) => main(Action::Accept(id, spec, record), reasons),
                None => Vec::new(),
            },
            (Verdict::Replace { id, reasons }, Some(spec)) => {
                let first = self.terminate(id, false, true);
                vec![
                    self.draft(Slot::First, first, reasons.clone()),
                    self.draft(Slot::Main, Action::Provision(spec), reasons),
                ]
            }
            (Verdict::Terminate { id, retain }, _) => main(self.terminate(id, retain, false), vec![gone]),
            (Verdict::Forget { leaves }, _) => main(Action::Forget { leaves }, vec![gone]),
            (Verdict::Remember, _) => main(Action::Remember, vec![Reason::LifecycleOnly]),
            (Verdict::Refused(refusal), _) => main(Action::Refused(refusal), Vec::new()),
            (Verdict::Nothing, _) | (_, None) => Vec::new(),
        }
    }

    /// One operation, or several where a stack set's accounts or regions change.
    fn update(&self, id: &crate::model::ids::ProvisionedId, update: Operation) -> Vec<Draft> {
        let allowed =
            offer(self.walk.input, self.address).and_then(|offer| offer.offering.stack_set.as_ref());
        let before =
            self.row.and_then(|row| row.applied.as_ref()).map(|applied| &applied.content.preferences);
        let parts = match (before, allowed) {
            (Some(before), Some(allowed)) => operations(update, before.as_ref(), allowed),
            _ => vec![update],
        };
        let last = parts.len().saturating_sub(1);
        let drafts = parts.into_iter().enumerate().map(|(n, part)| {
            let slot = if n == last { Slot::Main } else { Slot::Part(n) };
            let mut draft = self.draft(slot, Action::Update(id.clone(), part.spec), part.reasons);
            draft.step.only_if_inputs_differ = part.only_if_inputs_differ;
            draft
        });
        drafts.collect()
    }

    fn terminate(&self, id: crate::model::ids::ProvisionedId, retain: bool, replacing: bool) -> Action {
        let name = self.row.and_then(|row| row.binding.as_ref()).map(|binding| binding.name.clone());
        let declared = self.product.map(|product| product.name.clone());
        Action::Terminate(Termination { id, name: name.or(declared).unwrap_or_default(), retain, replacing })
    }

    fn last_record(&self, id: &crate::model::ids::ProvisionedId) -> Option<crate::model::ids::RecordId> {
        self.walk.listing(self.address)?.id(id)?.last_successful_record.clone()
    }

    fn draft(&self, slot: Slot, action: Action, reasons: Vec<Reason>) -> Draft {
        let input = self.walk.input;
        let needs = self.product.map(DesiredProduct::needs);
        let remembered = self.row.map(|row| row.after.clone()).unwrap_or_default();
        let place = input.observed.places.get(&self.address.location).cloned();
        let bound = self.row.and_then(|row| row.binding.as_ref());
        let listed = match &action {
            Action::Update(id, _) | Action::Terminate(Termination { id, .. }) => {
                self.walk.listing(self.address).and_then(|listing| listing.id(id))
            }
            _ => bound.and_then(|bound| self.walk.listing(self.address)?.id(&bound.id)),
        };
        let written = || input.policy.lifecycles.get(self.address).copied();
        let remembered_too = || self.row.map(|row| row.lifecycle);
        let lifecycle = self.product.map(|product| product.lifecycle).or_else(remembered_too);
        let timeouts = self.product.map(|product| product.timeouts).unwrap_or_else(|| {
            let terminate = written().or(lifecycle).and_then(|lifecycle| lifecycle.terminate_timeout);
            let timeouts = Timeouts::default();
            Timeouts { terminate: terminate.unwrap_or(timeouts.terminate), ..timeouts }
        });
        Draft {
            slot,
            formerly: remembered.clone(),
            step: Step {
                address: self.address.clone(),
                place: place.or(self.row.map(|row| row.place.clone())).unwrap_or_else(Place::default),
                timeout: timeout(&action, timeouts),
                action,
                reasons,
                after: BTreeSet::new(),
                only_if_inputs_differ: false,
                base_record: listed.and_then(|existing| existing.last_record.clone()),
                base_op: self.row.map(|row| row.op_no).unwrap_or_default(),
                lifecycle: lifecycle.unwrap_or_default(),
                needs: needs.unwrap_or(remembered),
                sensitive_outputs: self.product.map(|p| p.sensitive_outputs.clone()).unwrap_or_default(),
            },
        }
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

//! The walk: in dependency order, one decision per address, and what it means for those that depend on it.

mod adopting;
mod wrong;

pub use wrong::{checked, wrong};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::account::Account;
use super::check::{self, Check, Checker};
use super::decide::{Case, decide};
use super::diff::{Difference, difference};
use super::drift::Drift;
use super::older::Unknown;
use super::order::{self, Draft};
use super::remember::Remembering;
use super::retired;
use super::sensitive::written;
use super::spec::{Outlook, Subject, as_left, facts, lasting};
use super::steps::Drafts;
use super::verdict::Verdict;
use super::{Action, Basis, Coverage, Filler, Note, Plan, PlanInput, Planned, Rule, Spec, Step, guard};
use crate::catalog::{Existing, Interface, PendingPlan, Preview, Status};
use crate::declare::DesiredProduct;
use crate::model::diagnostic::Diagnostics;
use crate::model::ids::{Address, Labels};
use crate::model::secret::Redactor;
use crate::model::template::{Missing, Reference, Template};
use crate::model::text::quoted;
use crate::state::{Birth, Kind, Row};

/// Decides, for every selected address, what is to be done, and puts the steps in order.
///
/// # Errors
/// All that is wrong with the declarations, as the catalog sees them.
pub fn plan(input: &PlanInput<'_>) -> Result<Plan, Diagnostics> {
    let labels = input.desired.labels(input.recorded.rows.keys());
    let checker = check::declarations(input, &labels);
    if checker.found.has_errors() {
        return Err(checker.found);
    }
    let mut walk = Walk::new(input, &labels, checker);
    for address in order::inputs_first(input.desired, &input.policy.selected) {
        match input.not_retired(address) {
            Some(refusal) => walk.take(address, None, Verdict::Refused(refusal)),
            None => walk.declared(address),
        }
    }
    for (address, row) in &input.recorded.rows {
        if input.policy.selected.contains(address) && !input.desired.products.contains_key(address) {
            walk.removed(address, row);
        }
    }
    if walk.checker.found.has_errors() {
        return Err(walk.checker.found);
    }
    let Walk { drafts, unchanged, mut notes, remembered, checker, unknown, .. } = walk;
    notes.extend(checker.notes);
    let mut drafts = order::number(drafts);
    let basis = basis(input, drafts.iter().map(|draft| &draft.step));
    let breach = guard::guard(&mut drafts, input, &labels);
    let mut steps: Vec<Step> = drafts.into_iter().map(|draft| draft.step).collect();
    order::release(&mut steps, input.recorded);
    let done = steps.iter().filter(|step| !matches!(step.action, Action::Refused(_)));
    let done: BTreeSet<&Address> = done.map(|step| &step.address).collect();
    notes.extend(remembered.into_iter().filter(|note| done.contains(&note.address)));
    let places = input.observed.places.iter().filter(|(_, place)| place.catalog.is_simulated());
    let simulated = places.map(|(location, _)| location.clone()).collect();
    notes.extend(super::locate::unlocated(input));
    notes.extend(super::seen::whose(input, &labels));
    notes.extend(unknown.notes(input, &steps));
    notes.extend(super::likely::renames(&steps, input.recorded, &labels));
    notes.extend(super::replacing::unpreviewed(input, &steps));
    let (renamed, interfaces) = (BTreeMap::new(), interfaces(input, &steps));
    let (externals, previews) = (fillers(input, &steps), previews(input, &steps));
    let concerns = input.concerns(&steps);
    Ok(Plan {
        basis,
        steps,
        coverage: coverage(input),
        unchanged,
        notes,
        renamed,
        externals,
        breach,
        simulated,
        labels,
        previews,
        interfaces,
        concerns,
    })
}

fn coverage(input: &PlanInput<'_>) -> Coverage {
    let mut all = input.desired.products.keys().chain(input.recorded.rows.keys());
    match all.all(|address| input.policy.selected.contains(address)) {
        _ if input.policy.refresh_only => Coverage::Outside,
        true => Coverage::Whole,
        false => Coverage::Part,
    }
}

/// The provisioned products of others that the declarations of steps refer to.
fn fillers(input: &PlanInput<'_>, steps: &[Step]) -> BTreeMap<Address, Filler> {
    let made = steps.iter().filter(|step| step.spec().is_some());
    let products = made.filter_map(|step| input.desired.products.get(&step.address));
    let referred = products.flat_map(DesiredProduct::references).map(|reference| &reference.of);
    let found = referred.filter_map(|of| Some((of, &input.observed.externals.get(of)?.existing)));
    let filler = |existing: &Existing| Filler {
        id: existing.id.clone(),
        record: existing.last_successful_record.clone(),
    };
    found.map(|(of, existing)| (of.clone(), filler(existing))).collect()
}

/// What is known of what they would do to resources.
fn previews(input: &PlanInput<'_>, steps: &[Step]) -> BTreeMap<Address, Preview> {
    let previews = &input.observed.previews;
    let known = steps.iter().filter_map(|step| previews.get_key_value(&step.address));
    known.map(|(address, preview)| (address.clone(), preview.clone())).collect()
}

fn interfaces(input: &PlanInput<'_>, steps: &[Step]) -> BTreeMap<Address, Arc<Interface>> {
    let made = steps.iter().filter(|step| step.spec().is_some()).map(|step| &step.address);
    let told = made.filter_map(|address| Some((address, &input.offer(address)?.offering.interface)));
    let told = told.filter(|(_, interface)| !interface.is_empty());
    told.map(|(address, interface)| (address.clone(), Arc::clone(interface))).collect()
}

/// What the steps were made from: their own rows, those that they need, and those made after what they terminate.
fn basis<'s>(input: &PlanInput<'_>, steps: impl Iterator<Item = &'s Step> + Clone) -> Basis {
    let recorded = input.recorded;
    let ends = |step: &&Step| matches!(step.action, Action::Terminate(_));
    let ending: BTreeSet<Birth> =
        steps.clone().filter(ends).filter_map(|step| recorded.birth(&step.address)).collect();
    let dependents = recorded.rows.iter().filter(|(_, row)| !row.after.is_disjoint(&ending));
    let own = steps.flat_map(|step| step.needs.iter().chain([&step.address]));
    let used: BTreeSet<&Address> = own.chain(dependents.map(|(address, _)| address)).collect();
    let rows = used.into_iter().map(|address| (address.clone(), recorded.version(address))).collect();
    Basis { lineage: recorded.lineage.clone(), serial: recorded.serial, rows }
}

/// What a declaration makes of its product, if there is an offer to make it from, and in what that differs.
#[derive(Default)]
struct Wanted {
    spec: Option<Spec>,
    difference: Difference,
}

struct Walk<'a> {
    input: &'a PlanInput<'a>,
    labels: &'a Labels,
    /// What those that come later may count on.
    outlook: Outlook,
    /// What somebody refers to: the outlook need not hold more.
    referred: BTreeSet<&'a Address>,
    /// What an interrupted operation needs, and whose operation that is.
    needed_by: BTreeMap<&'a Address, &'a Address>,
    /// Where the rows stand that others were made after.
    births: BTreeMap<Birth, &'a Address>,
    drafts: Vec<Draft>,
    unchanged: BTreeSet<Address>,
    notes: Vec<Note>,
    /// What only the state holds, and will hold otherwise if a step of the address is carried out.
    remembered: Vec<Note>,
    checker: Checker,
    /// What this very state has made and does not know.
    unknown: Unknown<'a>,
}

impl<'a> Walk<'a> {
    fn new(input: &'a PlanInput<'a>, labels: &'a Labels, checker: Checker) -> Self {
        let products = input.desired.products.values();
        let templates = products
            .flat_map(|p| p.parameters.values().filter_map(|p| p.value.as_ref()).chain(p.tags.values()));
        let referred: BTreeSet<&Address> = templates.flat_map(Template::references).map(|r| &r.of).collect();
        let mut outlook = Outlook::default();
        for address in referred.iter().filter(|address| !input.policy.selected.contains(**address)) {
            let is_there = input.row(address).is_some_and(|row| row.applied.is_some());
            // what cannot be known is not known: nothing that is adopted is filled with it
            if input.policy.import_only && !is_there && !address.is_external() {
                outlook.moving.insert((*address).clone());
            } else {
                outlook.settled.insert((*address).clone(), facts(input, address));
            }
        }
        let births = input.recorded.births();
        Self {
            input,
            labels,
            outlook,
            referred,
            needed_by: needed_by(input, &births),
            births,
            drafts: Vec::new(),
            unchanged: BTreeSet::new(),
            notes: Vec::new(),
            remembered: Vec::new(),
            checker,
            unknown: Unknown::of(input),
        }
    }

    fn declared(&mut self, address: &'a Address) {
        let input = self.input;
        let Some(product) = input.desired.products.get(address) else { return };
        match input.adopted(address) {
            Some(existing) => return self.adopted(address, product, existing),
            None if input.policy.import_only => return self.passed(address),
            None => {}
        }
        let drift = input.drift(address);
        let Wanted { spec, difference } = match self.wanted(address, product, drift.as_ref()) {
            Ok(wanted) => wanted,
            Err(missing) => return self.unfillable(address, missing),
        };
        if let (Some(check), Some(spec)) = (self.check(address), &spec) {
            self.checker.about(self.labels, address, |checker| check.filled(spec, checker));
        }
        self.judge_retired(address, product, &difference);
        self.note(address, difference.notes);
        self.remark(address, product);
        let (row, existing) = (input.row(address), input.existing(address));
        let holder = input.listing(address).and_then(|listing| listing.name(&product.name));
        let (labels, births) = (self.labels, &self.births);
        let remembering = row.map(|row| Remembering { row, product, spec: spec.as_ref(), births, labels });
        let verdict = decide(&Case {
            existing,
            holder,
            is_older: holder.is_some_and(|holder| self.unknown.contains(&holder.id)),
            pending: self.pending(existing.or(holder)),
            record: existing.and_then(|existing| input.observed.records.get(&existing.id)),
            spec: spec.as_ref(),
            reasons: &difference.reasons,
            drift: drift.as_ref().map(|drift| &*drift.reasons).unwrap_or_default(),
            is_read: input.is_read(address),
            along: &difference.along,
            may: &difference.may,
            other_product: difference.other_product.as_ref(),
            remembers: remembering.is_some_and(|remembering| !remembering.all().is_empty()),
            ..self.case(address, &labels.label(address), product)
        });
        let remembered = remembering.map(|remembering| remembering.by(&verdict)).unwrap_or_default();
        self.remembered.extend(remembered.into_iter().map(|text| Note { address: address.clone(), text }));
        if let (Some(check), Some(spec)) = (self.check(address).filter(|_| verdict.sends()), &spec) {
            self.checker.about(self.labels, address, |checker| check.sent(spec, checker));
        }
        if let Verdict::Update(_) = &verdict {
            self.note(address, self.of_update(address, spec.as_ref()));
            self.read_anew(address);
        }
        let declared = input.offer(address).map(|offer| (product, offer));
        self.note(address, Account { declared, existing: existing.or(holder) }.notes(&verdict));
        let verdict = verdict.redacted(|text| {
            let clear = written(product, input.offer(address));
            let digests = row.into_iter().flat_map(Row::digests).collect();
            let text = input.observed.veiled.told(text);
            Redactor { clear: &clear, digests, key: input.key }.redact(&text)
        });
        self.take(address, spec, verdict);
    }

    /// What there is to say of a declaration, whatever is decided.
    fn remark(&mut self, address: &Address, product: &DesiredProduct) {
        let input = self.input;
        self.note(address, input.taken_on_trust(address, self.labels));
        self.note(address, input.unsettled(product));
        self.note(address, input.row(address).filter(|row| row.is_going()).map(|_| {
            "its termination is resumed, and it is declared: once that is over, the next plan provisions it, and what needs it waits for that".to_owned()
        }));
        self.note(address, input.untaken_tags(address));
        self.note(address, self.not_acceptable(address));
        self.note(address, input.beneath(address).into_iter().chain(input.half_gone(address)));
        self.note(address, self.unknown.moved_on(input.row(address), input.existing(address)));
    }

    /// What is known of a declaration before it is compared with anything.
    fn case<'c>(&self, address: &'c Address, label: &'c str, product: &'c DesiredProduct) -> Case<'c>
    where
        'a: 'c,
    {
        let input = self.input;
        Case {
            declared: Some(product),
            level: input.level(address),
            row: input.row(address),
            is_unasked: input.is_unasked(address),
            ..Case::of(address, label, input.policy)
        }
    }

    /// A version that is no longer offered stays, unless something of its product changes.
    fn judge_retired(&mut self, address: &'a Address, product: &DesiredProduct, difference: &Difference) {
        let Some(applied) = self.input.retired(address) else { return };
        let mut changes = retired::changes(product, applied, difference);
        if self.input.policy.reapply.contains(address) {
            changes.push("all of it is sent again (`--reapply`)".to_owned());
        }
        if changes.is_empty() {
            return self.note(address, [retired::note(applied)]);
        }
        let why = self.input.resolved(address).and_then(|found| found.as_ref().err());
        let found = retired::unchangeable(product, applied, why, &changes);
        self.checker.about(self.labels, address, |checker| checker.found.push(found));
    }

    /// What it is to be, and in what that differs from what was applied.
    fn wanted(
        &self,
        address: &Address,
        product: &DesiredProduct,
        drift: Option<&Drift>,
    ) -> Result<Wanted, Vec<(String, Missing)>> {
        let input = self.input;
        let (existing, offer) = (input.existing(address), input.offer(address));
        let row = drift.map(|drift| &drift.row).or_else(|| input.row(address));
        if input.policy.refresh_only {
            let applied = row.and_then(|row| row.applied.as_ref());
            let read = existing.and_then(|existing| input.observed.stacks.get(&existing.id)?.as_ref().ok());
            let spec = applied.map(|applied| as_left(input, address, applied, read));
            return Ok(Wanted { spec, ..Wanted::default() });
        }
        let retired = input.retired(address).map(retired::offer);
        let Some(offer) = offer.or(retired.as_ref()) else { return Ok(Wanted::default()) };
        let subject = Subject { input, address, product, offer, row, existing };
        if input.is_made_anew(address) {
            let spec = Subject { row: None, existing: None, ..subject }.spec(&self.outlook)?;
            let difference = difference(&subject, &spec, &self.outlook);
            // what an update would ignore is no news of something that is provisioned
            return Ok(Wanted {
                spec: Some(spec),
                difference: Difference { notes: Vec::new(), ..difference },
            });
        }
        let mut spec = subject.spec(&self.outlook)?;
        let difference = difference(&subject, &spec, &self.outlook);
        if let (true, Some(applied)) = (difference.tags_stay, subject.applied()) {
            let tags = applied.content.tags.iter();
            spec.tags = tags.map(|(key, value)| (key.clone(), Planned::Known(value.clone()))).collect();
        }
        Ok(Wanted { spec: Some(spec), difference })
    }

    fn removed(&mut self, address: &'a Address, row: &'a Row) {
        let input = self.input;
        if input.policy.import_only {
            return;
        }
        let made = || input.listing(address)?.made_by(&row.tokens).filter(|_| row.binding.is_none());
        let existing = input.existing(address).or_else(made);
        let dependent = self.needed_by.get(address).map(|dependent| self.labels.label(dependent));
        let verdict = decide(&Case {
            level: input.level(address),
            row: Some(row),
            existing,
            pending: self.pending(existing),
            record: existing.and_then(|existing| input.observed.records.get(&existing.id)),
            needed_by: dependent.as_deref(),
            ..Case::of(address, &self.labels.label(address), input.policy)
        });
        self.note(address, Account { declared: None, existing }.notes(&verdict));
        self.take(address, None, verdict);
    }

    /// Turns a verdict into steps, and tells those that come after what they may count on.
    fn take(&mut self, address: &Address, spec: Option<Spec>, verdict: Verdict) {
        let input = self.input;
        let (product, row) = (input.desired.products.get(address), input.row(address));
        self.foresee(address, row, &verdict);
        let existing = input.existing(address);
        let is_available = existing.is_some_and(|existing| existing.status == Status::Available);
        let is_at_rest = row.is_some_and(|row| row.applied.is_some() && row.intent.is_none());
        if verdict == Verdict::Nothing && product.is_some() && is_available && is_at_rest {
            self.unchanged.insert(address.clone());
        }
        self.drafts.extend(Drafts { input, address, product, row, births: &self.births }.of(verdict, spec));
    }

    fn foresee(&mut self, address: &Address, row: Option<&Row>, verdict: &Verdict) {
        let stays = match verdict {
            Verdict::Adopt { adoption, .. } => adoption.record.is_some() || adoption.stack().is_some(),
            Verdict::Nothing | Verdict::Remember | Verdict::Accept { .. } | Verdict::Forget { .. } => true,
            Verdict::Refused(refusal) => {
                refusal.rule != Rule::Exists && row.is_some_and(|row| row.applied.is_some())
            }
            _ => false,
        };
        if !stays {
            self.outlook.moving.insert(address.clone());
        }
        let holds = match verdict {
            _ if stays => facts,
            Verdict::Update(_) => lasting,
            _ => return,
        };
        if self.referred.contains(address) {
            self.outlook.settled.insert(address.clone(), holds(self.input, address));
        }
    }

    /// Says what is missing; those that depend on it need not hear of it again.
    fn unfillable(&mut self, address: &'a Address, missing: Vec<(String, Missing)>) {
        self.outlook.moving.insert(address.clone());
        let Some(check) = self.check(address) else { return };
        let facts = |reference: &Reference| self.outlook.settled.get(&reference.of);
        let is_missing = |reference: &&Reference| {
            let is_moving = self.outlook.moving.contains(&reference.of);
            !is_moving && facts(reference).is_none_or(|facts| facts.get(&reference.what).is_none())
        };
        let mut found = Diagnostics::default();
        for (key, Missing(first)) in &missing {
            let parameter = check.product.parameters.get(key).and_then(|declared| declared.value.as_ref());
            let template = parameter.or_else(|| check.product.tags.get(key));
            let others = template.into_iter().flat_map(Template::references).filter(is_missing);
            // of one value, each thing is said once
            let all: BTreeSet<&Reference> = [first].into_iter().chain(others).collect();
            found.extend(all.into_iter().map(|reference| check.unfillable(key, reference, facts(reference))));
        }
        self.checker.found.extend(found);
    }

    fn check(&self, address: &'a Address) -> Option<Check<'a>> {
        let product = self.input.desired.products.get(address)?;
        let offer = self.input.offer(address)?;
        let names = self.checker.names.clone();
        Some(Check { input: self.input, labels: self.labels, address, product, offer, names })
    }

    fn pending(&self, of: Option<&Existing>) -> &'a [PendingPlan] {
        of.and_then(|existing| self.input.observed.plans.get(&existing.id))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// What is not as it should be, and cannot be accepted as it is.
    fn not_acceptable(&self, address: &Address) -> Option<String> {
        let input = self.input;
        let row = input.row(address).filter(|row| input.policy.refresh_only && row.intent.is_none())?;
        let id = &row.binding.as_ref()?.id;
        match input.existing(address).map(|existing| &existing.status) {
            Some(Status::Tainted | Status::Error) => {
                Some("its last operation failed: there is nothing to accept".to_owned())
            }
            Some(_) => None,
            None if input.is_hidden(address) => None,
            None => {
                Some(format!("{id} is gone: there is nothing to accept, and an apply provisions it again"))
            }
        }
    }

    fn deprecation(&self, address: &Address) -> Option<String> {
        let offer = self.input.offer(address).filter(|offer| offer.artifact.deprecated)?;
        Some(format!("version `{}` is deprecated", offer.version()))
    }

    fn of_update(&self, address: &Address, spec: Option<&Spec>) -> Vec<String> {
        self.deprecation(address).into_iter().chain(self.input.set_to_defaults(address, spec)).collect()
    }

    /// The value of an SSM parameter is somebody else's, and an update takes the one of its own time.
    fn read_anew(&mut self, address: &Address) {
        let Some(offer) = self.input.offer(address) else { return };
        let rules = offer.offering.parameters.iter();
        let named = rules.filter(|(_, rule)| rule.kind.starts_with("AWS::SSM::Parameter::Value<"));
        let keys: Vec<&String> = named.map(|(key, _)| key).collect();
        if !keys.is_empty() {
            let keys = quoted(keys);
            let text = format!("an update reads anew what SSM holds for {keys}: it may have changed");
            self.checker.note(address, text);
        }
    }

    fn note(&mut self, address: &Address, texts: impl IntoIterator<Item = String>) {
        let notes = texts.into_iter().map(|text| Note { address: address.clone(), text });
        self.notes.extend(notes);
    }
}

/// What an interrupted operation needs, and whose operation that is: it may yet succeed.
fn needed_by<'a>(
    input: &PlanInput<'a>,
    births: &BTreeMap<Birth, &'a Address>,
) -> BTreeMap<&'a Address, &'a Address> {
    let makes = |row: &Row| {
        let intent = row.intent.as_ref();
        intent.is_some_and(|intent| matches!(intent.kind, Kind::Provision | Kind::Update))
    };
    let making = input.recorded.rows.iter().filter(|(_, row)| makes(row));
    let mut needed_by = BTreeMap::new();
    for (address, row) in making {
        needed_by
            .extend(row.after.iter().filter_map(|birth| births.get(birth)).map(|needed| (*needed, address)));
    }
    needed_by
}

//! The decision table: what a row, a declaration and the catalog together ask for. The first row that fits decides; the last
//! column names the function that holds it.
//!
//! | declared | row | catalog | verdict | by |
//! |---|---|---|---|---|
//! | any | any | any, with `--refresh-only` | `Accept` what somebody else changed well, or what is there, else `Nothing` | `accepted` |
//! | any | open intent | any | `Settle` | `table` |
//! | any | any | in motion, not ours; somebody's plan waits; unknown status | `Refused` (the first two defer) | `table` |
//! | any | bound | not found, below account level | `Refused` (defers) | `table` |
//! | no | unbound, with tokens | not found, below account level | `Refused` (defers) | `table` |
//! | yes | none | absent | `Provision` (new) | `absent` |
//! | yes | none | exists, made with a token of ours, error | `Replace` (failed creation); an account `Refused` | `absent` |
//! | yes | none | exists, made with a token of ours | `Update` (failed creation) | `absent` |
//! | yes | none, or bound to what is gone | exists, and is to be imported | `Adopt`, whatever its status at rest | `adopted` |
//! | yes | none | exists | `Refused` (exists); where a token of this state has made it that it does not know, as older than that | `absent` |
//! | yes | bound or confirmed | absent | as without a row, but `Provision` (vanished) | `absent` |
//! | yes | bound, never confirmed | not read (`--no-refresh`) | `Refused` | `never_confirmed` |
//! | yes | bound, never confirmed | any, with `--replace` | `Replace` | `never_confirmed` |
//! | yes | bound, never confirmed, adopted | error, a `CloudFormation` type | `Refused` unless `--replace` | `never_confirmed` |
//! | yes | bound, never confirmed | error, a `CloudFormation` type | `Replace` (failed creation) | `never_confirmed` |
//! | yes | bound, never confirmed | error, an account | `Refused` unless `--replace`; also where it was only put off | `never_confirmed` |
//! | yes | bound, never confirmed | another name | `Refused` unless `--replace` | `never_confirmed` |
//! | yes | bound, never confirmed | any | `Update` (failed creation) | `never_confirmed` |
//! | yes | confirmed | another name, other notification ARNs | `Refused` unless `--replace` | `unchangeable` |
//! | yes | confirmed | another product | `Refused` unless `--allow change-product` or `--replace` | `unchangeable` |
//! | yes | confirmed | error | `Refused` unless `--replace` | `confirmed` |
//! | yes | confirmed | any, with `--replace` | `Replace` | `confirmed` |
//! | yes | confirmed | any, with `--reapply` | `Update` | `confirmed` |
//! | yes | confirmed | tainted, last record not ours or not proven to be, drifted, differs | `Update` with all of these reasons | `confirmed` |
//! | yes | confirmed | available, equal | `Remember` what only the state holds, if it differs; else `Nothing` | `confirmed` |
//! | no | bound or confirmed; unbound, but its token made something | exists | `Terminate`, or `Forget` by `on_removal` | `removed` |
//! | no | any | absent | `Forget` | `table` |
//!
//! Then [`RULES`] may refuse what the table asks for. After that only two files look at steps, because an update may be several
//! of them: `guard.rs` refuses what `--allow` does not name, and `order.rs` lets steps that need what is refused go on without it.

use std::collections::BTreeSet;
use std::iter;

use super::refusals;
use super::verdict::{Update, Verdict};
use super::{Adoption, Allowed, Policy, Reason, Refusal, Sending, Spec};
use crate::catalog::{Existing, PendingPlan, Progress, Record, Seen, Status};
use crate::declare::DesiredProduct;
use crate::model::access::AccessLevel;
use crate::model::ids::{Address, ProductId, RecordId};
use crate::model::kinds::{ProvisionedType, RecordKind};
use crate::model::product::{Lifecycle, OnRemoval};
use crate::model::target::Named;
use crate::model::text::listed;
use crate::state::{Applied, Intent, Phase, Row, Unverified};

/// What the decision is made from.
pub(super) struct Case<'a> {
    pub address: &'a Address,
    /// How people write the address.
    pub label: &'a str,
    pub policy: &'a Policy,
    pub declared: Option<&'a DesiredProduct>,
    /// Whose products are seen: below the account, what is not found is unknown.
    pub level: AccessLevel,
    pub row: Option<&'a Row>,
    /// The product that the row is bound to, if it is there; where nothing is declared, one that a token of it made.
    pub existing: Option<&'a Existing>,
    /// The product that has the wanted name, if there is one.
    pub holder: Option<&'a Existing>,
    /// An operation of this very state has made that, and the state does not know it.
    pub is_older: bool,
    /// The record that explains why the product is not as we left it.
    pub record: Option<&'a Record>,
    /// What it is taken to be, if it is to be adopted.
    pub adoption: Option<&'a Adoption>,
    /// It is to be adopted, and nobody asked whether it is there.
    pub is_unasked: bool,
    /// The change-set plans that wait on the one or the other.
    pub pending: &'a [PendingPlan],
    /// What the declaration makes of it.
    pub spec: Option<&'a Spec>,
    /// In what the spec differs from what was applied.
    pub reasons: &'a [Reason],
    /// In what the product is not as it was applied.
    pub drift: &'a [Reason],
    /// Every value that went into it was read.
    pub is_read: bool,
    /// Values that an update sends although nobody knows whether they differ.
    pub along: &'a [Reason],
    /// In what it may turn out to differ.
    pub may: &'a [Reason],
    /// What is there, if it is another product than the wanted one.
    pub other_product: Option<&'a Named<ProductId>>,
    /// Something that only the state holds differs.
    pub remembers: bool,
    /// Somebody was made after it and is in the middle of an interrupted operation: its label.
    pub needed_by: Option<&'a str>,
}

impl<'a> Case<'a> {
    /// An address of which nothing is known.
    pub fn of(address: &'a Address, label: &'a str, policy: &'a Policy) -> Self {
        Self {
            address,
            label,
            policy,
            declared: None,
            level: AccessLevel::default(),
            row: None,
            existing: None,
            holder: None,
            is_older: false,
            record: None,
            adoption: None,
            is_unasked: false,
            pending: &[],
            spec: None,
            reasons: &[],
            drift: &[],
            is_read: false,
            along: &[],
            may: &[],
            other_product: None,
            remembers: false,
            needed_by: None,
        }
    }

    fn intent(&self) -> Option<&'a Intent> {
        self.row?.intent.as_ref()
    }

    fn applied(&self) -> Option<&'a Applied> {
        self.row?.applied.as_ref()
    }

    fn is_replacement_requested(&self) -> bool {
        self.policy.replace.contains(self.address)
    }

    /// Whether the last operation that provisioned or updated the product was somebody else's.
    fn is_foreign(&self, existing: &Existing) -> bool {
        existing.last_provisioning_record.as_ref() != self.our_record()
    }

    fn our_record(&self) -> Option<&'a RecordId> {
        self.applied().map(|applied| &applied.record)
    }

    /// What holds for the removal of something whose declaration is gone: as it is written, else as it is remembered.
    fn lifecycle(&self) -> Lifecycle {
        let written = self.policy.removals.get(self.address).or(self.policy.lifecycles.get(self.address));
        written.copied().unwrap_or_else(|| self.remembered_lifecycle())
    }

    /// Whether something that is to go must stay; what is written of its removal releases what was remembered.
    fn is_protected(&self) -> bool {
        let released = self.policy.removals.contains_key(self.address);
        self.lifecycle().prevent_terminate || !released && self.remembered_lifecycle().prevent_terminate
    }

    /// Whether something of ours may be there all the same, though nothing is found.
    fn is_hidden(&self) -> bool {
        let may_be = |row: &Row| row.binding.is_some() || (self.declared.is_none() && !row.tokens.is_empty());
        !self.level.sees_all() && self.existing.is_none() && self.row.is_some_and(may_be)
    }

    fn remembered_lifecycle(&self) -> Lifecycle {
        self.row.map(|row| row.lifecycle).unwrap_or_default()
    }
}

/// The last word on one address.
pub(super) fn decide(case: &Case<'_>) -> Verdict {
    if case.policy.refresh_only {
        return accepted(case);
    }
    let verdict = table(case);
    let refusal = RULES.iter().find_map(|rule| rule(case, &verdict));
    refusal.map_or(verdict, Verdict::Refused)
}

fn table(case: &Case<'_>) -> Verdict {
    if let Some(intent) = case.intent() {
        let record = match &intent.phase {
            Phase::Accepted(record) => Some(record.clone()),
            Phase::Intended => None,
        };
        return Verdict::Settle(Reason::Interrupted { kind: intent.kind, record });
    }
    match (case.declared, case.existing) {
        (_, Some(existing)) if !is_stable(existing) => {
            Verdict::Refused(refusals::in_motion(existing, case.record, case.pending))
        }
        (_, None) if case.is_hidden() => {
            let bound = case.row.and_then(|row| row.binding.as_ref()).map(|bound| &bound.id);
            Verdict::Refused(Refusal::not_visible(bound, case.level, case.label))
        }
        (None, Some(existing)) => removed(case, existing),
        (None, None) => Verdict::Forget { leaves: None },
        (Some(_), None) if case.is_unasked => {
            Verdict::Refused(refusals::unread("what it is to become is not known without a refresh"))
        }
        (Some(_), None) => absent(case),
        (Some(_), Some(existing)) if case.adoption.is_some() => adopted(case, existing),
        (Some(declared), Some(existing)) if case.applied().is_none() => {
            never_confirmed(case, declared, existing)
        }
        (Some(declared), Some(existing)) => {
            let refusal = unchangeable(case, declared).filter(|_| !case.is_replacement_requested());
            refusal.map_or_else(|| confirmed(case, existing), Verdict::Refused)
        }
    }
}

/// The rules that refuse what the table asks for; the first that has something to say is heard.
const RULES: [fn(&Case<'_>, &Verdict) -> Option<Refusal>; 3] =
    [prevent_terminate, previous_values, interrupted_dependents];

/// `prevent_terminate` holds for replacements too. There what is declared decides: a protection that is only remembered could
/// never be lifted from something that is not applied, because it was never provisioned well.
fn prevent_terminate(case: &Case<'_>, verdict: &Verdict) -> Option<Refusal> {
    match verdict {
        Verdict::Replace { .. } if case.declared?.lifecycle.prevent_terminate => {
            Some(refusals::protected_from_replacement())
        }
        Verdict::Terminate { .. } if case.is_protected() => {
            Some(refusals::protected(case.policy.lifecycles.contains_key(case.address), case.label))
        }
        _ => None,
    }
}

/// The previous value is only known to be the one we know of where the product was read; and only `CloudFormation` keeps one.
fn previous_values(case: &Case<'_>, verdict: &Verdict) -> Option<Refusal> {
    let Verdict::Update(_) = verdict else { return None };
    let (key, _) = case.spec?.parameters.iter().find(|(_, parameter)| parameter.sent == Sending::Previous)?;
    match &case.existing?.seen {
        Seen::Recorded => {
            Some(refusals::unread(&format!("what `{key}` would keep is not known without a refresh")))
        }
        Seen::Read(kind) if !kind.is_cloudformation() => Some(refusals::keeps_no_value(kind, key)),
        Seen::Read(_) => None,
    }
}

/// What an interrupted operation was made after is not terminated: the operation may yet succeed.
fn interrupted_dependents(case: &Case<'_>, verdict: &Verdict) -> Option<Refusal> {
    let Verdict::Terminate { .. } = verdict else { return None };
    case.needed_by.map(refusals::still_needed)
}

fn is_stable(existing: &Existing) -> bool {
    matches!(existing.status, Status::Available | Status::Tainted | Status::Error)
}

/// `--refresh-only`: what somebody else changed, and changed well, is taken as it is now.
fn accepted(case: &Case<'_>) -> Verdict {
    let confirmed = case.declared.is_some() && case.intent().is_none() && case.applied().is_some();
    let changed = case.existing.filter(|existing| confirmed && existing.status == Status::Available);
    match changed.filter(|existing| case.is_foreign(existing) || !case.drift.is_empty()) {
        Some(existing) => {
            let reasons = history(case, existing).into_iter().chain(case.drift.iter().cloned());
            Verdict::Accept { id: existing.id.clone(), reasons: reasons.collect() }
        }
        None => Verdict::Nothing,
    }
}

/// It is taken as it is; what is to be done about that, the next plan says.
fn adopted(case: &Case<'_>, existing: &Existing) -> Verdict {
    let Some(adoption) = case.adoption else { return Verdict::Nothing };
    let mut reasons = vec![match adoption.stack() {
        Some(_) => Reason::StackImported,
        None => Reason::Imported,
    }];
    let (message, record) = (failure_text(case, existing), existing.last_record.clone());
    match (&existing.status, &adoption.record) {
        (Status::Available, _) => {}
        (_, Some(_)) => reasons.push(Reason::Tainted { message, record }),
        (_, None) => reasons.push(Reason::FailedCreation { message, record }),
    }
    reasons.extend_from_slice(case.reasons);
    Verdict::Adopt { adoption: Box::new(adoption.clone()), reasons }
}

/// Nothing of ours is there: provision, unless the name is held.
fn absent(case: &Case<'_>) -> Verdict {
    let bound = case.row.and_then(|row| row.binding.as_ref());
    let reason = bound.map_or(Reason::New, |bound| Reason::Vanished { id: bound.id.clone() });
    let Some(holder) = case.holder else { return Verdict::Provision(reason) };
    let ours =
        case.row.is_some_and(|row| row.tokens.iter().any(|(_, used)| Some(used) == holder.token.as_ref()));
    if !is_stable(holder) {
        return Verdict::Refused(refusals::in_motion(holder, None, case.pending));
    }
    if !ours {
        return Verdict::Refused(match case.is_older {
            true => refusals::unknown(case.label, holder),
            false => refusals::exists(case.label, holder, bound.map(|bound| &bound.id)),
        });
    }
    let record = holder.last_record.clone();
    let reasons = vec![Reason::FailedCreation { message: status_text(holder), record }];
    let id = holder.id.clone();
    match holder.status {
        Status::Error if is_account(holder) && !case.is_replacement_requested() => {
            Verdict::Refused(refusals::failed_account(&status_text(holder), case.label))
        }
        Status::Error => Verdict::Replace { id, reasons, has_worked: false },
        _ => Verdict::Update(Update::of_failed_creation(id, reasons)),
    }
}

/// Whether the Account Factory makes it: terminating it does not give back what was made.
pub(super) fn is_account(existing: &Existing) -> bool {
    matches!(existing.seen, Seen::Read(ProvisionedType::Account))
}

fn never_confirmed(case: &Case<'_>, declared: &DesiredProduct, existing: &Existing) -> Verdict {
    let Seen::Read(kind) = &existing.seen else {
        return Verdict::Refused(refusals::unread("its status is not known without a refresh"));
    };
    let message = failure_text(case, existing);
    let mut reasons =
        vec![Reason::FailedCreation { message, record: existing.last_provisioning_record.clone() }];
    let id = existing.id.clone();
    // what somebody else made is theirs to judge, whether it ever worked or not
    let is_adopted = case.row.is_some_and(|row| row.tokens.is_empty());
    if case.is_replacement_requested() {
        reasons.insert(0, Reason::Requested);
        return Verdict::Replace { id, reasons, has_worked: is_adopted };
    }
    if existing.status == Status::Error && is_account(existing) {
        let message = failure_text(case, existing);
        return Verdict::Refused(match case.record.map(|record| &record.progress) {
            Some(Progress::PutOff(_)) => refusals::account_put_off(&message, case.label),
            _ => refusals::failed_account(&message, case.label),
        });
    }
    if existing.status == Status::Error && kind.is_cloudformation() && is_adopted {
        return Verdict::Refused(refusals::adopted_in_error(&failure_text(case, existing), case.label));
    }
    if existing.status == Status::Error && kind.is_cloudformation() {
        return Verdict::Replace { id, reasons, has_worked: false };
    }
    let update = Verdict::Update(Update::of_failed_creation(id, reasons));
    other_name(case, declared).map_or(update, Verdict::Refused)
}

/// What cannot be updated in place, or must not be without being asked for.
fn unchangeable(case: &Case<'_>, declared: &DesiredProduct) -> Option<Refusal> {
    let fixed = other_name(case, declared).or_else(|| other_notifications(case, declared));
    fixed.or_else(|| other_product(case))
}

fn other_name(case: &Case<'_>, declared: &DesiredProduct) -> Option<Refusal> {
    let before = &case.row?.binding.as_ref()?.name;
    (*before != declared.name).then(|| refusals::other_name(before, &declared.name, case.label))
}

/// The same ARNs in another order are the same.
fn other_notifications(case: &Case<'_>, declared: &DesiredProduct) -> Option<Refusal> {
    let before: BTreeSet<&String> = case.applied()?.content.target.options.notification_arns.iter().collect();
    let after: BTreeSet<&String> = declared.options.notification_arns.iter().collect();
    let text = |arns: &BTreeSet<&String>| {
        if arns.is_empty() { "none".to_owned() } else { listed(arns, usize::MAX) }
    };
    (before != after).then(|| refusals::other_notifications(&text(&before), &text(&after), case.label))
}

fn other_product(case: &Case<'_>) -> Option<Refusal> {
    let is_allowed = case.policy.allow.as_ref().is_some_and(|allow| allow.contains(&Allowed::ChangeProduct));
    let before = case.other_product.filter(|_| !is_allowed)?;
    let [before, after] =
        [before, &case.spec?.target.product].map(|product| format!("`{}` ({})", product.name, product.id));
    let outside = case.existing.filter(|existing| case.is_foreign(existing)).and(case.record);
    Some(refusals::other_product(&before, &after, outside, case.label))
}

fn confirmed(case: &Case<'_>, existing: &Existing) -> Verdict {
    let id = existing.id.clone();
    let requested = case.is_replacement_requested();
    if existing.status == Status::Error && !requested {
        let message = failure_text(case, existing);
        let refusal = if is_account(existing) {
            refusals::account_in_error(&message, case.label)
        } else {
            refusals::error_status(&message, case.label)
        };
        return Verdict::Refused(refusal);
    }
    let mut reasons = history(case, existing);
    let differs = ![case.drift, case.reasons, case.may].iter().all(|all| all.is_empty());
    let is_changed_back = case.is_foreign(existing) && case.is_read && !differs;
    let is_asked_for = requested || case.policy.reapply.contains(case.address);
    if is_changed_back && existing.status == Status::Available && !is_asked_for {
        return Verdict::Accept { id, reasons };
    }
    reasons.extend(unproven(case, existing));
    reasons.extend_from_slice(case.drift);
    reasons.extend_from_slice(case.reasons);
    if requested {
        reasons.insert(0, Reason::Requested);
        return Verdict::Replace { id, reasons, has_worked: true };
    }
    if case.policy.reapply.contains(case.address) {
        reasons.push(Reason::Reapply);
    }
    let only_if_inputs_differ = reasons.is_empty();
    reasons.extend_from_slice(case.may);
    match (reasons.is_empty(), case.remembers) {
        (false, _) => {
            reasons.extend_from_slice(case.along);
            let changes_product = case.other_product.is_some();
            Verdict::Update(Update { id, reasons, only_if_inputs_differ, changes_product })
        }
        (true, true) => Verdict::Remember,
        (true, false) => Verdict::Nothing,
    }
}

/// What befell a confirmed product since our last success.
fn history(case: &Case<'_>, existing: &Existing) -> Vec<Reason> {
    if existing.status != Status::Tainted {
        let kind = case.record.map(|record| record.kind.clone());
        let outside = Reason::Outside { record: existing.last_provisioning_record.clone(), kind };
        let foreign = case.is_foreign(existing).then_some(outside).into_iter();
        return foreign.flat_map(|outside| iter::once(outside).chain(case.record.map(changed_by))).collect();
    }
    let message = failure_text(case, existing);
    let mut reasons = vec![Reason::Tainted { message, record: existing.last_record.clone() }];
    // an operation of ours has its record in the row
    let failure =
        case.row.and_then(|row| row.last_failure.as_ref()).and_then(|failure| failure.record.as_ref());
    let is_foreign =
        |record: &&Record| Some(&record.id) == existing.last_record.as_ref() && failure != Some(&record.id);
    reasons.extend(case.record.filter(is_foreign).map(changed_by));
    // somebody else's good update may have come before the bad one
    let good = existing.last_successful_record.as_ref().filter(|good| Some(*good) != case.our_record());
    reasons.extend(good.map(|good| Reason::Outside { record: Some(good.clone()), kind: None }));
    reasons
}

/// What was taken for an operation of ours by its kind and time alone, and still is the last one: unless all of it was read, an
/// update is better than to believe it.
fn unproven(case: &Case<'_>, existing: &Existing) -> Option<Reason> {
    let applied = case.applied()?;
    let is_open = applied.unverified.contains(&Unverified::Record) && !case.is_read;
    (is_open && !case.is_foreign(existing)).then(|| Reason::Unproven { record: applied.record.clone() })
}

/// When it was and with which role, as the record says. The principal of its tags is who provisioned the product: of an
/// operation that came later that is somebody else, and is not told.
fn changed_by(record: &Record) -> Reason {
    let author = record.author.as_deref().cloned().unwrap_or_default();
    let principal = author.principal.filter(|_| record.kind == RecordKind::Provision);
    Reason::ChangedBy { at: record.updated, launch_role: author.launch_role, principal }
}

fn removed(case: &Case<'_>, existing: &Existing) -> Verdict {
    let (id, on_removal) = (existing.id.clone(), case.lifecycle().on_removal);
    if on_removal == OnRemoval::Forget {
        return Verdict::Forget { leaves: Some(id) };
    }
    let retain = on_removal == OnRemoval::RetainPhysicalResources;
    Verdict::Terminate { id, retain, failed: failed(case, existing) }
}

/// What went wrong with what is to go; without a refresh, only if it is remembered.
fn failed(case: &Case<'_>, existing: &Existing) -> Option<Reason> {
    let is_known = existing.seen != Seen::Recorded || case.row?.last_failure.is_some();
    if existing.status == Status::Available || !is_known {
        return None;
    }
    let (message, record) = (failure_text(case, existing), existing.last_record.clone());
    if case.applied().is_none() && record == existing.last_provisioning_record {
        return Some(Reason::FailedCreation { message, record });
    }
    Some(Reason::Tainted { message, record })
}

/// What was remembered of a failure of ours comes first: apply has redacted it.
fn failure_text(case: &Case<'_>, existing: &Existing) -> String {
    let failure = case.row.and_then(|row| row.last_failure.as_ref());
    let ours = failure.filter(|failure| failure.record.is_some() && failure.record == existing.last_record);
    if let Some(failure) = ours {
        return failure.message.clone();
    }
    let recorded = case.record.and_then(|record| match &record.progress {
        Progress::Failed(errors) | Progress::PutOff(errors) => {
            errors.first().map(|error| error.description.clone())
        }
        _ => None,
    });
    let remembered = || failure.map(|failure| failure.message.clone());
    recorded.or_else(remembered).unwrap_or_else(|| status_text(existing))
}

fn status_text(existing: &Existing) -> String {
    existing.status_message.clone().unwrap_or_else(|| format!("status {:?}", existing.status))
}

//! The decision table: what a row, a declaration and the catalog together ask for. One match arm per row of the table.
//!
//! | declared | row | catalog | verdict |
//! |---|---|---|---|
//! | any | open intent | any | `Settle`; nothing with `--refresh-only` |
//! | yes | none | absent | `Provision` (new) |
//! | yes | none | exists, made with a token of ours | `Update` (taken over) |
//! | yes | none | exists | `Refused` (exists) |
//! | yes | bound, never confirmed | error | `Replace` (failed creation); `Update` for engines that allow it |
//! | yes | bound, never confirmed | tainted, available | `Update` (failed creation) |
//! | yes | bound, never confirmed | not read (`--no-refresh`) | `Refused` |
//! | yes | confirmed | available, equal | `Nothing`; lifecycle-only edits: `Remember` |
//! | yes | confirmed | available, differs | `Update` |
//! | yes | confirmed | available, last record not ours | `Update` (outside); accepted by `--refresh-only` |
//! | yes | confirmed | tainted | `Update` (tainted) |
//! | yes | confirmed | error | `Refused` unless `--replace` |
//! | any | any | in motion, not ours | `Refused` for now |
//! | any | any | unknown status | `Refused` |
//! | yes | bound or confirmed | absent, name free | `Provision` (vanished) |
//! | yes | bound or confirmed | absent, name held by another | `Refused` (exists) |
//! | yes | any | another product | `Refused` unless `--allow change-product` or `--replace` |
//! | no | bound or confirmed | exists | `Terminate`, or `Forget` by `on_removal`; `prevent_terminate` refuses; `destroy` heeds what is written too |
//! | no | unbound | made by a token of the row | the same |
//! | no | any | absent | `Forget` |

use std::collections::BTreeSet;

use super::hold::{protected, unseen};
use super::{Allowed, Policy, Reason, Refusal, Rule};
use crate::catalog::{Existing, Record, Status};
use crate::declare::DesiredProduct;
use crate::model::ids::{Address, ProvisionedId};
use crate::model::product::OnRemoval;
use crate::observe::UNSEEN;
use crate::state::{Content, Phase, Row};

/// What the decision is made from.
pub(super) struct Case<'a> {
    pub address: &'a Address,
    /// How people write the address.
    pub label: &'a str,
    pub policy: &'a Policy,
    pub declared: Option<&'a DesiredProduct>,
    pub row: Option<&'a Row>,
    /// The product that the row is bound to, if it is there; where nothing is declared, one that a token of it made.
    pub existing: Option<&'a Existing>,
    /// The product that has the wanted name, if there is one.
    pub holder: Option<&'a Existing>,
    /// The record that explains why the product is not as we left it.
    pub record: Option<&'a Record>,
    /// In what the declaration differs from what was applied.
    pub reasons: Vec<Reason>,
    /// What may turn out to differ.
    pub may: Vec<Reason>,
    /// Only what is remembered differs.
    pub remembers: bool,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Nothing,
    Settle(Reason),
    Provision(Reason),
    Update { id: ProvisionedId, reasons: Vec<Reason>, only_if_inputs_differ: bool },
    Accept { id: ProvisionedId, reasons: Vec<Reason> },
    Replace { id: ProvisionedId, reasons: Vec<Reason> },
    Terminate { id: ProvisionedId, retain: bool },
    Forget { leaves: Option<ProvisionedId> },
    Remember,
    Refused(Refusal),
}

impl Verdict {
    /// The same, with the catalog's messages redacted.
    pub fn redacted(mut self, redact: impl Fn(&str) -> String) -> Self {
        match &mut self {
            Self::Update { reasons, .. } | Self::Accept { reasons, .. } | Self::Replace { reasons, .. } => {
                for reason in reasons {
                    if let Reason::Tainted { message, .. } | Reason::FailedCreation { message, .. } = reason {
                        *message = redact(message);
                    }
                }
            }
            Self::Refused(refusal) => refusal.message = redact(&refusal.message),
            _ => {}
        }
        self
    }
}

/// How far a row got.
enum Standing<'a> {
    None,
    Bound(&'a ProvisionedId),
    Confirmed(&'a ProvisionedId),
}

pub(super) fn decide(case: Case<'_>) -> Verdict {
    if let Some(intent) = case.row.and_then(|row| row.intent.as_ref()) {
        if case.policy.refresh_only {
            return Verdict::Nothing;
        }
        let record = match &intent.phase {
            Phase::Accepted(record) => Some(record.clone()),
            Phase::Intended => None,
        };
        return Verdict::Settle(Reason::Interrupted { kind: intent.kind, record });
    }
    let standing = match case.row.map(|row| (&row.binding, &row.applied)) {
        Some((Some(binding), Some(_))) => Standing::Confirmed(&binding.id),
        Some((Some(binding), None)) => Standing::Bound(&binding.id),
        _ => Standing::None,
    };
    match (case.declared, &standing, case.existing) {
        (_, _, Some(existing)) if !is_stable(existing) && !case.policy.refresh_only => {
            Verdict::Refused(in_motion(existing, case.record))
        }
        (None, _, _) if case.policy.refresh_only => Verdict::Nothing,
        (None, _, Some(existing)) => removed(&case, existing.id.clone()),
        (None, _, _) => Verdict::Forget { leaves: None },
        (Some(_), Standing::None, _) => absent(&case, Reason::New),
        (Some(_), Standing::Bound(id) | Standing::Confirmed(id), None) => {
            absent(&case, Reason::Vanished { id: (*id).clone() })
        }
        (Some(declared), Standing::Bound(_), Some(existing)) => never_confirmed(&case, declared, existing),
        (Some(declared), Standing::Confirmed(_), Some(existing)) => {
            unchangeable(&case, declared).unwrap_or_else(|| confirmed(case, existing))
        }
    }
}

fn is_stable(existing: &Existing) -> bool {
    matches!(existing.status, Status::Available | Status::Tainted | Status::Error)
}

/// Nothing of ours is there: provision, unless the name is held.
fn absent(case: &Case<'_>, reason: Reason) -> Verdict {
    let ours = |existing: &Existing| {
        let token = existing.token.as_ref();
        case.row.is_some_and(|row| row.tokens.iter().any(|(_, used)| Some(used) == token))
    };
    match case.holder {
        _ if case.policy.refresh_only => Verdict::Nothing,
        None => Verdict::Provision(reason),
        Some(holder) if !is_stable(holder) => Verdict::Refused(in_motion(holder, None)),
        Some(holder) if ours(holder) && holder.status == Status::Error => {
            let why = Reason::FailedCreation { message: message(holder), record: holder.last_record.clone() };
            Verdict::Replace { id: holder.id.clone(), reasons: vec![why] }
        }
        Some(holder) if ours(holder) => Verdict::Update {
            id: holder.id.clone(),
            reasons: vec![Reason::FailedCreation {
                message: message(holder),
                record: holder.last_record.clone(),
            }],
            only_if_inputs_differ: false,
        },
        Some(holder) => Verdict::Refused(Refusal {
            rule: Rule::Exists,
            message: format!(
                "a provisioned product named `{}` exists already: {}{}",
                holder.name,
                holder.id,
                holder.user_arn.as_ref().map(|who| format!(", made by {who}")).unwrap_or_default()
            ),
            hint: Some(format!(
                "choose another `provisioned_product_name`; adopting it, `imports: [{{to: {}, provisioned_product_id: {}}}]`, comes with a later version",
                case.label, holder.id
            )),
        }),
    }
}

fn never_confirmed(case: &Case<'_>, declared: &DesiredProduct, existing: &Existing) -> Verdict {
    if case.policy.refresh_only {
        return Verdict::Nothing;
    }
    if existing.kind == UNSEEN {
        return Verdict::Refused(unseen("its status is not known without a refresh"));
    }
    let message = failure_text(case, existing);
    let mut reasons =
        vec![Reason::FailedCreation { message, record: existing.last_provisioning_record.clone() }];
    let id = existing.id.clone();
    let updatable = !existing.kind.starts_with("CFN_");
    match existing.status {
        _ if case.policy.replace.contains(case.address) => {
            reasons.insert(0, Reason::Requested);
            Verdict::Replace { id, reasons }
        }
        Status::Error if !updatable => Verdict::Replace { id, reasons },
        _ => renamed(case, declared).unwrap_or(Verdict::Update { id, reasons, only_if_inputs_differ: false }),
    }
}

fn renamed(case: &Case<'_>, declared: &DesiredProduct) -> Option<Verdict> {
    let before = &case.row?.binding.as_ref()?.name;
    let (after, label) = (&declared.name, case.label);
    (before != after).then(|| {
        let choice = format!(
            "`--replace {label}` terminates `{before}` with everything in it and provisions `{after}`; `on_removal: forget` and a new declaration keep it"
        );
        in_place("the name", (before, after), choice)
    })
}

/// The same ARNs in another order are the same.
fn notified_elsewhere(case: &Case<'_>, applied: &Content, declared: &DesiredProduct) -> Option<Verdict> {
    let sorted = |arns: &[String]| arns.iter().cloned().collect::<BTreeSet<_>>();
    let (before, after) = (sorted(&applied.notification_arns), sorted(&declared.notification_arns));
    let text = |arns: &BTreeSet<String>| match arns.is_empty() {
        true => "none".to_owned(),
        false => arns.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
    };
    (before != after).then(|| {
        let choice = format!(
            "`--replace {}` terminates it with everything in it and provisions it again; or put the notification ARNs back",
            case.label
        );
        in_place("the notification ARNs", (&text(&before), &text(&after)), choice)
    })
}

fn in_place(what: &str, (before, after): (&str, &str), choice: String) -> Verdict {
    Verdict::Refused(Refusal {
        rule: Rule::NeedsReplace,
        message: format!(
            "{what} cannot be changed in place: `{before}` is provisioned, `{after}` is declared"
        ),
        hint: Some(choice),
    })
}

/// What cannot be updated in place, or must not be without being asked for.
fn unchangeable(case: &Case<'_>, declared: &DesiredProduct) -> Option<Verdict> {
    let applied = &case.row?.applied.as_ref()?.content;
    if case.policy.replace.contains(case.address) || case.policy.refresh_only {
        return None;
    }
    let fixed = renamed(case, declared).or_else(|| notified_elsewhere(case, applied, declared));
    fixed.or_else(|| another_product(case))
}

fn another_product(case: &Case<'_>) -> Option<Verdict> {
    let label = case.label;
    let change = case.reasons.iter().find_map(|reason| match reason {
        Reason::Product { before, after } => Some((before, after)),
        _ => None,
    });
    let allowed = case.policy.allow.as_ref().is_some_and(|allow| allow.contains(&Allowed::ChangeProduct));
    change.filter(|_| !allowed).map(|(before, after)| {
        Verdict::Refused(Refusal {
            rule: Rule::ChangesProduct,
            message: format!("the product would change from `{}` ({}) to `{}` ({})", before.0, before.1, after.0, after.1),
            hint: Some(format!(
                "the catalog may replace every resource: `--allow change-product` updates in place, `--replace {label}` terminates and provisions again"
            )),
        })
    })
}

fn confirmed(case: Case<'_>, existing: &Existing) -> Verdict {
    let id = existing.id.clone();
    let ours = case.row.and_then(|row| row.applied.as_ref()).map(|applied| &applied.record);
    let foreign = existing.last_provisioning_record.as_ref() != ours;
    let mut reasons = Vec::new();
    if existing.status == Status::Tainted {
        let record = existing.last_record.clone();
        reasons.push(Reason::Tainted { message: failure_text(&case, existing), record });
    } else if foreign {
        let kind = case.record.map(|record| record.kind.clone());
        reasons.push(Reason::Outside { record: existing.last_provisioning_record.clone(), kind });
    }
    // somebody else's good update before the bad one
    let good = existing.last_successful_record.as_ref().filter(|good| Some(*good) != ours);
    if let (Status::Tainted, Some(good)) = (&existing.status, good) {
        reasons.push(Reason::Outside { record: Some(good.clone()), kind: None });
    }
    if case.policy.refresh_only {
        let accepted = foreign && existing.status == Status::Available;
        return if accepted { Verdict::Accept { id, reasons } } else { Verdict::Nothing };
    }
    let requested = case.policy.replace.contains(case.address);
    if existing.status == Status::Error && !requested {
        return Verdict::Refused(Refusal {
            rule: Rule::ErrorStatus,
            message: format!(
                "it had been provisioned, and its status is ERROR now: {}",
                failure_text(&case, existing)
            ),
            hint: Some(format!(
                "`--replace {}` terminates it with everything in it and provisions it again",
                case.label
            )),
        });
    }
    reasons.extend(case.reasons);
    if requested {
        reasons.insert(0, Reason::Requested);
        return Verdict::Replace { id, reasons };
    }
    let only_if_inputs_differ = reasons.is_empty();
    reasons.extend(case.may);
    match (reasons.is_empty(), case.remembers) {
        (false, _) => Verdict::Update { id, reasons, only_if_inputs_differ },
        (true, true) => Verdict::Remember,
        (true, false) => Verdict::Nothing,
    }
}

fn removed(case: &Case<'_>, id: ProvisionedId) -> Verdict {
    let remembered = case.row.map(|row| row.lifecycle).unwrap_or_default();
    let lifecycle = case.policy.lifecycles.get(case.address).unwrap_or(&remembered);
    match lifecycle.on_removal {
        OnRemoval::Forget => Verdict::Forget { leaves: Some(id) },
        _ if lifecycle.prevent_terminate || remembered.prevent_terminate => Verdict::Refused(protected()),
        on_removal => Verdict::Terminate { id, retain: on_removal == OnRemoval::RetainPhysicalResources },
    }
}

fn in_motion(existing: &Existing, record: Option<&Record>) -> Refusal {
    let since = record.map(|record| existing.asked.since(record.created).as_secs());
    let age = since.map(|s| format!(", for {s} s")).unwrap_or_default();
    let record = existing.last_record.as_ref().map(|record| format!(" ({record}{age})")).unwrap_or_default();
    match &existing.status {
        Status::Unknown(status) => Refusal {
            rule: Rule::UnknownStatus,
            message: format!("its status is `{status}`, which this version does not know"),
            hint: Some("look at it in the console; a newer provisor may know the status".to_owned()),
        },
        _ => Refusal {
            rule: Rule::InMotion,
            message: format!("an operation that is not ours is running on {}{record}", existing.id),
            hint: Some("run again when it is over: the plan may then be another".to_owned()),
        },
    }
}

/// What was remembered of a failure of ours comes first: apply has taken out what must not be seen.
fn failure_text(case: &Case<'_>, existing: &Existing) -> String {
    let failure = case.row.and_then(|row| row.last_failure.as_ref());
    let ours = failure.filter(|failure| failure.record.is_some() && failure.record == existing.last_record);
    if let Some(failure) = ours {
        return failure.message.clone();
    }
    let recorded = case.record.and_then(|record| match &record.progress {
        crate::catalog::Progress::Failed(errors) => errors.first().map(|error| error.description.clone()),
        _ => None,
    });
    let remembered = || failure.map(|failure| failure.message.clone());
    recorded.or_else(remembered).unwrap_or_else(|| message(existing))
}

fn message(existing: &Existing) -> String {
    existing.status_message.clone().unwrap_or_else(|| format!("status {:?}", existing.status))
}

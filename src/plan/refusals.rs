//! Refusals in words: what stands in the way, and what to do next. Whether something is refused is decided elsewhere.

use std::collections::BTreeSet;

use super::older::{OLDER, WAY_OUT};
use super::{Action, Allowed, Breach, PREVIEW_PREFIX, Refusal, Rule, Step};
use crate::catalog::{Existing, PendingPlan, Record, Status};
use crate::model::ids::{ArtifactId, Labels, ProvisionedId};
use crate::model::kinds::ProvisionedType;
use crate::model::text::{count, listed, quote};

/// What a termination does to an account of the Account Factory, as a sentence's end.
pub(super) const UNENROLS: &str = "that unenrols the account, and does not close it";

/// All that a plan destroys together is more than may be, and nothing says which of it is meant.
pub(super) fn too_many(breach: &Breach) -> Refusal {
    let Breach { planned, limit } = *breach;
    let products = count(planned, "provisioned product");
    Refusal {
        rule: Rule::MaxTerminate,
        message: format!("the plan would destroy {products}, and `guards.max_terminate` allows {limit}"),
        hint: Some(format!("if all of that is meant, `--max-terminate {planned}` allows it this once")),
    }
}

/// A name that is held; `gone` is what had it before.
pub(super) fn exists(label: &str, holder: &Existing, gone: Option<&ProvisionedId>) -> Refusal {
    let maker = holder.user_arn.as_ref().map(|who| format!(", made by {who}")).unwrap_or_default();
    let before = gone.map(|id| format!("; it was {id}, and that is gone")).unwrap_or_default();
    Refusal {
        rule: Rule::Exists,
        message: format!(
            "a provisioned product named `{}` exists already: {}{maker}{before}",
            holder.name, holder.id
        ),
        hint: Some(format!(
            "choose another `provisioned_product_name`; `imports: [{{to: {label}, provisioned_product_id: {}}}]`, or `provisor import {label} {}`, adopts it",
            holder.id, holder.id
        )),
    }
}

/// The name is held by what an operation of this very state has made, and it does not know that any more.
pub(super) fn unknown(label: &str, holder: &Existing) -> Refusal {
    let Existing { id, name, .. } = holder;
    Refusal {
        rule: Rule::Exists,
        message: format!(
            "a provisioned product named `{name}` exists already: {id}, made by this very state, which knows nothing of it: {OLDER}"
        ),
        hint: Some(format!("{WAY_OUT}; else `provisor import {label} {id}` adopts it")),
    }
}

/// What is not at rest is left alone, and so is what nobody can say that of.
pub(super) fn in_motion(existing: &Existing, record: Option<&Record>, pending: &[PendingPlan]) -> Refusal {
    if existing.status == Status::PlanInProgress {
        return plan_in_progress(existing, pending);
    }
    if let Status::Unknown(status) = &existing.status {
        return Refusal {
            rule: Rule::UnknownStatus,
            message: format!("its status is `{status}`, which this version does not know"),
            hint: Some("look at it in the console; a newer provisor may know the status".to_owned()),
        };
    }
    // an instant, not an age: two plans of one world are the same text
    let since = record.map(|record| format!(", since {}", record.created.utc())).unwrap_or_default();
    let record =
        existing.last_record.as_ref().map(|record| format!(" ({record}{since})")).unwrap_or_default();
    Refusal {
        rule: Rule::InMotion,
        message: format!("an operation that is not ours is running on {}{record}", existing.id),
        hint: Some("run again when it is over: the plan may then be another".to_owned()),
    }
}

/// It lasts until somebody executes or deletes the plan, however long that takes.
fn plan_in_progress(existing: &Existing, pending: &[PendingPlan]) -> Refusal {
    let maker = existing.user_arn.as_ref().map(|who| format!(", made by {who}")).unwrap_or_default();
    let plans = pending.iter().map(|plan| format!("`{}` ({})", plan.name, plan.id));
    let plans = listed(plans, 5);
    let which = if plans.is_empty() { String::new() } else { format!(": {plans}") };
    let id = pending.first().map_or("PLAN-ID", |plan| plan.id.as_str());
    if !pending.is_empty() && pending.iter().all(|plan| plan.name.starts_with(PREVIEW_PREFIX)) {
        return previewed(existing, &which);
    }
    Refusal {
        rule: Rule::PlanInProgress,
        message: format!(
            "a provisioned product plan that is not ours waits on {}{which}{maker}",
            existing.id
        ),
        hint: Some(format!(
            "it does not end by itself: `aws servicecatalog execute-provisioned-product-plan --plan-id {id}` carries it out, `aws servicecatalog delete-provisioned-product-plan --plan-id {id}` takes it away; then run again"
        )),
    }
}

/// What a preview has made goes with it, or is taken away by whoever runs next where it ran.
fn previewed(existing: &Existing, which: &str) -> Refusal {
    Refusal {
        rule: Rule::PlanInProgress,
        message: format!("a preview of another run waits on {}{which}", existing.id),
        hint: Some(
            "run again when that is over; if it died, the next `plan --preview` or `apply` with its state takes away what it has left"
                .to_owned(),
        ),
    }
}

/// An account that failed to be made is not terminated by itself.
pub(super) fn failed_account(message: &str, label: &str) -> Refusal {
    Refusal {
        rule: Rule::ErrorStatus,
        message: format!(
            "the account was never provisioned successfully, and is not replaced by itself: {message}"
        ),
        hint: Some(unenrolling(label)),
    }
}

/// What was adopted although it never worked: nobody of ours made it, so that nobody of ours takes it away unasked.
pub(super) fn adopted_in_error(message: &str, label: &str) -> Refusal {
    Refusal {
        rule: Rule::ErrorStatus,
        message: format!(
            "it was in error when it was adopted, and never provisioned successfully: {message}"
        ),
        hint: Some(format!("`--replace {label}` terminates it and provisions it again")),
    }
}

/// An account that was put off, and whose provisioned product no update can reach any more: that takes a termination, which
/// nobody but a person asks for.
pub(super) fn account_put_off(message: &str, label: &str) -> Refusal {
    Refusal {
        rule: Rule::ErrorStatus,
        message: format!(
            "the Account Factory was too busy to make the account, and its provisioned product holds the name: {message}"
        ),
        hint: Some(format!(
            "see in Control Tower that there is no such account; `--replace {label}` then terminates the provisioned product and provisions it again"
        )),
    }
}

/// The name cannot be updated.
pub(super) fn other_name(before: &str, after: &str, label: &str) -> Refusal {
    let choice = format!(
        "`provisioned_product_name: {before}` in its declaration keeps it as it is; `--replace {label}` terminates `{before}` with everything in it and provisions `{after}`"
    );
    needs_replace("the name", before, after, choice)
}

/// The notification ARNs cannot be updated.
pub(super) fn other_notifications(before: &str, after: &str, label: &str) -> Refusal {
    let choice = format!(
        "`--replace {label}` terminates it with everything in it and provisions it again; or put the notification ARNs back"
    );
    needs_replace("the notification ARNs", before, after, choice)
}

fn needs_replace(what: &str, before: &str, after: &str, choice: String) -> Refusal {
    Refusal {
        rule: Rule::NeedsReplace,
        message: format!(
            "{what} cannot be changed in place: `{before}` is provisioned, `{after}` is declared"
        ),
        hint: Some(choice),
    }
}

/// An update to another product may replace resources.
pub(super) fn other_product(before: &str, after: &str, outside: Option<&Record>, label: &str) -> Refusal {
    let outside = outside.map(|record| {
        let (kind, id, at) = (record.kind.as_str(), &record.id, record.updated.utc());
        format!("; somebody else put it there: {kind}, record {id}, over at {at}")
    });
    let outside = outside.unwrap_or_default();
    Refusal {
        rule: Rule::ChangesProduct,
        message: format!("the product would change from {before} to {after}{outside}"),
        hint: Some(format!(
            "the catalog may replace every resource: `--allow change-product` updates in place, `--replace {label}` terminates and provisions again"
        )),
    }
}

/// What had been good, and is lost for updates.
pub(super) fn error_status(message: &str, label: &str) -> Refusal {
    Refusal {
        rule: Rule::ErrorStatus,
        message: format!("it had been provisioned, and its status is ERROR now: {message}"),
        hint: Some(format!(
            "`--replace {label}` terminates it with everything in it and provisions it again"
        )),
    }
}

/// What failed, on a version that nothing can be updated on any more.
pub(super) fn failed_on_retired(version: &str) -> Refusal {
    Refusal {
        rule: Rule::ErrorStatus,
        message: format!(
            "its last operation failed, and version `{version}`, which is declared, is no longer offered: no update can mend it"
        ),
        hint: Some("declare a version that is offered, and apply".to_owned()),
    }
}

/// What is to be adopted runs a version of which nobody says what it is called.
pub(super) fn unnamed_version(id: &ProvisionedId, declared: &str, runs: &ArtifactId) -> Refusal {
    Refusal {
        rule: Rule::UnknownStatus,
        message: format!(
            "version `{declared}` is not offered, and whether it is the one that {id} runs, {runs}, is not known"
        ),
        hint: Some(format!("if it is, write its id: `provisioning_artifact_id: {runs}`")),
    }
}

/// An account that had been good is not terminated by itself either.
pub(super) fn account_in_error(message: &str, label: &str) -> Refusal {
    Refusal { hint: Some(unenrolling(label)), ..error_status(message, label) }
}

fn unenrolling(label: &str) -> String {
    format!(
        "look at it in Control Tower first; `--replace {label}` terminates it ({UNENROLS}) and provisions it again"
    )
}

/// `prevent_terminate` of something whose declaration is gone, or is there while everything is to be destroyed.
pub(super) fn protected(is_declared: bool, label: &str) -> Refusal {
    Refusal {
        rule: Rule::PreventTerminate,
        message: "`lifecycle.prevent_terminate` forbids terminating it".to_owned(),
        hint: Some(match is_declared {
            true => "write `prevent_terminate: false` in its declaration and apply, then destroy".to_owned(),
            false => format!("`removed: [{{address: {label}, prevent_terminate: false}}]` releases it"),
        }),
    }
}

/// `prevent_terminate` of something that is to be replaced.
pub(super) fn protected_from_replacement() -> Refusal {
    Refusal { hint: Some("set `prevent_terminate: false` first".to_owned()), ..protected(true, "") }
}

/// A dependent may yet be made after it.
pub(super) fn still_needed(dependent: &str) -> Refusal {
    Refusal {
        rule: Rule::InMotion,
        message: format!("`{dependent}` was made after it, and an operation on that was interrupted"),
        hint: Some("run again when that is settled".to_owned()),
    }
}

/// Nothing is done on what is only believed.
pub(super) fn unread(message: &str) -> Refusal {
    Refusal {
        rule: Rule::UnknownStatus,
        message: message.to_owned(),
        hint: Some("plan without `--no-refresh`".to_owned()),
    }
}

/// Only `CloudFormation` keeps previous values: the engines of other types are not given what was sent before.
pub(super) fn keeps_no_value(kind: &ProvisionedType, parameter: &str) -> Refusal {
    Refusal {
        rule: Rule::UnknownStatus,
        message: format!("a {kind} product keeps no value of `{parameter}`: it needs one at each update"),
        hint: Some(format!("declare a value for `{parameter}`")),
    }
}

/// `--allow` names other actions only.
pub(super) fn not_allowed(action: Allowed, settles: bool) -> Refusal {
    let left = if settles { ": the interrupted operation is left as it is" } else { "" };
    Refusal {
        rule: Rule::NotAllowed,
        message: format!("`--allow` does not name `{}`{left}", action.as_str()),
        hint: Some(format!("add `{}` to `--allow` to let it happen", action.as_str())),
    }
}

/// An update that a guard keeps from replacing resources.
pub(super) fn replaces(resources: &str, may: bool) -> Refusal {
    let verb = if may { "may replace" } else { "would replace" };
    Refusal {
        rule: Rule::ReplacesResources,
        message: format!("the update {verb} {resources}, and `guards.replace_resources` refuses that"),
        hint: Some(
            "put back what is changed; if the replacement is meant, take the type out of `guards.replace_resources` for this apply"
                .to_owned(),
        ),
    }
}

/// An update of which nobody knows what it replaces, where a guard forbids some of that.
pub(super) fn not_previewed(why: Option<&str>) -> Refusal {
    let (why, hint) = match why {
        None => ("nobody asked for it", "plan with `--preview`"),
        Some(why) => (
            why,
            "`--skip-refused` does the rest, and the next apply may know more; what cannot be previewed at all is applied without the guard only",
        ),
    };
    Refusal {
        rule: Rule::NotPreviewed,
        message: format!(
            "`guards.replace_resources` lets through only what was previewed, and this was not: {why}"
        ),
        hint: Some(hint.to_owned()),
    }
}

/// It comes after steps that are refused or deferred: as these are, by the rule of one that needs a decision, if any does.
pub(super) fn held(by: &[&Step], labels: &Labels) -> Refusal {
    let refusal =
        |step: &Step| if let Action::Refused(refusal) = &step.action { Some(refusal.clone()) } else { None };
    let refusals: Vec<Refusal> = by.iter().filter_map(|step| refusal(step)).collect();
    let decisive = refusals.iter().find(|refusal| !refusal.defers()).or(refusals.first());
    let rule = decisive.map_or(Rule::InMotion, |refusal| refusal.rule);
    let names = listed(by.iter().map(|step| quote(labels.label(&step.address))), 5);
    let are = if by.len() == 1 { "is" } else { "are" };
    let (how, hint) = match decisive.is_none_or(Refusal::defers) {
        true => ("deferred", "run again when that is settled"),
        false => ("refused", "decide that first: this comes after it"),
    };
    Refusal {
        rule,
        message: format!("it can only go after {names}, which {are} {how}"),
        hint: Some(hint.to_owned()),
    }
}

/// It is made or changed after steps that are refused or deferred, or filled from what they would have made.
pub(super) fn blocked(step: &Step, by: &[&Step], labels: &Labels) -> Refusal {
    let is_own = !by.is_empty() && by.iter().all(|root| root.address == step.address);
    let named = |is_deferred: bool, how: &str| {
        let is_such = |root: &&&Step| matches!(&root.action, Action::Refused(refusal) if refusal.defers() == is_deferred);
        let names: BTreeSet<String> =
            by.iter().filter(is_such).map(|root| quote(labels.label(&root.address))).collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        (!names.is_empty()).then(|| format!("{}, which {are} {how}", listed(names, 5)))
    };
    let (refused, deferred) = (named(false, "refused"), named(true, "deferred"));
    let hint = match refused {
        Some(_) => "decide that first: this comes after it",
        None => "run again when that is settled",
    };
    let causes: Vec<String> = refused.into_iter().chain(deferred).collect();
    let message = match is_own {
        true => "blocked by an operation of its own that comes first, and is not done".to_owned(),
        false => format!("blocked by {}", causes.join(", and by ")),
    };
    Refusal { rule: Rule::Blocked, message, hint: Some(hint.to_owned()) }
}

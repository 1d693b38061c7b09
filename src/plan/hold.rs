//! What holds a verdict back although the table would have it: protection, interrupted dependents, values nobody has read.

use std::collections::BTreeMap;

use super::decide::Verdict;
use super::{PlanInput, Refusal, Rule, Sending, Spec};
use crate::catalog::Existing;
use crate::declare::DesiredProduct;
use crate::model::ids::Address;
use crate::observe::UNSEEN;
use crate::state::{Kind, Row};

/// What an interrupted operation needs, and whose operation that is: it may yet succeed.
pub(super) fn held<'a>(input: &PlanInput<'a>) -> BTreeMap<&'a Address, &'a Address> {
    let makes =
        |row: &Row| row.intent.as_ref().is_some_and(|i| matches!(i.kind, Kind::Provision | Kind::Update));
    let making = input.recorded.rows.iter().filter(|(_, row)| makes(row));
    making.flat_map(|(address, row)| row.after.iter().map(move |needed| (needed, address))).collect()
}

pub(super) fn still_needed(dependent: &str) -> Refusal {
    Refusal {
        rule: Rule::InMotion,
        message: format!("`{dependent}` was made after it, and an operation on that was interrupted"),
        hint: Some("run again when that is settled".to_owned()),
    }
}

/// `prevent_terminate` says no.
pub(super) fn protected() -> Refusal {
    Refusal {
        rule: Rule::PreventTerminate,
        message: "`lifecycle.prevent_terminate` forbids terminating it".to_owned(),
        hint: Some("set `prevent_terminate: false` in the declaration and apply, then remove it".to_owned()),
    }
}

/// `prevent_terminate` holds for replacements too. What is declared decides: a protection that is only remembered could
/// never be lifted from something that is not applied, because it was never provisioned well.
pub(super) fn keep_protected(verdict: Verdict, product: &DesiredProduct) -> Verdict {
    match verdict {
        Verdict::Replace { .. } if product.lifecycle.prevent_terminate => Verdict::Refused(Refusal {
            hint: Some("set `prevent_terminate: false` first".to_owned()),
            ..protected()
        }),
        verdict => verdict,
    }
}

/// The previous value is only known to be the one we know of where the product was read; and only `CloudFormation` keeps
/// one: the engines of other types are not given what was sent before.
pub(super) fn unknown_values(verdict: Verdict, spec: Option<&Spec>, existing: Option<&Existing>) -> Verdict {
    let mut kept = spec.into_iter().flat_map(|spec| &spec.parameters);
    let kept = kept.find(|(_, parameter)| parameter.sent == Sending::Previous);
    match (&verdict, kept, existing.map(|existing| existing.kind.as_str())) {
        (Verdict::Update { .. }, Some((key, _)), Some(UNSEEN)) => {
            Verdict::Refused(unseen(&format!("what `{key}` would keep is not known without a refresh")))
        }
        (Verdict::Update { .. }, Some((key, _)), Some(kind)) if !kind.starts_with("CFN_") => {
            Verdict::Refused(Refusal {
                rule: Rule::UnknownStatus,
                message: format!("a {kind} product keeps no value of `{key}`: it needs one at each update"),
                hint: Some(format!("declare a value for `{key}`")),
            })
        }
        _ => verdict,
    }
}

/// Nothing is done on what is only believed.
pub(super) fn unseen(message: &str) -> Refusal {
    Refusal {
        rule: Rule::UnknownStatus,
        message: message.to_owned(),
        hint: Some("plan without `--no-refresh`".to_owned()),
    }
}

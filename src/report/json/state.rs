//! The document of a state, `provisor.state/v1`, and the outputs alone. For reading: the store's own format is another.
//!
//! `provisor.state/v1` has `format`, `lineage`, `serial` and `rows`; a row names its address, its product, what was
//! `applied`, what is `under_way` and the `last_failure`. Values are as in `provisor.plan/v1`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::reason::operation;
use super::values::ValuesDoc;
use super::{printed, value};
use crate::report::view::{AppliedView, IntentView, RowView, StateView};
use crate::state::{Binding, LastFailure};

/// The state as one document.
#[must_use]
pub fn state(state: &StateView<'_>) -> String {
    printed(&StateDoc {
        format: "provisor.state/v1",
        lineage: state.lineage,
        serial: state.serial,
        rows: state.rows.iter().map(RowDoc::of).collect(),
    })
}

/// The outputs by address: `{"network": {"VpcId": "…"}}`.
#[must_use]
pub fn outputs(state: &StateView<'_>) -> String {
    let applied = state.rows.iter().filter_map(|row| Some((row.address.as_str(), row.applied.as_ref()?)));
    let outputs: BTreeMap<&str, Map<String, Value>> =
        applied.map(|(address, applied)| (address, given(applied))).collect();
    printed(&outputs)
}

fn given(applied: &AppliedView<'_>) -> Map<String, Value> {
    applied.outputs.iter().map(|(key, one)| ((*key).to_owned(), value(one))).collect()
}

#[derive(Serialize)]
struct StateDoc<'a> {
    format: &'static str,
    lineage: &'a str,
    serial: u64,
    rows: Vec<RowDoc<'a>>,
}

#[derive(Serialize)]
struct RowDoc<'a> {
    address: &'a str,
    key: &'a str,
    location: &'a str,
    account: &'a str,
    region: &'a str,
    provisioned_product: Option<BindingDoc<'a>>,
    applied: Option<AppliedDoc<'a>>,
    under_way: Option<IntentDoc<'a>>,
    last_failure: Option<FailureDoc<'a>>,
    prevent_terminate: bool,
    on_removal: &'static str,
    after: &'a [String],
}

impl<'a> RowDoc<'a> {
    fn of(row: &'a RowView<'a>) -> Self {
        Self {
            address: &row.address,
            key: row.key,
            location: row.location,
            account: row.account,
            region: row.region,
            provisioned_product: row.binding.map(BindingDoc::of),
            applied: row.applied.as_ref().map(AppliedDoc::of),
            under_way: row.intent.as_ref().map(IntentDoc::of),
            last_failure: row.last_failure.map(FailureDoc::of),
            prevent_terminate: row.prevent_terminate,
            on_removal: row.on_removal,
            after: &row.after,
        }
    }
}

#[derive(Serialize)]
struct BindingDoc<'a> {
    id: &'a str,
    name: &'a str,
    arn: Option<&'a str>,
}

impl<'a> BindingDoc<'a> {
    fn of(binding: &'a Binding) -> Self {
        Self { id: binding.id.as_str(), name: &binding.name, arn: binding.arn.as_deref() }
    }
}

#[derive(Serialize)]
struct AppliedDoc<'a> {
    record: &'a str,
    verified: bool,
    content: ValuesDoc<'a, Value>,
    outputs: Map<String, Value>,
}

impl<'a> AppliedDoc<'a> {
    fn of(applied: &'a AppliedView<'a>) -> Self {
        Self {
            record: applied.record,
            verified: applied.verified,
            content: ValuesDoc::of(&applied.values, |parameter| value(&parameter.value)),
            outputs: given(applied),
        }
    }
}

#[derive(Serialize)]
struct IntentDoc<'a> {
    operation: &'static str,
    token: &'a str,
    record: Option<&'a str>,
    content: Option<ValuesDoc<'a, Value>>,
}

impl<'a> IntentDoc<'a> {
    fn of(intent: &'a IntentView<'a>) -> Self {
        let made = intent.values.as_ref();
        Self {
            operation: operation(intent.kind),
            token: intent.token,
            record: intent.record,
            content: made.map(|values| ValuesDoc::of(values, |parameter| value(&parameter.value))),
        }
    }
}

#[derive(Serialize)]
struct FailureDoc<'a> {
    operation: &'static str,
    record: Option<&'a str>,
    message: &'a str,
}

impl<'a> FailureDoc<'a> {
    fn of(failure: &'a LastFailure) -> Self {
        let record = failure.record.as_ref().map(|record| record.as_str());
        Self { operation: operation(failure.kind), record, message: &failure.message }
    }
}

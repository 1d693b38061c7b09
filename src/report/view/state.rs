//! What is remembered, as its readers see it, in one shape for all formats: no digests, and no token but that of what is
//! under way.

use std::collections::{BTreeMap, BTreeSet};

use super::values::ValuesView;
use crate::model::ids::{Address, Labels};
use crate::plan::Shown;
use crate::state::{Applied, Binding, Birth, Intent, Kind, LastFailure, Phase, Recorded, Row};

/// The rows of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateView<'a> {
    /// Which state.
    pub lineage: &'a str,
    /// Its serial.
    pub serial: u64,
    /// The rows, by address.
    pub rows: Vec<RowView<'a>>,
}

/// What is remembered of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowView<'a> {
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
    /// The provisioned product, if one is known.
    pub binding: Option<&'a Binding>,
    /// What the last successful record made.
    pub applied: Option<AppliedView<'a>>,
    /// The operation that is under way.
    pub intent: Option<IntentView<'a>>,
    /// The last operation that failed.
    pub last_failure: Option<&'a LastFailure>,
    /// It is never terminated.
    pub prevent_terminate: bool,
    /// What removing its declaration does.
    pub on_removal: &'static str,
    /// The addresses that it was made after.
    pub after: Vec<String>,
}

/// What the last successful record made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedView<'a> {
    /// The record.
    pub record: &'a str,
    /// The parameters are proven: it was made by us.
    pub verified: bool,
    /// What it was made from.
    pub values: ValuesView<'a>,
    /// What it gave: first what can be shown, then what is sensitive.
    pub outputs: Vec<(&'a str, Shown)>,
}

/// The operation that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentView<'a> {
    /// Which operation.
    pub kind: Kind,
    /// Its token.
    pub token: &'a str,
    /// Its record, once the service took it.
    pub record: Option<&'a str>,
    /// What it makes; nothing for a termination.
    pub values: Option<ValuesView<'a>>,
}

impl<'a> StateView<'a> {
    /// Looks at the rows that `pick` takes. Their addresses are written as in the whole state.
    #[must_use]
    pub fn of(recorded: &'a Recorded, pick: impl Fn(&Address) -> bool) -> Self {
        let (labels, births) = (recorded.labels(), recorded.births());
        let rows = recorded.rows.iter().filter(|(address, _)| pick(address));
        Self {
            lineage: recorded.lineage.as_str(),
            serial: recorded.serial,
            rows: rows.map(|(address, row)| RowView::of(address, row, &labels, &births)).collect(),
        }
    }
}

impl<'a> RowView<'a> {
    /// Looks at one row; `births` tells where the rows stand that it was made after.
    #[must_use]
    pub fn of(
        address: &'a Address,
        row: &'a Row,
        labels: &Labels,
        births: &BTreeMap<Birth, &Address>,
    ) -> Self {
        let after = row.after.iter().filter_map(|birth| births.get(birth).copied());
        let after: BTreeSet<&Address> = after.collect();
        Self {
            address: labels.label(address),
            key: address.key.as_str(),
            location: labels.location(&address.location),
            account: row.home.account.as_str(),
            region: row.home.region.as_str(),
            binding: row.binding.as_ref(),
            applied: row.applied.as_ref().map(AppliedView::of),
            intent: row.intent.as_ref().map(IntentView::of),
            last_failure: row.last_failure.as_ref(),
            prevent_terminate: row.lifecycle.prevent_terminate,
            on_removal: row.lifecycle.on_removal.as_str(),
            after: after.into_iter().map(|address| labels.label(address)).collect(),
        }
    }
}

impl<'a> AppliedView<'a> {
    fn of(applied: &'a Applied) -> Self {
        let plain = applied.outputs.iter().map(|(key, value)| (key.as_str(), Shown::Text(value.clone())));
        let sensitive = applied.sensitive_outputs.keys().map(|key| (key.as_str(), Shown::Sensitive));
        Self {
            record: applied.record.as_str(),
            verified: applied.unverified.is_empty(),
            values: ValuesView::from(&applied.content),
            outputs: plain.chain(sensitive).collect(),
        }
    }
}

impl<'a> IntentView<'a> {
    fn of(intent: &'a Intent) -> Self {
        let record = match &intent.phase {
            Phase::Intended => None,
            Phase::Accepted(record) => Some(record.as_str()),
        };
        let values = intent.content.as_ref().map(ValuesView::from);
        Self { kind: intent.kind, token: intent.token.as_str(), record, values }
    }
}

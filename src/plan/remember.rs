//! What changes in the state and nowhere else, and the words for it: nothing is remembered that the plan has not said. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::verdict::Verdict;
use super::{Planned, Spec};
use crate::declare::DesiredProduct;
use crate::model::ids::{Address, Labels};
use crate::model::product::{Lifecycle, Timeouts};
use crate::model::secret::{Secret, Secrets};
use crate::model::text::listed;
use crate::model::time::duration;
use crate::state::{Birth, Row, Stored};

/// What a row is held against: its declaration, and what else that is understood by.
#[derive(Clone, Copy)]
pub(super) struct Remembering<'a> {
    pub row: &'a Row,
    pub product: &'a DesiredProduct,
    /// What the declaration makes of it.
    pub spec: Option<&'a Spec>,
    /// Where the rows stand that others were made after.
    pub births: &'a BTreeMap<Birth, &'a Address>,
    pub labels: &'a Labels,
}

/// What a row was made after, wherever that stands by now.
pub(super) fn made_after(row: &Row, births: &BTreeMap<Birth, &Address>) -> BTreeSet<Address> {
    row.after.iter().filter_map(|birth| births.get(birth)).map(|address| (*address).clone()).collect()
}

/// The parameters whose texts the state holds though they are sensitive by now.
pub(super) fn told_too_much(row: &Row, spec: &Spec) -> BTreeSet<String> {
    let secret =
        spec.parameters.iter().filter(|(_, parameter)| matches!(parameter.value, Planned::Secret { .. }));
    secret.map(|(name, _)| name.clone()).filter(|name| text(row, name).is_some()).collect()
}

/// The outputs in the state that hold what is sensitive and was not known when they were stored.
pub(super) fn shown_by_outputs(row: &Row, spec: &Spec) -> BTreeSet<String> {
    let known = spec.parameters.values().filter_map(|parameter| match &parameter.value {
        Planned::Secret { template: Some(template), .. } => template.as_text().map(Secret::new),
        _ => None,
    });
    let known: Secrets = known.collect();
    let outputs = row.applied.iter().flat_map(|applied| &applied.outputs);
    outputs.filter(|(_, value)| known.are_in(value)).map(|(name, _)| name.clone()).collect()
}

fn text<'r>(row: &'r Row, parameter: &str) -> Option<&'r String> {
    match row.applied.as_ref()?.content.parameters.get(parameter)? {
        Stored::Text(text) => Some(text),
        Stored::Digest(_) | Stored::Unknown => None,
    }
}

impl Remembering<'_> {
    /// What is remembered otherwise from then on, a fragment each; nothing where the state holds what is declared.
    pub fn all(self) -> Vec<String> {
        self.edits().into_iter().chain(self.leaving()).collect()
    }

    /// The part of it that a verdict writes down.
    pub fn by(self, verdict: &Verdict) -> Vec<String> {
        match verdict {
            Verdict::Remember | Verdict::Update(_) | Verdict::Replace { .. } => self.all(),
            // what is accepted stays as it was applied, and as sensitive as it was
            Verdict::Accept { .. } => self.edits(),
            Verdict::Nothing
            | Verdict::Settle(_)
            | Verdict::Provision(_)
            | Verdict::Adopt { .. }
            | Verdict::Terminate { .. }
            | Verdict::Forget { .. }
            | Verdict::Refused(_) => Vec::new(),
        }
    }

    /// What was written otherwise, by the names of the declarations.
    fn edits(self) -> Vec<String> {
        let (was, is) = (self.row.lifecycle, self.product.lifecycle);
        let patience = |of: Lifecycle| of.terminate_timeout.unwrap_or_else(|| Timeouts::default().terminate);
        let inputs = |inputs: BTreeSet<Address>| {
            format!("[{}]", listed(inputs.iter().map(|input| self.labels.label(input)), usize::MAX))
        };
        let (after, needs) = (made_after(self.row, self.births), self.product.needs());
        let differs = |what: &str, was: String, is: String| format!("`{what}` = {was} -> {is}");
        let time = |of: Duration| duration(of);
        let edits = [
            (was.prevent_terminate != is.prevent_terminate).then(|| {
                differs(
                    "prevent_terminate",
                    was.prevent_terminate.to_string(),
                    is.prevent_terminate.to_string(),
                )
            }),
            (was.on_removal != is.on_removal).then(|| {
                differs("on_removal", was.on_removal.as_str().to_owned(), is.on_removal.as_str().to_owned())
            }),
            (was.terminate_timeout != is.terminate_timeout)
                .then(|| differs("timeouts.terminate", time(patience(was)), time(patience(is)))),
            (after != needs).then(|| differs("depends_on", inputs(after), inputs(needs))),
        ];
        edits.into_iter().flatten().collect()
    }

    /// What the state holds in clear, and must not any more.
    fn leaving(self) -> Vec<String> {
        let parameters = self.spec.map(|spec| told_too_much(self.row, spec)).unwrap_or_default();
        let told = parameters.iter().filter_map(|name| text(self.row, name));
        let told: Secrets = told.map(|text| Secret::new(text.as_str())).collect();
        let shown = self.spec.map(|spec| shown_by_outputs(self.row, spec)).unwrap_or_default();
        let outputs = self.row.applied.iter().flat_map(|applied| &applied.outputs);
        // what went in may have come out again
        let outputs = outputs.filter(|(name, value)| {
            let is_declared = self.product.options.sensitive_outputs.contains(*name);
            is_declared || shown.contains(*name) || told.are_in(value)
        });
        let parameters = parameters.iter().map(|name| ("parameter", name));
        let all = parameters.chain(outputs.map(|(name, _)| ("output", name)));
        all.map(|(what, name)| format!("{what} `{name}` is sensitive by now, and leaves the state")).collect()
    }
}

//! `external:` is somebody else's: what the state manages is not.

use super::Checker;
use crate::declare::{External, Layer};
use crate::model::diagnostic::{Diagnostic, Part};
use crate::model::ids::{Address, Labels};
use crate::model::product::{OnRemoval, Selector};
use crate::plan::PlanInput;

/// External products that are ours. One that is about to be let go of is somebody else's from then on.
pub(super) fn check(input: &PlanInput<'_>, labels: &Labels, checker: &mut Checker) {
    for (address, external) in &input.desired.externals {
        let Some((id, row)) = ours(input, address, external) else { continue };
        let label = labels.label(row);
        if let Some(product) = input.desired.products.get(row) {
            let message = format!("`{}` is {id}, which is managed here as `{label}`", address.key);
            let found = Diagnostic::error("contradiction", message).at(external.place.clone());
            let found = found.related(product.origin.place(Layer::Own, &[], Part::Key), "managed here");
            checker.found.push(found.hint(format!(
                "leave the external out, and refer to `{label}` itself, such as by `${{{label}.outputs.KEY}}`"
            )));
        } else if !is_let_go(input, row) {
            let message = format!(
                "`{}` is {id}, which is managed here as `{label}`, and its declaration is gone: it would be terminated",
                address.key
            );
            let found = Diagnostic::error("contradiction", message).at(external.place.clone());
            checker.found.push(found.hint(format!(
                "let go of it by `removed: [{{address: {label}, on_removal: forget}}]`, or write its declaration again"
            )));
        }
    }
}

/// What of ours it is.
fn ours<'a>(input: &PlanInput<'a>, address: &Address, external: &External) -> Option<(String, &'a Address)> {
    let id = match (&external.product, input.observed.externals.get(address)) {
        (_, Some(found)) => found.existing.id.to_string(),
        (Selector::Id(id), None) => id.clone(),
        (Selector::Name(_), None) => return None,
    };
    let mut rows = input.recorded.rows.iter();
    let is_it = |(_, row): &(&Address, &crate::state::Row)| {
        row.binding.as_ref().is_some_and(|binding| binding.id.as_str() == id)
    };
    let (row, _) = rows.find(is_it)?;
    Some((id, row))
}

fn is_let_go(input: &PlanInput<'_>, row: &Address) -> bool {
    let written = input.policy.removals.get(row).map(|of| of.on_removal);
    let remembered = input.recorded.rows.get(row).map(|row| row.lifecycle.on_removal);
    written.or(remembered) == Some(OnRemoval::Forget)
}

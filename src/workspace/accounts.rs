//! Account Factory takes five operations at a time, whatever the name of its product.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{CatalogRead, ProductRef};
use crate::model::product::Selector;
use crate::observe::Observed;
use crate::plan::{Plan, Step};
use crate::state::Recorded;

/// The type of Account Factory products.
const ACCOUNT: &str = "CONTROL_TOWER_ACCOUNT";

/// The names of those that are offered, and of those that exist and may go.
pub(super) fn account_products(observed: &Observed, recorded: &Recorded) -> BTreeSet<String> {
    let offers = observed.offers.values().filter_map(|offer| offer.as_ref().ok());
    let offered = offers.map(|offer| (&offer.kind, &offer.product_name));
    let made = recorded.rows.iter().filter_map(|(address, row)| {
        let existing = observed.existing.get(&address.location)?.id(&row.binding.as_ref()?.id)?;
        let applied = row.applied.as_ref().map(|applied| &applied.content);
        let content = applied.or_else(|| row.intent.as_ref()?.content.as_ref())?;
        Some((&existing.kind, &content.product_name))
    });
    offered.chain(made).filter(|(kind, _)| *kind == ACCOUNT).map(|(_, name)| name.clone()).collect()
}

/// The same for a plan that was saved, or made without looking: of its products' types only the catalog knows.
pub(super) fn account_products_of(
    plan: &Plan,
    recorded: &Recorded,
    catalog: &dyn CatalogRead,
) -> BTreeSet<String> {
    let product = |step: &'_ Step| {
        let applied = || recorded.rows.get(&step.address)?.applied.as_ref().map(|applied| &applied.content);
        let left = || applied().map(|content| (content.product.clone(), content.product_name.clone()));
        let wanted = step.spec().map(|spec| (spec.product.clone(), spec.product_name.clone()));
        let (id, name) = wanted.or_else(left)?;
        Some((id, (step.address.location.clone(), name)))
    };
    let products: BTreeMap<_, _> = plan.steps.iter().filter_map(product).collect();
    let asked: Vec<ProductRef> = products
        .iter()
        .map(|(id, (location, _))| ProductRef {
            location: location.clone(),
            product: Selector::Id(id.to_string()),
        })
        .collect();
    // one that cannot be read is told of by its step
    let answers = catalog.products(&asked).into_iter().zip(products.values());
    answers
        .filter(|(answer, _)| answer.as_ref().is_ok_and(|product| product.kind == ACCOUNT))
        .map(|(_, (_, name))| name.clone())
        .collect()
}

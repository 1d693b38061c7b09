//! Asks the catalog which products of a plan are Account Factory's.

use std::collections::BTreeSet;

use crate::catalog::{CatalogRead, ProductRef};
use crate::plan::{Plan, concurrency};
use crate::state::Recorded;

/// The names of the Account Factory products in a plan that was saved, or made without a refresh.
pub(super) fn account_products(
    plan: &Plan,
    recorded: &Recorded,
    catalog: &dyn CatalogRead,
) -> BTreeSet<String> {
    let untyped = concurrency::untyped(plan, recorded);
    let asked: Vec<ProductRef> = untyped.iter().map(|untyped| untyped.product.clone()).collect();
    concurrency::account_products_among(untyped.into_iter().zip(catalog.products(&asked)))
}

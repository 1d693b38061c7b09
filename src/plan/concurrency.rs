//! How many operations on one product may run at a time: Account Factory takes few, whatever its product is called. Pure; who
//! carries a plan out asks the catalog for what is not known here.

use std::collections::{BTreeMap, BTreeSet};

use super::{Plan, Step};
use crate::catalog::{ACCOUNTS_AT_ONCE, CatalogError, Product, ProductRef, Seen};
use crate::model::ids::ProductId;
use crate::model::kinds::{ProductType, ProvisionedType};
use crate::model::product::Selector;
use crate::model::target::Named;
use crate::observe::Observed;
use crate::state::Recorded;

/// `limits.products` of the settings, with Account Factory's quota for each of its products that they do not name.
#[must_use]
pub fn product_limits(
    written: &BTreeMap<String, usize>,
    account_products: &BTreeSet<String>,
) -> BTreeMap<String, usize> {
    let mut limits = written.clone();
    for name in account_products {
        limits.entry(name.clone()).or_insert(ACCOUNTS_AT_ONCE);
    }
    limits
}

/// The names of the Account Factory products among those that are offered, and those that exist and may go.
#[must_use]
pub fn account_products(observed: &Observed, recorded: &Recorded) -> BTreeSet<String> {
    let offers = observed.offers.values().filter_map(|offer| offer.as_ref().ok());
    let offered = offers.filter(|offer| offer.kind == ProductType::Account).map(|offer| &offer.product_name);
    let made = recorded.rows.iter().filter_map(|(address, row)| {
        let existing = observed.existing.get(&address.location)?.id(&row.binding.as_ref()?.id)?;
        let applied = row.applied.as_ref().map(|applied| &applied.content);
        let content = applied.or_else(|| row.intent.as_ref()?.content.as_ref())?;
        (existing.seen == Seen::Read(ProvisionedType::Account)).then_some(&content.target.product.name)
    });
    offered.chain(made).cloned().collect()
}

/// A product that a plan is about, and that the catalog is to be asked for the type of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untyped {
    /// Where it is asked for.
    pub product: ProductRef,
    /// What the plan or the state calls it.
    pub name: String,
}

/// The products of a plan that was saved, or made without a refresh: their types are not in it. One entry a product.
#[must_use]
pub fn untyped(plan: &Plan, recorded: &Recorded) -> Vec<Untyped> {
    let products: BTreeMap<ProductId, Untyped> =
        plan.steps.iter().filter_map(|step| product_of(step, recorded)).collect();
    products.into_values().collect()
}

fn product_of(step: &Step, recorded: &Recorded) -> Option<(ProductId, Untyped)> {
    let applied = || recorded.rows.get(&step.address)?.applied.as_ref().map(|applied| &applied.content);
    let target = step.spec().map(|spec| &spec.target);
    let Named { id, name } = &target.or_else(|| Some(&applied()?.target))?.product;
    let product =
        ProductRef { location: step.address.location.clone(), product: Selector::Id(id.to_string()) };
    Some((id.clone(), Untyped { product, name: name.clone() }))
}

/// The names of the Account Factory products among those that were asked for, each with its answer. One that cannot be read
/// is left out: its own step meets the same error.
pub fn account_products_among(
    answered: impl IntoIterator<Item = (Untyped, Result<Product, CatalogError>)>,
) -> BTreeSet<String> {
    let accounts = answered.into_iter().filter(|(_, answer)| answer.as_ref().is_ok_and(is_account));
    accounts.map(|(untyped, _)| untyped.name).collect()
}

fn is_account(product: &Product) -> bool {
    product.kind == ProductType::Account
}

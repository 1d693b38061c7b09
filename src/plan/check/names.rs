//! Two locations may be one account and region: the service would take the second product of a name for the first.

use std::collections::BTreeMap;

use crate::declare::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part};
use crate::model::ids::{AccountId, Address, Labels, Region};
use crate::plan::PlanInput;
use crate::state::Home;

/// A declaration, and the account and region that it stands on.
#[derive(Clone, Copy)]
struct Claim<'a> {
    address: &'a Address,
    product: &'a DesiredProduct,
    place: &'a Home,
}

/// Selected declarations whose name somebody else has in the same account and region.
pub(super) fn check(input: &PlanInput<'_>, labels: &Labels, found: &mut Diagnostics) {
    let mut seen: BTreeMap<(&AccountId, &Region, &str), Claim<'_>> = BTreeMap::new();
    for (address, product) in &input.desired.products {
        let Some(place) = input.observed.places.get(&address.location) else { continue };
        let second = Claim { address, product, place };
        let Some(first) = seen.insert((&place.account, &place.region, &product.name), second) else {
            continue;
        };
        if [first, second].iter().any(|one| input.policy.selected.contains(one.address)) {
            found.push(one_name(first, second, labels));
        }
    }
}

fn one_name(first: Claim<'_>, second: Claim<'_>, labels: &Labels) -> Diagnostic {
    let message = format!(
        "`{}` and `{}` have one name in account {}, {}: `{}`",
        labels.label(first.address),
        labels.label(second.address),
        second.place.account,
        second.place.region,
        second.product.name
    );
    let site = |placed: Claim<'_>| placed.product.origin.field("provisioned_product_name", Part::Value);
    Diagnostic::error("duplicate-name", message)
        .at(site(second))
        .related(site(first), "the other one")
        .note(format!("`{}` and `{}` are one place", first.address.location, second.address.location))
        .hint("give one of them another `provisioned_product_name`, or leave one of the locations out")
}

//! Products that the service would take for one another. Linear in products.

use std::collections::HashMap;

use super::desired::DesiredProduct;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place};
use provisor_model::ids::Address;

/// Two declarations on one location with one name: the service would take the second for the first.
pub(super) fn find(
    products: &[(Address, DesiredProduct)],
    problems: &mut Diagnostics,
    warnings: &mut Diagnostics,
) {
    let mut exact: HashMap<(&str, &str), &(Address, DesiredProduct)> = HashMap::with_capacity(products.len());
    let mut folded: HashMap<(&str, String), &(Address, DesiredProduct)> =
        HashMap::with_capacity(products.len());
    for entry in products {
        let (address, product) = entry;
        let on = address.location.as_str();
        if let Some((first, other)) = exact.insert((on, &product.name), entry) {
            let message = format!("`{}` and `{}` have one name: `{}`", first.key, address.key, product.name);
            let diagnostic = Diagnostic::error("duplicate-name", message)
                .at(name_place(product))
                .found(address.key.as_str(), Some(on.to_owned()));
            let hint = "give one of them another `provisioned_product_name`";
            problems.push(diagnostic.related(name_place(other), "the other one").hint(hint));
        } else if let Some((_, other)) = folded.insert((on, product.name.to_lowercase()), entry) {
            let message =
                format!("`{}` and `{}` differ in upper and lower case only", other.name, product.name);
            let diagnostic = Diagnostic::warning("similar-name", message).at(name_place(product));
            warnings.push(diagnostic.found(address.key.as_str(), Some(on.to_owned())));
        }
    }
}

/// The written name, else the key that stands in for it.
fn name_place(product: &DesiredProduct) -> Place {
    product.origin.field("provisioned_product_name", Part::Value)
}

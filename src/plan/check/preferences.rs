//! Stack-set preferences against the product's STACKSET constraint.

use super::Check;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Segment};
use crate::model::text::quoted;

pub(super) fn check(of: &Check<'_>, found: &mut Diagnostics) {
    let Some(wanted) = &of.product.options.preferences else { return };
    let Some(allowed) = &of.offer.offering.stack_set else {
        found.push(not_a_stack_set(of));
        return;
    };
    for (n, account) in wanted.accounts.iter().enumerate() {
        if !allowed.accounts.contains(account) {
            let label = format!("allowed: {}", quoted(&allowed.accounts));
            found.push(outside(of, "stack_set_accounts", n, &format!("account `{account}`")).label(label));
        }
    }
    for (n, region) in wanted.regions.iter().enumerate() {
        if !allowed.regions.contains(region) {
            let label = format!("allowed: {}", quoted(&allowed.regions));
            found.push(outside(of, "stack_set_regions", n, &format!("region `{region}`")).label(label));
        }
    }
}

fn outside(of: &Check<'_>, field: &str, item: usize, what: &str) -> Diagnostic {
    let place = of.product.origin.given(&["provisioning_preferences", field], Part::Value);
    let place = place.below([Segment::Index(item)], Part::Value);
    let message = format!("{what} is not in the product's STACKSET constraint");
    Diagnostic::error("stack-set-constraint", message).at(place)
}

fn not_a_stack_set(of: &Check<'_>) -> Diagnostic {
    let product = &of.offer.product_name;
    let message = format!("`{product}` is not a stack-set product: it takes no provisioning preferences");
    Diagnostic::error("not-a-stack-set", message)
        .at(of.product.origin.field("provisioning_preferences", Part::Key))
        .label("only for products with a STACKSET constraint")
}

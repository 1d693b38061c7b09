//! `UsePreviousValue`: what a product can keep, and what it has to be given because the version in force may not have it.

use super::fixture::check;
use super::x;

/// `x` on v2, with a value for `A`; the values begin in line 6.
fn p() -> String {
    "provisioned_products:\n  x:\n    product_name: p\n    provisioning_artifact_name: v2\n    parameters:\n      A: 1\n".to_owned()
}

/// `UsePreviousValue` fails where the template in force does not have the parameter.
#[test]
fn null_keeps_nothing_that_the_version_in_force_does_not_have() {
    let (v2, both) = (p(), "offer p/v1 A\noffer p/v2 A B");
    let missing = |at: &str, key: &str, in_force: &str| {
        let label = if at == "5:5" { format!(" [`{key}` is missing]") } else { String::new() };
        format!(
            "missing-parameter at {at}: `x` needs the parameter `{key}`: p v2 has no default for it{label} \
             / declare a value for `{key}`: version `{in_force}`, which is in force, has none that could be kept"
        )
    };
    let null = format!("{v2}      B: ~\n");
    check(&null, "x p/v1 A=1", both, &missing("7:7", "B", "v1"));
    check(&v2, "x p/v1 A=1", both, &missing("5:5", "B", "v1"));
    // somebody else has moved it to the version that is declared: it has a value, whatever that is
    let moved = format!("{both}\nis pp-x rec=rec-9 runs=p/v2");
    check(&null, "x p/v1 A=1", &moved, "update x pp-x (outside rec-9, drifted version \"v1\" -> \"v2\")");
    // left out, it would take the default that there is none of
    let left_out =
        "missing-parameter at 5:5: `x` needs the parameter `B`: p v2 has no default for it [`B` is missing]";
    check(&v2, "x p/v1 A=1", &moved, left_out);
}

/// A secret is known by its digest only: it is kept by the product, or by nobody.
#[test]
fn a_secret_is_not_kept_past_a_version_that_may_not_have_it() {
    let yaml = x("product_name: p\nprovisioning_artifact_name: v2\nparameters: {S: ~}");
    let offers = "offer p/v1 S!\noffer p/v2 S!\noffer p/v9";
    check(&yaml, "x p/v1 S=#s", offers, "update x pp-x (version v1 -> v2)");
    check(
        &yaml,
        "x p/v1 S=#s",
        &format!("{offers}\nis pp-x rec=rec-9 runs=p/v9"),
        "missing-parameter at 5:18: `x` needs the parameter `S`: p v2 has no default for it \
         / declare a value for `S`: version `v9`, which is in force, has none that could be kept",
    );
    // what is known in clear is sent
    check(
        &yaml,
        "x p/v1 S=s",
        "offer p/v1 S\noffer p/v2 S\noffer p/v9\nis pp-x rec=rec-9 runs=p/v9",
        "update x pp-x (outside rec-9, drifted version \"v1\" -> \"v9\", version v9 -> v2)",
    );
}

//! Findings that need the catalog's view of a place, and findings whose line must not be printed.

use super::fixture::{Given, NoPlan, same};

/// One declaration `x` of product `p` with one parameter.
fn p(value: &str) -> String {
    super::x(&format!("product_name: p\nprovisioning_artifact_name: v1\nparameters: {{A: {value}}}"))
}

#[test]
fn two_locations_that_are_one_place_cannot_hold_one_name_twice() {
    let yaml = "provisioned_products:
  a: {product_name: vpc, provisioning_artifact_name: v1, provisioned_product_name: net, locations: [hub]}
  b: {product_name: vpc, provisioning_artifact_name: v1, provisioned_product_name: net, locations: [dev/eu-west-1]}
";
    let given = |account: &str| {
        let mut given = Given::new("--two", yaml, "", &format!("account dev/eu-west-1 {account}"));
        given.settings.locations.values_mut().for_each(|location| location.account_id = None);
        given
    };
    same(
        &given("111122223333").shown(),
        "duplicate-name at 3:84: `a` and `b` have one name in account 111122223333, eu-west-1: `net` \
         / `hub/eu-west-1` and `dev/eu-west-1` are one place \
         / give one of them another `provisioned_product_name`, or leave one of the locations out",
    );
    same(&given("410000000001").shown(), "provision a (new)\nprovision b (new)");
    let mut apart = given("111122223333");
    apart.yaml = yaml.replacen("name: net", "name: net-1", 1);
    same(&apart.shown(), "provision a (new)\nprovision b (new)");
}

#[test]
fn a_secret_literal_is_not_shown_with_its_line() {
    let redacted = |yaml: &str, offer: &str| match Given::new("", yaml, "", offer).plan() {
        Err(NoPlan::Planned(found)) => found.0.iter().map(|one| one.redacted).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(redacted(&p("S3CRET-VALUE"), "offer p/v1 A!{other}"), [true]);
    assert_eq!(redacted(&p("plain"), "offer p/v1 A{other}"), [false]);
    let filled = format!(
        "{}  y: {{product_name: vpc, provisioning_artifact_name: v1}}\n",
        p("\"S3CRET-${y.outputs.No}\"")
    );
    assert_eq!(redacted(&filled, "offer p/v1 A!"), [true]);
    assert_eq!(redacted(&filled, "offer p/v1 A"), [false]);
}

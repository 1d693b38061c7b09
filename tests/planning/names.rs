//! Names against the catalog: products, versions, launch paths; the nearest one, and all there are.

use super::fixture::{Given, check, same};
use super::x;

fn finds(lines: &str, world: &str, expect: &str) {
    check(&x(lines), "", world, expect);
}

#[test]
fn unknown_names_come_with_the_nearest_and_all_there_are() {
    finds(
        "product_name: vcp
         provisioning_artifact_name: v1",
        "",
        "unknown-product at 3:19: there is no product `vcp`, or no access to it \
         / there is `db`, `service`, `vpc` / did you mean `vpc`?",
    );
    finds(
        "product_id: prod-vcp
         provisioning_artifact_name: v1",
        "",
        "unknown-product at 3:17: there is no product `prod-vcp`, or no access to it \
         / there is `prod-db (db)`, `prod-service (service)`, `prod-vpc (vpc)` / did you mean `prod-vpc`?",
    );
    finds(
        "product_name: vpc
         provisioning_artifact_name: v3",
        "",
        "unknown-version at 4:33: `vpc` has no active version `v3` / there is `v1`, `v2`",
    );
    finds(
        "product_name: vpc
         provisioning_artifact_id: pa-vpc-v9
         path_name: platform",
        "",
        "unknown-version at 4:31: `vpc` has no active version `pa-vpc-v9` / there is `v1 (pa-vpc-v1, made 2023-11-14)`, `v2 (pa-vpc-v2, made 2023-11-14)` / did you mean `pa-vpc-v1`?",
    );
    finds(
        "product_name: vpc
         provisioning_artifact_name: v1
         path_name: platfrom",
        "",
        "unknown-path at 5:16: there is no launch path `platfrom` to `vpc` / there is `platform` / did you mean `platform`?",
    );
    finds(
        "product_name: vpc
         provisioning_artifact_name: v1
         path_id: lp-old",
        "",
        "unknown-path at 5:14: there is no launch path `lp-old` to `vpc` / there is `platform (lp-platform)`",
    );
}

#[test]
fn what_nothing_resembles_gets_no_suggestion() {
    finds(
        "product_name: warehouse
         provisioning_artifact_name: v1",
        "",
        "unknown-product at 3:19: there is no product `warehouse`, or no access to it / there is `db`, `service`, `vpc`",
    );
}

/// Somebody who is associated with no portfolio gets an empty catalogue, and no error.
#[test]
fn an_empty_catalogue_is_said() {
    finds(
        "product_name: vpc
         provisioning_artifact_name: v1",
        "nothing",
        "unknown-product at 3:19: there is no product `vpc`, or no access to it \
         / no product at all is offered here: no portfolio is granted to this principal \
         / ask the platform team to associate the principal with a portfolio; or check the credentials and the region of the location",
    );
}

#[test]
fn ambiguous_names_come_with_their_ids() {
    finds(
        "product_name: vpc
         provisioning_artifact_name: v1",
        "offer vpc--2/v1",
        "ambiguous-product at 3:19: several products are named `vpc` / vpc (prod-vpc; launch paths: platform; versions: v1, v2) / vpc (prod-vpc--2; launch paths: platform; versions: v1) / name one of them by `product_id`, or by a `path_name` or a version that only one of them has",
    );
    finds(
        "product_name: vpc
         provisioning_artifact_name: v1",
        "offer vpc/v1--b +deprecated",
        "ambiguous-version at 4:33: several versions of `vpc` are named `v1` / there is `v1 (pa-vpc-v1, made 2023-11-14)`, `v1 (pa-vpc-v1--b, made 2023-11-14, deprecated)` / name one of them by `provisioning_artifact_id`",
    );
    finds(
        "product_name: vpc
         provisioning_artifact_name: v1
         path_name: team",
        "offer vpc/v1 +path=team/lp-1,team/lp-2,other",
        "ambiguous-path at 5:16: several launch paths to `vpc` are named `team` / there is `team (lp-1)`, `team (lp-2)` / name one of them by `path_id`",
    );
    finds(
        "product_name: vpc
         provisioning_artifact_name: v1",
        "offer vpc/v1 +path=team,other",
        "path-needed at 3:19: `vpc` has several launch paths: choose one with `path_name` / there is `team (lp-team)`, `other (lp-other)`",
    );
    finds(
        "product_name: vpc
         provisioning_artifact: active",
        "",
        "not-only-active at 4:28: `vpc` does not have exactly one active version / there is `v1 (pa-vpc-v1, made 2023-11-14)`, `v2 (pa-vpc-v2, made 2023-11-14)` / name the one that is meant, such as `provisioning_artifact_name: v1`",
    );
}

#[test]
fn ids_say_what_names_cannot() {
    finds(
        "product_id: prod-vpc\nprovisioning_artifact_id: pa-vpc-v1--b",
        "offer vpc--2/v1\noffer vpc/v1--b",
        "provision x (new)",
    );
    finds(
        "product_name: vpc\nprovisioning_artifact_name: v1\npath_id: lp-2",
        "offer vpc/v1 +path=team/lp-1,team/lp-2",
        "provision x (new)",
    );
    finds(
        "product_name: vpc\nprovisioning_artifact: active",
        "offer vpc/v1 +deprecated",
        "provision x (new)",
    );
    finds(
        "product_name: vpc\nprovisioning_artifact_id: pa-vpc-v9",
        "offer vpc/v9 +unnamed",
        "provision x (new)",
    );
}

#[test]
fn no_launch_path_says_whom_to_ask() {
    finds(
        "product_name: vpc
         provisioning_artifact_name: v1",
        "offer vpc/v1 +path=",
        "no-launch-path at 3:19: there is no launch path to `vpc` for these credentials / ask the platform team to associate the principal with the portfolio",
    );
}

const DEPRECATED: &str = "deprecated-version at 4:33: version `v1` of `vpc` is deprecated and cannot be provisioned anew [deprecated] / choose a version that is not deprecated";
const ON_V1: &str = "product_name: vpc\nprovisioning_artifact_name: v1";

#[test]
fn a_deprecated_version_is_not_launched_anew() {
    let world = "offer vpc/v1 +deprecated Cidr=10.0.0.0/16";
    let row = "x vpc/v1 Cidr=10.0.0.0/16";
    check(&x(ON_V1), "", world, DEPRECATED);
    // nor by any way round
    check(&x(ON_V1), row, &format!("{world}\ngone pp-x"), DEPRECATED);
    check(&x(ON_V1), "x vpc/v1 bound", &format!("{world}\nis pp-x error prov=rec-9"), DEPRECATED);
    same(&Given::new("--replace x", &x(ON_V1), row, world).shown(), DEPRECATED);
    same(
        &Given::new("--replace x", &x(ON_V1), row, "").shown(),
        "terminate x pp-x to replace it (requested, parameter Zones absent -> \"a,b\" by default)\nprovision x (requested, parameter Zones absent -> \"a,b\" by default) after the end of x",
    );
}

#[test]
fn a_deprecated_version_is_kept_and_updated_with_a_note() {
    let world = "offer vpc/v1 +deprecated Cidr=10.0.0.0/16";
    check(&x(ON_V1), "x vpc/v1 Cidr=10.0.0.0/16", world, "unchanged: x");
    check(
        &x(ON_V1),
        "x vpc/v1 Cidr=10.9.0.0/16",
        world,
        "update x pp-x (parameter Cidr \"10.9.0.0/16\" -> \"10.0.0.0/16\" by default)
         note x: version `v1` is deprecated",
    );
    check(
        &x(ON_V1),
        "x vpc/v2 Cidr=10.0.0.0/16",
        world,
        "update x pp-x (version v2 -> v1)
         note x: version `v1` is deprecated",
    );
    check(&x(ON_V1), "x vpc/v1 provisioning=rec-9", world, "settle x (interrupted provision rec-9)");
    check(&x(ON_V1), "x vpc/v1 provisioning", world, "settle x (interrupted provision)");
}

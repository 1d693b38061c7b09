//! References: known where nothing moves, pending where something does, and then only perhaps a change.

use provisor::model::template::{Attribute, Piece, Reference, Template};
use provisor::plan::facts_of;

use super::fixture::{Given, address, check};
use super::{APP, APP_ROW, NET_ROW};

#[test]
fn references_are_known_where_nothing_moves() {
    check(APP, &format!("{NET_ROW}\n{APP_ROW}"), "", "unchanged: app, network");
    check(
        APP,
        &format!("{NET_ROW}\napp service/v1 VpcId=vpc-0 Size=small after:network"),
        "",
        "update app pp-app (parameter VpcId \"vpc-0\" -> \"vpc-1\")\nunchanged: network",
    );
}

#[test]
fn references_are_pending_where_something_moves() {
    let rows = format!("{NET_ROW}\n{APP_ROW}");
    check(
        APP,
        &rows,
        "is pp-network tainted message=x",
        "update network pp-network (tainted rec-network: x)
         update app pp-app (VpcId may change with network) after network only-if-inputs-differ",
    );
    check(
        &APP.replace("parameters: {", "parameters: {Size: large, "),
        &rows,
        "is pp-network tainted message=x",
        "update network pp-network (tainted rec-network: x)
         update app pp-app (parameter Size \"small\" -> \"large\", VpcId may change with network) after network",
    );
}

#[test]
fn an_update_leaves_the_id_as_it_is() {
    let app = |value: &str| {
        format!(
            "provisioned_products:
  network: {{product_name: vpc, provisioning_artifact_name: v1}}
  app: {{product_name: service, provisioning_artifact_name: v1, parameters: {{VpcId: \"{value}\"}}}}
"
        )
    };
    let rows = |value: &str| format!("{NET_ROW}\napp service/v1 VpcId={value} Size=small after:network");
    let world = "is pp-network tainted message=x";
    let moved = "update network pp-network (tainted rec-network: x)";
    check(&app("${network.id}"), &rows("pp-network"), world, &format!("{moved}\nunchanged: app"));
    check(
        &app("${network.id}"),
        &rows("pp-old"),
        world,
        &format!(
            "{moved}
             update app pp-app (parameter VpcId \"pp-old\" -> \"pp-network\") after network"
        ),
    );
    // an output of it may be another one all the same
    check(
        &app("${network.id} ${network.outputs.VpcId}"),
        &rows("pp-network·vpc-1"),
        world,
        &format!(
            "{moved}
             update app pp-app (VpcId may change with network) after network only-if-inputs-differ"
        ),
    );
}

#[test]
fn chains_of_possible_changes() {
    let yaml = "provisioned_products:
  a: {product_name: vpc, provisioning_artifact_name: v1}
  b: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${a.outputs.VpcId}\"}}
  c: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${b.outputs.Url}\"}}
  d: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: fixed}, depends_on: [c]}
  e: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${a.outputs.VpcId} ${c.outputs.Url}\"}}
";
    let rows = "a vpc/v1 Cidr=10.0.0.0/16 Zones=a,b out:VpcId=vpc-1
b service/v1 VpcId=vpc-1 Size=small out:Url=u1 after:a
c service/v1 VpcId=u1 Size=small out:Url=u2 after:b
d service/v1 VpcId=fixed Size=small after:c
e service/v1 VpcId=vpc-1·u2 Size=small after:a,c";
    check(yaml, rows, "", "unchanged: a, b, c, d, e");
    check(
        yaml,
        rows,
        "is pp-a tainted message=x",
        "update a pp-a (tainted rec-a: x)
         update b pp-b (VpcId may change with a) after a only-if-inputs-differ
         update c pp-c (VpcId may change with b) after b only-if-inputs-differ
         update e pp-e (VpcId may change with a, c) after a, c only-if-inputs-differ
         unchanged: d",
    );
}

#[test]
fn tags_may_change_with_inputs_too() {
    let yaml = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1}
  app: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: x}, tags: {net: \"${network.outputs.VpcId}\"}}
";
    let rows = format!("{NET_ROW}\napp service/v1 VpcId=x Size=small tag:net=vpc-1 after:network");
    check(yaml, &rows, "", "unchanged: app, network");
    let moved = "update network pp-network (tainted rec-network: x)";
    let world = "is pp-network tainted message=x";
    check(
        yaml,
        &rows,
        world,
        &format!(
            "{moved}\nupdate app pp-app (tags.net may change with network) after network only-if-inputs-differ\nnote app: tag `net` is checked when it is known, at the apply"
        ),
    );
    // where tags cannot change, nothing may
    let fixed = format!("{world}\noffer service/v1 +fixed-tags VpcId Size=small -> Url");
    check(yaml, &rows, &fixed, &format!("{moved}\nunchanged: app"));
}

#[test]
fn ids_and_arns() {
    let yaml = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1}
  app: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${network.id} ${network.arn}\"}}
";
    check(
        yaml,
        &format!("{NET_ROW}\napp service/v1 VpcId=pp-network·arn:pp-network Size=small after:network"),
        "",
        "unchanged: app, network",
    );
    check(yaml, "", "", "provision network (new)\nprovision app (new) after network");
}

#[test]
fn one_item_of_a_list() {
    let yaml = |n: usize| {
        format!("provisioned_products:
  network: {{product_name: vpc, provisioning_artifact_name: v1}}
  app: {{product_name: service, provisioning_artifact_name: v1, parameters: {{VpcId: \"${{network.outputs.Subnets[{n}]}}\"}}}}
")
    };
    let rows = format!("{NET_ROW}\napp service/v1 VpcId=s2 Size=small after:network");
    check(&yaml(1), &rows, "", "unchanged: app, network");
    check(&yaml(0), &rows, "", "update app pp-app (parameter VpcId \"s2\" -> \"s1\")\nunchanged: network");
    check(
        &yaml(2),
        &rows,
        "",
        "unknown-output at 3:85: `network` has no `outputs.Subnets[2]` [cannot be filled] / `Subnets` has 2 items: they are counted from 0, and `Subnets[1]` is the last",
    );
}

#[test]
fn what_a_foreign_change_put_out_is_what_dependents_see() {
    check(
        APP,
        &format!("{NET_ROW}\n{APP_ROW}"),
        "is pp-network rec=rec-9 changing
         record rec-9 pp-network UPDATE_PROVISIONED_PRODUCT succeeded VpcId=vpc-9",
        "refuse network InMotion: an operation that is not ours is running on pp-network (rec-9, since 1970-01-01T00:16:40Z) / run again when it is over: the plan may then be another
         refuse app Blocked: blocked by `network`, which is deferred / run again when that is settled (parameter VpcId \"vpc-1\" -> \"vpc-9\") after network",
    );
}

#[test]
fn what_somebody_else_made_of_a_product_is_newer_than_what_is_stored_or_read_again() {
    let yaml = "provisioned_products:
  y: {product_name: db, provisioning_artifact_name: v1, sensitive_outputs: [Token], parameters: {Password: pw}}
  x: {product_name: p, provisioning_artifact_name: v1, parameters: {A: \"${y.outputs.Token}\"}}
";
    let rows = "y db/v1 Password=#pw Subnets= out:Endpoint=ours secret:Token=ours\nx p/v1 A=#ours after:y";
    let world = "offer p/v1 A
        record rec-y pp-y PROVISION_PRODUCT succeeded Token=ours Endpoint=ours";
    let theirs = "is pp-y rec=rec-9
        record rec-9 pp-y UPDATE_PROVISIONED_PRODUCT succeeded version=db/v1 Token=theirs";
    let y = address("y");
    let template = Template::of([Piece::Reference(Reference { of: y.clone(), what: Attribute::Id })]);
    for (world, token, endpoint) in
        [(world.to_owned(), "ours", Some("ours")), (format!("{world}\n{theirs}"), "theirs", None)]
    {
        let given = Given::new("--refresh-only", yaml, rows, &world);
        let known = given.plan_with(|input, _| facts_of(input, &template)).unwrap();
        let facts = &known[&y];
        assert_eq!(facts.outputs.get("Token").map(String::as_str), Some(token));
        assert_eq!(facts.outputs.get("Endpoint").map(String::as_str), endpoint);
        assert!(facts.sensitive.contains("Token"));
    }
}

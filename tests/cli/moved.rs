//! Keys that move and declarations that go, as it is written: nothing in the cloud changes that nobody wanted, and nothing is
//! lost when it dies meanwhile.

use super::support::{Repo, boxed};

/// `one`, declared under another key.
fn under(key: &str) -> String {
    boxed(key, "")
        .replace("{product_name", "{provisioned_product_name: one, product_name")
        .replace(&format!("Name: {key}"), "Name: one")
}

#[test]
fn a_moved_key_is_a_line_of_the_plan_and_no_change_in_the_cloud() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.declare(&(under("eins") + "moved: [{from: one, to: eins}]\n"));
    repo.sh("plan --detailed-exitcode")
        .exits(2)
        .says(&["  # one has moved to eins\n", "1 to move (in the state only)"]);
    let json = repo.sh("plan --json").json();
    assert_eq!(
        (json["moved"][0]["from"].as_str(), json["moved"][0]["to"].as_str()),
        (Some("one"), Some("eins"))
    );
    let done = repo.sh("apply --auto-approve --json --report r.html").exits(0);
    let summary: serde_json::Value =
        serde_json::from_str(done.out.trim_end().lines().last().unwrap()).unwrap();
    assert_eq!(summary["summary"]["counts"]["recorded"], 1, "{summary}");
    assert!(repo.read("r.html").contains("Also: 1 moved (in the state only)."));
    assert_eq!(repo.sh("state list").out, "eins\n");
    repo.settled();
    assert_eq!(repo.called("ProvisionProduct") + repo.called("TerminateProvisionedProduct"), 1);
    repo.sh("state history").exits(0).says(&["moved"]);
    // together with a change of what it is
    repo.declare(
        &(under("uno").replace("Name: one", "Name: one, Note: x") + "moved: [{from: eins, to: uno}]\n"),
    );
    repo.sh("plan --out p.bin").exits(0).says(&["# eins has moved to uno", "# uno will be updated in-place"]);
    repo.sh("apply p.bin").exits(0);
    repo.settled();
    assert_eq!(repo.sh("state list").out, "uno\n");
}

/// A page is searched for the old name too: its line is an entry, with every address.
#[test]
fn a_moved_key_is_found_on_the_page() {
    let repo = Repo::boxes(&[]);
    let both = "  dev: {sandbox: sandbox.yaml}\n  prod: {sandbox: sandbox.yaml}\n";
    repo.write("provisor.yaml", &format!("project: test\ndeclarations: [products.yaml]\nlocations:\n{both}"));
    let under = |key: &str| {
        let name = "provisioned_product_name: \"one-${location.name}\"";
        format!(
            "  {key}: {{{name}, product_name: box, provisioning_artifact_name: v1, locations: [dev, prod], parameters: {{Name: x}}}}\n"
        )
    };
    repo.declare(&under("one"));
    repo.apply().exits(0);
    repo.declare(&(under("eins") + "moved: [{from: one, to: eins}]\n"));
    let page = repo.sh("plan --format html").exits(0).out;
    let entry = page.split("<li data-entry>").nth(1).unwrap().split("</li>").next().unwrap();
    for address in ["one@dev", "one@prod", "eins@dev", "eins@prod"] {
        assert!(entry.contains(address), "{address} in {entry}");
    }
}

/// Each of several locations: what was there is called as it was.
#[test]
fn a_key_that_is_moved_on_several_locations_has_its_old_addresses() {
    let repo = Repo::new(&under("one").replace("{provis", "{locations: [dev, prod], provis"));
    let location = |name: &str, account: &str| {
        format!("  {name}: {{sandbox: sandbox.yaml, account_id: \"{account}\", regions: [eu-west-1]}}\n")
    };
    let both = location("dev", "410000000001") + &location("prod", "410000000002");
    repo.write("provisor.yaml", &format!("project: test\ndeclarations: [products.yaml]\nlocations:\n{both}"));
    repo.apply().exits(0);
    let moved = under("eins").replace("{provis", "{locations: [dev, prod], provis");
    repo.declare(&(moved + "moved: [{from: one, to: eins}]\n"));
    let plan = repo.sh("plan --json").exits(0).json();
    assert_eq!(plan["moved"][0], serde_json::json!({"from": "one@dev", "to": "eins@dev"}), "{plan}");
    let plan = repo.sh("plan --format terraform-json").exits(0).json();
    let row = &plan["resource_changes"][0];
    let address = |key: &str| format!("aws_servicecatalog_provisioned_product.{key}[\"dev\"]");
    assert_eq!(
        (row["address"].as_str(), row["previous_address"].as_str()),
        (Some(&*address("eins")), Some(&*address("one"))),
        "{plan}"
    );
    repo.apply().exits(0).says(&["Also: 2 moved (in the state only).", "one on dev, prod has moved to eins"]);
}

#[test]
fn a_rename_that_nobody_wrote_is_offered() {
    let repo =
        Repo::new("  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: x}}\n");
    repo.apply().exits(0);
    repo.declare("  two: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: x}}\n");
    repo.sh("plan").exits(0).says(&[
        "a rename? `moved: [{from: one, to: two}]` and `provisioned_product_name: one` keep what is there",
    ]);
    repo.declare("  two: {provisioned_product_name: one, product_name: box, provisioning_artifact_name: v1, parameters: {Name: x}}\nmoved: [{from: one, to: two}]\n");
    repo.apply().exits(0).says(&["# one has moved to two"]);
    repo.settled();
}

#[test]
fn a_protection_that_is_only_remembered_is_released() {
    let repo = Repo::new(
        &boxed("one", "").replace("parameters", "lifecycle: {prevent_terminate: true}, parameters"),
    );
    repo.apply().exits(0);
    repo.write("products.yaml", "provisioned_products: {}\n");
    repo.sh("plan").exits(5).says(&["`removed: [{address: one, prevent_terminate: false}]` releases it"]);
    repo.write(
        "products.yaml",
        "provisioned_products: {}\nremoved: [{address: one, prevent_terminate: false}]\n",
    );
    repo.apply().exits(0).says(&["1 destroyed"]);
    repo.settled();
    assert!(repo.existing().is_empty());
}

#[test]
fn what_is_forgotten_stays_as_it_is() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.write("products.yaml", "provisioned_products: {}\nremoved: [{address: '*', on_removal: forget}]\n");
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.existing().len(), 2);
}

/// A move that dies at any moment is done, or is not.
#[test]
fn a_killed_move_loses_nothing() {
    let keys: Vec<String> = (0..6).map(|n| format!("k{n}")).collect();
    let named = |prefix: &str| -> String {
        keys.iter()
            .map(|key| format!("  {prefix}{key}: {{provisioned_product_name: {key}, product_name: box, provisioning_artifact_name: v1, parameters: {{Name: {key}}}}}\n"))
            .collect()
    };
    let repo = Repo::new(&named("a"));
    repo.apply().exits(0);
    for round in 0..10_u64 {
        let (from, to) = if round % 2 == 0 { ("a", "b") } else { ("b", "a") };
        let moves: String =
            keys.iter().map(|key| format!("  - {{from: {from}{key}, to: {to}{key}}}\n")).collect();
        repo.declare(&format!("{}moved:\n{moves}", named(to)));
        let mut child = repo.command(&["apply", "--auto-approve"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(round * 25));
        child.kill().unwrap();
        child.wait().unwrap();
        repo.apply().exits(0);
        repo.settled();
        let listed = repo.sh("state list").out;
        assert!(
            listed.lines().count() == 6 && listed.lines().all(|line| line.starts_with(to)),
            "{round}: {listed}"
        );
    }
    assert_eq!(repo.called("ProvisionProduct"), 6);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
}

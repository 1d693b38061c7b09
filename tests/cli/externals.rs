//! Somebody else's provisioned product: its outputs are used, it is never touched, and a saved plan is stale once it moved.

use serde_json::json;

use super::support::{Repo, boxed};

#[test]
fn values_of_others_are_used_and_held_by_a_saved_plan() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    // from here on `one` belongs to somebody else
    repo.write("products.yaml", "provisioned_products: {}\nremoved: [{address: one, on_removal: forget}]\n");
    repo.apply().exits(0);
    let two = boxed("two", "Note: \"${external.shared.outputs.Note}\"");
    let external = "external:\n  shared: {provisioned_product_name: one}\n";
    repo.declare(&format!("{two}{external}"));
    repo.sh("validate").exits(0);
    repo.sh("plan --out a.bin").exits(0).says(&["# two will be created", "\"none\""]);
    repo.sh("plan --out b.bin").exits(0);
    let parameters = json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "theirs"}]);
    let body = json!({"ProductName": "box", "ProvisioningArtifactName": "v1",
        "ProvisioningParameters": parameters, "UpdateToken": "by-hand"});
    repo.sh("apply a.bin").exits(0);
    repo.settled();
    repo.meddle("UpdateProvisionedProduct", body);
    repo.sh("plan --out c.bin").exits(0).says(&["# two will be updated in-place", "\"none\" -> \"theirs\""]);
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.sh("output two Note --raw").out, "theirs");
    repo.meddle("TerminateProvisionedProduct", json!({"TerminateToken": "by-hand"}));
    repo.sh("plan").exits(1).tells(&["`external.shared` is not there", "external:"]);
    assert_eq!(repo.sh("state list").out, "two\n");
}

#[test]
fn a_saved_plan_is_stale_once_they_have_changed_it() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.write("products.yaml", "provisioned_products: {}\nremoved: [{address: one, on_removal: forget}]\n");
    repo.apply().exits(0);
    let two = boxed("two", "Note: \"${external.shared.outputs.Note}\"");
    repo.declare(&format!("{two}external:\n  shared: {{provisioned_product_name: one}}\n"));
    repo.sh("plan --out a.bin").exits(0);
    let parameters = json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "theirs"}]);
    let body = json!({"ProductName": "box", "ProvisioningArtifactName": "v1",
        "ProvisioningParameters": parameters, "UpdateToken": "by-hand"});
    repo.meddle("UpdateProvisionedProduct", body);
    repo.sh("apply a.bin")
        .exits(6)
        .tells(&["external.shared", "has been changed since the plan was filled with its values"]);
    assert_eq!(repo.existing().len(), 1, "nothing was made");
}

/// What is written of removals stays when it is done; what never was is told.
#[test]
fn a_removal_that_never_fitted_anything_is_a_note() {
    let repo = Repo::boxes(&["one", "two"]);
    let removed = "removed: [{address: one, on_removal: forget}, {address: 'noe*', on_removal: forget}, {address: tow, on_removal: forget}]\n";
    repo.write("products.yaml", &format!("provisioned_products:\n{}{removed}", boxed("three", "")));
    let first = repo.sh("plan").exits(0);
    assert!(!first.out.contains("`removed:`"), "nothing is remembered yet\n{}", first.out);
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    repo.apply().exits(0);
    repo.write("products.yaml", &format!("provisioned_products:\n{}{removed}", boxed("two", "")));
    let note = "`removed:` names it, and nothing that the state remembers is or was called so";
    repo.sh("plan").exits(0).says(&[
        "one will be forgotten",
        &format!("Note: noe*: {note}"),
        "did you mean `two`?",
    ]);
    repo.apply().exits(0);
    let plan = repo.sh("plan --detailed-exitcode").exits(0).says(&[&format!("Note: noe*: {note}")]);
    assert!(!plan.out.contains("Note: one"), "it is done\n{}", plan.out);
}

#[test]
fn what_is_ours_and_external_is_refused_at_both_places() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.declare(&format!("{}external:\n  shared: {{provisioned_product_name: one}}\n", boxed("one", "")));
    for command in ["validate", "plan"] {
        repo.sh(command).exits(1).tells(&["products.yaml:4:3", "managed here", "`${one.outputs.KEY}`"]);
    }
}

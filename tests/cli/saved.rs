//! Saved plans again: what they touch when they are refused, and what they still know of what they leave alone.

use serde_json::json;

use super::support::{Repo, SETTINGS, boxed};

/// `one`, declared under another key.
fn under(key: &str, parameters: &str) -> String {
    boxed(key, parameters)
        .replace("{product_name", "{provisioned_product_name: one, product_name")
        .replace(&format!("Name: {key}"), "Name: one")
}

#[test]
fn a_refused_plan_renames_nothing() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.declare(&(under("eins", "Note: x") + &boxed("two", "")));
    repo.sh("plan --out p.bin").exits(0).says(&["# one has moved to eins"]);
    let before = repo.sh("state pull").exits(0).out;
    repo.sh(&format!("apply p.bin --checksum {}", "0".repeat(64))).exits(6);
    assert_eq!(repo.sh("state pull").out, before, "a wrong checksum");
    let parameters = json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "by hand"}]);
    let body = json!({"ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisioningParameters": parameters, "UpdateToken": "by-hand"});
    repo.meddle("UpdateProvisionedProduct", body);
    repo.sh("apply p.bin").exits(6).tells(&["stale", "eins"]);
    assert_eq!(repo.sh("state pull").out, before, "a stale plan");
    repo.sh("plan --out q.bin").exits(0);
    repo.sh("apply q.bin").exits(0).says(&["0 added, 1 changed, 0 destroyed"]);
    assert_eq!(repo.sh("state list").out, "eins\ntwo\n");
    repo.settled();
}

#[test]
fn a_secret_output_elsewhere_is_read_for_a_saved_plan() {
    let sender = "  one: {product_name: box, provisioning_artifact_name: v1, location: dev, sensitive_outputs: [Note], parameters: {Name: one, Note: gives-this-away}}\n";
    let taker = "  two: {product_name: box, provisioning_artifact_name: v1, location: prod, parameters: {Name: two, Note: \"${one@dev.outputs.Note}\"}}\n";
    let repo = Repo::new(sender);
    let location = |name: &str, account: &str| {
        format!("  {name}: {{sandbox: sandbox.yaml, account_id: \"{account}\", regions: [eu-west-1]}}\n")
    };
    let both = location("dev", "410000000001") + &location("prod", "410000000002");
    repo.write("provisor.yaml", &format!("project: test\ndeclarations: [products.yaml]\nlocations:\n{both}"));
    repo.apply().exits(0);
    repo.declare(&format!("{sender}{taker}"));
    repo.sh("plan --out p.bin").exits(0);
    assert!(!repo.read("p.bin").contains("gives-this-away"));
    repo.sh("apply p.bin").exits(0).says(&["1 added"]);
    repo.settled();
}

#[test]
fn a_change_by_hand_that_is_accepted_by_a_saved_plan_is_recorded_as_it_is() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    let parameters = json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "by hand"}]);
    let body = json!({"ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisioningParameters": parameters, "UpdateToken": "by-hand"});
    repo.meddle("UpdateProvisionedProduct", body);
    repo.sh("plan --refresh-only --out p.bin").exits(0);
    let updates = repo.called("UpdateProvisionedProduct");
    repo.sh("apply p.bin").exits(0);
    assert_eq!(repo.called("UpdateProvisionedProduct"), updates, "nothing was sent");
    assert_eq!(repo.sh("output one Note --raw").out, "by hand");
    repo.settled();
}

#[test]
fn a_saved_plan_knows_the_arn_of_what_it_leaves_alone() {
    let third = boxed("three", "Note: \"${two.outputs.Note} ${one.arn}\"");
    let repo = Repo::new(&(boxed("one", "") + &boxed("two", "")));
    repo.apply().exits(0);
    repo.declare(&(boxed("one", "") + &boxed("two", "Note: later") + &third));
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("apply p.bin").exits(0).says(&["1 added, 1 changed"]);
    let note = repo.sh("output three Note --raw").exits(0).out;
    assert!(note.starts_with("later arn:"), "{note}");
    repo.settled();
}

#[test]
fn a_saved_plan_of_nothing_says_so() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("apply p.bin").exits(0).says(&["No changes."]);
}

#[test]
fn a_saved_plan_keeps_to_itself_and_leaves_no_half() {
    use std::os::unix::fs::PermissionsExt;
    let repo = Repo::boxes(&["one"]);
    repo.write("p.bin", "what was there before");
    repo.sh("plan --out p.bin").exits(1).tells(&["`p.bin`", "not a saved plan"]);
    assert_eq!(repo.read("p.bin"), "what was there before");
    repo.write("p.bin", "");
    let path = repo.path().join("p.bin");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    repo.sh("plan --out p.bin").exits(0);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!repo.path().join("p.bin.tmp").exists());
    repo.sh("plan --out nowhere/p.bin").exits(1).tells(&["nowhere/p.bin"]);
    repo.sh("apply p.bin").exits(0);
}

#[test]
fn a_saved_plan_stops_at_a_location_that_is_frozen_since() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan --out p.bin").exits(0);
    repo.write("provisor.yaml", &SETTINGS.replace("sandbox.yaml}", "sandbox.yaml, frozen: true}"));
    repo.sh("apply p.bin").exits(6).tells(&["stale", "`one`: its location is frozen now"]);
    repo.write("provisor.yaml", SETTINGS);
    repo.sh("apply p.bin").exits(0).says(&["1 added"]);
}

/// Seven accounts; the simulated Control Tower fails what goes beyond five at a time.
fn accounts() -> (Repo, String) {
    let account = |n: usize| {
        format!(
            "  a{n}: {{product_name: factory, provisioning_artifact_name: v1, parameters: {{AccountName: a{n}, AccountEmail: a{n}@example.com}}}}\n"
        )
    };
    let seven: String = (0..7).map(account).collect();
    let repo = Repo::new(&seven);
    let product = "      - name: factory\n        type: CONTROL_TOWER_ACCOUNT\n        versions: [{name: v1, template: account.yaml}]\n        durations: {provision: 600s, update: 600s, terminate: 600s}\n";
    repo.edit("sandbox.yaml", "      - name: box\n", &format!("{product}      - name: box\n"));
    repo.write(
        "account.yaml",
        "Parameters:\n  AccountName: {Type: String}\n  AccountEmail: {Type: String}\nResources:\n  Topic: {Type: \"AWS::SNS::Topic\"}\nOutputs:\n  Name: {Value: !Ref AccountName}\n",
    );
    (repo, seven)
}

#[test]
fn accounts_go_five_at_a_time_whichever_way_they_are_planned() {
    let (repo, seven) = accounts();
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("apply p.bin").exits(0).says(&["7 added"]);
    repo.sh("plan --destroy --out p.bin").exits(0);
    repo.sh("apply p.bin").exits(0).says(&["7 destroyed"]);
    repo.apply().exits(0).says(&["7 added"]);
    repo.sh("destroy --auto-approve").exits(0).says(&["7 destroyed"]);
    repo.apply().exits(0);
    repo.declare("");
    repo.sh("apply --auto-approve --max-terminate 7").exits(0).says(&["7 destroyed"]);
    repo.declare(&seven);
    repo.apply().exits(0);
    repo.sh("destroy --auto-approve --no-refresh").exits(0).says(&["7 destroyed"]);
    assert_eq!(repo.called("ProvisionProduct"), 28);
    // the sixth of each time waits for one of the five before it
    let calls = repo.calls();
    let ends = calls.iter().filter(|call| call["operation"] == "TerminateProvisionedProduct");
    let began: Vec<f64> = ends.filter_map(|call| call["virtual_time"].as_f64()).collect();
    assert_eq!(began.len(), 28);
    for seven in began.chunks(7) {
        assert!(seven[5] - seven[0] >= 600.0, "{seven:?}");
    }
}

#[test]
fn renames_keep_to_the_selection_and_are_backed_up() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.declare(&(under("eins", "") + &boxed("two", "")));
    let other = repo.sh("plan --target two").exits(0);
    assert!(!other.out.contains("has moved"), "{}", other.out);
    repo.sh("apply --auto-approve --target two").exits(0);
    assert_eq!(repo.sh("state list").out, "one\ntwo\n");
    repo.write("provisor.yaml", &SETTINGS.replace("sandbox.yaml}", "sandbox.yaml, frozen: true}"));
    repo.sh("apply --auto-approve").exits(0);
    assert_eq!(repo.sh("state list").out, "one\ntwo\n", "nothing changes on a frozen location");
    repo.write("provisor.yaml", SETTINGS);
    let held = |key: &str| {
        let all = super::support::files(&repo.path().join("state/backups"));
        all.iter().any(|path| std::fs::read_to_string(path).unwrap().contains(key))
    };
    assert!(!held("eins"));
    repo.apply().exits(0).says(&["# one has moved to eins"]);
    assert_eq!(repo.sh("state list").out, "eins\ntwo\n");
    assert!(held("eins"), "a renaming alone is backed up");
    repo.settled();
}

/// Whoever carries a plan out guards what is terminated, however lax the settings were that it was made with.
#[test]
fn a_saved_plan_is_held_against_the_guard_of_whoever_applies_it() {
    let repo = Repo::boxes(&["one", "two", "three"]);
    repo.apply().exits(0);
    repo.declare(&boxed("one", ""));
    let guards =
        |most: &str| repo.write("provisor.yaml", &format!("{SETTINGS}guards: {{max_terminate: {most}}}\n"));
    guards("100%");
    repo.sh("plan --out p.bin").exits(0);
    let kept = "it destroys 2 provisioned products, and `guards.max_terminate` allows 1";
    let hint = "`--max-terminate 2` allows it this once";
    for most in ["1", "10%"] {
        guards(most);
        repo.sh("apply p.bin").exits(5).says(&[kept, hint]);
    }
    repo.write("provisor.yaml", SETTINGS);
    repo.sh("apply p.bin").exits(5).says(&[kept, hint]);
    guards("2");
    repo.sh("apply p.bin --max-terminate 0").exits(5).says(&["allows 0"]);
    repo.sh("apply p.bin --max-terminate many").exits(64);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
    repo.sh("apply p.bin").exits(0).says(&["2 destroyed"]);
}

#[test]
fn what_allowed_terminations_when_a_plan_was_made_counts_where_no_settings_are_trusted() {
    let repo = Repo::boxes(&["one", "two", "three", "four"]);
    repo.apply().exits(0);
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    repo.sh("plan --max-terminate 2 --out p.bin").exits(0);
    repo.sh("apply p.bin").exits(0).says(&["2 destroyed"]);
    // a guard that nobody wrote does not hold for `destroy`
    repo.sh("plan --destroy --out p.bin").exits(0);
    repo.write("provisor.yaml", &format!("{SETTINGS}guards: {{max_terminate: 1}}\n"));
    repo.sh("apply p.bin").exits(5).says(&["it destroys 2 provisioned products"]);
    repo.write("provisor.yaml", SETTINGS);
    repo.sh("apply p.bin").exits(0).says(&["2 destroyed"]);
}

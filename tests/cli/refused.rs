//! What is refused needs a decision and stops a plan; what is deferred needs only time; what only the state holds is a change.

use serde_json::{Value, json};

use super::support::{Repo, SETTINGS, boxed, post};

/// A box that may not be terminated.
fn kept(key: &str) -> String {
    boxed(key, "").replace("{product_name", "{lifecycle: {prevent_terminate: true}, product_name")
}

#[test]
fn a_refused_step_stops_the_plan_unless_it_is_skipped() {
    let repo = Repo::new(&(kept("one") + &boxed("two", "")));
    repo.apply().exits(0);
    repo.declare(&(boxed("two", "Note: x") + &boxed("three", "")));
    let says = [
        "! refused: it needs a decision",
        "# one is refused",
        "1 refused step needs a decision",
        "`--skip-refused` does the rest",
    ];
    for line in ["plan", "plan --detailed-exitcode"] {
        repo.sh(line).exits(5).says(&says);
    }
    repo.sh("plan --json").exits(5).tells(&["1 refused step needs a decision"]);
    let calls = repo.called("UpdateProvisionedProduct") + repo.called("ProvisionProduct");
    let refused = repo.apply().exits(5).says(&says);
    assert!(!refused.out.contains("Apply"), "{}", refused.out);
    repo.sh("apply").exits(5).says(&says);
    assert_eq!(
        repo.called("UpdateProvisionedProduct") + repo.called("ProvisionProduct"),
        calls,
        "nothing of it"
    );
    let skips = ["1 refused step needs a decision: the rest is done without it"];
    repo.sh("plan --skip-refused").exits(0).says(&skips);
    repo.sh("plan --skip-refused --detailed-exitcode").exits(2).says(&skips);
    repo.sh("apply --skip-refused").exits(5).tells(&["no terminal"]);
    let done = repo.sh("apply --auto-approve --skip-refused").exits(3);
    done.says(&[
        "1 added, 1 changed, 0 destroyed",
        "refused",
        "needs a decision: each says what can be done",
    ]);
    repo.sh("apply --auto-approve --skip-refused").exits(3);
    repo.sh("plan --skip-refused").exits(0);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
}

#[test]
fn a_saved_plan_remembers_that_refused_steps_are_skipped() {
    let repo = Repo::new(&(kept("one") + &boxed("two", "")));
    repo.apply().exits(0);
    repo.declare(&boxed("two", "Note: x"));
    repo.sh("plan --out p.bin").exits(5).tells(&["not saved"]);
    assert!(!repo.path().join("p.bin").exists());
    repo.sh("plan --out p.bin --skip-refused").exits(0).tells(&["Saved the plan"]);
    assert_eq!(repo.sh("show p.bin --json").exits(0).json()["saved"]["skips_refused"], true);
    let shown = repo.sh("show p.bin").exits(0).says(&["the rest is done without it"]);
    assert!(!shown.out.contains("--skip-refused"), "{}", shown.out);
    repo.sh("apply p.bin --skip-refused").exits(64);
    repo.sh("apply p.bin").exits(3).says(&["0 added, 1 changed, 0 destroyed"]);
}

#[test]
fn a_written_guard_holds_for_destroy() {
    let repo = Repo::boxes(&["one", "two", "three"]);
    repo.apply().exits(0);
    for written in ["0", "2", "50%"] {
        repo.write("provisor.yaml", &format!("{SETTINGS}guards: {{max_terminate: {written}}}\n"));
        for line in ["destroy --auto-approve", "plan --destroy", "apply --destroy --auto-approve"] {
            repo.sh(line).exits(5).says(&["it destroys 3 provisioned products", "`--max-terminate 3`"]);
        }
    }
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
    repo.sh("destroy --auto-approve --max-terminate 2").exits(5);
    repo.sh("destroy --auto-approve --max-terminate 3").exits(0);
    repo.apply().exits(0);
    repo.write("provisor.yaml", SETTINGS);
    repo.sh("apply -destroy -auto-approve").exits(0).says(&["Destroy complete! Resources: 3 destroyed."]);
}

#[test]
fn destroy_stops_at_what_is_protected() {
    let repo = Repo::new(&(kept("one") + &boxed("two", "")));
    repo.apply().exits(0);
    repo.sh("destroy --auto-approve").exits(5).says(&["# one is refused"]);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
    repo.sh("destroy --auto-approve --skip-refused").exits(3);
    assert_eq!(repo.existing(), [("one".into(), "AVAILABLE".into())]);
}

#[test]
fn what_cannot_go_before_something_refused_is_refused_by_the_plan() {
    let base = boxed("base", "");
    let repo = Repo::new(
        &(kept("one").replace("{lifecycle", "{depends_on: [base], lifecycle") + &base + &boxed("two", "")),
    );
    repo.apply().exits(0);
    repo.declare(&boxed("three", ""));
    let says = [
        "# one is refused",
        "# base is refused",
        "it can only go after `one`, which is refused",
        "Plan: 1 to add, 0 to change, 1 to destroy.",
        "Also: 2 refused.",
        "2 refused steps need a decision",
    ];
    repo.sh("plan").exits(5).says(&says);
    repo.sh("destroy --auto-approve").exits(5).says(&["Also: 2 refused."]);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
    let done = repo.sh("apply --auto-approve --skip-refused").exits(3);
    let done = done.says(&["1 added, 0 changed, 1 destroyed", "2 refused"]);
    assert!(!done.out.contains("blocked"), "{}", done.out);
    // a replacement that is refused is one decision
    let refused = repo.sh("plan --replace three --allow create,destroy").exits(5);
    assert_eq!(refused.out.matches("# three is refused").count(), 1, "{}", refused.out);
    let summary =
        repo.sh("plan --replace three --allow create,destroy --target three --json").exits(5).json();
    assert_eq!(
        (&summary["summary"]["refused"], &summary["steps"].as_array().unwrap().len()),
        (&json!(1), &1)
    );
}

#[test]
fn an_edit_of_what_only_the_state_holds_is_a_change() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.declare(&kept("one"));
    let counted = ["Plan: 0 to add, 0 to change, 0 to destroy.", "1 to remember"];
    let plan = repo.sh("plan --detailed-exitcode").exits(2).says(&counted);
    assert!(!plan.out.contains("No changes"), "{}", plan.out);
    assert_eq!(repo.sh("plan --json").exits(0).json()["summary"]["remember"], 1);
    repo.apply().exits(0).says(&["Apply complete! Resources: 0 added, 0 changed, 0 destroyed."]);
    repo.settled();
    // a key that is renamed is one too
    repo.declare(
        &kept("eins")
            .replace("{lifecycle", "{provisioned_product_name: one, lifecycle")
            .replace("Name: eins", "Name: one"),
    );
    repo.sh("plan --detailed-exitcode").exits(2).says(&[counted[0], "1 to move (in the state only)"]);
    repo.sh("plan --out p.bin").exits(0);
    assert_eq!(repo.sh("show p.bin --json").exits(0).json()["summary"]["remember"], 1);
    repo.sh("apply p.bin").exits(0);
    repo.settled();
    assert_eq!(repo.sh("state list").out, "eins\n");
}

#[test]
fn a_run_without_steps_says_that_nothing_is_real_too() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let last = |done: &str| -> Value { serde_json::from_str(done.lines().last().unwrap()).unwrap() };
    let idle = repo.sh("apply --auto-approve --json").exits(0);
    assert_eq!(last(&idle.out)["summary"]["simulated"], true, "{}", idle.out);
    repo.declare(
        &boxed("eins", "")
            .replace("{product_name", "{provisioned_product_name: one, product_name")
            .replace("Name: eins", "Name: one"),
    );
    repo.apply().exits(0).says(&["Apply complete!", "Nothing is real on demo (simulated)."]);
    assert_eq!(repo.sh("state list").out, "eins\n");
}

#[test]
fn the_summary_has_its_words() {
    let repo = Repo::new(&(boxed("one", "") + &boxed("two", "Note: \"${one.outputs.Note}\"")));
    repo.apply().exits(0);
    repo.declare(&(boxed("one", "Note: a") + &boxed("two", "Note: \"${one.outputs.Size}\"")));
    let document = repo.sh("plan --json").exits(0).json();
    let names = [
        "add",
        "change",
        "destroy",
        "import",
        "forget",
        "may_change",
        "remember",
        "refused",
        "deferred",
        "resume",
    ];
    for name in names {
        assert!(document["summary"][name].is_u64(), "{name}: {}", document["summary"]);
    }
    repo.declare(&(boxed("one", "Note: a") + &boxed("two", "Note: \"${one.outputs.Note}\"")));
    let summary = &repo.sh("plan --json").exits(0).json()["summary"];
    assert_eq!((&summary["change"], &summary["may_change"]), (&json!(1), &json!(1)), "{summary}");
    repo.sh("plan").exits(0).says(&[
        "# one will be updated in-place",
        "# two may be updated, if its inputs change",
        "Plan: 0 to add, 1 to change, 0 to destroy.",
        "1 more may change.",
    ]);
}

/// Somebody makes a change-set plan for `one` and leaves it.
fn pend(repo: &Repo) -> (String, String) {
    repo.served(|url| {
        let product = post(url, "SearchProducts", &json!({}))["ProductViewSummaries"].clone();
        let product = product.as_array().unwrap().iter().find(|one| one["Name"] == "box").unwrap()["ProductId"].clone();
        let version = post(url, "DescribeProduct", &json!({"Id": product}))["ProvisioningArtifacts"][0]["Id"].clone();
        let body = json!({"PlanName": "theirs", "PlanType": "CLOUDFORMATION", "ProductId": product, "ProvisioningArtifactId": version,
            "ProvisionedProductName": "one", "IdempotencyToken": "by-hand", "ProvisioningParameters": [{"Key": "Name", "Value": "one"}]});
        let answer = post(url, "CreateProvisionedProductPlan", &body);
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        (text(&answer["PlanId"]), text(&answer["ProvisionProductId"]))
    })
}

#[test]
fn a_plan_of_somebody_else_is_waited_for_and_the_rest_goes_on() {
    let repo = Repo::boxes(&["one", "two"]);
    let (plan, product) = pend(&repo);
    let says = [
        "? deferred: it is left to a later run",
        "# one is deferred",
        &product,
        &format!("`theirs` ({plan})"),
        &format!("execute-provisioned-product-plan --plan-id {plan}"),
        &format!("delete-provisioned-product-plan --plan-id {plan}"),
        "1 deferred step needs only time",
    ];
    repo.sh("plan").exits(0).says(&says);
    repo.sh("plan --detailed-exitcode").exits(2).says(&says);
    let document = repo.sh("plan --json").exits(0).json();
    assert_eq!((&document["summary"]["deferred"], &document["summary"]["refused"]), (&json!(1), &json!(0)));
    let step = document["steps"].as_array().unwrap().iter().find(|step| step["address"] == "one").unwrap();
    assert_eq!((&step["action"], &step["deferred"]["rule"]), (&json!("defer"), &json!("plan_in_progress")));
    repo.sh("plan --out p.bin").exits(0);
    let done = repo.sh("apply p.bin").exits(4);
    done.says(&[
        "1 added, 0 changed, 0 destroyed",
        "not started",
        "theirs",
        "What is deferred needs only time",
    ]);
    let alone = repo.apply().exits(4);
    alone.says(&["not started"]);
    let events = repo.sh("apply --auto-approve --json").exits(4);
    let last: Value = serde_json::from_str(events.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["summary"]["steps"][0]["outcome"]["kind"], "not_started", "{last}");
    repo.served(|url| post(url, "DeleteProvisionedProductPlan", &json!({"PlanId": plan})));
    repo.apply().exits(0).says(&["1 added"]);
    repo.settled();
}

#[test]
fn an_operation_of_somebody_else_is_waited_for() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 1");
    repo.declare(&(boxed("one", "Note: a") + &boxed("two", "Note: a")));
    repo.served(|url| {
        let parameters = json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "by hand"}]);
        let body = json!({"ProvisionedProductName": "one", "ProductName": "box", "ProvisioningArtifactName": "v1",
            "ProvisioningParameters": parameters, "UpdateToken": "by-hand"});
        assert!(post(url, "UpdateProvisionedProduct", &body)["RecordDetail"]["RecordId"].is_string());
    });
    let says =
        ["# one is deferred", "an operation that is not ours is running", "# two will be updated in-place"];
    repo.sh("plan").exits(0).says(&says);
    repo.sh("plan --detailed-exitcode").exits(2).says(&says);
    let done = repo.sh("apply --auto-approve --no-wait").exits(4);
    done.says(&["in flight", "not started", "What is deferred needs only time"]);
    assert_eq!(repo.called("UpdateProvisionedProduct"), 2, "theirs, and ours of the other");
}

/// What comes after a step that is refused is no step that is promised: apply would find it blocked.
#[test]
fn what_is_filled_from_something_refused_is_deferred_by_the_plan() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let needs = boxed("two", "Note: \"${one.outputs.Arn}\"");
    repo.declare(&(boxed("one", "Note: b") + &needs + &boxed("three", "")));
    let says = [
        "# one is refused",
        "# two is deferred",
        "blocked by `one`, which is refused",
        "# three will be created",
        "Plan: 1 to add, 0 to change, 0 to destroy.",
        "Also: 1 refused, 1 deferred.",
        "1 deferred step comes after what is refused or deferred",
    ];
    repo.sh("plan --allow create").exits(5).says(&says);
    repo.sh("plan --allow create --skip-refused --detailed-exitcode --out p.bin").exits(2).says(&says);
    let json = repo.sh("plan --allow create --skip-refused --json").exits(0).json();
    assert_eq!((&json["summary"]["add"], &json["summary"]["deferred"]), (&json!(1), &json!(1)));
    let two = json["steps"].as_array().unwrap().iter().find(|step| step["address"] == "two").unwrap();
    assert_eq!((&two["action"], &two["deferred"]["rule"]), (&json!("defer"), &json!("blocked")), "{two}");
    let terraform = repo.sh("plan --allow create --skip-refused --format terraform-json").exits(0).json();
    let creates = terraform["resource_changes"].as_array().unwrap().iter();
    let creates = creates.filter(|one| one["change"]["actions"] == json!(["create"])).count();
    assert_eq!(creates, 1, "{terraform}");
    let markdown = repo.sh("plan --allow create --skip-refused --format markdown").exits(0).out;
    assert!(markdown.contains("1 to add") && markdown.contains("1 deferred"), "{markdown}");
    repo.sh("apply p.bin").exits(3).says(&["1 by one: two", "1 added", "1 refused, 1 blocked"]);
    // nothing that could be done is left
    repo.sh("plan --allow create --skip-refused --detailed-exitcode")
        .exits(2)
        .says(&["0 to add", "1 deferred"]);
}

#[test]
fn what_was_accepted_as_it_was_stays_a_remark_until_it_is_applied() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    let parameters = json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "by hand"}]);
    let body = json!({"ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisioningParameters": parameters, "UpdateToken": "by-hand"});
    repo.meddle("UpdateProvisionedProduct", body);
    repo.sh("apply --auto-approve --accept-outside").exits(0);
    let remark = "accepted as they were and are not verified";
    for line in ["plan", "plan --target one", "plan --refresh-only"] {
        repo.sh(line).exits(0).says(&[remark, "No changes."]);
    }
    repo.sh("plan --reapply one").exits(0).says(&["asked for with --reapply", "Plan: 0 to add, 1 to change"]);
    repo.sh("apply --auto-approve --reapply one").exits(0).says(&["1 changed"]);
    let plan = repo.sh("plan --detailed-exitcode").exits(0);
    assert!(!plan.out.contains(remark), "{}", plan.out);
    assert_eq!(repo.sh("output one Note --raw").out, "none");
    for line in ["destroy --reapply one", "apply --destroy --reapply one"] {
        repo.sh(line).exits(64);
    }
}

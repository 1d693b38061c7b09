//! The sandbox's faults: what fails is told with the catalog's text, never recorded as applied, and repaired by running
//! again; what is lost on the way changes nothing in the end.

use std::collections::BTreeSet;

use super::support::{Repo, boxed};

/// `one`, `two` that needs it, and `other` that needs nobody.
fn three(note: &str) -> String {
    boxed("one", &format!("Note: {note}"))
        + &boxed("two", "Note: \"${one.outputs.Arn}\"")
        + &boxed("other", &format!("Note: {note}"))
}

fn available(names: &[&str]) -> Vec<(String, String)> {
    names.iter().map(|name| ((*name).to_owned(), "AVAILABLE".to_owned())).collect()
}

#[test]
fn a_creation_that_rolls_back_blocks_its_dependents_and_is_replaced_by_running_again() {
    let repo = Repo::new(&three("a"));
    repo.faults(&["{operation: provision, provisioned_product: one, outcome: rollback, message: Subnet is full, times: 1}"]);
    let done = repo.apply().exits(3);
    let done = done.says(&["Error: ", "Subnet is full", "blocked", "two", "1 added"]);
    assert!(done.out.contains("rec-"), "the failed record is named\n{}", done.out);
    assert_eq!(repo.called("ProvisionProduct"), 2, "two was never sent");
    assert_eq!(repo.existing(), [("one".into(), "ERROR".into()), ("other".into(), "AVAILABLE".into())]);
    let shown = repo.sh("state show one --json").exits(0).json();
    assert!(shown["rows"][0]["applied"].is_null(), "what failed was never applied: {shown}");
    repo.sh("plan --detailed-exitcode").exits(2).says(&[
        "# one must be replaced",
        "Subnet is full",
        "# two will be created",
        "Plan: 2 to add, 0 to change, 1 to destroy.",
    ]);
    repo.apply().exits(0).says(&["Resources: 2 added, 0 changed, 1 destroyed."]);
    repo.settled();
    assert_eq!(repo.existing(), available(&["one", "other", "two"]));
}

#[test]
fn a_creation_that_failed_is_not_replaced_under_prevent_terminate() {
    let repo = Repo::new(
        &boxed("one", "").replace("{product_name", "{lifecycle: {prevent_terminate: true}, product_name"),
    );
    repo.faults(&["{operation: provision, outcome: rollback, message: Subnet is full, times: 1}"]);
    repo.apply().exits(3);
    repo.sh("plan").exits(5);
    repo.apply().exits(5);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
}

#[test]
fn an_update_that_rolls_back_is_tainted_never_recorded_and_repaired_by_running_again() {
    let repo = Repo::new(&three("a"));
    repo.apply().exits(0);
    repo.declare(&three("b"));
    repo.faults(&[
        "{operation: update, provisioned_product: one, outcome: rollback, message: Quota exceeded, times: 1}",
    ]);
    repo.apply().exits(3).says(&["Quota exceeded", "1 changed"]);
    assert_eq!(repo.existing()[0], ("one".into(), "TAINTED".into()));
    let shown = repo.sh("state show one --json").json();
    assert_eq!(shown["rows"][0]["applied"]["content"]["parameters"]["Note"], "a", "{shown}");
    repo.sh("output one Note --raw").exits(0).says(&["a"]);
    repo.sh("plan --detailed-exitcode").exits(2).says(&[
        "# one will be updated in-place",
        "ainted",
        "Quota exceeded",
        "\"a\" -> \"b\"",
    ]);
    repo.apply().exits(0);
    repo.settled();
    repo.sh("output one Note --raw").says(&["b"]);
    assert_eq!(repo.existing(), available(&["one", "other", "two"]));
}

#[test]
fn a_taint_without_a_change_in_the_declaration_is_a_step_too() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.faults(&[
        "{operation: update, provisioned_product: one, outcome: rollback, message: Quota exceeded, times: 1}",
    ]);
    repo.declare(&boxed("one", "Note: b"));
    repo.apply().exits(3);
    repo.declare(&boxed("one", ""));
    repo.sh("plan --detailed-exitcode").exits(2).says(&["# one will be updated in-place", "Quota exceeded"]);
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.existing(), available(&["one"]));
}

#[test]
fn a_rejected_request_fails_its_step_with_the_catalogs_text() {
    let repo = Repo::new(&three("a"));
    repo.faults(&["{operation: provision, provisioned_product: one, outcome: reject, message: No such thing today, times: 1}"]);
    repo.apply().exits(3).says(&["No such thing today"]);
    assert!(repo.sh("state show one --json").json()["rows"][0]["applied"].is_null());
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.existing(), available(&["one", "other", "two"]));
}

#[test]
fn a_termination_that_fails_is_told_and_done_by_running_again() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.declare(&boxed("two", ""));
    repo.faults(&["{operation: terminate, provisioned_product: one, outcome: delete_fails, message: Bucket is not empty, times: 1}"]);
    repo.apply().exits(3).says(&["Bucket is not empty"]);
    assert_eq!(repo.existing().len(), 2, "nothing escalates by itself");
    for plan in ["plan", "plan --destroy"] {
        let why = [
            "# one will be destroyed",
            "tainted: its last operation failed, record rec-",
            "Bucket is not empty",
        ];
        repo.sh(&format!("{plan} --detailed-exitcode")).exits(2).says(&why);
    }
    let plan = repo.sh("plan --json").json();
    let reasons = &plan["steps"][0]["reasons"];
    assert_eq!(
        (&reasons[0]["reason"], &reasons[1]["reason"]),
        (&"removed".into(), &"tainted".into()),
        "{plan}"
    );
    assert!(reasons[1]["message"].as_str().unwrap().contains("Bucket is not empty"), "{plan}");
    repo.apply().exits(0);
    assert_eq!(repo.existing(), available(&["two"]));
    repo.settled();
}

#[test]
fn a_hanging_operation_is_left_in_flight_and_watched_again() {
    let repo = Repo::new(&three("a"));
    repo.edit("products.yaml", "one: {", "one: {timeouts: {provision: 10m}, ");
    repo.faults(&["{operation: provision, provisioned_product: one, outcome: hang}"]);
    let done = repo.apply().exits(4).says(&["in flight", "one"]);
    assert!(!done.out.contains("Apply complete"), "{}", done.out);
    repo.sh("plan --detailed-exitcode").exits(2);
    repo.apply().exits(4);
    assert_eq!(repo.called("ProvisionProduct"), 2, "one and other, once each");
}

/// A wire that answers nothing but errors: told as what it is, in bounded time, and finished by running again.
#[test]
fn answers_that_never_come_end_the_wait_and_not_the_operation() {
    let impatient = |note: &str| {
        boxed("one", &format!("Note: {note}")).replace(
            "{product_name",
            "{timeouts: {provision: 20m, update: 20m, terminate: 20m}, product_name",
        )
    };
    let broken = |call: &str| format!("{{call: {call}, outcome: error_500}}");
    let repo = Repo::new(&impatient("a"));
    repo.faults(&[&broken("ProvisionProduct")]);
    repo.apply().exits(4).says(&[
        "no answer",
        "one",
        "provisioning: sent, and not answered",
        "un `provisor apply` again",
    ]);
    assert!(repo.existing().is_empty());
    repo.faults(&[&broken("DescribeRecord")]);
    repo.apply().exits(4).says(&["in flight", "one", "rec-"]);
    repo.faults(&[]);
    repo.apply().exits(0);
    repo.settled();
    for (call, says) in [
        ("UpdateProvisionedProduct", "no answer"),
        ("DescribeRecord", "in flight"),
        ("DescribeProvisionedProduct", "in flight"),
    ] {
        repo.declare(&impatient(&format!("for-{call}")));
        repo.faults(&[&broken(call)]);
        repo.apply().exits(4).says(&[says, "one"]);
        repo.faults(&[]);
        repo.apply().exits(0);
        repo.settled();
        assert_eq!(repo.sh("output one Note --raw").out, format!("for-{call}"));
    }
    repo.faults(&[&broken("TerminateProvisionedProduct")]);
    repo.sh("destroy --auto-approve").exits(4).says(&["no answer", "termination: sent, and not answered"]);
    repo.faults(&[]);
    repo.sh("destroy --auto-approve").exits(0);
    assert!(repo.existing().is_empty());
}

/// `one`, that needs `other`.
fn two(note: &str) -> String {
    boxed("one", "Note: \"${other.outputs.Note}\"") + &boxed("other", &format!("Note: {note}"))
}

fn codes(repo: &Repo, operation: &str) -> Vec<String> {
    let calls = repo.calls();
    let of = calls.iter().filter(|call| call["operation"] == operation);
    of.filter_map(|call| Some(call["error_code"].as_str()?.to_owned())).collect()
}

/// Somebody else terminates the product between the plan and the update.
#[test]
fn a_product_that_vanishes_before_its_update_is_planned_again() {
    let repo = Repo::new(&two("a"));
    repo.edit("sandbox.yaml", "update: 60s, terminate: 60s", "update: 900s, terminate: 0s");
    repo.apply().exits(0);
    repo.declare(&two("b"));
    // when the update of `other` is first asked after, all that stands still is terminated
    repo.faults(&["{call: DescribeRecord, outcome: foreign_terminate, times: 1}"]);
    let done = repo.apply().exits(4);
    let done =
        done.says(&["stale", "the provisioned product is gone", "un `provisor apply` again", "1 changed"]);
    assert!(!done.out.contains("Apply complete"), "{}", done.out);
    assert_eq!(codes(&repo, "UpdateProvisionedProduct"), ["ResourceNotFoundException"]);
    assert_eq!(repo.existing(), available(&["other"]));
    let shown = repo.sh("state show one --json").json();
    assert_eq!(shown["rows"][0]["applied"]["content"]["parameters"]["Note"], "a", "{shown}");
    repo.faults(&[]);
    repo.sh("plan --detailed-exitcode")
        .exits(2)
        .says(&["# one will be created", "Plan: 1 to add, 0 to change, 0 to destroy."]);
    repo.apply().exits(0);
    repo.settled();
}

/// Somebody else terminates it first: what was to be gone is gone.
#[test]
fn a_product_that_vanishes_before_its_termination_is_done_with() {
    let repo = Repo::new(&two("a"));
    repo.edit("sandbox.yaml", "terminate: 60s", "terminate: 0s");
    repo.apply().exits(0);
    repo.faults(&["{call: DescribeRecord, outcome: foreign_terminate, times: 1}"]);
    repo.sh("destroy --auto-approve").exits(0).says(&["2 destroyed"]);
    assert_eq!(codes(&repo, "TerminateProvisionedProduct"), ["ResourceNotFoundException"]);
    assert_eq!(repo.sh("state list").out, "");
    assert!(repo.existing().is_empty());
}

/// The service says that it is asked too often, and took the request: it is found, and not sent again.
#[test]
fn what_was_throttled_and_taken_is_not_sent_twice() {
    let taken = |call: &str| format!("{{call: {call}, outcome: throttle_taken, times: 1}}");
    let repo = Repo::boxes(&["one"]);
    repo.faults(&[&taken("ProvisionProduct")]);
    repo.apply().exits(0).says(&["1 added"]);
    assert_eq!(codes(&repo, "ProvisionProduct"), ["ThrottlingException"], "once, and never again");
    assert_eq!(repo.existing(), available(&["one"]));
    repo.declare(&boxed("one", "Note: b"));
    repo.faults(&[&taken("UpdateProvisionedProduct")]);
    repo.apply().exits(0).says(&["1 changed"]);
    assert_eq!(codes(&repo, "UpdateProvisionedProduct"), ["ThrottlingException"]);
    repo.settled();
    repo.faults(&[&taken("TerminateProvisionedProduct")]);
    repo.sh("destroy --auto-approve").exits(0).says(&["1 destroyed"]);
    assert_eq!(codes(&repo, "TerminateProvisionedProduct"), ["ThrottlingException"]);
    assert!(repo.existing().is_empty());
}

/// Whatever is lost, refused or answered with nonsense on the way: it converges, and nothing is doubled.
#[test]
fn lossy_wires_converge() {
    for fault in [
        "{call: ProvisionProduct, outcome: drop_request, times: 2}",
        "{call: ProvisionProduct, outcome: drop_response, times: 2}",
        "{call: ProvisionProduct, outcome: error_500, times: 2}",
        "{call: ProvisionProduct, outcome: throttle, times: 2}",
        "{call: DescribeRecord, outcome: drop_response, times: 3}",
        "{call: DescribeRecord, outcome: error_500, times: 3}",
        "{call: SearchProvisionedProducts, outcome: throttle, times: 2}",
        "{call: GetCallerIdentity, outcome: error_500, times: 1}",
        "{call: \"*\", outcome: throttle, rate: 0.3}",
        "{call: \"*\", outcome: drop_response, rate: 0.15}",
        "{call: \"*\", outcome: drop_request, rate: 0.15}",
        "{call: \"*\", outcome: error_500, rate: 0.15}",
    ] {
        let repo = Repo::new(&three("a"));
        repo.faults(&[fault]);
        converges(&repo, fault);
        assert_eq!(repo.existing(), available(&["one", "other", "two"]), "{fault}");
        assert_eq!(provisioned(&repo).len(), 3, "{fault}: nothing doubled");
        repo.declare(&three("b"));
        repo.faults(&[&fault.replace("ProvisionProduct, ", "UpdateProvisionedProduct, ")]);
        converges(&repo, fault);
        assert_eq!(repo.sh("output one Note --raw").out, "b", "{fault}");
        repo.faults(&[&fault.replace("ProvisionProduct, ", "TerminateProvisionedProduct, ")]);
        let code = (0..5).map(|_| repo.sh("destroy --auto-approve")).find(|done| done.code == Some(0));
        assert!(code.is_some(), "{fault}: destroy");
        repo.faults(&[]);
        assert!(repo.existing().is_empty(), "{fault}");
    }
}

/// Applies up to five times: failures of the wire are no reason to fail for good.
#[track_caller]
fn converges(repo: &Repo, fault: &str) {
    let mut last = String::new();
    for _ in 0..5 {
        let done = repo.apply();
        assert!(matches!(done.code, Some(0 | 1 | 3 | 4)), "{fault}\n{}{}", done.out, done.err);
        if done.code == Some(0) {
            repo.faults(&[]);
            return repo.settled();
        }
        last = format!("{}{}", done.out, done.err);
    }
    panic!("{fault}: not after five runs\n{last}");
}

/// The provisioned products that were ever begun.
fn provisioned(repo: &Repo) -> BTreeSet<String> {
    let calls = repo.calls();
    let begun = calls.iter().filter(|call| call["operation"] == "ProvisionProduct");
    begun.filter_map(|call| call["provisioned_product_id"].as_str().map(ToOwned::to_owned)).collect()
}

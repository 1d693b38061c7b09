//! What only needs time, and what is said of it: a launch role that has not spread, signatures of another time, an Account
//! Factory that is busy in its record. And what a failed stack says, cause first.

use super::support::{Repo, boxed};

const BUSY: &str = "ResourceInUseException  Account Factory cannot complete an operation on this account, because another AWS \
                    Control Tower operation is in progress. Try again later.";

/// An account, and a box that is made after it.
fn accounts() -> Repo {
    let account = "  account: {product_name: factory, provisioning_artifact_name: v1, parameters: {AccountName: a, \
                   AccountEmail: a@b.c, SSOUserFirstName: a, SSOUserLastName: b, SSOUserEmail: a@b.c, \
                   ManagedOrganizationalUnit: Lab}}\n";
    let repo = Repo::new(&(account.to_owned() + &boxed("after", "Note: \"${account.outputs.AccountId}\"")));
    let factory = "      - {name: factory, type: CONTROL_TOWER_ACCOUNT, versions: [{name: v1}], organizational_units: [Lab]}\n";
    repo.write("sandbox.yaml", &(repo.read("sandbox.yaml") + factory));
    repo
}

#[test]
fn a_busy_account_factory_puts_off_and_the_next_run_goes_on() {
    let repo = accounts();
    repo.faults(&[&format!(
        "{{operation: provision, product: factory, outcome: reject, message: \"{BUSY}\", times: 1}}"
    )]);
    let done = repo.apply().exits(4).says(&["put off", "Try again later.", "needs only time", "blocked"]);
    assert!(!done.out.contains("Error:") && !done.out.contains("cause is repaired"), "{}", done.out);
    assert_eq!(repo.existing(), [("account".into(), "TAINTED".into())], "the name stays ours");
    repo.sh("plan --detailed-exitcode")
        .exits(2)
        .says(&["# account will be updated in-place", "Try again later."]);
    repo.apply().exits(0);
    repo.settled();
    assert_eq!((repo.called("ProvisionProduct"), repo.called("UpdateProvisionedProduct")), (2, 1));
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
}

#[test]
fn an_account_that_was_put_off_and_takes_no_update_is_replaced_only_when_asked_for() {
    let repo = accounts();
    repo.write("sandbox.yaml", &(repo.read("sandbox.yaml") + "knobs: {failed_account_is_error: true}\n"));
    repo.faults(&[&format!(
        "{{operation: provision, product: factory, outcome: reject, message: \"{BUSY}\", times: 1}}"
    )]);
    repo.apply().exits(4).says(&["put off"]);
    repo.sh("plan").exits(5).says(&["too busy to make the account", "--replace account"]);
    repo.apply().exits(5);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
    repo.sh("apply --auto-approve --replace account").exits(0);
    repo.settled();
}

#[test]
fn an_account_that_failed_for_a_cause_has_failed() {
    let repo = accounts();
    repo.faults(&["{operation: provision, product: factory, outcome: reject, times: 1}"]);
    let done = repo.apply().exits(3).says(&["Error: ", "could not baseline VPC"]);
    assert!(!done.out.contains("AmazonCloudFormationException"), "{}", done.out);
}

#[test]
fn a_launch_role_that_has_not_spread_is_waited_for_a_bounded_time() {
    let repo = Repo::boxes(&["one"]);
    let role = "constraints: {tag_update: true, launch_role: \"arn:aws:iam::111122223333:role/launch\"}";
    let world = repo.read("sandbox.yaml").replacen("constraints: {tag_update: true}", role, 1);
    let lag = |calls: usize| {
        repo.write("sandbox.yaml", &format!("{world}knobs: {{launch_role_lag_calls: {calls}}}\n"));
    };
    lag(2);
    repo.apply().exits(0);
    assert_eq!(repo.called("ProvisionProduct"), 3);
    repo.declare(&boxed("one", "Note: b"));
    lag(100);
    repo.apply().exits(3).says(&["profile does not exist", "if the launch role was created just now"]);
    assert_eq!(repo.called("UpdateProvisionedProduct"), 7);
    lag(0);
    repo.apply().exits(0);
    repo.settled();
}

#[test]
fn a_signature_of_another_time_is_made_again_a_bounded_number_of_times() {
    let repo = Repo::boxes(&["one"]);
    repo.faults(&[
        "{call: GetCallerIdentity, outcome: signature_expired, times: 1}",
        "{call: SearchProvisionedProducts, outcome: signature_expired, times: 2}",
        "{call: ProvisionProduct, outcome: signature_expired, times: 2}",
    ]);
    repo.apply().exits(0);
    assert_eq!(repo.called("ProvisionProduct"), 3);
    repo.settled();
    repo.declare(&boxed("one", "Note: b"));
    repo.faults(&["{call: UpdateProvisionedProduct, outcome: signature_expired}"]);
    repo.apply().exits(3).says(&["Signature expired: ", "hint: nothing was done: the clock of this machine"]);
    assert_eq!(repo.called("UpdateProvisionedProduct"), 7);
    repo.faults(&["{call: \"*\", outcome: signature_expired}"]);
    repo.sh("plan").exits(1).tells(&["Signature expired: ", "the clock of this machine"]);
    repo.faults(&[]);
    repo.apply().exits(0);
    repo.settled();
}

#[test]
fn a_stack_that_was_rolled_back_says_its_cause_first() {
    let repo = Repo::boxes(&["one"]);
    repo.faults(&["{operation: provision, outcome: rollback, times: 1}"]);
    let cause = "| Topic (AWS::SNS::Topic): Failed by a fault of the sandbox\n";
    let done = repo
        .apply()
        .exits(3)
        .says(&[cause, "(AWS::CloudFormation::Stack): The following resource(s) failed"]);
    assert!(!done.out.contains("Errors from CloudFormation"), "{}", done.out);
    let failed = done.out.find(cause).unwrap();
    assert!(failed < done.out.find("(AWS::CloudFormation::Stack)").unwrap(), "{}", done.out);
    repo.sh("plan").exits(0).says(&[cause]);
    repo.sh("state show one").exits(0).says(&[cause]);
}

#[test]
fn programs_are_given_the_text_and_the_events() {
    let repo = Repo::boxes(&["one"]);
    repo.faults(&["{operation: provision, outcome: rollback, times: 1}"]);
    let done = repo.sh("apply --auto-approve --json").exits(3);
    let mut events = done.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let ended = events.rfind(|event| event["outcome"]["kind"] == "failed").expect("a step that failed");
    let error = &ended["outcome"]["errors"][0];
    assert!(error["message"].as_str().unwrap().starts_with("Errors from CloudFormation: [{"), "{error}");
    assert_eq!(error["events"][1]["logical_resource_id"], "Topic", "in the catalog's order");
    assert_eq!(error["code"], "", "a code that is not there is not made up");
}

#[test]
fn what_is_throttled_for_as_long_as_a_step_may_take_is_put_off() {
    let impatient = boxed("one", "").replace("{product_name", "{timeouts: {provision: 20m}, product_name");
    let repo = Repo::new(&impatient);
    repo.faults(&["{call: ProvisionProduct, outcome: throttle}"]);
    let done = repo.apply().exits(4).says(&["put off", "Rate exceeded", "needs only time"]);
    assert!(!done.out.contains("Error:") && !done.out.contains("not answered"), "{}", done.out);
    let (sent, looks) = (repo.called("ProvisionProduct"), repo.called("DescribeProvisionedProduct"));
    assert!((2..60).contains(&sent), "{sent} requests in twenty minutes: the pauses grow");
    assert!(looks >= sent, "{looks} looks for {sent} requests");
    repo.faults(&[]);
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.existing(), [("one".into(), "AVAILABLE".into())]);
}

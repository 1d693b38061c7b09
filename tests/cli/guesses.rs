//! The same story under each answer of which nobody knows whether the service gives it: made, killed, changed, killed, ended.
//! Whatever the answer is, nothing is doubled, nothing is lost, and the plan is empty in the end.

use std::time::Duration;

use super::support::{Done, Repo, boxed};

/// The open points of docs/sandbox.md, each in the position that is not the default.
const GUESSES: [&str; 24] = [
    "updates_show_their_token: true",
    "changes_show_late: true",
    "unchanged_update_fails: true",
    "terminate_token_lasts: true",
    "any_search_query: true",
    "unstable_search: true",
    "search_lag: 20s",
    "terminated_name_lag: 20s",
    "path_lag_calls: 1",
    "launch_role_lag_calls: 1",
    "token_lifetime: 1h",
    "first_violation_only: true",
    "refuse_unknown_members: true",
    "tag_option_required: true",
    "record_error_code: \"400\"",
    "token_reuse_error: InvalidParametersException",
    "update_state_error: ValidationException",
    "update_state_error: InvalidStateException",
    "update_state_error: ResourceInUseException",
    "update_state_error: ResourceNotFoundException",
    "terminate_state_error: InvalidParametersException",
    "terminate_state_error: InvalidStateException",
    "terminate_state_error: ResourceInUseException",
    "terminate_state_error: ResourceNotFoundException",
];

/// Runs until there is nothing left to do.
#[track_caller]
fn settles(repo: &Repo, line: &str, guess: &str) {
    let runs: Vec<Done> = (0..4).map(|_| repo.sh(line)).collect();
    let last = runs.last().map(|done| done.code);
    let told: String =
        runs.iter().map(|done| format!("{:?}\n{}{}\n", done.code, done.out, done.err)).collect();
    assert_eq!(last, Some(Some(0)), "{guess}: {line}\n{told}");
}

/// Kills a run when the sandbox has taken its first request of this kind.
fn killed_at(repo: &Repo, operation: &str, line: &str) {
    let named = format!("\"{operation}\"");
    // the last line may be half written
    let log = repo.path().join("state/sandbox/sandbox/calls.jsonl");
    let called = || std::fs::read_to_string(&log).unwrap_or_default().matches(&named).count();
    let before = called();
    let mut child = repo.command(&line.split(' ').collect::<Vec<_>>()).spawn().unwrap();
    while called() == before && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = child.kill();
    child.wait().unwrap();
}

fn story(guess: &str) {
    let chain = boxed("b", "Note: \"${a.outputs.Arn}\"");
    let repo = Repo::new(&(boxed("a", "") + &chain + &boxed("c", "")));
    let world = repo.read("sandbox.yaml");
    repo.write("sandbox.yaml", &format!("{world}knobs: {{{guess}}}\n"));
    repo.faults(&[
        "{call: ProvisionProduct, outcome: drop_response, times: 1}",
        "{call: UpdateProvisionedProduct, outcome: drop_response, times: 1}",
        "{call: TerminateProvisionedProduct, outcome: drop_response, times: 1}",
    ]);
    let apply = "apply --auto-approve";
    killed_at(&repo, "ProvisionProduct", apply);
    settles(&repo, apply, guess);
    let there = |names: &[&str]| -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), "AVAILABLE".to_owned())).collect()
    };
    assert_eq!(repo.existing(), there(&["a", "b", "c"]), "{guess}");
    repo.sh("plan --detailed-exitcode").exits(0);
    let text = repo
        .read("products.yaml")
        .replace("provisioning_artifact_name: v1", "provisioning_artifact_name: v2");
    repo.write("products.yaml", &text);
    killed_at(&repo, "UpdateProvisionedProduct", apply);
    settles(&repo, apply, guess);
    repo.sh("plan --detailed-exitcode").exits(0);
    assert_eq!(repo.existing(), there(&["a", "b", "c"]), "{guess}");
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0, "{guess}: nothing was terminated");
    let destroy = "destroy --auto-approve --max-terminate 100%";
    killed_at(&repo, "TerminateProvisionedProduct", destroy);
    settles(&repo, destroy, guess);
    assert_eq!(repo.existing(), there(&[]), "{guess}");
}

#[test]
fn nothing_is_lost_or_doubled_whatever_the_service_answers() {
    GUESSES.into_iter().for_each(story);
}

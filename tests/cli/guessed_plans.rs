//! What plans say, under each answer of which nobody knows whether the service gives it: word for word what they say under the
//! sandbox's own guesses. What happens between the plans is told in `guesses`.

use std::collections::BTreeSet;

use serde_json::json;

use super::support::{Repo, boxed};

/// The codes of errors, all at once: no plan asks for anything that is answered with one.
const CODES: &str = "token_reuse_error: X, update_state_error: X, terminate_state_error: X, plan_state_error: X, \
    selector_error: X, ambiguous_name_error: X, inactive_version_error: X, deprecated_version_error: X, \
    tag_option_error: X, unknown_output_error: X, language_error: X, unknown_operation_error: X, serialization_error: X";

/// Every knob in a position that is not the default.
const TURNED: [&str; 23] = [
    CODES,
    "record_error_code: X",
    "refuse_unknown_members: true",
    "first_violation_only: true",
    "ignore_unknown_parameters: true",
    "tag_option_required: true",
    "updates_show_their_token: true",
    "changes_show_late: true",
    "unchanged_update_fails: true",
    "unknown_imports_fail: true",
    "failed_account_is_error: true",
    "tag_update_spares_older: true",
    "no_empty_constraints: true",
    "engine_needs_launch_role: true",
    "external_error_is_final: true",
    "terminate_token_lasts: true",
    "token_lifetime: 10s",
    "terminated_name_lag: 20s",
    "any_search_query: true",
    "search_lag: 20s",
    "unstable_search: true",
    "path_lag_calls: 1",
    "launch_role_lag_calls: 1",
];

/// Below the account, plans say whose products are seen (`access`); a limit of calls changes no answer.
const ELSEWHERE: [&str; 4] = ["access_level", "denied_as", "read_rate", "write_rate"];

/// A repo whose `three` fails once, in a world with these knobs.
fn repo(knobs: &str) -> Repo {
    let repo = Repo::new(&declared("a", "v1"));
    repo.edit(
        "sandbox.yaml",
        "constraints: {tag_update: true}",
        "constraints: {tag_update: true}\n        tag_options: {team: [a, b]}",
    );
    let world = repo.read("sandbox.yaml");
    repo.write("sandbox.yaml", &format!("{world}knobs: {{{knobs}}}\n"));
    repo.faults(&[
        "{operation: provision, provisioned_product: three, outcome: rollback, message: no room, times: 1}",
    ]);
    repo
}

/// `two` needs an output of `one`.
fn declared(team: &str, version: &str) -> String {
    let all = boxed("one", &format!("Note: {team}"))
        + &boxed("two", "Note: \"${one.outputs.Note}\"")
        + &boxed("three", "");
    let tagged = all.replace("{product_name", &format!("{{tags: {{team: {team}}}, product_name"));
    tagged.replace("provisioning_artifact_name: v1", &format!("provisioning_artifact_name: {version}"))
}

/// Applies until that ends in one of two ways: done, or with a step that failed.
fn apply(repo: &Repo, knobs: &str) {
    let ended = (0..4).map(|_| repo.apply()).find(|done| matches!(done.code, Some(0 | 3)));
    assert!(ended.is_some(), "{knobs}: not after four runs");
}

/// Ids follow from what was done in which order, and times from when.
fn without_ids(text: String) -> String {
    let told = [("pp-", 13), ("rec-", 13), ("over at ", "2026-01-01T00:00:00Z".len())];
    told.into_iter().fold(text, |text, (prefix, length)| {
        let mut parts = text.split(prefix);
        let head = parts.next().unwrap_or_default().to_owned();
        parts.fold(head, |head, part| head + prefix + part.get(length..).unwrap_or_default())
    })
}

/// The plans of a life, under their names.
fn plans(knobs: &str) -> Vec<(&'static str, String)> {
    let repo = repo(knobs);
    let mut told = Vec::new();
    let mut plan = |repo: &Repo, name: &'static str| {
        let done = repo.sh("plan --detailed-exitcode");
        told.push((name, without_ids(format!("exit {:?}\n{}{}", done.code, done.out, done.err))));
    };
    plan(&repo, "nothing is there");
    apply(&repo, knobs);
    plan(&repo, "three has failed");
    apply(&repo, knobs);
    plan(&repo, "all is there");
    let parameters = json!([{"Key": "Name", "Value": "one"}, {"Key": "Note", "Value": "by hand"}]);
    repo.meddle(
        "UpdateProvisionedProduct",
        json!({"ProductName": "box", "ProvisioningArtifactName": "v2", "ProvisioningParameters": parameters, "UpdateToken": "by-hand"}),
    );
    plan(&repo, "somebody else has updated one");
    apply(&repo, knobs);
    plan(&repo, "it was put right");
    repo.declare(&declared("b", "v2"));
    plan(&repo, "all is to change");
    apply(&repo, knobs);
    plan(&repo, "all was changed");
    repo.meddle("TerminateProvisionedProduct", json!({"TerminateToken": "end"}));
    plan(&repo, "somebody else has terminated one");
    apply(&repo, knobs);
    repo.edit("sandbox.yaml", "update: 60s", "update: 1000h");
    repo.declare(&declared("a", "v1"));
    repo.sh("apply --auto-approve --no-wait --exclude two").exits(4);
    plan(&repo, "one and three are under change");
    told
}

#[test]
fn plans_say_the_same_whatever_the_service_answers() {
    let usual = plans("");
    let exits: Vec<&str> = usual.iter().filter_map(|(_, text)| text.lines().next()).collect();
    let expected = [2, 2, 0, 2, 0, 2, 0, 2, 2].map(|code| format!("exit Some({code})"));
    assert_eq!(exits, expected, "{usual:#?}");
    for knobs in TURNED {
        for ((name, usual), (_, told)) in usual.iter().zip(plans(knobs)) {
            assert_eq!(*usual, told, "{knobs}: {name}");
        }
    }
}

#[test]
fn no_knob_is_left_out() {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sandbox.md")).unwrap();
    let section = docs.split("\n## ").find(|section| section.starts_with("Knobs\n")).unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let names = rows.flat_map(|cell| cell.split(", ")).filter_map(|name| name.strip_prefix('`'));
    let documented: BTreeSet<&str> =
        names.filter_map(|name| name.split('`').next()).filter(|name| *name != "knobs:").collect();
    let turned = TURNED.iter().flat_map(|knobs| knobs.split(", ")).filter_map(|knob| knob.split(':').next());
    let tried: BTreeSet<&str> = turned.chain(ELSEWHERE).collect();
    assert!(documented.len() > 30, "{documented:?}");
    assert_eq!(documented, tried);
}

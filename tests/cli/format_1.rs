//! A repo as the last provisor of format 1 left it: killed after a request that got no answer. The files never change.

use std::path::Path;

use super::support::Repo;

/// The token of the interrupted operation, as format 1 derived it.
const TOKEN: &str = "ta3c31fd23456b8ba46fcdb4d072fa64827ab3b3b";

fn repo() -> Repo {
    let golden = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/format-1"));
    let repo = Repo::copy(golden, 3600);
    crate::state::copy(&golden.join("state"), &repo.path().join("state"));
    crate::state::make_private(&repo.path().join("state"));
    repo
}

/// What answers for AWS where each row has its product, by the state's word.
fn kinds(repo: &Repo) -> Vec<String> {
    let state = repo.sh("state pull").json();
    state["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["catalog"].as_str().unwrap_or("unknown").to_owned())
        .collect()
}

#[test]
fn a_state_of_format_1_learns_where_its_products_are_at_the_next_apply() {
    let repo = repo();
    assert_eq!(kinds(&repo), ["unknown", "unknown"]);
    // what is interrupted is left as it is, and what is unchanged has no step
    let says = ["was not written down yet", "the next apply does", "Also: 1 refused."];
    repo.sh("plan --allow update --skip-refused").exits(0).says(&says);
    repo.sh("apply --auto-approve --allow update --skip-refused").exits(3);
    assert_eq!(kinds(&repo), ["sandbox", "sandbox"]);
    let plan = repo.sh("plan").exits(0);
    assert!(!plan.out.contains("was not written down"), "{}", plan.out);
    repo.apply().exits(0).says(&["1 resumed"]);
    repo.settled();
}

#[test]
fn an_operation_of_format_1_is_seen_through_with_its_own_token() {
    let repo = repo();
    // a plan migrates a copy in memory, and leaves the folder as it is
    let head = repo.read("state/HEAD");
    repo.sh("plan").exits(0).says(&["logs will be resumed", "Unchanged: 1."]);
    assert_eq!(repo.read("state/HEAD"), head);
    let old = repo.sh("state pull").json();
    assert_eq!(old["format"], "provisor.statefile/v2");
    repo.apply().exits(0).says(&["1 resumed"]);
    assert!(repo.path().join("state/store-2/db").exists() && !repo.path().join("state/store").exists());
    let new = repo.sh("state pull").json();
    let versions = |document: &serde_json::Value| -> Vec<(String, String)> {
        let rows = document["rows"].as_array().unwrap().iter();
        rows.map(|row| (row["address"].to_string(), row["birth"].to_string())).collect()
    };
    assert_eq!(versions(&old), versions(&new), "the copy in memory and the store on disk derive the same");
    let calls = repo.calls();
    let sent: Vec<String> = calls
        .iter()
        .filter(|call| call["operation"] == "ProvisionProduct")
        .map(ToString::to_string)
        .collect();
    assert!(!sent.is_empty() && sent.iter().all(|call| call.contains(TOKEN)), "{sent:?}");
    repo.settled();
    // what begins from now on is marked as this state's
    repo.edit("products.yaml", "Stage: dev", "Stage: prod");
    repo.apply().exits(0);
    let row = repo.sh("state pull").json()["rows"][1].clone();
    let last = row["tokens"].as_array().unwrap().last().unwrap().clone();
    let (mark, rest) = last[1].as_str().unwrap().split_once('-').unwrap();
    assert_eq!((mark.len(), rest.len(), row["op_no"].as_u64()), (11, 40, last[0].as_u64()));
    repo.settled();
}

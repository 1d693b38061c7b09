//! `provisor sandbox` as a command.

use serde_json::{Value, json};

use super::support::{Repo, first_line, post};

#[test]
fn in_memory_every_process_has_a_world_of_its_own_and_leaves_nothing() {
    let repo = Repo::boxes(&[]);
    let serve = || repo.command(&["sandbox", "--in-memory"]).spawn().unwrap();
    let (mut one, mut other) = (serve(), serve());
    let (url, other_url) = (first_line(&mut one), first_line(&mut other));
    let launch = json!({
        "ProductName": "box", "ProvisioningArtifactName": "v1", "ProvisionedProductName": "one",
        "ProvisionToken": "t", "ProvisioningParameters": [{ "Key": "Name", "Value": "one" }],
    });
    assert!(post(&url, "ProvisionProduct", &launch)["RecordDetail"].is_object());
    let count = |url: &str| post(url, "SearchProvisionedProducts", &json!({}))["TotalResultsCount"].clone();
    assert_eq!((count(&url), count(&other_url)), (Value::from(1), Value::from(0)));
    for server in [&mut one, &mut other] {
        server.kill().unwrap();
        server.wait().unwrap();
    }
    assert!(!repo.path().join("state").exists());
    repo.sh("sandbox --in-memory --reset").exits(64);
}

//! `provisor sandbox` as a command.

use serde_json::{Value, json};

use super::support::{Repo, SETTINGS, boxed, first_line, post};

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

/// How many provisioned products a sandbox has that is started with these arguments.
fn served(repo: &Repo, arguments: &[&str]) -> Value {
    let mut server = repo.command(&[&["sandbox"], arguments].concat()).spawn().unwrap();
    let url = first_line(&mut server);
    let count = post(&url, "SearchProvisionedProducts", &json!({}))["TotalResultsCount"].clone();
    server.kill().unwrap();
    server.wait().unwrap();
    count
}

/// Puts the world file, with its templates, into a folder of the repo.
fn world_in(repo: &Repo, folder: &str) {
    for file in ["sandbox.yaml", "box-v1.yaml", "box-v2.yaml", "vault.yaml"] {
        repo.write(&format!("{folder}/{file}"), &repo.read(file));
    }
}

#[test]
fn a_world_file_in_a_folder_is_the_world_of_the_repo() {
    let repo = Repo::boxes(&["one"]);
    world_in(&repo, "worlds");
    repo.write("provisor.yaml", &SETTINGS.replace("sandbox.yaml}", "worlds/sandbox.yaml}"));
    repo.apply().exits(0);
    assert_eq!(served(&repo, &["--world", "worlds/sandbox.yaml"]), 1);
    assert_eq!(served(&repo, &["--world", "sandbox.yaml"]), 0, "another file, another world");
}

#[test]
fn worlds_of_two_locations_may_have_files_of_one_name() {
    let repo = Repo::new(&boxed("one", "").replace("}}", "}, locations: [a, b]}"));
    world_in(&repo, "a");
    world_in(&repo, "b");
    let world = repo.read("b/sandbox.yaml").replace("111122223333", "444455556666");
    repo.write("b/sandbox.yaml", &world);
    let locations = "  a: {sandbox: a/sandbox.yaml}\n  b: {sandbox: b/sandbox.yaml}\n";
    repo.write("provisor.yaml", &SETTINGS.replace("  demo: {sandbox: sandbox.yaml}\n", locations));
    repo.apply().exits(0).says(&["Resources: 2 added"]);
    assert_eq!(served(&repo, &["--world", "a/sandbox.yaml"]), 1);
    repo.settled();
}

#[test]
fn files_that_are_not_there_are_looked_for_in_the_settings() {
    let repo = Repo::boxes(&["one"]);
    repo.write("provisor.yaml", &SETTINGS.replace("sandbox.yaml}", "sandbx.yaml}"));
    repo.sh("plan").exits(1).tells(&["`provisor.yaml` names the sandbox `sandbx.yaml`, which is not there"]);
    repo.write("provisor.yaml", &SETTINGS.replace("products.yaml", "product.yaml"));
    repo.sh("plan")
        .exits(1)
        .tells(&["names `product.yaml`, which is not there", "did you mean `products.yaml`?"]);
}

//! `plan --what-if`: what a version that is published, or only a template, would do to all who run its product.

use serde_json::Value;

use super::support::{Repo, boxed};

/// `Note` is gone, `Owner` is needed, `Mode` is not what it was, `Arn` is not given any more.
const NEXT: &str = r#"Parameters:
  Name: {Type: String, AllowedPattern: "[a-z]*"}
  Owner: {Type: String, Default: nobody}
  Mode: {Type: String, Default: fast, AllowedValues: [fast, turbo]}
  Code: {Type: String, NoEcho: true, Default: swordfish-in-a-template}
Rules:
  Owned: {Assertions: [{Assert: !Not [!Equals [!Ref Name, orphan]], AssertDescription: an orphan has no place}]}
Resources:
  Topic: {Type: "AWS::SNS::Topic", Properties: {TopicName: !Ref Name}}
Outputs:
  Name: {Value: !Ref Name}
"#;

fn fleet() -> Repo {
    let lines = [
        boxed("plain", ""),
        boxed("noted", "Note: mine"),
        boxed("slow", "Mode: slow"),
        boxed("orphan", ""),
        "  reader: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: long-enough, Label: \"${plain.outputs.Arn}\"}}\n".to_owned(),
    ];
    let repo = Repo::new(&lines.concat());
    repo.write("next.yaml", NEXT);
    repo
}

#[test]
fn a_comment_says_who_breaks_above_the_fold() {
    let repo = fleet();
    repo.apply().exits(0);
    let page = repo.sh("plan --what-if box=file:next.yaml --format markdown").exits(0).out;
    let (head, folded) = page.split_once("<details>").unwrap();
    assert!(
        head.contains("\n> ⚠ **4 declarations would break**: `noted`, `orphan`, `reader`, `slow`\n"),
        "{page}"
    );
    assert!(head.contains("- What if: 4 would break, 1 would change, 0 unchanged.\n"), "{page}");
    assert!(head.contains("| update | `plain` | "), "{page}");
    assert!(folded.contains("an orphan has no place"), "{page}");
    assert!(!page.contains("swordfish"), "{page}");
    // a copy of ours gives way to the next
    for _ in 0..2 {
        repo.sh("plan --what-if box=file:next.yaml --write markdown=what-if.md").exits(0);
    }
    repo.sh("plan --what-if box=file:next.yaml --format terraform-json").exits(64);
}

#[test]
fn a_template_tells_who_breaks_who_changes_and_who_does_not() {
    let repo = fleet();
    repo.apply().exits(0);
    let before = repo.read("provisor.yaml") + &repo.read("products.yaml");
    let done = repo.sh("plan --what-if box=file:next.yaml --detailed-exitcode").exits(2).says(&[
        "As if every declaration of `box` ran the template `file:next.yaml`:\n",
        "Would break: noted, orphan, reader, slow\n",
        "no longer has the parameter `Note` that v1 had",
        "an orphan has no place",
        "# plain will be updated in-place",
        "\"v1\" -> \"file:next.yaml\"",
        "What if: 4 would break, 1 would change, 0 unchanged.\nNothing was written, and resources were not compared.\n",
    ]);
    assert!(!done.out.contains("swordfish"), "{}", done.out);
    assert_eq!(before, repo.read("provisor.yaml") + &repo.read("products.yaml"));
    repo.sh("plan --what-if box=file:next.yaml").exits(0);
    let all = repo.sh("plan --what-if box=file:next.yaml --json").exits(0).json();
    assert_eq!(all["format"], "provisor.plan/v1");
    let of = &all["what_if"];
    assert_eq!(of["resources_compared"], false);
    assert_eq!(of["suppositions"][0]["template"], true);
    let codes = |address: &str| -> Vec<String> {
        let broken = of["broken"].as_array().unwrap().iter().find(|one| one["address"] == address).unwrap();
        broken["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(codes("noted"), ["unknown-parameter"]);
    assert_eq!(codes("slow"), ["parameter-value"]);
    assert_eq!(codes("reader"), ["unknown-output"]);
    assert_eq!(all["steps"].as_array().unwrap().len(), 1);
    assert_eq!(all["steps"][0]["address"], "plain");
    // an ordinary plan knows nothing of it
    assert_eq!(repo.sh("plan --json").exits(0).json().get("what_if"), None);
}

#[test]
fn a_published_version_is_supposed_too() {
    let repo = fleet();
    repo.apply().exits(0);
    repo.sh("plan --what-if box=v2 --detailed-exitcode").exits(2).says(&[
        "As if every declaration of `box` ran version `v2`:\n",
        "# noted will be updated in-place",
        "What if: 0 would break, 4 would change, 0 unchanged.",
    ]);
    repo.sh("plan --what-if box=v1 --detailed-exitcode").exits(0).says(&[
        "Unchanged: noted, orphan, plain, slow\n",
        "What if: 0 would break, 0 would change, 4 unchanged.",
    ]);
    let by_id = repo.sh("catalog show box --json").json()["products"][0]["versions"][0]["id"].clone();
    repo.sh(&format!("plan --what-if box={} --target plain", by_id.as_str().unwrap()))
        .exits(0)
        .says(&["1 would change"]);
    // who keeps its version feels nothing
    repo.edit(
        "products.yaml",
        "Name: plain, }",
        "Name: plain}, lifecycle: {ignore_changes: [provisioning_artifact]}",
    );
    repo.sh("plan --what-if box=v2")
        .exits(0)
        .says(&["3 would change, 1 unchanged", "Keep their version (`ignore_changes`): plain\n"]);
}

#[test]
fn what_cannot_be_supposed_is_said() {
    let repo = fleet();
    for (line, code, texts) in [
        ("plan --what-if box", 64, ["write PRODUCT=VERSION", "file:PATH"]),
        ("plan --what-if box=v2 --out p.bin", 64, ["contradict", "--out"]),
        ("plan --what-if box=file:next.yaml --preview", 64, ["contradict", "only what is published"]),
        ("plan --what-if box=v2 --destroy", 64, ["contradict", "--destroy"]),
        ("plan --what-if box=v9", 1, ["no active version `v9`", "there is `v1`, `v2`"]),
        ("plan --what-if bax=v2", 1, ["runs `bax`", "did you mean `box`?"]),
        ("plan --what-if box=file:../next.yaml", 1, ["cannot read", "next.yaml"]),
        ("plan --what-if box=file:none.yaml", 1, ["none.yaml", "cannot read"]),
        ("plan --what-if box=file:provisor.yaml", 1, ["provisor.yaml", "is no template"]),
        ("plan --what-if box=v1 --what-if box=v2", 64, ["`box`", "twice"]),
    ] {
        repo.sh(line).exits(code).tells(&texts);
    }
    assert!(!repo.path().join("p.bin").exists());
    // what is not there yet is created as if; what is wrong by itself is not the version's doing
    repo.edit("products.yaml", "  noted:", "  odd: {product_name: vault, provisioning_artifact_name: v7, parameters: {Password: long-enough}}\n  noted:");
    let all: Value = repo.sh("plan --what-if box=v2 --json").exits(0).json();
    assert_eq!(all["what_if"]["others_wrong"], 1, "{all:#}");
    assert_eq!(all["steps"].as_array().unwrap().len(), 4);
}

/// A version that is nowhere is an error, though somebody keeps the version that it has, or is wrong anyhow.
#[test]
fn a_version_that_is_nowhere_breaks_nobody() {
    let keeps = boxed("kept", "")
        .replace("product_name", "lifecycle: {ignore_changes: [provisioning_artifact]}, product_name");
    let repo = Repo::new(&(boxed("plain", "") + &keeps));
    repo.apply().exits(0);
    for line in ["plan --what-if box=v9", "plan --what-if box=v9 --detailed-exitcode"] {
        repo.sh(line).exits(1).tells(&["`box` has no active version `v9`", "there is `v1`"]);
    }
    repo.sh("plan --what-if box=v2").exits(0).says(&["1 would change"]);
}

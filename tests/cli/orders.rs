//! Texts of a stranger that are commands to a CI runner, or hide something: nothing that we print is one.

use provisor::report::escape::is_hidden;

use super::support::{Done, Repo, SETTINGS};

const HOSTILE: [&str; 5] = [
    "k\\n::add-mask::x",
    "k\\n   ::stop-commands::x",
    "##vso[task.setvariable variable=PATH]x",
    "##[error]x ##teamcity[y]",
    "k\\e]0;x\\a\\e[2J\\u202Ex\\r::error::y",
];

#[track_caller]
fn harmless(done: &Done, what: &str) {
    for text in [&done.out, &done.err] {
        for line in text.lines() {
            assert!(!line.trim_start().starts_with("::"), "{what}: {text}");
        }
        for order in ["##[", "##vso[", "##teamcity["] {
            assert!(!text.contains(order), "{what}: {text}");
        }
        let hidden = text.chars().find(|c| *c != '\n' && is_hidden(*c));
        assert!(hidden.is_none(), "{what}: {hidden:?} in {text}");
    }
}

/// The same of a command line that is taken: what is not understood prints nothing of what it is about.
#[track_caller]
fn answered(done: &Done, what: &str) {
    assert_ne!(done.code, Some(64), "{what}: {}", done.err);
    harmless(done, what);
}

#[test]
fn no_text_of_a_branch_is_a_command_of_a_runner() {
    let places = [
        r#"  "HERE": {product_name: box, provisioning_artifact_name: v1}"#,
        r#"  a: {product_name: "HERE", provisioning_artifact_name: v1}"#,
        r#"  a: {product_name: box, provisioning_artifact_name: "HERE"}"#,
        r#"  a: {product_name: box, provisioning_artifact_name: v1, "HERE": x}"#,
        r#"  a: {product_name: box, provisioning_artifact_name: v1, parameters: {"HERE": x}}"#,
        r#"  a: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: "HERE"}}"#,
        r#"  a: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: "${HERE}"}}"#,
        r#"  a: {product_name: box, provisioning_artifact_name: v1, provisioned_product_name: "HERE"}"#,
        r#"  a: {product_name: box, provisioning_artifact_name: v1, tags: {"HERE": "HERE"}}"#,
        r#"  a: {product_name: box, provisioning_artifact_name: v1, location: "HERE"}"#,
        r#"  a: {product_name: box, provisioning_artifact_name: v1, depends_on: ["HERE"]}"#,
    ];
    let repo = Repo::new("");
    for place in places {
        for hostile in HOSTILE {
            let text = place.replace("HERE", hostile);
            repo.write("products.yaml", &format!("provisioned_products:\n{text}\n"));
            for command in ["validate", "plan", "plan --concise", "plan --format json"] {
                answered(&repo.sh(command), &format!("{command}: {text}"));
            }
        }
    }
}

#[test]
fn no_setting_is_a_command_of_a_runner() {
    let repo = Repo::boxes(&["one"]);
    for hostile in HOSTILE {
        for line in [
            r#""HERE": 1"#,
            r#"variables: {"HERE": {type: string}}"#,
            r#"guards: {"HERE": 1}"#,
            r#"drift: "HERE""#,
        ] {
            repo.write("provisor.yaml", &format!("{SETTINGS}{}\n", line.replace("HERE", hostile)));
            answered(&repo.sh("plan"), line);
        }
    }
    repo.write("provisor.yaml", SETTINGS);
    for words in [
        ["plan", "--target", "x\n::add-mask::y"],
        ["plan", "--var", "x\n::add-mask::y=1"],
        ["plan", "--var-file", "x\n::add-mask::y"],
        ["show", "x\n::add-mask::y", "--json"],
        ["x\n::add-mask::y", "##vso[z]", "\u{202e}"],
        ["plan", "--x\n::add-mask::y", "##vso[z]"],
    ] {
        harmless(&repo.run(&words), &format!("{words:?}"));
    }
}

#[test]
fn an_applied_text_is_harmless_wherever_it_is_shown() {
    let repo = Repo::new(&format!(
        "  a: {{product_name: box, provisioning_artifact_name: v1, parameters: {{Name: a, Note: \"{}\"}}}}\n",
        HOSTILE.join("\\n")
    ));
    answered(&repo.sh("plan").exits(0), "plan");
    harmless(&repo.apply().exits(0), "apply");
    for command in [
        "show",
        "show --json",
        "state pull",
        "state list",
        "state show a",
        "output",
        "output --json",
        "state history",
        "plan --concise",
    ] {
        answered(&repo.sh(command), command);
    }
    repo.edit("products.yaml", "stop-commands", "start-commands");
    for command in ["plan", "plan --format json", "apply --auto-approve --json"] {
        answered(&repo.sh(command), command);
    }
}

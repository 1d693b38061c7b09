//! Names that are none and files that are not what they are named as: what was meant is told, and nothing far is.

use super::support::{Done, Repo, SETTINGS, boxed};

/// Insists on one error that begins so, at this place, with these words about it.
#[track_caller]
fn one(repo: &Repo, line: &str, said: &str, at: &str, words: &[&str]) -> Done {
    let done = repo.sh(line).exits(1).tells(&[&format!("--> {at}"), "1 error in 1 file"]).tells(words);
    assert!(done.errors().len() == 1 && done.errors()[0].starts_with(said), "{said}\n{}", done.err);
    done
}

/// What is named as a world and is something else is one mistake.
#[test]
fn a_file_of_another_kind_is_no_world() {
    for (file, said, at) in [
        (
            "box-v1.yaml",
            "this file holds a template, and nothing that a sandbox simulates",
            "box-v1.yaml:6:1",
        ),
        (
            "provisor.yaml",
            "this file holds settings, and nothing that a sandbox simulates",
            "provisor.yaml:1:1",
        ),
        (
            "products.yaml",
            "this file holds declarations, and nothing that a sandbox simulates",
            "products.yaml:1:1",
        ),
    ] {
        let repo = Repo::boxes(&["one"]);
        repo.edit("provisor.yaml", "sandbox.yaml", file);
        for line in ["plan", "validate", "apply --auto-approve"] {
            one(&repo, line, said, at, &["= hint: `sandbox:` names a file that holds `portfolios:`"]);
        }
    }
    // one that says what there is in the beginning, and has forgotten what there is to provision, is a world
    let repo = Repo::boxes(&["one"]);
    repo.write("sandbox.yaml", "provisioned_products: []\n");
    one(&repo, "validate", "`portfolios` is missing", "sandbox.yaml:1:1", &[]);
}

/// A template that is not there is told with the one that may be meant.
#[test]
fn a_template_that_is_not_there_is_told_with_the_nearest() {
    let repo = Repo::boxes(&["one"]);
    repo.write("templates/net.yaml", &repo.read("box-v1.yaml"));
    repo.edit("sandbox.yaml", "template: box-v1.yaml", "template: templates/nte.yaml");
    let said = "cannot read template `templates/nte.yaml`: there is no such file";
    one(&repo, "validate", said, "sandbox.yaml:8:41", &["= hint: did you mean `templates/net.yaml`?"]);
    repo.edit("sandbox.yaml", "templates/nte.yaml", "templates/queue.yaml");
    let said = "cannot read template `templates/queue.yaml`: there is no such file";
    let done = one(
        &repo,
        "validate",
        said,
        "sandbox.yaml:8:41",
        &["= hint: its path is relative to the world file"],
    );
    assert!(!done.err.contains("os error"), "{}", done.err);
}

/// A world that the operator names suggests what lies beside it, as one of the repo does.
#[test]
fn a_world_by_itself_suggests_templates_too() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("sandbox.yaml", "template: box-v1.yaml", "template: bxo-v1.yaml");
    repo.sh("sandbox --world sandbox.yaml --in-memory").exits(1).tells(&["did you mean `box-v1.yaml`?"]);
}

/// In a template, the name that is none is pointed at, and not the function around it.
#[test]
fn a_name_that_is_none_in_a_template_is_pointed_at() {
    const LOST: &str = "Template format error: Unresolved resource dependencies [Topc]";
    for (to, said, name, hint) in [
        ("Value: !Ref Topc", LOST, "Topc", "Topic"),
        ("Value: !Ref 'Topc'", LOST, "Topc", "Topic"),
        ("Value: !GetAtt Topc.Arn", LOST, "Topc", "Topic"),
        ("Value: !Sub \"ä-${Topc}\"", LOST, "Topc", "Topic"),
        ("Value: !Sub \"Topc ${!Topc} ${ Name }${  Topc.Arn }\"", LOST, "Topc.Arn", "Topic"),
        ("Value: !Sub 'a-${Topc.Arn}'", LOST, "Topc", "Topic"),
        ("Value: {Ref: Topc}", LOST, "Topc", "Topic"),
        ("Value: {\"Fn::GetAtt\": [Topc, Arn]}", LOST, "Topc", "Topic"),
        ("Value: {\"Fn::Sub\": [\"${x}${Topc}\", {x: y}]}", LOST, "Topc", "Topic"),
        (
            "Value: !If [IsPrd, a, b]",
            "Template error: unresolved condition dependency IsPrd in Fn::If",
            "IsPrd",
            "IsProd",
        ),
        ("Value: !FindInMap [Mpa, a, b]", "Template error: Mapping named 'Mpa'", "Mpa", "Map"),
        (
            "Condition: IsPrd, Value: a",
            "Template format error: Unresolved condition dependency IsPrd",
            "IsPrd",
            "IsProd",
        ),
        ("Value: !Reff Topic", "Template error: Encountered unsupported function: Fn::Reff", "!Reff", "!Ref"),
        (
            "Value: {\"Fn::Jion\": [a, [b]]}",
            "Template error: Encountered unsupported function: Fn::Jion",
            "\"Fn::Jion\"",
            "Fn::Join",
        ),
    ] {
        let repo = Repo::boxes(&["one"]);
        repo.edit("box-v1.yaml", "Value: !Ref Topic", to);
        let more = "Conditions: {IsProd: !Equals [a, b]}\nMappings: {Map: {a: {b: c}}}\n";
        repo.write("box-v1.yaml", &(repo.read("box-v1.yaml") + more));
        let text = repo.read("box-v1.yaml");
        let line = text.lines().nth(8).unwrap();
        let column = line[..line.find(name).unwrap()].chars().count() + 1;
        let done = repo.sh("validate").exits(1).tells(&[
            &format!("--> box-v1.yaml:9:{column}"),
            &format!("= hint: did you mean `{hint}`?"),
            "1 error in 1 file",
        ]);
        assert!(done.errors()[0].starts_with(said), "{said}\n{}", done.err);
    }
}

/// Resources that need each other are all shown.
#[test]
fn a_circle_of_resources_has_each_of_its_places() {
    let repo = Repo::boxes(&["one"]);
    repo.edit(
        "box-v1.yaml",
        "Outputs:",
        "  A: {Type: \"AWS::SNS::Topic\", Properties: {TopicName: !GetAtt B.TopicName}}\n  B: {Type: \"AWS::SNS::Topic\", Properties: {TopicName: !GetAtt A.TopicName}}\nOutputs:",
    );
    repo.sh("validate").exits(1).tells(&["[A, B]", "--> box-v1.yaml:8:3", "9 |   B:", "1 error in 1 file"]);
}

/// Another version is another one, and not a slip.
#[test]
fn a_version_of_other_digits_is_not_suggested() {
    let repo = Repo::boxes(&["one"]);
    let world = repo.read("sandbox.yaml");
    for more in [
        "provisioned_products: [{name: a, product: box, version: v9, parameters: {Name: x}}]\n",
        "faults: [{operation: update, product: box, outcome: foreign_update, version: v9}]\n",
    ] {
        repo.write("sandbox.yaml", &(world.clone() + more));
        let done = repo.sh("validate").exits(1).tells(&["version `v9`", "there is `v1`, `v2`"]);
        assert!(!done.err.contains("did you mean"), "{}", done.err);
        repo.edit("sandbox.yaml", "v9", "V1");
        repo.sh("validate").exits(1).tells(&["did you mean `v1`?"]);
    }
}

/// A value that was given by a file although locations set it: both are shown.
#[test]
fn a_value_of_a_file_that_locations_set_is_shown_twice() {
    let repo = Repo::boxes(&["one"]);
    repo.write(
        "provisor.yaml",
        &SETTINGS.replace("sandbox.yaml}", "sandbox.yaml, variables: {env: prod}}\nvariables: {env: {}}"),
    );
    repo.write("v.yaml", "# values\nenv: geheim\n");
    let done = repo.sh("plan --var-file v.yaml").exits(1).tells(&[
        "the variable `env` is set by locations, so it cannot also be given by `--var-file v.yaml`",
        "--> provisor.yaml:4:",
        "v.yaml:2:6",
    ]);
    assert!(!done.err.contains("geheim"), "{}", done.err);
}

/// A value that is too long, and of a parameter that there is not: neither hides the other.
#[test]
fn a_long_value_hides_no_unknown_parameter() {
    let repo = Repo::new(&boxed("one", &format!("Nmae: {}", "x".repeat(5000))));
    repo.edit("products.yaml", "{product_name", "{location: demo, product_name");
    repo.sh("plan").exits(1).tells(&["has 5000 bytes", "no parameter `Nmae`", "2 errors in 1 file"]);
}

/// Every step says that nothing of it is real, also several that are told as one.
#[test]
fn a_group_of_steps_says_that_it_is_simulated() {
    let repo = Repo::boxes(&["one"]);
    repo.edit(
        "provisor.yaml",
        "{sandbox: sandbox.yaml}",
        "{sandbox: sandbox.yaml, regions: [eu-west-1, us-east-1]}",
    );
    repo.edit("products.yaml", "{product_name", "{locations: [demo], product_name");
    for line in ["plan", "plan --full"] {
        let done = repo.sh(line).exits(0).says(&["(2) will be created"]);
        let block = done.out.split("will be created").nth(1).unwrap();
        assert!(block.split("Plan:").next().unwrap().contains("(simulated)"), "{}", done.out);
    }
    repo.apply().exits(0);
    let done = repo.sh("plan --destroy").exits(0);
    let block = done.out.split("will be destroyed").nth(1).unwrap();
    assert!(block.split("Plan:").next().unwrap().contains("(simulated)"), "{}", done.out);
}

//! One fault is told once, by the rule that knows most of it, and with what mends it.

use super::support::{Repo, SETTINGS, boxed};

/// Insists on these errors, by how each begins, and on no others.
#[track_caller]
fn tells(repo: &Repo, line: &str, wanted: &[&str]) {
    let done = repo.sh(line).exits(1);
    let told = done.errors();
    let same =
        told.len() == wanted.len() && told.iter().zip(wanted).all(|(one, other)| one.starts_with(other));
    assert!(same, "{line}\n{told:#?}\n{wanted:#?}\n{}", done.err);
}

/// What is wrong as it is written is not held against the catalog as well.
#[test]
fn what_is_wrong_as_it_is_written_is_told_by_one_rule() {
    let repo = Repo::new(&boxed("one", &format!("Note: {}", "é".repeat(2100))));
    tells(&repo, "plan", &["the value of `Note` has 2100 characters in 4200 bytes"]);
    repo.declare(&boxed("one", "'': x, Mode: slo"));
    tells(&repo, "plan", &["a parameter key is empty", "parameter `Mode` must be one of"]);
    repo.edit(
        "sandbox.yaml",
        "      - name: vault\n",
        "      - name: sets\n        versions: [{name: v1, template: box-v1.yaml}]\n        constraints: {stack_set: {accounts: [\"111122223333\"], regions: [eu-west-1]}}\n      - name: vault\n",
    );
    let preferences = |accounts: &str| {
        let field = format!("provisioning_preferences: {{stack_set_accounts: [{accounts}]}}");
        repo.declare(&boxed("one", "").replace("product_name: box", &format!("product_name: sets, {field}")));
    };
    preferences("\"12345\"");
    tells(&repo, "plan", &["`12345` is not an account id"]);
    preferences("\"444455556666\"");
    tells(&repo, "plan", &["account `444455556666` is not"]);
}

/// What a secret may not stand in is told whether it has a value or not.
#[test]
fn a_secret_without_a_value_where_everybody_sees_it() {
    let repo = Repo::new(&boxed("one", "Note: '${var.pw}'"));
    repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{pw: {{sensitive: true}}}}\n"));
    repo.sh("validate").exits(0);
    tells(&repo, "plan", &["the variable `pw` has no value"]);
    let fields = "tags: {a: 'x-${var.pw}'}, provisioned_product_name: 'a-${var.pw}${var.nope}'";
    repo.declare(&boxed("one", "").replace("}}\n", &format!("}}, {fields}}}\n")));
    for line in ["validate", "plan"] {
        tells(
            &repo,
            line,
            &[
                "the tag `a` cannot hold the sensitive variable `pw`",
                "`provisioned_product_name` cannot hold the sensitive variable `pw`",
                "there is no variable `nope`",
            ],
        );
    }
}

/// What is wrong with a default is said there, and not again where it is used.
#[test]
fn a_default_that_its_own_variable_does_not_allow() {
    let repo = Repo::new(&(boxed("one", "Mode: '${var.mode}'") + &boxed("two", "Note: '${var.size}'")));
    let variables =
        "variables: {mode: {default: slo, allowed: [fast, slow]}, size: {type: number, default: three}}";
    repo.write("provisor.yaml", &format!("{SETTINGS}{variables}\n"));
    let wanted = ["the variable `mode` must be one of", "the variable `size` must be a number"];
    for line in ["validate", "plan"] {
        tells(&repo, line, &wanted);
    }
    // what is given in its place is what counts for the use
    tells(&repo, "plan --var size=3 --var mode=slow", &wanted);
}

/// What is missing may stand under a key that is none, and that is told.
#[test]
fn a_key_that_is_nearly_right_is_the_only_mistake() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "locations:", "location:");
    for line in ["validate", "plan"] {
        tells(&repo, line, &["unknown key `location`"]);
    }
    repo.sh("validate").tells(&["did you mean `locations`?"]);
    repo.write("provisor.yaml", SETTINGS);
    repo.write(
        "products.yaml",
        &(repo.read("products.yaml") + "removed: [{address: gone, on_remval: forget}]\n"),
    );
    tells(&repo, "validate", &["unknown key `on_remval`"]);
}

/// What a value with a tag is meant to be nobody knows.
#[test]
fn a_value_with_a_tag_is_not_judged_further() {
    let repo = Repo::new("");
    let wanted = ["a YAML tag (`!"];
    for value in ["Mode: !!str slo", "Mode: !Ref one", "Note: !Split [',', 'a,b']", "Note: !x [a, {b: null}]"]
    {
        repo.declare(&boxed("one", value));
        tells(&repo, "plan", &wanted);
    }
    repo.sh("plan").tells(&["write the value without a tag"]);
    repo.declare(&boxed("one", "Note: !GetAtt two.Url"));
    repo.sh("plan").exits(1).tells(&["`${network.outputs.VpcId}` is an output of another product"]);
    repo.declare(&boxed("one", "").replace("}}\n", "}, tags: {env: !Ref stage}}\n"));
    tells(&repo, "plan", &wanted);
}

/// A value of a sensitive variable in the settings stands in git as its default would.
#[test]
fn a_secret_in_the_settings() {
    let repo = Repo::new(&boxed("one", "Note: '${var.pw}'"));
    let variables = "variables: {pw: {sensitive: true}}\n";
    let at = "  demo: {sandbox: sandbox.yaml";
    for settings in [
        SETTINGS.replace(at, &format!("{at}, variables: {{pw: quite-unique}}")),
        SETTINGS.replace("locations:", "location_defaults: {variables: {pw: quite-unique}}\nlocations:"),
        SETTINGS.replace(at, &format!("{at}, regions: {{eu-west-1: {{pw: quite-unique}}}}")),
        SETTINGS.replace("locations:\n  demo: {sandbox: sandbox.yaml}\n", "locations: places.yaml\n"),
    ] {
        repo.write("provisor.yaml", &format!("{settings}{variables}"));
        repo.write("places.yaml", "demo: {sandbox: sandbox.yaml, variables: {pw: quite-unique}}\n");
        for line in ["validate", "plan"] {
            let done = repo.sh(line).exits(1).tells(&["`PROVISOR_SECRET_pw` or in a `--secret-file`"]);
            let wrong = "the variable `pw` is sensitive, and its value would stand in git";
            assert!(done.errors()[0].starts_with(wrong), "{}", done.err);
            assert!(!done.err.contains("quite-unique"), "{}", done.err);
        }
    }
}

/// Case 05, where the version is nobody's to declare.
#[test]
fn a_version_that_stays_and_is_deactivated() {
    let repo = Repo::new(&boxed("one", ""));
    repo.apply().exits(0);
    repo.edit(
        "sandbox.yaml",
        "{name: v1, template: box-v1.yaml}",
        "{name: v1, template: box-v1.yaml, active: false}",
    );
    let ignoring =
        boxed("one", "Note: y").replace("}}\n", "}, lifecycle: {ignore_changes: [provisioning_artifact]}}\n");
    repo.declare(&ignoring.replace("v1", "v2"));
    let done = repo.sh("plan").exits(1).tells(&["take `provisioning_artifact` out of `ignore_changes`"]);
    let line = repo.read("products.yaml").lines().nth(1).unwrap().to_owned();
    let column = line.find("[provisioning_artifact]").unwrap() + 2;
    done.tells(&[&format!("products.yaml:2:{column}"), "version `v1` of `box` is no longer offered"]);
}

/// What is nearly right is told with what is right here.
#[test]
fn hints_that_lead_where_it_is() {
    let repo = Repo::new(&boxed("one", ""));
    let (settings, declared) = (repo.read("provisor.yaml"), repo.read("products.yaml"));
    for (line, hint) in [
        ("Provisioned_Products: {}", "did you mean `provisioned_products`?"),
        ("locations: {}", "the locations that there are stand in `provisor.yaml`"),
        ("project: x", "it stands at the top of `provisor.yaml`"),
    ] {
        repo.write("products.yaml", &format!("{declared}{line}\n"));
        repo.sh("validate").exits(1).tells(&[hint, "1 error in 1 file"]);
    }
    let variables = "variables: {env: {default: dev}, size: {default: a}}\n";
    for (value, hint) in [
        ("${one}", "an output of a declaration is `${one.outputs.NAME}`"),
        ("${env}", "a variable is `${var.env}`"),
        ("${local.env}", "did you mean `${var.env}`?"),
        ("${local.siez}", "did you mean `${var.size}`?"),
        ("${local.other}", "declare `other` under `variables:` in provisor.yaml"),
        ("${data.aws_vpc.main.id}", "what Terraform looks up is written out here"),
        ("${data.aws_vpc.two.id}", "did you mean `${two.outputs.id}`?"),
        ("x ${{ secrets.FOO }} y", "`${{ secrets.FOO }}` is not a reference"),
    ] {
        repo.write("provisor.yaml", &format!("{settings}{variables}"));
        repo.declare(&(boxed("one", &format!("Note: '{value}'")) + &boxed("two", "")));
        repo.sh("validate").exits(1).tells(&[hint, "1 error in 1 file"]);
    }
    repo.declare(&boxed("one", "").replace("}}\n", "}, depends_on: [q]}\n"));
    repo.sh("validate").exits(1).tells(&["there is no declaration `q`", "there is `one`"]);
    repo.declare(
        &boxed("one", "")
            .replace("}}\n", "}, timeouts: {update: 0m}, lifecycle: {prevent_terminate: 'true'}}\n"),
    );
    repo.sh("validate").exits(1).tells(&[
        "`update` is no time at all: `0m`",
        "must be `true` or `false`, not the text `true`",
        "2 errors in 1 file",
    ]);
    repo.declare(&boxed("one", ""));
    for (setting, says) in [
        ("variables: {debug: bool}\n", "write `{type: bool}`"),
        ("variables: {debug: dev}\n", "write `{default: dev}`"),
        ("state: {path: 'x-${var.nope}'}\n", "provisor.yaml:5:18"),
    ] {
        repo.write("provisor.yaml", &format!("{settings}{setting}"));
        repo.sh("validate").exits(1).tells(&[says, "1 error in 1 file"]);
    }
    for (role, says) in [
        ("arn:aws:iam::1111:role/x", "`1111` is not an account id"),
        ("arn:foo:iam::111122223333:role/x", "is not the ARN of a role"),
        ("arn:aws:iam::444455556666:role/x", "one of account 444455556666, and `account_id` is 111122223333"),
    ] {
        let entry =
            format!("demo: {{account_id: \"111122223333\", regions: [eu-west-1], role_arn: \"{role}\"}}");
        repo.write("provisor.yaml", &settings.replace("demo: {sandbox: sandbox.yaml}", &entry));
        repo.sh("validate").exits(1).tells(&[says, "provisor.yaml:4:"]);
    }
}

/// What is deprecated cannot be chosen anew, and says so; an id has the shape of one.
#[test]
fn versions_and_ids_that_there_are() {
    let repo = Repo::new(&boxed("one", "").replace("v1", "v3"));
    repo.edit(
        "sandbox.yaml",
        "{name: v1, template: box-v1.yaml}",
        "{name: v1, template: box-v1.yaml, guidance: DEPRECATED}",
    );
    repo.sh("plan").exits(1).tells(&["there is `v1 (deprecated)`, `v2`"]);
    repo.declare(&boxed("one", "").replace("product_name: box", "product_name: prod-nope"));
    let done = repo.sh("plan").exits(1).tells(&["there is `box`, `vault`"]);
    assert!(!done.err.contains("product_id"), "{}", done.err);
    // a value that locations set is given by nobody: all of them are named
    let settings = repo.read("provisor.yaml");
    let more = "  prod: {sandbox: sandbox.yaml, account_id: \"444455556666\", regions: [eu-west-1, us-east-1], variables: {env: b}}\n";
    let first = settings.replace("sandbox.yaml}", "sandbox.yaml, variables: {env: a}}");
    repo.write("provisor.yaml", &format!("{first}{more}variables: {{env: {{}}}}\n"));
    repo.sh("validate --var env=dev").exits(1).tells(&["also set by `prod/eu-west-1`, `prod/us-east-1`"]);
}

#[test]
fn words_of_the_command_line() {
    let repo = Repo::new(&boxed("one", ""));
    repo.sh("plan --allow delete").exits(64).tells(&["`--allow` has no `delete`: did you mean `destroy`?"]);
    repo.sh("import")
        .exits(64)
        .tells(&["`--declared` for whatever is declared and exists", "`--all` for the rest"]);
    repo.sh("doctor --location devv").exits(1).tells(&["there is `demo`"]);
    let settings = repo.read("provisor.yaml");
    std::fs::rename(repo.path().join("provisor.yaml"), repo.path().join("provisor.yml")).unwrap();
    repo.sh("plan").exits(1).tells(&["settings are called `provisor.yaml`: rename `provisor.yml`"]);
    let more =
        "  prod: {sandbox: sandbox.yaml, account_id: \"444455556666\", regions: [eu-west-1, us-east-1]}\n";
    repo.write("provisor.yaml", &format!("{settings}{more}"));
    repo.declare(&boxed("one", "").replace("}}\n", "}, locations: [prod]}\n"));
    repo.apply().exits(0);
    repo.sh("output one Arn").exits(1).tells(&["several addresses match", "such as `one@prod/eu-west-1`"]);
}

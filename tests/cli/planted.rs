//! Mistakes that people make, planted one at a time: each is found where it stands, and the hint leads out of it.

use super::support::{Repo, SETTINGS, boxed};

/// What a template can never become is found by a plan, where it stands, and not by the stack that fails.
#[test]
fn a_template_that_nothing_can_be_made_from() {
    let places = [
        ("Outputs:\n", "Outputs:\n  Gone: {Value: !Ref Tpoic}\n", "[Tpoic] in the Outputs block", "9:22"),
        (
            "Outputs:\n",
            "Outputs:\n  Gone: {Value: !GetAtt Tpoic.Arn}\n",
            "[Tpoic] in the Outputs block",
            "9:25",
        ),
        (
            "Outputs:\n",
            "Outputs:\n  Gone: {Condition: Prod, Value: x}\n",
            "condition dependency Prod",
            "9:21",
        ),
        ("Outputs:\n", "Outputs:\n  Up: {Value: !Upper x}\n", "unsupported function: Fn::Upper", "9:15"),
        (
            "Outputs:\n",
            "Outputs:\n  Map: {Value: !FindInMap [M, a, b]}\n",
            "Mapping named 'M' is not present",
            "9:28",
        ),
        (
            "  Topic: {",
            "  Other: {Type: \"AWS::SNS::Topic\", DependsOn: Topic}\n  Topic: {DependsOn: Other, ",
            "Circular dependency between resources: [Other, Topic]",
            "7:3",
        ),
    ];
    for (from, to, says, at) in places {
        let repo = Repo::boxes(&["one"]);
        repo.edit("box-v1.yaml", from, to);
        let done = repo.sh("plan").exits(1).tells(&[says, "it is used at sandbox.yaml:"]);
        assert!(done.err.contains(&format!("box-v1.yaml:{at}")), "{}", done.err);
    }
    let repo = Repo::boxes(&["one"]);
    repo.edit("box-v1.yaml", "Outputs:\n", "Outputs:\n  Kept: {Value: !Sub '${!Gone} ${AWS::Region}'}\n");
    repo.apply().exits(0);
    repo.settled();
}

fn told(repo: &Repo, line: &str, texts: &[&str]) {
    repo.sh(line).exits(1).tells(texts);
}

/// What others write for a variable stands as it is: where it may be meant, it is told, and where it is refused, how it is written here.
#[test]
fn what_others_write_for_a_variable() {
    let repo = Repo::new("");
    repo.edit("provisor.yaml", "locations:", "variables: {env: {default: dev}}\nlocations:");
    let note = |text: &str| repo.declare(&boxed("one", &format!("Note: '{text}'")));
    for text in ["{{ env }}", "{{other}}", "$(env)", "a-$env-b", "var.env", "{{ .Values.env }}"] {
        note(text);
        let done = repo
            .sh("plan")
            .exits(0)
            .tells(&["is not filled in: it is taken as it is written", "products.yaml:2:"]);
        let name = if text.contains("other") { "other" } else { "env" };
        assert!(done.err.contains(&format!("a variable is `${{var.{name}}}`")), "{}", done.err);
    }
    for text in [
        "$Latest",
        "{{resolve:ssm:/a}}",
        "Dear {{ name }}, hello",
        "$5",
        "$(hostname) -f",
        "$${AWS::Region} $${HOME}",
    ] {
        note(text);
        let done = repo.sh("plan").exits(0);
        assert!(!done.err.contains("Warning"), "{text}: {}", done.err);
    }
    note("$${AWS::Region} $${HOME}");
    repo.sh("plan").says(&["\"${AWS::Region} ${HOME}\""]);
    for (text, hint) in [
        ("${AWS::Region}", "what CloudFormation is to fill in is written `$${AWS::Region}`"),
        ("${!Literal}", "is written `$${!Literal}`"),
        ("${HOME}", "a variable is `${var.HOME}`; a literal `${` is written `$${`"),
        ("${env:STAGE}", "give it by `PROVISOR_VAR_stage`"),
        ("${{ secrets.KEY }}", "a variable is `${var.KEY}`, with one pair of braces"),
        ("${var:env}", "a variable is `${var.env}`"),
        ("${var[\"env\"]}", "did you mean `${var.env}`?"),
        ("a ${var.env b", "did you mean `${var.env}`?"),
        ("${self.outputs.Arn}", "a declaration refers to no output of its own"),
        ("${provisioned_products.one.outputs.Arn}", "did you mean `${one.outputs.Arn}`?"),
    ] {
        note(text);
        let done = repo.sh("plan").exits(1).tells(&[hint, "1 error in 1 file"]);
        assert!(!done.err.contains("Warning"), "{text}: {}", done.err);
    }
    for (field, says) in [
        ("tags: {a: '$(env)'}", "cannot hold `$`"),
        ("provisioned_product_name: 'n-{{ env }}'", "cannot hold `{`"),
    ] {
        repo.declare(&boxed("one", "").replace("}}\n", &format!("}}, {field}}}\n")));
        told(&repo, "plan", &[says, "a variable is `${var.env}`"]);
    }
}

#[test]
fn paths_are_taken_as_they_are_written() {
    for (path, hint) in [
        ("~/state", "`~` is no home folder here"),
        ("$HOME/state", "a variable is `${var.HOME}`"),
        ("'{{ env }}/state'", "a variable is `${var.env}`"),
    ] {
        let repo = Repo::boxes(&["one"]);
        repo.edit("provisor.yaml", "locations:", &format!("state: {{path: {path}}}\nlocations:"));
        for line in ["validate", "plan", "apply --auto-approve"] {
            told(&repo, line, &["`path` is taken as it is written", hint, "provisor.yaml:3:"]);
        }
        assert!(!repo.path().join("~").exists());
    }
    for (from, to, hint) in [
        ("[products.yaml]", "[~/products]", "`~` is no home folder here"),
        ("sandbox.yaml", "'${var.world}'", "`${…}` is not filled in here"),
    ] {
        let repo = Repo::boxes(&["one"]);
        repo.edit("provisor.yaml", from, to);
        told(&repo, "plan", &["which is not there", hint]);
    }
}

/// A location that is written under another name, or in another region, is told with what it was.
#[test]
fn a_location_that_is_not_where_it_was() {
    for (file, from, to, hint) in [
        ("provisor.yaml", "  demo:", "  prod:", "`prod` is the same account and region"),
        ("sandbox.yaml", "eu-west-1", "eu-west-2", "`demo` stands in eu-west-2 now: write the region back"),
        (
            "provisor.yaml",
            "  demo: {sandbox: sandbox.yaml}",
            "  prod: {account_id: '444455556666', regions: [eu-west-1]}",
            "write the location back",
        ),
    ] {
        let repo = Repo::boxes(&["one"]);
        repo.apply().exits(0);
        repo.edit(file, from, to);
        if to.contains("444455556666") {
            repo.declare("");
        }
        told(&repo, "plan", &["is not in the settings, but the state holds `one` there", hint]);
    }
}

#[test]
fn blanks_are_nothing() {
    for (from, to, says) in [
        ("project: test", "project: ' '", "`project` holds nothing but blanks"),
        ("locations:", "state: {path: ' '}\nlocations:", "`path` holds nothing but blanks"),
    ] {
        let repo = Repo::boxes(&["one"]);
        repo.edit("provisor.yaml", from, to);
        told(&repo, "validate", &[says, "1 error in 1 file"]);
    }
}

/// What stands elsewhere in Terraform is told with where it stands here.
#[test]
fn words_of_other_settings() {
    let repo = Repo::boxes(&["one"]);
    let settings = repo.read("provisor.yaml");
    for (line, hint) in [
        ("default_tags: {a: b}", "write `defaults: {tags: …}` in a file of declarations"),
        ("region: eu-west-1", "regions stand under `locations:`"),
        ("profile: x", "`location_defaults: {profile: …}`"),
        ("workspace: dev", "each stage is a location of its own"),
        ("variable: {a: {}}", "did you mean `variables`?"),
    ] {
        repo.write("provisor.yaml", &format!("{settings}{line}\n"));
        told(&repo, "validate", &[hint, "1 error in 1 file"]);
    }
    repo.write("provisor.yaml", &settings);
    let declared = repo.read("products.yaml");
    for (line, hint) in [
        ("variable: {a: {}}", "values are declared under `variables:` in `provisor.yaml`"),
        ("output: {a: {}}", "`provisor output` shows them"),
    ] {
        repo.write("products.yaml", &format!("{declared}{line}\n"));
        told(&repo, "validate", &[hint, "1 error in 1 file"]);
    }
    repo.declare(&boxed("one", "").replace("}}\n", "}, source: ./x, region: eu-west-1}\n"));
    told(
        &repo,
        "validate",
        &["a declaration names a product of the catalog", "a declaration names its `location`"],
    );
}

/// A file that is written must be none that is read.
#[test]
fn what_is_written_is_no_stream_and_no_declaration() {
    let repo = Repo::new("");
    repo.edit("provisor.yaml", "[products.yaml]", "[products, more.yaml]");
    repo.write("products/a.yaml", &format!("provisioned_products:\n{}", boxed("one", "")));
    repo.write("more.yaml", "");
    for line in [
        "plan --out -",
        "plan -out=-",
        "plan --write json=-",
        "show -",
        "apply -",
        "show --write html=-",
        "apply --write html=-",
        "plan --what-if box=v2 --write markdown=-",
    ] {
        repo.sh(line).exits(64).tells(&["`-` is no file", "hint: "]);
    }
    for line in ["plan --out products/p.yaml", "plan --out more.yaml", "plan --write json=products/p.yml"] {
        repo.sh(line).exits(1).tells(&["would be read as declarations", "such as `plan.bin`"]);
    }
    repo.sh("plan --out products/p.bin").exits(0);
    repo.sh("plan --out ./-").exits(0);
    repo.sh("show ./-").exits(0);
    let plan = repo.read("products/p.bin");
    repo.write("products/p.yaml", &plan);
    let done = repo.sh("plan").exits(1).tells(&[
        "this file is a saved plan, and no declarations",
        "products/p.yaml:1:",
        "1 error in 1 file",
    ]);
    assert!(!done.err.contains("unknown key"), "{}", done.err);
}

/// A file of another kind among the declarations is one error, however much of it would be none there.
#[test]
fn files_of_other_kinds_among_the_declarations() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "[products.yaml]", "[.]");
    let template = "this file holds a template, and no declarations";
    let done = repo.sh("plan").exits(1).tells(&[
        "this file holds settings, and no declarations",
        "this file holds what a sandbox simulates, and no declarations",
        template,
        "box-v1.yaml:",
        "vault.yaml:",
        "5 errors in 5 files",
    ]);
    assert!(!done.err.contains("unknown key") && !done.err.contains("tag"), "{}", done.err);
    assert_eq!(done.err.matches(template).count(), 3, "{}", done.err);
}

/// Where nothing is filled in, that is what is said, once.
/// A file of another kind in the place of locations: nothing is said of its keys, and no location is missed.
#[test]
fn locations_are_not_looked_for_in_a_file_of_another_kind() {
    let repo = Repo::boxes(&["one"]);
    for (file, what) in [
        ("sandbox.yaml", "what a sandbox simulates (`portfolios`)"),
        ("products.yaml", "declarations (`provisioned_products`)"),
        ("box-v1.yaml", "a template (`Resources`)"),
        ("provisor.yaml", "settings (`project`)"),
    ] {
        repo.write(
            "provisor.yaml",
            &SETTINGS.replace("\n  demo: {sandbox: sandbox.yaml}", &format!(" {file}")),
        );
        let done = repo.sh("plan").exits(1).tells(&["provisor.yaml:", "1 error in 1 file"]);
        done.tells(&[&format!("`{file}` holds {what}, and no locations")]);
    }
}

#[test]
fn where_nothing_is_filled_in() {
    let repo = Repo::new("");
    repo.edit("provisor.yaml", "locations:", "variables: {x: {default: dev}}\nlocations:");
    let settings = repo.read("provisor.yaml");
    let filled = "`${…}` is not filled in here: write the value itself";
    let key = "a key is not filled in";
    for (field, says) in [
        ("lifecycle: {prevent_terminate: '${var.x}'}", filled),
        ("provisioning_preferences: {stack_set_failure_tolerance_count: '${var.x}'}", filled),
        ("provisioning_preferences: {stack_set_accounts: '${var.x}'}", "write `[\"${var.x}\"]`"),
        ("tags: {'${var.x}': a}", key),
        ("'${var.x}': a", key),
        ("locations: {where: {'${var.x}': [a]}}", key),
    ] {
        repo.declare(&boxed("one", "").replace("}}\n", &format!("}}, {field}}}\n")));
        told(&repo, "plan", &[says, "1 error in 1 file"]);
    }
    for declared in [boxed("one", "'${var.x}': a"), boxed("'${var.x}'", "")] {
        repo.declare(&declared);
        told(&repo, "plan", &[key, "1 error in 1 file"]);
    }
    repo.declare(&boxed("one", ""));
    for (setting, says) in [
        ("limits: {parallelism: '${var.x}'}", filled),
        ("limits: {products: {'${var.x}': 1}}", key),
        ("guards: {max_terminate: '${var.x}'}", filled),
        ("timeouts: {update: '${var.x}'}", filled),
        ("drift: '${var.x}'", filled),
        ("format: '${var.x}'", filled),
    ] {
        repo.write("provisor.yaml", &format!("{settings}{setting}\n"));
        told(&repo, "validate", &[says, "1 error in 1 file"]);
    }
    for (entry, says) in [
        ("demo: {account_id: '${var.x}', regions: [eu-west-1]}", filled),
        ("demo: {account_id: '111122223333', regions: ['${var.x}']}", filled),
        ("demo: {account_id: '111122223333', regions: {'${var.x}': {}}}", key),
        ("demo: {account_id: '111122223333', regions: [eu-west-1], frozen: '${var.x}'}", filled),
        ("'${var.x}': {account_id: '111122223333', regions: [eu-west-1]}", key),
    ] {
        repo.write("provisor.yaml", &settings.replace("demo: {sandbox: sandbox.yaml}", entry));
        told(&repo, "validate", &[says, "1 error in 1 file"]);
    }
}

#[test]
fn endpoints_and_numbers_that_are_nearly_right() {
    let repo = Repo::boxes(&["one"]);
    let settings = repo.read("provisor.yaml");
    for (url, says) in [
        (
            "http://servicecatalog.eu-west-1.amazonaws.com",
            "write `https://servicecatalog.eu-west-1.amazonaws.com`",
        ),
        ("http://vpce.example.com", "write `https://` and `allow_custom_endpoint: true`"),
        ("vpce.example.com", "is no URL that can be called"),
        ("https://me:secret-word@vpce.example.com", "no user, no password"),
    ] {
        let entry =
            format!("demo: {{account_id: '111122223333', regions: [eu-west-1], endpoint_url: '{url}'}}");
        repo.write("provisor.yaml", &settings.replace("demo: {sandbox: sandbox.yaml}", &entry));
        let done = repo.sh("validate").exits(1).tells(&[says]);
        assert!(!done.err.contains("secret-word"), "{}", done.err);
    }
    let repo = Repo::boxes(&["one"]);
    repo.edit(
        "sandbox.yaml",
        "      - name: box\n",
        "      - name: box\n        tag_options: {cc: [\"100\", \"0300\"]}\n",
    );
    let tagged = |value: &str| {
        repo.declare(&boxed("one", "").replace("}}\n", &format!("}}, tags: {{cc: {value}}}}}\n")))
    };
    tagged("300");
    told(&repo, "plan", &["not one of `100`, `0300`", "did you mean `0300`?"]);
    tagged("101");
    let done = repo.sh("plan").exits(1).tells(&["not one of `100`, `0300`"]);
    assert!(!done.err.contains("did you mean"), "another number is another value: {}", done.err);
}

#[test]
fn an_item_beyond_the_end_of_a_list() {
    for (note, n, says) in [
        ("a", 7, "`Note` has 1 item: items are counted from 0, and `Note[0]` is the only one"),
        ("'a,b,c'", 3, "`Note` has 3 items: they are counted from 0, and `Note[2]` is the last"),
    ] {
        let repo = Repo::new(&boxed("one", &format!("Note: {note}")));
        repo.apply().exits(0);
        let two = boxed("two", &format!("Note: '${{one.outputs.Note[{n}]}}'"));
        repo.declare(&(boxed("one", &format!("Note: {note}")) + &two));
        told(&repo, "plan", &[&format!("has no `outputs.Note[{n}]`"), says, "products.yaml:3:"]);
    }
}

/// What a sandbox made is no product of AWS: the way out is named, and leads out.
#[test]
fn a_location_that_was_a_sandbox() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.edit(
        "provisor.yaml",
        "{sandbox: sandbox.yaml}",
        "{account_id: '111122223333', regions: [eu-west-1]}",
    );
    let plan = || {
        let mut command = repo.command(&["plan"]);
        command
            .env("AWS_ACCESS_KEY_ID", "x")
            .env("AWS_SECRET_ACCESS_KEY", "y")
            .env("HTTPS_PROXY", "http://127.0.0.1:9");
        super::support::Done::from(command.output().unwrap()).exits(1)
    };
    plan().tells(&[
        "is not written as a sandbox now, and the state holds `one` there",
        "`provisor state rm ADDRESS`",
    ]);
    repo.sh("state rm one --auto-approve").exits(0);
    let done = plan();
    assert!(!done.err.contains("sandbox now"), "{}", done.err);
}

/// Trusted settings refer to no variable of a branch; how they come to have it is said.
#[test]
fn variables_of_trusted_settings() {
    let repo = Repo::boxes(&["one"]);
    let operator = Repo::boxes(&["one"]);
    repo.write(
        "provisor.yaml",
        "project: test\ndeclarations: [products.yaml]\nvariables: {env: {default: dev}}\n",
    );
    let trusted =
        "project: test\nstate: {path: \"st-${var.env}\"}\nlocations:\n  demo: {sandbox: sandbox.yaml}\n";
    operator.write("provisor.yaml", trusted);
    let file = operator.path().join("provisor.yaml");
    let plan = || repo.run(&["plan", "--settings", file.to_str().unwrap()]);
    plan().exits(1).tells(&[
        "there is no variable `env`",
        "the checkout declares `env`",
        "declare it here instead",
    ]);
    operator.write("provisor.yaml", &trusted.replace("st-${var.env}", "st"));
    repo.declare(&boxed("one", "Note: \"${var.stage}\""));
    plan()
        .exits(1)
        .tells(&["there is no variable `stage`", "declare it under `variables:` in provisor.yaml"]);
    repo.edit("provisor.yaml", "project: test", "project: other");
    plan().exits(1).tells(&["are those of `test`, not of `other`", "write `project: test`"]);
}

#[test]
fn an_import_that_fits_nothing_or_was_not_finished() {
    let repo = Repo::new("");
    repo.edit("provisor.yaml", "[products.yaml]", "[products]");
    let one = format!("provisioned_products:\n{}", boxed("one", ""));
    repo.write("products/a.yaml", &one);
    repo.apply().exits(0);
    repo.lose_state();
    repo.write("products/a.yaml", "");
    for (line, hint) in [
        ("import --all --name nope", "there is `one`"),
        ("import --all --name on", "did you mean `one`?"),
        ("import --all --product bxo", "did you mean `box`?"),
    ] {
        told(&repo, line, &["fits nothing that exists", hint]);
    }
    repo.sh("import --all --name o* --product box --auto-approve").exits(0);
    repo.sh("import --all --product box").exits(0).says(&["Nothing to import"]);
    let note = serde_json::json!({"format": "provisor.import.1", "files": {"products/b.yaml": "provisioned_products:\n"}});
    repo.write(".provisor-import.json", &note.to_string());
    for line in ["plan", "validate", "apply --auto-approve"] {
        repo.sh(line)
            .exits(0)
            .tells(&["`.provisor-import.json` holds the rest", "`provisor import --declared` writes them"]);
    }
    repo.sh("import --declared").exits(0).tells(&["wrote products/b.yaml"]);
    let done = repo.sh("plan --detailed-exitcode").exits(0);
    assert!(!done.err.contains("died"), "{}", done.err);
}

/// What is nearly right is told with what is right.
#[test]
fn small_slips_and_their_hints() {
    let repo = Repo::new("");
    for (field, says) in [
        ("lifecycle: {on_removal: delete}", "did you mean `terminate`?"),
        ("lifecycle: {on_removal: keep}", "did you mean `forget`?"),
        ("timeouts: {provision: 30}", "`30m` for minutes, `30s` for seconds"),
        ("location: eu-west-1", "a location is named: write `demo`"),
        ("location: '111122223333'", "a location is named: write `demo`"),
        ("overrides: {demo: {parameters: {Note: x}}}", "each begins with `- location: NAME`"),
    ] {
        repo.declare(&boxed("one", "").replace("}}\n", &format!("}}, {field}}}\n")));
        told(&repo, "plan", &[says, "1 error in 1 file"]);
    }
    repo.declare(&boxed("one", "").replace("product_name: box", "product_name: prod-abcdefghijklm"));
    told(&repo, "plan", &["an id stands under `product_id`"]);
    for value in ["{Ref: one}", "{'Fn::GetAtt': [one, Arn]}"] {
        repo.declare(&boxed("one", &format!("Note: {value}")));
        repo.sh("plan")
            .exits(0)
            .tells(&["is not evaluated: it is sent as it is written", "${NAME.outputs.KEY}"]);
    }
    repo.declare(&boxed("one", ""));
    let settings = repo.read("provisor.yaml");
    for (setting, says) in [
        ("state: ../state\n", "write `{path: ../state}`"),
        ("variables: {x: dev}\n", "write `{default: dev}`"),
    ] {
        repo.write("provisor.yaml", &format!("{settings}{setting}"));
        told(&repo, "validate", &[says]);
    }
    for (entry, says) in [
        ("demo: sandbox.yaml", "write `{sandbox: sandbox.yaml}`"),
        ("demo: {account_id: 1111-2222-3333, regions: [eu-west-1]}", "write `\"111122223333\"`"),
    ] {
        repo.write("provisor.yaml", &settings.replace("demo: {sandbox: sandbox.yaml}", entry));
        told(&repo, "validate", &[says]);
    }
}

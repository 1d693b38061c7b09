//! Several mistakes in one repo: all that can be checked is told in one run, each once, in the order of the files.

use super::support::{Done, Repo, SETTINGS, boxed, files};

/// The headlines of what is told.
fn heads(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("Error: ")).collect()
}

#[test]
fn wrong_settings_do_not_hide_wrong_declarations() {
    let repo = Repo::new("  one: {product_nam: box}\n");
    repo.write("provisor.yaml", &format!("{SETTINGS}limits: {{parallelism: x}}\nvaribles: {{}}\n"));
    let done = repo.sh("validate").exits(1);
    done.tells(&[
        "`parallelism` must be a whole number from 1",
        "`varibles`",
        "`product_nam`",
        "`one` has no provisioning artifact",
        "4 errors in 2 files",
    ]);
}

#[test]
fn nothing_is_invented_where_the_locations_are_broken() {
    let two = boxed("two", "").replace("{product_name", "{location: demo, tag: {}, product_name");
    let repo = Repo::new(&(boxed("one", "Note: \"${location.name}\"") + &two));
    repo.write(
        "provisor.yaml",
        &format!("{SETTINGS}locatons: {{x: {{}}}}\n").replace("locations:", "locatins:"),
    );
    let done = repo.sh("validate").exits(1);
    assert_eq!(heads(&done.err).len(), 3, "{}", done.err);
    done.tells(&["`locatins`", "`locatons`", "`tag`"]);
}

#[test]
fn a_broken_file_hides_nothing_in_the_others() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "products.yaml", "products");
    repo.write("products/a.yaml", "provisioned_products:\n  one: [\n");
    repo.write(
        "products/b.yaml",
        &format!(
            "provisioned_products:\n{}",
            boxed("two", "Note: \"${one.outputs.Arn}\", Mode: \"${var.nope}\"")
        ),
    );
    let done = repo.sh("validate").exits(1);
    let done = done.tells(&["products/a.yaml:", "there is no variable `nope`", "2 errors in 2 files"]);
    assert!(!done.err.contains("no declaration `one`"), "{}", done.err);
}

/// What the catalog says of a declaration holds, whatever else of it is wrong.
#[test]
fn what_is_wrong_in_a_declaration_hides_nothing_else_of_it() {
    let repo = Repo::new(&boxed("one", "Mode: slo, Note: \"${var.nope}\""));
    let both = [
        "there is no variable `nope`",
        "parameter `Mode` must be one of `slow`, `fast`",
        "2 errors in 1 file",
    ];
    repo.sh("plan").exits(1).tells(&both);
    // without the value that is wrong, nothing is said to be missing
    repo.declare(&boxed("one", "Mode: slo").replace("Name: one", "Name: \"${var.nope}\""));
    repo.sh("plan").exits(1).tells(&both);
    repo.edit("provisor.yaml", "products.yaml", "products");
    repo.write("products/a.yaml", "provisioned_products:\n  other: [\n");
    let refers = boxed("one", "Mode: slo, Note: \"${other.outputs.Arn}\"");
    repo.write("products/b.yaml", &format!("provisioned_products:\n{refers}"));
    repo.sh("plan").exits(1).tells(&["products/a.yaml:", both[1], "2 errors in 2 files"]);
    // the launch path says nothing of parameters
    repo.write(
        "products/b.yaml",
        &format!("provisioned_products:\n{}", refers.replace("one: {", "one: {pth_name: x, ")),
    );
    repo.sh("plan").exits(1).tells(&["unknown key `pth_name`", both[1], "3 errors in 2 files"]);
}

/// What the catalog would say of a declaration that refers to a broken file is not asked.
#[test]
fn a_broken_file_makes_nothing_missing_in_the_others() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "products.yaml", "products");
    repo.write("products/a.yaml", "provisioned_products:\n  one:\n    product_name:box\n    path_name: x\n");
    let name = "provisioned_products:\n  two: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: \"${one.outputs.Arn}\"}}\n";
    repo.write("products/b.yaml", name);
    for command in ["validate", "plan"] {
        only(&repo, command, "products/a.yaml:3:17", &["a space is missing"]);
    }
}

#[test]
fn an_index_that_is_none_and_a_condition_on_nothing() {
    let index = "Note: \"${two.outputs.Subnets[a]}\"";
    let repo = Repo::new(&(boxed("one", index) + &boxed("two", "")));
    only(&repo, "validate", "products.yaml:2:", &["`${two.outputs.Subnets[0]}`"]);
    let repo = Repo::new(
        "  one:\n    locations: {where: {envi: prod}}\n    product_name: box\n    provisioning_artifact_name: v1\n",
    );
    only(&repo, "validate", "products.yaml:3:25", &["no variable `envi`"]);
    let staged = SETTINGS.replace("sandbox.yaml}", "sandbox.yaml, variables: {stage: prod}}");
    repo.write("provisor.yaml", &format!("{staged}variables: {{stage: {{}}}}\n"));
    repo.edit("products.yaml", "envi: prod", "stage: prd");
    only(&repo, "validate", "products.yaml:3:", &["no location fits", "did you mean `prod`?"]);
}

#[test]
fn days_are_durations() {
    let repo = Repo::new(&boxed("one", "").replace("}\n", ", timeouts: {provision: 1d}}\n"));
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("apply --max-age 7d p.bin").exits(0);
    repo.sh("apply --max-age week p.bin").exits(64).tells(&["7d"]);
    repo.sh("apply provisor.yaml").exits(6).tells(&["`provisor.yaml` is not a saved plan"]);
}

/// Nobody who checks offline has to have the secrets.
#[test]
fn a_secret_without_a_value_is_missed_by_a_plan_only() {
    let repo = Repo::new(&boxed("one", "Note: \"${var.pw}\""));
    repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{pw: {{sensitive: true}}}}\n"));
    repo.sh("validate").exits(0).says(&["Provisioned products: 1"]);
    let done = repo.sh("plan").exits(1).tells(&["`PROVISOR_SECRET_pw`", "`--secret-file`"]);
    assert!(!done.err.contains("PROVISOR_VAR") && !done.err.contains("--var-file"), "{}", done.err);
    repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{pw: {{}}}}\n"));
    repo.sh("validate").exits(1).tells(&["`pw` has no value", "PROVISOR_VAR_pw"]);
}

#[test]
fn what_the_catalog_says_is_told_beside_what_is_wrong_offline() {
    let repo =
        Repo::new(&(boxed("one", "Nots: x") + "  two: {product_nam: box}\n" + &boxed("three", "Size: big")));
    let done = repo.sh("plan").exits(1);
    let done = done.tells(&["`Nots`", "`product_nam`", "`Size`", "in 1 file"]);
    let lines: Vec<usize> = done
        .err
        .lines()
        .filter_map(|line| line.split_once("products.yaml:")?.1.split(':').next()?.parse().ok())
        .collect();
    assert!(lines.len() > 2 && lines.is_sorted(), "{lines:?}\n{}", done.err);
}

#[test]
fn a_file_that_is_missing_has_the_place_of_its_key() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "products.yaml", "absent.yaml");
    repo.sh("plan").exits(1).tells(&["provisor.yaml:", "absent.yaml", "^"]);
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "sandbox.yaml", "absent.yaml");
    repo.sh("plan").exits(1).tells(&["provisor.yaml:", "absent.yaml", "^"]);
}

#[test]
fn what_people_from_elsewhere_write_is_understood() {
    let rows = [
        ("  one: {product: box}\n", "`product_name`"),
        ("  one: {version: v1}\n", "`provisioning_artifact_name`"),
        ("  one: {params: {A: b}}\n", "`parameters`"),
        ("  one: {prevent_destroy: true}\n", "`lifecycle: {prevent_terminate: true}`"),
        ("  one: {lifecycle: {prevent_destroy: true}}\n", "`prevent_terminate`"),
        ("  one: {ignore_changes: [tags]}\n", "lifecycle"),
        ("  one: {timeouts: {create: 5m}}\n", "`provision`"),
        ("  one: {for_each: [a]}\n", "`locations`"),
        ("  one: {tags: {a: \"${network.output.VpcId}\"}}\n", "`${network.outputs.VpcId}`"),
        ("  one:\n    parameters:\n      Engine:postgres\n      Size: 1\n", "a space is missing"),
        ("  one: {tags: {a: {{ engine }}}}\n", "quotes"),
    ];
    for (declarations, hint) in rows {
        let done = Repo::new(declarations).sh("validate").exits(1);
        assert!(done.err.contains(hint), "{declarations}\n{}", done.err);
    }
}

#[test]
fn no_dangerous_command_is_suggested() {
    let repo = Repo::boxes(&["one"]);
    for word in ["test", "history", "deploy", "destory", "aply", "taint", "workspace"] {
        let done = repo.sh(word).exits(64);
        assert!(!done.err.contains("'destroy'") && !done.err.contains("'apply'"), "{word}\n{}", done.err);
    }
    repo.sh("taint one").exits(64).tells(&["--replace"]);
}

/// What is told of one mistake: exactly one error, at this place, with these words.
#[track_caller]
fn only(repo: &Repo, line: &str, at: &str, words: &[&str]) {
    let done = repo.sh(line).exits(1).tells(&[at]).tells(words);
    assert_eq!(heads(&done.err).len(), 1, "{}", done.err);
}

#[test]
fn one_mistake_is_one_error() {
    let only =
        |declarations: &str, at: &str, words: &[&str]| only(&Repo::new(declarations), "plan", at, words);
    only(
        "  my archive: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: a}}\n",
        "products.yaml:2:3",
        &["a letter first"],
    );
    only(&(boxed("one", "") + &boxed("one", "")), "products.yaml:3:3", &["first here"]);
    only(
        "  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Nmae: a}}\n",
        "products.yaml:2:73",
        &["did you mean `Name`?"],
    );
    only(&boxed("one", "Size: [1, x]"), "products.yaml:2:", &["must be a number"]);
    only(&boxed("one", "Note: \"${one.outputs.Arn}\""), "products.yaml:2:", &["refers to itself"]);
    only(
        &(boxed("one", "Note: \"${two.outputs.Arn}\"") + &boxed("two", "Note: \"${one.outputs.Arn}\"")),
        "products.yaml:2:91",
        &["`one` -> `two` -> `one`", "`two` needs `one` here"],
    );
}

#[test]
fn the_line_within_a_block_text_is_pointed_at() {
    let block = |text: &str| {
        Repo::new(&format!(
            "  one:\n    product_name: box\n    provisioning_artifact_name: v1\n    parameters:\n      Name: one\n      Note: {text}\n{}",
            boxed("two", "")
        ))
    };
    only(&block("|\n        a\n        b ${var.nope}"), "validate", "products.yaml:9:11", &["`nope`"]);
    only(&block(">-\n        a\n        b ${two.outputs.Nope} c"), "plan", "products.yaml:9:11", &["`Nope`"]);
    only(&block("\n        - a\n        - ${two.outputs.Nope}"), "plan", "products.yaml:9:11", &["`Nope`"]);
}

#[test]
fn what_is_no_utf_8_has_a_place_and_a_name() {
    let write = |bytes: &[u8]| {
        let repo = Repo::boxes(&["one"]);
        std::fs::write(repo.path().join("products.yaml"), bytes).unwrap();
        repo
    };
    only(&write(b"provisioned_products:\n  caf\xe9: {}\n"), "plan", "products.yaml:2:6", &["not UTF-8"]);
    let wide: Vec<u8> = "\u{feff}a: {}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    only(&write(&wide), "plan", "products.yaml:1:1", &["UTF-16", "save it as UTF-8"]);
    only(&write(&wide[2..]), "plan", "products.yaml:1:2", &["UTF-16"]);
}

#[test]
fn variables_hold_what_their_type_says() {
    let with = |variables: &str| {
        let repo = Repo::new(&boxed("one", ""));
        repo.write("provisor.yaml", &format!("{SETTINGS}variables: {variables}\n"));
        repo
    };
    only(&with("{owner: {default: [a, b]}}"), "validate", "provisor.yaml:5:30", &["a text, not a list"]);
    only(
        &with("{n: {type: number, default: [1]}}"),
        "validate",
        "provisor.yaml:5:40",
        &["a number, not a list"],
    );
    only(
        &with("{n: {type: number, allowed: [1, 2, three]}}"),
        "validate",
        "provisor.yaml:5:47",
        &["`three`"],
    );
    only(&with("{n: {type: integer}}"), "validate", "provisor.yaml:5:23", &["did you mean `number`?"]);
    only(&with("{n: {allowed: []}}"), "validate", "provisor.yaml:5:26", &["is empty"]);
}

/// Case 11.
#[test]
fn a_list_is_given_as_a_list_or_with_commas() {
    let repo = Repo::new(&boxed("one", "Note: \"${var.zones}\""));
    repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{zones: {{type: list, default: []}}}}\n"));
    for given in ["zones=[\"a\",\"b\"]", "zones=[a, b]", "zones=a,b", "zones= ['a', b]"] {
        repo.run(&["plan", "--var", given]).exits(0).says(&["Note = \"a,b\""]);
    }
    repo.run(&["plan", "--var", "zones=[a"]).exits(1).tells(&["must be a list", "`a,b`", "--var zones"]);
    let done = Done::from(repo.command(&["plan"]).env("PROVISOR_VAR_zones", "[a, b]").output().unwrap());
    done.exits(0).says(&["Note = \"a,b\""]);
    let done = Done::from(repo.command(&["plan"]).env("PROVISOR_VAR_ZONES", "[a]").output().unwrap());
    done.exits(0).tells(&["PROVISOR_VAR_ZONES", "PROVISOR_VAR_zones"]);
    let no_text = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"[a\xff]");
    let done = Done::from(repo.command(&["plan"]).env("PROVISOR_VAR_zones", no_text).output().unwrap());
    done.exits(1).tells(&["`PROVISOR_VAR_zones` is not UTF-8", "1 error"]);
}

#[test]
fn nothing_is_accepted_in_silence() {
    let line = |text: &str| boxed("one", "").replace("}\n", &format!(", {text}}}\n"));
    let only = |text: &str, words: &[&str]| only(&Repo::new(&line(text)), "plan", "products.yaml:2:", words);
    only("sensitive_outputs: [Anr]", &["no output `Anr`", "`Arn`"]);
    only("provisioning_preferences: {stack_set_accounts: []}", &["all that the constraint allows"]);
    only("lifecycle: {ignore_changes: [parameters.Sise]}", &["no parameter `Sise`", "`Size`"]);
    only("lifecycle: {ignore_changes: [\"parameters.Q*\"]}", &["no parameter `Q*`"]);
    let repo =
        Repo::new(&line("tags: {team: a}, lifecycle: {ignore_changes: [tags.taem, \"parameters.S*\"]}"));
    repo.sh("plan").exits(0).says(&["`taem`", "team"]);
    for flags in [
        "--destroy --refresh-only",
        "--destroy --replace one",
        "--refresh-only --no-refresh",
        "--refresh-only --replace one",
    ] {
        repo.sh(&format!("plan {flags}")).exits(64).tells(&["contradict each other"]);
    }
    repo.sh("plan --target one --exclude one").exits(1).tells(&["leaves nothing"]);
    let repo = Repo::boxes(&["one", "two"]);
    repo.sh("plan --target one --replace two").exits(1).tells(&["`--replace two`"]);
}

#[test]
fn what_is_wrong_with_a_world_or_a_template_has_its_line() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: fast");
    only(&repo, "plan", "sandbox.yaml:3:13", &["time_scale: fast", "a number is expected"]);
    let repo = Repo::boxes(&["one"]);
    repo.edit("box-v1.yaml", "Resources:", "Resurces:");
    only(&repo, "validate", "box-v1.yaml:6:1", &["Resurces"]);
    let repo = Repo::boxes(&["one"]);
    std::fs::write(repo.path().join("vault.yaml"), b"Parameters:\n  A: {Type: String, Default: \xe9}\n")
        .unwrap();
    only(&repo, "plan", "vault.yaml:2:30", &["not UTF-8"]);
}

/// A world file is refused in the words of declarations, not in those of a parser.
#[test]
fn a_slip_in_a_world_is_told_as_one_in_a_declaration() {
    for (from, to, at, said) in [
        ("      - name: vault", "     - name: vault", "sandbox.yaml:", "indented by"),
        ("time_scale: 3600", "time_scale: '3600", "sandbox.yaml:3:13", "this `'` is not closed"),
        ("time_scale: 3600", "time_scale 3600", "sandbox.yaml:3:1", "this line has no `:`"),
        ("portfolios:", "portfolios", "sandbox.yaml:", "this line has no `:`"),
    ] {
        let repo = Repo::boxes(&["one"]);
        repo.edit("sandbox.yaml", from, to);
        only(&repo, "plan", at, &[said]);
    }
}

#[test]
fn a_sandbox_that_is_not_there_is_one_error() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("provisor.yaml", "sandbox.yaml", "sandbx.yaml");
    only(&repo, "plan", "provisor.yaml:4:19", &["sandbx.yaml", "did you mean `sandbox.yaml`?"]);
}

#[test]
fn a_file_of_values_is_pointed_at() {
    let repo = Repo::boxes(&["one"]);
    repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{n: {{type: number}}}}\n"));
    repo.write("v.yaml", "n: five\n");
    only(&repo, "plan --var-file v.yaml", "v.yaml:1:4", &["a number, not this value"]);
    repo.write("v.yaml", "n = 5\n");
    only(&repo, "plan --var-file v.yaml", "v.yaml:1:1", &["one `name: value` a line"]);
}

/// Names are compared for findings that are shown, and no more than can be afforded.
#[test]
fn ten_thousand_mistakes_are_told_and_counted() {
    let repo = Repo::new(
        &(0..10_000).map(|n| format!("  aaaaaaaa{n}: {{depends_on: [bbbbbbbb{n}]}}\n")).collect::<String>(),
    );
    let done = repo.sh("validate").exits(1).tells(&["more", "30000 errors in 1 file"]);
    assert!(heads(&done.err).len() <= 50, "{}", heads(&done.err).len());
}

/// A wrong value in the settings leaves everything in the declarations to be found that does not hang on it.
#[test]
fn a_wrong_setting_hides_only_what_hangs_on_it() {
    let repo = Repo::new(
        "  one: {product_name: box, provisioning_artifact_name: v1, location: nowhere, parameters: {A: \"${var.nope}\"}}\n",
    );
    let both = ["there is no location `nowhere`", "there is no variable `nope`"];
    let hub = "  hub: {account_id: \"111122223333\", regions: [eu-west-1]}\n";
    let settings = format!("{SETTINGS}{hub}");
    for (from, to, wrong) in [
        ("project: test\n", "", "`project` is missing"),
        ("project: test", "project: Test", "`Test` cannot name a project"),
        ("\"111122223333\"", "\"1\"", "`1` is not an account id"),
        ("account_id: \"111122223333\"", "endpoint_url: \"https://x.example\"", "is not on this machine"),
        ("account_id: \"111122223333\"", "role_arn: x", "`x` is not the ARN of a role"),
        ("project: test", "project: test\ntimouts: {}", "unknown key `timouts`"),
        ("project: test", "project: test\nguards: {max_terminate: lots}", "not `lots`"),
        ("project: test", "project: test\nlimits: [1]", "`limits` must be a map"),
        ("project: test", "project: test\nstate: {path: ../x}", "cannot keep a state in `../x`"),
    ] {
        repo.write("provisor.yaml", &settings.replace(from, to));
        repo.sh("validate").exits(1).tells(&both).tells(&[wrong]);
    }
    // what may be the variables' own key leaves doubts
    for to in ["project: test\nvaribles: {}", "project: test\nfoo: {}"] {
        repo.write("provisor.yaml", &settings.replace("project: test", to));
        let done = repo.sh("validate").exits(1).tells(&both[..1]);
        assert!(!done.err.contains(both[1]), "{}", done.err);
    }
    repo.write("provisor.yaml", &settings.replace("project: test", "project: test\nlocatons: {}"));
    let done = repo.sh("validate").exits(1);
    assert!(!both[..1].iter().any(|told| done.err.contains(told)), "{}", done.err);
}

#[test]
fn a_state_outside_the_root_is_a_mistake_at_its_place() {
    let repo = Repo::boxes(&["one"]);
    for path in ["../x", "/tmp/x", "a/../../x"] {
        repo.write("provisor.yaml", &format!("{SETTINGS}state:\n  path: {path}\n"));
        for line in ["validate", "plan", "apply --auto-approve", "state list", "show", "output"] {
            repo.sh(line).exits(1).tells(&[&format!("cannot keep a state in `{path}`"), "provisor.yaml:6:9"]);
        }
    }
}

#[test]
fn a_state_in_a_folder_that_is_none_of_its_own_is_a_mistake_at_its_place() {
    let repo = Repo::boxes(&["one"]);
    let readers = ["validate", "plan", "state list", "show"];
    repo.write("templates/a.yaml", "");
    repo.write("templates/key", "");
    for path in [".x", ".github/workflows", "a/.b", "templates", "./templates"] {
        repo.write("provisor.yaml", &format!("{SETTINGS}state:\n  path: {path}\n"));
        let before = files(repo.path());
        for line in
            readers.iter().chain(&["plan --out p.bin", "apply --auto-approve", "destroy --auto-approve"])
        {
            repo.sh(line).exits(1).tells(&[&format!("cannot keep a state in `{path}`"), "provisor.yaml:6:9"]);
        }
        assert_eq!(files(repo.path()), before, "{path}");
    }
    // new, empty, begun, and one that somebody has put a text into
    repo.write("begun/.gitignore", "*");
    std::fs::create_dir(repo.path().join("empty")).unwrap();
    for path in ["new/one", "empty", "begun"] {
        repo.write("provisor.yaml", &format!("{SETTINGS}state:\n  path: {path}\n"));
        repo.apply().exits(0);
        repo.write(&format!("{path}/README.md"), "");
        for line in readers {
            repo.sh(line).exits(0);
        }
    }
    // what is there already stays where it is
    std::fs::rename(repo.path().join("begun"), repo.path().join(".hid")).unwrap();
    repo.write("provisor.yaml", &format!("{SETTINGS}state: {{path: .hid}}\n"));
    repo.sh("plan").exits(0).says(&["No changes"]);
}

#[test]
fn another_account_under_the_same_name_is_told_with_its_place() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let other = "sandbox.yaml, account_id: \"999988887777\"}";
    repo.write("provisor.yaml", &SETTINGS.replace("sandbox.yaml}", other));
    repo.sh("plan").exits(1).tells(&[
        "the credentials belong to account 999988887777 (eu-west-1), the state says 111122223333",
        "--> provisor.yaml:4:45",
        "write it as it was, or give the other account a location of its own",
    ]);
    repo.write("locations.yaml", &format!("# all\ndemo: {{sandbox: {other}\n"));
    repo.write("provisor.yaml", "project: test\ndeclarations: [products.yaml]\nlocations: locations.yaml\n");
    repo.sh("plan").exits(1).tells(&["--> locations.yaml:2:43"]);
}

#[test]
fn a_limit_of_a_product_that_nobody_declares_is_told() {
    let repo = Repo::boxes(&["one"]);
    repo.write("provisor.yaml", &format!("{SETTINGS}limits: {{products: {{bix: 1, box: 2}}}}\n"));
    for line in ["plan", "validate"] {
        let done = repo.sh(line).exits(0).tells(&[
            "Warning: `limits.products` names `bix`, and no declaration provisions that product",
            "provisor.yaml:5:21",
            "did you mean `box`?",
        ]);
        assert_eq!(done.err.matches("limits.products").count(), 1, "{}", done.err);
    }
    repo.edit("provisor.yaml", "bix: 1, ", "");
    let done = repo.sh("plan").exits(0);
    assert!(!done.err.contains("Warning"), "{}", done.err);
}

#[test]
fn what_aliases_stand_for_is_told_once() {
    let repo = Repo::new(
        "  a: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: &n \"a/b\"}}\n  b: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: *n}}\n",
    );
    let done = repo.sh("plan").exits(1).tells(&["products.yaml:2:77", "for `a`, `b`", "1 error in 1 file"]);
    assert_eq!(done.err.matches("Error: ").count(), 1, "{}", done.err);
}

/// What is written once is wrong once, whatever it is called for each product that it is wrong for.
#[test]
fn what_is_wrong_in_defaults_is_told_once() {
    let head = "defaults:\n  path_name: nope\nprovisioned_products:\n";
    let repo = Repo::boxes(&["one"]);
    let two = boxed("two", "").replace("product_name: box", "product_name: vault");
    let two = two.replace("Name: two", "Password: long-enough");
    repo.write("products.yaml", &format!("{head}{}{two}{}", boxed("one", ""), boxed("three", "")));
    let done = repo.sh("plan").exits(1);
    assert_eq!(heads(&done.err).len(), 1, "{}", done.err);
    done.tells(&[
        "there is no launch path `nope` to `box`",
        "there is no launch path `nope` to `vault`",
        "for `one`, `three`, `two`",
        "products.yaml:2:14",
    ]);
}

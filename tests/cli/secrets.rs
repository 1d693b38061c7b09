//! Secrets: on the wire, and nowhere else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provisor::model::secret::{DigestKey, KeyedDigest, default_digest};

use super::support::{Done, Repo, SETTINGS, boxed};

const SECRET: &str = "Hunter2-quite-unique";
const OTHER: &str = "Another1-just-as-unique";
/// `SECRET` in base64, as a careless log would have it.
const ENCODED: &str = "SHVudGVyMi1xdWl0ZS11bmlxdWU";

fn vaults() -> Repo {
    let repo = Repo::new(
        "  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.password}\"}}\n  \
         next: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: next, Note: \"${safe.outputs.Arn}\"}}\n",
    );
    repo.write(
        "provisor.yaml",
        &format!("{SETTINGS}variables: {{password: {{type: string, sensitive: true}}}}\n"),
    );
    repo
}

fn with(repo: &Repo, password: &str, line: &str) -> Done {
    let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
    command.env("PROVISOR_VAR_password", password).output().unwrap().into()
}

#[track_caller]
fn clean(repo: &Repo, done: &[&Done]) {
    for text in [SECRET, OTHER, ENCODED] {
        for done in done {
            assert!(!done.out.contains(text) && !done.err.contains(text), "{}{}", done.out, done.err);
        }
        assert!(repo.holding(text).is_empty(), "{text} in {:?}", repo.holding(text));
    }
}

#[test]
fn a_secret_is_nowhere_at_rest_or_on_screen() {
    let repo = vaults();
    let mut all = Vec::new();
    let plan = with(&repo, SECRET, "plan --out p.bin").exits(0).says(&["(sensitive)"]);
    all.push(plan);
    all.push(with(&repo, SECRET, "plan --format json").exits(0));
    all.push(repo.sh("show p.bin --json"));
    all.push(with(&repo, SECRET, "apply p.bin").exits(0));
    all.push(with(&repo, SECRET, "plan --detailed-exitcode").exits(0));
    all.push(with(&repo, OTHER, "plan --out q.bin").exits(0).says(&[
        "# safe will be updated in-place",
        "(sensitive)",
        "1 to change",
    ]));
    all.push(with(&repo, OTHER, "apply --auto-approve --json").exits(0));
    all.push(with(&repo, OTHER, "plan --detailed-exitcode").exits(0));
    for line in [
        "state pull",
        "state show safe",
        "state show safe --json",
        "show",
        "show --json",
        "output",
        "output --json",
    ] {
        all.push(repo.sh(line).exits(0));
    }
    clean(&repo, &all.iter().collect::<Vec<_>>());
}

#[test]
fn all_ways_to_give_a_secret_are_one() {
    let repo = vaults();
    let applied = repo.run(&["apply", "--auto-approve", "--var", &format!("password={SECRET}")]).exits(0);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("password: {SECRET}\n")).unwrap();
    let path = file.path().display().to_string();
    let planned = repo.run(&["plan", "--detailed-exitcode", "--var-file", &path]).exits(0);
    let again = with(&repo, SECRET, "plan --detailed-exitcode").exits(0);
    clean(&repo, &[&applied, &planned, &again]);
}

#[test]
fn a_secret_has_no_default() {
    let repo = vaults();
    repo.edit("provisor.yaml", "sensitive: true", "sensitive: true, default: Hunter2-quite-unique");
    for line in ["validate", "plan", "apply --auto-approve"] {
        let done = with(&repo, OTHER, line).exits(1);
        let done = done.tells(&[
            "the variable `password` is sensitive, and its default would stand in git",
            "PROVISOR_SECRET_password",
            "provisor.yaml:5:",
        ]);
        assert!(!done.err.contains(SECRET), "{}", done.err);
    }
}

#[test]
fn failures_and_echoes_do_not_tell() {
    let repo = vaults();
    let message = format!("message: \"Password {SECRET} is too weak\"");
    repo.faults(&[&format!(
        "{{operation: provision, provisioned_product: safe, outcome: rollback, {message}, times: 1}}"
    )]);
    let done = with(&repo, SECRET, "apply --auto-approve").exits(3);
    let plan = with(&repo, SECRET, "plan");
    for done in [&done, &plan, &repo.sh("state show safe")] {
        assert!(!done.out.contains(SECRET) && !done.err.contains(SECRET), "{}{}", done.out, done.err);
    }
    let found = repo.holding(SECRET);
    // the message itself stands in the sandbox's file and world: it is not ours
    let ours = found
        .iter()
        .filter(|path| !path.ends_with("sandbox.yaml") && !path.to_string_lossy().contains("state/sandbox/"));
    assert_eq!(ours.count(), 0, "{found:?}");
}

/// As logs and documents have it: lines of an encoding, none of which is the whole.
#[test]
fn failures_do_not_tell_in_broken_lines() {
    let repo = vaults();
    let secret: String = (0..132u32).map(|n| char::from(b'0' + (n * 7 % 75) as u8)).collect();
    let encoded = STANDARD.encode(&secret);
    let hexadecimal: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let broken = |text: &str, width: usize| -> Vec<String> {
        text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    };
    let lines: Vec<String> = [broken(&encoded, 76), broken(&hexadecimal, 64)].concat();
    let message = serde_json::json!(format!("cloud-init said:\n{}", lines.join("\n")));
    repo.faults(&[&format!(
        "{{operation: provision, provisioned_product: safe, outcome: rollback, message: {message}, times: 1}}"
    )]);
    let mut all = vec![with(&repo, &secret, "apply --auto-approve").exits(3).says(&["cloud-init said"])];
    all.push(with(&repo, &secret, "plan"));
    all.push(repo.sh("state show safe"));
    for line in lines {
        for done in &all {
            assert!(!done.out.contains(&line) && !done.err.contains(&line), "{}{}", done.out, done.err);
        }
        let kept = repo.holding(&line).into_iter().map(|path| path.display().to_string());
        let kept: Vec<String> = kept.filter(|path| !path.contains("sandbox")).collect();
        assert!(kept.is_empty(), "{kept:?}");
    }
}

#[test]
fn a_saved_plan_takes_only_the_secret_it_was_made_with() {
    let repo = vaults();
    with(&repo, SECRET, "plan --out p.bin").exits(0);
    let calls = repo.calls().len();
    let other = with(&repo, OTHER, "apply p.bin").exits(6);
    let none = repo.sh("apply p.bin").exits(6).tells(&["password"]);
    assert_eq!(repo.calls().len(), calls, "refused before any call");
    with(&repo, SECRET, "apply p.bin").exits(0);
    clean(&repo, &[&other, &none]);
}

#[test]
fn a_secret_in_a_name_or_a_tag_is_an_error() {
    for entry in ["tags: {t: \"${var.password}\"}", "provisioned_product_name: \"n-${var.password}\""] {
        let repo = vaults();
        repo.edit("products.yaml", "{product_name: vault,", &format!("{{product_name: vault, {entry},"));
        let done = with(&repo, SECRET, "validate").exits(1).tells(&["sensitive", "products.yaml:2:"]);
        clean(&repo, &[&done]);
    }
}

#[test]
fn an_echo_of_a_secret_is_a_secret_for_whoever_uses_it() {
    let uses = "Name: two, Note: \"${one.outputs.Note}\"";
    let repo = Repo::new(&format!(
        "  one: {{product_name: box, provisioning_artifact_name: v1, parameters: {{Name: one, Note: \"${{var.password}}\"}}}}\n  \
         two: {{product_name: box, provisioning_artifact_name: v1, parameters: {{{uses}}}}}\n"
    ));
    repo.write(
        "provisor.yaml",
        &format!("{SETTINGS}variables: {{password: {{type: string, sensitive: true}}}}\n"),
    );
    let applied = with(&repo, SECRET, "apply --auto-approve").exits(0);
    let shown = repo.sh("state show two").exits(0);
    for done in [&applied, &shown] {
        assert!(!done.out.contains(SECRET) && !done.err.contains(SECRET), "{}{}", done.out, done.err);
    }
    // the template takes it in the clear, and so does the simulated catalog: it is not ours
    let ours =
        repo.holding(SECRET).into_iter().filter(|path| !path.to_string_lossy().contains("state/sandbox/"));
    assert_eq!(ours.collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
    with(&repo, SECRET, "plan --detailed-exitcode").exits(0);
}

/// The secret stays as it is and is not sent: whichever way that is written, the catalog may still repeat it.
#[test]
fn a_secret_that_is_kept_stays_hidden_when_the_catalog_repeats_it() {
    let keeps = "  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {PASSWORD Label: LABEL}}\n";
    let declared = |password: &str, label: &str| keeps.replace("PASSWORD", password).replace("LABEL", label);
    for (n, way) in
        ["Password: \"${var.password}\",", "Password: \"${var.password}\", IGNORED", "Password: null,", ""]
            .iter()
            .enumerate()
    {
        let repo = vaults();
        repo.declare(&declared("Password: \"${var.password}\",", "a"));
        with(&repo, SECRET, "apply --auto-approve").exits(0);
        let way = way.replace(" IGNORED", "");
        repo.declare(&declared(&way, "b"));
        if n == 1 {
            repo.edit(
                "products.yaml",
                "{product_name",
                "{lifecycle: {ignore_changes: [parameters.Password]}, product_name",
            );
        }
        let echo = format!("Password {SECRET} is too weak");
        repo.faults(&[&format!(
            "{{operation: update, provisioned_product: safe, outcome: rollback, message: \"{echo}\", times: 1}}"
        )]);
        let mut all = vec![with(&repo, SECRET, "plan").exits(0).says(&["# safe will be updated in-place"])];
        all.push(with(&repo, SECRET, "apply --auto-approve --json").exits(3).says(&["is too weak"]));
        all.push(with(&repo, SECRET, "plan --format json").exits(0));
        for line in ["state pull", "state show safe", "state show safe --json"] {
            all.push(repo.sh(line).exits(0));
        }
        all.push(with(&repo, SECRET, "apply --auto-approve").exits(0));
        for done in &all {
            assert!(
                !done.out.contains(SECRET) && !done.err.contains(SECRET),
                "{way}: {}{}",
                done.out,
                done.err
            );
        }
        let ours = |path: &std::path::PathBuf| {
            !path.ends_with("sandbox.yaml") && !path.to_string_lossy().contains("state/sandbox/")
        };
        assert_eq!(
            repo.holding(SECRET).into_iter().filter(ours).collect::<Vec<_>>(),
            Vec::<std::path::PathBuf>::new(),
            "{way}"
        );
        with(&repo, SECRET, "plan --detailed-exitcode").exits(0);
    }
}

/// What stands for the password in each row, by address.
fn digests(repo: &Repo) -> Vec<String> {
    let state = repo.sh("state pull").json();
    let rows = state["rows"].as_array().unwrap().iter();
    let digest = |row: &serde_json::Value| {
        let value = &row["applied"]["content"]["parameters"]["Password"];
        value["digest"].as_str().map(str::to_owned)
    };
    rows.filter_map(digest).collect()
}

#[test]
fn one_secret_of_two_products_has_two_digests_that_a_rename_does_not_change() {
    let repo = vaults();
    let declared = repo.read("products.yaml");
    let twin = declared.lines().find(|line| line.contains("safe:")).unwrap().replace("safe:", "twin:");
    repo.write("products.yaml", &format!("{declared}{twin}\n"));
    with(&repo, SECRET, "apply --auto-approve").exits(0);
    let before = digests(&repo);
    assert!(before.len() == 2 && before[0] != before[1], "{before:?}");
    repo.edit("products.yaml", "twin:", "moved:");
    repo.edit("products.yaml", "moved: {", "moved: {provisioned_product_name: twin, ");
    with(&repo, SECRET, "apply --auto-approve").exits(0);
    assert!(repo.sh("state list").out.contains("moved"));
    let mut after = digests(&repo);
    after.sort();
    let mut before = before;
    before.sort();
    assert_eq!(after, before);
    with(&repo, OTHER, "plan").exits(0).says(&["2 to change", "1 more may change."]);
}

#[test]
fn a_digest_from_before_digests_said_their_scheme_still_holds() {
    let repo = vaults();
    with(&repo, SECRET, "apply --auto-approve").exits(0);
    let key = std::fs::read(repo.path().join("state/key")).unwrap();
    let key = DigestKey::new(key.try_into().unwrap());
    let KeyedDigest(old) = default_digest(&key, "Password", SECRET);
    let [new] = digests(&repo).try_into().unwrap();
    let mut state = repo.sh("state pull").json();
    state["serial"] = (state["serial"].as_u64().unwrap() + 1).into();
    repo.write("old.json", &state.to_string().replace(&new, &old));
    repo.sh("state push old.json --auto-approve").exits(0);
    assert_eq!(digests(&repo).first(), Some(&old));
    with(&repo, SECRET, "plan").exits(0).says(&["No changes."]);
    with(&repo, OTHER, "plan").exits(0).says(&["1 to change", "1 more may change."]);
    with(&repo, OTHER, "apply --auto-approve").exits(0);
    assert!(digests(&repo)[0].starts_with("row:"));
}

#[test]
fn what_the_state_holds_as_a_secret_stays_one() {
    let repo = vaults();
    with(&repo, SECRET, "apply --auto-approve").exits(0);
    let silent = |line: &str, code: i32| {
        let done = with(&repo, SECRET, line).exits(code);
        assert!(!done.out.contains(SECRET) && !done.err.contains(SECRET), "{}{}", done.out, done.err);
        done.tells(&["the state holds the value of `password` as a secret"])
    };
    repo.edit("provisor.yaml", ", sensitive: true", "");
    silent("plan", 0);
    repo.edit("products.yaml", "Name: next", "Name: \"${var.password}\"");
    silent("plan", 0).says(&["(sensitive)"]);
    silent("plan --json", 0);
    repo.edit("products.yaml", "  next: {", "  next: {provisioned_product_name: \"${var.password}\", ");
    silent("plan", 1).tells(&["cannot hold the sensitive variable `password`"]);
    // what a branch writes itself tells nothing of a guess
    repo.declare(&format!(
        "  next: {{product_name: box, provisioning_artifact_name: v1, parameters: {{Name: \"{SECRET}\"}}}}\n"
    ));
    assert!(repo.sh("plan").exits(0).out.contains(SECRET));
}

#[test]
fn what_becomes_sensitive_leaves_the_state_and_its_files() {
    let repo = vaults();
    let plain = format!("{SETTINGS}variables: {{word: {{type: string}}}}\n");
    let sensitive = plain.replace("type: string", "type: string, sensitive: true");
    repo.write("provisor.yaml", &plain);
    repo.write(
        "products.yaml",
        "provisioned_products:\n  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: one, Note: \"${var.word}\"}}\n",
    );
    let given = |line: &str| {
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        Done::from(command.env("PROVISOR_VAR_word", SECRET).output().unwrap())
    };
    given("apply --auto-approve").exits(0);
    assert!(!repo.holding(SECRET).is_empty());
    repo.write("provisor.yaml", &sensitive);
    given("plan --detailed-exitcode").exits(2).says(&[
        "1 to remember",
        "# one will be remembered: only the state changes",
        "(only what the state holds of it changed)",
        "Note: one: parameter `Note` is sensitive by now, and leaves the state\n",
        "Note: one: output `Note` is sensitive by now, and leaves the state\n",
    ]);
    let done = given("apply --auto-approve").exits(0);
    let left: Vec<String> = repo.holding(SECRET).iter().map(|path| path.display().to_string()).collect();
    let old: Vec<&String> = left.iter().filter(|path| !path.contains("sandbox")).collect();
    assert!(old.len() == 1 && old[0].contains("backups"), "{old:?}");
    done.tells(&["earlier backups hold a value", old[0].rsplit('/').next().unwrap()]);
    given("plan --detailed-exitcode").exits(0).says(&["No changes."]);
    // outputs likewise
    repo.edit(
        "products.yaml",
        "provisioning_artifact_name: v1,",
        "provisioning_artifact_name: v1, sensitive_outputs: [Name],",
    );
    given("apply --auto-approve").exits(0);
    given("plan --detailed-exitcode").exits(0);
    assert!(!given("state pull").out.contains(SECRET));
}

/// What went on through outputs while it was no secret leaves all that it reached, in one apply.
#[test]
fn what_becomes_sensitive_leaves_what_was_filled_from_it() {
    let repo = vaults();
    let plain = format!("{SETTINGS}variables: {{word: {{type: string}}}}\n");
    repo.write("provisor.yaml", &plain);
    let chain = [("one", "${var.word}"), ("two", "${one.outputs.Note}"), ("three", "${two.outputs.Note}")];
    let boxes = chain.map(|(key, note)| boxed(key, &format!("Note: \"{note}\"")));
    repo.declare(&(boxes.concat() + &boxed("four", "")));
    let given = |line: &str| {
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        Done::from(command.env("PROVISOR_VAR_word", SECRET).output().unwrap())
    };
    given("apply --auto-approve").exits(0);
    repo.write("provisor.yaml", &plain.replace("type: string", "type: string, sensitive: true"));
    given("plan --detailed-exitcode").exits(2).says(&["3 to remember"]);
    given("apply --auto-approve").exits(0);
    for line in ["state pull", "show --json", "output --json", "plan --json"] {
        assert!(!given(line).out.contains(SECRET), "{line}");
    }
    given("plan --detailed-exitcode").exits(0).says(&["No changes."]);
    let left = repo.holding(SECRET);
    assert!(
        left.iter().all(|path| path.display().to_string().contains("/state/sandbox/")
            || path.starts_with(repo.path().join("state/backups"))),
        "{left:?}"
    );
    // and what cannot hold it is an error at once
    repo.write("provisor.yaml", &plain);
    let tagged = "  five: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: five}, tags: {x: \"${one.outputs.Note}\"}}\n";
    repo.write("products.yaml", &(repo.read("products.yaml") + tagged));
    given("plan").exits(1).tells(&["the tag `x` cannot hold the sensitive output `Note`"]);
}

#[test]
fn what_becomes_sensitive_and_is_replaced_leaves_the_files_too() {
    let repo = vaults();
    let plain = format!("{SETTINGS}variables: {{word: {{type: string}}}}\n");
    repo.write("provisor.yaml", &plain);
    repo.write(
        "products.yaml",
        "provisioned_products:\n  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: one, Note: \"${var.word}\"}}\n",
    );
    let given = |line: &str, word: &str| {
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        Done::from(command.env("PROVISOR_VAR_word", word).output().unwrap())
    };
    given("apply --auto-approve", SECRET).exits(0);
    repo.write("provisor.yaml", &plain.replace("type: string", "type: string, sensitive: true"));
    let done = given("apply --auto-approve --replace one", "another-word").exits(0);
    done.says(&["Note: one: parameter `Note` is sensitive by now"]).tells(&["earlier backups hold a value"]);
    let left: Vec<String> = repo.holding(SECRET).iter().map(|path| path.display().to_string()).collect();
    let old: Vec<&String> = left.iter().filter(|path| !path.contains("sandbox")).collect();
    assert!(old.len() == 1 && old[0].contains("backups"), "{old:?}");
    given("plan --detailed-exitcode", "another-word").exits(0);
}

/// What the update would have put in its place is not there; what was there before is hidden all the same.
#[test]
fn what_becomes_sensitive_by_an_update_that_fails_leaves_the_files_too() {
    let repo = vaults();
    let plain = format!("{SETTINGS}variables: {{word: {{type: string}}}}\n");
    repo.write("provisor.yaml", &plain);
    repo.write(
        "products.yaml",
        "provisioned_products:\n  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: one, Note: \"${var.word}\"}}\n",
    );
    let given = |line: &str, word: &str| {
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        Done::from(command.env("PROVISOR_VAR_word", word).output().unwrap())
    };
    given("apply --auto-approve", SECRET).exits(0);
    repo.write("provisor.yaml", &plain.replace("type: string", "type: string, sensitive: true"));
    repo.faults(&["{operation: update, outcome: rollback, times: 1}"]);
    given("apply --auto-approve", "another-word").exits(3).tells(&["earlier backups hold a value"]);
    let left: Vec<String> = repo.holding(SECRET).iter().map(|path| path.display().to_string()).collect();
    let old: Vec<&String> = left.iter().filter(|path| !path.contains("sandbox")).collect();
    assert!(old.len() == 1 && old[0].contains("backups"), "{old:?}");
    assert!(!given("state pull", "another-word").out.contains(SECRET));
    given("apply --auto-approve", "another-word").exits(0);
    given("plan --detailed-exitcode", "another-word").exits(0);
}

/// The same value, only hidden by now: nothing is sent for it, and no text of it stays.
#[test]
fn what_is_filled_from_something_that_became_sensitive_is_not_sent_again() {
    let repo = vaults();
    let declared = |options: &str, size: u8| {
        format!(
            "provisioned_products:
  base: {{product_name: box, provisioning_artifact_name: v1, {options}parameters: {{Name: base, Note: told-to-all, Size: {size}}}}}
  user: {{product_name: box, provisioning_artifact_name: v1, parameters: {{Name: user, Note: \"${{base.outputs.Note}}\"}}}}
"
        )
    };
    repo.write("products.yaml", &declared("", 1));
    repo.apply().exits(0);
    repo.write("products.yaml", &declared("sensitive_outputs: [Note], ", 2));
    repo.sh("plan")
        .exits(0)
        .says(&["# base will be updated in-place", "# user may be updated, if its inputs change"]);
    repo.apply().exits(0).says(&["0 added, 1 changed, 0 destroyed"]);
    assert_eq!(repo.called("UpdateProvisionedProduct"), 1);
    let state = repo.sh("state pull").json();
    let user = &state["rows"][1]["applied"];
    assert!(user["content"]["parameters"]["Note"]["digest"].is_string(), "{user}");
    assert!(user["outputs"].get("Note").is_none(), "{user}");
    repo.settled();
}

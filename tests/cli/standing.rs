//! A saved plan stands alone: it needs no variable but secrets, fits one state and one way to its locations, has its time, and
//! is carried out once.

use super::support::{Done, Repo, SETTINGS, boxed};

fn given(repo: &Repo, variables: &[(&str, &str)], line: &str) -> Done {
    let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
    command.envs(variables.iter().copied()).output().expect("the binary runs").into()
}

/// Settings whose state lies where a variable says, and declarations with an open and a sensitive one.
fn written() -> Repo {
    let one = "  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: one, Note: \"${var.ticket}\"}}\n";
    let safe = "  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"x-${var.pw}\", Label: \"${var.ticket}\"}}\n";
    let repo = Repo::new(&format!("{one}{safe}"));
    let variables = "variables: {ticket: {type: string}, stage: {type: string}, n: {type: number, default: 1}, pw: {type: string, sensitive: true}}\n";
    repo.write("provisor.yaml", &format!("{SETTINGS}state: {{path: \"state/${{var.stage}}\"}}\n{variables}"));
    repo
}

const OPEN: [(&str, &str); 2] = [("PROVISOR_VAR_ticket", "T-1"), ("PROVISOR_VAR_stage", "dev")];
const SECRET: (&str, &str) = ("PROVISOR_SECRET_pw", "correct-horse");
const PW: (&str, &str) = ("PROVISOR_VAR_pw", "correct-horse");

#[test]
fn only_secrets_are_needed() {
    let repo = written();
    given(&repo, &[OPEN[0], OPEN[1], PW], "plan --out p.bin").exits(0);
    assert!(!repo.read("p.bin").contains("correct-horse"));
    let calls =
        |repo: &Repo| std::fs::read_to_string(repo.path().join("state/dev/sandbox/sandbox/calls.jsonl"));
    let before = calls(&repo).unwrap_or_default();
    let hint = "give the same secrets as when it was planned";
    repo.sh("apply p.bin")
        .exits(6)
        .tells(&["`safe`: parameter `Password`: the variable `pw` has no value", hint]);
    let other = [("PROVISOR_VAR_pw", "incorrect-horse")];
    given(&repo, &other, "apply p.bin").exits(6).tells(&["`safe`: parameter `Password` is not the one"]);
    assert_eq!(calls(&repo).unwrap_or_default(), before, "refused before any call");
    // another value of an open variable is of no account: the plan has its own
    let others =
        [SECRET, ("PROVISOR_VAR_stage", "prod"), ("PROVISOR_VAR_ticket", "T-2"), ("PROVISOR_VAR_n", "none")];
    given(&repo, &others, "apply p.bin").exits(0);
    let note = given(&repo, &OPEN, "output one Note --raw").exits(0);
    assert_eq!(note.out, "T-1");
    repo.sh("show p.bin").exits(0).says(&["safe"]);
}

#[test]
fn what_is_wrong_with_other_declarations_is_of_no_account() {
    let repo = written();
    given(&repo, &[OPEN[0], OPEN[1], PW], "plan --out p.bin").exits(0);
    repo.write("more.yaml", "provisioned_products: [\n");
    repo.edit("provisor.yaml", "[products.yaml]", "[products.yaml, more.yaml, absent.yaml]");
    repo.edit("products.yaml", "  one: {product_name: box", "  one: {product_nam: box");
    given(&repo, &[PW], "apply p.bin").exits(0).says(&["2 added"]);
    let lone = Repo::boxes(&["one"]);
    lone.sh("plan --out p.bin").exits(0);
    lone.write("products.yaml", "no: [yaml");
    lone.sh("apply p.bin").exits(0).says(&["1 added"]);
}

#[test]
fn a_file_that_is_not_there_is_said_before_anything_else() {
    let repo = written();
    let done = repo.sh("apply nope.bin").exits(1).tells(&["nope.bin"]);
    assert!(!done.err.contains("ticket") && !done.err.contains("stage"), "{}", done.err);
    let none = repo.sh("show nope.bin").exits(1).tells(&["nope.bin"]);
    assert!(!none.err.contains("ticket"), "{}", none.err);
    assert!(!repo.path().join("state").exists(), "nothing is made for it");
}

#[test]
fn it_is_carried_out_once_whatever_came_after() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("apply p.bin").exits(0).says(&["2 added"]);
    repo.sh("apply p.bin").exits(6).tells(&["stale", "`one`", "`two`"]);
    repo.sh("destroy --auto-approve").exits(0);
    repo.sh("apply p.bin").exits(6).tells(&["stale", "has dropped it since"]);
    repo.apply().exits(0);
    repo.sh("destroy --auto-approve").exits(0);
    let calls = repo.calls().len();
    repo.sh("apply p.bin").exits(6);
    assert_eq!(repo.calls().len(), calls, "the state alone tells that");
    assert_eq!(repo.called("ProvisionProduct"), 4);
}

#[test]
fn it_has_its_time() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("apply p.bin --max-age 0s").exits(6).tells(&["expired", "--max-age"]);
    for wrong in ["soon", "5", "-1h", "%"] {
        repo.sh(&format!("apply p.bin --max-age={wrong}")).exits(64);
    }
    repo.sh("apply --auto-approve --max-age 1h").exits(64);
    assert_eq!(repo.called("ProvisionProduct"), 0);
    repo.sh("apply p.bin --max-age 1h").exits(0);
}

#[test]
fn it_fits_one_way_to_its_locations() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan --out p.bin").exits(0);
    repo.write("other.yaml", &repo.read("sandbox.yaml"));
    let calls = repo.calls().len();
    let rows = [
        ("sandbox.yaml}", "other.yaml}", "`demo`: its `sandbox` is `other.yaml` now, and was `sandbox.yaml`"),
        (
            "{sandbox: sandbox.yaml}",
            "{account_id: \"111122223333\", regions: [eu-west-1], profile: admin}",
            "`demo`: its `profile` is `admin` now, and was none",
        ),
        ("demo:", "else:", "the settings do not name it any more"),
    ];
    for (from, to, said) in rows {
        repo.write("provisor.yaml", &SETTINGS.replace(from, to));
        repo.sh("apply p.bin").exits(6).tells(&["stale", said]);
    }
    assert_eq!(repo.calls().len(), calls, "refused before any call");
    repo.write(
        "provisor.yaml",
        &SETTINGS.replace("sandbox.yaml}", "sandbox.yaml, account_id: \"999988887777\"}"),
    );
    repo.sh("apply p.bin")
        .exits(6)
        .tells(&["`one`: its location is account 999988887777 now, and was 111122223333"]);
    assert_eq!(repo.called("ProvisionProduct"), 0);
    repo.write("provisor.yaml", SETTINGS);
    repo.sh("apply p.bin").exits(0);
    repo.declare(&boxed("one", "Note: x"));
    repo.sh("plan --out q.bin").exits(0);
    repo.write(
        "provisor.yaml",
        &SETTINGS.replace("sandbox.yaml}", "sandbox.yaml, account_id: \"999988887777\"}"),
    );
    repo.sh("apply q.bin")
        .exits(6)
        .tells(&["stale", "`demo`: its credentials belong to account 999988887777"]);
    assert_eq!(repo.called("UpdateProvisionedProduct"), 0);
}

#[test]
fn it_says_when_by_whom_and_of_which_commit_it_was_made() {
    let repo = Repo::boxes(&["one"]);
    let commit = "0123456789abcdef0123456789abcdef01234567";
    std::fs::create_dir(repo.path().join(".git")).unwrap();
    repo.write(".git/HEAD", commit);
    let made = given(&repo, &[("USER", "ada")], "plan --out p.bin").exits(0);
    let document = repo.sh("show p.bin --json").exits(0).json();
    let fingerprint = document["fingerprint"].as_str().unwrap();
    assert!(made.err.contains(&format!("Its fingerprint: {fingerprint}")), "{}", made.err);
    assert!(
        made.err.contains(", by ada (") && made.err.contains(&format!(", of commit {commit}.\n")),
        "{}",
        made.err
    );
    assert_eq!(document["saved"]["by"]["who"], "ada");
    assert_eq!(document["saved"]["by"]["commit"], commit);
    assert!(document["saved"]["age"].as_u64().is_some(), "{}", document["saved"]);
    let shown = repo.sh("show p.bin").exits(0);
    let shown = shown.says(&["Saved plan: made ", " ago, at 20", ", by ada (", commit, fingerprint]);
    assert!(!shown.out.contains("expired"), "{}", shown.out);
    assert_eq!(repo.sh("plan --json").exits(0).json()["saved"], serde_json::Value::Null);
}

#[test]
fn a_plan_that_is_refused_is_not_saved() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.declare(&boxed("two", ""));
    let lone = repo.sh("plan --max-terminate 0 --out p.bin").exits(5);
    let lone = lone
        .says(&["it destroys 1 provisioned product,", "hint: if all of that is meant, `--max-terminate 1`"]);
    assert!(lone.err.contains("not saved") && !lone.err.contains("hint:"), "{}", lone.err);
    repo.sh("plan --allow create --out p.bin").exits(5).tells(&["not saved"]);
    assert!(!repo.path().join("p.bin").exists());
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
}

/// What an open variable holds of a secret does not come into the file, in whatever form.
#[test]
fn no_variable_that_holds_a_secret_is_remembered() {
    let secret = "Hunter2-quite-unique";
    let repo = Repo::boxes(&["one"]);
    let located = SETTINGS.replace("sandbox.yaml}", "sandbox.yaml, variables: {team: \"${var.org}\"}}");
    repo.write(
        "provisor.yaml",
        &format!("{located}variables: {{pw: {{sensitive: true}}, org: {{}}, team: {{}}}}\n"),
    );
    let by = ["PROVISOR_SECRET_pw", "PROVISOR_VAR_pw"];
    for by in by {
        let planned = |org: &str| {
            given(&repo, &[(by, secret), ("PROVISOR_VAR_org", org)], "plan --out p.bin").exits(0);
            repo.read("p.bin").contains(org)
        };
        assert!(planned("nothing-of-it"), "what is open is remembered");
        for form in [
            secret,
            "https://user:Hunter2-quite-unique@example",
            "HUNTER2-QUITE-UNIQUE",
            "SHVudGVyMi1xdWl0ZS11bmlxdWU=",
            "48756e746572322d71756974652d756e69717565",
        ] {
            assert!(!planned(form), "{by}: {form}");
        }
    }
}

/// A file of values is no part of the settings, whatever is written in it.
#[test]
fn only_what_the_settings_are_written_with_is_remembered() {
    let repo = Repo::boxes(&["one"]);
    repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{note: {{}}, other: {{}}}}\n"));
    repo.write("v.yaml", "# beside var.note\nother: y\nnote: not-a-setting\n");
    repo.sh("plan --var-file v.yaml --out p.bin").exits(0);
    assert!(!repo.read("p.bin").contains("not-a-setting"));
}

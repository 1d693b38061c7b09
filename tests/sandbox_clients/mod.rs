//! Other people's clients against `provisor sandbox`: the Rust SDK in `sdk`; boto3, the AWS CLI, botocore's models,
//! and a load run, whose programs are in tests/boto3 and start their own sandboxes: here they are only run, each as
//! one test. What a sandbox does inside is tested elsewhere.

mod sdk;

use std::path::{Path, PathBuf};
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_provisor");

/// The interpreter that `tests/run` sets up with the pinned packages.
fn python() -> PathBuf {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/python");
    assert!(
        python.exists(),
        "`{}` is not there: `tests/run` installs what these tests need",
        python.display()
    );
    python
}

/// Runs a program of tests/boto3; its output is shown when it fails.
fn passes(program: &str, arguments: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3");
    let mut command = Command::new(python());
    command.arg("-B").arg(program).args(["--binary", BINARY]).args(arguments).current_dir(folder);
    // whatever this machine is set up for must not reach the clients
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    let done = command
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_PROXY", "127.0.0.1,localhost")
        .output()
        .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&done.stdout), text(&done.stderr));
    assert!(done.status.success(), "{program}: {}\n{out}\n{err}", done.status);
    print!("{out}");
}

#[test]
fn every_line_of_the_fidelity_checklist_holds_for_boto3() {
    passes("checklist.py", &[]);
}

#[test]
fn the_aws_cli_works_from_browsing_to_terminating() {
    passes("awscli_story.py", &[]);
}

#[test]
fn every_answer_is_as_botocores_models_say() {
    passes("strict_answers.py", &[]);
}

#[test]
fn many_at_once_stay_consistent_and_survive_a_kill() {
    passes("load.py", &[]);
}

#[test]
fn random_requests_are_answered_as_the_model_allows() {
    passes("fuzz.py", &["--seconds", "10"]);
}

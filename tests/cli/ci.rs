//! What `examples/ci` proposes, carried out: the scripts of the pipelines run here as they stand there, with a stand-in for the platform's own program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::support::{Done, Repo, binary, boxed};
use crate::policy::tool;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(name)
}

fn parsed(name: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(example(name)).unwrap()).unwrap()
}

/// Answers what it was told to, and writes down what it is asked.
const GH: &str = "#!/bin/bash\necho \"$*\" >> gh.log\nif [[ $* == *--paginate* ]]; then cat gh.found; fi\n";

/// A checkout on a runner, with the platform's programs.
fn runner(declarations: &str) -> Repo {
    let repo = Repo::new(declarations);
    repo.write("tools/gh", GH);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(repo.path().join("tools/gh"), mode).unwrap();
    repo.write("gh.found", "");
    repo
}

/// Runs a script as a runner does.
fn script(repo: &Repo, text: &str, environment: &[(&str, &str)]) -> Done {
    let folders = [repo.path().join("tools"), binary().parent().unwrap().to_owned()];
    let path = std::env::join_paths(
        folders.into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = Command::new("bash");
    command.args(["-e", "-o", "pipefail", "-c", text]).current_dir(repo.path()).env_clear();
    command
        .env("PATH", path.unwrap())
        .env("HOME", repo.path().join("home"))
        .env("AWS_EC2_METADATA_DISABLED", "true");
    let files = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"].map(|name| (name, repo.path().join(name)));
    command.envs(files).env("GITHUB_REPOSITORY", "org/infra").envs(environment.iter().copied());
    command.output().unwrap().into()
}

/// The script of a step of the workflow, by its name.
fn step(job: &str, name: &str) -> String {
    let steps = parsed("github.yml")["jobs"][job]["steps"].as_array().unwrap().clone();
    let found = steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step {name}"));
    found["run"].as_str().unwrap().to_owned()
}

/// What the plan's step gives to others.
fn outputs(repo: &Repo) -> BTreeMap<String, String> {
    let text = repo.read("GITHUB_OUTPUT");
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn plan(repo: &Repo) -> Done {
    for stale in ["plan.bin", "plan.md", "plan.json", "plan.html", "GITHUB_OUTPUT", "gh.log"] {
        let _ = fs::remove_file(repo.path().join(stale));
    }
    script(repo, &step("plan", "Plan"), &[])
}

fn comment(repo: &Repo) -> String {
    let code = outputs(repo).remove("code").unwrap();
    script(repo, &step("plan", "Comment"), &[("NUMBER", "12"), ("CODE", &code), ("GH_TOKEN", "t")]).exits(0);
    repo.read("gh.log")
}

#[test]
fn a_pull_request_has_one_comment_and_what_is_merged_is_applied_as_it_was_planned() {
    let repo = runner(&boxed("one", ""));
    plan(&repo).exits(0);
    let told = outputs(&repo);
    assert_eq!(told["code"], "2");
    assert!(repo.read("plan.md").contains(&told["fingerprint"]));
    assert!(repo.read("GITHUB_STEP_SUMMARY").contains("Plan: 1 to add"));
    let asked = comment(&repo);
    assert!(asked.contains("--method POST repos/org/infra/issues/12/comments -F body=@plan.md"), "{asked}");
    // the next push finds it
    repo.write("gh.found", "77\n78\n");
    plan(&repo).exits(0);
    let asked = comment(&repo);
    assert!(
        asked.contains("--method PATCH repos/org/infra/issues/comments/77 ") && !asked.contains("POST"),
        "{asked}"
    );
    let wrong = script(&repo, &step("apply", "Apply"), &[("FINGERPRINT", "0000")]);
    assert_eq!(wrong.code, Some(6), "{}", wrong.err);
    let applied =
        script(&repo, &step("apply", "Apply"), &[("FINGERPRINT", &outputs(&repo)["fingerprint"])]).exits(0);
    applied.says(&["Apply complete! Resources: 1 added"]);
    // where nothing changes, the comment is brought up to date, and none is begun
    plan(&repo).exits(0);
    assert_eq!(outputs(&repo)["code"], "0");
    assert!(comment(&repo).contains("PATCH"));
    repo.write("gh.found", "");
    plan(&repo).exits(0);
    assert!(!comment(&repo).contains("POST"));
}

#[test]
fn a_plan_that_needs_a_decision_is_told_before_the_job_fails() {
    let repo = runner(&format!("{}{}", boxed("one", ""), boxed("two", "")));
    repo.apply().exits(0);
    repo.declare("");
    plan(&repo).exits(0);
    assert_eq!(outputs(&repo)["code"], "5");
    assert!(comment(&repo).contains("POST") && repo.read("plan.md").contains("**This plan is refused:**"));
    script(&repo, &step("plan", "Refuse"), &[]).exits(5);
    // and one that cannot be made fails the job at once
    repo.declare("  one: {product_name: nope, provisioning_artifact_name: v1}\n");
    plan(&repo).exits(1);
}

/// The lines of a job of the pipeline.
fn lines(job: &str) -> Vec<String> {
    let lines = parsed("gitlab.yml")[job]["script"].as_array().unwrap().clone();
    lines.iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_merge_request_has_its_counts_and_the_pipeline_applies_its_plan() {
    let repo = runner(&format!("{}{}", boxed("one", ""), boxed("two", "")));
    repo.apply().exits(0);
    repo.declare(&format!("{}{}", boxed("one", "Size: 2"), boxed("three", "")));
    for line in lines("plan") {
        script(&repo, &line, &[]).exits(0);
    }
    let widget: Value = serde_json::from_str(&repo.read("widget.json")).unwrap();
    assert_eq!(widget, serde_json::json!({"create": 1, "update": 1, "delete": 1}));
    for line in lines("apply") {
        script(&repo, &line, &[]).exits(0).says(&["1 added, 1 changed, 1 destroyed"]);
    }
}

/// The operator's folder of a server, with what a branch is not to change.
fn operated(repo: &Repo) -> tempfile::TempDir {
    let operator = tempfile::tempdir().unwrap();
    for name in ["sandbox.yaml", "box-v1.yaml", "box-v2.yaml", "vault.yaml"] {
        fs::rename(repo.path().join(name), operator.path().join(name)).unwrap();
    }
    let settings = "locations: {demo: {sandbox: sandbox.yaml}}\nstate: {path: kept}\n";
    fs::write(operator.path().join("platform.yaml"), settings).unwrap();
    repo.write("provisor.yaml", "project: test\ndeclarations: [products.yaml]\n");
    operator
}

/// A server keeps nothing of the environment from one stage to the next.
#[test]
fn a_custom_workflow_plans_checks_and_applies() {
    let repo = runner(&boxed("one", ""));
    let operator = operated(&repo);
    let workflow = parsed("atlantis.yaml")["workflows"]["provisor"].clone();
    let stage = |stage: &str| -> Vec<Done> {
        let mut environment =
            vec![("PLANFILE", "default.tfplan".to_owned()), ("SHOWFILE", "default.json".to_owned())];
        let mut done = Vec::new();
        for step in workflow[stage]["steps"].as_array().unwrap() {
            if let Some(value) = step["env"]["value"].as_str() {
                assert_eq!(step["env"]["name"], "PROVISOR_SETTINGS");
                let path = operator.path().join(Path::new(value).file_name().unwrap());
                environment.push(("PROVISOR_SETTINGS", path.display().to_string()));
            }
            if let Some(line) = step["run"].as_str() {
                let given: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
                done.push(script(&repo, line, &given).exits(0));
            }
        }
        done
    };
    let said: Vec<Done> = ["plan", "policy_check", "apply"].into_iter().flat_map(stage).collect();
    let [planned, _, applied] = said.as_slice() else { panic!("{} commands", said.len()) };
    assert!(planned.out.contains("Plan: 1 to add, 0 to change, 0 to destroy."), "{}", planned.out);
    assert!(repo.read("default.json").starts_with("{\"format_version\":\"1.2\""));
    assert!(applied.out.contains("Apply complete!"), "{}", applied.out);
}

#[test]
fn a_hook_stops_what_is_wrong() {
    let hooks = parsed("pre-commit-config.yaml")["repos"][0]["hooks"].clone();
    let [hook] = hooks.as_array().unwrap().as_slice() else { panic!("{hooks}") };
    let entry = hook["entry"].as_str().unwrap();
    let repo = runner(&boxed("one", ""));
    script(&repo, entry, &[]).exits(0);
    repo.declare("  one: {product_nam: box}\n");
    script(&repo, entry, &[]).exits(1);
}

#[test]
fn the_files_of_pipelines_are_as_their_platforms_have_them() {
    let Some(tool) = tool("check-jsonschema") else { return };
    for (schema, name) in [("github-workflows", "github.yml"), ("gitlab-ci", "gitlab.yml")] {
        let schema = format!("vendor.{schema}");
        let done =
            Command::new(&tool).args(["--builtin-schema", &schema]).arg(example(name)).output().unwrap();
        assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stdout));
    }
}

/// Nothing builds images here: what one is made of has to be there.
#[test]
fn an_image_is_made_of_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let version = manifest.split("rust-version = \"").nth(1).unwrap().split('"').next().unwrap();
    let sent = fs::read_to_string(root.join(".dockerignore")).unwrap();
    for image in [example("Dockerfile"), root.join("Dockerfile")] {
        let text = fs::read_to_string(&image).unwrap().replace("\\\n", "");
        let copied = copied(&text);
        assert!(copied.iter().all(|path| root.join(path).exists()), "{copied:?}");
        // whatever cargo is told of
        for folder in ["src", "tests", "benches", "examples"] {
            assert!(copied.iter().any(|path| path == folder), "{folder}");
        }
        let sends = |path: &String| sent.lines().any(|line| line == format!("!{path}"));
        assert!(copied.iter().all(sends), ".dockerignore keeps back some of {copied:?}");
        assert!(text.contains(&format!("FROM rust:{version}-")), "the image builds with {version}");
        // what runs is of the Debian that it was built on, and not root
        let (build, last) = text.rsplit_once("\nFROM ").unwrap();
        let runs = last.lines().next().unwrap();
        assert!(
            build.contains("-bookworm ") && ["-debian12:", ":bookworm-"].iter().any(|on| runs.contains(on))
        );
        assert!(last.contains("\nUSER provisor\n") || runs.ends_with(":nonroot"));
    }
}

/// The paths of the checkout that an image copies.
fn copied(text: &str) -> Vec<String> {
    let mut copied = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap();
        let known = ["FROM", "RUN", "WORKDIR", "COPY", "USER", "ENTRYPOINT", "CMD", "ARG"];
        assert!(known.contains(&word), "{line}");
        if word == "COPY" && !rest.starts_with("--from=") {
            let paths: Vec<&str> = rest.split(' ').collect();
            copied.extend(paths[..paths.len() - 1].iter().map(|path| (*path).to_owned()));
        }
    }
    copied
}

//! `--format` and `--write`: what each is, where copies may go, and what a summary of a job takes.

use std::fs;

use serde_json::Value;

use super::support::{Done, Repo, boxed};

const FORMATS: [&str; 5] = ["human", "json", "terraform-json", "markdown", "html"];

#[test]
fn the_plan_that_is_carried_out_is_written_too() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("apply --auto-approve --write markdown=plan.md --write json=plan.json").exits(0);
    assert!(repo.read("plan.md").contains("Plan: 1 to add, 0 to change, 0 to destroy."));
    let document: Value = serde_json::from_str(&repo.read("plan.json")).unwrap();
    assert_eq!(document["steps"][0]["action"], "create");
    // what would not be written is not worth an apply
    repo.declare(&boxed("two", ""));
    repo.write("mine.md", "# mine\n");
    let calls = repo.calls().len();
    repo.sh("apply --auto-approve --write markdown=mine.md").exits(1);
    repo.sh("apply --auto-approve --write pdf=plan.pdf").exits(64);
    assert_eq!(repo.calls().len(), calls);
    repo.sh("plan --out plan.bin").exits(0);
    repo.sh("apply plan.bin --write markdown=plan.md").exits(64);
}

#[test]
fn a_plan_is_written_in_every_format_at_once() {
    let repo = Repo::boxes(&["one", "two"]);
    let targets: Vec<String> =
        FORMATS.iter().map(|format| format!("--write={format}=plan.{format}")).collect();
    let words: Vec<&str> =
        ["plan", "--out", "plan.bin"].into_iter().chain(targets.iter().map(String::as_str)).collect();
    repo.run(&words).exits(0).says(&["Plan: 2 to add"]);
    for format in FORMATS {
        let out = repo.sh(&format!("plan --format {format}")).exits(0).out;
        assert_eq!(out, repo.read(&format!("plan.{format}")), "{format}");
    }
    // another run takes the place of what was written before, in whatever format that was
    for (n, format) in FORMATS.iter().enumerate() {
        let other = FORMATS[(n + 1) % FORMATS.len()];
        repo.sh(&format!("plan --write {format}=plan.{other}")).exits(0);
    }
}

#[test]
fn a_saved_plan_is_shown_in_every_format_and_copied() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("plan --out plan.bin").exits(0);
    let fingerprint =
        repo.sh("show plan.bin --json").exits(0).json()["fingerprint"].as_str().unwrap().to_owned();
    for format in ["markdown", "html"] {
        let shown = repo.sh(&format!("show plan.bin --format {format}")).exits(0);
        shown.says(&[&fingerprint, "Plan: 1 to add", "made "]);
    }
    let document = repo.sh("show plan.bin --format terraform-json").exits(0).json();
    assert_eq!(document["resource_changes"][0]["change"]["actions"][0], "create");
    repo.sh("show plan.bin --write markdown=plan.md --write terraform-json=plan.json").exits(0);
    assert!(repo.read("plan.md").contains(&fingerprint));
    assert_eq!(serde_json::from_str::<Value>(&repo.read("plan.json")).unwrap(), document);
    repo.write("others.md", "# mine\n");
    repo.sh("show plan.bin --write markdown=others.md")
        .exits(1)
        .tells(&["`others.md`", "a plan that was shown"]);
    assert_eq!(repo.read("others.md"), "# mine\n");
}

#[test]
fn what_is_as_it_should_be_is_a_no_op_with_its_values() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.declare(&format!("{}{}", boxed("one", ""), boxed("two", "Size: 3")));
    let document = repo.sh("plan --format terraform-json").exits(0).json();
    let rows = document["resource_changes"].as_array().unwrap();
    let told: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["change"]["actions"][0].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("one", "no-op"), ("two", "update")]);
    let size = |side: &Value| -> Value {
        let all = side["provisioning_parameters"].as_array().unwrap().iter();
        all.clone().find(|one| one["key"] == "Size").unwrap()["value"].clone()
    };
    let change = &rows[1]["change"];
    assert_eq!((size(&change["before"]), size(&change["after"])), ("1".into(), "3".into()));
    assert_eq!(change["before"]["id"], change["after"]["id"]);
    assert_eq!(document["planned_values"]["root_module"]["resources"].as_array().unwrap().len(), 2);
    repo.declare(&boxed("one", ""));
    let gone = repo.sh("plan --format terraform-json").exits(0).json();
    let change = &gone["resource_changes"][1]["change"];
    assert_eq!((&change["actions"][0], size(&change["before"])), (&"delete".into(), "1".into()));
}

#[test]
fn a_summary_is_added_to_and_kept_under_its_limit() {
    let repo = Repo::boxes(&["one"]);
    let plan = |target: &str| {
        let path = repo.path().join("summary.md");
        let mut command = repo.command(&["plan", "--write", &format!("{target}={}", path.display())]);
        Done::from(command.env("GITHUB_STEP_SUMMARY", &path).output().unwrap())
    };
    let others = "# others\n".repeat(100);
    repo.write("summary.md", &others);
    plan("markdown").exits(0);
    let text = repo.read("summary.md");
    assert!(text.starts_with(&others) && text.contains("<details>"), "{text}");
    // where there is little room, the details go first
    let others = "x".repeat((1 << 20) - 650);
    repo.write("summary.md", &others);
    plan("markdown").exits(0);
    let text = repo.read("summary.md");
    let added = text.strip_prefix(&others).unwrap();
    assert!(
        text.len() <= 1 << 20 && added.contains("Plan: 1 to add") && added.contains("left out"),
        "{added}"
    );
    assert!(!added.contains("<details>"), "{added}");
    // and where there is none, nothing is lost
    let others = "x".repeat((1 << 20) - 10);
    repo.write("summary.md", &others);
    for format in ["markdown", "human"] {
        let hint = if format == "markdown" { "begin another step" } else { "`markdown` takes what room" };
        plan(format).exits(1).tells(&["1 MiB", hint]);
        assert_eq!(fs::metadata(repo.path().join("summary.md")).unwrap().len(), others.len() as u64);
    }
}

#[test]
fn a_comment_is_as_long_as_it_may_be() {
    let keys: Vec<String> = (0..60).map(|n| format!("product-{n}")).collect();
    let repo = Repo::boxes(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let page = repo.sh("plan --format markdown --markdown-limit 4000").exits(0).out;
    assert!(page.len() <= 4000 && page.contains("Plan: 60 to add") && page.contains(" left out: "), "{page}");
    let whole = repo.sh("plan --format markdown").exits(0).out;
    assert!(whole.len() > 8000 && !whole.contains(" left out: "), "{whole}");
    for wrong in ["100", "many"] {
        repo.sh(&format!("plan --markdown-limit {wrong}")).exits(64).tells(&["from 2000 on"]);
    }
}

#[test]
fn what_has_fewer_formats_says_so() {
    let repo = Repo::boxes(&["one"]);
    for line in ["plan --what-if box=v2 --format terraform-json", "plan --what-if box=v2 --write html=p.html"]
    {
        repo.sh(line).exits(64).tells(&["`human`, `json` or `markdown`"]);
    }
    repo.sh("plan --write yaml=p").exits(64).tells(&["terraform-json=FILE", "markdown=FILE"]);
}

#[test]
fn the_state_is_shown_in_every_format() {
    let repo = Repo::boxes(&["one", "two"]);
    for format in FORMATS {
        repo.sh(&format!("show --format {format}")).exits(0);
    }
    repo.declare(&format!(
        "{}  two: {{product_name: vault, provisioning_artifact_name: v1, parameters: {{Password: hunter2hunter2, Label: '<b>'}}}}\n",
        boxed("one", "")
    ));
    repo.apply().exits(0);
    for format in FORMATS {
        // a copy takes the place of one in another format; text for people says nothing of where it comes from
        let file = if format == "human" { "text" } else { "copy" };
        repo.sh(&format!("show --write {format}={file}")).exits(0);
        let text = repo.read(file);
        assert_eq!(text, repo.sh(&format!("show --format {format}")).exits(0).out, "{format}");
        assert!(text.contains("one") && !text.contains("hunter2"), "{format}: {text}");
        assert_eq!(text.contains("<b>"), !["markdown", "html"].contains(&format), "{format}: {text}");
    }
    let document = repo.sh("show --format terraform-json").exits(0).json();
    let resources = document["values"]["root_module"]["resources"].as_array().unwrap();
    assert_eq!(resources[1]["sensitive_values"]["provisioning_parameters"][1]["value"], true, "{document}");
    let ids: Vec<&Value> = resources.iter().map(|one| &one["values"]["id"]).collect();
    assert!(ids.iter().all(|id| id.as_str().unwrap().starts_with("pp-")), "{ids:?}");
    let page = repo.sh("show --format html").exits(0).out;
    assert!(page.contains("&lt;b&gt;") && page.contains("<h1>2 products in the state</h1>"), "{page}");
}

/// What a plan that comes to nothing must not be taken for: one without changes.
#[test]
fn a_plan_that_cannot_be_made_is_no_document() {
    let repo = Repo::new("  one: {product_name: nope, provisioning_artifact_name: v1}\n");
    for format in ["terraform-json", "markdown", "html"] {
        let done = repo.sh(&format!("plan --format {format}")).exits(1);
        assert_eq!(done.out, "", "{format}");
    }
}

/// A browser runs the page's own script, and nothing else of it.
#[test]
fn a_browser_takes_the_page() {
    let Some(browser) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        std::process::Command::new(name).arg("--version").output().is_ok_and(|found| found.status.success())
    }) else {
        println!("skipped: there is no Chromium here");
        return;
    };
    let repo = Repo::boxes(&["one", "two"]);
    repo.edit(
        "products.yaml",
        "Name: one, ",
        "Note: '</script><img src=x onerror=document.title=1>', Name: one, ",
    );
    repo.sh("plan --write html=plan.html").exits(0);
    let page = repo.path().join("plan.html");
    let url = format!("file://{}#step-1", page.display());
    let arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", &url];
    let profile = format!("--user-data-dir={}", repo.path().join("profile").display());
    let seen = std::process::Command::new(browser).args(arguments).arg(profile).output().unwrap();
    let (dom, said) = (String::from_utf8_lossy(&seen.stdout), String::from_utf8_lossy(&seen.stderr));
    assert!(dom.contains(r#"<div class="tools" role="search">"#), "the script did not run:\n{dom}\n{said}");
    assert!(dom.contains(r#"id="step-1" open="""#), "what a link leads to was not opened:\n{dom}");
    assert!(!said.contains("Content Security Policy"), "{said}");
    assert!(
        dom.contains("<title>Plan: 2 to add, 0 to change, 0 to destroy.</title>") && !dom.contains("<img"),
        "{dom}"
    );
}

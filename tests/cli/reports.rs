//! What an apply says while it goes on and when it is over, and the page that it writes: whatever becomes of it.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::process::Command;

use super::support::{Repo, boxed};

const CAUSE: &str = "Subnet 10.20.0.0/16 is full";

/// `one`, `two` and `three` that need it, and `other` that needs nobody.
fn four(note: &str) -> String {
    boxed("one", &format!("Note: {note}"))
        + &boxed("two", "Note: \"${one.outputs.Arn}\"")
        + &boxed("three", "Note: \"${one.outputs.Arn}\"")
        + &boxed("other", &format!("Note: {note}"))
}

fn failing() -> Repo {
    let repo = Repo::new(&four("a"));
    repo.faults(&[&format!(
        "{{operation: provision, provisioned_product: one, outcome: rollback, message: {CAUSE}, times: 1}}"
    )]);
    repo
}

#[test]
fn a_message_of_the_catalog_is_told_once_whole_in_the_summary() {
    let repo = failing();
    let done = repo.apply().exits(3).says(&["blocked      2 by one: three, two", "done         other ("]);
    assert_eq!(
        (done.out.matches(CAUSE).count(), done.err.matches(CAUSE).count()),
        (1, 0),
        "{}{}",
        done.out,
        done.err
    );
    let failed = done.out.lines().find(|line| line.starts_with("Error: one: provisioning failed after "));
    assert!(failed.is_some_and(|line| line.contains(", record rec-")), "{}", done.out);
    assert!(done.err.contains("one: Provisioning failed after "), "{}", done.err);
}

#[test]
fn how_long_it_took_is_told_and_expected_the_next_time() {
    let repo = Repo::boxes(&["one"]);
    let done = repo.apply().exits(0);
    let (_, changed) = done.out.split_once("Resources: 1 added, 0 changed, 0 destroyed.\n").unwrap();
    assert!(changed.starts_with("Changed: one (") && changed.contains("s).\n"), "{changed}");
    repo.sh("apply --auto-approve --replace one --report again.html").exits(0);
    let page = repo.read("again.html");
    assert!(page.contains("<th scope=\"row\">usually</th>"), "{page}");
}

#[test]
fn the_page_tells_what_failed_what_ran_when_and_how_to_go_on() {
    let repo = failing();
    // what waits for less than a moment is not said to wait: each operation takes at least a tenth of a second
    repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 600");
    repo.sh("apply --auto-approve --report apply.html").exits(3);
    let page = repo.read("apply.html");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{page}");
    for told in [
        "<h1>Apply incomplete: 1 failed, 2 blocked. Resources: 1 added, 0 changed, 0 destroyed.</h1>",
        "<h2 id=\"f\">What failed</h2>",
        ", record <code>rec-",
        "<h2 id=\"a\">How to go on</h2>",
        "<h2 id=\"t\">What ran when</h2>",
        "blocked by one",
        "default-src &#39;none&#39;",
    ] {
        let told = told.replace("&#39;", "'");
        assert!(page.contains(&told), "{told}\n{page}");
    }
    assert_eq!(page.matches(CAUSE).count(), 1, "{page}");
    // the next one takes its place
    repo.sh("apply --auto-approve --report apply.html").exits(0);
    let page = repo.read("apply.html");
    assert!(page.contains("<h1>Apply complete!") && page.contains("for one to be over"), "{page}");
    repo.sh("apply --auto-approve --report apply.html").exits(0);
    assert!(repo.read("apply.html").contains("Nothing was to be done."));
}

#[test]
fn a_plan_that_is_not_applied_has_its_page_too() {
    let repo = Repo::boxes(&["one"]);
    repo.sh("apply --auto-approve --allow update --report apply.html").exits(5);
    let page = repo.read("apply.html");
    assert!(
        page.contains("1 refused") && page.contains("<code>--allow</code> does not name <code>create</code>"),
        "{page}"
    );
}

#[test]
fn only_a_page_of_ours_gives_way_and_nothing_is_begun_before_that_is_known() {
    let repo = Repo::boxes(&["one"]);
    repo.write("mine.html", "<!doctype html>\n<title>mine</title>\n");
    let done = repo.sh("apply --auto-approve --report mine.html").exits(1);
    done.tells(&["cannot write `mine.html`: a file is there that is not a page of ours"]);
    assert!(repo.read("mine.html").contains("<title>mine</title>"));
    symlink(repo.path().join("elsewhere.html"), repo.path().join("link.html")).unwrap();
    repo.sh("apply --auto-approve --report link.html").exits(1);
    repo.sh("apply --auto-approve --report nowhere/a.html").exits(1);
    for (named, said) in [
        ("apply.json", "`--report apply.json` does not end in `.html`"),
        ("apply", "`--report apply` does not end in `.html`"),
        ("-", "`-` is no file"),
    ] {
        let done = repo.sh(&format!("apply --auto-approve --report {named}")).exits(64);
        done.tells(&[said, "`--json`"]);
    }
    assert_eq!(repo.called("ProvisionProduct"), 0);
    assert!(!repo.path().join("elsewhere.html").exists());
}

#[test]
fn a_secret_is_on_no_page() {
    let vault =
        "  v: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\"}}\n";
    let repo = Repo::new(vault);
    repo.edit("provisor.yaml", "locations:", "variables: {pw: {sensitive: true}}\nlocations:");
    repo.secrets("pw: correct horse battery\n");
    repo.faults(&[
        "{operation: provision, outcome: rollback, message: \"no correct horse battery\", times: 1}",
    ]);
    repo.sh("apply --auto-approve --secret-file secrets.yaml --report apply.html").exits(3);
    let page = repo.read("apply.html");
    assert!(page.contains("What failed") && !page.contains("correct horse"), "{page}");
}

#[test]
fn an_interrupted_apply_writes_its_page_and_a_killed_one_leaves_none_that_is_half() {
    for (signal, whole) in [("INT", true), ("KILL", false)] {
        let repo = Repo::boxes(&["one", "two"]);
        repo.edit("sandbox.yaml", "time_scale: 3600", "time_scale: 30");
        let mut child = repo.command(&["apply", "--auto-approve", "--report", "apply.html"]).spawn().unwrap();
        let mut talk = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while talk.read_line(&mut line).unwrap() > 0 && !line.contains("Provisioning...") {
            line.clear();
        }
        let kill = format!("kill -{signal} {}", child.id());
        assert!(Command::new("bash").args(["-c", &kill]).status().unwrap().success());
        let rest = std::thread::spawn(move || talk.lines().map_while(Result::ok).count());
        child.wait_with_output().unwrap();
        rest.join().unwrap();
        if whole {
            let page = repo.read("apply.html");
            assert!(page.contains("It was interrupted.") && page.contains("in flight"), "{page}");
            assert!(page.ends_with("</html>\n"), "{page}");
        } else {
            assert!(!repo.path().join("apply.html").exists());
        }
    }
}

#[test]
fn the_question_of_an_apply_for_programs_is_asked_beside_the_events() {
    let repo = Repo::boxes(&["one"]);
    let events = super::prompt::asked(&repo, "apply --json 2> talk.txt", b"no\n");
    let last = events.out.trim_end().lines().last().unwrap_or_default().to_owned();
    assert!(
        last.starts_with("{\"format\":\"provisor.event/v1\"") && last.contains("\"event\":\"summary\""),
        "{}",
        events.out
    );
    assert!(repo.read("talk.txt").contains("Only 'yes' is accepted."));
}

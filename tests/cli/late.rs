//! Values that become known during the apply: held against what the plan would have held them against, before they are sent.

use super::support::{Done, Repo, boxed};

/// `one` puts out its note, `two` is filled with it, and `three` comes after that.
fn chain(note: &str, two: &str) -> Repo {
    let three = "  three: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: three}, depends_on: [two]}\n";
    Repo::new(&(boxed("one", &format!("Note: \"{note}\"")) + two + three))
}

fn two(product: &str, parameters: &str) -> String {
    format!(
        "  two: {{product_name: {product}, provisioning_artifact_name: v1, parameters: {{{parameters}}}}}\n"
    )
}

/// A plan that is carried out at once knows where the value is written; one that was saved stands alone.
#[test]
fn what_does_not_fit_is_told_with_its_place() {
    let repo = chain("many", &two("box", "Name: two, Size: \"${one.outputs.Note}\""));
    let text = repo.read("products.yaml");
    let line = text.lines().position(|line| line.contains("  two:")).unwrap() + 1;
    let column = text.lines().nth(line - 1).unwrap().find("\"${one").unwrap() + 1;
    let at = format!("filled from `outputs.Note` of `one`, written at products.yaml:{line}:{column}");
    repo.apply().exits(3).says(&[&at]);
    let tagged = "  two: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: two}, tags: {team: \"${one.outputs.Note}\"}}\n";
    let repo = chain(&"x".repeat(300), tagged);
    repo.apply().exits(3).says(&["the tag `team`", "written at products.yaml:"]);
}

/// Applies what was planned in the same breath, and what was saved.
fn both(repo: impl Fn() -> Repo, judged: impl Fn(&Repo, Done)) {
    let fresh = repo();
    judged(&fresh, fresh.apply());
    let saved = repo();
    saved.sh("plan --out p.bin").exits(0);
    judged(&saved, saved.sh("apply p.bin"));
}

#[test]
fn what_no_version_takes_is_not_sent() {
    let from = "(filled from `outputs.Note` of";
    for (note, parameters, why) in [
        ("many", "Name: two, Size: \"${one.outputs.Note}\"", "parameter `Size` must be a number: `many`"),
        ("0", "Name: two, Size: \"${one.outputs.Note}\"", "parameter `Size` must be at least 1: `0`"),
        ("a/b", "Name: \"${one.outputs.Note}\"", "parameter `Name` must match the pattern"),
        (
            "slo",
            "Name: two, Mode: \"${one.outputs.Note}\"",
            "parameter `Mode` must be one of `slow`, `fast`: `slo` is not allowed",
        ),
    ] {
        both(
            || chain(note, &two("box", parameters)),
            |repo, done| {
                let done = done.exits(3).says(&[why, from, "1 added", "1 failed", "1 blocked"]);
                assert_eq!(repo.called("ProvisionProduct"), 1, "neither was sent\n{}", done.out);
                // nothing is left behind that a later run would have to settle
                repo.declare(&boxed("one", &format!("Note: \"{note}\"")));
                repo.settled();
            },
        );
    }
}

#[test]
fn what_fits_is_sent() {
    both(
        || chain("7", &two("box", "Name: two, Size: \"${one.outputs.Note}\", Mode: slow")),
        |repo, done| {
            done.exits(0);
            repo.settled();
        },
    );
}

#[test]
fn what_is_wrong_with_a_secret_does_not_tell_it() {
    both(
        || {
            let repo = chain("sesame", &two("vault", "Password: \"x${one.outputs.Note}\""));
            repo.edit("vault.yaml", "MinLength: 8", "AllowedPattern: '[0-9]+'");
            repo
        },
        |repo, done| {
            let done = done
                .exits(3)
                .says(&["parameter `Password` must match the pattern", "this value does not match"]);
            assert!(
                !done.out.contains("xsesame") && !done.err.contains("xsesame"),
                "{}{}",
                done.out,
                done.err
            );
            assert_eq!(repo.called("ProvisionProduct"), 1);
        },
    );
}

#[test]
fn a_tag_and_a_rule_of_the_template_are_held_too() {
    let rules = "Rules:\n  Labelled: {Assertions: [{Assert: {'Fn::Equals': [{Ref: Label}, ok]}, AssertDescription: the label is ok}]}\nParameters:";
    for (note, works) in [("ok", true), ("other", false)] {
        both(
            || {
                let repo = chain(note, &two("vault", "Password: longenough, Label: \"${one.outputs.Note}\""));
                repo.edit("vault.yaml", "Parameters:", rules);
                repo
            },
            |repo, done| {
                let code = if works { 0 } else { 3 };
                let done = done.exits(code);
                if !works {
                    done.says(&["break the rule `Labelled`", "the label is ok", "`Label`"]);
                    assert_eq!(repo.called("ProvisionProduct"), 1);
                }
            },
        );
    }
    let tagged = "  two: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: two}, tags: {team: \"${one.outputs.Note}\"}}\n";
    both(
        || chain(&"x".repeat(300), tagged),
        |repo, done| {
            done.exits(3).says(&["the tag `team`", "filled from `outputs.Note` of `one`"]);
            assert_eq!(repo.called("ProvisionProduct"), 1);
        },
    );
}

#[test]
fn the_document_says_it_without_a_code_of_the_catalogs() {
    let repo = chain("many", &two("box", "Name: two, Size: \"${one.outputs.Note}\""));
    let done = repo.sh("apply --auto-approve --json").exits(3);
    done.says(&["\"code\":\"\"", "parameter `Size` must be a number: `many`"]);
}

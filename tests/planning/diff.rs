//! In what a declaration differs from what was applied, and in what it does not.

use super::fixture::{Given, check, check_with};
use super::{NET, NET_ROW};

/// One declaration `x` of product `p`, version `v1`, with these further lines.
fn p(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("provisioned_products:\n  x:\n    product_name: p\n    provisioning_artifact_name: v1\n{lines}")
}

fn parameters(text: &str) -> String {
    p(&format!("parameters: {{{text}}}"))
}

#[test]
fn template_defaults_in_force_are_no_difference() {
    check(&p(""), "x p/v1 A=1 B=2", "offer p/v1 A=1 B=2", "unchanged: x");
    check(&parameters("A: 1"), "x p/v1 A=1 B=2", "offer p/v1 A=1 B=2", "unchanged: x");
    check(
        &parameters("A: 3"),
        "x p/v1 A=1 B=2",
        "offer p/v1 A=1 B=2",
        r#"update x pp-x (parameter A "1" -> "3")"#,
    );
    check(&p(""), "x p/v1 A=3", "offer p/v1 A=1", r#"update x pp-x (parameter A "3" -> "1" by default)"#);
}

#[test]
fn a_default_that_the_version_changed_is_a_difference_of_the_version() {
    let yaml = p("").replace("name: v1", "name: v2");
    check(
        &yaml,
        "x p/v1 A=1 B=2",
        "offer p/v2 A=5 B=2",
        r#"update x pp-x (version v1 -> v2, parameter A "1" -> "5" by default)"#,
    );
    check(
        &yaml,
        "x p/v1 A=1",
        "offer p/v2 A=1 New=n",
        r#"update x pp-x (version v1 -> v2, parameter New absent -> "n" by default)"#,
    );
    check(
        &yaml,
        "x p/v1 A=1 Old=o",
        "offer p/v2 A=1",
        r#"update x pp-x (version v1 -> v2, parameter Old "o" -> absent by default)"#,
    );
    check(&yaml, "x p/v1 A=1", "offer p/v2 A=1", "update x pp-x (version v1 -> v2)");
}

#[test]
fn spaces_around_values_are_trimmed_as_cloudformation_trims() {
    check(&parameters("A: \" 1 \""), "x p/v1 A=1", "offer p/v1 A", "unchanged: x");
    check(&parameters("A: 1"), "x p/v1 A=·1·", "offer p/v1 A", "unchanged: x");
    check(&p(""), "x p/v1 A=1", "offer p/v1 A=1·", "unchanged: x");
    check(
        &parameters("A: \"1  2\""),
        "x p/v1 A=1·2",
        "offer p/v1 A",
        r#"update x pp-x (parameter A "1 2" -> "1  2")"#,
    );
    check(&parameters("A: \" s \""), "x p/v1 A=#s", "offer p/v1 A!", "unchanged: x");
}

#[test]
fn null_empty_and_absent_are_three_things() {
    let offer = "offer p/v1 A=d";
    check(&parameters("A: ~"), "x p/v1 A=1", offer, "unchanged: x");
    check(&parameters("A: \"\""), "x p/v1 A=1", offer, r#"update x pp-x (parameter A "1" -> "")"#);
    check(&p(""), "x p/v1 A=1", offer, r#"update x pp-x (parameter A "1" -> "d" by default)"#);
    check(&parameters("A: \"\""), "x p/v1 A=", offer, "unchanged: x");
    check(&p(""), "x p/v1 A=", offer, r#"update x pp-x (parameter A "" -> "d" by default)"#);
}

#[test]
fn scalars_are_compared_as_they_were_written() {
    check(&parameters("A: 012345678901"), "x p/v1 A=012345678901", "offer p/v1 A", "unchanged: x");
    check(
        &parameters("A: 12345678901"),
        "x p/v1 A=012345678901",
        "offer p/v1 A",
        r#"update x pp-x (parameter A "012345678901" -> "12345678901")"#,
    );
    check(&parameters("A: 1.10"), "x p/v1 A=1.10", "offer p/v1 A", "unchanged: x");
    check(&parameters("A: yes"), "x p/v1 A=yes", "offer p/v1 A", "unchanged: x");
}

#[test]
fn parameters_are_a_map_and_their_order_never_matters() {
    check(&parameters("B: 2, A: 1"), "x p/v1 A=1 B=2", "offer p/v1 B A", "unchanged: x");
    check(&parameters("A: {z: 1, a: [1]}"), r#"x p/v1 A={"a":[1],"z":1}"#, "offer p/v1 A", "unchanged: x");
}

#[test]
fn secrets_are_never_shown_on_either_side() {
    check(
        &parameters("A: new"),
        "x p/v1 A=#old",
        "offer p/v1 A!",
        "update x pp-x (parameter A (sensitive) -> (sensitive))",
    );
    check(&parameters("A: old"), "x p/v1 A=#old", "offer p/v1 A!", "unchanged: x");
    // became sensitive
    let leaves = "note x: parameter `A` is sensitive by now, and leaves the state";
    let hidden = format!("update x pp-x (parameter A (sensitive) -> (sensitive))\n{leaves}");
    check(&parameters("A: new"), "x p/v1 A=old", "offer p/v1 A!", &hidden);
    check(
        &parameters("A: old"),
        "x p/v1 A=old",
        "offer p/v1 A!",
        &format!("remember x (lifecycle only)\n{leaves}"),
    );
    // what is made anew leaves nothing behind either
    check_with(
        "--replace x",
        [&parameters("A: old"), "x p/v1 A=old", "offer p/v1 A!"],
        &format!(
            "terminate x pp-x to replace it (requested)
             provision x (requested) after the end of x
             {leaves}"
        ),
    );
    check(&parameters("A: \"${var.password}\""), "x p/v1 A=hunter21", "offer p/v1 A", &hidden);
    // ceased to be
    check(
        &parameters("A: new"),
        "x p/v1 A=#old",
        "offer p/v1 A",
        "update x pp-x (parameter A (sensitive) -> (sensitive))",
    );
    check(&parameters("A: old"), "x p/v1 A=#old", "offer p/v1 A", "unchanged: x");
    // a default of a NoEcho parameter
    check(&p(""), "x p/v1 A=#d", "offer p/v1 A!=d", "unchanged: x");
    check(
        &p(""),
        "x p/v1 A=#old",
        "offer p/v1 A!=d",
        "update x pp-x (parameter A (sensitive) -> (sensitive) by default)",
    );
    check(
        &p(""),
        "x p/v1 A=#old",
        "offer p/v1 B=1",
        r#"update x pp-x (parameter B absent -> "1" by default, parameter A (sensitive) -> absent by default)"#,
    );
}

#[test]
fn a_new_secret_parameter_shows_nothing() {
    check(
        &parameters("A: s").replace("name: v1", "name: v2"),
        "x p/v1",
        "offer p/v2 A!",
        "update x pp-x (version v1 -> v2, parameter A absent -> (sensitive))",
    );
}

#[test]
fn what_nobody_knows_is_no_difference_until_a_value_is_declared() {
    check(&parameters("A: ~"), "x p/v1 A=?", "offer p/v1 A", "unchanged: x");
    check(&parameters("A: 1"), "x p/v1 A=?", "offer p/v1 A", r#"update x pp-x (parameter A unknown -> "1")"#);
}

#[test]
fn ignored_parameters_stay_as_they_were_applied() {
    let ignoring = |what: &str, declared: &str| {
        p(&format!("parameters: {{{declared}}}\nlifecycle: {{ignore_changes: [{what}]}}"))
    };
    let offer = "offer p/v1 A=0 B=0";
    let row = "x p/v1 A=1 B=2";
    check(&ignoring("parameters.A", "A: 9, B: 2"), row, offer, "unchanged: x");
    check(&ignoring("parameters.A", "A: 9, B: 9"), row, offer, r#"update x pp-x (parameter B "2" -> "9")"#);
    check(&ignoring("parameters", "A: 9, B: 9"), row, offer, "unchanged: x");
    // also what is not declared at all
    check(&ignoring("parameters.A", "B: 2"), row, offer, "unchanged: x");
    check(&ignoring("parameters", ""), row, offer, "unchanged: x");
    // a creation takes what is declared
    check(&ignoring("parameters.A", "A: 9"), "", offer, "provision x (new)");
    check(
        &ignoring("parameters.C", "A: 1, B: 2, C: 3"),
        row,
        &format!("{offer} C=0"),
        r#"update x pp-x (parameter C absent -> "3")"#,
    );
    // a required parameter that is only ignored is not missing
    check(&ignoring("parameters.A", "B: 2"), row, "offer p/v1 A B=0", "unchanged: x");
}

#[test]
fn an_ignored_version_stays_as_it_was_applied() {
    let yaml = p("lifecycle: {ignore_changes: [provisioning_artifact]}");
    let stays = "unchanged: x
                 note x: version `v0` is no longer offered: it stays as it is, and only another version changes it";
    check(&yaml, "x p/v0", "offer p/v1", stays);
    check(&yaml, "", "offer p/v1", "provision x (new)");
}

#[test]
fn a_version_that_somebody_else_put_there_stays_too_if_it_is_ignored() {
    let yaml = p("parameters: {New: a}\nlifecycle: {ignore_changes: [provisioning_artifact]}");
    let world = "offer p/v1\noffer p/v2 New\nis pp-x rec=rec-9 runs=p/v2";
    check(&yaml, "x p/v1", world, "update x pp-x (outside rec-9, parameter New absent -> \"a\")");
    let plan = Given::new("", &yaml, "x p/v1", world).plan().unwrap();
    assert_eq!(plan.steps[0].spec().unwrap().target.artifact.name, "v2", "and is what is sent");
}

#[test]
fn an_ignored_version_is_what_parameters_are_checked_against() {
    let yaml = |parameters: &str| {
        p(&format!("parameters: {{{parameters}}}\nlifecycle: {{ignore_changes: [provisioning_artifact]}}"))
    };
    let both = "offer p/v0 Old={a|b}\noffer p/v1 New";
    let (old, row) = (yaml("Old: b"), "x p/v0 Old=a");
    check(&old, row, both, "update x pp-x (parameter Old \"a\" -> \"b\")");
    let wrong = Given::new("", &yaml("New: b"), row, both).shown();
    assert!(
        wrong.contains("unknown-parameter") && wrong.contains("`p` v0 has no parameter `New`"),
        "{wrong}"
    );
    // what is made anew is made as declared
    check(&yaml("New: b"), "", both, "provision x (new)");
    check(&yaml("New: b"), row, &format!("{both}\ngone pp-x"), "provision x (vanished pp-x)");
    // of a version that is no longer offered, nothing can be changed
    let retired = Given::new("", &yaml("New: b"), "x p/v0 New=a", "offer p/v1 New").shown();
    assert!(
        retired.contains("version `v0` of `p` is no longer offered") && retired.contains("`New`"),
        "{retired}"
    );
}

#[test]
fn ignored_tags_stay_as_they_were_applied() {
    let ignoring =
        |what: &str, tags: &str| p(&format!("tags: {{{tags}}}\nlifecycle: {{ignore_changes: [{what}]}}"));
    let row = "x p/v1 tag:a=1 tag:b=2";
    check(&ignoring("tags.a", "a: 9, b: 2"), row, "offer p/v1", "unchanged: x");
    check(&ignoring("tags.a", "b: 9"), row, "offer p/v1", r#"update x pp-x (tag b "2" -> "9")"#);
    check(&ignoring("tags.c", "a: 1, b: 2, c: 3"), row, "offer p/v1", "unchanged: x");
    check(&ignoring("tags", "a: 9, c: 3"), row, "offer p/v1", "unchanged: x");
}

#[test]
fn tags() {
    let tagged = |tags: &str| p(&format!("tags: {{{tags}}}"));
    check(&tagged("a: 1"), "x p/v1 tag:a=1", "offer p/v1", "unchanged: x");
    check(&tagged("a: 2"), "x p/v1 tag:a=1", "offer p/v1", r#"update x pp-x (tag a "1" -> "2")"#);
    check(&tagged("a: 1, b: 1"), "x p/v1 tag:a=1", "offer p/v1", r#"update x pp-x (tag b absent -> "1")"#);
    // a removal together with a change takes effect
    check(
        &tagged("b: 1"),
        "x p/v1 tag:a=1",
        "offer p/v1",
        r#"update x pp-x (tag b absent -> "1", tag a "1" -> absent)"#,
    );
}

#[test]
fn a_tag_that_is_only_removed_stays_and_that_is_a_note() {
    check(
        &p(""),
        "x p/v1 tag:a=1",
        "offer p/v1",
        "unchanged: x
         note x: tags `a` stay: the catalog removes a tag only together with another tag change",
    );
    // what the only value of a tag option gives by itself is there, declared or not
    check(&p(""), "x p/v1 tag:a=1", "offer p/v1 +tag=a=1", "unchanged: x");
    check(
        &p("tags: {b: 2}"),
        "x p/v1 tag:a=1",
        "offer p/v1 +tag=a=1",
        r#"update x pp-x (tag b absent -> "2")"#,
    );
}

#[test]
fn tags_that_cannot_change_are_a_note() {
    let note = |keys: &str| {
        format!(
            "note x: tags {keys} cannot change: the product has no RESOURCE_UPDATE constraint that allows it"
        )
    };
    let yaml = p("tags: {a: 2}");
    check(
        &yaml,
        "x p/v1 tag:a=1 tag:b=1",
        "offer p/v1 +fixed-tags",
        &format!("unchanged: x\n{}", note("`a`, `b`")),
    );
    check(&p(""), "x p/v1 tag:b=1", "offer p/v1 +fixed-tags", &format!("unchanged: x\n{}", note("`b`")));
    check(
        &yaml,
        "x p/v1 A=1 tag:a=1",
        "offer p/v1 +fixed-tags A=2",
        &format!("update x pp-x (parameter A \"1\" -> \"2\" by default)\n{}", note("`a`")),
    );
    check(&yaml, "", "offer p/v1 +fixed-tags", "provision x (new)");
    // an automatic tag or a tag option is not ours to change
    check(&yaml, "x p/v1 tag:a=2", "offer p/v1 +fixed-tags +tag=cost=100", "unchanged: x");
}

#[test]
fn replacing_it_changes_tags_that_an_update_could_not() {
    check_with(
        "--replace x",
        [&p("tags: {a: 2}"), "x p/v1 tag:a=1", "offer p/v1 +fixed-tags"],
        "terminate x pp-x to replace it (requested, tag a \"1\" -> \"2\")
         provision x (requested, tag a \"1\" -> \"2\") after the end of x",
    );
    check_with(
        "--replace x",
        [&p(""), "x p/v1 tag:a=1", "offer p/v1"],
        "terminate x pp-x to replace it (requested)
         provision x (requested) after the end of x",
    );
}

#[test]
fn launch_paths_differ_by_name() {
    let yaml = p("path_name: team");
    check(&yaml, "x p/v1 path:team/lp-old", "offer p/v1 +path=team/lp-new,other", "unchanged: x");
    check(&yaml, "x p/v1 path:other", "offer p/v1 +path=team,other", "update x pp-x (path other -> team)");
    // the portfolio has another name, the path is the same
    check(&yaml, "x p/v1 path:old-name/lp-team", "offer p/v1 +path=team", "unchanged: x");
}

#[test]
fn a_launch_path_that_is_declared_by_id_differs_by_id() {
    let yaml = p("path_id: lp-new");
    check(
        &yaml,
        "x p/v1 path:team/lp-old",
        "offer p/v1 +path=team/lp-new,team/lp-old",
        "update x pp-x (path team (lp-old) -> team (lp-new))",
    );
    check(
        &yaml,
        "x p/v1 path:other",
        "offer p/v1 +path=team/lp-new,other",
        "update x pp-x (path other -> team)",
    );
    check(&yaml, "x p/v1 path:old-name/lp-new", "offer p/v1 +path=team/lp-new", "unchanged: x");
}

#[test]
fn stack_set_preferences() {
    let yaml = |accounts: &str| p(&format!("provisioning_preferences: {{stack_set_accounts: [{accounts}]}}"));
    let offer = "offer p/v1 +set=111111111111,222222222222@eu-west-1";
    let row = "x p/v1 accounts:111111111111,222222222222";
    check(&yaml("\"111111111111\", \"222222222222\""), row, offer, "unchanged: x");
    check(&yaml("\"222222222222\", \"111111111111\""), row, offer, "unchanged: x");
    check(
        &yaml("\"111111111111\""),
        row,
        offer,
        "update x pp-x (preferences [111111111111 222222222222] -> [111111111111])",
    );
    check(&p(""), row, offer, "update x pp-x (preferences [111111111111 222222222222] -> none)");
    check(&yaml("\"111111111111\""), "x p/v1", offer, "update x pp-x (preferences none -> [111111111111])");
}

#[test]
fn the_language_and_timeouts_are_no_difference() {
    check(
        &NET.replace("}\n", ", accept_language: jp, timeouts: {update: 5m}}\n"),
        NET_ROW,
        "",
        "unchanged: network",
    );
}

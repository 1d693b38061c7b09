//! Changed values: short ones, long ones, JSON, lists, secrets.

use super::fixture::{parameter_changed, plain, plan, read, text, update};
use provisor::model::target::Named;
use provisor::plan::{Reason, Shown};

/// The rows of an update with one changed parameter `P`.
fn rows(before: Shown, after: Shown) -> String {
    let page = read(&plan(vec![update("app", vec![parameter_changed("P", before, after)])]), plain());
    let body = page.split("(111122223333)\n").nth(1).unwrap();
    body.split("\n\nPlan:").next().unwrap().to_owned()
}

fn check(before: Shown, after: Shown, expected: &str) {
    assert_eq!(rows(before, after), expected.trim_matches('\n'));
}

#[test]
fn short_values_stand_on_one_line() {
    check(text("1"), text("2"), r#"      ~ P = "1" -> "2""#);
    check(Shown::Absent, text("2"), r#"      + P = "2""#);
    check(text("1"), Shown::Absent, r#"      - P = "1""#);
    check(text(""), text(" "), r#"      ~ P = "" -> " ""#);
    check(Shown::Unknown, text("x"), r#"      ~ P = (unknown) -> "x""#);
}

#[test]
fn pending_values_name_their_source() {
    let pending = Shown::Pending("${network.outputs.VpcId}".to_owned());
    check(
        text("vpc-1"),
        pending.clone(),
        r#"      ~ P = "vpc-1" -> (known after apply)  # ${network.outputs.VpcId}"#,
    );
    let long = "x".repeat(100);
    let shortened = format!(
        "      ~ P = \"{}...\" -> (known after apply)\n            # ${{network.outputs.VpcId}}",
        "x".repeat(57)
    );
    check(text(&long), pending, &shortened);
}

#[test]
fn a_secret_redacts_both_sides() {
    check(Shown::Sensitive, Shown::Sensitive, "      ~ P = (sensitive) -> (sensitive)  # value changed");
    check(Shown::Sensitive, text("hunter2"), "      ~ P = (sensitive) -> (sensitive)  # no longer sensitive");
    check(
        text("hunter2"),
        Shown::Sensitive,
        "      ~ P = (sensitive) -> (sensitive)  # sensitive from now on",
    );
    check(
        Shown::Sensitive,
        Shown::Pending("a ${x.id}".to_owned()),
        "      ~ P = (sensitive) -> (sensitive)  # known after apply",
    );
    check(Shown::Absent, Shown::Sensitive, "      + P = (sensitive)");
}

#[test]
fn json_is_compared_key_by_key() {
    let before = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}],"N":12345678901234567890123}"#;
    let after = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}], "N": 12345678901234567890124}"#;
    check(
        text(before),
        text(after),
        r#"
      ~ P = (JSON)
        ~ Statement[0].Effect = "Allow" -> "Deny"
        ~ N = 12345678901234567890123 -> 12345678901234567890124
"#,
    );
    check(
        text(r#"{"a":[1,2],"b":{}}"#),
        text("{ \"a\": [1, 2],\n \"b\": { } }"),
        "      ~ P = (JSON, only whitespace differs)",
    );
    check(
        text(r#"{"a":[1,2],"b":{}}"#),
        text(r#"{"b":{},"a":[1,2]}"#),
        "      ~ P = (JSON, only the order of keys differs)",
    );
    check(
        text(r#"{"a":{"k":1},"b":[1]}"#),
        text(r#"{"b":[1,{"n":"x"}]}"#),
        r#"
      ~ P = (JSON)
        - a = {
        -   "k": 1
        - }
        + b[1] = {
        +   "n": "x"
        + }
"#,
    );
}

#[test]
fn json_strings_keep_their_blanks_and_brackets() {
    let before = r#"{"a":"x, {y}: [\"z\"]  \\"}"#;
    check(
        text(before),
        text(r#"{"a":"x, {y}: [\"z\"] \\"}"#),
        r#"
      ~ P = (JSON)
        ~ a = "x, {y}: [\"z\"]  \\" -> "x, {y}: [\"z\"] \\"
"#,
    );
}

#[test]
fn lines_are_compared_with_context() {
    let before = "one\ntwo\nthree\nfour\nfive\nsix\n";
    check(
        text(before),
        text("one\ntwo\nthree\nfour\nFIVE\nsix"),
        "
      ~ P =
        :
        | three
        | four
        - five
        - six
        + FIVE
        + six  (no newline at the end)
",
    );
    check(
        text("a\n\u{1b}[31m b\n::set-output\n"),
        text("a\nc\n::set-output\n"),
        r"
      ~ P =
        | a
        - \u{1b}[31m b
        + c
        | ::set-output
",
    );
}

#[test]
fn whitespace_alone_is_named_and_visible() {
    check(
        text("one\ntwo\n"),
        text("one  \ntwo\r\n"),
        r"
      ~ P = (only whitespace differs)
        - one
        - two
        + one\u{20}\u{20}
        + two\r
",
    );
}

#[test]
fn long_lists_are_compared_by_item() {
    let subnets = |n: &[u32]| {
        text(&n.iter().map(|n| format!("subnet-0000000000000000{n}")).collect::<Vec<_>>().join(","))
    };
    check(
        subnets(&[1, 2, 3, 4]),
        subnets(&[1, 3, 4, 5]),
        "
      ~ P = (list)
        | subnet-00000000000000001
        - subnet-00000000000000002
        | subnet-00000000000000003
        | subnet-00000000000000004
        + subnet-00000000000000005
",
    );
}

#[test]
fn whatever_a_value_holds_rendering_goes_on() {
    let deep = "[".repeat(5000) + &"]".repeat(5000);
    let values = [
        deep.as_str(),
        "\n",
        "\r",
        "{",
        "[]",
        "{\"a\":",
        "\u{feff}{}",
        ",,,",
        &"é,".repeat(200),
        "\0",
        " \n \n",
    ];
    for before in values {
        for after in values {
            let page = rows(text(before), text(after));
            assert!(!page.contains(['\u{0}', '\r', '\u{feff}']), "{before:?} {after:?}");
        }
    }
}

#[test]
fn defaults_and_other_members_are_told_apart() {
    let reasons = vec![
        Reason::Parameter { key: "D".to_owned(), before: text("1"), after: text("2"), by_default: true },
        Reason::Tag { key: "env".to_owned(), before: Shown::Absent, after: text("dev") },
        parameter_changed("version", text("a"), text("b")),
        Reason::Version { before: Named::new("pa-1", "v1"), after: Named::new("pa-2", "v1") },
        Reason::Product { before: Named::new("prod-1", ""), after: Named::new("prod-2", "b") },
        Reason::Path { before: "a".to_owned(), after: "b".to_owned() },
    ];
    let page = read(&plan(vec![update("app", reasons)]), plain());
    let expected = r#"
      ~ product            = "prod-1" -> "b"
      ~ version            = "v1 (pa-1)" -> "v1 (pa-2)"
      ~ path               = "a" -> "b"
      ~ D                  = "1" -> "2"  # template default
      ~ parameters.version = "a" -> "b"
      + tags.env           = "dev"
"#;
    assert!(page.contains(expected.trim_matches('\n')), "{page}");
}

//! Findings with their places.

use std::sync::Arc;

use provisor::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Source};
use provisor::report::Style;
use provisor::report::escape::is_hidden;
use provisor::report::human::{diagnostics, findings};

use super::fixture::{EVIL, plain};

const FILE: &str = "products/app.yaml";

fn source(text: &str) -> Source {
    Source { path: FILE.into(), text: text.into() }
}

fn bytes(of: &Source, needle: &str) -> Place {
    let start = of.text.find(needle).unwrap();
    Place::Bytes { file: FILE.into(), start, end: start + needle.len() }
}

fn node(keys: &[&str], part: Part) -> Place {
    let path = keys.iter().map(|key| Segment::Key((*key).to_owned())).collect();
    Place::Node { file: Arc::from(FILE), path, part }
}

fn shown(found: Vec<Diagnostic>, sources: &[Source]) -> String {
    diagnostics(&Diagnostics(found), sources, plain())
}

fn check(found: Diagnostic, of: &Source, expected: &str) {
    assert_eq!(shown(vec![found], std::slice::from_ref(of)), expected.trim_start_matches('\n'));
}

#[test]
fn the_last_line_says_where_more_is_told() {
    let told = |codes: &[&'static str]| {
        let found = codes.iter().map(|code| Diagnostic::error(code, "m").at(Place::File(FILE.into())));
        findings(&Diagnostics(found.collect()), &[], plain()).lines().last().unwrap().to_owned()
    };
    assert_eq!(told(&["unknown-key"]), "1 error in 1 file; `provisor explain unknown-key` tells more");
    assert_eq!(told(&["cycle", "cycle"]), "2 errors in 1 file; `provisor explain cycle` tells more");
    let several = "2 errors in 1 file; `provisor explain CODE` tells more: cycle, unknown-key";
    assert_eq!(told(&["unknown-key", "cycle"]), several);
}

#[test]
fn a_node_of_a_document_is_found_again() {
    let of = source("provisioned_products:\n  app:\n    product_name: vpc\n    paramters: {A: 1}\n");
    check(
        Diagnostic::error("unknown-key", "unknown field `paramters`")
            .at(node(&["provisioned_products", "app", "paramters"], Part::Key))
            .label("not a field of a declaration")
            .note("fields are listed in the manual")
            .hint("did you mean `parameters`?"),
        &of,
        "
Error: unknown field `paramters`
 --> products/app.yaml:4:5
  |
4 |     paramters: {A: 1}
  |     ^^^^^^^^^ not a field of a declaration
  |
  = note: fields are listed in the manual
  = hint: did you mean `parameters`?
",
    );
}

#[test]
fn a_redacted_line_is_named_and_not_printed() {
    let of = source("provisioned_products:\n  app:\n    parameters: {Password: S3CRET}\n");
    let place = node(&["provisioned_products", "app", "parameters", "Password"], Part::Key);
    let found =
        |sensitive| Diagnostic::error("parameter-value", "too short").at(place.clone()).redact(sensitive);
    check(
        found(true),
        &of,
        "
Error: too short
--> products/app.yaml:3:18
",
    );
    assert!(shown(vec![found(false)], &[of]).contains("S3CRET"));
}

#[test]
fn columns_count_characters_and_lines_end_as_they_like() {
    let of = source("# größe\r\ngröße: ä日x\r\nlast: 1\r\n");
    check(
        Diagnostic::warning("w", "odd").at(bytes(&of, "x")).label("here"),
        &of,
        "
Warning: odd
 --> products/app.yaml:2:10
  |
2 | größe: ä日x
  |           ^ here
",
    );
}

#[test]
fn two_places_of_one_file_share_a_snippet() {
    let of = source("a: 1\nb: 2\nc: 3\nd: 4\ne: 5\na: 6\n");
    check(
        Diagnostic::error("duplicate-key", "`a` stands twice")
            .at(Place::Bytes { file: FILE.into(), start: 25, end: 26 })
            .label("again")
            .related(bytes(&of, "a"), "first defined here"),
        &of,
        "
Error: `a` stands twice
 --> products/app.yaml:6:1
  |
1 | a: 1
  | - first defined here
...
6 | a: 6
  | ^ again
",
    );
}

#[test]
fn two_files_are_both_shown() {
    let of = source("a: 1\n");
    let other = Source { path: "b.yaml".into(), text: "x: 1\na: 2\n".into() };
    let found = Diagnostic::error("duplicate", "`a` is declared twice")
        .at(Place::Bytes { file: "b.yaml".into(), start: 5, end: 6 })
        .related(bytes(&of, "a"), "first declared here");
    let expected = "Error: `a` is declared twice
 --> b.yaml:2:1
  |
2 | a: 2
  | ^
  |
 ::: products/app.yaml:1:1
  |
1 | a: 1
  | - first declared here
";
    assert_eq!(shown(vec![found], &[of, other]), expected);
}

#[test]
fn what_cannot_be_located_names_the_file() {
    let of = source("a: 1\n");
    check(
        Diagnostic::error("x", "lost").at(node(&["nowhere"], Part::Value)),
        &of,
        "
Error: lost
--> products/app.yaml
",
    );
    check(Diagnostic::error("x", "no place at all"), &of, "Error: no place at all\n");
    let found = Diagnostic::error("x", "gone").at(Place::File("other.yaml".into()));
    assert_eq!(shown(vec![found], &[]), "Error: gone\n--> other.yaml\n");
}

#[test]
fn a_span_of_several_lines_shows_its_first() {
    let of = source("a:\n  - 1\n  - 2\n");
    check(
        Diagnostic::error("x", "not a list").at(Place::Bytes { file: FILE.into(), start: 5, end: 14 }),
        &of,
        "
Error: not a list
 --> products/app.yaml:2:3
  |
2 |   - 1
  |   ^^^
",
    );
}

#[test]
fn fifty_are_shown_and_the_rest_counted() {
    let page = shown((0..73).map(|n| Diagnostic::error("x", format!("number {n}"))).collect(), &[]);
    assert_eq!(page.matches("Error: ").count(), 50);
    assert!(
        page.starts_with("Error: number 0\n\nError: number 1\n") && page.ends_with("\n\n+23 more\n"),
        "{page}"
    );
    assert_eq!(shown(vec![], &[]), "");
}

#[test]
fn no_span_and_no_text_breaks_it() {
    let texts = [
        "",
        "\n",
        "ä",
        "a: \u{1b}[31m\u{9b}2J\u{202e}\u{200b}é\tx\r",
        "\u{0}",
        &"long ".repeat(100_000),
        EVIL,
    ];
    for text in texts {
        let of = source(text);
        for (start, end) in
            [(0, 0), (0, 1), (1, 1), (3, 2), (5, 9), (usize::MAX, usize::MAX), (0, usize::MAX)]
        {
            let place = || Place::Bytes { file: FILE.into(), start, end };
            let found = Diagnostic::error("x", EVIL)
                .at(place())
                .label(EVIL)
                .note(EVIL)
                .hint(EVIL)
                .related(place(), EVIL);
            let page = shown(vec![found], std::slice::from_ref(&of));
            assert!(!page.chars().any(|c| c != '\n' && is_hidden(c)), "{page:?}");
            assert!(page.contains("products/app.yaml:1:") || page.contains("products/app.yaml:2:"), "{page}");
            assert!(page.len() < 20_000, "{}", page.len());
        }
    }
}

#[test]
fn colour_is_added_and_nothing_else() {
    let of = source("a: 1\n");
    let found = || Diagnostics(vec![Diagnostic::error("x", "bad").at(bytes(&of, "1")).label("this")]);
    let sources = std::slice::from_ref(&of);
    let plain_page = diagnostics(&found(), sources, plain());
    let page = diagnostics(&found(), sources, Style { color: true, ..plain() });
    assert_ne!(page, plain_page);
    assert_eq!(anstream::adapter::strip_str(&page).to_string(), plain_page);
    for width in [1, 20, 10_000] {
        assert!(diagnostics(&found(), sources, Style { width, ..plain() }).contains("products/app.yaml:1:4"));
    }
}

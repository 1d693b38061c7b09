//! docs/diagnostics.md, as the table of codes tells it. `PROVISOR_BLESS=1` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{BeforeAfter, CODE_GROUPS, CodeExample, CodeView};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnostics.md");

const HEAD: &str = "# Diagnostics

What provisor finds wrong, or odd, has a stable code, which stands in every JSON document (`--json`). `provisor explain CODE` tells
of one what this page tells of all. The message itself names file, line and column, and mostly the word that was meant.

This page is made from the table of codes: `PROVISOR_BLESS=1 cargo test -p provisor --lib codes` writes it anew.
";

fn example(of: &CodeExample) -> String {
    match (of.file(), of) {
        (Some(BeforeAfter { name, wrong, right }), _) => {
            format!("Wrong, in {name}:\n\n```yaml\n{wrong}```\n\nRight:\n\n```yaml\n{right}```\n")
        }
        (None, CodeExample::Told(told)) => format!("Example: {told}\n"),
        (None, _) => String::new(),
    }
}

fn page() -> String {
    let mut text = HEAD.to_owned();
    for group in CODE_GROUPS {
        let _ = writeln!(text, "\n## {}", group.title);
        for CodeView { code, what, why, mend, example: of } in group.codes {
            let _ = writeln!(
                text,
                "\n### `{code}`\n\n**{what}.** {why}\n\nMend it: {mend}\n\n{}",
                example(of).trim_end()
            );
        }
    }
    text
}

#[test]
fn the_page_tells_every_code() {
    if std::env::var_os("PROVISOR_BLESS").is_some() {
        std::fs::write(PAGE, page()).unwrap();
        return;
    }
    assert_eq!(std::fs::read_to_string(PAGE).unwrap(), page(), "PROVISOR_BLESS=1 writes it anew");
}

#[test]
fn every_code_stands_once_and_is_told_in_whole_sentences() {
    let mut seen = BTreeSet::new();
    for CodeView { code, what, why, mend, .. } in CODE_GROUPS.iter().flat_map(|group| group.codes) {
        assert!(seen.insert(code), "{code} stands twice");
        assert!(!what.ends_with('.') && !what.is_empty(), "{code}: {what}");
        for sentence in [why, mend] {
            assert!(
                sentence.ends_with('.') && sentence.starts_with(|c: char| c.is_uppercase() || c == '`'),
                "{code}: {sentence}"
            );
        }
    }
}

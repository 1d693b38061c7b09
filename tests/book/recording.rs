//! What the README shows first: docs/plan.svg, drawn from what the program prints, and a table that a bench prints. `PROVISOR_BLESS=1` draws anew.

use std::path::Path;
use std::process::Command;

use super::{docs, read_at_the_top};
use crate::cli::support::binary;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_recording_is_what_the_program_prints() {
    let drawn = Command::new(root().join(".ci/recording")).arg(binary()).output().unwrap();
    assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&drawn.stderr));
    let drawn = String::from_utf8(drawn.stdout).unwrap();
    let kept = docs().join("plan.svg");
    if std::env::var_os("PROVISOR_BLESS").is_some() {
        std::fs::write(&kept, &drawn).unwrap();
    }
    let text = std::fs::read_to_string(&kept).unwrap_or_default();
    assert_eq!(text, drawn, "docs/plan.svg is out of date: PROVISOR_BLESS=1 draws it anew");
    // it loads nothing, and is read in the dark too
    let elsewhere = ["url(", "href", "@import", "@font-face", "<script", "<image"];
    assert!(elsewhere.iter().all(|word| !text.contains(word)), "{text}");
    assert!(text.contains("prefers-color-scheme:dark"));
}

/// Figures cannot be made in a test: what they are about can be told apart.
#[test]
fn the_table_of_figures_has_the_rows_of_its_bench() {
    let readme = read_at_the_top("README.md");
    let bench = read_at_the_top("benches/versus_terraform.rs");
    let (_, behind) = readme.split_once("<!-- versus_terraform -->\n").unwrap();
    let (table, _) = behind.split_once("<!-- /versus_terraform -->").unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() >= 10, "{table}");
    for row in rows {
        let about = row.trim_start_matches("| ").split(" |").next().unwrap();
        // numbers of products are the bench's arguments
        let known = about.split(|c: char| c.is_ascii_digit()).all(|part| bench.contains(part));
        assert!(known, "benches/versus_terraform.rs has no row `{about}`");
    }
}

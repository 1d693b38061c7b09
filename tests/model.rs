//! The protocol on paper: Spin checks its model in both directions. Where `spin` or a C compiler is not there, this is skipped, and says so.

use std::path::Path;
use std::process::{Command, Stdio};

fn is_there(tool: &str, asked: &str) -> bool {
    let mut command = Command::new(tool);
    command.arg(asked).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The name of each `-D` that leaves a rule of the model out, or drops what it takes for granted.
fn left_out(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    let mut names: Vec<&str> = words.filter(|word| is_left_out(word)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn is_left_out(word: &str) -> bool {
    ["NO_", "UNLESS_"].iter().any(|start| word.strip_prefix(start).is_some_and(|rest| !rest.is_empty()))
}

#[test]
fn the_protocol_holds_and_needs_every_rule() {
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model/run");
    if let Some((tool, _)) = [("spin", "-V"), ("cc", "--version"), ("python3", "-V")]
        .iter()
        .find(|(tool, ask)| !is_there(tool, ask))
    {
        println!("skipped, the model of the protocol is not checked: `{tool}` is not installed");
        return;
    }
    let output = Command::new(&run).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for verdict in ["lost", "doubled", "untrue", "touched", "holds", "reached"] {
        assert!(said.contains(&format!(" {verdict} ")), "no `{verdict}`\n{said}");
    }
}

#[test]
fn every_rule_of_the_model_is_left_out_once_and_told() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let (model, run, told) =
        (read("tests/model/protocol.pml"), read("tests/model/run"), read("docs/protocol.md"));
    let named = left_out(&model);
    assert!(named.len() > 12, "{named:?}");
    assert_eq!(left_out(&run), named, "what the script leaves out, and what the model can do without");
    assert_eq!(left_out(&told), named, "what the chapter tells");
}

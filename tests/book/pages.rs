//! The pages of the book that the program tells itself: commands with their flags, exit codes, events. `PROVISOR_BLESS=1` writes them anew.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use syn::{Expr, ExprLit, Lit, Meta};

use super::{docs, read};
use crate::cli::support::binary;

const COMMANDS: &str = "# Commands

Every command with its flags, as `provisor COMMAND --help` tells them. What the first of them has under \"Everywhere\" can be given to each.
How a command ends: [exit codes](exit-codes.md).

This page is made from the help: `PROVISOR_BLESS=1 cargo test --test main book` writes it anew.
";

const EXIT_CODES: &str = "# Exit codes

| code | |
|---|---|
";

const AFTER_EXIT_CODES: &str = "
A plan that is only shown ends with 0 whether or not there are changes; with `--detailed-exitcode`, 2 says that there are some. Every code but 0
comes with a message that says what to do next, with `--json` too: [What is found wrong, by code](diagnostics.md).

This page is made from the table in the program: `PROVISOR_BLESS=1 cargo test --test main book` writes it anew.
";

const EVENTS: &str = "# Events

`provisor apply --json`, `destroy --json` and `import --json` print one JSON document a line, `provisor.event/v1`. The last one is `summary`, whatever
became of it; nothing else is printed on standard output. `provisor schema event` prints the JSON Schema; members may be added within v1, so that
a reader passes over what it does not know. How an apply is watched by people: [An apply, watched](apply.md).

This page is made from the schema: `PROVISOR_BLESS=1 cargo test --test main book` writes it anew.

| event | says | has always |
|---|---|---|
";

/// What each event says.
const SAYS: [(&str, &str); 15] = [
    ("planned", "a step of the plan, before anything is carried out"),
    ("plan", "all else that there is to know of the plan"),
    ("began", "the steps are about to be carried out"),
    ("started", "the catalog took a request, and answered with a record"),
    ("resumed", "an operation of an earlier run goes on"),
    ("progress", "an operation is still under way"),
    ("delayed", "something could not be asked or sent, and is tried again"),
    ("settled", "a step has ended, well or not"),
    ("outputs", "what a step's product gives to others"),
    ("stopping", "no more steps are started: somebody asked to stop"),
    ("summary", "how all of it ended; the last event"),
    ("diagnostic", "something is wrong, or odd"),
    ("file", "a file that an import is about to write"),
    ("not_imported", "something that exists and cannot be imported, and why"),
    ("made_by_others", "what another principal made, and an import leaves alone"),
];

fn help(command: &str) -> String {
    let output = Command::new(binary())
        .args(command.split_whitespace())
        .arg("--help")
        .env_clear()
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands below one, as its help lists them.
fn below(help: &str) -> Vec<&str> {
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let named = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect()
}

/// The help of a command without what all of them have, and without blank lines between flags.
fn told(help: &str, is_first: bool) -> String {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    let mut after_blank = true;
    for line in help.lines().map(str::trim_end) {
        match sections.last_mut() {
            _ if line.is_empty() => {}
            Some(section) if !after_blank || line.starts_with(' ') => section.push(line),
            _ => sections.push(vec![line]),
        }
        after_blank = line.is_empty();
    }
    let everywhere = |section: &[&str]| match section {
        ["Everywhere:", ..] => true,
        ["Options:", flag, _] => flag.ends_with("--help"),
        _ => false,
    };
    sections.retain(|section| is_first || !everywhere(section));
    let sections: Vec<String> = sections.iter().map(|section| section.join("\n")).collect();
    sections.join("\n\n")
}

fn commands() -> String {
    let first = help("");
    let mut text = format!("{COMMANDS}\n```text\n{}\n```\n", told(&first, true));
    for command in below(&first) {
        add(&mut text, command);
    }
    text
}

fn add(text: &mut String, command: &str) {
    let help = help(command);
    write!(text, "\n## provisor {command}\n\n```text\n{}\n```\n", told(&help, false)).unwrap();
    for further in below(&help) {
        add(text, &format!("{command} {further}"));
    }
}

/// The comments of the table of exit codes, by number.
fn exit_codes() -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/exit.rs");
    let file = syn::parse_file(&std::fs::read_to_string(source).unwrap()).unwrap();
    let table = file.items.iter().find_map(|item| match item {
        syn::Item::Enum(table) if table.ident == "Exit" => Some(table),
        _ => None,
    });
    let mut text = EXIT_CODES.to_owned();
    for row in &table.unwrap().variants {
        let Some((_, Expr::Lit(ExprLit { lit: Lit::Int(code), .. }))) = &row.discriminant else { panic!() };
        let comments = row.attrs.iter().filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        });
        let words: Vec<String> = comments.collect();
        writeln!(text, "| {code} | {} |", words.join(" ")).unwrap();
    }
    text + AFTER_EXIT_CODES
}

fn events() -> String {
    let output = Command::new(binary()).args(["schema", "event"]).env_clear().output().unwrap();
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<&str> =
        schema["properties"]["event"]["enum"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let said: Vec<&str> = SAYS.iter().map(|(name, _)| *name).collect();
    assert_eq!(said, names, "what each event says stands in tests/book/pages.rs");
    let mut text = EVENTS.to_owned();
    for (name, says) in SAYS {
        let rules = schema["allOf"].as_array().unwrap();
        let own = rules.iter().filter(|rule| rule["if"]["properties"]["event"]["const"] == name);
        let has: Vec<String> = own
            .flat_map(|rule| rule["then"]["required"].as_array().unwrap())
            .map(|member| format!("`{}`", member.as_str().unwrap()))
            .collect();
        writeln!(text, "| `{name}` | {says} | {} |", has.join(", ")).unwrap();
    }
    text += "\nEvery event has `format`, `seq` (1, 2, 3, …), `time` and `event`. All members:\n\n| member | is | |\n|---|---|---|\n";
    for (name, member) in schema["properties"].as_object().unwrap() {
        let about = member["description"].as_str().unwrap_or_default();
        writeln!(text, "| `{name}` | {} | {about} |", kind(member)).unwrap();
    }
    text += "\nAn `outcome` has a `kind`: ";
    let kinds = schema["$defs"]["outcome"]["properties"]["kind"]["enum"].as_array().unwrap();
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.as_str().unwrap())).collect();
    text + &kinds.join(", ") + ".\n"
}

/// What a member is, in a word or two.
fn kind(member: &Value) -> String {
    if let Some(path) = member["$ref"].as_str() {
        return path.rsplit('/').next().unwrap().to_owned();
    }
    if let Some(only) = member["const"].as_str() {
        return format!("`{only}`");
    }
    if let Some(words) = member["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|word| format!("`{}`", word.as_str().unwrap())).collect();
        return words.join(", ");
    }
    match member["type"].as_str().unwrap_or("value") {
        "array" => format!("list of {}", kind(&member["items"])),
        other => other.to_owned(),
    }
}

#[test]
fn commands_exit_codes_and_events_are_told_as_they_are() {
    let pages = [("commands.md", commands()), ("exit-codes.md", exit_codes()), ("events.md", events())];
    for (name, told) in pages {
        if std::env::var_os("PROVISOR_BLESS").is_some() {
            std::fs::write(docs().join(name), &told).unwrap();
        }
        assert_eq!(read(name), told, "docs/{name}: PROVISOR_BLESS=1 writes it anew");
    }
}

//! A command line that asks for help or cannot be read: how it is answered, to people, and to programs that asked for JSON.

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write};

use clap::{CommandFactory, Error};

use super::args::{Cli, When};
use super::edge::Edge;
use super::exit::Exit;
use super::words;
use crate::report::escape::defused;
use crate::report::json;
use crate::report::view::FindingView;
use crate::workspace::ProblemKind;

/// Says what there is to say of it.
pub fn tell(error: Error, typed: &[OsString]) -> Exit {
    if !error.use_stderr() {
        return match error.print() {
            Err(cause) if cause.kind() != ErrorKind::BrokenPipe => Exit::Error,
            _ => Exit::Done,
        };
    }
    let (shown, found) = match words::unknown(&error) {
        Some(sentence) => {
            let shown = format!("Error: {sentence}\n\nFor all commands, try '--help'.\n");
            (shown, finding(sentence, None, Vec::new()))
        }
        None => {
            let text = words::without_danger(error).render();
            // which colour was asked for is not known of a line that cannot be read
            let is_coloured = Edge::is_coloured(When::Auto, std::io::stderr().is_terminal());
            let shown = if is_coloured { text.ansi().to_string() } else { text.to_string() };
            (shown.replacen("error:", "Error:", 1), read(&text.to_string()))
        }
    };
    Edge::say(&shown);
    if wants_json(typed) {
        let document = match runs(typed) {
            true => json::diagnostic(&found, 1, Edge::now()) + "\n",
            false => json::diagnostics(&[found]),
        };
        // that it could not be written changes nothing any more
        let _ = std::io::stdout().lock().write_all(defused(&document).as_bytes());
    }
    Exit::Usage
}

/// Clap's text, in its parts: what is wrong, a tip, how the command is used.
fn read(text: &str) -> FindingView {
    let parts = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut parts = parts.filter(|part| !part.is_empty());
    let message = parts.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
    let (mut hint, mut notes) = (None, Vec::new());
    for part in parts {
        match part.strip_prefix("tip: ") {
            Some(tip) => hint = hint.or(Some(tip.to_owned())),
            None if part.starts_with("For more information") => {}
            None => notes.push(part),
        }
    }
    finding(message, hint, notes)
}

fn finding(message: String, hint: Option<String>, notes: Vec<String>) -> FindingView {
    FindingView { code: ProblemKind::Usage.word(), is_error: true, message, hint, notes, place: None }
}

/// Whether JSON was asked for, as far as that can be told.
fn wants_json(typed: &[OsString]) -> bool {
    let flags: Vec<&str> = given(typed).collect();
    flags.iter().any(|flag| matches!(*flag, "--json" | "--format=json"))
        || flags.windows(2).any(|pair| pair == ["--format", "json"])
}

/// Whether it is a run, whose document is a line for each event.
fn runs(typed: &[OsString]) -> bool {
    let commands = Cli::command();
    let first = given(typed).find(|word| commands.find_subcommand(word).is_some());
    first.is_some_and(|word| matches!(word, "apply" | "destroy"))
}

fn given(typed: &[OsString]) -> impl Iterator<Item = &str> {
    typed.iter().skip(1).take_while(|word| *word != "--").filter_map(|word| word.to_str())
}

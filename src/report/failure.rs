//! Errors for people: what, caused by what, and what to do next. Exit codes are not decided here.

use std::error::Error;

use super::style::{Ink, Style};
use super::text::lines;

/// More of an error's words than this are left out.
const WORDS: usize = 8000;

/// `Error: …` with the chain of causes and the hint, each on lines of its own.
#[must_use]
pub fn failure(error: &dyn Error, hint: Option<&str>, style: Style) -> String {
    let mut causes = Vec::new();
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        // many errors already say what their source says
        if !told.contains(&text) {
            causes.push(text.clone());
            told = text;
        }
        next = cause.source();
    }
    message(&error.to_string(), &causes, hint, style)
}

/// The same for a failure that is no `Error`.
#[must_use]
pub fn message(message: &str, causes: &[String], hint: Option<&str>, style: Style) -> String {
    let mut out = headed(&style.paint(Ink::Remove, "Error:"), message, "  | ");
    for cause in causes {
        out += &headed("  caused by:", cause, "    | ");
    }
    if let Some(hint) = hint {
        out += &headed("  hint:", hint, "        ");
    }
    out
}

fn headed(head: &str, text: &str, next: &str) -> String {
    let lines = lines(text, WORDS);
    let rest = lines.iter().skip(1).map(|line| format!("{next}{line}\n"));
    format!("{head} {}\n{}", lines.first().map_or("", String::as_str), rest.collect::<String>())
}

//! Text from outside as code: the only way in which it comes onto a page. In code a page obeys nothing, and whoever renders it makes no link and
//! calls nobody.

use std::fmt::Write;

use crate::report::escape::Escaped;

/// In a paragraph, a list or a cell of a table. What could end the code or the cell is spelled out.
pub(super) fn code(text: &str) -> String {
    let text = Escaped(text).to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:,;=+@%$~!?#'()[]{}… ".contains(c);
    let trimmed = text.trim();
    match !trimmed.is_empty() && trimmed == text && text.chars().all(is_plain) {
        true => format!("`{text}`"),
        false => tagged(&text),
    }
}

/// In a heading that is written as HTML.
pub(super) fn html_code(text: &str) -> String {
    tagged(&Escaped(text).to_string())
}

/// By tags, in which everything that markup is made of is spelled out.
fn tagged(text: &str) -> String {
    let mut out = "<code>".to_owned();
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() || " -/,=".contains(c) => out.push(c),
            c => drop(write!(out, "&#{};", u32::from(c))),
        }
    }
    out + "</code>"
}

/// Lines as a block of code, coloured as a diff. A fence is longer than any that a line could hold.
pub(super) fn fenced(lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!("{fence}diff\n{body}{fence}\n")
}

fn longest_run(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

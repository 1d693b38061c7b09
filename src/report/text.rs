//! Small texts: durations, counts, shortening. Every function takes any input.

use std::time::Duration;

use super::escape::Escaped;

/// `0s`, `45s`, `1m30s`, `2h0m5s`: whole seconds.
#[must_use]
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

/// The first characters of a text; `...` stands for what was left out.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(3)).collect();
    kept + "..."
}

/// Foreign text on one line, escaped, of bounded length.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Escaped(&shortened(&lines.join(" "), most)).to_string()
}

/// Foreign text as escaped lines, of bounded length altogether.
pub(super) fn lines(text: &str, most: usize) -> Vec<String> {
    shortened(text.trim_end(), most).lines().map(|line| Escaped(line).to_string()).collect()
}

/// With a capital at its beginning.
pub(super) fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// `1 step`, `2 steps`.
pub(super) fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// The items with commas between, at most so many of them.
pub(super) fn listed(items: &[String], most: usize) -> String {
    let shown = items.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

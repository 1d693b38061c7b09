//! Lines around a place in a text, and what is said of a slip in one of them.

/// A slip that is known, and where it was made.
pub(super) struct Slip {
    pub at: usize,
    pub message: String,
    pub hint: Option<String>,
}

/// The line of a byte, then those before and behind it, with where each one starts.
pub(super) fn around(text: &str, at: usize) -> Vec<(usize, &str)> {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let line = |start: usize| Some((start, text.get(start..)?.lines().next()?));
    let before = start
        .checked_sub(1)
        .and_then(|end| line(text.get(..end)?.rfind('\n').map_or(0, |newline| newline + 1)));
    let behind = line(start).map(|(start, found)| start + found.len() + 1).filter(|at| *at < text.len());
    [line(start), behind.and_then(line), before].into_iter().flatten().collect()
}

pub(super) fn indent(line: &str) -> &str {
    line.get(..line.len() - line.trim_start().len()).unwrap_or_default()
}

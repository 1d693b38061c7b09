//! Sentences of ours as lines of a bounded width.

use super::paper::Line;
use crate::report::style::Style;

/// Where nobody says how wide it is.
const USUAL: usize = 100;
/// Narrower than this, lines break in the middle of words anyway.
const LEAST: usize = 40;

/// The width that sentences are filled to.
pub(super) fn width(style: Style) -> usize {
    match style.width {
        0 => USUAL,
        width => width.clamp(LEAST, USUAL),
    }
}

/// A text broken between words, the first line behind `head`, the others below where it begins.
pub(super) fn filled(head: &str, text: &str, width: usize) -> Vec<Line> {
    let margin = " ".repeat(head.chars().count());
    let (mut lines, mut line) = (Vec::new(), head.to_owned());
    let mut is_fresh = true;
    for word in text.split(' ') {
        if !is_fresh && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(Line::ours(std::mem::replace(&mut line, margin.clone())));
            is_fresh = true;
        }
        if !is_fresh {
            line.push(' ');
        }
        line.push_str(word);
        is_fresh = false;
    }
    lines.push(Line::ours(line));
    lines
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn lines_break_between_words_and_hang_below_the_first() {
        let lines: Vec<String> =
            filled("Why  ", "one two three fourteen", 13).iter().map(super::Line::text).collect();
        assert_eq!(lines, ["Why  one two", "     three", "     fourteen"]);
    }
}

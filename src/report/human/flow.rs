//! Lines of a bounded width: between which pieces and words they are broken. What tools read, and excerpts of files, do not
//! come here. A word is never broken: an id or an ARN can be copied whole.

use super::paper::Line;
use crate::report::style::{Ink, Style};

/// Where nobody says how wide it is.
const USUAL: usize = 100;
/// Narrower than this, lines break anyway.
const LEAST: usize = 40;

/// The width that a plan is laid out for.
pub(in crate::report) fn room(style: Style) -> usize {
    match style.width {
        0 => USUAL,
        width => width.max(LEAST),
    }
}

/// A text behind a head, broken between words; what follows stands behind `margin`.
pub(in crate::report) fn broken(head: Line, text: &Line, margin: &Line, width: usize) -> Vec<Line> {
    let (mut lines, mut line) = (Vec::new(), head);
    let mut is_fresh = true;
    for word in whole_words(text) {
        if !is_fresh && line.columns() + 1 + word.columns() > width {
            lines.push(std::mem::replace(&mut line, margin.clone()));
            is_fresh = true;
        }
        line = if is_fresh { line.and(word) } else { line.then(" ").and(word) };
        is_fresh = false;
    }
    lines.push(line);
    lines
}

/// The same of an excerpt of a value: nobody copies a part of it, and a word that no line holds is broken too.
pub(super) fn chopped(head: Line, text: &Line, margin: &Line, width: usize) -> Vec<Line> {
    let room = width.saturating_sub(margin.columns().max(head.columns())).max(1);
    let fits = |word: Line| {
        let mut parts = vec![word];
        while let Some(last) = parts.pop() {
            if last.columns() <= room {
                parts.push(last);
                break;
            }
            parts.extend(last.parted(room));
        }
        parts
    };
    let (mut lines, mut line, mut is_fresh) = (Vec::new(), head, true);
    for word in text.words() {
        for (n, part) in fits(word).into_iter().enumerate() {
            let gap = usize::from(n == 0 && !is_fresh);
            if !is_fresh && line.columns() + gap + part.columns() > width {
                lines.push(std::mem::replace(&mut line, margin.clone()));
                is_fresh = true;
            }
            line = if n > 0 || is_fresh { line.and(part) } else { line.then(" ").and(part) };
            is_fresh = false;
        }
    }
    lines.push(line);
    lines
}

/// The words of a text. What stands in backticks is one word: a name or a command, which can be copied.
fn whole_words(text: &Line) -> Vec<Line> {
    let words = text.words();
    let is_quote = |word: &Line| word.text().matches('`').count() % 2 == 1;
    if words.iter().filter(|word| is_quote(word)).count() % 2 == 1 {
        return words;
    }
    let (mut out, mut is_open) = (Vec::<Line>::new(), false);
    for word in words {
        let toggles = is_quote(&word);
        match out.last_mut().filter(|_| is_open) {
            Some(last) => *last = std::mem::take(last).then(" ").and(word),
            None => out.push(word),
        }
        is_open ^= toggles;
    }
    out
}

/// Pieces behind a head, a gap before each; one that does not fit begins a new line. A piece is broken only where a line of
/// its own does not hold it.
pub(super) fn flowed(head: Line, pieces: Vec<Line>, place: Margins) -> Vec<Line> {
    let Margins { width, hang, gap, mark } = place;
    // foreign text must not begin a line, where CI runners look for commands
    let margin = || Line::default().padded(hang).and(Line::ours("|").ink(Ink::Faint)).then(" ");
    let (mut lines, mut line) = (Vec::new(), head);
    // a new line is of no use where it begins no further to the left
    let mut may_end = line.columns() + gap > hang;
    for piece in pieces {
        let ends = may_end && line.columns() + gap + piece.columns() > width;
        line = if ends {
            lines.push(line);
            if mark { margin() } else { Line::default().padded(hang) }
        } else {
            line.then(" ".repeat(gap))
        };
        let mut parts = broken(line, &piece, &margin(), width);
        line = parts.pop().unwrap_or_default();
        lines.extend(parts);
        may_end = true;
    }
    lines.push(line);
    lines
}

/// How wide lines are, and where what does not fit goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Margins {
    /// The width.
    pub width: usize,
    /// Blanks before what goes on.
    pub hang: usize,
    /// Blanks between two pieces.
    pub gap: usize,
    /// Pieces may begin with foreign text: a new line has a mark of ours before them.
    pub mark: bool,
}

#[cfg(test)]
mod tests {
    use super::super::paper::Line;
    use super::{Margins, broken, chopped, flowed};

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::text).collect()
    }

    #[test]
    fn lines_break_between_words_and_blanks_stay() {
        let lines = broken(Line::ours("> "), &Line::ours("one  two three"), &Line::ours("| "), 10);
        assert_eq!(texts(&lines), ["> one  two", "| three"]);
        let long = broken(Line::ours("> "), &Line::ours("arn:aws:a:b:c"), &Line::ours("| "), 9);
        assert_eq!(texts(&long), ["> arn:aws:a:b:c"]);
        let quoted = broken(Line::ours("> "), &Line::ours("a `b c d e` f"), &Line::ours("| "), 9);
        assert_eq!(texts(&quoted), ["> a", "| `b c d e`", "| f"]);
        let odd = broken(Line::ours("> "), &Line::ours("one `two three"), &Line::ours("| "), 9);
        assert_eq!(texts(&odd), ["> one", "| `two", "| three"]);
    }

    #[test]
    fn a_word_of_an_excerpt_is_broken_where_no_line_holds_it() {
        let lines = chopped(Line::ours("> "), &Line::ours("ab cdefghijklmn op"), &Line::ours("| "), 9);
        assert_eq!(texts(&lines), ["> ab", "| cdefghi", "| jklmn", "| op"]);
        let blanks = chopped(Line::ours("> "), &Line::ours("  a b"), &Line::ours("| "), 9);
        assert_eq!(texts(&blanks), [">   a b"]);
    }

    #[test]
    fn pieces_stay_whole_where_a_line_holds_them() {
        let pieces = || vec![Line::ours("a b"), Line::ours("c d"), Line::ours("e f g h i")];
        let lines = flowed(Line::ours("k ="), pieces(), Margins { width: 12, hang: 4, gap: 1, mark: false });
        assert_eq!(texts(&lines), ["k = a b c d", "    e f g h", "    | i"]);
        let lines =
            flowed(Line::ours("a long key ="), pieces(), Margins { width: 12, hang: 4, gap: 1, mark: false });
        assert_eq!(texts(&lines), ["a long key =", "    a b c d", "    e f g h", "    | i"]);
    }
}

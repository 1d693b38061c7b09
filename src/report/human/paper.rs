//! Lines of text for people: the only place where foreign text is escaped and where anything is coloured. What stands
//! before a line's first foreign text is ours: CI runners look for commands where lines begin.

use super::super::escape::{Escaped, Quoted};
use super::super::style::{Ink, Style};

/// One line, as stretches of one colour each. Foreign text in it is escaped already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::report) struct Line {
    stretches: Vec<(Option<Ink>, String)>,
}

impl Line {
    /// Words of ours.
    pub(in crate::report) fn ours(text: impl Into<String>) -> Self {
        Self { stretches: vec![(None, text.into())] }
    }

    /// Foreign text, with whatever a terminal would obey spelled out.
    pub(in crate::report) fn foreign(text: &str) -> Self {
        Self::ours(Escaped(text).to_string())
    }

    /// Foreign text in double quotes, unambiguous.
    pub(in crate::report) fn quoted(text: &str) -> Self {
        Self::ours(Quoted(text).to_string())
    }

    /// Foreign text whose last blanks can be seen.
    pub(in crate::report) fn visible(text: &str) -> Self {
        let body = text.trim_end_matches(' ');
        let blanks = text.len().saturating_sub(body.len());
        Self::foreign(body).and(Self::ours("\\u{20}".repeat(blanks)))
    }

    /// The whole line in one colour.
    pub(in crate::report) fn ink(self, ink: Ink) -> Self {
        Self { stretches: vec![(Some(ink), self.text())] }
    }

    /// The other line behind this one.
    pub(in crate::report) fn and(mut self, other: Self) -> Self {
        for (ink, text) in other.stretches {
            match self.stretches.last_mut() {
                Some((last, before)) if *last == ink => before.push_str(&text),
                _ => self.stretches.push((ink, text)),
            }
        }
        self
    }

    /// More words of ours behind this one.
    pub(in crate::report) fn then(self, text: impl Into<String>) -> Self {
        self.and(Self::ours(text))
    }

    /// Its first characters, as long as `fits` takes them.
    pub(in crate::report) fn clipped(&self, mut fits: impl FnMut(char) -> bool) -> Self {
        let mut kept = Self::default();
        for (ink, text) in &self.stretches {
            let part: String = text.chars().take_while(|c| fits(*c)).collect();
            let is_whole = part.len() == text.len();
            kept.stretches.push((*ink, part));
            if !is_whole {
                break;
            }
        }
        kept
    }

    /// Its first columns, and what is behind them.
    pub(in crate::report) fn parted(&self, columns: usize) -> [Self; 2] {
        let mut parts = [Self::default(), Self::default()];
        let mut room = columns;
        for (ink, text) in &self.stretches {
            let first: String = text.chars().take(room).collect();
            let rest: String = text.chars().skip(room).collect();
            room -= first.chars().count();
            parts[0].stretches.push((*ink, first));
            parts[1].stretches.push((*ink, rest));
        }
        parts
    }

    /// With blanks behind it, until it is so many columns wide.
    pub(in crate::report) fn padded(self, columns: usize) -> Self {
        let blanks = columns.saturating_sub(self.columns());
        self.then(" ".repeat(blanks))
    }

    /// Its words: what stands between blanks, so that with a blank between them they are the line again.
    pub(in crate::report) fn words(&self) -> Vec<Self> {
        let mut words = vec![Self::default()];
        for (ink, text) in &self.stretches {
            for (n, part) in text.split(' ').enumerate() {
                let part = Self { stretches: vec![(*ink, part.to_owned())] };
                match words.last_mut().filter(|_| n == 0) {
                    Some(last) => *last = std::mem::take(last).and(part),
                    None => words.push(part),
                }
            }
        }
        words
    }

    /// How wide it is.
    pub(in crate::report) fn columns(&self) -> usize {
        self.stretches.iter().map(|(_, text)| text.chars().count()).sum()
    }

    /// Whether there is nothing on it.
    pub(in crate::report) fn is_empty(&self) -> bool {
        self.stretches.iter().all(|(_, text)| text.is_empty())
    }

    /// Without colours.
    pub(in crate::report) fn text(&self) -> String {
        self.stretches.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// As it is printed, without a newline and without blanks at its end.
    pub(in crate::report) fn print(&self, style: Style) -> String {
        let mut out = String::new();
        // one runner takes `::…` at the beginning of a line for a command, whatever blanks stand before it
        if self.text().trim_start().starts_with("::") {
            out.push('\\');
        }
        for (ink, text) in &self.stretches {
            match ink {
                Some(ink) if style.color && !text.is_empty() => {
                    let dress = ink.dress();
                    out += &format!("{dress}{text}{dress:#}");
                }
                _ => out += text,
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out
    }
}

/// Lines below each other.
pub(in crate::report) fn print(lines: &[Line], style: Style) -> String {
    lines.iter().map(|line| line.print(style) + "\n").collect()
}

/// Foreign text as one line; `...` stands for what is beyond so many characters.
pub(in crate::report) fn one_line(text: &str, most: usize) -> Line {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Line::foreign(&shortened(&lines.join(" "), most))
}

/// Foreign text line by line, of so many characters altogether.
pub(in crate::report) fn lines(text: &str, most: usize) -> Vec<Line> {
    shortened(text.trim_end(), most).lines().map(Line::foreign).collect()
}

/// Foreign text below a heading: its first line beside it, the others with `margin` in front.
pub(in crate::report) fn headed(head: Line, text: &str, margin: &str, most: usize) -> Vec<Line> {
    let mut texts = lines(text, most).into_iter();
    let first = head.then(" ").and(texts.next().unwrap_or_default());
    std::iter::once(first).chain(texts.map(|line| Line::ours(margin).and(line))).collect()
}

/// The first characters of a text; `...` stands for what was left out.
pub(in crate::report) fn shortened(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(3)).collect();
    kept + "..."
}

/// A message with foreign text in it, for renderers that lay it out themselves. No message of ours has a second line: a
/// newline in it is a stranger's, and is spelled out.
pub(in crate::report) fn sentence(text: &str) -> String {
    Line::foreign(text.trim_end()).text()
}

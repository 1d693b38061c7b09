//! How text is dressed: colour on or off, width, brevity. Colour never carries meaning alone.

use anstyle::{AnsiColor, Color, Style as Ansi};

/// How text is dressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether the reader's terminal takes colours.
    pub color: bool,
    /// The width in columns; 0 if nobody knows it.
    pub width: usize,
    /// Headers and causes only.
    pub concise: bool,
    /// Nothing is folded.
    pub full: bool,
}

/// What a stretch of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Something comes, or went well.
    Add,
    /// Something changes.
    Change,
    /// Something goes, or went wrong.
    Remove,
    /// Look here.
    Strong,
    /// Beside the point.
    Faint,
    /// The part of a line that differs.
    Differs(AnsiColor),
}

impl Style {
    /// No colour, no bound.
    #[must_use]
    pub fn plain() -> Self {
        Self { color: false, width: 0, concise: false, full: false }
    }
}

impl Ink {
    /// As a terminal is told.
    pub(super) fn dress(self) -> Ansi {
        let colored = |color: AnsiColor| Ansi::new().fg_color(Some(Color::Ansi(color)));
        match self {
            Self::Add => colored(AnsiColor::Green),
            Self::Change => colored(AnsiColor::Yellow),
            Self::Remove => colored(AnsiColor::Red),
            Self::Strong => Ansi::new().bold(),
            Self::Faint => colored(AnsiColor::BrightBlack),
            Self::Differs(color) => colored(color).bold().underline(),
        }
    }
}

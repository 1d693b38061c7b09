//! The lower end of a terminal, drawn again and again: lines that stay scroll above it, and nothing of it is left when it is
//! wiped. Knows rows and columns, and nothing of what is drawn.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How large a terminal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenSize {
    /// In columns.
    pub columns: usize,
    /// In rows.
    pub rows: usize,
}

/// Where live lines are drawn.
pub struct Screen<'w> {
    /// The terminal.
    pub out: &'w mut (dyn Write + Send),
    /// How large it is now.
    pub size: &'w (dyn Fn() -> ScreenSize + Send + Sync),
    /// What is drawn there, for whoever has to take it away.
    pub drawn: DrawnRows,
}

/// How many rows are drawn below what stays.
#[derive(Clone, Debug, Default)]
pub struct DrawnRows(Arc<AtomicUsize>);

/// Nothing is drawn any more.
const CLOSED: usize = usize::MAX;

impl DrawnRows {
    /// Ends the drawing for good; what takes away that which is drawn, if anything is.
    #[must_use]
    pub fn close(&self) -> Option<String> {
        match self.0.swap(CLOSED, Ordering::SeqCst) {
            0 | CLOSED => None,
            rows => Some(wiping(rows)),
        }
    }

    /// Says how many rows there are from now on; false where nothing is to be drawn any more.
    fn set(&self, rows: usize) -> bool {
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| (now != CLOSED).then_some(rows)).is_ok()
    }
}

/// Empties the cursor's row and so many above it. Row by row: some terminals keep a copy of a screen that is emptied as a whole.
fn wiping(rows: usize) -> String {
    "\r\u{1b}[2K".to_owned() + &"\u{1b}[A\u{1b}[2K".repeat(rows)
}

/// A printed line, and how many columns it takes.
pub(super) struct CanvasLine {
    pub(super) text: String,
    pub(super) columns: usize,
}

/// What is drawn on a screen.
pub(super) struct Canvas<'w> {
    screen: Screen<'w>,
    /// How many columns each of the lines takes that are drawn.
    lines: Vec<usize>,
}

impl<'w> Canvas<'w> {
    pub(super) fn new(screen: Screen<'w>) -> Self {
        Self { screen, lines: Vec::new() }
    }

    pub(super) fn size(&self) -> ScreenSize {
        let ScreenSize { columns, rows } = (self.screen.size)();
        ScreenSize { columns: columns.max(1), rows: rows.max(1) }
    }

    /// Puts lines that stay above, and others in the place of what is drawn. Those must be narrower than the screen, and leave it
    /// one row.
    pub(super) fn draw(&mut self, above: &str, lines: &[CanvasLine]) {
        if above.is_empty() && lines.is_empty() && self.lines.is_empty() {
            return;
        }
        let size = self.size();
        // a terminal that became narrower has broken the lines that were there
        let rows: usize = self.lines.iter().map(|columns| columns.div_ceil(size.columns).max(1)).sum();
        let mut out = wiping(rows.min(size.rows - 1));
        out += above;
        for line in lines {
            out += &line.text;
            out.push('\n');
        }
        if self.screen.drawn.set(lines.len()) {
            self.lines = lines.iter().map(|line| line.columns).collect();
            // an apply goes on without its listener
            let _ = self.screen.out.write_all(out.as_bytes()).and_then(|()| self.screen.out.flush());
        }
    }
}

//! Live lines, drawn on a terminal that remembers.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::{ProgressDrawTarget, TermLike};
use provisor::apply::event::Event;
use provisor::apply::report::{Outcome, Report};
use provisor::model::ids::RecordId;
use provisor::model::time::Timestamp;
use provisor::plan::{Act, StepIx};
use provisor::report::escape::is_hidden;
use provisor::report::events::{LiveSink, Sink, can_live};

use super::events::{at, watch};
use super::fixture::{EVIL, address, plain};

const WIDTH: usize = 120;

/// A terminal: rows of text, and a cursor.
#[derive(Clone, Debug, Default)]
struct Screen(Arc<Mutex<Rows>>);

#[derive(Debug, Default)]
struct Rows {
    rows: Vec<String>,
    row: usize,
    column: usize,
    raw: String,
}

impl Screen {
    fn text(&self) -> String {
        let rows = self.0.lock().unwrap();
        rows.rows.iter().map(|row| row.trim_end()).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    fn with(&self, change: impl FnOnce(&mut Rows)) -> io::Result<()> {
        change(&mut self.0.lock().unwrap());
        Ok(())
    }
}

impl Rows {
    fn put(&mut self, text: &str) {
        self.raw += text;
        for c in text.chars().filter(|c| *c != '\r') {
            if c == '\n' {
                (self.row, self.column) = (self.row + 1, 0);
                continue;
            }
            if self.column == WIDTH {
                (self.row, self.column) = (self.row + 1, 0);
            }
            self.rows.resize(self.rows.len().max(self.row + 1), String::new());
            let mut row: Vec<char> = self.rows[self.row].chars().collect();
            row.resize(row.len().max(self.column + 1), ' ');
            row[self.column] = c;
            self.rows[self.row] = row.into_iter().collect();
            self.column += 1;
        }
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        WIDTH as u16
    }
    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.with(|rows| rows.row = rows.row.saturating_sub(n))
    }
    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.with(|rows| rows.row += n)
    }
    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.with(|rows| rows.column += n)
    }
    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.with(|rows| rows.column = rows.column.saturating_sub(n))
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.with(|rows| rows.put(&format!("{text}\n")))
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.with(|rows| rows.put(text))
    }
    fn clear_line(&self) -> io::Result<()> {
        self.with(|rows| {
            rows.column = 0;
            let row = rows.row;
            if let Some(row) = rows.rows.get_mut(row) {
                row.clear();
            }
        })
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Lines are drawn by the clock: waits until the screen shows what it must.
fn eventually(screen: &Screen, holds: impl Fn(&str) -> bool) {
    for _ in 0..100 {
        if holds(&screen.text()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the screen never came to it:\n{}", screen.text());
}

fn now() -> Timestamp {
    Timestamp(0)
}

fn sink(screen: &Screen) -> LiveSink<'static> {
    LiveSink::new(ProgressDrawTarget::term_like_with_hz(Box::new(screen.clone()), 255), &now, plain())
}

#[test]
fn running_operations_have_lines_and_finished_ones_scroll_above() {
    let screen = Screen::default();
    let mut sink = sink(&screen);
    let (a, b, record) = (address("network"), address("db"), RecordId::from("rec-1"));
    sink.event(&Event::Began { steps: 3 });
    sink.event(&Event::Started(at(0, &a, Act::Provision, 0), &record));
    sink.event(&Event::Started(at(1, &b, Act::Update, 0), &record));
    sink.event(&Event::Progress(at(1, &b, Act::Update, 1), watch(100, true)));
    sink.event(&Event::Settled(at(0, &a, Act::Provision, 2), &Outcome::Done, None));
    eventually(&screen, |seen| {
        seen.starts_with("network: Provisioning complete after 2s\n")
            && seen.contains(" db: failed, rolling back [1m4")
            && seen.contains("[========>               ] 1/3 steps, 1 in flight [")
            && !seen.contains("network: provisioning")
    });
    sink.event(&Event::Settled(at(1, &b, Act::Update, 3), &Outcome::Blocked(StepIx(7)), None));
    sink.event(&Event::Stopping);
    sink.event(&Event::Finished(&Report::default()));
    drop(sink);
    let left = screen.text();
    assert!(
        left.starts_with(
            "network: Provisioning complete after 2s\ndb: Blocked by step 7\nInterrupt received"
        ),
        "{left}"
    );
    assert!(left.ends_with("ends provisor at once."), "{left}");
}

#[test]
fn a_dropped_sink_leaves_nothing_behind() {
    let screen = Screen::default();
    let mut sink = sink(&screen);
    let (a, record) = (address(EVIL), RecordId::from("rec-1"));
    // also without a beginning
    sink.event(&Event::Started(at(0, &a, Act::Provision, 0), &record));
    eventually(&screen, |seen| seen.contains("provisioning"));
    drop(sink);
    assert_eq!(screen.text(), "");
    let raw = screen.0.lock().unwrap().raw.clone();
    assert!(!raw.chars().any(|c| !matches!(c, '\n' | '\r') && is_hidden(c)), "{raw:?}");
}

#[test]
fn many_operations_do_not_flood_the_screen() {
    let screen = Screen::default();
    let mut sink = sink(&screen);
    let (a, record) = (address("p"), RecordId::from("rec-1"));
    sink.event(&Event::Began { steps: 100 });
    for n in 0..100 {
        sink.event(&Event::Started(at(n, &a, Act::Update, 0), &record));
    }
    eventually(&screen, |seen| {
        seen.matches("p: updating").count() == 16 && seen.contains("0/100 steps, 100 in flight")
    });
    for n in 0..100 {
        sink.event(&Event::Settled(at(n, &a, Act::Update, 0), &Outcome::Done, None));
    }
    drop(sink);
    assert_eq!(screen.text().lines().count(), 100);
}

#[test]
fn dumb_terminals_get_lines() {
    let table = [
        (true, Some("xterm-256color"), 80, true),
        (false, Some("xterm-256color"), 80, false),
        (true, Some("dumb"), 80, false),
        (true, Some(""), 80, false),
        (true, None, 80, false),
        (true, Some("xterm"), 0, false),
        (true, Some("xterm"), 29, false),
    ];
    for (is_terminal, term, width, expected) in table {
        assert_eq!(can_live(is_terminal, term, width), expected, "{is_terminal} {term:?} {width}");
    }
}

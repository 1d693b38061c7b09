//! Live lines, drawn on a terminal that remembers, and that can be made narrower and lower while they are.

use std::io::{self, Write};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use provisor::apply::event::{At, Event};
use provisor::apply::report::{Outcome, Report};
use provisor::apply::{Ahead, Foresight};
use provisor::catalog::{Pacing, ServiceTime};
use provisor::model::ids::RecordId;
use provisor::model::time::Timestamp;
use provisor::plan::{Act, StepIx};
use provisor::report::escape::is_hidden;
use provisor::report::events::{DrawnRows, LiveSink, Screen, ScreenSize, Sink, can_live};

use super::events::{at, minutes, watch};
use super::fixture::{EVIL, address, plain};

/// A terminal: rows of text, and a cursor. It breaks what is too long, and again when it becomes narrower, as most do.
#[derive(Debug)]
struct Tty {
    /// A line as it was written, in parts of the terminal's width.
    rows: Vec<String>,
    row: usize,
    columns: usize,
    height: usize,
    raw: String,
}

impl Tty {
    fn new(columns: usize, height: usize) -> Self {
        Self { rows: vec![String::new()], row: 0, columns, height, raw: String::new() }
    }

    fn text(&self) -> String {
        self.rows.iter().map(|row| row.trim_end()).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    /// What can be seen.
    fn seen(&self) -> String {
        let from = self.rows.len().saturating_sub(self.height);
        self.rows[from..].iter().map(|row| row.trim_end()).collect::<Vec<_>>().join("\n")
    }

    fn resize(&mut self, columns: usize, height: usize) {
        let rows = std::mem::take(&mut self.rows);
        for (n, row) in rows.into_iter().enumerate() {
            if n == self.row {
                self.row = self.rows.len();
            }
            let row: Vec<char> = row.chars().collect();
            let parts = row.chunks(columns).map(|part| part.iter().collect::<String>());
            let parts: Vec<String> = parts.collect();
            self.rows.extend(if parts.is_empty() { vec![String::new()] } else { parts });
        }
        (self.columns, self.height) = (columns, height);
    }

    fn put(&mut self, c: char) {
        match c {
            '\n' => {
                self.row += 1;
                if self.row == self.rows.len() {
                    self.rows.push(String::new());
                }
            }
            '\r' => {}
            c => {
                if self.rows[self.row].chars().count() == self.columns {
                    self.put('\n');
                }
                self.rows[self.row].push(c);
            }
        }
    }

    /// The two sequences that are used: a row up, and empty.
    fn obey(&mut self, sequence: &str) {
        let top = self.rows.len().saturating_sub(self.height);
        match sequence {
            "A" => self.row = self.row.saturating_sub(1).max(top),
            "2K" => {
                self.rows[self.row].clear();
                while self.rows.len() > self.row + 1 && self.rows.last().is_some_and(String::is_empty) {
                    self.rows.pop();
                }
            }
            other => panic!("{other:?} is not known here"),
        }
    }
}

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).unwrap();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            if let ('\u{1b}', Some(sequence)) = (c, rest.strip_prefix('[')) {
                let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap() + 1;
                self.obey(&sequence[..end]);
                rest = &sequence[end..];
            } else {
                self.raw.push(c);
                self.put(c);
            }
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A terminal that is looked at while it is drawn on.
#[derive(Clone)]
struct Shared(std::sync::Arc<std::sync::Mutex<Tty>>);

impl Shared {
    fn new(columns: usize, height: usize) -> Self {
        Self(std::sync::Arc::new(std::sync::Mutex::new(Tty::new(columns, height))))
    }

    fn size(&self) -> ScreenSize {
        let tty = self.0.lock().unwrap();
        ScreenSize { columns: tty.columns, rows: tty.height }
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().text()
    }

    fn seen(&self) -> String {
        self.0.lock().unwrap().seen()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Draws on a terminal; the second argument of what is done sets the clock, in seconds, and lets time pass.
fn drawn(tty: &Shared, outlook: &Foresight, run: impl FnOnce(&mut LiveSink<'_>, &dyn Fn(i64))) -> DrawnRows {
    let now = AtomicI64::new(0);
    let clock = || Timestamp(now.load(Ordering::Relaxed) * 1000);
    let (mut out, sizes) = (tty.clone(), tty.clone());
    let size = move || sizes.size();
    let drawn = DrawnRows::default();
    let screen = Screen { out: &mut out, size: &size, drawn: drawn.clone() };
    let mut sink = LiveSink::new(screen, &clock, plain(), outlook);
    run(&mut sink, &|second| now.store(second, Ordering::Relaxed));
    drop(sink);
    drawn
}

#[test]
fn running_operations_have_lines_and_finished_ones_scroll_above() {
    let tty = Shared::new(120, 30);
    let (a, b, record) = (address("network"), address("db"), RecordId::from("rec-1"));
    drawn(&tty, &minutes(3), |sink, time| {
        sink.event(&Event::Began { steps: 3 });
        sink.event(&Event::Started(at(0, &a, Act::Provision, 0), &record));
        sink.event(&Event::Started(at(1, &b, Act::Update, 0), &record));
        time(20);
        sink.tick();
        assert_eq!(
            tty.seen(),
            "network  provisioning  20s (usually 1m0s)  IN_PROGRESS
db       updating      20s (usually 1m0s)  IN_PROGRESS
[>                       ] 0/3 steps, 2 in flight, 20s, about 1m0s left
"
        );
        sink.event(&Event::Progress(at(1, &b, Act::Update, 21), watch(100, true)));
        sink.event(&Event::Settled(at(0, &a, Act::Provision, 21), &Outcome::Done, None));
        time(22);
        sink.tick();
        assert_eq!(
            tty.seen(),
            "network: Provisioning complete after 21s
db  rolling back  1m42s  IN_PROGRESS_IN_ERROR
[========>               ] 1/3 steps, 1 in flight, 22s, about 1m0s left
"
        );
        sink.event(&Event::Settled(at(1, &b, Act::Update, 22), &Outcome::Blocked(StepIx(7)), None));
        sink.event(&Event::Settled(at(2, &b, Act::Update, 22), &Outcome::NotStarted, None));
        sink.event(&Event::Stopping);
        sink.event(&Event::Finished(&Report::default()));
    });
    let left = tty.text();
    assert!(left.starts_with("network: Provisioning complete after 21s\nInterrupt received"), "{left}");
    assert!(left.ends_with("ends provisor at once."), "{left}");
}

/// A long line that the terminal breaks itself is broken in the middle of words.
#[test]
fn what_stays_is_broken_between_words() {
    let tty = Shared::new(50, 30);
    let a = address("network");
    drawn(&tty, &Foresight::default(), |sink, _| {
        sink.event(&Event::Began { steps: 1 });
        let why = Outcome::Stale("it was changed by somebody else since, and is left as it is".into());
        sink.event(&Event::Settled(at(0, &a, Act::Update, 22), &why, None));
        sink.event(&Event::Stopping);
        sink.event(&Event::Finished(&Report::default()));
    });
    let left = tty.text();
    assert!(left.lines().all(|line| line.chars().count() <= 50) && left.lines().count() >= 7, "{left}");
    let stale = "network: Stale: it was changed by somebody else\n  | since, and is left as it is\nInterrupt received: ";
    assert!(left.starts_with(stale), "{left}");
}

#[test]
fn a_dropped_sink_leaves_nothing_behind() {
    let tty = Shared::new(80, 10);
    let (a, record) = (address(EVIL), RecordId::from("rec-1"));
    drawn(&tty, &Foresight::default(), |sink, time| {
        // also without a beginning
        sink.event(&Event::Started(at(0, &a, Act::Provision, 0), &record));
        time(1);
        sink.tick();
        assert!(tty.seen().contains("provisioning"), "{}", tty.seen());
    });
    assert_eq!(tty.text(), "");
    let raw = tty.0.lock().unwrap().raw.clone();
    assert!(!raw.chars().any(|c| !matches!(c, '\n' | '\r') && is_hidden(c)), "{raw:?}");
}

#[test]
fn who_ends_the_process_can_take_away_what_is_drawn() {
    let mut tty = Shared::new(80, 10);
    let (a, record, rows) = (address("a"), RecordId::from("rec-1"), AtomicUsize::new(0));
    let drawn = drawn(&tty.clone(), &Foresight::default(), |sink, _| {
        sink.event(&Event::Began { steps: 1 });
        sink.event(&Event::Started(at(0, &a, Act::Provision, 0), &record));
        sink.tick();
        rows.store(tty.seen().lines().count(), Ordering::Relaxed);
    });
    assert!(rows.into_inner() >= 2);
    assert_eq!(drawn.close(), None, "the sink has done so itself");
    let own = DrawnRows::default();
    let (now, sizes) = (|| Timestamp(0), tty.clone());
    let size = move || sizes.size();
    let mut out = tty.clone();
    let outlook = Foresight::default();
    let screen = Screen { out: &mut out, size: &size, drawn: own.clone() };
    let mut sink = LiveSink::new(screen, &now, plain(), &outlook);
    sink.event(&Event::Began { steps: 1 });
    sink.tick();
    let wiping = own.close().unwrap();
    tty.write_all(wiping.as_bytes()).unwrap();
    assert_eq!(tty.text(), "");
    sink.tick();
    drop(sink);
    assert_eq!(tty.text(), "", "nothing is drawn after that");
}

#[test]
fn the_longest_come_first_and_the_rest_is_counted() {
    let tty = Shared::new(100, 12);
    let record = RecordId::from("rec-1");
    let names: Vec<_> = (0..600).map(|n| address(&format!("p{n}"))).collect();
    drawn(&tty, &Foresight::default(), |sink, time| {
        sink.event(&Event::Began { steps: 600 });
        for (n, name) in names.iter().enumerate().rev() {
            time(600 - n as i64);
            sink.event(&Event::Started(at(n, name, Act::Update, 0), &record));
        }
        sink.tick();
        let seen = tty.seen();
        let lines: Vec<&str> = seen.lines().collect();
        assert_eq!(lines.len(), 11, "{seen}");
        assert!(lines[0].starts_with("p599  updating  9m59s"), "{seen}");
        assert_eq!(lines[9], "+591 more");
        assert!(lines[10].contains(" 0/600 steps, 600 in flight"), "{seen}");
        for (n, name) in names.iter().enumerate() {
            sink.event(&Event::Settled(at(n, name, Act::Update, 0), &Outcome::Done, None));
        }
    });
    assert_eq!(tty.text().lines().count(), 600);
}

#[test]
fn a_terminal_may_change_its_size_at_any_time() {
    let record = RecordId::from("rec-1");
    let names: Vec<_> = (0..5).map(|n| address(&format!("a-name-that-is-rather-long-{n}"))).collect();
    for (columns, height) in [(60, 24), (31, 24), (100, 4), (60, 2), (200, 50), (40, 1), (10, 3)] {
        let tty = Shared::new(100, 24);
        drawn(&tty, &minutes(5), |sink, time| {
            sink.event(&Event::Began { steps: 5 });
            for (n, name) in names.iter().enumerate() {
                sink.event(&Event::Started(at(n, name, Act::Provision, 0), &record));
            }
            sink.event(&Event::Settled(at(0, &names[0], Act::Provision, 1), &Outcome::Done, None));
            time(1);
            sink.tick();
            for second in 2..6 {
                let (columns, height) = if second % 2 == 0 { (columns, height) } else { (100, 24) };
                tty.0.lock().unwrap().resize(columns, height);
                time(second);
                sink.tick();
                let seen = tty.seen();
                assert!(seen.lines().count() <= height, "{columns}x{height}:\n{seen}");
            }
            time(7);
            sink.tick();
        });
        if height < 8 {
            // what has scrolled off a screen cannot be taken away any more
            continue;
        }
        let left: String = tty.seen().split_whitespace().collect();
        assert_eq!(
            left,
            "a-name-that-is-rather-long-0:Provisioningcompleteafter1s",
            "{columns}x{height}:\n{}",
            tty.text()
        );
    }
}

#[test]
fn a_simulated_clock_runs_on_between_two_answers() {
    let tty = Shared::new(100, 12);
    let (a, record) = (address("a"), RecordId::from("rec-1"));
    let mut outlook = minutes(1);
    outlook.steps[0] = Ahead {
        time: ServiceTime::new(None, Pacing { time_scale: 10.0, ..Pacing::default() }),
        ..outlook.steps[0].clone()
    };
    drawn(&tty, &outlook, |sink, time| {
        sink.event(&Event::Began { steps: 1 });
        let at = At { simulated: true, ..at(0, &a, Act::Provision, 0) };
        sink.event(&Event::Started(at, &record));
        time(2);
        sink.tick();
        assert!(
            tty.seen().contains("20s simulated (usually 1m0s)") && tty.seen().contains("about 4s left"),
            "{}",
            tty.seen()
        );
    });
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

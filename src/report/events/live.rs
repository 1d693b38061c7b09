//! A terminal's view: one live line per operation in flight, the longest first, and a bar for the whole; finished lines scroll
//! above.

use std::time::Duration;

use super::Sink;
use super::board::Board;
use super::canvas::{Canvas, CanvasLine, Screen, ScreenSize};
use super::lines::lines;
use crate::apply::Foresight;
use crate::apply::event::Event;
use crate::model::time::{Timestamp, duration};
use crate::report::escape::defused;
use crate::report::human::event;
use crate::report::human::flow::broken;
use crate::report::human::paper::{Line, print, shortened};
use crate::report::style::{Ink, Style};
use crate::report::view::{HowFar, LiveStatus, UnderWay};

/// Names are cut to this.
const NAME: usize = 40;
/// Two drawings are not closer to each other.
const PAUSE: Duration = Duration::from_millis(90);

/// Whether live lines make sense: a terminal that can move its cursor and has room.
#[must_use]
pub fn can_live(is_terminal: bool, term: Option<&str>, width: usize) -> bool {
    is_terminal && !matches!(term, None | Some("" | "dumb")) && width >= 30
}

/// Draws live lines; the terminal is as it was when the run is over, or when the sink is dropped.
pub struct LiveSink<'w> {
    canvas: Canvas<'w>,
    now: &'w (dyn Fn() -> Timestamp + Sync),
    style: Style,
    board: Board<'w>,
    /// Lines that stay, and are not printed yet.
    pending: String,
    drawn: Option<Timestamp>,
    is_over: bool,
}

impl<'w> LiveSink<'w> {
    /// `now` is wall time.
    #[must_use]
    pub fn new(
        screen: Screen<'w>,
        now: &'w (dyn Fn() -> Timestamp + Sync),
        style: Style,
        outlook: &'w Foresight,
    ) -> Self {
        let (canvas, board) = (Canvas::new(screen), Board::new(outlook));
        Self { canvas, now, style, board, pending: String::new(), drawn: None, is_over: false }
    }

    fn draw(&mut self, now: Timestamp) {
        self.drawn = Some(now);
        let size = self.canvas.size();
        let frame = if self.is_over { Vec::new() } else { frame(&self.board, now, size) };
        let line =
            |line: &Line| CanvasLine { text: defused(&line.print(self.style)), columns: columns(line) };
        let frame: Vec<CanvasLine> = frame.iter().map(line).collect();
        self.canvas.draw(&std::mem::take(&mut self.pending), &frame);
    }

    fn finish(&mut self) {
        self.is_over = true;
        self.draw((self.now)());
    }
}

impl Sink for LiveSink<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let now = (self.now)();
        let columns = self.canvas.size().columns;
        let lines = lines(event, &mut self.board, now, columns);
        // what a live line shows already is not said again above it
        if matches!(event, Event::Settled(..) | Event::Delayed(..) | Event::Stopping) {
            let margin = Line::ours("  | ");
            let broken = lines.iter().flat_map(|line| broken(Line::default(), line, &margin, columns));
            self.pending += &defused(&print(&broken.collect::<Vec<_>>(), self.style));
        }
        match event {
            Event::Finished(_) => self.finish(),
            _ if self.drawn.is_none_or(|drawn| now.since(drawn) >= PAUSE) => self.draw(now),
            _ => {}
        }
    }

    fn tick(&mut self) {
        if !self.is_over {
            self.draw((self.now)());
        }
    }
}

impl Drop for LiveSink<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}

/// What is drawn: as many operations as there is room for, how many more there are, and the whole.
fn frame(board: &Board<'_>, now: Timestamp, size: ScreenSize) -> Vec<Line> {
    let in_flight = board.in_flight(now);
    // one row is the cursor's, one the bar's
    let room = size.rows.saturating_sub(2);
    let shown = if in_flight.len() > room { room.saturating_sub(1) } else { in_flight.len() };
    let (first, rest) = in_flight.split_at(shown);
    let most = NAME.min(size.columns / 3);
    let names: Vec<Line> = first.iter().map(|one| Line::foreign(&shortened(one.address, most))).collect();
    let name = names.iter().map(columns).max().unwrap_or_default();
    let doing = first.iter().map(|one| one.doing().len()).max().unwrap_or_default();
    let times: Vec<String> = first.iter().map(|one| times(one)).collect();
    let time = times.iter().map(String::len).max().unwrap_or_default();
    let lines = first.iter().zip(names).zip(times).map(|((one, label), times)| {
        let blanks = name.saturating_sub(columns(&label));
        let does = format!("{:doing$}", one.doing());
        let does = if one.standing == LiveStatus::Running {
            Line::ours(does)
        } else {
            Line::ours(does).ink(Ink::Change)
        };
        let whole = label.then(" ".repeat(blanks + 2)).and(does).then(format!("  {times:time$}"));
        let status = whole.clone().then("  ").and(Line::ours(one.status()).ink(Ink::Faint));
        if columns(&status) < size.columns { status } else { whole }
    });
    let more = (!rest.is_empty()).then(|| Line::ours(format!("+{} more", rest.len())).ink(Ink::Faint));
    let bar = (board.whole(now).total > 0).then(|| bar(&board.whole(now), size.columns));
    let all: Vec<Line> = lines.chain(more).chain(bar).map(|line| cut(&line, size.columns)).collect();
    // on a screen of one row there is no room for anything
    all.into_iter().rev().take(size.rows - 1).rev().collect()
}

fn times(one: &UnderWay<'_>) -> String {
    let simulated = if one.simulated { " simulated" } else { "" };
    let elapsed = duration(one.elapsed) + simulated;
    match one.usual {
        Some(usual) if one.standing == LiveStatus::Running => {
            format!("{elapsed} (usually {})", duration(usual))
        }
        _ => elapsed,
    }
}

/// Plain ASCII: the terminal may have no other.
fn bar(whole: &HowFar, width: usize) -> Line {
    let HowFar { over, total, in_flight, elapsed, left } = whole;
    let left = event::left(*left);
    let text = format!(" {over}/{total} steps, {in_flight} in flight, {}{left}", duration(*elapsed));
    let long = width.saturating_sub(text.len() + 3).min(24);
    if long < 5 {
        return Line::ours(text.trim_start());
    }
    let full = long * over / (*total).max(1);
    let tip = if full < long { ">" } else { "" };
    let rest = long.saturating_sub(full + tip.len());
    Line::ours(format!("[{}{tip}{}]{text}", "=".repeat(full), " ".repeat(rest)))
}

/// How many columns a line takes at most: what is not ASCII may take two.
fn columns(line: &Line) -> usize {
    line.text().chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// What of a line is narrower than the terminal.
fn cut(line: &Line, width: usize) -> Line {
    let mut room = width.saturating_sub(1);
    line.clipped(|c| {
        let takes = if c.is_ascii() { 1 } else { 2 };
        let fits = takes <= room;
        room = if fits { room - takes } else { 0 };
        fits
    })
}

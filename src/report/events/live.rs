//! A terminal's view: one live line per operation in flight, a bar for the whole, finished lines scrolling above.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Sink;
use super::in_flight::InFlight;
use super::lines::lines;
use crate::apply::event::{At, Event, Watch};
use crate::model::time::{Timestamp, duration};
use crate::plan::StepIx;
use crate::report::human::paper::{Line, shortened};
use crate::report::style::Style;

/// More live lines than this would scroll; the bar counts the rest.
const MOST: usize = 16;
/// Names are cut to this.
const NAME: usize = 40;

/// Whether live lines make sense: a terminal that can move its cursor and has room.
#[must_use]
pub fn can_live(is_terminal: bool, term: Option<&str>, width: usize) -> bool {
    is_terminal && !matches!(term, None | Some("" | "dumb")) && width >= 30
}

/// Draws live lines; the terminal is as it was when the run is over, or when the sink is dropped.
pub struct LiveSink<'w> {
    screen: MultiProgress,
    now: &'w dyn Fn() -> Timestamp,
    style: Style,
    in_flight: InFlight,
    whole: Option<ProgressBar>,
    running: BTreeMap<StepIx, Option<ProgressBar>>,
}

impl<'w> LiveSink<'w> {
    /// `target` is where the lines go: `ProgressDrawTarget::stderr()` but in tests.
    pub fn new(target: ProgressDrawTarget, now: &'w dyn Fn() -> Timestamp, style: Style) -> Self {
        let screen = MultiProgress::with_draw_target(target);
        Self { screen, now, style, in_flight: InFlight::default(), whole: None, running: BTreeMap::new() }
    }

    fn began(&mut self, steps: usize) -> ProgressBar {
        let bar = self.screen.add(ProgressBar::new(steps as u64).with_style(styled(WHOLE)));
        bar.enable_steady_tick(Duration::from_millis(250));
        self.whole = Some(bar.clone());
        self.count();
        bar
    }

    fn started(&mut self, at: &At<'_>, doing: &'static str) {
        let drawn = self.running.values().flatten().count();
        let whole = self.whole.clone().unwrap_or_else(|| self.began(0));
        let bar = (drawn < MOST).then(|| {
            let name = Line::foreign(&shortened(at.label, NAME)).text();
            let bar =
                ProgressBar::new_spinner().with_style(styled(ONE)).with_prefix(name).with_message(doing);
            let bar = self.screen.insert_before(&whole, bar);
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        self.running.insert(at.step, bar);
        self.count();
    }

    fn progress(&mut self, at: &At<'_>, watch: Watch) {
        let Some(Some(bar)) = self.running.get(&at.step) else {
            return;
        };
        if watch.unwinding {
            bar.set_message("failed, rolling back");
        }
        // the server's clock says more than ours for what ran before this run
        if watch.running > bar.elapsed() {
            bar.set_elapsed(watch.running);
        }
    }

    fn settled(&mut self, at: &At<'_>) {
        if let Some(Some(bar)) = self.running.remove(&at.step) {
            bar.finish_and_clear();
            self.screen.remove(&bar);
        }
        if let Some(whole) = &self.whole {
            whole.inc(1);
        }
        self.count();
    }

    fn count(&self) {
        if let Some(whole) = &self.whole {
            whole.set_message(format!("{} in flight", self.running.len()));
        }
    }

    fn finished(&mut self) {
        for bar in std::mem::take(&mut self.running).into_values().flatten() {
            bar.finish_and_clear();
        }
        if let Some(whole) = self.whole.take() {
            whole.finish_and_clear();
        }
    }
}

impl Sink for LiveSink<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let lines = lines(event, &mut self.in_flight, (self.now)());
        match event {
            Event::Began { steps } => {
                self.began(*steps);
            }
            Event::Started(at, _) => self.started(at, at.act.doing()),
            Event::Resumed(at, _) => self.started(at, "resumed"),
            Event::Progress(at, watch) => self.progress(at, *watch),
            Event::Settled(at, ..) => self.settled(at),
            Event::Finished(_) => self.finished(),
            Event::Delayed(..) | Event::Stopping => {}
        }
        // what a live line shows already is not said again above it
        if matches!(event, Event::Settled(..) | Event::Delayed(..) | Event::Stopping) {
            for line in lines {
                let _ = self.screen.println(line.print(self.style));
            }
        }
    }
}

impl Drop for LiveSink<'_> {
    fn drop(&mut self) {
        self.finished();
    }
}

const ONE: &str = "{spinner} {prefix}: {msg} [{time}]";
const WHOLE: &str = "[{bar:24}] {pos}/{len} steps, {msg} [{time}]";

/// Plain ASCII: the terminal may have no other.
fn styled(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    let time = |state: &ProgressState, out: &mut dyn Write| {
        let _ = out.write_str(&duration(state.elapsed()));
    };
    style.tick_chars("|/-\\ ").progress_chars("=> ").with_key("time", time)
}

//! A plan, shown and carried out with somebody watching, and summed up. Which plan, and whether it may be, is decided before.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::args::{ApplyingArgs, Format};
use super::edge::Edge;
use super::exit::Exit;
use super::fail;
use super::rendering::{Dress, planned, render};
use super::reporting::{Reporting, RunTold};
use super::signals::Signals;
use super::telemetry::{self, Operations};
use crate::apply::event::Event;
use crate::apply::{Foresight, Report};
use crate::plan::Plan;
use crate::report::events::{DrawnRows, JsonSink, LineSink, LiveSink, Screen, Sink};
use crate::report::human;
use crate::report::view::{Ending, ReportView, Timeline};
use crate::state::Store;
use crate::workspace::{Finished, Prepared, Problem, ProblemKind, Watcher};

/// So often, time passes for whoever watches.
const TICK: Duration = Duration::from_millis(100);

/// Who watches one `apply` or `destroy`.
pub struct Watching<'a> {
    /// How the plan is carried out.
    pub args: &'a ApplyingArgs,
    /// Which of the two it is.
    pub ending: Ending,
    /// Where it is told.
    pub edge: &'a Edge,
    /// `--report`
    pub reporting: Reporting<'a>,
}

impl<'a> Watching<'a> {
    /// Watches one of them.
    pub fn new(args: &'a ApplyingArgs, ending: Ending, edge: &'a Edge) -> Result<Self, Problem> {
        let reporting = Reporting::new(args.report.as_deref(), ending);
        reporting.is_page()?;
        Ok(Self { args, ending, edge, reporting })
    }

    /// Tells programs what is planned, and what people were warned of before.
    pub fn foretell(&self, plan: &Plan, skips: bool) {
        if self.args.json {
            fail::events(&self.edge.warned.take(), self.edge);
            for line in planned(plan, skips, Edge::now(), || self.edge.next_event()) {
                // that it could not be written changes nothing any more
                let _ = self.edge.out(&(line + "\n"));
            }
        }
    }

    /// Shows a plan; beside the events, if those are the result.
    pub fn show(&self, plan: &Plan, skips: bool) -> Result<(), Problem> {
        self.foretell(plan, skips);
        let can_skip = self.ending != Ending::Import;
        let dress = Dress { can_skip, ..Dress::plain(self.edge.out_style, skips) };
        self.tell(&render(plan, Format::Human, dress))
    }

    /// Tells programs why nothing of a plan is done; people have read it in the plan that was shown.
    pub fn refuse(&self, plan: &Plan) -> Exit {
        if self.args.json {
            fail::events(&fail::refusals(plan), self.edge);
        }
        self.leave(plan);
        Exit::Refused
    }

    /// Tells that nothing of a plan was begun.
    pub fn leave(&self, plan: &Plan) {
        let report = Report::untouched(plan);
        if self.args.json {
            self.summarise(&report);
        }
        let outlook = Foresight::default();
        let ran = RunTold { began: Edge::now(), outlook: &outlook, course: &Timeline::new(&outlook) };
        self.tell_untold(self.reporting.write(plan, &report, &ran));
    }

    fn tell_untold(&self, told: Result<(), Problem>) {
        if let Err(untold) = told {
            self.edge.err(&fail::render(&untold, self.edge.err_style));
        }
    }

    /// Tells programs how it ended.
    pub fn summarise(&self, report: &Report) {
        let mut stdout = std::io::stdout();
        let mut sink = JsonSink::new(&mut stdout, &Edge::now, &self.edge.seq);
        sink.event(&Event::Finished(report));
    }

    /// Whatever becomes of the telling, what was done counts.
    pub fn carry_out(&self, mut prepared: Prepared, store: &mut dyn Store) -> Result<Exit, Problem> {
        let limits = &mut prepared.limits;
        limits.parallelism = self.args.parallelism.map_or(limits.parallelism, usize::from);
        limits.no_wait = self.args.no_wait;
        let (began, outlook) = (Edge::now(), prepared.outlook(store));
        let mut course = Timeline::new(&outlook);
        let run = || telemetry::during("apply", self.edge, || self.watched(&prepared, store, &mut course));
        let survived = catch_unwind(AssertUnwindSafe(run));
        let Ok(ended) = survived else {
            // whatever was sent is in the state already, and the next run settles it
            self.edge.err("The run broke off in the middle. Nothing is lost: run again.\n");
            if self.args.json {
                fail::not_summed_up(self.edge);
            }
            return Ok(Exit::Pending);
        };
        let (finished, told) = ended?;
        if let Some(error) = &finished.not_located {
            self.edge
                .err(&format!("Warning: where its products are was not written to the state: {error}\n"));
        }
        if let Some(error) = &finished.not_backed_up {
            self.edge.err(&format!("Warning: the state was not backed up: {error}\n"));
        }
        self.edge.tell_telling_backups(&finished.holding);
        self.tell_not_renamed(&finished, &prepared.plan);
        let ran = RunTold { began, outlook: &outlook, course: &course };
        let told = told.and(self.reporting.write(&prepared.plan, &finished.report, &ran));
        let told = told.and(self.sum_up(&finished.report, &prepared.plan));
        match (Exit::of(&finished), told) {
            (Exit::Done, told) => told.map(|()| Exit::Done),
            (exit, told) => {
                self.tell_untold(told);
                Ok(exit)
            }
        }
    }

    fn tell_not_renamed(&self, finished: &Finished, plan: &Plan) {
        for conflict in &finished.not_renamed {
            let why = conflict.told(&plan.labels.label(&conflict.address));
            self.edge.err(&format!("Warning: a key was not renamed, plan again: {why}\n"));
        }
    }

    fn sum_up(&self, report: &Report, plan: &Plan) -> Result<(), Problem> {
        if plan.is_empty() && self.ending != Ending::Destroy {
            return Ok(());
        }
        let text = human::report(&ReportView::of(report), self.ending, self.edge.out_style);
        self.tell(&if self.args.json { text } else { format!("\n{text}") })
    }

    /// Shows a text; beside the events, if those are the result.
    pub fn tell(&self, text: &str) -> Result<(), Problem> {
        if self.args.json {
            self.edge.err(text);
            return Ok(());
        }
        self.edge.out(text).map(drop)
    }

    /// Carries out; the second result says whether all of it was told.
    fn watched(
        &self,
        prepared: &Prepared,
        store: &mut dyn Store,
        course: &mut Timeline<'_>,
    ) -> Result<(Finished, Result<(), Problem>), Problem> {
        let (now, style) = (Edge::now, self.edge.err_style);
        let (mut stdout, mut stderr) = (std::io::stdout(), std::io::stderr());
        let outlook = course.outlook();
        if self.args.json {
            let mut sink = JsonSink::new(&mut stdout, &now, &self.edge.seq);
            let finished = self.driven(prepared, store, &mut WatchedRun { sink: &mut sink, course })?;
            let untold = |error| format!("the events could not be written: {error}");
            let told = sink.finish().map_err(|error| Problem::new(ProblemKind::Output, untold(error)));
            return Ok((finished, told));
        }
        let finished = if self.edge.can_live {
            let drawn = DrawnRows::default();
            Signals::listen().take_away(&drawn);
            let screen = Screen { out: &mut stderr, size: &Edge::screen_size, drawn };
            let mut sink = LiveSink::new(screen, &now, style, outlook);
            self.driven(prepared, store, &mut WatchedRun { sink: &mut sink, course })
        } else {
            let mut sink = LineSink::new(&mut stderr, &now, style, outlook);
            self.driven(prepared, store, &mut WatchedRun { sink: &mut sink, course })
        };
        Ok((finished?, Ok(())))
    }

    /// Time passes for whoever watches, also while a call to the catalog takes long.
    fn driven(
        &self,
        prepared: &Prepared,
        store: &mut dyn Store,
        sink: &mut dyn Sink,
    ) -> Result<Finished, Problem> {
        let signals = Signals::listen();
        let clock = || self.edge.elapsed();
        let mut wait = |time| signals.wait(time);
        let random = self.edge.random()?;
        let sink = Mutex::new(sink);
        let told = || sink.lock().unwrap_or_else(PoisonError::into_inner);
        std::thread::scope(|scope| {
            // let go of at the end, whatever the end is: that ends the other thread
            let (_running, over) = mpsc::channel::<()>();
            scope.spawn(move || {
                while over.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    told().tick();
                }
            });
            let mut operations = Operations::of(&prepared.plan);
            let mut tell = |event: &Event<'_>| {
                operations.hear(event);
                #[cfg(feature = "internals")]
                trip(event);
                told().event(event);
            };
            let watcher = Watcher { clock: &clock, random, wait: &mut wait, sink: &mut tell };
            prepared.apply(store, watcher)
        })
    }
}

/// Who watches while it happens, and what is remembered of it for afterwards.
struct WatchedRun<'s, 'c, 'o> {
    sink: &'s mut dyn Sink,
    course: &'c mut Timeline<'o>,
}

impl Sink for WatchedRun<'_, '_, '_> {
    fn event(&mut self, event: &Event<'_>) {
        self.course.hear(event);
        self.sink.event(event);
    }

    fn tick(&mut self) {
        self.sink.tick();
    }
}

/// A bug in the middle of a run, for the tests: only their binary has it.
#[cfg(feature = "internals")]
#[expect(clippy::panic, reason = "the bug itself")]
fn trip(event: &Event<'_>) {
    if matches!(event, Event::Started(..)) && Edge::variable("PROVISOR_TRIP").is_some() {
        std::panic::panic_any("tripped over a value");
    }
}

//! A plan, shown and carried out with somebody watching, and summed up. Which plan, and whether it may be, is decided before.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::args::{ApplyingArgs, Format};
use super::edge::Edge;
use super::exit::Exit;
use super::fail;
use super::rendering::{Dress, render};
use super::signals::Signals;
use crate::apply::Report;
use crate::apply::event::Event;
use crate::plan::Plan;
use crate::report::events::{JsonSink, LineSink, LiveSink, Sink};
use crate::report::human;
use crate::report::view::{Ending, ReportView};
use crate::state::Store;
use crate::workspace::{Finished, Prepared, Problem, ProblemKind, Watcher};

/// Who watches one `apply` or `destroy`.
pub struct Watching<'a> {
    /// How the plan is carried out.
    pub args: &'a ApplyingArgs,
    /// Which of the two it is.
    pub ending: Ending,
    /// Where it is told.
    pub edge: &'a Edge,
}

impl Watching<'_> {
    /// Shows a plan; beside the events, if those are the result.
    pub fn show(&self, plan: &Plan, skips: bool) -> Result<(), Problem> {
        let can_skip = self.ending != Ending::Import;
        let dress = Dress { can_skip, ..Dress::plain(self.edge.out_style, skips) };
        self.tell(&render(plan, Format::Human, dress))
    }

    /// Tells programs why nothing of a plan is done; people have read it in the plan that was shown.
    pub fn refuse(&self, plan: &Plan) -> Exit {
        if self.args.json {
            fail::events(&self.edge.warned.take(), self.edge);
            fail::events(&fail::refusals(plan), self.edge);
            self.summarise(&Report::untouched(plan));
        }
        Exit::Refused
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
        let survived = catch_unwind(AssertUnwindSafe(|| self.watched(&prepared, store)));
        let Ok(ended) = survived else {
            // whatever was sent is in the state already, and the next run settles it
            self.edge.err("The run broke off in the middle. Nothing is lost: run again.\n");
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
        let told = told.and(self.sum_up(&finished.report, &prepared.plan));
        match (Exit::of(&finished), told) {
            (Exit::Done, told) => told.map(|()| Exit::Done),
            (exit, Ok(())) => Ok(exit),
            (exit, Err(untold)) => {
                self.edge.err(&fail::render(&untold, self.edge.err_style));
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
    ) -> Result<(Finished, Result<(), Problem>), Problem> {
        let (now, style) = (Edge::now, self.edge.err_style);
        let (mut stdout, mut stderr) = (std::io::stdout(), std::io::stderr());
        if self.args.json {
            fail::events(&self.edge.warned.take(), self.edge);
            let mut sink = JsonSink::new(&mut stdout, &now, &self.edge.seq);
            let finished = self.driven(prepared, store, &mut sink)?;
            let untold = |error| format!("the events could not be written: {error}");
            let told = sink.finish().map_err(|error| Problem::new(ProblemKind::Output, untold(error)));
            return Ok((finished, told));
        }
        let finished = if self.edge.can_live {
            let target = indicatif::ProgressDrawTarget::stderr();
            self.driven(prepared, store, &mut LiveSink::new(target, &now, style))
        } else {
            self.driven(prepared, store, &mut LineSink::new(&mut stderr, &now, style))
        };
        Ok((finished?, Ok(())))
    }

    fn driven(
        &self,
        prepared: &Prepared,
        store: &mut dyn Store,
        sink: &mut dyn Sink,
    ) -> Result<Finished, Problem> {
        let signals = Signals::listen();
        let clock = || self.edge.elapsed();
        let mut wait = |time| signals.wait(time);
        let mut tell = |event: &Event<'_>| {
            #[cfg(feature = "internals")]
            trip(event);
            sink.event(event);
        };
        prepared.apply(
            store,
            Watcher { clock: &clock, random: self.edge.random()?, wait: &mut wait, sink: &mut tell },
        )
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

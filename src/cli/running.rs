//! A plan, carried out: run with somebody watching, backed up, counted. Which plan, and whether it may be, is decided before.

use super::apply::Command;
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::load::Declared;
use super::planning::Planned;
use super::signals::Signals;
use crate::apply::{Limits, Ports, Report, Run, apply};
use crate::report::events::{JsonSink, LineSink, LiveSink, Sink};
use crate::report::summary::{Ending, summary};
use crate::state::{SledStore, Store};

impl Command<'_> {
    /// Whatever becomes of the telling, what was done is backed up and counted.
    pub fn carry_out(
        &self,
        declared: &Declared,
        planned: &Planned,
        store: &mut SledStore,
    ) -> Result<Exit, Fail> {
        let before = store.recorded().serial;
        store.commit(&planned.renamed)?;
        let limits = self.limits(declared, planned);
        let key = store.key().clone();
        let mut run = Run::new(&planned.plan, store.recorded().clone(), planned.known.clone(), key, limits);
        run.hide(planned.hidden.iter().cloned());
        let (report, told) = self.watched(run, planned, store);
        if store.recorded().serial != before
            && let Err(error) = store.backup()
        {
            self.edge.err(&format!("Warning: the state was not backed up: {error}\n"));
        }
        let told = told.and(self.sum_up(&report, planned));
        match (Exit::of(&report), told) {
            (Exit::Done, told) => told.map(|()| Exit::Done),
            (exit, Ok(())) => Ok(exit),
            (exit, Err(untold)) => {
                self.edge.err(&untold.render(self.edge.err_style));
                Ok(exit)
            }
        }
    }

    fn sum_up(&self, report: &Report, planned: &Planned) -> Result<(), Fail> {
        if planned.plan.is_empty() && self.ending == Ending::Apply {
            return Ok(());
        }
        let text = summary(report, self.ending, self.edge.out_style);
        if self.doing.json {
            self.edge.err(&text);
            return Ok(());
        }
        self.edge.out(&format!("\n{text}")).map(drop)
    }

    fn limits(&self, declared: &Declared, planned: &Planned) -> Limits {
        let settings = &declared.repo.settings;
        let mut products = settings.product_limits.clone();
        for name in &planned.account_products {
            products.entry(name.clone()).or_insert(5);
        }
        let parallelism = self.doing.parallelism.map_or(settings.parallelism, usize::from);
        Limits { parallelism, products, no_wait: self.doing.no_wait }
    }

    /// Runs, with somebody watching; the second result says whether all of it was told.
    fn watched(&self, run: Run<'_>, planned: &Planned, store: &mut SledStore) -> (Report, Result<(), Fail>) {
        let now = Edge::now;
        let style = self.edge.err_style;
        let (mut stdout, mut stderr) = (std::io::stdout(), std::io::stderr());
        if self.doing.json {
            let mut sink = JsonSink::new(&mut stdout, &now);
            let report = self.driven(run, planned, store, &mut sink);
            let unwritten = |error| Fail::error(format!("the events could not be written: {error}"));
            return (report, sink.finish().map_err(unwritten));
        }
        let report = if self.edge.can_live {
            let target = indicatif::ProgressDrawTarget::stderr();
            self.driven(run, planned, store, &mut LiveSink::new(target, &now, style))
        } else {
            self.driven(run, planned, store, &mut LineSink::new(&mut stderr, &now, style))
        };
        (report, Ok(()))
    }

    fn driven(&self, run: Run<'_>, planned: &Planned, store: &mut SledStore, sink: &mut dyn Sink) -> Report {
        let signals = Signals::listen();
        let clock = || self.edge.elapsed();
        let mut wait = |time| signals.wait(time);
        let mut emit = |event: &crate::apply::event::Event<'_>| sink.event(event);
        let mut ports =
            Ports { catalog: &planned.catalog, store, clock: &clock, wait: &mut wait, emit: &mut emit };
        apply(run, &mut ports)
    }
}

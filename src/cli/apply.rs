//! `provisor apply` and `provisor destroy`: plan, ask, do; or exactly a saved plan.

use std::path::Path;

use super::args::{Apply, Destroy, Doing, Format, Selecting};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::load::{self, Declared};
use super::planning::{self, Planned};
use super::signals::Signals;
use super::{plan, saved};
use crate::apply::{Limits, Ports, Report, Run, apply};
use crate::declare::Desired;
use crate::observe::{Observed, Scope, identify, unstored};
use crate::plan::file::fingerprint;
use crate::plan::{Plan, PlanInput, Policy, hidden, known};
use crate::report::events::{JsonSink, LineSink, LiveSink, Sink, can_live};
use crate::report::summary::{Ending, summary};
use crate::state::{SledStore, Store};

pub fn run(args: &Apply, edge: &Edge) -> Result<Exit, Fail> {
    let command = Command { doing: &args.doing, selecting: &args.selecting, ending: Ending::Apply, edge };
    match &args.plan_file {
        Some(path) => command.saved(path, args.checksum.as_deref()),
        None => command.fresh(args.checksum.as_deref()),
    }
}

pub fn destroy(args: &Destroy, edge: &Edge) -> Result<Exit, Fail> {
    let command = Command { doing: &args.doing, selecting: &args.selecting, ending: Ending::Destroy, edge };
    command.fresh(None)
}

struct Command<'a> {
    doing: &'a Doing,
    selecting: &'a Selecting,
    ending: Ending,
    edge: &'a Edge,
}

impl Command<'_> {
    fn fresh(&self, checksum: Option<&str>) -> Result<Exit, Fail> {
        let declared = load::declared(&self.selecting.variables, self.edge)?;
        let word = if self.ending == Ending::Destroy { "destroy" } else { "apply" };
        let mut store = load::store(&declared.repo, word)?;
        if store.key_was_lost() {
            planning::warn_of_lost_key(self.edge);
        }
        let key = store.key().clone();
        let destroy = self.ending == Ending::Destroy;
        let nothing = Desired::nothing();
        let wanted = if destroy { &nothing } else { &declared.desired };
        let (recorded, renamed) = planning::renamed(wanted, store.recorded())?;
        let mut planned = planning::plan(&declared, &recorded, &key, self.selecting, destroy)?;
        planning::tell_renamed(&mut planned.plan, &renamed);
        self.show(&planned.plan)?;
        if let Some(breach) = planning::breach(&planned.plan) {
            return Err(breach);
        }
        checked(checksum, &planned.plan)?;
        if planned.plan.is_all_refused() {
            return Ok(Exit::Refused);
        }
        if !planned.plan.is_empty() && !self.doing.auto_approve && !self.agreed(&planned.plan)? {
            self.edge.err(&format!("{} cancelled.\n", if destroy { "Destroy" } else { "Apply" }));
            return Ok(Exit::Error);
        }
        store.commit(&renamed)?;
        self.carry_out(&declared, &planned, &mut store)
    }

    fn saved(&self, path: &Path, checksum: Option<&str>) -> Result<Exit, Fail> {
        if !self.selecting.is_default() {
            return Err(Fail::usage(
                "a saved plan is applied as it is: selection flags go to `provisor plan --out`",
            ));
        }
        let declared = load::declared(&self.selecting.variables, self.edge)?;
        let mut store = load::store(&declared.repo, "apply")?;
        let key = store.key().clone();
        let mut plan = saved::load(path, store.recorded(), &key)?;
        let (_, mut renamed) = planning::renamed(&declared.desired, store.recorded())?;
        renamed.retain(|(_, change)| planning::knows(&plan, change));
        store.commit(&renamed)?;
        checked(checksum, &plan)?;
        if let Some(breach) = planning::breach(&plan) {
            return Err(breach);
        }
        if plan.is_all_refused() {
            self.show(&plan)?;
            return Ok(Exit::Refused);
        }
        let touched = plan.steps.iter().map(|step| step.address.clone()).collect();
        let catalog = load::catalog(&declared.repo, &touched)?;
        let scope = Scope {
            desired: &declared.desired,
            recorded: store.recorded(),
            locations: &declared.repo.settings.locations,
            selected: &touched,
            refresh: false,
        };
        let outputs = unstored(scope, &catalog).map_err(Fail::Observe)?;
        let (observed, policy) = (Observed { outputs, ..Observed::default() }, Policy::default());
        let recorded = store.recorded();
        let input = PlanInput {
            desired: &declared.desired,
            recorded,
            observed: &observed,
            policy: &policy,
            key: &key,
        };
        saved::secrets(&mut plan, &input)?;
        identify(scope, &catalog).map_err(Fail::Observe)?;
        saved::check(&plan, recorded, &catalog)?;
        let known = known(&input, &plan);
        let hidden = hidden(&input, &plan);
        let planned = Planned { plan, known, hidden, catalog, account_products: Default::default() };
        self.carry_out(&declared, &planned, &mut store)
    }

    fn show(&self, plan: &Plan) -> Result<Exit, Fail> {
        let text = plan::render(plan, Format::Human, self.edge.out_style);
        if self.doing.json {
            self.edge.err(&text);
            return Ok(Exit::Done);
        }
        self.edge.out(&text)
    }

    fn agreed(&self, plan: &Plan) -> Result<bool, Fail> {
        if self.doing.no_input || !self.edge.can_ask {
            return Err(Fail::refused(
                "there is no terminal to ask on",
                "`--auto-approve` applies without asking",
            ));
        }
        let question = match self.ending {
            Ending::Apply => "\nDo you want to perform these actions?",
            Ending::Destroy => "\nDo you really want to terminate all of these? There is no undo.",
        };
        let fingerprint: String = fingerprint(plan).chars().take(16).collect();
        let asked =
            format!("{question}\n  Only 'yes' is accepted. (plan {fingerprint})\n\n  Enter a value: ");
        Ok(self.edge.ask(&asked).as_deref() == Some("yes"))
    }

    fn carry_out(&self, declared: &Declared, planned: &Planned, store: &mut SledStore) -> Result<Exit, Fail> {
        let before = store.recorded().serial;
        let limits = self.limits(declared, planned);
        let key = store.key().clone();
        let mut run = Run::new(&planned.plan, store.recorded().clone(), planned.known.clone(), key, limits);
        run.hide(planned.hidden.iter().cloned());
        let report = self.watched(run, planned, store)?;
        if store.recorded().serial != before {
            store.backup()?;
        }
        if !planned.plan.is_empty() || self.ending == Ending::Destroy {
            let text = summary(&report, self.ending, self.edge.out_style);
            match self.doing.json {
                true => self.edge.err(&text),
                false => _ = self.edge.out(&format!("\n{text}"))?,
            }
        }
        Ok(Exit::of(&report))
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

    /// Runs, with somebody watching.
    fn watched(&self, run: Run<'_>, planned: &Planned, store: &mut SledStore) -> Result<Report, Fail> {
        let now = Edge::now;
        let style = self.edge.err_style;
        let (mut stdout, mut stderr) = (std::io::stdout(), std::io::stderr());
        if self.doing.json {
            let mut sink = JsonSink::new(&mut stdout, &now);
            let report = self.driven(run, planned, store, &mut sink);
            sink.finish()
                .map_err(|error| Fail::error(format!("the events could not be written: {error}")))?;
            return report;
        }
        let term = std::env::var("TERM").ok();
        let is_terminal = std::io::IsTerminal::is_terminal(&stderr);
        if can_live(is_terminal, term.as_deref(), 80) {
            let target = indicatif::ProgressDrawTarget::stderr();
            return self.driven(run, planned, store, &mut LiveSink::new(target, &now, style));
        }
        self.driven(run, planned, store, &mut LineSink::new(&mut stderr, &now, style))
    }

    fn driven(
        &self,
        run: Run<'_>,
        planned: &Planned,
        store: &mut SledStore,
        sink: &mut dyn Sink,
    ) -> Result<Report, Fail> {
        let signals = Signals::listen();
        let clock = || self.edge.elapsed();
        let mut wait = |time| signals.wait(time);
        let mut emit = |event: &crate::apply::event::Event<'_>| sink.event(event);
        let mut ports =
            Ports { catalog: &planned.catalog, store, clock: &clock, wait: &mut wait, emit: &mut emit };
        Ok(apply(run, &mut ports)?)
    }
}

fn checked(checksum: Option<&str>, plan: &Plan) -> Result<(), Fail> {
    let found = fingerprint(plan);
    match checksum {
        Some(expected) if expected.len() < 8 || !found.starts_with(expected) => Err(Fail::refused(
            format!("the plan's fingerprint is {found}, `--checksum` says {expected}"),
            "look at the plan again: it is not the one that was approved",
        )),
        _ => Ok(()),
    }
}

impl Selecting {
    /// Whether nothing but variables is given.
    fn is_default(&self) -> bool {
        let lists = [&self.target, &self.exclude, &self.replace];
        lists.iter().all(|list| list.is_empty())
            && self.allow.is_empty()
            && self.max_terminate.is_none()
            && !self.refresh_only
            && !self.no_refresh
    }
}

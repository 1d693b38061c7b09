//! `provisor apply` and `provisor destroy`: plan, ask, do; or exactly a saved plan.

use std::path::Path;

use super::args::{Apply, Destroy, Doing, Format, Selecting};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::planning::{self, Planned};
use super::{load, plan, saved};
use crate::plan::file::fingerprint;
use crate::plan::{Plan, renamed};
use crate::report::summary::Ending;
use crate::state::{Change, Store};

pub fn run(args: &Apply, edge: &Edge) -> Result<Exit, Fail> {
    let command = Command { doing: &args.doing, selecting: &args.selecting, ending: Ending::Apply, edge };
    match &args.plan_file {
        Some(path) => command.saved(path, args.checksum.as_deref()),
        None => command.fresh(args.checksum.as_deref()),
    }
}

pub fn destroy(args: &Destroy, edge: &Edge) -> Result<Exit, Fail> {
    if args.selecting.refresh_only || !args.selecting.replace.is_empty() {
        return Err(Fail::usage("`destroy` terminates: `--replace` and `--refresh-only` belong to `apply`"));
    }
    let command = Command { doing: &args.doing, selecting: &args.selecting, ending: Ending::Destroy, edge };
    command.fresh(None)
}

/// One command line of either.
pub struct Command<'a> {
    pub doing: &'a Doing,
    pub ending: Ending,
    pub edge: &'a Edge,
    selecting: &'a Selecting,
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
        let planned = planning::plan(&declared, store.recorded(), &key, self.selecting, destroy)?;
        self.show(&planned.plan)?;
        if let Some(breach) = planning::breach(&planned.plan, planning::flag) {
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
        let plan = saved::load(path, store.recorded(), &key)?;
        checked(checksum, &plan)?;
        let again = |planned| format!("plan again with `--max-terminate {planned} --out FILE`");
        if let Some(breach) = planning::breach(&plan, again) {
            return Err(breach);
        }
        if plan.is_all_refused() {
            self.show(&plan)?;
            return Ok(Exit::Refused);
        }
        let known = |change: &Change| plan.knows(change);
        let (recorded, renamed) = renamed(&declared.desired, store.recorded(), known)?;
        let planned = Planned { renamed, ..saved::prepare(plan, &declared, &recorded, &key)? };
        if planned.plan.is_empty() {
            self.show(&planned.plan)?;
        }
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

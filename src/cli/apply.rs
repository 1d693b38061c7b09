//! `provisor apply` and `provisor destroy`: plan, ask, do. What a saved plan needs instead stands in `saved`.

use super::args::{ApplyArgs, DestroyArgs, SelectionArgs, VariableArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::rendering::{Dress, copies, placed, render};
use super::watching::Watching;
use super::{annotations, gate, open, previewing, saved, telemetry};
use crate::report::view::Ending;
use crate::workspace::{Problem, Wish};

pub fn run(args: &ApplyArgs, edge: &Edge) -> Result<Exit, Problem> {
    let ending = if args.destroy { Ending::Destroy } else { Ending::Apply };
    let watching = Watching::new(&args.applying, ending, edge)?;
    match &args.plan_file {
        Some(path) => saved::run(path, args, &watching),
        None => {
            let of = FreshPlan::of(&args.selection, args.checksum.as_deref(), ending)?;
            fresh(&FreshPlan { write: &args.write, ..of }, &watching)
        }
    }
}

pub fn destroy(args: &DestroyArgs, edge: &Edge) -> Result<Exit, Problem> {
    let watching = Watching::new(&args.applying, Ending::Destroy, edge)?;
    fresh(&FreshPlan::of(&args.selection, None, watching.ending)?, &watching)
}

/// A plan that is made, asked for and carried out by one command.
pub struct FreshPlan<'a> {
    /// What is wanted of it.
    pub wish: Wish,
    /// Values for variables.
    pub variables: &'a VariableArgs,
    /// `--skip-refused`
    pub skips_refused: bool,
    /// Only if it has this fingerprint.
    pub checksum: Option<&'a str>,
    /// `--write`
    pub write: &'a [String],
}

impl<'a> FreshPlan<'a> {
    fn of(selection: &'a SelectionArgs, checksum: Option<&'a str>, ending: Ending) -> Result<Self, Problem> {
        Ok(Self {
            wish: Wish { is_applied: ending == Ending::Apply, ..selection.wish(ending == Ending::Destroy)? },
            variables: &selection.variables,
            skips_refused: selection.skip_refused,
            checksum,
            write: &[],
        })
    }
}

/// Plans, asks, does.
pub fn fresh(of: &FreshPlan<'_>, watching: &Watching<'_>) -> Result<Exit, Problem> {
    let (edge, ending) = (watching.edge, watching.ending);
    let FreshPlan { wish, variables, skips_refused, checksum, write } = of;
    let copies = copies(write)?;
    let wiring = Wiring::new(ending.as_str()).patient(watching.args.lock_timeout);
    let workspace = telemetry::during("read", edge, || match ending {
        // what is taken as it is needs no secret
        Ending::Import => open::adopting(variables, &wiring, open::Unwritten::default(), edge),
        Ending::Apply | Ending::Destroy => open::sound(variables, &wiring, wish, edge),
    })?;
    if !workspace.is_sound() {
        return Err(workspace.wrong(wish));
    }
    watching.reporting.place(&workspace.repo, edge)?;
    let copies = placed(&copies, None, &workspace.repo, edge)?;
    let mut held = workspace.repo.store()?;
    let (recorded, key) = (held.store.recorded(), held.store.key());
    if ending != Ending::Import {
        previewing::sweep(&workspace.repo, edge)?;
    }
    let prepared =
        telemetry::during("plan", edge, || previewing::planned(&workspace, wish, recorded, key, edge))?;
    let plan = &prepared.plan;
    if prepared.previewed.interrupted {
        watching.refuse(plan);
        return Ok(previewing::interrupted(edge));
    }
    watching.show(plan, *skips_refused)?;
    let dress = Dress { recorded: Some(recorded), ..Dress::plain(edge.out_style, *skips_refused) };
    for copy in &copies {
        copy.write(&render(plan, copy.format, copy.dress(dress)))?;
    }
    edge.found.borrow_mut().extend(annotations::refused(plan, Some(&workspace), *skips_refused));
    // the plan that was shown says why
    if plan.breach.is_some() {
        return Ok(watching.refuse(plan));
    }
    gate::is_approved(plan, *checksum)?;
    if plan.has_refused() && !skips_refused {
        return Ok(watching.refuse(plan));
    }
    if plan.does_something() && !gate::agreed(plan, ending, watching.args, edge)? {
        edge.err(&format!("{} cancelled.\n", ending.word()));
        watching.leave(plan);
        return Ok(Exit::Error);
    }
    watching.carry_out(prepared, &mut *held.store)
}

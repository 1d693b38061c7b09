//! Asking the catalog what a plan would do to resources, with somebody watching; and what is said of what is left there.

use super::edge::Edge;
use super::exit::Exit;
use super::signals::Signals;
use crate::apply::Wake;
use crate::model::secret::DigestKey;
use crate::model::text::count;
use crate::state::{Recorded, StateError};
use crate::workspace::{Prepared, Previewed, Previewer, Problem, Repo, Wish, Workspace};

/// The plan of a wish; where that is wished, with what it would do to resources.
pub fn planned(
    workspace: &Workspace<'_>,
    wish: &Wish,
    recorded: &Recorded,
    key: &DigestKey,
    edge: &Edge,
) -> Result<Prepared, Problem> {
    if wish.previewed(&workspace.repo.settings).is_none() {
        return workspace.plan(wish, recorded, key);
    }
    let prepared = watched(edge, |with| workspace.plan_previewed(wish, recorded, key, with))?;
    told(&prepared.previewed, edge);
    Ok(prepared)
}

/// Does something that asks what a plan would do to resources; a signal ends the asking.
pub fn watched<T>(
    edge: &Edge,
    act: impl FnOnce(&mut Previewer<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let signals = Signals::listen();
    let mut was_stopped = false;
    let mut wait = |time| {
        if was_stopped {
            std::thread::sleep(time);
            return Wake::Tick;
        }
        let wake = signals.wait(time);
        was_stopped = wake == Wake::Stop;
        wake
    };
    let clock = || edge.elapsed();
    let tell = |steps| {
        let changes = count(steps, "change");
        edge.err(&format!("Asking the catalog what {changes} would do to resources ...\n"));
    };
    let mut with = Previewer { clock: &clock, random: edge.random()?, wait: &mut wait, tell: &tell };
    let done = act(&mut with);
    signals.rest();
    done
}

/// The same for a command that only looks: what dead runs have left is taken away first, where this one is to make more.
pub fn swept(
    workspace: &Workspace<'_>,
    wish: &Wish,
    recorded: &Recorded,
    key: &DigestKey,
    edge: &Edge,
) -> Result<Prepared, Problem> {
    if wish.preview {
        sweep(&workspace.repo, edge)?;
    }
    planned(workspace, wish, recorded, key, edge)
}

/// Takes away what the previews of dead runs have left in catalogs.
pub fn sweep(repo: &Repo<'_>, edge: &Edge) -> Result<(), Problem> {
    // a signal may end this at any moment: the journals say what is left
    let mut wait = |time| {
        std::thread::sleep(time);
        Wake::Tick
    };
    let clock = || edge.elapsed();
    let mut with = Previewer { clock: &clock, random: edge.random()?, wait: &mut wait, tell: &|_| {} };
    told(&repo.sweep(&mut with)?, edge);
    Ok(())
}

/// Somebody did not want to wait for it.
pub fn interrupted(edge: &Edge) -> Exit {
    edge.err("Interrupted: what was made in the catalog for the preview is taken away again, and nothing else was begun.\n");
    Exit::Pending
}

/// Says what is left in the catalog, and what is not known of it.
pub fn told(of: &Previewed, edge: &Edge) {
    if of.swept > 0 {
        let plans = count(of.swept, "provisioned product plan");
        edge.err(&format!("What a preview that died may have left in the catalog is gone: {plans}.\n"));
    }
    for left in &of.left {
        let (name, product, why) = (&left.open.name, &left.open.product, &left.why);
        let plan = left.open.plan.as_ref().map(|plan| format!(" ({plan})")).unwrap_or_default();
        edge.err(&format!(
            "Warning: the provisioned product plan `{name}`{plan} of `{product}`, which was made for a preview, may still be in the catalog: {why}\n  hint: the next `plan --preview` or `apply` takes it away\n"
        ));
    }
    for error in &of.unwritten {
        let hint = match error {
            StateError::Corrupt { hint, .. } => format!("  hint: {hint}\n"),
            _ => String::new(),
        };
        edge.err(&format!("Warning: what a preview has open in the catalog is not known: {error}\n{hint}"));
    }
}

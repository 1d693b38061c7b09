//! `provisor plan`: shows; writes nothing but what it was told to.

use super::args::{Format, Plan};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::{load, planning, saved};
use crate::model::ids::Lineage;
use crate::model::value::DigestKey;
use crate::plan::Plan as Planned;
use crate::plan::file::fingerprint;
use crate::report::{Style, human, json};
use crate::state::{Recorded, SledStore, Store};

pub fn run(args: &Plan, edge: &Edge) -> Result<Exit, Fail> {
    let also = args.write.iter().map(|target| also(target)).collect::<Result<Vec<_>, _>>()?;
    let declared = load::declared(&args.selecting.variables, edge)?;
    let (recorded, key) = match &args.out {
        // a saved plan is signed with the state's key: the store has to be there
        Some(_) => of_store(load::store(&declared.repo, "plan --out")?),
        None => match load::snapshot(&declared.repo, "plan")? {
            Some(snapshot) => (snapshot.recorded, snapshot.key.unwrap_or_else(nobodys_key)),
            None => (Recorded::empty(Lineage::new("")), nobodys_key()),
        },
    };
    let planned = planning::plan(&declared, &recorded, &key, &args.selecting, args.destroy)?;
    let plan = &planned.plan;
    let format = if args.json { Format::Json } else { args.format };
    edge.out(&render(plan, format, Style { concise: args.concise, ..edge.out_style }))?;
    for (format, path) in also {
        std::fs::write(path, render(plan, format, Style::plain()))
            .map_err(|error| Fail::error(format!("cannot write `{path}`: {error}")))?;
    }
    if let Some(path) = &args.out {
        saved::save(path, plan, &key)?;
        edge.err(&format!(
            "Saved the plan to: {}\nTo apply exactly this plan: provisor apply {}\n",
            path.display(),
            path.display()
        ));
    }
    if let Some(breach) = planning::breach(plan, planning::flag) {
        return Err(breach);
    }
    Ok(match (plan.is_all_refused(), plan.is_empty()) {
        (true, _) => Exit::Refused,
        (_, false) if args.detailed_exitcode => Exit::Changes,
        _ => Exit::Done,
    })
}

/// The plan as text.
pub fn render(plan: &Planned, format: Format, style: Style) -> String {
    match format {
        Format::Human => human::plan(plan, style),
        Format::Json => json::plan(plan, &fingerprint(plan)),
    }
}

fn of_store(store: SledStore) -> (Recorded, DigestKey) {
    (store.recorded().clone(), store.key().clone())
}

/// Without a store nothing was ever digested: any key will do.
fn nobodys_key() -> DigestKey {
    DigestKey::new([0; 32])
}

/// What `--write` names.
fn also(target: &str) -> Result<(Format, &str), Fail> {
    match target.split_once('=') {
        Some(("json", path)) => Ok((Format::Json, path)),
        Some(("human", path)) => Ok((Format::Human, path)),
        _ => Err(Fail::usage(format!("`--write {target}`: write json=FILE or human=FILE"))),
    }
}

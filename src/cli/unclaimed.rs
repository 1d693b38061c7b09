//! `provisor import --all`, and from other tools' files: looks for what exists and nobody declared, shows the declarations and what
//! would be adopted, asks once, writes, adopts. What is looked for, and what is said of it, is all that differs.

use std::collections::BTreeSet;

use super::args::ImportArgs;
use super::declaring::{ComposedFiles, declare, folder, there};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::KEY_LOST;
use super::foreign::GivenFile;
use super::load::Wiring;
use super::new_locations::NewLocations;
use super::watching::Watching;
use super::{conversion, gate, open};
use crate::import::{Composed, Surroundings, compose};
use crate::model::ids::LocationName;
use crate::model::product::Selector;
use crate::workspace::{Discovery, HeldStore, Problem, Unclaimed, Wish, Workspace};

/// So many lines of declarations are shown before they are written; of more, their files are named.
const SHOWN: usize = 120;

pub fn run(args: &ImportArgs, watching: &Watching<'_>) -> Result<Exit, Problem> {
    let edge = watching.edge;
    let wiring = Wiring::new("import").patient(args.applying.lock_timeout);
    let workspace = open::adopting(&args.variables, &wiring, open::Unwritten::default(), edge)?;
    if !workspace.is_sound() {
        return Err(workspace.wrong(&Wish::default()));
    }
    let of = meant(args);
    let given = GivenFile::of(args, &of, &workspace, edge)?;
    let HeldStore { mut store, key_was_lost } = workspace.repo.store()?;
    if key_was_lost {
        edge.err(KEY_LOST);
    }
    let discovery = match &given {
        Some(given) => workspace.foreign(given.holds.clone(), &of, store.recorded())?,
        None => workspace.unclaimed(&of, store.recorded())?,
    };
    let folder = folder(args.write.as_deref(), &workspace)?;
    let origin = origin(&discovery, given.as_ref());
    let locations = NewLocations::of(&discovery, &workspace, &origin);
    let around = Surroundings {
        is_growing: locations.is_some(),
        ..workspace.surroundings(there(&folder, &workspace), origin)
    };
    let composed = compose(&discovery.found, &around);
    tell_left(&discovery, edge);
    if discovery.found.is_empty() && discovery.declared.is_empty() {
        watching.tell(&nothing(args, &workspace))?;
        return Ok(Exit::Done);
    }
    let files = ComposedFiles::of(&composed, &folder);
    let unwritten = open::Unwritten {
        sources: files.sources(),
        variables: Some(&composed.variables),
        secrets: &discovery.secrets,
    };
    let again = open::adopting(&args.variables, &wiring, unwritten, edge)?;
    if !again.is_sound() {
        edge.err("Nothing was written or adopted: what would have been written cannot be planned.\n");
        return Err(again.wrong(&Wish::default()));
    }
    let prepared = again.plan(&wish(&discovery, &composed), store.recorded(), store.key())?;
    files.show(watching)?;
    locations.iter().try_for_each(|locations| watching.tell(&locations.shown()))?;
    watching.show(&prepared.plan, true)?;
    if !gate::agreed(&prepared.plan, watching.ending, watching.args, edge)? {
        edge.err("Import cancelled.\n");
        return Ok(Exit::Error);
    }
    // what is declared without its variables could not be read by a second run
    declare(&composed.variables, &workspace, edge)?;
    files.write(&workspace, edge)?;
    locations.iter().try_for_each(|locations| locations.write(&workspace, edge))?;
    let exit = watching.carry_out(prepared, &mut *store)?;
    if let Some(report) = conversion::told(&discovery, &composed, locations.as_ref()) {
        watching.tell(&report)?;
    }
    Ok(exit)
}

fn meant(args: &ImportArgs) -> Unclaimed {
    Unclaimed {
        location: args.of_location.clone(),
        product: args.of_product.clone(),
        name: args.of_name.clone(),
    }
}

/// That there is nothing, as far as anybody looked.
fn nothing(args: &ImportArgs, workspace: &Workspace<'_>) -> String {
    let narrow = [&args.of_location, &args.of_product, &args.of_name].iter().any(|one| one.is_some());
    let locations = workspace.repo.settings.locations.values();
    let blind = locations.filter(|location| !location.access_level.sees_all());
    let blind: Vec<&str> = blind.map(|location| location.written.as_str()).collect();
    let seen = match blind.as_slice() {
        [] => String::new(),
        some => format!(" At {} only what its `access_level` shows was looked at.", some.join(", ")),
    };
    let what = if narrow { "whatever exists of what was asked for" } else { "whatever exists" };
    format!("Nothing to import: {what} is managed here, or is left as said above.{seen}\n")
}

/// All that was found, by the addresses that it is declared under now.
fn wish(discovery: &Discovery, composed: &Composed) -> Wish {
    let found = composed.addresses.iter().zip(&discovery.ids);
    let declared = discovery.declared.iter().map(|(address, id)| (address, id));
    let imports =
        found.chain(declared).map(|(address, id)| (address.to_string(), Selector::Id(id.to_string())));
    Wish { imports: imports.collect(), import_only: true, ..Wish::default() }
}

/// Where declarations come from.
fn origin(discovery: &Discovery, given: Option<&GivenFile>) -> Vec<String> {
    let locations: BTreeSet<&LocationName> = discovery.found.iter().map(|found| &found.location).collect();
    let from: Vec<&str> = locations.iter().map(|location| location.as_str()).take(3).collect();
    let more = locations.len().saturating_sub(from.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let from = match given {
        Some(given) => format!("`{}` of {}", given.path, given.tool),
        None => format!("what exists at {}{more}", from.join(", ")),
    };
    let day: String = Edge::now().utc().chars().take(10).collect();
    vec![format!("Written by `provisor import` on {day} from {from}.")]
}

fn tell_left(discovery: &Discovery, edge: &Edge) {
    if discovery.left.is_empty() {
        return;
    }
    let lines: String = discovery.left.iter().map(|left| format!("  {}\n", left.sentence)).collect();
    edge.err(&format!("Not imported:\n{lines}\n"));
}

impl ComposedFiles {
    fn show(&self, watching: &Watching<'_>) -> Result<(), Problem> {
        let lines: usize = self.all.iter().map(|(_, text, _)| text.lines().count()).sum();
        let mut shown = String::new();
        for (path, text, n) in &self.all {
            let declarations = if *n == 1 { "1 declaration".to_owned() } else { format!("{n} declarations") };
            shown.push_str(&format!("# {} would be written ({declarations})\n", path.display()));
            if lines <= SHOWN {
                let indented = text.lines().map(|line| format!("    {line}\n").replace("    \n", "\n"));
                shown.extend(indented);
                shown.push('\n');
            }
        }
        watching.tell(&(shown + "\n"))
    }
}

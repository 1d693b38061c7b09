//! `provisor import --all`: looks for what exists and nobody declared, shows the declarations and what would be adopted, asks once,
//! writes, adopts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::args::ImportArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::fail::KEY_LOST;
use super::load::Wiring;
use super::watching::Watching;
use super::{gate, open};
use crate::declare::Variable;
use crate::files::WriteTarget;
use crate::import::{Composed, compose};
use crate::model::diagnostic::Source;
use crate::model::ids::LocationName;
use crate::model::product::Selector;
use crate::workspace::{Discovery, HeldStore, Problem, ProblemKind, SETTINGS, Unclaimed, Wish, Workspace};

/// So many lines of declarations are shown before they are written; of more, their files are named.
const SHOWN: usize = 120;

pub fn run(args: &ImportArgs, watching: &Watching<'_>) -> Result<Exit, Problem> {
    let edge = watching.edge;
    let wiring = Wiring::new("import").patient(args.applying.lock_timeout);
    let workspace = open::adopting(&args.variables, &wiring, Vec::new(), &BTreeMap::new(), edge)?;
    if !workspace.is_sound() {
        return Err(workspace.wrong(&Wish::default()));
    }
    let HeldStore { mut store, key_was_lost } = workspace.repo.store()?;
    if key_was_lost {
        edge.err(KEY_LOST);
    }
    let of = Unclaimed {
        location: args.of_location.clone(),
        product: args.of_product.clone(),
        name: args.of_name.clone(),
    };
    let discovery = workspace.unclaimed(&of, store.recorded())?;
    let folder = folder(args, &workspace)?;
    let origin = origin(&discovery);
    let composed = compose(&discovery.found, &workspace.surroundings(there(&folder, &workspace), origin));
    tell_left(&discovery, edge);
    if discovery.found.is_empty() && discovery.declared.is_empty() {
        watching.tell("Nothing to import: whatever exists is managed here, or is left as said above.\n")?;
        return Ok(Exit::Done);
    }
    let files = ComposedFiles::of(&composed, &folder);
    let again = open::adopting(&args.variables, &wiring, files.sources(), &composed.variables, edge)?;
    if !again.is_sound() {
        return Err(again.wrong(&Wish::default()));
    }
    let prepared = again.plan(&wish(&discovery, &composed), store.recorded(), store.key())?;
    files.show(watching)?;
    watching.show(&prepared.plan, true)?;
    if !gate::agreed(&prepared.plan, watching.ending, watching.args, edge)? {
        edge.err("Import cancelled.\n");
        return Ok(Exit::Error);
    }
    files.write(&workspace, edge)?;
    declare(&composed.variables, &workspace, edge)?;
    watching.carry_out(prepared, &mut *store)
}

/// All that was found, by the addresses that it is declared under now.
fn wish(discovery: &Discovery, composed: &Composed) -> Wish {
    let found = composed.addresses.iter().zip(&discovery.ids);
    let declared = discovery.declared.iter().map(|(address, id)| (address, id));
    let imports =
        found.chain(declared).map(|(address, id)| (address.to_string(), Selector::Id(id.to_string())));
    Wish { imports: imports.collect(), import_only: true, ..Wish::default() }
}

/// Where declarations are written: the folder that was named, or the first that declarations are read from.
fn folder(args: &ImportArgs, workspace: &Workspace<'_>) -> Result<PathBuf, Problem> {
    let checkout = &workspace.repo.checkout;
    let named = &workspace.repo.settings.declarations;
    let is_folder = |path: &Path| match checkout.is_folder(path) {
        Ok(is_folder) => is_folder,
        Err(_) => path.extension().is_none(),
    };
    let folders: Vec<&Path> = named.iter().map(Path::new).filter(|path| is_folder(path)).collect();
    let hint = || {
        let all = named.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        format!("declarations are read from {all}: name a folder there in `declarations:` of {SETTINGS}")
    };
    match &args.write {
        Some(folder) if folders.iter().any(|named| folder.starts_with(named)) => Ok(folder.clone()),
        Some(folder) => {
            Err(Problem::usage(format!("`--write {}`: nothing there would be read", folder.display()))
                .hint(hint()))
        }
        None => match folders.first() {
            Some(folder) => Ok(folder.to_path_buf()),
            None => Err(Problem::input("there is no folder to write declarations to").hint(hint())),
        },
    }
}

/// The names of the files that are there already.
fn there(folder: &Path, workspace: &Workspace<'_>) -> BTreeSet<String> {
    let entries = workspace.repo.checkout.list(folder).unwrap_or_default();
    entries.into_iter().map(|entry| entry.name.to_string_lossy().into_owned()).collect()
}

fn origin(discovery: &Discovery) -> Vec<String> {
    let locations: BTreeSet<&LocationName> = discovery.found.iter().map(|found| &found.location).collect();
    let from: Vec<&str> = locations.iter().map(|location| location.as_str()).take(3).collect();
    let more = locations.len().saturating_sub(from.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let day: String = Edge::now().utc().chars().take(10).collect();
    vec![format!("Written by `provisor import` on {day} from what exists at {}{more}.", from.join(", "))]
}

fn tell_left(discovery: &Discovery, edge: &Edge) {
    if discovery.left.is_empty() {
        return;
    }
    let lines: String = discovery.left.iter().map(|line| format!("  {line}\n")).collect();
    edge.err(&format!("Not imported:\n{lines}\n"));
}

/// ComposedFiles that are about to be written.
struct ComposedFiles {
    all: Vec<(PathBuf, String, usize)>,
}

impl ComposedFiles {
    fn of(composed: &Composed, folder: &Path) -> Self {
        let path =
            |name: &String| if folder == Path::new(".") { PathBuf::from(name) } else { folder.join(name) };
        let all = composed.files.iter().map(|file| (path(&file.name), file.text.clone(), file.declarations));
        Self { all: all.collect() }
    }

    fn sources(&self) -> Vec<Source> {
        let source = |(path, text, _): &(PathBuf, String, usize)| Source {
            path: path.display().to_string().into(),
            text: text.as_str().into(),
        };
        self.all.iter().map(source).collect()
    }

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

    fn write(&self, workspace: &Workspace<'_>, edge: &Edge) -> Result<(), Problem> {
        let checkout = &workspace.repo.checkout;
        edge.for_everyone();
        for (path, text, _) in &self.all {
            let unwritable = |why: String| {
                Problem::new(ProblemKind::Output, format!("cannot write `{}`: {why}", path.display()))
                    .hint("nothing was adopted: what was written so far can be removed")
            };
            let there = checkout.folder().join(path);
            let made = path.parent().map_or(Ok(()), |folder| checkout.make_folder(folder));
            made.map_err(|error| unwritable(error.to_string()))?;
            let target =
                WriteTarget::at(&there, &checkout.given()).map_err(|error| unwritable(error.to_string()))?;
            target.create(text.as_bytes()).map_err(|error| unwritable(error.to_string()))?;
            edge.err(&format!("wrote {}\n", path.display()));
        }
        Ok(())
    }
}

/// Adds sensitive variables to the settings of the checkout, or says which lines to write.
fn declare(
    variables: &BTreeMap<String, String>,
    workspace: &Workspace<'_>,
    edge: &Edge,
) -> Result<(), Problem> {
    let known: &BTreeMap<String, Variable> = &workspace.repo.settings.variables;
    let new: BTreeMap<&String, &String> =
        variables.iter().filter(|(name, _)| !known.contains_key(*name)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = new
        .iter()
        .map(|(name, what)| format!("{name}: {{type: string, sensitive: true, description: \"{what}\"}}"))
        .collect();
    let names = new.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if workspace.repo.add_variables(&lines)? {
        edge.err(&format!(
            "declared {names} in {SETTINGS}: give the values by PROVISOR_SECRET_<name> or --secret-file\n"
        ));
    } else {
        let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
        edge.err(&format!("Write these lines into {SETTINGS}, and give the values by PROVISOR_SECRET_<name> or --secret-file:\nvariables:\n{lines}"));
    }
    Ok(())
}

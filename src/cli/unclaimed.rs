//! `provisor import --all`, and from other tools' files: looks for what exists and nobody declared, shows the declarations and what
//! would be adopted, asks once, writes, adopts. What is looked for, and what is said of it, is all that differs.

use super::adopting::{Drafted, Drafting};
use super::args::ImportArgs;
use super::declaring::{ComposedFiles, declare, folder, has_schema, there};
use super::edge::Edge;
use super::exit::Exit;
use super::foreign::GivenFile;
use super::load::Wiring;
use super::new_locations::NewLocations;
use super::unfinished::{self, FilesNote};
use super::watching::Watching;
use super::{annotations, conversion, gate, open};
use crate::apply::Report;
use crate::import::{Composed, FileOrigin, Surroundings};
use crate::model::text::{count, listed};
use crate::plan::{Action, Plan};
use crate::report::json::{ImportLine, import_line};
use crate::workspace::{Discovery, HeldStore, LeftNeeds, LeftOut, Problem, Unclaimed, Wish, Workspace};

/// So many lines of declarations are shown before they are written, all files together; `--full` shows all.
const SHOWN: usize = 120;
/// So many of each file, however many files there are.
const SHOWN_OF_EACH: usize = 8;
/// So many names of what somebody else made.
const NAMED: usize = 5;

pub fn run(args: &ImportArgs, watching: &Watching<'_>) -> Result<Exit, Problem> {
    let edge = watching.edge;
    let wiring = Wiring::new("import").patient(args.applying.lock_timeout);
    let workspace = open::adopting(&args.variables, &wiring, open::Unwritten::default(), edge)?;
    if !workspace.is_sound() {
        return Err(workspace.wrong(&Wish::default()));
    }
    let of = meant(args);
    let given = GivenFile::of(args, &of, &workspace, edge)?;
    let HeldStore { mut store } = workspace.repo.store()?;
    unfinished::tidy(&workspace);
    let mut discovery = match &given {
        Some(given) => workspace.foreign(given.holds.clone(), &of, store.recorded())?,
        None => workspace.unclaimed(&of, store.recorded())?,
    };
    let folder = folder(args.write.as_deref(), &workspace)?;
    let origin = origin(given.as_ref());
    let locations = NewLocations::of(&discovery, &workspace, &origin);
    let around = Surroundings {
        is_growing: locations.is_some(),
        ..workspace.surroundings(there(&folder, &workspace), origin)
    };
    let names_schema = has_schema(&workspace);
    let drafting =
        Drafting { args, wiring: &wiring, around, folder: &folder, names_schema, store: &*store, edge };
    let drafted = drafting.draft(&mut discovery)?;
    tell_aside(&discovery, watching);
    let Some(Drafted { composed, files, prepared }) = drafted else {
        let report = conversion::told(&discovery, &Composed::default(), None).unwrap_or_default();
        watching.tell(&(nothing(args, &workspace) + &report))?;
        if watching.args.json {
            watching.summarise(&Report::default());
        }
        return Ok(left_with(&discovery));
    };
    files.show(watching, args.full)?;
    locations.iter().try_for_each(|locations| watching.tell(&locations.shown()))?;
    watching.show(&prepared.plan, true)?;
    watching.edge.found.borrow_mut().extend(annotations::refused(&prepared.plan, Some(&workspace), true));
    if is_all_refused(&prepared.plan) {
        return Ok(watching.refuse(&prepared.plan));
    }
    if !gate::agreed(&prepared.plan, watching.ending, watching.args, edge)? {
        edge.err("Import cancelled.\n");
        return Ok(Exit::Error);
    }
    // what is declared without its variables could not be read by a second run
    declare(&composed.variables, &workspace, edge)?;
    edge.for_everyone();
    let all = files.all.iter().map(|(path, text, _)| (path.clone(), text.clone()));
    FilesNote::of(all).carry_out(&workspace.repo.checkout, edge)?;
    locations.iter().try_for_each(|locations| locations.write(&workspace, edge))?;
    let exit = watching.carry_out(prepared, &mut *store)?;
    let report = conversion::told(&discovery, &composed, locations.as_ref());
    report.iter().try_for_each(|report| watching.tell(report))?;
    Ok(exit)
}

fn meant(args: &ImportArgs) -> Unclaimed {
    Unclaimed {
        location: args.of_location.clone(),
        product: args.of_product.clone(),
        name: args.of_name.clone(),
    }
}

/// Whether nothing of a plan may be done.
fn is_all_refused(plan: &Plan) -> bool {
    let is_refused = |action: &Action| matches!(action, Action::Refused(refusal) if !refusal.defers());
    !plan.steps.is_empty() && plan.steps.iter().all(|step| is_refused(&step.action) || step.is_blocked())
}

/// How it ends where nothing is imported: whoever has all is done; of the rest somebody has to decide something, or it takes time.
fn left_with(discovery: &Discovery) -> Exit {
    let needs = |what: LeftNeeds| discovery.left.iter().any(|left| left.needs == what);
    match discovery.managed {
        0 if needs(LeftNeeds::Somebody) => Exit::Refused,
        0 if needs(LeftNeeds::Time) => Exit::Pending,
        _ => Exit::Done,
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

/// Where declarations come from.
fn origin(given: Option<&GivenFile>) -> FileOrigin {
    let day: String = Edge::now().utc().chars().take(10).collect();
    let begins = format!("Written by `provisor import` on {day} from");
    match given {
        Some(given) => FileOrigin {
            sentence: format!("{begins} `{}` of {}", given.path, given.tool),
            names_locations: false,
        },
        None => FileOrigin { sentence: format!("{begins} what exists at"), names_locations: true },
    }
}

/// What is left, and what others made.
fn tell_aside(discovery: &Discovery, watching: &Watching<'_>) {
    let edge = watching.edge;
    if !discovery.left.is_empty() {
        let line = |left: &LeftOut| format!("  {}\n", conversion::on_one_line(&left.sentence));
        let lines: String = discovery.left.iter().map(line).collect();
        edge.err(&format!("Not imported:\n{lines}\n"));
    }
    if !discovery.by_others.is_empty() {
        let line = |(who, names): (&String, &Vec<String>)| {
            format!("  {who}: {} ({})\n", count(names.len(), "provisioned product"), listed(names, NAMED))
        };
        let lines: String = discovery.by_others.iter().map(line).collect();
        edge.err(&format!(
            "Made by somebody else: changing them takes a principal that may change what others made.\n{lines}\n"
        ));
    }
    if watching.args.json {
        for left in &discovery.left {
            let needs = match left.needs {
                LeftNeeds::Nothing => "nothing",
                LeftNeeds::Time => "time",
                LeftNeeds::Somebody => "somebody",
            };
            write_line(&ImportLine::NotImported { message: &left.sentence, needs }, edge);
        }
        for (principal, names) in &discovery.by_others {
            write_line(&ImportLine::MadeByOthers { principal, names }, edge);
        }
    }
}

fn write_line(line: &ImportLine<'_>, edge: &Edge) {
    let seq = edge.next_event();
    // that it could not be written is told with the result
    let _ = edge.out(&(import_line(line, seq, Edge::now()) + "\n"));
}

impl ComposedFiles {
    fn show(&self, watching: &Watching<'_>, is_full: bool) -> Result<(), Problem> {
        let lines: usize = self.all.iter().map(|(_, text, _)| text.lines().count()).sum();
        let of_each = match (is_full || lines <= SHOWN, SHOWN.checked_div(self.all.len())) {
            (false, Some(share)) => share.max(SHOWN_OF_EACH),
            _ => usize::MAX,
        };
        let (mut shown, mut hidden) = (String::new(), 0);
        for (path, text, n) in &self.all {
            shown.push_str(&format!(
                "# {} would be written ({})\n",
                path.display(),
                count(*n, "declaration")
            ));
            let indented = text.lines().take(of_each);
            shown.extend(indented.map(|line| format!("    {line}\n").replace("    \n", "\n")));
            let rest = text.lines().count().saturating_sub(of_each);
            if rest > 0 {
                shown.push_str(&format!("    … {}\n", count(rest, "more line")));
            }
            hidden += rest;
            shown.push('\n');
            if watching.args.json {
                let path = path.display().to_string();
                write_line(&ImportLine::File { path, declarations: *n, text }, watching.edge);
            }
        }
        if hidden > 0 {
            shown.push_str(&format!(
                "{} not shown: `--full` shows them; nothing is written before the question below is answered.\n",
                count(hidden, "line")
            ));
        }
        watching.tell(&(shown + "\n"))
    }
}

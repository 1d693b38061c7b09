//! `provisor complete`: what may come next on a command line, one a line, with what it is behind a tab. It is asked by the
//! scripts of `provisor completions`, so that it is quiet and fast: it reads what is written down here, and asks nobody.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Arg, Command, ValueEnum};

use super::args::{CompleteArgs, Format, VariableArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::{Wiring, offered_in_sandboxes};
use super::{init, open, teaching};
use crate::model::ids::Address;
use crate::model::product::{ArtifactSelector, Selector};
use crate::report::view::CODE_GROUPS;
use crate::workspace::{Problem, Workspace};

/// Something that may come next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Completion {
    text: String,
    help: String,
}

impl Completion {
    fn new(text: impl Into<String>, help: impl ToString) -> Self {
        // behind the first line is what nobody looks for here
        let help = help.to_string().lines().next().unwrap_or_default().to_owned();
        Self { text: text.into(), help }
    }
}

pub fn run(args: &CompleteArgs, edge: &Edge) -> Result<Exit, Problem> {
    let mut root = teaching::command_line();
    root.build();
    let Some((current, before)) = args.words.split_last() else { return Ok(Exit::Done) };
    let typed = Typed::of(&root, before.get(1..).unwrap_or_default());
    let edge = &typed.elsewhere(edge);
    let mut found = typed.next(current, edge);
    found.retain(|one| one.text.starts_with(current.as_str()));
    let lines: String = found.iter().map(|one| format!("{}\t{}\n", one.text, one.help)).collect();
    edge.raw(&lines)
}

/// What stands before the word that is completed.
struct Typed<'c> {
    root: &'c Command,
    command: &'c Command,
    /// A flag that waits for its value.
    open: Option<&'c Arg>,
    /// How many words that are no flags came since the command.
    positionals: Vec<String>,
    /// Whether only words may come.
    is_past_end: bool,
    /// What flags were given that say where the repo is, by their ids.
    places: Vec<(&'c str, PathBuf)>,
}

impl<'c> Typed<'c> {
    fn of(root: &'c Command, words: &[String]) -> Self {
        let mut typed = Self {
            root,
            command: root,
            open: None,
            positionals: Vec::new(),
            is_past_end: false,
            places: Vec::new(),
        };
        for word in words {
            typed.take(word);
        }
        typed
    }

    fn take(&mut self, word: &str) {
        if let Some(flag) = self.open.take() {
            self.given(flag, word);
            return;
        }
        if word == "--" {
            self.is_past_end = true;
        } else if word.starts_with('-') && !self.is_past_end {
            match (self.flag(word), word.split_once('=')) {
                (Some(flag), Some((_, value))) => self.given(flag, value),
                (found, _) => self.open = found,
            }
        } else if let Some(below) = self.command.find_subcommand(word).filter(|_| self.positionals.is_empty())
        {
            self.command = below;
        } else {
            self.positionals.push(word.to_owned());
        }
    }

    fn given(&mut self, flag: &'c Arg, value: &str) {
        let id = flag.get_id().as_str();
        if PLACES.contains(&id) {
            self.places.push((id, from_home(value)));
        }
    }

    /// Where the command that is typed will look.
    fn elsewhere(&self, edge: &Edge) -> Edge {
        let of = |id: &str| {
            let mut given = self.places.iter().rev();
            given.find(|(given, _)| *given == id).map(|(_, value)| value.clone())
        };
        edge.elsewhere(of("directory"), of("root"), of("settings"))
    }

    /// A flag that takes a value.
    fn flag(&self, word: &str) -> Option<&'c Arg> {
        let name = word.trim_start_matches('-').split('=').next().unwrap_or_default();
        let is_it = |one: &&Arg| {
            one.get_long() == Some(name) || one.get_short().is_some_and(|short| name.chars().eq([short]))
        };
        self.command.get_arguments().find(is_it).filter(|one| one.get_action().takes_values())
    }

    fn next(&self, current: &str, edge: &Edge) -> Vec<Completion> {
        if let Some(flag) = self.open {
            return self.values(flag, current, edge);
        }
        if let Some((name, begun)) = current.split_once('=').filter(|_| current.starts_with("--")) {
            let values = self.flag(name).map(|flag| self.values(flag, begun, edge)).unwrap_or_default();
            let whole = |one: Completion| Completion { text: format!("{name}={}", one.text), ..one };
            return values.into_iter().map(whole).collect();
        }
        if current.starts_with('-') && !self.is_past_end {
            let flags = self.command.get_arguments().filter(|one| !one.is_hide_set());
            let flag = |one: &Arg| {
                let help = one.get_help().map(ToString::to_string).unwrap_or_default();
                Some(Completion::new(format!("--{}", one.get_long()?), help))
            };
            return flags.filter_map(flag).collect();
        }
        let mut found: Vec<Completion> = Vec::new();
        if self.positionals.is_empty() {
            let below = self.command.get_subcommands().filter(|one| !one.is_hide_set());
            let about = |one: &Command| one.get_about().map(ToString::to_string).unwrap_or_default();
            found.extend(below.map(|one| Completion::new(one.get_name(), about(one))));
        }
        let places: Vec<&Arg> = self.command.get_positionals().collect();
        let place = places
            .get(self.positionals.len())
            .or(places.last().filter(|one| one.get_num_args().is_some_and(|range| range.max_values() > 1)));
        found.extend(place.map(|place| self.values(place, current, edge)).unwrap_or_default());
        found
    }

    /// What an argument may be: its own words, or what the repo at hand has. `begun`: what is there of it.
    fn values(&self, of: &Arg, begun: &str, edge: &Edge) -> Vec<Completion> {
        let own = of.get_possible_values();
        if !own.is_empty() && of.get_action().takes_values() {
            let shown = own.iter().filter(|one| !one.is_hide_set());
            let help = |one: &clap::builder::PossibleValue| {
                one.get_help().map(ToString::to_string).unwrap_or_default()
            };
            return shown.map(|one| Completion::new(one.get_name(), help(one))).collect();
        }
        let Some(kind) = CompletionKind::of(of, self.command.get_name()) else { return Vec::new() };
        match kind {
            CompletionKind::Code => {
                let all = CODE_GROUPS.iter().flat_map(|group| group.codes);
                all.map(|one| Completion::new(one.code, one.what)).collect()
            }
            CompletionKind::Example => init::names().map(|name| Completion::new(name, "")).collect(),
            CompletionKind::Command => self.commands(),
            CompletionKind::Copy => {
                let names = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
                names.map(|name| Completion::new(format!("{}=", name.get_name()), "")).collect()
            }
            // who completes is told nothing of what is wrong
            kind => {
                let of = match kind {
                    CompletionKind::WhatIf => begun.split_once('=').map(|(product, _)| product),
                    _ => self.positionals.first().map(String::as_str),
                };
                here(kind, of, edge).unwrap_or_default()
            }
        }
    }

    /// The commands that there are pages of, below those that are typed.
    fn commands(&self) -> Vec<Completion> {
        let found =
            self.positionals.iter().try_fold(self.root, |command, word| command.find_subcommand(word));
        let below = found.into_iter().flat_map(Command::get_subcommands);
        let shown = below.filter(|one| !one.is_hide_set() && one.get_name() != "help");
        let about = |one: &Command| one.get_about().map(ToString::to_string).unwrap_or_default();
        shown.map(|one| Completion::new(one.get_name(), about(one))).collect()
    }
}

/// The flags that say where the repo is.
const PLACES: [&str; 3] = ["directory", "root", "settings"];

/// A path as it is typed: no shell has filled in whose home `~` is.
fn from_home(typed: &str) -> PathBuf {
    match (typed.strip_prefix("~/"), Edge::variable("HOME")) {
        (Some(below), Some(home)) => Path::new(&home).join(below),
        _ => PathBuf::from(typed),
    }
}

/// What is asked of a repo, or of the program itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CompletionKind {
    Address,
    Output,
    Product,
    Version,
    WhatIf,
    Location,
    Variable,
    Code,
    Example,
    Command,
    Copy,
}

impl CompletionKind {
    /// By what an argument is called.
    fn of(argument: &Arg, command: &str) -> Option<Self> {
        let value = argument.get_value_names().and_then(|names| names.first()).map(|name| name.as_str());
        Some(match (argument.get_id().as_str(), value.unwrap_or_default()) {
            ("code", _) => Self::Code,
            ("example", _) => Self::Example,
            ("command", _) if command == "man" => Self::Command,
            ("write", "FORMAT=FILE") => Self::Copy,
            ("product", _) if command != "import" => Self::Product,
            ("version", "VERSION") => Self::Version,
            ("what_if", _) => Self::WhatIf,
            ("location" | "of_location", _) => Self::Location,
            ("var", _) => Self::Variable,
            ("key", _) if command == "output" => Self::Output,
            ("address" | "addresses" | "from" | "to", _) | (_, "ADDR") => Self::Address,
            _ => return None,
        })
    }
}

/// What the repo at hand has of a kind.
fn here(kind: CompletionKind, first: Option<&str>, edge: &Edge) -> Option<Vec<Completion>> {
    // as offline as a validation: no sandbox is started
    let wiring = Wiring::new("validate");
    let workspace =
        open::adopting(&VariableArgs::default(), &wiring, open::Unwritten::default(), edge).ok()?;
    let mut found: BTreeSet<Completion> = BTreeSet::new();
    match kind {
        CompletionKind::Location => found.extend(
            workspace
                .repo
                .settings
                .locations
                .values()
                .map(|location| Completion::new(location.written.clone(), location.region.as_str())),
        ),
        CompletionKind::Variable => found.extend(
            workspace.repo.settings.variables.keys().map(|name| Completion::new(format!("{name}="), "")),
        ),
        CompletionKind::Address => found.extend(addresses(&workspace)),
        CompletionKind::Output => found.extend(outputs(&workspace, first?)),
        CompletionKind::Product | CompletionKind::Version | CompletionKind::WhatIf => {
            found.extend(offered(&workspace, kind, first))
        }
        CompletionKind::Code | CompletionKind::Example | CompletionKind::Command | CompletionKind::Copy => {}
    }
    Some(found.into_iter().collect())
}

/// What is declared, and what is recorded.
fn addresses(workspace: &Workspace<'_>) -> Vec<Completion> {
    let recorded = workspace.repo.recorded().ok();
    let rows = recorded.iter().flat_map(|recorded| recorded.rows.keys());
    let all: BTreeSet<&Address> = workspace.desired.products.keys().chain(rows).collect();
    let labels = workspace.desired.labels(all.iter().copied());
    let about = |address: &Address| match workspace.desired.products.get(address) {
        Some(product) => {
            let (Selector::Name(name) | Selector::Id(name)) = &product.product;
            name.clone()
        }
        None => "recorded, and not declared".to_owned(),
    };
    all.into_iter().map(|address| Completion::new(labels.label(address), about(address))).collect()
}

/// The outputs that are recorded of one address.
fn outputs(workspace: &Workspace<'_>, of: &str) -> Vec<Completion> {
    let Ok(recorded) = workspace.repo.recorded() else { return Vec::new() };
    let labels = recorded.labels();
    let rows = recorded.rows.iter().filter(|(address, _)| labels.label(address) == of);
    let applied = rows.filter_map(|(_, row)| row.applied.as_ref());
    applied.flat_map(|applied| applied.outputs.keys()).map(|key| Completion::new(key.clone(), "")).collect()
}

/// Products and versions that are declared, recorded or offered by a sandbox; `of`: of this product.
fn offered(workspace: &Workspace<'_>, kind: CompletionKind, of: Option<&str>) -> Vec<Completion> {
    let mut pairs: BTreeSet<(String, String)> = BTreeSet::new();
    for product in workspace.desired.products.values() {
        let (Selector::Name(name) | Selector::Id(name)) = &product.product;
        let version = match &product.artifact {
            ArtifactSelector::Name(version) | ArtifactSelector::Id(version) => version.clone(),
            ArtifactSelector::OnlyActive => String::new(),
        };
        pairs.insert((name.clone(), version));
    }
    for row in workspace.repo.recorded().iter().flat_map(|recorded| recorded.rows.values()) {
        if let Some(applied) = &row.applied {
            let target = &applied.content.target;
            pairs.insert((target.product.name.clone(), target.artifact.name.clone()));
        }
    }
    for product in offered_in_sandboxes(&workspace.repo) {
        pairs.insert((product.name.clone(), String::new()));
        pairs.extend(product.versions.into_iter().map(|version| (product.name.clone(), version)));
    }
    let one = |(product, version): (String, String)| match kind {
        CompletionKind::Product => Some(Completion::new(product, "")),
        CompletionKind::WhatIf if of.is_none() => Some(Completion::new(format!("{product}="), "")),
        CompletionKind::WhatIf => (of == Some(product.as_str()) && !version.is_empty())
            .then(|| Completion::new(format!("{product}={version}"), "")),
        _ => (of.is_none_or(|of| of == product) && !version.is_empty())
            .then(|| Completion::new(version, product)),
    };
    pairs.into_iter().filter_map(one).collect()
}

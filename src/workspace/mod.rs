//! What a program does with an infra repo: open it, plan a wish, hold a saved plan against the present, apply into a sink.
//! Each is a plain value in and out, so that a command line, a loop and a test call the same. Nothing here touches the
//! process: current directory, environment, signals, terminal, arguments and exit codes are the front end's, and the
//! adapters behind the ports come in through [`Adapters`].

mod accounts;
mod adapters;
mod apply;
mod browsing;
mod files;
mod foreign;
mod found;
mod hiding;
mod importing;
mod judging;
mod keeping;
mod makers;
mod offered;
mod origins;
mod places;
mod planning;
mod previewing;
mod problem;
mod repo;
mod saved;
mod scaffolding;
mod search;
mod state_folder;
mod supposing;
mod surgery;
mod texts;
mod unclaimed;
mod undeclarable;
mod unset;
mod wish;

use std::collections::{BTreeMap, BTreeSet};

use crate::declare::{self, Desired, Doubts, Layer, Survey, WrongFields};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Severity, Source};
use crate::model::ids::Address;
use crate::model::product::Selector;
use crate::model::text::did_you_mean;

pub use adapters::{Adapters, HeldStore, SandboxHead, WhatIsLeft};
pub use apply::{Finished, Watcher};
pub use browsing::Browsed;
pub use files::{SETTINGS, source, unkeepable};
pub use found::{LeftNeeds, LeftOut};
pub use planning::Prepared;
pub use previewing::{Previewed, Previewer};
pub use problem::{Complaint, Complaints, NOT_FILLED, Problem, ProblemKind, disk_hint};
pub use repo::{Remembered, Repo};
pub use saved::{MAX_AGE, Made, claimed, in_time, read_saved};
pub use surgery::{Foreseen, Surgeon, Surgery};
pub use texts::GivenValues;
pub use unclaimed::{Conversion, Discovery, ForeignOrigin, Unclaimed};
pub use undeclarable::Undeclarable;
pub use wish::Wish;

/// A repo with its declarations: everything that is written down.
pub struct Workspace<'a> {
    /// The settings, and where they stand.
    pub repo: Repo<'a>,
    /// What is wanted.
    pub desired: Desired,
    /// What is odd about the texts, and was gone on with.
    pub warnings: Diagnostics,
    /// What is wrong with some of the declarations; nothing is planned while there is any.
    problems: Diagnostics,
    /// What of the settings cannot be relied on.
    doubts: Doubts,
    /// Those, as far as they can be read.
    partial: Desired,
    /// The fields of those that something is wrong with.
    wrong: BTreeMap<String, WrongFields>,
    /// The keys of all declarations, where all can be read.
    keys: Option<BTreeSet<String>>,
}

impl<'a> Workspace<'a> {
    /// Where an address is declared.
    #[must_use]
    pub fn place(&self, address: &Address) -> Option<Place> {
        let declared = self.desired.products.get(address)?;
        Some(declared.origin.place(Layer::Own, &[], Part::Key))
    }

    /// Reads the declarations of a repo: what tests want.
    ///
    /// # Errors
    /// A file that cannot be read, and everything that is wrong with the settings and the declarations.
    #[cfg(feature = "internals")]
    pub fn open(repo: Repo<'a>) -> Result<Self, Problem> {
        Self::survey(repo)?.judged(None)
    }

    /// Itself where nothing is wrong, neither with what is written down nor `beside` it.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn judged(self, beside: Option<Problem>) -> Result<Self, Problem> {
        if self.is_sound() {
            return beside.map_or(Ok(self), Err);
        }
        let Self { mut problems, warnings, repo, .. } = self;
        problems.extend(warnings);
        let declared = Problem::findings(problems, &repo.sources);
        Err(beside.into_iter().fold(declared, |declared, beside| beside.with(declared)))
    }

    /// The same, with what is sound of the declarations where others are wrong: [`Workspace::plan`] tells that together with
    /// what the catalog says of the rest.
    ///
    /// # Errors
    /// Settings that leave nobody to be asked; with that, everything that is wrong with the declarations.
    pub fn survey(repo: Repo<'a>) -> Result<Self, Problem> {
        Self::survey_with(repo, Vec::new())
    }

    /// The same, with declarations that are not on the disk yet.
    ///
    /// # Errors
    /// As [`Workspace::survey`].
    pub fn survey_with(mut repo: Repo<'a>, more: Vec<Source>) -> Result<Self, Problem> {
        let mut doubts = repo.doubts();
        let before = repo.problems.0.len();
        let mut sources = repo.declarations();
        repo.sources.extend(more.iter().cloned());
        sources.extend(more);
        doubts.declarations |= repo.problems.0.len() > before;
        let mut warnings = Diagnostics::default();
        if sources.is_empty() && !doubts.declarations {
            let message = "`declarations:` names no files with declarations: nothing is wanted";
            warnings.push(Diagnostic::warning("no-declarations", message));
        }
        let Survey { mut reading, partial, keys, wrong, problems } =
            declare::survey(&sources, &repo.settings, doubts);
        unset::keep(&mut reading.desired);
        warnings.extend(std::mem::take(&mut repo.problems));
        let (mut all, rest) = split(warnings);
        let declared = reading.desired.products.keys().chain(partial.products.keys());
        all.extend(repo.with_origins(problems, declared));
        if doubts.reach {
            all.extend(rest);
            return Err(Problem::findings(all, &repo.sources));
        }
        let mut warnings = rest;
        warnings.extend(reading.warnings);
        if !all.has_errors() {
            warnings.extend(unlimited(&repo, &reading.desired));
        }
        Ok(Self { repo, desired: reading.desired, warnings, problems: all, doubts, partial, wrong, keys })
    }
}

/// Limits of products that nobody declares. What is declared by its id may have any name.
fn unlimited(repo: &Repo<'_>, desired: &Desired) -> Vec<Diagnostic> {
    let named = desired.products.values().map(|product| match &product.product {
        Selector::Name(name) => Some(name.as_str()),
        Selector::Id(_) => None,
    });
    let Some(named) = named.collect::<Option<BTreeSet<&str>>>() else { return Vec::new() };
    let limited = repo.settings.product_limits.keys().filter(|name| !named.contains(name.as_str()));
    let limited: Vec<&String> = limited.collect();
    if limited.is_empty() {
        return Vec::new();
    }
    let home = repo.written(&["limits", "products"]);
    let told = limited.into_iter().enumerate().map(|(n, name)| {
        let message = format!("`limits.products` names `{name}`, and no declaration provisions that product");
        let place = home.clone().below([Segment::Key(name.clone())], Part::Key);
        let found = Diagnostic::warning("unknown-product", message).at(place);
        // more are not shown
        let near = if n < COMPARED { did_you_mean(name, named.iter().copied()) } else { None };
        found.maybe_hint(near)
    });
    told.collect()
}

/// So many unknown names are compared with those that there are.
const COMPARED: usize = 20;

/// What is wrong, and what is only odd.
fn split(all: Diagnostics) -> (Diagnostics, Diagnostics) {
    let (errors, warnings) = all.into_iter().partition(|one| one.severity == Severity::Error);
    (Diagnostics(errors), Diagnostics(warnings))
}

//! What somebody wants of a plan: the meaning of flags, before it is known which addresses there are.

use std::collections::{BTreeMap, BTreeSet};

use super::Workspace;
use super::problem::Problem;
use crate::declare::{Desired, Limit};
use crate::model::ids::{Address, Labels, LocationName};
use crate::model::product::Selector;
use crate::plan::{Allowed, NoMatch, Note, Policy, Selection, addresses, left_as_frozen, removals, select};
use crate::state::Recorded;

/// What a plan is to be about, and what it may do. The default is everything that is declared, by the settings' guards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Patterns: only these addresses, and what they depend on. None: all.
    pub targets: Vec<String>,
    /// Patterns: not these addresses, nor what depends on them.
    pub excludes: Vec<String>,
    /// Patterns: these are terminated and provisioned again.
    pub replace: Vec<String>,
    /// Patterns: these are updated as they are declared, though nothing differs.
    pub reapply: Vec<String>,
    /// Nothing is wanted any more.
    pub destroy: bool,
    /// Provisioned products that are adopted beside those that the declarations say: the address, and which one.
    pub imports: Vec<(String, Selector)>,
    /// Whatever is declared, has no row, and exists under its name is adopted.
    pub import_declared: bool,
    /// Nothing else is done than what the two above say.
    pub import_only: bool,
    /// What was changed outside is accepted, and nothing else is done.
    pub refresh_only: bool,
    /// The parameters of what is there are read too, whatever the settings say.
    pub deep: bool,
    /// It is carried out at once, where nothing else is said: under `guards.replace_resources`, updates are previewed without being
    /// asked for, and what cannot be is refused.
    pub is_applied: bool,
    /// The catalog is asked what the plan would do to resources: see [`Workspace::plan_previewed`].
    pub preview: bool,
    /// What is recorded is taken for what exists, and the catalog is not searched.
    pub no_refresh: bool,
    /// The actions that may happen; none named: all.
    pub allow: BTreeSet<Allowed>,
    /// How many terminations are allowed; `None`: as many as the settings say; where those say nothing,
    /// any number for [`Wish::destroy`].
    pub max_terminate: Option<Limit>,
    /// What is refused is left out, and the rest is done.
    pub skips_refused: bool,
}

/// A wish, now that the addresses are known.
pub(super) struct Meant {
    /// What planning is told.
    pub policy: Policy,
    /// What is left alone, and has to be said.
    pub left: Vec<Note>,
}

/// What the patterns of a wish name.
struct NamedAddresses {
    targets: BTreeSet<Address>,
    excludes: BTreeSet<Address>,
    replace: BTreeSet<Address>,
    reapply: BTreeSet<Address>,
}

impl Wish {
    /// The patterns that name nothing.
    pub(super) fn missed(&self, desired: &Desired, recorded: &Recorded) -> Vec<NoMatch> {
        let all = desired.products.keys().chain(recorded.rows.keys()).cloned().collect();
        self.named(&all, &desired.labels(recorded.rows.keys())).err().unwrap_or_default()
    }

    fn named(&self, all: &BTreeSet<Address>, labels: &Labels) -> Result<NamedAddresses, Vec<NoMatch>> {
        let mut missed: Vec<NoMatch> = Vec::new();
        let mut named = |patterns: &[String]| {
            addresses(patterns, all, labels).unwrap_or_else(|more| {
                let new: Vec<NoMatch> = more.into_iter().filter(|one| !missed.contains(one)).collect();
                missed.extend(new);
                BTreeSet::new()
            })
        };
        let (targets, excludes) = (named(&self.targets), named(&self.excludes));
        let (replace, reapply) = (named(&self.replace), named(&self.reapply));
        if missed.is_empty() {
            Ok(NamedAddresses { targets, excludes, replace, reapply })
        } else {
            Err(missed)
        }
    }

    /// Finds the addresses that the patterns name.
    pub(super) fn meant(
        &self,
        workspace: &Workspace<'_>,
        desired: &Desired,
        recorded: &Recorded,
    ) -> Result<Meant, Problem> {
        let removals = removals(&workspace.desired, recorded)
            .map_err(|found| Problem::findings(found, &workspace.repo.sources))?;
        let Meant { policy, left } = self.meant_of(workspace, desired, recorded)?;
        Ok(Meant { policy: Policy { removals, ..policy }, left })
    }

    /// The same, whatever is said of removals.
    pub(super) fn meant_of(
        &self,
        workspace: &Workspace<'_>,
        desired: &Desired,
        recorded: &Recorded,
    ) -> Result<Meant, Problem> {
        let settings = &workspace.repo.settings;
        let all: BTreeSet<Address> = desired.products.keys().chain(recorded.rows.keys()).cloned().collect();
        let labels = desired.labels(recorded.rows.keys());
        let NamedAddresses { targets, excludes, replace, reapply } = self.named(&all, &labels)?;
        let frozen = settings.locations.values().filter(|location| location.frozen);
        let frozen_at: BTreeSet<LocationName> = frozen.map(|location| location.name.clone()).collect();
        let named = targets.clone();
        let targets = (!self.targets.is_empty()).then_some(targets);
        let selection = Selection { targets, excludes, frozen: frozen_at.clone() };
        let guards = !self.destroy || settings.max_terminate_is_written;
        let by_settings = guards.then_some(settings.max_terminate);
        let written = workspace.desired.products.iter().filter(|_| self.destroy);
        let chosen = select(desired, recorded, &selection);
        let selected = self.narrowed(chosen.clone(), desired, recorded)?;
        let left = match (selected.is_empty(), self.destroy) {
            (true, _) => left_out(&all, &frozen_at),
            (false, true) => left_as_frozen(desired, recorded, selection, &selected),
            (false, false) => few(left_as_frozen(desired, recorded, selection, &chosen)),
        };
        // what it needs alone is not what was asked for
        if named.is_disjoint(&selected) && !self.targets.is_empty() && !self.excludes.is_empty() {
            return Err(self.nothing_left());
        }
        let flagged = replace.iter().map(|address| ("replace", address));
        let flagged = flagged.chain(reapply.iter().map(|address| ("reapply", address)));
        let left_out = flagged.filter(|(_, address)| !selected.contains(*address));
        let told = left_out.map(|(flag, left)| {
            let message = format!("`--{flag} {}` is no part of this plan", labels.label(left));
            Problem::input(message).hint(why_left(frozen_at.contains(&left.location)))
        });
        told.take(NAMED).reduce(Problem::with).map_or(Ok(()), Err)?;
        if let Some(idle) = idle(&reapply, &replace, desired, &labels) {
            return Err(idle);
        }
        let policy = Policy {
            selected,
            replace,
            reapply,
            allow: (!self.allow.is_empty()).then(|| self.allow.clone()),
            max_terminate: self.max_terminate.or(by_settings),
            skips_refused: self.skips_refused,
            replace_resources: settings.replace_resources.clone(),
            applies: self.is_applied,
            destroy: self.destroy,
            refresh_only: self.refresh_only,
            import_only: self.import_only,
            removals: BTreeMap::new(),
            lifecycles: written.map(|(address, product)| (address.clone(), product.lifecycle)).collect(),
        };
        Ok(Meant { policy, left })
    }
}

impl Wish {
    fn nothing_left(&self) -> Problem {
        let (targets, excludes) = (self.targets.join("`, `"), self.excludes.join("`, `"));
        let message = format!("`--exclude {excludes}` leaves nothing of `--target {targets}`");
        let hint =
            "what depends on something excluded is left out too: exclude less, or leave one of the two out";
        Problem::input(message).hint(hint)
    }
}

/// Why something that a flag names is left out.
const fn why_left(is_frozen: bool) -> &'static str {
    if is_frozen { "its location is frozen" } else { "`--target` and `--exclude` leave it out" }
}

/// So many addresses are named where a plan is about none.
const NAMED: usize = 5;

/// The first of what is left, and how many there are.
fn few(mut left: Vec<Note>) -> Vec<Note> {
    let more = left.len().saturating_sub(NAMED);
    left.truncate(NAMED);
    if let Some(last) = left.last_mut().filter(|_| more > 0) {
        last.text.push_str(&format!("; so are {more} more"));
    }
    left
}

/// Why a plan is about nothing, though there is something.
fn left_out(all: &BTreeSet<Address>, frozen: &BTreeSet<LocationName>) -> Vec<Note> {
    let more = all.len().saturating_sub(NAMED);
    let note = |(n, address): (usize, &Address)| {
        let why = match frozen.contains(&address.location) {
            true => "its location is frozen",
            false => "`--target`, `--exclude` or a frozen location leaves it out",
        };
        let others = if n + 1 == NAMED && more > 0 { format!("; so are {more} more") } else { String::new() };
        Note { address: address.clone(), text: format!("it is left: {why}{others}") }
    };
    all.iter().take(NAMED).enumerate().map(note).collect()
}

/// Why something that is to be sent again is not.
fn idle(
    reapply: &BTreeSet<Address>,
    replace: &BTreeSet<Address>,
    desired: &Desired,
    labels: &Labels,
) -> Option<Problem> {
    if let Some(both) = reapply.intersection(replace).next() {
        let label = labels.label(both);
        let message = format!("`--replace` and `--reapply` contradict each other: both name `{label}`");
        return Some(
            Problem::usage(message).hint("what is replaced is provisioned anew: leave `--reapply` out"),
        );
    }
    let is_declared = |address: &Address| desired.products.contains_key(address);
    let gone = reapply.first().filter(|_| !reapply.iter().any(is_declared))?;
    let message = format!("`--reapply {}`: nothing is declared there any more", labels.label(gone));
    Some(Problem::input(message).hint("only what is declared can be sent again"))
}

//! All that is wrong, told together: the declarations, the wish, and what the catalog says of all that can be asked.
//! Nothing is planned here.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::adapters::WhatIsLeft;
use super::problem::Problem;
use super::wish::{Meant, Wish};
use super::{Remembered, Workspace};
use crate::catalog::CatalogRead;
use crate::declare::{Access, Desired};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Severity};
use crate::model::ids::{Address, Lineage, LocationName};
use crate::model::secret::DigestKey;
use crate::model::template::Reference;
use crate::observe::{ObserveError, Observed, ask_what_is_meant, observe};
use crate::plan::{self, PlanInput, Policy, may_mean, rekeyed, removals, renamed};
use crate::state::Recorded;

/// What the catalog says of a declaration that is only read in part, and would say of the whole.
const CERTAIN: [&str; 8] = [
    "parameter-value",
    "unknown-parameter",
    "unknown-product",
    "unknown-version",
    "unknown-output",
    "tag-value",
    "stack-set-constraint",
    "deprecated-version",
];

/// What else it says of one that something is wrong with, as long as that is none of the fields that it hangs on.
const HANGING: [Hanging; 9] = [
    Hanging { codes: &["unknown-path", "no-launch-path"], on: &[PRODUCT, PATH], is_lack: false },
    Hanging { codes: &["path-needed", "ambiguous-path"], on: &[PRODUCT, PATH], is_lack: true },
    Hanging { codes: &["ambiguous-product"], on: &[PRODUCT, VERSION, PATH], is_lack: true },
    Hanging {
        codes: &["ambiguous-version", "not-only-active"],
        on: &[PRODUCT, VERSION, PATH],
        is_lack: true,
    },
    Hanging { codes: &["missing-parameter"], on: &[PRODUCT, PATH, PARAMETERS], is_lack: true },
    Hanging { codes: &["not-a-stack-set"], on: &[PRODUCT, PATH, PREFERENCES], is_lack: false },
    Hanging { codes: &["tag-conflict", "catalog"], on: &[PRODUCT, PATH], is_lack: false },
    Hanging { codes: &["sensitive"], on: &[], is_lack: false },
    Hanging { codes: &["duplicate-name"], on: &[&["provisioned_product_name"]], is_lack: false },
];
const PRODUCT: &[&str] = &["product_name", "product_id"];
const VERSION: &[&str] = &["provisioning_artifact", "provisioning_artifact_name", "provisioning_artifact_id"];
const PATH: &[&str] = &["path_name", "path_id"];
const PREFERENCES: &[&str] = &["provisioning_preferences"];
const PARAMETERS: &[&str] = &["parameters", "ignore_changes"];

/// Findings that hang on fields of a declaration.
struct Hanging {
    codes: &'static [&'static str],
    on: &'static [&'static [&'static str]],
    /// They are about something that is not given.
    is_lack: bool,
}

/// What the catalog says of a declaration whatever was applied.
const WHATEVER_WAS_APPLIED: [&str; 6] = [
    "parameter-value",
    "unknown-parameter",
    "unknown-product",
    "unknown-version",
    "tag-value",
    "stack-set-constraint",
];

/// What is said of what is referred to, and may only not be known.
const UNKNOWN: &str = "cannot be filled";

/// Whoever reads in rounds meets a location that cannot be read in any of them.
const ROUNDS: usize = 4;

impl Workspace<'_> {
    /// Whether nothing is wrong with what is written down, as far as it can be told without asking anybody.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.problems.has_errors()
    }

    /// All that is wrong where something is, for whoever holds no store: what the state and the catalog say is asked too.
    #[must_use]
    pub fn wrong(&self, wish: &Wish) -> Problem {
        if self.doubts.state {
            return self.everything_wrong(wish, &Recorded::empty(Lineage::new("")), &DigestKey::new([0; 32]));
        }
        match self.repo.remembered() {
            Ok(Remembered { recorded, key, .. }) => self.everything_wrong(wish, &recorded, &key),
            Err(problem) => problem.beside(self.problems.clone(), &self.repo.sources),
        }
    }

    /// What is wrong with the declarations and with the wish, and what the catalog says of those with which nothing is. A
    /// catalog that cannot be read says nothing.
    pub(super) fn everything_wrong(&self, wish: &Wish, recorded: &Recorded, key: &DigestKey) -> Problem {
        let mut found = self.problems.clone();
        let Answer { found: more, unread } = self.asked(recorded, key);
        // what is wrong as it is written is not held against the catalog as well
        let of = |one: &Diagnostic| match &one.place {
            Some(Place::Node { file, path, .. }) if one.severity == Severity::Error => {
                Some((file.clone(), path.clone()))
            }
            _ => None,
        };
        let wrong: HashSet<_> = found.0.iter().filter_map(of).collect();
        let is_of_name = |one: &&Diagnostic| matches!(one.place, Some(Place::Node { part: Part::Key, .. }));
        let names: HashSet<_> = found.0.iter().filter(is_of_name).filter_map(of).collect();
        // there is no such parameter, whatever is wrong with its value
        let told = |one: &Diagnostic| if one.code == "unknown-parameter" { &names } else { &wrong };
        found.extend(more.into_iter().filter(|one| of(one).is_none_or(|place| !told(one).contains(&place))));
        let declared = Problem::findings(found.clone(), &self.repo.sources);
        let others = [self.missed(wish, recorded), unread].into_iter().flatten().reduce(Problem::with);
        match others {
            Some(others) => Problem { kind: declared.kind, ..others.beside(found, &self.repo.sources) },
            None => declared,
        }
    }

    /// The problem together with all that can be found beside it.
    pub(super) fn with_the_rest(
        &self,
        problem: Problem,
        wish: &Wish,
        recorded: &Recorded,
        key: &DigestKey,
    ) -> Problem {
        let found = if wish.destroy { Diagnostics::default() } else { self.asked(recorded, key).found };
        problem.beside(found, &self.repo.sources)
    }

    /// The patterns that name nothing, whatever becomes of declarations that are wrong.
    fn missed(&self, wish: &Wish, recorded: &Recorded) -> Option<Problem> {
        let desired = if wish.destroy { Desired::nothing() } else { self.everything_read() };
        let mut missed = wish.missed(&desired, recorded);
        if let (false, Some(keys)) = (wish.destroy, &self.keys) {
            missed.retain(|one| !keys.iter().any(|key| may_mean(&one.pattern, key)));
        } else if !wish.destroy {
            missed.clear();
        }
        (!missed.is_empty()).then(|| missed.into())
    }

    /// What can be read of all declarations.
    fn everything_read(&self) -> Desired {
        let products = self.desired.products.iter().chain(&self.partial.products);
        let products = products.map(|(address, product)| (address.clone(), product.clone()));
        Desired { products: products.collect(), ..self.desired.clone() }
    }

    /// What the catalog says of all declarations, wherever it can be asked.
    fn asked(&self, recorded: &Recorded, key: &DigestKey) -> Answer {
        let mut desired = self.everything_read();
        desired.externals.retain(|address, _| self.is_reached(&address.location));
        let (recorded, mut told) = self.as_moved(&desired, recorded);
        let recorded = &*recorded;
        let removals = removals(&desired, recorded).unwrap_or_else(|wrong| {
            told.extend(wrong);
            BTreeMap::new()
        });
        let Ok(Meant { policy, .. }) = Wish::default().meant_of(self, &desired, recorded) else {
            return Answer { found: told, unread: None };
        };
        let declared = |address: &&Address| {
            desired.products.contains_key(*address) && self.is_reached(&address.location)
        };
        let selected: BTreeSet<Address> = policy.selected.iter().filter(declared).cloned().collect();
        let mut policy = Policy { selected, removals, ..policy };
        let mut unread = UnreadLocations::default();
        let Some(mut observed) = self.observed(&mut desired, recorded, &mut policy, &mut unread) else {
            return Answer { found: told, unread: unread.problem };
        };
        let input = PlanInput { desired: &desired, recorded, observed: &observed, policy: &policy, key };
        plan::read_veiled(&input, self.repo.given_secrets()).over(&mut observed);
        let is_unread = |reference: &Reference| {
            let of = &reference.of;
            !observed.places.contains_key(&of.location)
                || !of.is_external() && !desired.products.contains_key(of)
        };
        let open = desired.products.iter().filter(|(_, product)| product.references().any(is_unread));
        let open: BTreeSet<&str> = open.map(|(address, _)| address.key.as_str()).collect();
        let keys: BTreeSet<&str> = self.partial.products.keys().map(|address| address.key.as_str()).collect();
        // what is wrong with it is told where that stands
        let untold = |one: &Diagnostic| one.code == "catalog" && !unread.partial.is_empty();
        let holds = |one: &Diagnostic| {
            let about = one.declaration();
            let is_sound = about.is_some_and(|key| !keys.contains(key) || self.holds_of(key, one));
            let is_open = one.label == UNKNOWN && about.is_some_and(|key| open.contains(key));
            let is_certain = !self.doubts.state || WHATEVER_WAS_APPLIED.contains(&one.code);
            let is_beside = ["imports", "external"].iter().any(|head| is_below(one, head));
            let is_of_existing = unread.lacks_some && (is_beside || one.label == UNKNOWN);
            (keys.is_empty() || is_sound || is_beside || CERTAIN.contains(&one.code))
                && !is_open
                && !is_of_existing
                && is_certain
                && !untold(one)
        };
        let input = PlanInput { desired: &desired, recorded, observed: &observed, policy: &policy, key };
        // where it is not known what there is, nothing can be decided
        let is_decided = !self.doubts.state && !unread.lacks_some;
        let wrong = if is_decided { plan::wrong(&input, &keys) } else { plan::checked(&input) };
        let wrong: Vec<Diagnostic> = wrong.into_iter().filter(holds).collect();
        told.extend(wherever_it_stands(wrong, &desired));
        Answer { found: self.repo.with_origins(told, desired.products.keys()), unread: unread.problem }
    }

    /// Whether a finding about a declaration holds whatever is meant where something is wrong with that.
    fn holds_of(&self, key: &str, one: &Diagnostic) -> bool {
        let hanging = HANGING.iter().find(|hanging| hanging.codes.contains(&one.code));
        let (Some(Hanging { on, is_lack, .. }), Some(wrong)) = (hanging, self.wrong.get(key)) else {
            return false;
        };
        !on.iter().any(|fields| if *is_lack { wrong.may_give(fields) } else { wrong.touch(fields) })
    }

    /// What is recorded, as it is once keys are renamed as declarations say; and those that cannot be.
    fn as_moved<'r>(&self, desired: &Desired, recorded: &'r Recorded) -> (Cow<'r, Recorded>, Diagnostics) {
        let mut told = Diagnostics::default();
        let moves = rekeyed(desired, recorded).unwrap_or_else(|wrong| {
            // what is not there may be a declaration that something is wrong with
            let holds = |one: &Diagnostic| self.is_sound() || one.code != "unknown-reference";
            told.extend(wrong.into_iter().filter(holds));
            Vec::new()
        });
        let moved = renamed(moves, recorded).map_or(Cow::Borrowed(recorded), |(recorded, _)| recorded);
        (moved, told)
    }

    /// Whether it is known how a location is reached.
    fn is_reached(&self, name: &LocationName) -> bool {
        let location = self.repo.settings.locations.get(name);
        location.is_some_and(|location| location.access != Access::Unknown)
    }

    /// What the catalogs that can be read say; of others, nothing is selected any more, and `unread` says what is wrong there.
    fn observed(
        &self,
        desired: &mut Desired,
        recorded: &Recorded,
        policy: &mut Policy,
        unread: &mut UnreadLocations,
    ) -> Option<Observed> {
        for _ in 0..ROUNDS {
            let asked = policy.selected.iter().chain(desired.externals.keys());
            let locations: BTreeSet<&LocationName> = asked.map(|address| &address.location).collect();
            let catalog = match self.repo.catalog_of(&locations) {
                Ok(catalog) => catalog,
                Err(problem) => {
                    let WhatIsLeft { catalog, out, partial, lacks_some } = self.repo.salvaged(&locations);
                    if unread.partial.is_empty() {
                        unread.tell(problem);
                    }
                    unread.partial.extend(partial);
                    unread.lacks_some |= lacks_some;
                    without(&out, desired, policy);
                    catalog?
                }
            };
            if policy.selected.is_empty() && desired.externals.is_empty() {
                return None;
            }
            let reader: &dyn CatalogRead = &*catalog;
            let deep = BTreeSet::new();
            let scope = self.scope(desired, recorded, &policy.selected, &deep);
            let errors = match observe(scope, reader) {
                Ok(mut observed) => {
                    ask_what_is_meant(reader, &mut observed);
                    return Some(observed);
                }
                Err(errors) => errors,
            };
            let out = errors.iter().map(|error| error.location().clone()).collect();
            let mistakes: Vec<ObserveError> =
                errors.into_iter().filter(|error| error.written().is_some()).collect();
            if !mistakes.is_empty() {
                unread.tell(Problem::unread(&mistakes, self.repo.stands(), &self.repo.sources));
            }
            let before = policy.selected.len();
            without(&out, desired, policy);
            if policy.selected.len() == before || policy.selected.is_empty() {
                return None;
            }
        }
        None
    }
}

/// Of what may stand on any location, only what holds of it on all of them.
fn wherever_it_stands(found: Vec<Diagnostic>, desired: &Desired) -> Vec<Diagnostic> {
    let mut anywhere: BTreeMap<&str, usize> = BTreeMap::new();
    // one that cannot be asked may be the one that is meant
    let open = desired.products.iter().filter(|(_, one)| one.unread.place);
    open.for_each(|(address, _)| *anywhere.entry(address.key.as_str()).or_default() += 1);
    let of = |one: &Diagnostic| {
        let key = one.found.as_ref().map(|found| found.declaration.clone())?;
        anywhere.get(key.as_str()).map(|asked| (key, *asked))
    };
    let is_same = |one: &Diagnostic, other: &Diagnostic| {
        (one.code, &one.place, &one.message) == (other.code, &other.place, &other.message)
    };
    let mut told: Vec<Diagnostic> = Vec::new();
    for one in &found {
        match of(one) {
            None => told.push(one.clone()),
            Some((key, asked)) => {
                let is_everywhere = found.iter().filter(|other| is_same(one, other)).count() >= asked;
                if is_everywhere && !told.iter().any(|other| is_same(one, other)) {
                    told.push(one.clone().found(key, None));
                }
            }
        }
    }
    told
}

/// Takes out what stands on these locations.
fn without(out: &BTreeSet<LocationName>, desired: &mut Desired, policy: &mut Policy) {
    policy.selected.retain(|address| !out.contains(&address.location));
    desired.externals.retain(|address, _| !out.contains(&address.location));
}

/// Whether a finding is about what stands at or below a key at the top of a file of declarations.
fn is_below(one: &Diagnostic, head: &str) -> bool {
    let Some(Place::Node { path, .. }) = &one.place else { return false };
    matches!(path.first(), Some(Segment::Key(top)) if top == head)
}

/// What the catalogs say.
#[derive(Default)]
struct Answer {
    /// What is wrong with declarations.
    found: Diagnostics,
    /// What is wrong with locations that cannot be read.
    unread: Option<Problem>,
}

/// The locations that cannot be read, or not as a whole.
#[derive(Default)]
struct UnreadLocations {
    /// What is wrong with them.
    problem: Option<Problem>,
    /// Those that do not tell of everything what it takes.
    partial: BTreeSet<LocationName>,
    /// Not all that is provisioned is there.
    lacks_some: bool,
}

impl UnreadLocations {
    fn tell(&mut self, problem: Problem) {
        self.problem = Some(self.problem.take().into_iter().fold(problem, Problem::with));
    }
}

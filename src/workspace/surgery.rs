//! Surgery on what is remembered: what it comes to that rows are moved or forgotten, and what follows from it. Nothing is
//! written here.

use std::collections::{BTreeMap, BTreeSet};

use super::Workspace;
use super::problem::{Complaint, Complaints, Problem, ProblemKind};
use crate::declare::{Location, Settings, is_reserved};
use crate::model::ids::{Address, Key, Labels, LocationName};
use crate::model::text::{did_you_mean, listed, quote};
use crate::plan::addresses;
use crate::state::{Change, Group, Kind, Recorded, Row, StateError};

/// What is to be written: all of it, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surgery {
    /// The writes.
    pub group: Group,
    /// What comes of them.
    pub foreseen: Foreseen,
}

/// What a person should know before a state is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The state as it is then.
    pub after: Recorded,
    /// What follows from it.
    pub notes: Vec<String>,
}

/// What surgery is decided by.
#[derive(Clone, Copy)]
pub struct Surgeon<'a> {
    /// What is remembered.
    pub recorded: &'a Recorded,
    /// The locations that there are.
    pub settings: &'a Settings,
    /// The declarations, where they can be read.
    pub written: Option<&'a Workspace<'a>>,
}

impl Surgeon<'_> {
    /// Rows at another address: all of one key, or the one that an address names.
    ///
    /// # Errors
    /// What names no row, or an address that is taken or none; a row whose operation is under way.
    pub fn moving(&self, from: &str, to: &str) -> Result<Surgery, Problem> {
        if let Some(pattern) = [from, to].into_iter().find(|text| text.contains('*')) {
            let message = format!("`{pattern}` is a pattern: one key or one address moves at a time");
            return Err(Problem::usage(message));
        }
        let rows = self.named(&[from.to_owned()])?;
        self.are_settled(&rows)?;
        let moves = rows.iter().map(|from| Ok((from.clone(), self.destination(from, rows.len(), to)?)));
        let moves: BTreeMap<Address, Address> = moves.collect::<Result<_, Problem>>()?;
        if moves.iter().all(|(from, to)| from == to) {
            return Err(Problem::input(format!("`{from}` is `{to}` already")));
        }
        self.are_free(&moves)?;
        let mut group = Group::default();
        for (from, to) in &moves {
            let one = Group::of(self.recorded, from, vec![Change::Moved { to: to.clone() }]);
            let one = one.reading(self.recorded, [to]);
            group.writes.extend(one.writes);
            group.reads.extend(one.reads);
        }
        let notes = moves.iter().flat_map(|(from, to)| self.follows_move(from, to)).collect();
        self.surgery(group, notes)
    }

    /// Rows that are forgotten, while their provisioned products stay.
    ///
    /// # Errors
    /// What names no row, and rows whose operation is under way.
    pub fn forgetting(&self, patterns: &[String]) -> Result<Surgery, Problem> {
        let rows = self.named(patterns)?;
        self.are_settled(&rows)?;
        let writes =
            rows.iter().flat_map(|address| Group::of(self.recorded, address, vec![Change::Forget]).writes);
        let group = Group { writes: writes.collect(), reads: Vec::new() };
        let notes = rows.iter().flat_map(|address| self.follows_forgetting(address)).collect();
        self.surgery(group, notes)
    }

    /// What an earlier state said holds again.
    ///
    /// # Errors
    /// Another state's; rows whose operation is under way.
    pub fn going_back(&self, then: Recorded) -> Result<Foreseen, Problem> {
        self.are_settled(&self.recorded.rows.keys().cloned().collect())?;
        self.recorded.may_go_back(&then).map_err(|error| match error {
            StateError::Corrupt { reason, hint } => {
                Problem::new(ProblemKind::State, format!("cannot go back to it: {reason}")).hint(hint)
            }
            other => other.into(),
        })?;
        let after = self.recorded.gone_back(then);
        let lost = self.recorded.differences(&after).into_iter().filter(|one| one.after.is_none());
        let lost: Vec<Address> = lost.map(|one| one.address.clone()).collect();
        let notes = lost.iter().flat_map(|address| self.follows_forgetting(address)).collect();
        Ok(Foreseen { after, notes })
    }

    fn surgery(&self, group: Group, notes: Vec<String>) -> Result<Surgery, Problem> {
        let mut after = self.recorded.clone();
        match after.commit(std::slice::from_ref(&group), None) {
            Ok(_) => Ok(Surgery { group, foreseen: Foreseen { after, notes } }),
            Err(StateError::Invalid { address, reason }) => {
                Err(Problem::input(format!("`{address}`: {reason}")))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn named(&self, patterns: &[String]) -> Result<BTreeSet<Address>, Problem> {
        let all: BTreeSet<Address> = self.recorded.rows.keys().cloned().collect();
        Ok(addresses(patterns, &all, &self.recorded.labels())?)
    }

    /// A request that was sent may still arrive: whose row it is must be known until that is over.
    fn are_settled(&self, rows: &BTreeSet<Address>) -> Result<(), Problem> {
        let labels = self.recorded.labels();
        let under_way = rows.iter().filter_map(|address| {
            let intent = self.recorded.rows.get(address)?.intent.as_ref()?;
            let (label, kind) = (labels.label(address), under_way(intent.kind));
            let message = format!("`{label}`: {kind} is under way (operation {})", intent.op_no);
            let hint =
                "`provisor apply` brings it to its end first: what was sent may still come to something";
            Some(Complaint { message, ..Complaint::default() }.hint(Some(hint.to_owned())))
        });
        refused(under_way.collect())
    }

    fn are_free(&self, moves: &BTreeMap<Address, Address>) -> Result<(), Problem> {
        let labels = self.labels(moves.values());
        let taken = moves.values().filter_map(|to| {
            let row = self.recorded.rows.get(to)?;
            let message = format!("`{}` is taken: it is {}", labels.label(to), product(row));
            let hint = format!("move or forget that one first: `provisor state rm {}`", labels.label(to));
            Some(Complaint { message, ..Complaint::default() }.hint(Some(hint)))
        });
        refused(taken.collect())
    }

    /// Where a row goes: to another key where it stands, or to the address that is written out.
    fn destination(&self, from: &Address, rows: usize, to: &str) -> Result<Address, Problem> {
        let key = to.split_once('@').map_or(to, |(key, _)| key);
        if is_reserved(key) {
            let message = format!("`{key}` is a reserved word: nothing can be declared under it");
            return Err(Problem::input(message).hint("choose another key"));
        }
        let Some((key, at)) = to.split_once('@') else {
            return Ok(Address { key: Key::from(to), location: from.location.clone() });
        };
        if rows > 1 {
            let message = format!("`{from}` is one of {rows} rows, and `{to}` is one address");
            let labels = self.recorded.labels();
            return Err(Problem::input(message)
                .hint(format!("say which one moves there, such as `{}`", labels.label(from))));
        }
        let name = self.location(from, at)?;
        if let Some(row) = self.recorded.rows.get(from)
            && let Some(location) = self.settings.locations.get(&name)
            && let Some(other) = elsewhere(row, location)
        {
            let message = format!("`{from}` cannot move to `{name}`: its provisioned product is in {other}");
            let hint = "a row moves between names of one account and region; what is to live elsewhere is made anew there";
            return Err(Problem::refused(message, hint));
        }
        Ok(Address { key: Key::from(key), location: name })
    }

    /// The location that is meant, of those that there are: by its name, or by its account's.
    fn location(&self, from: &Address, at: &str) -> Result<LocationName, Problem> {
        let recorded = self.recorded.rows.keys().map(|address| &address.location);
        let known: BTreeSet<&LocationName> = self.settings.locations.keys().chain(recorded).collect();
        let region = |name: &LocationName| name.as_str().split_once('/').map(|(_, region)| region.to_owned());
        let of_account: Vec<&LocationName> =
            known.iter().copied().filter(|name| name.account() == at || name.as_str() == at).collect();
        let same = of_account.iter().find(|name| region(name) == region(&from.location));
        match (of_account.as_slice(), same) {
            ([one], _) => Ok((*one).clone()),
            (_, Some(one)) => Ok((*one).clone()),
            ([], None) => {
                let problem = Problem::input(format!("there is no location `{at}`"));
                let names = known.iter().flat_map(|name| [name.as_str(), name.account()]);
                let all = || format!("there is {}", listed(known.iter().map(quote), 8));
                Err(problem.hint(did_you_mean(at, names).unwrap_or_else(all)))
            }
            (several, None) => Err(Problem::input(format!("`{at}` has several regions"))
                .hint(format!("say which one: {}", listed(several.iter().map(quote), 8)))),
        }
    }

    fn follows_move(&self, from: &Address, to: &Address) -> Vec<String> {
        let labels = self.labels([from, to]);
        let (old, new) = (labels.label(from), labels.label(to));
        let Some(written) = self.written else {
            return vec![format!(
                "the declarations cannot be read: whether `{new}` is declared was not looked at"
            )];
        };
        let name = self.recorded.rows.get(from).and_then(|row| Some(&row.binding.as_ref()?.name));
        let claims =
            |name: &String| written.desired.products.get(from).is_some_and(|product| product.name == *name);
        match (written.declares(from), written.declares(to)) {
            (None, Some(_)) => Vec::new(),
            (None, None) => vec![format!(
                "`{new}` is not declared: until it is, the next plan takes its provisioned product for one that is no longer wanted"
            )],
            (Some(at), None) if name.is_some_and(claims) => vec![format!(
                "`{old}` is still declared ({at}), and `{new}` is not: rename it there to `{}`, or the next apply takes this back",
                to.key
            )],
            (Some(at), _) => {
                vec![format!("`{old}` is still declared ({at}): the next plan provisions it anew")]
            }
        }
    }

    fn follows_forgetting(&self, address: &Address) -> Vec<String> {
        let label = self.recorded.labels().label(address);
        let binding = self.recorded.rows.get(address).and_then(|row| row.binding.as_ref());
        let mut notes: Vec<String> = binding
            .map(|binding| {
                format!(
                    "`{label}`: {} (`{}`) stays as it is, and is managed by nobody; `provisor import {label} {}` brings it back",
                    binding.id, binding.name, binding.id
                )
            })
            .into_iter()
            .collect();
        if let Some(at) = self.written.and_then(|written| written.declares(address)) {
            notes.push(match binding {
                Some(_) => format!(
                    "`{label}` is still declared ({at}): until it is imported, or no longer declared, plans refuse it, as its name is taken"
                ),
                None => format!("`{label}` is still declared ({at}): the next plan provisions it"),
            });
        }
        notes
    }

    /// How addresses are written beside those that there are.
    fn labels<'b>(&'b self, more: impl IntoIterator<Item = &'b Address>) -> Labels {
        Labels::of(self.recorded.rows.keys().chain(more))
    }
}

/// What is under way, as a noun.
const fn under_way(kind: Kind) -> &'static str {
    match kind {
        Kind::Provision => "a provision",
        Kind::Update => "an update",
        Kind::Terminate | Kind::Retain => "a termination",
    }
}

fn product(row: &Row) -> String {
    row.binding.as_ref().map_or_else(
        || "a row without a provisioned product".to_owned(),
        |binding| format!("{} (`{}`)", binding.id, binding.name),
    )
}

/// Where a row's provisioned product is, if that is not this location.
fn elsewhere(row: &Row, location: &Location) -> Option<String> {
    let is_region = location.region == row.home.region;
    let is_account = location.account_id.as_ref().is_none_or(|account| *account == row.home.account);
    let home = || format!("{} in {}", row.home.account, row.home.region);
    let may_be_there = row.home.account.as_str().is_empty() || is_region && is_account;
    (!may_be_there).then(home)
}

fn refused(complaints: Vec<Complaint>) -> Result<(), Problem> {
    if complaints.is_empty() {
        return Ok(());
    }
    Err(Problem { kind: ProblemKind::Refused, complaints: Complaints::Sentences(complaints) })
}

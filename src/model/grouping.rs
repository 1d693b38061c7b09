//! One mistake is told once, whatever it spoils: equal findings become one that says for which declarations and on which
//! locations it was made.

use std::collections::{BTreeSet, HashMap};

use super::diagnostic::{Diagnostic, Diagnostics, Occurrence};
use super::text::{count, listed, quote};

/// So many names are written out; of more, the first and the last.
const NAMED: usize = 3;
/// So many findings of one kind at one place are told, if only values differ between them.
const ALIKE: usize = 2;

/// So many groups at one place are looked through for one that a finding belongs to.
const SEARCHED: usize = 10;

/// What is missing below a place: another thing for each declaration.
const BELOW: [&str; 1] = ["missing-parameter"];

/// What is said once, however often it is used.
const EVERYWHERE: [&str; 1] = ["no-value"];

/// Equal findings, and what they are about.
struct Repeated {
    first: Diagnostic,
    found: BTreeSet<Occurrence>,
    /// What is said of other declarations, where it is not said in the same words.
    others: BTreeSet<String>,
}

/// Each finding once, in the order in which they were made first. Those that differ in values only, at one place of a file,
/// are told as one beyond a few.
#[must_use]
pub fn grouped(problems: Diagnostics) -> Diagnostics {
    let mut groups: Vec<Repeated> = Vec::new();
    let mut same: HashMap<(&str, String, String), usize> = HashMap::new();
    let mut alike: HashMap<(&str, String), Vec<usize>> = HashMap::new();
    for mut one in problems {
        let place = format!("{:?}", one.place);
        let counts = if EVERYWHERE.contains(&one.code) { String::new() } else { place.clone() };
        let key = (one.code, one.message.clone(), counts);
        let near = alike.entry((one.code, place)).or_default();
        let is = |n: &usize, apart: fn(&Repeated, &Diagnostic) -> bool| {
            groups.get(*n).is_some_and(|group| apart(group, &one))
        };
        let shared = || near.iter().take(SEARCHED).copied().find(|n| is(n, Repeated::is_shared));
        let other = || near.get(ALIKE).copied().filter(|n| is(n, Repeated::is_apart));
        let known = same.get(&key).copied().or_else(shared).or_else(other);
        let found = one.found.take().map(|found| *found);
        let n = known.unwrap_or(groups.len());
        same.entry(key).or_insert(n);
        match groups.get_mut(n) {
            Some(group) => group.take(one.message, found),
            None => {
                near.push(n);
                let found = found.into_iter().collect();
                groups.push(Repeated { first: one, found, others: BTreeSet::new() });
            }
        }
    }
    Diagnostics(groups.into_iter().map(Repeated::told).collect())
}

impl Repeated {
    /// Whether a finding at the same place is about another location or declaration: what differs is a value.
    fn is_apart(&self, one: &Diagnostic) -> bool {
        one.place.is_some() && one.found.as_ref().is_some_and(|found| !self.found.contains(found))
    }

    /// Whether a finding at the same place is about another declaration: what is written there is written for all of them,
    /// and wrong once.
    fn is_shared(&self, one: &Diagnostic) -> bool {
        let Some(found) = &one.found else { return false };
        !BELOW.contains(&one.code) && one.place.is_some() && !self.found.is_empty() && !self.speaks_of(found)
    }

    /// Whether it was found for that declaration already, on whatever location.
    fn speaks_of(&self, one: &Occurrence) -> bool {
        let first = Occurrence { declaration: one.declaration.clone(), location: None };
        self.found.range(first..).next().is_some_and(|other| other.declaration == one.declaration)
    }

    fn take(&mut self, message: String, found: Option<Occurrence>) {
        let is_new = found.as_ref().is_some_and(|found| !self.speaks_of(found));
        if is_new && message != self.first.message && self.others.len() < NAMED {
            self.others.insert(message);
        }
        self.found.extend(found);
    }

    /// The finding with its note.
    fn told(mut self) -> Diagnostic {
        for other in std::mem::take(&mut self.others) {
            self.first = self.first.note(other);
        }
        let locations: BTreeSet<&str> = self.found.iter().filter_map(|one| one.location.as_deref()).collect();
        let declarations: BTreeSet<&str> = self.found.iter().map(|one| one.declaration.as_str()).collect();
        let on = (!locations.is_empty()).then(|| format!("on {}", named(&locations)));
        let of = (declarations.len() > 1).then(|| match declarations.len() {
            few if few <= NAMED => format!("for {}", named(&declarations)),
            many => count(many, "declaration"),
        });
        let parts: Vec<String> = on.into_iter().chain(of).collect();
        if parts.is_empty() { self.first } else { self.first.note(parts.join(", ")) }
    }
}

/// "`a`, `b`", "`a00` … `a39` (40)".
fn named(names: &BTreeSet<&str>) -> String {
    match (names.first(), names.last()) {
        (Some(first), Some(last)) if names.len() > NAMED => {
            format!("{} … {} ({})", quote(first), quote(last), names.len())
        }
        _ => listed(names.iter().map(quote), NAMED),
    }
}

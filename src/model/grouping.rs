//! One mistake is told once, whatever it spoils: equal findings become one that says for which declarations and on which
//! locations it was made.

use std::collections::{BTreeSet, HashMap};

use super::diagnostic::{Diagnostic, Diagnostics, Occurrence};
use super::text::{count, listed, quote};

/// So many names are written out; of more, the first and the last.
const NAMED: usize = 3;
/// So many findings of one kind at one place are told, if only values differ between them.
const ALIKE: usize = 2;

/// What is said once, however often it is used.
const EVERYWHERE: [&str; 1] = ["no-value"];

/// Equal findings, and what they are about.
struct Repeated {
    first: Diagnostic,
    found: BTreeSet<Occurrence>,
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
        let other =
            || near.get(ALIKE).copied().filter(|n| groups.get(*n).is_some_and(|group| group.is_apart(&one)));
        let known = same.get(&key).copied().or_else(other);
        let found = one.found.take().map(|found| *found);
        match known.and_then(|n| groups.get_mut(n)) {
            Some(group) => group.found.extend(found),
            None => {
                same.insert(key, groups.len());
                near.push(groups.len());
                groups.push(Repeated { first: one, found: found.into_iter().collect() });
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

    /// The finding with its note.
    fn told(self) -> Diagnostic {
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

//! One mistake is told once, whatever it spoils: equal findings become one that says for which declarations and on which
//! locations it was made.

use std::collections::HashMap;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::text::{count, listed, quote};

/// So many names are written out; of more, the first and the last.
const NAMED: usize = 3;
/// So many findings of one kind at one place are told, if only values differ between them.
const ALIKE: usize = 2;

/// What is said once, however often it is used.
const EVERYWHERE: [&str; 1] = ["no-value"];

/// Each finding once, in the order in which they were made first. Those that differ in values only, at one place of a file,
/// are told as one beyond a few.
#[must_use]
pub fn grouped(problems: Diagnostics) -> Diagnostics {
    let mut groups: Vec<Diagnostic> = Vec::new();
    let mut same: HashMap<(&str, String, String), usize> = HashMap::new();
    let mut alike: HashMap<(&str, String), Vec<usize>> = HashMap::new();
    for mut one in problems {
        let place = format!("{:?}", one.place);
        let counts = if EVERYWHERE.contains(&one.code) { String::new() } else { place.clone() };
        let key = (one.code, one.message.clone(), counts);
        let near = alike.entry((one.code, place)).or_default();
        let other =
            || near.get(ALIKE).copied().filter(|n| groups.get(*n).is_some_and(|group| apart(group, &one)));
        let known = same.get(&key).copied().or_else(other);
        match known.and_then(|n| groups.get_mut(n)) {
            Some(group) => group.found.append(&mut one.found),
            None => {
                same.insert(key, groups.len());
                near.push(groups.len());
                groups.push(one);
            }
        }
    }
    Diagnostics(groups.into_iter().map(told).collect())
}

/// Whether two findings at one place are about different locations or declarations: what differs is a value.
fn apart(group: &Diagnostic, one: &Diagnostic) -> bool {
    one.place.is_some() && !one.found.is_empty() && !one.found.iter().any(|found| group.found.contains(found))
}

/// The finding with its note.
fn told(mut group: Diagnostic) -> Diagnostic {
    let mut found = std::mem::take(&mut group.found);
    found.sort();
    found.dedup();
    let mut locations: Vec<&str> = found.iter().filter_map(|one| one.location.as_deref()).collect();
    let mut declarations: Vec<&str> = found.iter().map(|one| one.declaration.as_str()).collect();
    for names in [&mut locations, &mut declarations] {
        names.sort_unstable();
        names.dedup();
    }
    let on = (!locations.is_empty()).then(|| format!("on {}", named(&locations)));
    let of = (declarations.len() > 1).then(|| match declarations.len() {
        few if few <= NAMED => format!("for {}", named(&declarations)),
        many => count(many, "declaration"),
    });
    let parts: Vec<String> = on.into_iter().chain(of).collect();
    if parts.is_empty() { group } else { group.note(parts.join(", ")) }
}

/// "`a`, `b`", "`a00` … `a39` (40)".
fn named(names: &[&str]) -> String {
    match names {
        [first, .., last] if names.len() > NAMED => {
            format!("{} … {} ({})", quote(first), quote(last), names.len())
        }
        few => listed(few.iter().map(quote), NAMED),
    }
}

//! Circles among modules. A folder and what is in it are one house: between a module and those below it, nothing counts.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::Import;

/// The groups of modules each of which needs every other one, directly or not.
pub fn circles(imports: &[Import]) -> Vec<Vec<String>> {
    let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Import { from, to, .. } in imports.iter().filter(|import| !is_within(import)) {
        reach.entry(from).or_default().insert(to);
    }
    close(&mut reach);
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (from, reached) in &reach {
        let back = |to: &&&str| reach.get(**to).is_some_and(|reached| reached.contains(from));
        let circle: Vec<String> = reached.iter().filter(back).map(|name| (*name).to_owned()).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

fn is_within(import: &Import) -> bool {
    let below = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with("::"));
    below(&import.from, &import.to) || below(&import.to, &import.from)
}

/// Adds what is reached through others, until nothing is new.
fn close(reach: &mut BTreeMap<&str, BTreeSet<&str>>) {
    loop {
        let mut grown = false;
        let names: Vec<&str> = reach.keys().copied().collect();
        for name in names {
            let further: BTreeSet<&str> =
                reach[name].iter().filter_map(|next| reach.get(next)).flatten().copied().collect();
            let own = reach.entry(name).or_default();
            let before = own.len();
            own.extend(further);
            grown |= own.len() > before;
        }
        if !grown {
            return;
        }
    }
}

#[test]
fn a_ring_is_found_and_a_folder_is_none() {
    let import = |(from, to): &(&str, &str)| Import {
        from: format!("crate::{from}"),
        to: format!("crate::{to}"),
        place: String::new(),
    };
    let ring = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "e::f"), ("e::f", "e")];
    let circles = circles(&ring.iter().map(import).collect::<Vec<_>>());
    assert_eq!(circles, [["crate::a", "crate::b", "crate::c"]]);
}

//! Keys that are moved: what has another address from now on, and is the same product.

use std::collections::{BTreeMap, BTreeSet};

use super::heading::spanned;
use crate::model::ids::{Address, Labels};

/// A key that is moved, and nothing else of its product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveView {
    /// The address that it had, as people write it.
    pub from: String,
    /// The address that it has.
    pub to: String,
    keys: [String; 2],
    location: String,
}

/// A key that is moved, on all its locations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveGroup {
    /// The address that it had; of several, the key and where that is: `net on dev, prod`.
    pub from: String,
    /// The address that it has, or the key.
    pub to: String,
}

impl MoveView {
    pub(super) fn of(from: &Address, to: &Address, labels: &Labels) -> Self {
        Self {
            from: labels.label(from),
            to: labels.label(to),
            keys: [from.key.to_string(), to.key.to_string()],
            location: labels.location(&to.location).to_owned(),
        }
    }
}

impl MoveGroup {
    /// The keys that are moved, one that stands on several locations once; `standing_on` says where those stand.
    pub(super) fn all(moved: &[MoveView], standing_on: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<Self> {
        let mut groups: Vec<Vec<&MoveView>> = Vec::new();
        let mut by_keys: BTreeMap<&[String; 2], usize> = BTreeMap::new();
        for one in moved {
            let ix = *by_keys.entry(&one.keys).or_insert(groups.len());
            match groups.get_mut(ix) {
                Some(group) => group.push(one),
                None => groups.push(vec![one]),
            }
        }
        groups.iter().filter_map(|group| Self::of(group, standing_on)).collect()
    }

    fn of(moved: &[&MoveView], standing_on: &BTreeMap<&str, BTreeSet<&str>>) -> Option<Self> {
        let [first, _, ..] = moved else {
            return moved.first().map(|one| Self { from: one.from.clone(), to: one.to.clone() });
        };
        let [from, to] = &first.keys;
        let places: Vec<&str> = moved.iter().map(|one| one.location.as_str()).collect();
        let among = standing_on.get(to.as_str()).into_iter().flatten().copied();
        Some(Self { from: format!("{from} on {}", spanned(&places, among)), to: to.clone() })
    }
}

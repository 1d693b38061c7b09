//! Two states held against each other, row by row: what a person is shown before one takes the other's place. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{Birth, Recorded, Row, Version};
use provisor_model::ids::Address;

/// What is not the same of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowDifference<'a> {
    /// Where the row stands afterwards; where it stood, if it stands nowhere then.
    pub address: &'a Address,
    /// Where it stood before, if that was elsewhere.
    pub from: Option<&'a Address>,
    /// As it was; `None`: it is new.
    pub before: Option<&'a Row>,
    /// As it is then; `None`: it is forgotten.
    pub after: Option<&'a Row>,
}

impl Recorded {
    /// What another state says otherwise, by address. Who wrote a row, and how often, does not count.
    #[must_use]
    pub fn differences<'a>(&'a self, then: &'a Self) -> Vec<RowDifference<'a>> {
        let stood: BTreeMap<Birth, &Address> =
            self.rows.iter().map(|(address, row)| (row.version.birth, address)).collect();
        let (mut found, mut kept) = (Vec::new(), BTreeSet::new());
        for (address, after) in &then.rows {
            let from = stood.get(&after.version.birth).copied().filter(|from| *from != address);
            let before = self.rows.get(from.unwrap_or(address));
            kept.extend(before.map(|before| before.version.birth));
            if from.is_some() || before.is_none_or(|before| !is_same(before, after)) {
                found.push(RowDifference { address, from, before, after: Some(after) });
            }
        }
        let gone = self.rows.iter().filter(|(_, before)| !kept.contains(&before.version.birth));
        found.extend(gone.map(|(address, before)| RowDifference {
            address,
            from: None,
            before: Some(before),
            after: None,
        }));
        found.sort_by_key(|one| (one.address, one.after.is_some()));
        found
    }
}

fn is_same(one: &Row, other: &Row) -> bool {
    let bare = |row: &Row| {
        let version = Version { n: 0, ..row.version };
        Row { version, by: None, ..row.clone() }
    };
    bare(one) == bare(other)
}

//! Blocks that are alike on several locations.

use std::collections::{BTreeMap, BTreeSet};

use super::block::Block;

/// Blocks of one declaration that say the same but for names and values; a block that is like no other is a group of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockGroup<'a> {
    /// The members, in the order of the plan; never empty. They have the same key, act, fate, causes and properties.
    pub members: Vec<Block<'a>>,
    /// The keys of the properties whose values differ among the members.
    pub differing: BTreeSet<String>,
}

impl<'a> BlockGroup<'a> {
    /// Puts blocks together. Groups stand in the order of their first members.
    pub(super) fn of(blocks: impl Iterator<Item = Block<'a>>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for block in blocks {
            let same_key = by_key.entry(block.key).or_default();
            let alike = |ix: &&usize| groups.get(**ix).is_some_and(|group| group.takes(&block));
            match same_key.iter().find(alike).copied().and_then(|ix| groups.get_mut(ix)) {
                Some(group) => group.add(block),
                None => {
                    same_key.push(groups.len());
                    groups.push(Self { members: vec![block], differing: BTreeSet::new() });
                }
            }
        }
        groups
    }

    fn takes(&self, block: &Block<'_>) -> bool {
        self.members.first().is_some_and(|first| first.is_like(block))
    }

    fn add(&mut self, block: Block<'a>) {
        let first = self.members.iter().take(1).flat_map(|first| &first.properties);
        let pairs = first.zip(&block.properties).filter(|(one, other)| one != other);
        self.differing.extend(pairs.map(|(one, _)| one.key.clone()));
        self.members.push(block);
    }
}

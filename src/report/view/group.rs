//! Blocks that are alike on several locations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::block::Block;
use super::property::Property;

/// Blocks of one declaration that say the same but for names and values; a block that is like no other is a group of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockGroup<'a> {
    /// The members, in the order of the plan; never empty. They have the same key, act, fate, causes and properties.
    pub members: Vec<Block<'a>>,
    /// The keys of the properties whose values differ among the members.
    pub differing: BTreeSet<String>,
}

/// A value of a property, and where it is that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread<'g> {
    /// The property of the first member that has it.
    pub property: &'g Property,
    /// Whose it is; empty if it is everybody's.
    pub places: Vec<&'g str>,
}

impl<'a> BlockGroup<'a> {
    /// Puts blocks together. Groups stand in the order of their first members.
    pub(super) fn of(blocks: impl IntoIterator<Item = Block<'a>>) -> Vec<Self> {
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

    /// The properties of its members in their order: one value where all have the same, otherwise each value that occurs.
    #[must_use]
    pub fn properties(&self) -> Vec<Vec<Spread<'_>>> {
        let Some(first) = self.members.first() else { return Vec::new() };
        let all = first.properties.iter().enumerate();
        all.map(|(n, property)| match self.differing.contains(&property.key) {
            true => self.spread(n),
            false => vec![Spread { property, places: Vec::new() }],
        })
        .collect()
    }

    /// The values of one property, equal ones together.
    fn spread(&self, n: usize) -> Vec<Spread<'_>> {
        let mut values: Vec<Spread<'_>> = Vec::new();
        let mut by_value: HashMap<String, usize> = HashMap::new();
        for member in &self.members {
            let Some(property) = member.properties.get(n) else { continue };
            let value = format!("{:?}{:?}{:?}", property.before, property.after, property.remarks);
            let ix = *by_value.entry(value).or_insert(values.len());
            match values.get_mut(ix) {
                Some(spread) => spread.places.push(member.title.location),
                None => values.push(Spread { property, places: vec![member.title.location] }),
            }
        }
        values
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

//! Blocks that are alike on several locations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::block::Block;
use super::cause::Cause;
use super::diff::Mark;
use super::own::Pattern;
use super::property::Property;
use crate::plan::{Refusal, Shown};

/// So few names are told as they are.
const FEW: usize = 3;

/// Blocks of one declaration that say the same but for names, ids and values; a block that is like no other is a group of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockGroup<'a> {
    /// The members, in the order of the plan; never empty. They have the same key, act and fate, and causes and properties
    /// that are alike.
    pub members: Vec<Block<'a>>,
    /// The keys of the properties whose values differ among the members.
    pub differing: BTreeSet<String>,
    /// Where its declaration stands, as far as the plan knows.
    pub among: BTreeSet<&'a str>,
    /// The words that stand in texts for what is another thing for each member.
    words: BTreeMap<String, String>,
    /// What that is: for each word, the members' own.
    own: Vec<Vec<Property>>,
}

/// What some members of a group are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameSpread<'g, 'a> {
    /// The name, if they have one.
    pub name: Option<String>,
    /// Those that are called so, in the order of the plan.
    pub members: Vec<&'g Block<'a>>,
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
    pub(super) fn of(
        blocks: impl IntoIterator<Item = Block<'a>>,
        standing: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    ) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for block in blocks {
            let same_key = by_key.entry(block.key).or_default();
            let alike = |ix: &&usize| groups.get(**ix).is_some_and(|group| group.takes(&block));
            match same_key.iter().find(alike).copied().and_then(|ix| groups.get_mut(ix)) {
                Some(group) => group.add(block),
                None => {
                    same_key.push(groups.len());
                    let among = standing.get(block.key).cloned().unwrap_or_default();
                    groups.push(Self::of_one(block, among));
                }
            }
        }
        groups.iter_mut().for_each(Self::name_differing);
        groups
    }

    fn of_one(block: Block<'a>, among: BTreeSet<&'a str>) -> Self {
        Self {
            members: vec![block],
            differing: BTreeSet::new(),
            among,
            words: BTreeMap::new(),
            own: Vec::new(),
        }
    }

    /// Finds words for what is another thing for each member.
    fn name_differing(&mut self) {
        let patterns: Vec<&Pattern> = self.members.iter().map(|member| &member.pattern).collect();
        let differing = Pattern::differing(&patterns);
        self.words = Pattern::words(&differing);
        let told = differing.into_iter().filter(|one| !one.is_place());
        self.own = told.map(|one| one.values.iter().map(|value| own(&one.word, value)).collect()).collect();
    }

    /// A text of its first member as it holds for all of them.
    fn general(&self, text: &str) -> String {
        let own = self.members.first().map(|first| &first.own);
        own.map_or_else(|| text.to_owned(), |own| own.with(text, &self.words))
    }

    /// What its members are called, those that are called alike together. What differs only by where it is has a word there,
    /// `net-LOCATION`, unless they are few.
    #[must_use]
    pub fn names(&self) -> Vec<NameSpread<'_, 'a>> {
        let mut same: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for member in &self.members {
            *same.entry(member.title.name).or_default() += 1;
        }
        let told = |member: &Block<'a>| {
            let name = member.title.name?;
            let is_alone = same.get(&Some(name)) == Some(&1) && self.members.len() > FEW;
            let words = || member.own.pattern([name]).places();
            Some(if is_alone { member.own.with(name, &words()) } else { name.to_owned() })
        };
        let mut all: Vec<NameSpread<'_, 'a>> = Vec::new();
        let mut known: BTreeMap<Option<String>, usize> = BTreeMap::new();
        for member in &self.members {
            let name = told(member);
            let n = *known.entry(name.clone()).or_insert(all.len());
            match all.get_mut(n) {
                Some(named) => named.members.push(member),
                None => all.push(NameSpread { name, members: vec![member] }),
            }
        }
        for named in &mut all {
            if let [one] = named.members.as_slice() {
                named.name = one.title.name.map(str::to_owned);
            }
        }
        all
    }

    /// Why its members are there, as it holds for all of them.
    #[must_use]
    pub fn causes(&self) -> Vec<Cause<'static>> {
        let causes = self.members.first().map(|first| first.causes.as_slice()).unwrap_or_default();
        causes.iter().map(|cause| cause.told(|text| self.general(text))).collect()
    }

    /// Why they cannot or must not be done, as it holds for all of them.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let Refusal { rule, message, hint } = self.members.first()?.refusal?;
        let hint = hint.as_ref().map(|hint| self.general(hint));
        Some(Refusal { rule: *rule, message: self.general(message), hint })
    }

    /// The properties of its members in their order: one value where all have the same, otherwise each value that occurs.
    /// Before them, what a word in a text stands for.
    #[must_use]
    pub fn properties(&self) -> Vec<Vec<Spread<'_>>> {
        let Some(first) = self.members.first() else { return Vec::new() };
        let own = self.own.iter().map(|values| self.spread(values.iter().map(Some)));
        let all = first.properties.iter().enumerate();
        let all = all.map(|(n, property)| match self.differing.contains(&property.key) {
            true => self.spread(self.members.iter().map(|member| member.properties.get(n))),
            false => vec![Spread { property, places: Vec::new() }],
        });
        own.chain(all).collect()
    }

    /// The values of one property, member by member, equal ones together.
    fn spread<'g>(&'g self, of: impl Iterator<Item = Option<&'g Property>>) -> Vec<Spread<'g>> {
        let mut values: Vec<Spread<'_>> = Vec::new();
        let mut by_value: HashMap<String, usize> = HashMap::new();
        for (member, property) in self.members.iter().zip(of) {
            let Some(property) = property else { continue };
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

/// What a word in a text stands for.
fn own(word: &str, value: &str) -> Property {
    Property {
        key: word.to_owned(),
        mark: Mark::Context,
        before: Shown::Absent,
        after: Shown::Text(value.to_owned()),
        remarks: Vec::new(),
    }
}

//! A manifest while it is put together: trees of several files, where each value knows the file and the line that it stands at.

use std::collections::BTreeMap;

use super::super::foreign::OtherFile;
use super::super::marked::{Marked, MarkedKind, read};
use super::scalar::PuppetScalar;

/// Where something stands: a file of the manifest, by its number, and a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ItemPlace {
    pub file: usize,
    pub line: usize,
}

/// A value of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PuppetItem {
    pub at: ItemPlace,
    /// `Equals` of `!Equals`.
    pub tag: Option<String>,
    pub kind: ItemKind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ItemKind {
    Scalar(PuppetScalar),
    List(Vec<PuppetItem>),
    Map(BTreeMap<String, PuppetItem>),
}

impl PuppetItem {
    /// The whole of a file. One that holds nothing is an empty map.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of_file(text: &str, file: usize) -> Result<Self, OtherFile> {
        let is_blank = |line: &str| matches!(line.trim_start().chars().next(), None | Some('#'));
        if text.lines().all(is_blank) {
            return Ok(Self::map(ItemPlace { file, line: 1 }, BTreeMap::new()));
        }
        Self::of(read(text)?, file)
    }

    pub fn map(at: ItemPlace, pairs: BTreeMap<String, Self>) -> Self {
        Self { at, tag: None, kind: ItemKind::Map(pairs) }
    }

    pub fn leaf(at: ItemPlace, text: &str) -> Self {
        Self { at, tag: None, kind: ItemKind::Scalar(PuppetScalar::new(text, false)) }
    }

    fn of(marked: Marked, file: usize) -> Result<Self, OtherFile> {
        let Marked { line, tag, is_plain, kind } = marked;
        let kind = match kind {
            MarkedKind::Scalar(text) => ItemKind::Scalar(PuppetScalar::new(&text, is_plain)),
            MarkedKind::List(items) => {
                ItemKind::List(items.into_iter().map(|item| Self::of(item, file)).collect::<Result<_, _>>()?)
            }
            MarkedKind::Map(pairs) => ItemKind::Map(merged(pairs, file)?),
        };
        Ok(Self { at: ItemPlace { file, line }, tag, kind })
    }

    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            ItemKind::Map(pairs) => pairs.get(key).filter(|item| !item.is_null()),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(&self.kind, ItemKind::Scalar(leaf) if leaf.is_null)
    }

    pub fn as_leaf(&self) -> Option<&PuppetScalar> {
        match &self.kind {
            ItemKind::Scalar(leaf) if !leaf.is_null && self.tag.is_none() => Some(leaf),
            _ => None,
        }
    }

    /// A text that says something, as it is written.
    pub fn text(&self) -> Option<&str> {
        self.as_leaf().map(|leaf| leaf.written.as_str()).filter(|text| !text.is_empty())
    }

    pub fn items(&self) -> &[Self] {
        match &self.kind {
            ItemKind::List(items) => items,
            _ => &[],
        }
    }

    /// What a map holds, in no order.
    pub fn pairs(&self) -> impl Iterator<Item = (&String, &Self)> {
        let pairs = match &self.kind {
            ItemKind::Map(pairs) => Some(pairs),
            _ => None,
        };
        pairs.into_iter().flatten()
    }

    /// What a map holds, to be changed.
    pub fn as_map(&mut self) -> Option<&mut BTreeMap<String, Self>> {
        match &mut self.kind {
            ItemKind::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The texts of a list; one text alone is a list of it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.text().into_iter().chain(self.items().iter().filter_map(Self::text))
    }

    /// Lays another one over it, as deep as both go: lists grow.
    pub fn overlay(&mut self, other: Self) {
        match (&mut self.kind, other) {
            (ItemKind::Map(own), Self { kind: ItemKind::Map(others), .. }) => {
                for (key, value) in others {
                    match own.get_mut(&key) {
                        Some(there) => there.overlay(value),
                        None => drop(own.insert(key, value)),
                    }
                }
            }
            (ItemKind::List(own), Self { kind: ItemKind::List(others), .. }) => own.extend(others),
            (_, other) => *self = other,
        }
    }
}

/// The pairs of a map, with those that `<<` brings along and it does not say itself.
fn merged(pairs: Vec<(String, Marked)>, file: usize) -> Result<BTreeMap<String, PuppetItem>, OtherFile> {
    let (mut own, mut brought) = (BTreeMap::new(), Vec::new());
    for (key, value) in pairs {
        if key == "<<" {
            brought.push(PuppetItem::of(value, file)?);
        } else {
            own.insert(key, PuppetItem::of(value, file)?);
        }
    }
    for item in brought {
        let maps = match item.kind {
            ItemKind::List(items) => items,
            _ => vec![item],
        };
        for map in maps {
            if let ItemKind::Map(pairs) = map.kind {
                for (key, value) in pairs {
                    own.entry(key).or_insert(value);
                }
            }
        }
    }
    Ok(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_merged_in_does_not_win() {
        let item =
            PuppetItem::of_file("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: own\n", 0);
        let item = item.unwrap();
        let c = item.get("c").unwrap();
        let of = |key: &str| c.get(key).and_then(PuppetItem::text).map(str::to_owned);
        assert_eq!([of("x"), of("y"), of("z")].map(Option::unwrap), ["own", "1", "2"]);
        assert_eq!(c.get("x").unwrap().at, ItemPlace { file: 0, line: 5 });
    }

    #[test]
    fn a_layer_goes_as_deep_as_both_do() {
        let mut one = PuppetItem::of_file("a: {x: 1, l: [1]}\nb: text\n", 0).unwrap();
        one.overlay(PuppetItem::of_file("a: {y: 2, l: [2]}\nb: {z: 3}\n", 1).unwrap());
        assert_eq!(one.get("a").unwrap().get("l").unwrap().texts().collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(one.get("a").unwrap().get("y").unwrap().at.file, 1);
        assert!(one.get("b").unwrap().get("z").is_some());
        assert!(PuppetItem::of_file("# nothing\n\n", 0).unwrap().pairs().next().is_none());
    }
}

//! Values that another one gives: what was typed in once because nothing carried it over becomes a reference. Only where
//! it is certain: the text is long enough to be no accident, one output alone has it, and the reference means it on every location.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{DeclarationDraft, DraftContent};
use super::found::FoundValue;
use super::names::key_and_location;
use provisor_model::ids::LocationName;

/// Shorter texts are alike by accident.
const LONG: usize = 8;

/// An output of a draft, or one item of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Giver {
    draft: usize,
    key: String,
}

/// Where an output stands.
#[derive(Default)]
struct GivenAt<'d> {
    locations: BTreeSet<&'d LocationName>,
    /// What comes out is what goes in: it was not made there.
    is_echo: bool,
}

/// Who gives a text, by the text.
type Givers<'d> = BTreeMap<&'d str, BTreeMap<Giver, GivenAt<'d>>>;

/// Puts references in the place of values that are outputs of others, as long as no circle comes of it.
pub(super) fn refer(drafts: &mut [DeclarationDraft]) {
    let taken = drafts.to_vec();
    let givers = givers(&taken);
    let mut needs: Vec<BTreeSet<usize>> = needs(&taken);
    for (n, draft) in drafts.iter_mut().enumerate() {
        let keys: BTreeSet<String> =
            draft.places.values().flat_map(|content| content.parameters.keys().cloned()).collect();
        for key in keys {
            let Some(giver) = meant(draft, &key, &givers, &taken).filter(|giver| giver.draft != n) else {
                continue;
            };
            if reaches(&needs, giver.draft, n) {
                continue;
            }
            needs[n].insert(giver.draft);
            let texts: BTreeSet<String> =
                draft.places.values().filter_map(|content| content.parameters.get(&key)?.sent()).collect();
            let is_secret = taken[giver.draft].is_sensitive(&giver.key);
            let was = match texts.first().filter(|_| texts.len() == 1) {
                Some(_) if is_secret => "as it was when it was imported".to_owned(),
                Some(text) => format!("{text} when it was imported"),
                None => "as it was on each location when it was imported".to_owned(),
            };
            draft.asides.insert(key.clone(), was);
            let output = FoundValue::Output { of: taken[giver.draft].key.clone(), key: giver.key };
            for content in draft.places.values_mut() {
                content.parameters.insert(key.clone(), output.clone());
                content.no_need_to_wait(&taken[giver.draft].key);
            }
        }
    }
}

impl DeclarationDraft {
    /// Whether an output, or an item of it, is sensitive anywhere.
    fn is_sensitive(&self, key: &str) -> bool {
        let key = key.split('[').next().unwrap_or(key);
        self.sensitive.values().any(|keys| keys.contains(key))
    }
}

impl DraftContent {
    /// A reference says what comes first: that need not be said twice.
    fn no_need_to_wait(&mut self, key: &str) {
        if let Some(list) = self.lists.get_mut("depends_on") {
            list.retain(|other| other != key);
        }
        self.lists.retain(|_, list| !list.is_empty());
    }
}

fn givers(drafts: &[DeclarationDraft]) -> Givers<'_> {
    let mut givers = Givers::new();
    for (n, draft) in drafts.iter().enumerate() {
        for (location, outputs) in &draft.outputs {
            let given = draft.places.get(location).map(|content| content.parameters.values());
            let given: BTreeSet<String> = given.into_iter().flatten().filter_map(FoundValue::sent).collect();
            for (key, text) in outputs {
                let items = text.split(',').enumerate().filter(|_| text.contains(','));
                let items = items.map(|(at, item)| (format!("{key}[{at}]"), item));
                let all = std::iter::once((key.clone(), text.as_str())).chain(items);
                for (key, text) in all.filter(|(_, text)| text.chars().count() >= LONG) {
                    let at = givers.entry(text).or_default().entry(Giver { draft: n, key }).or_default();
                    at.locations.insert(location);
                    at.is_echo |= given.contains(text);
                }
            }
        }
    }
    givers
}

/// What is written already: dependencies, and references of other tools.
fn needs(drafts: &[DeclarationDraft]) -> Vec<BTreeSet<usize>> {
    let by_key: BTreeMap<&str, usize> =
        drafts.iter().enumerate().map(|(n, draft)| (&*draft.key, n)).collect();
    let of = |draft: &DeclarationDraft| {
        let contents = || draft.places.values();
        let ordered = contents().filter_map(|content| content.lists.get("depends_on")).flatten();
        let filled =
            contents().flat_map(|content| content.parameters.values()).filter_map(|value| match value {
                FoundValue::Output { of, .. } => Some(of),
                _ => None,
            });
        ordered.chain(filled).filter_map(|of| by_key.get(key_and_location(of).0).copied()).collect()
    };
    drafts.iter().map(of).collect()
}

/// The one output that a parameter has the text of, wherever the declaration stands.
fn meant(
    draft: &DeclarationDraft,
    key: &str,
    givers: &Givers<'_>,
    drafts: &[DeclarationDraft],
) -> Option<Giver> {
    let mut meant: Option<Giver> = None;
    for (location, content) in &draft.places {
        let text = content.parameters.get(key)?.sent()?;
        let near = |giver: &Giver, at: &GivenAt<'_>| {
            let places = &drafts[giver.draft].places;
            at.locations.contains(location) || (places.len() == 1 && !places.contains_key(location))
        };
        let all = givers.get(text.as_str())?;
        let fit = || all.iter().filter(|(giver, at)| near(giver, at));
        // several may tell it on: then whoever makes it is meant
        let made = only(fit().filter(|(_, at)| !at.is_echo));
        let (one, _) = only(fit()).or(made)?;
        if meant.as_ref().is_some_and(|meant| meant != one) {
            return None;
        }
        meant = Some(one.clone());
    }
    meant
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let (one, other) = (all.next(), all.next());
    one.filter(|_| other.is_none())
}

fn reaches(needs: &[BTreeSet<usize>], from: usize, to: usize) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(one) = open.pop() {
        if one == to {
            return true;
        }
        if seen.insert(one) {
            open.extend(&needs[one]);
        }
    }
    false
}

//! Texts that differ by location only in what the location is called: `net-dev` and `net-prod` are `net-${var.env}`.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::DeclarationDraft;
use super::found::{FoundProduct, FoundValue};
use super::value::escaped;
use provisor_model::ids::LocationName;

/// What a location is called, and how declarations refer to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitute {
    /// Such as `dev`.
    pub text: String,
    /// Such as `${var.env}`.
    pub expression: String,
}

/// What each location is called, the best first.
pub type Substitutes = BTreeMap<LocationName, Vec<Substitute>>;

/// Shorter texts stand in others by accident.
const SHORTEST: usize = 2;

/// The text with the expression in the place of what it stands for there, wherever that is a word of its own; the rest of it is
/// escaped. `None` where it does not occur.
fn substituted(text: &str, substitute: &Substitute) -> Option<String> {
    let word = substitute.text.as_str();
    let is_word = |at: usize| {
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !joins(text[..at].chars().next_back()) && !joins(text[at + word.len()..].chars().next())
    };
    let (mut out, mut from) = (String::new(), 0);
    for (at, _) in text.match_indices(word).filter(|(at, _)| word.chars().count() >= SHORTEST && is_word(*at))
    {
        out.push_str(&escaped(&text[from..at]));
        out.push_str(&substitute.expression);
        from = at + word.len();
    }
    (from > 0).then(|| out + &escaped(&text[from..]))
}

/// One text for all locations, if there is one.
fn common<'t>(
    texts: impl Iterator<Item = (&'t LocationName, &'t str)> + Clone,
    substitutes: &Substitutes,
) -> Option<String> {
    let first = texts.clone().next()?;
    let expressions = substitutes.get(first.0)?.iter().map(|substitute| &substitute.expression);
    let means = |expression: &String| {
        let mut all = texts.clone().map(|(location, text)| {
            let substitute = substitutes.get(location)?.iter().find(|one| one.expression == *expression)?;
            substituted(text, substitute)
        });
        let one = all.next()??;
        all.all(|other| other.as_ref() == Some(&one)).then_some(one)
    };
    expressions.into_iter().find_map(means)
}

/// Products of several locations whose names differ in that alone: which they are, and the name that they have in common.
pub(super) fn namesakes(found: &[FoundProduct], substitutes: &Substitutes) -> Vec<(Vec<usize>, String)> {
    let expressions: BTreeSet<&String> =
        substitutes.values().flatten().map(|substitute| &substitute.expression).collect();
    let order = |expression: &&String| {
        substitutes.values().filter_map(|all| all.iter().position(|one| one.expression == **expression)).min()
    };
    let mut expressions: Vec<&String> = expressions.into_iter().collect();
    expressions.sort_by_key(order);
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut groups = Vec::new();
    for expression in expressions {
        let mut alike: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (n, one) in found.iter().enumerate().filter(|(n, one)| !taken.contains(n) && one.key.is_none()) {
            let all = substitutes.get(&one.location).into_iter().flatten();
            let substitute = all.into_iter().find(|substitute| substitute.expression == *expression);
            if let Some(name) = substitute.and_then(|substitute| substituted(&one.name, substitute)) {
                alike.entry((&one.product, name)).or_default().push(n);
            }
        }
        for ((_, name), members) in alike {
            let places: BTreeSet<&LocationName> =
                members.iter().filter_map(|n| Some(&found.get(*n)?.location)).collect();
            let names: BTreeSet<&str> =
                members.iter().filter_map(|n| Some(found.get(*n)?.name.as_str())).collect();
            if names.len() > 1 && places.len() == members.len() {
                taken.extend(&members);
                groups.push((members, name));
            }
        }
    }
    groups
}

/// Puts one text in the place of those that differ in that alone.
pub(super) fn generalise(draft: &mut DeclarationDraft, substitutes: &Substitutes) {
    if draft.places.len() < 2 {
        return;
    }
    let keys = |of: fn(&super::draft::DraftContent) -> Vec<&String>| {
        draft.places.values().flat_map(of).cloned().collect::<BTreeSet<String>>()
    };
    let (parameters, tags) =
        (keys(|content| content.parameters.keys().collect()), keys(|content| content.tags.keys().collect()));
    for key in parameters {
        let texts: Option<Vec<(LocationName, String)>> = draft
            .places
            .iter()
            .map(|(location, content)| Some((location.clone(), content.parameters.get(&key)?.sent()?)))
            .collect();
        let Some(text) = texts.and_then(|texts| differing(&texts, substitutes)) else { continue };
        for content in draft.places.values_mut() {
            content.parameters.insert(key.clone(), FoundValue::Template(text.clone()));
        }
    }
    for key in tags {
        let texts: Option<Vec<(LocationName, String)>> = draft
            .places
            .iter()
            .map(|(location, content)| Some((location.clone(), content.tags.get(&key)?.clone())))
            .collect();
        let Some(text) = texts.and_then(|texts| differing(&texts, substitutes)) else { continue };
        for content in draft.places.values_mut() {
            content.tags.insert(key.clone(), text.clone());
        }
    }
}

fn differing(texts: &[(LocationName, String)], substitutes: &Substitutes) -> Option<String> {
    let is_one = texts.windows(2).all(|pair| matches!(pair, [one, other] if one.1 == other.1));
    if is_one {
        None
    } else {
        common(texts.iter().map(|(location, text)| (location, text.as_str())), substitutes)
    }
}

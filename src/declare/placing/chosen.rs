//! `location` and `locations`: on which locations one layer says that a declaration stands.

use std::collections::HashSet;

use super::conditions::{fulfilling, near_value, values_there_are};
use super::misplaced::Misplaced;
use super::names::{self, Several};
use crate::Settings;
use crate::references::Context;
use crate::yaml::{NodeId, Shape, Tree};
use provisor_model::diagnostic::Diagnostic;
use provisor_model::ids::LocationName;

/// Of so many variables the values are told where no location fits.
const FEW: usize = 3;

/// The locations of one layer; `None` if it names none.
pub(super) fn chosen(
    tree: &Tree<'_>,
    layer: NodeId,
    context: &Context<'_>,
    settings: &Settings,
) -> Result<Option<Vec<LocationName>>, Misplaced> {
    if let Some(text) = tree.given(layer, "location").and_then(|id| tree.text(id)) {
        let found = context.known("location", text).and_then(|text| Ok(names::one(settings, &text)?));
        return found.map(|name| Some(vec![name])).map_err(|fault| Misplaced::field("location", fault));
    }
    let Some(id) = tree.given(layer, "locations") else {
        return Ok(None);
    };
    let found = match &tree.node(id).shape {
        Shape::Scalar { text, .. } => {
            let known = context.known("locations", text);
            let found = known.and_then(|known| Ok(names::some(settings, &known)?));
            found.map_err(|fault| Misplaced::field("locations", fault))?
        }
        Shape::List(items) => {
            let texts = items.iter().filter_map(|item| tree.text(*item));
            sound_items("locations", names::several(settings, context, texts))?
        }
        Shape::Map(_) => return selected(tree, id, context, settings).map(Some),
    };
    // items that are no texts are told where their form is checked
    if found.is_empty() && tree.items(id).is_empty() {
        let diagnostic = Diagnostic::error("matches-nothing", "`locations` is empty");
        return Err(Misplaced::field("locations", diagnostic));
    }
    Ok(Some(found))
}

/// Whether a layer says twice where it stands, which is told: how it was meant is not known.
pub(super) fn is_doubtful(tree: &Tree<'_>, layer: NodeId) -> bool {
    let Some(listed) = tree.given(layer, "locations") else { return false };
    let mut seen = HashSet::new();
    let mut texts = tree.items(listed).iter().filter_map(|item| tree.text(*item));
    tree.given(layer, "location").is_some() || texts.any(|text| !seen.insert(text))
}

/// How many texts of one layer are held against all locations.
pub(super) fn patterns(tree: &Tree<'_>, layer: NodeId) -> usize {
    let is_pattern = |id: &NodeId| tree.text(*id).is_some_and(|text| text.contains(['*', '$']));
    let listed = |id: NodeId| match &tree.node(id).shape {
        Shape::List(items) => items.iter().filter(|item| is_pattern(item)).count(),
        _ => usize::from(is_pattern(&id)),
    };
    let conditions = |id: NodeId| {
        let values = tree.pairs(id).iter().map(|pair| tree.items(pair.value).len().max(1));
        values.sum::<usize>()
    };
    let below = |id: NodeId| {
        let except = tree.given(id, "except").map_or(0, listed);
        except + tree.given(id, "where").map_or(0, conditions) + listed(id)
    };
    let named = ["location", "locations"].into_iter().filter_map(|field| tree.given(layer, field));
    named.map(below).sum::<usize>() + tree.given(layer, "where").map_or(0, conditions)
}

/// The names of a list, or what is wrong with its items.
fn sound_items(field: &str, Several { names, wrong }: Several) -> Result<Vec<LocationName>, Misplaced> {
    match Misplaced::items(field, wrong) {
        Some(misplaced) => Err(misplaced.beside(names)),
        None => Ok(names),
    }
}

/// The locations that `locations: {where: …, except: …}` means.
fn selected(
    tree: &Tree<'_>,
    selector: NodeId,
    context: &Context<'_>,
    settings: &Settings,
) -> Result<Vec<LocationName>, Misplaced> {
    let found = fulfilling(tree, tree.given(selector, "where"), settings);
    let except = tree.given(selector, "except").map_or(&[][..], |id| tree.items(id));
    let texts = except.iter().filter_map(|item| tree.text(*item));
    let except = sound_items("except", names::several(settings, context, texts));
    let mut wrong = Vec::new();
    let mut sound = |found: Result<Vec<LocationName>, Misplaced>| {
        found.unwrap_or_else(|mut misplaced| {
            let sound = std::mem::take(&mut misplaced.sound);
            wrong.push(misplaced.inside("locations"));
            sound
        })
    };
    let (mut found, except) = (sound(found), sound(except));
    let except: HashSet<LocationName> = except.into_iter().collect();
    found.retain(|name| !except.contains(name));
    if let Some(misplaced) = Misplaced::all(wrong) {
        return Err(misplaced.beside(found));
    }
    if found.is_empty() {
        let names = tree.given(selector, "where").map_or(&[][..], |node| tree.pairs(node));
        let told = names.iter().map(|pair| values_there_are(&pair.key, settings));
        let diagnostic = Diagnostic::error("matches-nothing", "no location fits");
        let diagnostic = told.take(FEW).fold(diagnostic, Diagnostic::note);
        let near = names.iter().find_map(|pair| near_value(tree, pair, settings));
        let diagnostic = diagnostic.note(settings.locations_there_are()).maybe_hint(near);
        return Err(Misplaced::field("where", diagnostic).inside("locations"));
    }
    Ok(found)
}

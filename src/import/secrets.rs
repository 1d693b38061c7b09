//! Values that are not shown: each gets a sensitive variable to hold it, one a location, as nobody can know whether they are alike. What
//! comes out of a product may hold what went in: as long as nobody knows the text, its outputs are sensitive too.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::DeclarationDraft;
use super::found::FoundValue;
use super::names::variable;
use super::surroundings::Surroundings;
use provisor_model::ids::LocationName;

/// Shorter outputs than this are no secrets, and shorter values are alike by accident.
const SHORTEST: usize = 4;
const LONG: usize = 8;

/// Puts a variable in the place of each value that is not shown, and says what it is for.
pub(super) fn hold_secrets(
    draft: &mut DeclarationDraft,
    around: &Surroundings,
    variables: &mut BTreeMap<String, String>,
) {
    let several = draft.places.len() > 1;
    for (location, content) in &mut draft.places {
        let at = around.locations.get(location).map_or(location.as_str(), String::as_str);
        let secrets = content.parameters.iter_mut().filter(|(_, value)| **value == FoundValue::Sensitive);
        for (name, value) in secrets {
            let (wanted, what) = match several {
                true => (
                    variable(&draft.key, &format!("{name}_{at}")),
                    format!("`{name}` of `{}` on {at}", draft.key),
                ),
                false => (variable(&draft.key, name), format!("`{name}` of `{}`", draft.key)),
            };
            // one of an earlier run says what it is for; of any other the value is somebody's own
            let is_free = |name: &String| {
                let known = around.variables.get(name);
                !variables.contains_key(name) && known.is_none_or(|one| *one == what)
            };
            let numbered = (2..).map(|n| format!("{wanted}_{n}"));
            let mut names = std::iter::once(wanted.clone()).chain(numbered);
            let variable = names.find(is_free).unwrap_or_default();
            variables.insert(variable.clone(), what);
            *value = FoundValue::Variable(variable);
        }
    }
}

/// Says of each output whether it is sensitive: one that is known to be, and any that may hold a value that nobody knows.
pub(super) fn doubt_outputs(draft: &mut DeclarationDraft, around: &Surroundings) {
    let mut doubted = BTreeSet::new();
    for (location, content) in &draft.places {
        let searched = draft.searched.get(location);
        let is_open = |(name, value): &(&String, &FoundValue)| {
            matches!(value, FoundValue::Variable(variable) if !around.given.contains(variable))
                && searched.is_none_or(|all| !all.contains(*name))
        };
        if content.parameters.iter().any(|one| is_open(&one)) {
            let outputs = draft.outputs.get(location).into_iter().flatten();
            // what is a parameter that everybody may read tells nothing more
            let readable: BTreeSet<String> =
                content.parameters.values().filter_map(FoundValue::sent).collect();
            let may_hold = outputs.filter(|(_, text)| !is_plain(text) && !readable.contains(*text));
            let may_hold = may_hold.map(|(key, _)| key.clone());
            doubted.extend(may_hold);
        }
    }
    let certain: BTreeSet<String> = draft.sensitive.values().flatten().cloned().collect();
    if doubted.difference(&certain).next().is_some() {
        let told = "may hold what is not shown";
        draft.asides.insert(SENSITIVE.to_owned(), told.to_owned());
    }
    let all: BTreeSet<String> = certain.into_iter().chain(doubted).collect();
    for (location, content) in &mut draft.places {
        let has =
            |key: &&String| draft.outputs.get(location).is_some_and(|outputs| outputs.contains_key(*key));
        let own: BTreeSet<String> = all.iter().filter(has).cloned().collect();
        if !own.is_empty() {
            content.lists.insert(SENSITIVE, own.iter().cloned().collect());
        }
        draft.sensitive.insert(location.clone(), own);
    }
}

/// The field that says it.
pub(super) const SENSITIVE: &str = "sensitive_outputs";

/// An identifier that AWS makes, or too short to be a secret.
fn is_plain(text: &str) -> bool {
    let is_id = || {
        text.rsplit_once('-').is_some_and(|(kind, id)| {
            [8, 17].contains(&id.len())
                && id.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
                && kind.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        })
    };
    let is_arn =
        || text.starts_with("arn:aws") && text.split(':').count() >= 6 && !text.contains(char::is_whitespace);
    text.trim().len() < SHORTEST || is_id() || is_arn()
}

/// What equals a sensitive output and does not refer to it is not shown either.
pub(super) fn cover(drafts: &mut [DeclarationDraft]) {
    let mut texts: BTreeSet<String> = BTreeSet::new();
    for draft in &*drafts {
        let of = |location: &LocationName, key: &String| draft.outputs.get(location)?.get(key).cloned();
        let all =
            draft.sensitive.iter().flat_map(|(at, keys)| keys.iter().filter_map(move |key| of(at, key)));
        texts.extend(all.filter(|text| text.trim().len() >= LONG));
    }
    let contents = drafts.iter_mut().flat_map(|draft| draft.places.values_mut());
    for value in contents.flat_map(|content| content.parameters.values_mut()) {
        if value.sent().is_some_and(|text| texts.contains(&text)) {
            *value = FoundValue::Sensitive;
        }
    }
}

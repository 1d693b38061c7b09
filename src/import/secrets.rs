//! Values that are not shown: each gets a sensitive variable to hold it, one a location, as nobody can know whether they are alike.

use std::collections::BTreeMap;

use super::draft::DeclarationDraft;
use super::found::FoundValue;
use super::names::variable;
use super::surroundings::Surroundings;

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

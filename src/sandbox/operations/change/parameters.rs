//! Provisioning parameters: what is given, what was there before, what a stack would run with. Secrets leave
//! this file only as placeholders.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::ids;
use crate::template::Template;
use crate::world::State;
use crate::world_file::Knobs;

/// A parameter as requests carry it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Given {
    pub key: Option<String>,
    pub value: Option<String>,
    pub use_previous_value: bool,
}

/// What the provisioned product runs with so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Previous<'a> {
    state: Option<&'a State>,
}

/// What it will run with: secrets as placeholders, and which they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Values {
    pub values: BTreeMap<String, String>,
    pub secrets: Vec<String>,
}

impl Values {
    /// Whatever is given, where nothing says what may be.
    pub(crate) fn as_given(given: &[Given]) -> Values {
        let pairs = given.iter().filter_map(|it| Some((it.key.clone()?, it.value.clone()?)));
        Values { values: pairs.collect(), secrets: Vec::new() }
    }
}

impl<'a> Previous<'a> {
    pub(crate) fn none() -> Previous<'a> {
        Previous { state: None }
    }

    /// Engines outside CloudFormation are not told previous values.
    pub(crate) fn of(state: &'a State, kind: &str) -> Previous<'a> {
        let told = kind.starts_with("CFN_") || kind == "CONTROL_TOWER_ACCOUNT";
        Previous { state: told.then_some(state) }
    }

    fn value(self, key: &str) -> Option<&'a str> {
        self.state?.parameters.get(key).map(String::as_str)
    }

    fn is_placeholder(self, key: &str) -> bool {
        self.state.is_some_and(|state| state.secrets.iter().any(|secret| secret == key))
    }
}

/// The values a stack would run with, or CloudFormation's words why it would not. `salt` keeps equal secrets of
/// two provisioned products apart.
pub(crate) fn effective(
    template: &Template,
    given: &[Given],
    previous: Previous<'_>,
    salt: &str,
    knobs: &Knobs,
) -> Result<Values, String> {
    let (mut given, kept) = merged(given, previous)?;
    if knobs.ignore_unknown_parameters {
        given.retain(|key, _| template.parameters().iter().any(|parameter| parameter.key == *key));
    }
    let worked_out = template.effective_unchecked(&given, &kept);
    let values = worked_out.map_err(|text| masked(template, &given, text))?;
    Ok(without_secrets(template, values, &kept, salt))
}

type Merged = (BTreeMap<String, String>, BTreeSet<String>);

fn merged(given: &[Given], previous: Previous<'_>) -> Result<Merged, String> {
    let mut values = BTreeMap::new();
    let mut kept = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for parameter in given {
        let key = parameter.key.clone().unwrap_or_default();
        if !seen.insert(key.clone()) {
            return Err(format!("Parameter key {key} is specified more than once"));
        }
        let sent = parameter.value.as_deref().unwrap_or_default();
        match (parameter.use_previous_value, previous.value(&key)) {
            (true, _) if !sent.is_empty() => {
                return Err(format!(
                    "Invalid input for parameter key {key}. \
                     Cannot specify usePreviousValue as true and non empty value for a parameter"
                ));
            }
            (true, Some(value)) => {
                if previous.is_placeholder(&key) {
                    kept.insert(key.clone());
                }
                values.insert(key, value.to_owned());
            }
            (true, None) if previous.state.is_some() => {
                return Err(format!(
                    "Invalid input for parameter key {key}. \
                     Cannot specify usePreviousValue as true for a parameter key not in the previous template"
                ));
            }
            (true, None) => {}
            (false, _) => {
                if let Some(value) = &parameter.value {
                    values.insert(key, value.clone());
                }
            }
        }
    }
    Ok((values, kept))
}

/// A rejection is kept and shown; the secrets in it are not.
fn masked(template: &Template, given: &BTreeMap<String, String>, text: String) -> String {
    let secrets = template.parameters().iter().filter(|parameter| parameter.no_echo);
    let values = secrets.filter_map(|parameter| given.get(&parameter.key)).filter(|value| value.len() >= 4);
    values.fold(text, |text, value| text.replace(value.as_str(), "****"))
}

/// Replaces secrets. Nothing and the template's own default are no secrets.
fn without_secrets(
    template: &Template,
    mut values: BTreeMap<String, String>,
    kept: &BTreeSet<String>,
    salt: &str,
) -> Values {
    let mut secrets = Vec::new();
    for parameter in template.parameters().iter().filter(|parameter| parameter.no_echo) {
        let Some(value) = values.get_mut(&parameter.key) else {
            continue;
        };
        if value.is_empty() || parameter.default.as_ref() == Some(value) {
            continue;
        }
        if !kept.contains(&parameter.key) {
            *value = placeholder(&parameter.key, value, salt);
        }
        secrets.push(parameter.key.clone());
    }
    Values { values, secrets }
}

/// What is kept instead of a secret: the same for the same secret, and no way back.
pub(crate) fn placeholder(key: &str, value: &str, salt: &str) -> String {
    let digest = ids::digest(&["no-echo", salt, key, value]);
    format!("noecho-{}", digest.get(..20).unwrap_or(&digest))
}

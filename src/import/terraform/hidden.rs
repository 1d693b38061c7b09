//! What Terraform calls sensitive: paths in a state, a shadow of the values in what `show -json` tells.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// Which attributes of an instance are sensitive.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// Their names; that a part of one is sensitive counts.
    names: BTreeSet<String>,
    /// All parameters are.
    all_parameters: bool,
    /// The positions of parameters that are.
    parameters: BTreeSet<usize>,
}

const PARAMETERS: &str = "provisioning_parameters";

impl Hidden {
    /// By `sensitive_attributes` of a state.
    pub fn by_paths(paths: &Json) -> Self {
        let mut hidden = Self::default();
        for path in paths.as_array().into_iter().flatten() {
            let mut steps = path.as_array().into_iter().flatten().filter_map(|step| step.get("value"));
            let Some(name) = steps.next().and_then(Json::as_str) else { continue };
            let at = steps.next().and_then(|step| step.get("value").unwrap_or(step).as_u64());
            hidden.add(name, at.and_then(|at| usize::try_from(at).ok()));
        }
        hidden
    }

    /// By `sensitive_values` of what is shown.
    pub fn by_shadow(shadow: &Json) -> Self {
        let mut hidden = Self::default();
        for (name, value) in shadow.as_object().into_iter().flatten().filter(|(_, value)| is_dark(value)) {
            match value.as_array() {
                Some(items) => {
                    let dark = items.iter().enumerate().filter(|(_, item)| is_dark(item));
                    dark.for_each(|(at, _)| hidden.add(name, Some(at)));
                }
                None => hidden.add(name, None),
            }
        }
        hidden
    }

    fn add(&mut self, name: &str, at: Option<usize>) {
        match at {
            _ if name != PARAMETERS => drop(self.names.insert(name.to_owned())),
            Some(at) => drop(self.parameters.insert(at)),
            None => self.all_parameters = true,
        }
    }

    /// Whether an attribute is, the parameters aside.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether the parameter at this position is.
    pub fn has_parameter(&self, at: usize) -> bool {
        self.all_parameters || self.parameters.contains(&at)
    }
}

/// Whether something in it is sensitive.
fn is_dark(shadow: &Json) -> bool {
    match shadow {
        Json::Bool(flag) => *flag,
        Json::Array(items) => items.iter().any(is_dark),
        Json::Object(members) => members.values().any(is_dark),
        _ => false,
    }
}

//! What Terraform calls sensitive: paths in a state, a shadow of the values in what `show -json` tells. Marks of a form that is not
//! known here may mean anything: then everything is hidden that can be.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

/// Which attributes of an instance are sensitive.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    /// Their names; that a part of one is sensitive counts.
    names: BTreeSet<String>,
    /// The names of parameters that are.
    parameters: BTreeSet<String>,
    /// All parameters are.
    all_parameters: bool,
    /// Everything is, or nobody can say what.
    everything: bool,
}

const PARAMETERS: &str = "provisioning_parameters";

/// What an instance says, that marks are about.
type Attributes = Map<String, Json>;

impl Hidden {
    /// By `sensitive_attributes` of a state.
    pub fn by_paths(paths: Option<&Json>, attributes: &Attributes) -> Self {
        let mut hidden = Self::default();
        match paths {
            None | Some(Json::Null) => {}
            Some(Json::Array(paths)) => paths.iter().for_each(|path| hidden.path(path, attributes)),
            Some(_) => hidden.everything = true,
        }
        hidden
    }

    /// By `sensitive_values` of what is shown, or the marks of a change.
    pub fn by_shadow(shadow: Option<&Json>, attributes: &Attributes) -> Self {
        let mut hidden = Self::default();
        match shadow {
            None | Some(Json::Null | Json::Bool(false)) => {}
            Some(Json::Object(members)) => return Self::by_members(members, attributes),
            Some(_) => hidden.everything = true,
        }
        hidden
    }

    /// By the shadow of each attribute.
    pub fn by_members(members: &Map<String, Json>, attributes: &Attributes) -> Self {
        let mut hidden = Self::default();
        members.iter().for_each(|(name, of)| hidden.attribute(name, of, attributes));
        hidden
    }

    /// What either calls sensitive is.
    pub fn and(mut self, other: Self) -> Self {
        self.names.extend(other.names);
        self.parameters.extend(other.parameters);
        self.all_parameters |= other.all_parameters;
        self.everything |= other.everything;
        self
    }

    /// One path: the attribute, the position in it, and so on.
    fn path(&mut self, path: &Json, attributes: &Attributes) {
        let steps: Vec<&Json> = path.as_array().into_iter().flatten().collect();
        let of = |step: Option<&&Json>| step.and_then(|step| step.get("value")).cloned();
        let name = of(steps.first()).and_then(|name| name.as_str().map(str::to_owned));
        let Some(name) = name.filter(|name| attributes.contains_key(name)) else {
            self.everything = true;
            return;
        };
        let at = of(steps.get(1)).map(|index| index.get("value").cloned().unwrap_or(index));
        let at = at.and_then(|at| at.as_u64()).and_then(|at| usize::try_from(at).ok());
        let is_key = of(steps.get(2)).is_some_and(|part| part == "key");
        if name != PARAMETERS || is_key {
            self.names.insert(name);
        } else {
            self.parameter(at, attributes);
        }
    }

    /// The shadow of one attribute.
    fn attribute(&mut self, name: &str, shadow: &Json, attributes: &Attributes) {
        match shadow {
            shadow if !is_dark(shadow) => {}
            _ if name != PARAMETERS => drop(self.names.insert(name.to_owned())),
            Json::Array(items) => {
                for (at, item) in items.iter().enumerate().filter(|(_, item)| is_dark(item)) {
                    if item.get("key").is_some_and(is_dark) {
                        self.names.insert(name.to_owned());
                    }
                    self.parameter(Some(at), attributes);
                }
            }
            _ => self.all_parameters = true,
        }
    }

    /// The parameter at a position; where none is, any may be meant.
    fn parameter(&mut self, at: Option<usize>, attributes: &Attributes) {
        let block = at.and_then(|at| attributes.get(PARAMETERS)?.as_array()?.get(at));
        match block.and_then(|block| block.get("key")?.as_str()) {
            Some(key) => drop(self.parameters.insert(key.to_owned())),
            None => self.all_parameters = true,
        }
    }

    /// Whether nothing of it is to be shown that need not be.
    pub const fn is_everything(&self) -> bool {
        self.everything
    }

    /// Whether any parameter is, whether it is named or not.
    pub const fn hides_all_parameters(&self) -> bool {
        self.everything || self.all_parameters
    }

    /// Whether an attribute is, the values of parameters aside.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether the parameter of this name is.
    pub fn has_parameter(&self, key: &str) -> bool {
        self.hides_all_parameters() || self.parameters.contains(key)
    }
}

/// Whether something in it is sensitive: what is no mark that is known may be one.
fn is_dark(shadow: &Json) -> bool {
    match shadow {
        Json::Bool(flag) => *flag,
        Json::Array(items) => items.iter().any(is_dark),
        Json::Object(members) => members.values().any(is_dark),
        Json::Null => false,
        Json::Number(_) | Json::String(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn attributes() -> Attributes {
        let blocks = json!([{"key": "A", "value": "a"}, {"key": "B", "value": "b"}]);
        json!({"name": "n", "tags": {}, "outputs": [], PARAMETERS: blocks}).as_object().cloned().unwrap()
    }

    /// Of A, of B, of the outputs.
    fn of(hidden: &Hidden) -> [bool; 3] {
        [
            hidden.has_parameter("A"),
            hidden.has_parameter("B"),
            hidden.has("outputs") || hidden.is_everything(),
        ]
    }

    fn step(kind: &str, value: &Json) -> Json {
        json!({"type": kind, "value": value})
    }

    #[test]
    fn paths_of_any_shape_hide_at_least_what_they_mean() {
        let (attr, index) = (step("get_attr", &json!(PARAMETERS)), json!({"value": 1, "type": "number"}));
        let value = step("get_attr", &json!("value"));
        for (paths, expected) in [
            (json!(null), [false; 3]),
            (json!([]), [false; 3]),
            (json!([[attr, step("index", &index), value]]), [false, true, false]),
            (json!([[attr, step("index", &json!(0)), value]]), [true, false, false]),
            (json!([[attr]]), [true, true, false]),
            (json!([[attr, step("index", &json!({"value": 7}))]]), [true, true, false]),
            (json!([[attr, step("index", &json!("x"))]]), [true, true, false]),
            (json!([[step("get_attr", &json!("outputs"))]]), [false, false, true]),
            // shapes that nobody knows
            (json!("garbage"), [true; 3]),
            (json!(true), [true; 3]),
            (json!({PARAMETERS: true}), [true; 3]),
            (json!([attr, step("index", &index), value]), [true; 3]),
            (json!([PARAMETERS]), [true; 3]),
            (json!([[]]), [true; 3]),
            (json!([["outputs"]]), [true; 3]),
            (json!([[step("get_attr", &json!("of a later provider"))]]), [true; 3]),
        ] {
            assert_eq!(of(&Hidden::by_paths(Some(&paths), &attributes())), expected, "{paths}");
        }
        let key = json!([[attr, step("index", &index), step("get_attr", &json!("key"))]]);
        assert!(Hidden::by_paths(Some(&key), &attributes()).has(PARAMETERS));
    }

    #[test]
    fn shadows_of_any_shape_hide_at_least_what_they_mean() {
        for (shadow, expected) in [
            (json!(null), [false; 3]),
            (json!(false), [false; 3]),
            (json!({}), [false; 3]),
            (json!({"tags": {}, PARAMETERS: [{}, {}]}), [false; 3]),
            (json!({PARAMETERS: [{}, {"value": true}]}), [false, true, false]),
            (json!({PARAMETERS: [true]}), [true, false, false]),
            (json!({PARAMETERS: true}), [true, true, false]),
            (json!({PARAMETERS: {"1": {"value": true}}}), [true, true, false]),
            (json!({PARAMETERS: [{}, {}, {"value": true}]}), [true, true, false]),
            (json!({PARAMETERS: [{}, {"value": "yes"}]}), [false, true, false]),
            (json!({"outputs": [{}, {"value": true}]}), [false, false, true]),
            (json!(true), [true; 3]),
            (json!("garbage"), [true; 3]),
            (json!([true]), [true; 3]),
        ] {
            assert_eq!(of(&Hidden::by_shadow(Some(&shadow), &attributes())), expected, "{shadow}");
        }
        assert!(
            Hidden::by_shadow(Some(&json!({PARAMETERS: [{"key": true}]})), &attributes()).has(PARAMETERS)
        );
    }
}

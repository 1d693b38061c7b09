//! The checks that the service makes on a request before it looks at the catalog: all violations in one
//! message, in the service's own format.

use std::fmt::Write;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::fault::Fault;
use super::members::{ANY, Member, Shape};
use super::patterns::Pattern;

/// What a check may be told to do otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Strictness {
    /// Report one violation.
    pub first_only: bool,
    /// Take no member that is not known.
    pub known_only: bool,
}

/// Checks a request's body. Wrong JSON types are a `SerializationException`, everything else a
/// `ValidationException` that names every violation.
pub(crate) fn check(body: &Value, members: &[Member], strictness: Strictness) -> Result<(), Fault> {
    let mut found = Findings { known_only: strictness.known_only, ..Findings::default() };
    let Value::Object(object) = body else {
        return Err(Fault::serialization("Start of structure or map found where not expected."));
    };
    found.structure(object, members, "");
    if let Some(message) = found.mistyped {
        return Err(Fault::serialization(message));
    }
    if strictness.first_only {
        found.violations.truncate(1);
    }
    match found.violations.len() {
        0 => Ok(()),
        1 => Err(Fault::validation(format!("1 validation error detected: {}", found.violations.join("; ")))),
        n => {
            Err(Fault::validation(format!("{n} validation errors detected: {}", found.violations.join("; "))))
        }
    }
}

#[derive(Default)]
struct Findings {
    violations: Vec<String>,
    mistyped: Option<String>,
    known_only: bool,
}

impl Findings {
    fn structure(&mut self, object: &Map<String, Value>, members: &[Member], path: &str) {
        if self.known_only {
            let unknown =
                object.keys().find(|name| members.iter().all(|member| member.name != name.as_str()));
            let message = |name: &String| format!("Unexpected field '{name}' found in structure");
            self.mistyped = self.mistyped.take().or_else(|| unknown.map(message));
        }
        for member in members {
            let at = join(path, &lower_camel(member.name));
            match object.get(member.name) {
                None | Some(Value::Null) if member.required => {
                    self.violations.push(format!(
                        "Value null at '{at}' failed to satisfy constraint: Member must not be null"
                    ));
                }
                None | Some(Value::Null) => {}
                Some(value) => self.value(value, member.shape, &at),
            }
        }
    }

    fn value(&mut self, value: &Value, shape: &Shape, at: &str) {
        match (shape, value) {
            (Shape::Structure(members), Value::Object(object)) => self.structure(object, members, at),
            (Shape::List { .. }, Value::Array(items)) => self.list(items, shape, value, at),
            (Shape::Map { min, max, .. }, Value::Object(object)) => {
                self.lengths(object.len(), *min..=*max, value, at);
                self.map(object, shape, value, at);
            }
            (Shape::Structure(_) | Shape::List { .. } | Shape::Map { .. }, _) => {
                self.wrong_type(shape, value)
            }
            _ => match broken(value, shape) {
                Ok(rules) => self.broken(rules, value, at),
                Err(()) => self.wrong_type(shape, value),
            },
        }
    }

    fn broken(&mut self, rules: Vec<String>, value: &Value, at: &str) {
        for rule in rules {
            self.violations
                .push(format!("Value '{}' at '{at}' failed to satisfy constraint: {rule}", shown(value)));
        }
    }

    fn lengths(&mut self, length: usize, bounds: RangeInclusive<usize>, value: &Value, at: &str) {
        let mut rules = Vec::new();
        if length < *bounds.start() {
            rules.push(at_least(*bounds.start()));
        }
        if length > *bounds.end() {
            rules.push(at_most(*bounds.end()));
        }
        self.broken(rules, value, at);
    }

    /// Violations of scalars in a list are reported on the list, with all rules that there are for them; those of
    /// structures on their members.
    fn list(&mut self, items: &[Value], shape: &Shape, value: &Value, at: &str) {
        let Shape::List { max, of } = shape else { return };
        self.lengths(items.len(), 0..=*max, value, at);
        let mut breaks = false;
        for (index, item) in items.iter().enumerate() {
            match of {
                Shape::Structure(_) | Shape::List { .. } | Shape::Map { .. } => {
                    self.value(item, of, &format!("{at}.{}.member", index + 1));
                }
                _ => match broken(item, of) {
                    Ok(rules) => breaks |= !rules.is_empty(),
                    Err(()) => self.wrong_type(of, item),
                },
            }
        }
        if breaks {
            self.broken(
                vec![format!("Member must satisfy constraint: [{}]", rules(of).join(", "))],
                value,
                at,
            );
        }
    }

    fn map(&mut self, object: &Map<String, Value>, shape: &Shape, value: &Value, at: &str) {
        let Shape::Map { key, of, .. } = shape else { return };
        let breaks = |name: &String| broken(&Value::String(name.clone()), key) != Ok(Vec::new());
        if object.keys().any(breaks) {
            self.broken(
                vec![format!("Map keys must satisfy constraint: [{}]", rules(key).join(", "))],
                value,
                at,
            );
        }
        for (name, item) in object {
            self.value(item, of, &format!("{at}.{name}.member"));
        }
    }

    fn wrong_type(&mut self, shape: &Shape, value: &Value) {
        let wanted = match shape {
            Shape::Text { .. } | Shape::Choice(_) => "STRING_VALUE",
            Shape::Number { .. } => "INTEGER_VALUE",
            Shape::Truth => "BOOLEAN_VALUE",
            Shape::List { .. } => "a list",
            Shape::Map { .. } | Shape::Structure(_) => "a structure",
        };
        let got = match value {
            Value::Null => "NULL",
            Value::Bool(_) => "TRUE_VALUE or FALSE_VALUE",
            Value::Number(_) => "NUMBER_VALUE",
            Value::String(_) => "STRING_VALUE",
            Value::Array(_) => "a list",
            Value::Object(_) => "a structure",
        };
        self.mistyped.get_or_insert_with(|| format!("{got} can not be converted to {wanted}"));
    }
}

fn at_least(min: usize) -> String {
    format!("Member must have length greater than or equal to {min}")
}

fn at_most(max: usize) -> String {
    format!("Member must have length less than or equal to {max}")
}

fn like(pattern: Pattern) -> String {
    format!("Member must satisfy regular expression pattern: {}", pattern.shown())
}

fn one_of(values: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", values.join(", "))
}

/// All rules of a text.
fn rules(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::Text { min, max, pattern } => {
            let lengths = (*max != ANY).then(|| [at_most(*max), at_least(*min)]);
            lengths.into_iter().flatten().chain(pattern.map(like)).collect()
        }
        Shape::Choice(values) => vec![one_of(values)],
        _ => Vec::new(),
    }
}

/// The rules that a scalar breaks; `Err` when it has the wrong JSON type.
fn broken(value: &Value, shape: &Shape) -> Result<Vec<String>, ()> {
    let mut rules = Vec::new();
    match (shape, value) {
        (Shape::Text { min, max, pattern }, Value::String(text)) => {
            let length = text.encode_utf16().count();
            if length < *min {
                rules.push(at_least(*min));
            }
            if length > *max {
                rules.push(at_most(*max));
            }
            rules.extend(pattern.filter(|pattern| !pattern.accepts(text)).map(like));
        }
        (Shape::Choice(values), Value::String(text)) if !values.contains(&text.as_str()) => {
            rules.push(one_of(values));
        }
        (Shape::Number { min, max }, Value::Number(number)) => {
            // the service reads 32 bits
            let number = number.as_i64().filter(|number| i32::try_from(*number).is_ok()).ok_or(())?;
            if number < *min {
                rules.push(format!("Member must have value greater than or equal to {min}"));
            }
            if number > *max {
                rules.push(format!("Member must have value less than or equal to {max}"));
            }
        }
        (Shape::Choice(_), Value::String(_)) | (Shape::Truth, Value::Bool(_)) => {}
        _ => return Err(()),
    }
    Ok(rules)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}

/// A value as the service prints it: `[a, b]`, `{k=v}`.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => {
            let mut text = String::from("{");
            for (index, (key, item)) in object.iter().enumerate() {
                let comma = if index == 0 { "" } else { ", " };
                let _ = write!(text, "{comma}{key}={}", shown(item));
            }
            text + "}"
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Strictness, check};
    use crate::wire::{PROVISION_PRODUCT, SEARCH_PROVISIONED_PRODUCTS, UPDATE_PROPERTIES};
    use serde_json::{Value, json};

    fn message(body: Value, members: &'static [crate::wire::Member]) -> String {
        let fault = check(&body, members, Strictness::default()).unwrap_err();
        assert_eq!(fault.code, "ValidationException");
        let (_, text) = fault.message.split_once(" detected: ").unwrap();
        text.replace(" failed to satisfy constraint:", "")
    }

    #[test]
    fn violations_in_the_service_s_words() {
        let search = |body: Value| message(body, SEARCH_PROVISIONED_PRODUCTS);
        let provision = |body: Value| {
            let mut whole = json!({ "ProvisionedProductName": "n", "ProvisionToken": "t" });
            whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            message(whole, PROVISION_PRODUCT)
        };
        let properties = json!({
            "ProvisionedProductId": "pp-1", "IdempotencyToken": "t", "ProvisionedProductProperties": {},
        });
        let rows = [
            (
                search(json!({ "PageSize": 101 })),
                "Value '101' at 'pageSize' Member must have value less than or equal to 100",
            ),
            (
                search(json!({ "Filters": { "Nope": ["x", "y"] } })),
                "Value '{Nope=[x, y]}' at 'filters' Map keys must satisfy constraint: \
                 [Member must satisfy enum value set: [SearchQuery]]",
            ),
            (
                provision(json!({ "ProvisioningPreferences": { "StackSetAccounts": ["1", "2"] } })),
                "Value '[1, 2]' at 'provisioningPreferences.stackSetAccounts' Member must satisfy constraint: \
                 [Member must satisfy regular expression pattern: ^[0-9]{12}$]",
            ),
            (
                provision(json!({ "ProvisioningPreferences": { "StackSetMaxConcurrencyCount": 0 } })),
                "Value '0' at 'provisioningPreferences.stackSetMaxConcurrencyCount' \
                 Member must have value greater than or equal to 1",
            ),
            (
                provision(json!({ "Tags": [{ "Key": "a", "Value": "b" }, { "Key": "" }] })),
                "Value '' at 'tags.2.member.key' Member must have length greater than or equal to 1; \
                 Value null at 'tags.2.member.value' Member must not be null",
            ),
            (
                message(properties, UPDATE_PROPERTIES),
                "Value '{}' at 'provisionedProductProperties' Member must have length greater than or equal to 1",
            ),
        ];
        for (found, expected) in rows {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn wrong_types_are_no_violations() {
        for body in [
            json!([]),
            json!({ "PageSize": "1" }),
            json!({ "SortBy": 1 }),
            json!({ "Filters": [] }),
            json!({ "PageSize": 1.5 }),
        ] {
            assert_eq!(
                check(&body, SEARCH_PROVISIONED_PRODUCTS, Strictness::default()).unwrap_err().code,
                "SerializationException",
                "{body}"
            );
        }
        let unknown = json!({ "SortBy": null, "Unknown": 1 });
        assert!(check(&unknown, SEARCH_PROVISIONED_PRODUCTS, Strictness::default()).is_ok());
    }
}

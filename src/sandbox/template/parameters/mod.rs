//! Parameter values: defaults, trimming, every constraint kind, and CloudFormation's words for each rejection.

mod patterns;

pub(crate) use patterns::{PatternSteps, Patterns, is_broken};

use std::collections::{BTreeMap, BTreeSet};

/// One entry of the template's `Parameters`, as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameter {
    /// The parameter's name.
    pub key: String,
    /// The text of `Type`, for example `List<AWS::EC2::Subnet::Id>`.
    pub kind: String,
    /// The default value; `None` makes the parameter required.
    pub default: Option<String>,
    /// Whether the value is a secret.
    pub no_echo: bool,
    /// What the parameter is for.
    pub description: Option<String>,
    /// The only values accepted; empty means any.
    pub allowed_values: Vec<String>,
    /// A regular expression for the whole value.
    pub allowed_pattern: Option<String>,
    /// What is said when a constraint is not met.
    pub constraint_description: Option<String>,
    /// The fewest characters.
    pub min_length: Option<String>,
    /// The most characters.
    pub max_length: Option<String>,
    /// The lowest number.
    pub min_value: Option<String>,
    /// The highest number.
    pub max_value: Option<String>,
}

/// How many bytes a value may have.
const LONGEST: usize = 4096;

/// The values a stack would run with, or CloudFormation's rejection.
pub(crate) fn effective(
    parameters: &[Parameter],
    given: &BTreeMap<String, String>,
    unchecked: &BTreeSet<String>,
    patterns: &Patterns,
) -> Result<BTreeMap<String, String>, String> {
    let unknown: Vec<&str> =
        given.keys().map(String::as_str).filter(|key| !declared(parameters, key)).collect();
    if !unknown.is_empty() {
        return Err(format!("Parameters: [{}] do not exist in the template", unknown.join(", ")));
    }
    let mut values = BTreeMap::new();
    let mut missing = Vec::new();
    for parameter in parameters {
        match given.get(&parameter.key).or(parameter.default.as_ref()) {
            Some(value) => {
                values.insert(parameter.key.clone(), value.trim().to_owned());
            }
            None => missing.push(parameter.key.as_str()),
        }
    }
    if !missing.is_empty() {
        return Err(format!("Parameters: [{}] must have values", missing.join(", ")));
    }
    for parameter in parameters.iter().filter(|parameter| !unchecked.contains(&parameter.key)) {
        if let Some(value) = values.get(&parameter.key) {
            check(parameter, value, patterns)?;
        }
    }
    Ok(values)
}

/// What is wrong with a value that is given, or with one that is not.
pub(crate) enum ParameterFault {
    /// There is no such parameter.
    Unknown,
    /// It has no default, and no value is given.
    Missing,
    /// The value breaks a rule, in CloudFormation's words.
    Broken(String),
}

/// All that is wrong with given values, by the parameter that it is about.
pub(crate) fn faults(
    parameters: &[Parameter],
    given: &BTreeMap<String, String>,
    patterns: &Patterns,
) -> Vec<(String, ParameterFault)> {
    let unknown = given.keys().filter(|key| !declared(parameters, key));
    let mut faults: Vec<_> = unknown.map(|key| (key.clone(), ParameterFault::Unknown)).collect();
    for parameter in parameters {
        let fault = match given.get(&parameter.key) {
            Some(value) => check(parameter, value.trim(), patterns).err().map(ParameterFault::Broken),
            None => parameter.default.is_none().then_some(ParameterFault::Missing),
        };
        faults.extend(fault.map(|fault| (parameter.key.clone(), fault)));
    }
    faults
}

fn declared(parameters: &[Parameter], key: &str) -> bool {
    parameters.iter().any(|parameter| parameter.key == key)
}

/// Whether `Ref` to a parameter of this type gives a list.
pub(crate) fn is_list(kind: &str) -> bool {
    let kind = resolved_type(kind).unwrap_or(kind);
    kind == "CommaDelimitedList" || kind.starts_with("List<")
}

/// The type of the value that Systems Manager would give for a parameter holding a name there.
pub(crate) fn resolved_type(kind: &str) -> Option<&str> {
    kind.strip_prefix("AWS::SSM::Parameter::Value<")?.strip_suffix('>')
}

/// A list value's items, as CloudFormation splits and trims them; an empty value is one empty item.
pub(crate) fn items(value: &str) -> Vec<&str> {
    value.split(',').map(str::trim).collect()
}

fn check(parameter: &Parameter, value: &str, patterns: &Patterns) -> Result<(), String> {
    if value.len() > LONGEST {
        let (key, bytes) = (&parameter.key, value.len());
        return Err(format!("Parameter '{key}' must contain at most {LONGEST} bytes, not {bytes}"));
    }
    let listed = is_list(&parameter.kind) && resolved_type(&parameter.kind).is_none();
    let checked = if listed { items(value) } else { vec![value] };
    for item in checked {
        let broken = not_allowed(parameter, item, patterns)
            .or_else(|| wrong_pattern(parameter, item, patterns))
            .or_else(|| wrong_number(parameter, item))
            .or_else(|| wrong_length(parameter, item));
        if let Some(complaint) = broken {
            return Err(rejection(parameter, &complaint));
        }
        if item.is_empty() && must_exist(&parameter.kind) {
            let key = &parameter.key;
            return Err(format!(
                "Parameter validation failed: parameter value {item} for parameter name {key} does not exist. \
                 Rollback requested by user."
            ));
        }
    }
    Ok(())
}

fn rejection(parameter: &Parameter, complaint: &str) -> String {
    match &parameter.constraint_description {
        Some(description) => {
            format!("Parameter {} failed to satisfy constraint: {description}", parameter.key)
        }
        None => format!("Parameter '{}' {complaint}", parameter.key),
    }
}

/// CloudFormation looks these up in the account; an empty value is never found.
fn must_exist(kind: &str) -> bool {
    let kind = kind.strip_prefix("List<").unwrap_or(kind);
    kind.starts_with("AWS::EC2::") || kind.starts_with("AWS::Route53::") || kind.starts_with("AWS::SSM::")
}

fn not_allowed(parameter: &Parameter, value: &str, patterns: &Patterns) -> Option<String> {
    let allowed = &parameter.allowed_values;
    // a list that nobody chooses from is looked through for so many values only
    let found = !patterns.take(allowed.len())
        || allowed.is_empty()
        || allowed.iter().any(|allowed| allowed.trim() == value);
    (!found).then(|| "must be one of AllowedValues".to_owned())
}

fn wrong_pattern(parameter: &Parameter, value: &str, patterns: &Patterns) -> Option<String> {
    let pattern = parameter.allowed_pattern.as_ref()?;
    (!patterns.fits(pattern, value)).then(|| format!("must match pattern {pattern}"))
}

fn wrong_length(parameter: &Parameter, value: &str) -> Option<String> {
    let length = value.encode_utf16().count() as f64;
    let (min, max) = (limit(&parameter.min_length), limit(&parameter.max_length));
    match (&parameter.min_length, &parameter.max_length) {
        (Some(text), _) if min.is_some_and(|min| length < min) => {
            Some(format!("must contain at least {text} characters"))
        }
        (_, Some(text)) if max.is_some_and(|max| length > max) => {
            Some(format!("must contain at most {text} characters"))
        }
        _ => None,
    }
}

fn wrong_number(parameter: &Parameter, value: &str) -> Option<String> {
    if !matches!(parameter.kind.as_str(), "Number" | "List<Number>") {
        return None;
    }
    let Some(number) = value.parse::<f64>().ok().filter(|number| number.is_finite()) else {
        return Some("must be a number.".to_owned());
    };
    let (min, max) = (limit(&parameter.min_value), limit(&parameter.max_value));
    match (&parameter.min_value, &parameter.max_value) {
        (Some(text), _) if min.is_some_and(|min| number < min) => {
            Some(format!("must be a number not less than {text}"))
        }
        (_, Some(text)) if max.is_some_and(|max| number > max) => {
            Some(format!("must be a number not greater than {text}"))
        }
        _ => None,
    }
}

fn limit(text: &Option<String>) -> Option<f64> {
    text.as_ref()?.trim().parse().ok()
}

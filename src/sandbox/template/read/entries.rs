//! What CloudFormation says of one parameter and of one resource: all that is wrong with it, what it would tell first first.

use crate::template::error::{TemplateError, meant};
use crate::template::parameters::is_broken;
use crate::template::sections::is_policy;
use crate::template::transforms::Transforms;
use crate::tree::Node;

/// The types of parameters that are no types of resources.
const TYPES: [&str; 5] = ["String", "Number", "CommaDelimitedList", "List<String>", "List<Number>"];

/// What is wrong with a parameter.
pub(super) fn parameter(key: &str, body: &Node, transforms: Transforms) -> Vec<TemplateError> {
    let path = format!("[/Parameters/{key}]");
    let mut faults = Vec::new();
    match body.get_text("Type") {
        None => faults.push(TemplateError::format(
            body,
            &format!("{path} Every Parameters object must contain a Type member."),
        )),
        Some(kind) if !is_parameter_type(kind.trim()) => {
            let (kind, at) = (kind.trim(), body.get("Type").unwrap_or(body));
            let what = format!("Unrecognized parameter type: {kind}");
            faults.push(TemplateError::format(at, &what).advising(meant(kind, TYPES)));
        }
        Some(_) => {}
    }
    if let Some(default) = body.get("Default").filter(|default| default.text().is_none()) {
        faults
            .push(TemplateError::format(default, &format!("{path} Every Default member must be a string.")));
    }
    faults.extend(limits(body, &path));
    // a macro may put something else there
    if !transforms.other {
        faults.extend(flag(body, &path));
        faults.extend(allowed(body, &path));
        faults.extend(crossed(body, &path));
    }
    faults
}

/// How a type is written that is none.
fn as_type(kind: &str) -> String {
    let parts: Vec<&str> = kind.split([':', '.', '/']).filter(|part| !part.is_empty()).collect();
    match Some(parts.join("::")).filter(|written| is_resource_type(written)) {
        Some(written) => format!("did you mean `{written}`?"),
        None => "a type is written as `AWS::S3::Bucket`, one of your own as `Custom::NAME`".to_owned(),
    }
}

/// What is wrong with a resource.
pub(super) fn resource(logical_id: &str, body: &Node, transforms: Transforms) -> Vec<TemplateError> {
    let path = format!("[/Resources/{logical_id}]");
    let mut faults = Vec::new();
    match (body.get("Type"), body.get_text("Type")) {
        (Some(at), Some(kind)) if !transforms.other && !is_resource_type(kind.trim()) => {
            let what = format!("Unrecognized resource types: [{kind}]");
            faults.push(TemplateError::format(at, &what).advising(Some(as_type(kind.trim()))));
        }
        (_, Some(_)) => {}
        (_, None) => faults.push(TemplateError::format(
            body,
            &format!("{path} Every Resources object must contain a Type member."),
        )),
    }
    if let Some(condition) = body.get("Condition").filter(|condition| condition.text().is_none()) {
        let what = format!("{path} Every Condition member must be a string.");
        faults.push(TemplateError::format(condition, &what));
    }
    for name in ["DeletionPolicy", "UpdateReplacePolicy"] {
        faults.extend(body.get(name).and_then(|node| policy(logical_id, name, node, transforms)));
    }
    faults
}

fn policy(logical_id: &str, name: &str, node: &Node, transforms: Transforms) -> Option<TemplateError> {
    match node.text() {
        Some(text) if is_policy(text) => None,
        Some(text) => Some(TemplateError::format(
            node,
            &format!("Unrecognized {name} {text} for resource {logical_id}"),
        )),
        None if transforms.extended() || is_computed(node) => None,
        None => Some(TemplateError::format(node, &format!("Every {name} member must be a string."))),
    }
}

/// What a policy may be computed with where no macro runs.
fn is_computed(policy: &Node) -> bool {
    policy.function().is_some_and(|(name, _)| ["Ref", "Fn::If", "Fn::FindInMap"].contains(&name))
}

/// What values are held against must be of its own kind.
fn limits(body: &Node, path: &str) -> Vec<TemplateError> {
    let mut faults = Vec::new();
    for (member, noun) in [
        ("MinLength", "an integer"),
        ("MaxLength", "an integer"),
        ("MinValue", "a number"),
        ("MaxValue", "a number"),
    ] {
        let Some(node) = body.get(member).filter(|node| node.function().is_none()) else { continue };
        if !(if noun == "a number" { number(node).is_some() } else { length(node).is_some() }) {
            let what = format!("{path} Every {member} member must be {noun}.");
            faults.push(TemplateError::format(node, &what));
        }
    }
    if let Some((node, pattern)) = body.get("AllowedPattern").and_then(|node| Some((node, node.text()?)))
        && is_broken(pattern)
    {
        let what = format!("{path} AllowedPattern is no regular expression: {pattern}");
        faults.push(TemplateError::format(node, &what));
    }
    faults
}

fn length(node: &Node) -> Option<u64> {
    node.text()?.trim().parse().ok()
}

fn number(node: &Node) -> Option<f64> {
    node.text()?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// Bounds that no value is within.
fn crossed(body: &Node, path: &str) -> Vec<TemplateError> {
    let lengths = (body.get("MinLength"), body.get("MaxLength"));
    let values = (body.get("MinValue"), body.get("MaxValue"));
    let length = match lengths {
        (Some(low), Some(high)) if length(low) > length(high) && length(high).is_some() => Some(low),
        _ => None,
    };
    let value = match values {
        (Some(low), Some(high)) if number(low) > number(high) && number(high).is_some() => Some(low),
        _ => None,
    };
    let length = length.map(|low| exceeding("MinLength", "MaxLength", low, path));
    let value = value.map(|low| exceeding("MinValue", "MaxValue", low, path));
    length.into_iter().chain(value).collect()
}

fn exceeding(least: &str, most: &str, at: &Node, path: &str) -> TemplateError {
    let what = format!("{path} {least} must not be greater than {most}.");
    TemplateError::format(at, &what)
        .advising(Some("no value is within both: write the lower one first".to_owned()))
}

/// Whether what hides a value can be read at all: a secret must not show because of a slip.
fn flag(body: &Node, path: &str) -> Option<TemplateError> {
    let node = body.get("NoEcho").filter(|node| node.function().is_none())?;
    if node.text().is_some_and(|text| truth(text).is_some()) {
        return None;
    }
    let what = format!("{path} Every NoEcho member must be a boolean.");
    Some(
        TemplateError::format(node, &what).advising(Some("write `NoEcho: true`, or leave it out".to_owned())),
    )
}

fn allowed(body: &Node, path: &str) -> Option<TemplateError> {
    let node = body.get("AllowedValues").filter(|node| node.list().is_none() && node.function().is_none())?;
    let what = format!("{path} Every AllowedValues member must be a list.");
    let advice = node.text().map(|text| format!("write `[{text}]`"));
    Some(TemplateError::format(node, &what).advising(advice.filter(|advice| advice.len() < 80)))
}

/// YAML's other spellings count too: a secret must not show because of how `NoEcho` was written.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "1" => Some(true),
        "false" | "no" | "off" | "n" | "0" => Some(false),
        _ => None,
    }
}

fn is_parameter_type(kind: &str) -> bool {
    let inner = kind.strip_prefix("AWS::SSM::Parameter::Value<").and_then(|rest| rest.strip_suffix('>'));
    let kind = inner.unwrap_or(kind);
    let item = kind.strip_prefix("List<").and_then(|rest| rest.strip_suffix('>'));
    match item {
        Some(item) => ["String", "Number"].contains(&item) || item.starts_with("AWS::"),
        None => ["String", "Number", "CommaDelimitedList"].contains(&kind) || kind.starts_with("AWS::"),
    }
}

/// `AWS::S3::Bucket`, `Org::Service::Thing::MODULE`, `Custom::Anything`: which types there are is not known here, only how
/// they are written.
fn is_resource_type(kind: &str) -> bool {
    if let Some(own) = kind.strip_prefix("Custom::") {
        let letters = own.chars().all(|c| c.is_ascii_alphanumeric() || "_@-:".contains(c));
        return letters && (1..=60).contains(&own.len());
    }
    let parts: Vec<&str> = kind.split("::").collect();
    let is_word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    (3..=4).contains(&parts.len()) && parts.iter().all(is_word)
}

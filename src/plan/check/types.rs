//! AWS-specific parameter types: what can be said of a value without asking AWS whether there is such a thing.

use super::broken::{Broken, Tried, shown};
use crate::catalog::ParameterRule;

/// What ids of a type begin with; behind it stand 8 or 17 hexadecimal digits.
const PREFIXES: [(&str, &str); 6] = [
    ("AWS::EC2::VPC::Id", "vpc-"),
    ("AWS::EC2::Subnet::Id", "subnet-"),
    ("AWS::EC2::SecurityGroup::Id", "sg-"),
    ("AWS::EC2::Image::Id", "ami-"),
    ("AWS::EC2::Volume::Id", "vol-"),
    ("AWS::EC2::Instance::Id", "i-"),
];

/// Whether a type is one of AWS's own, none of whose values is empty.
pub(super) fn is_specific(kind: &str) -> bool {
    kind.starts_with("AWS::") || kind.starts_with("List<AWS::")
}

/// What an id of this type begins with, if that is known.
pub(super) fn prefix(kind: &str) -> Option<&'static str> {
    PREFIXES.iter().find(|(of, _)| *of == kind).map(|(_, prefix)| *prefix)
}

/// How an item cannot be of the type.
pub(super) fn shape(tried: Tried<'_>, item: &str) -> Option<Broken> {
    let Tried { rule, sensitive, region, .. } = tried;
    if !is_specific(&rule.kind) {
        return None;
    }
    let kind = rule.kind.strip_prefix("List<").and_then(|kind| kind.strip_suffix('>')).unwrap_or(&rule.kind);
    let wanted = wrong(kind, item, region)?;
    let label =
        if item.is_empty() { "empty".to_owned() } else { format!("{} is none", shown(item, sensitive)) };
    Some(Broken { message: format!("must be {wanted}"), label, hint: None, item: None })
}

/// What an item should have been, if it is not that.
fn wrong(kind: &str, item: &str, region: Option<&str>) -> Option<String> {
    if kind.starts_with("AWS::SSM::Parameter::") {
        let named = !item.is_empty() && item.chars().all(|c| c.is_ascii_alphanumeric() || ".-_/".contains(c));
        return (!named).then(|| "the name of an SSM parameter: letters, digits and `.-_/`".to_owned());
    }
    if let Some((_, prefix)) = PREFIXES.iter().find(|(of, _)| *of == kind) {
        return match item.strip_prefix(prefix) {
            Some(digits) if is_id(digits) => None,
            Some(_) => Some(format!("`{prefix}` and 8 or 17 hexadecimal digits (`{kind}`)")),
            None => Some(format!("an id that begins with `{prefix}` (`{kind}`)")),
        };
    }
    match kind {
        _ if item.is_empty() => Some(format!("given: `{kind}` takes no empty value")),
        "AWS::EC2::AvailabilityZone::Name" => not_a_zone(item, region),
        "AWS::Route53::HostedZone::Id" if !is_hosted_zone(item) => {
            Some("the id of a hosted zone: `Z`, then capital letters and digits".to_owned())
        }
        _ => None,
    }
}

fn is_id(digits: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f');
    matches!(digits.len(), 8 | 17) && digits.chars().all(is_digit)
}

fn is_hosted_zone(id: &str) -> bool {
    id.len() <= 32 && id.starts_with('Z') && id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// A zone is its region with a letter (`eu-west-1a`), or a place with a name of its own (`us-west-2-lax-1a`).
fn not_a_zone(item: &str, region: Option<&str>) -> Option<String> {
    let Some(region) = region else {
        let is_region = item.ends_with(|c: char| c.is_ascii_digit()) && item.split('-').count() <= 4;
        return is_region.then(|| "an availability zone: a region and a letter".to_owned());
    };
    let zone = item.strip_prefix(region).unwrap_or_default();
    let is_letter = zone.len() == 1 && zone.starts_with(|c: char| c.is_ascii_lowercase());
    let is_named = zone.len() > 1 && zone.starts_with('-');
    (!is_letter && !is_named).then(|| format!("an availability zone of `{region}`, such as `{region}a`"))
}

/// Whether not every text will do.
pub(super) fn is_constrained(rule: &ParameterRule) -> bool {
    let bounds = [&rule.allowed_pattern, &rule.min_value, &rule.max_value];
    rule.kind.contains("Number")
        || is_specific(&rule.kind)
        || !rule.allowed_values.is_empty()
        || bounds.into_iter().any(Option::is_some)
        || rule.min_length.is_some()
        || rule.max_length.is_some()
}

//! AWS-specific parameter types: what can be said of a value without asking AWS whether there is such a thing.

use super::broken::{Broken, nth, shown};
use crate::catalog::ParameterRule;

/// What ids of a type begin with.
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

/// The first item that cannot be of the type.
pub(super) fn shape(rule: &ParameterRule, items: &[&str], sensitive: bool) -> Option<Broken> {
    if !is_specific(&rule.kind) {
        return None;
    }
    let kind = rule.kind.strip_prefix("List<").and_then(|kind| kind.strip_suffix('>')).unwrap_or(&rule.kind);
    items.iter().enumerate().find_map(|(n, item)| {
        let wanted = wrong(kind, item)?;
        let label =
            if item.is_empty() { "empty".to_owned() } else { format!("{} is none", shown(item, sensitive)) };
        Some(Broken { message: format!("must be {wanted}"), label, hint: None, item: nth(n, items) })
    })
}

/// What an item should have been, if it is not that.
fn wrong(kind: &str, item: &str) -> Option<String> {
    if kind.starts_with("AWS::SSM::Parameter::") {
        let named = !item.is_empty() && item.chars().all(|c| c.is_ascii_alphanumeric() || ".-_/".contains(c));
        return (!named).then(|| "the name of an SSM parameter: letters, digits and `.-_/`".to_owned());
    }
    match PREFIXES.iter().find(|(of, _)| *of == kind) {
        Some((_, prefix)) if !item.starts_with(prefix) || item.len() == prefix.len() => {
            Some(format!("an id that begins with `{prefix}` (`{kind}`)"))
        }
        None if item.is_empty() => Some(format!("given: `{kind}` takes no empty value")),
        _ => None,
    }
}

//! Which changes of a property replace a resource: what `replacements.txt` says of the types that are used most, and the
//! schemas of the others.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::attributes::naming_property;
use super::schemas::schema;

/// Whether a changed resource is replaced by a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Replacement {
    /// It stays.
    False,
    /// It depends on more than the template says.
    Conditional,
    /// It is replaced.
    True,
}

static REPLACEMENTS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("replacements.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(str::split_whitespace).filter_map(|mut words| Some((words.next()?, words.collect()))).collect()
});

/// Whether changing a property replaces a resource.
pub(crate) fn recreation(kind: &str, property: &str) -> Replacement {
    if naming_property(kind) == Some(property) {
        return Replacement::True;
    }
    let Some(listed) = REPLACEMENTS.get(kind) else {
        return match schema(kind).map(|schema| schema.replaces(property)) {
            Some(Some(true)) => Replacement::True,
            Some(Some(false)) => Replacement::False,
            Some(None) | None => Replacement::Conditional,
        };
    };
    let depends = |word: &&str| word.strip_suffix('?') == Some(property);
    match listed {
        words if words.contains(&property) => Replacement::True,
        words if words.iter().any(depends) => Replacement::Conditional,
        _ => Replacement::False,
    }
}

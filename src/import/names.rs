//! What declarations, their files and their variables are called.

use std::collections::BTreeSet;

/// The key of something that is called so.
pub(super) fn key_of(name: &str) -> String {
    let mut key = String::new();
    for c in name.chars() {
        let c = if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        if c != '-' || !key.ends_with('-') {
            key.push(c);
        }
    }
    let key = key.trim_matches('-');
    match key {
        "key" | "var" | "external" | "location" => format!("{key}-1"),
        key if key.starts_with(|c: char| c.is_ascii_alphabetic()) => key.to_owned(),
        key => format!("p-{key}").trim_end_matches('-').to_owned(),
    }
}

/// The key of what is referred to, and the location if that is told: `network`, `network@hub/eu-west-1`.
#[must_use]
pub fn key_and_location(text: &str) -> (&str, Option<&str>) {
    text.split_once('@').map_or((text, None), |(key, at)| (key, Some(at)))
}

/// The stem of the file that is about a product.
pub(super) fn stem_of(product: &str) -> String {
    let mut stem = String::new();
    for c in product.to_lowercase().chars() {
        let c = if c.is_ascii_alphanumeric() { c } else { '-' };
        if c != '-' || !(stem.ends_with('-') || stem.is_empty()) {
            stem.push(c);
        }
    }
    let stem = stem.trim_end_matches('-');
    if stem.is_empty() { "products".to_owned() } else { stem.to_owned() }
}

/// The key, or the next one like it that nobody has.
pub(super) fn free(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{wanted}-{n}"));
    let key = std::iter::once(wanted.to_owned()).chain(numbered).find(|key| !taken.contains(key));
    let key = key.unwrap_or_default();
    taken.insert(key.clone());
    key
}

/// The name of a file with this stem that is not there yet.
pub(super) fn free_file(stem: &str, taken: &mut BTreeSet<String>) -> String {
    let names = std::iter::once(format!("{stem}.yaml")).chain((2..).map(|n| format!("{stem}-{n}.yaml")));
    let is_taken = |name: &String| {
        let other = name.replace(".yaml", ".yml");
        taken.contains(name) || taken.contains(&other)
    };
    let name = names.into_iter().find(|name| !is_taken(name)).unwrap_or_default();
    taken.insert(name.clone());
    name
}

/// The sensitive variable that holds a parameter: `data` and `DbPassword` are `data_db_password`.
pub(super) fn variable(key: &str, parameter: &str) -> String {
    let mut name = String::new();
    let mut was_lower = false;
    for c in format!("{key}_{parameter}").chars() {
        if c.is_ascii_uppercase() && was_lower {
            name.push('_');
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        name.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    name
}

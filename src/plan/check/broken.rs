//! A value that is held against a parameter's rule, and how it is said that it breaks one.

use crate::catalog::ParameterRule;

/// A value, and what it is held against.
#[derive(Clone, Copy)]
pub(super) struct Tried<'a> {
    pub rule: &'a ParameterRule,
    pub text: &'a str,
    /// It is never repeated.
    pub sensitive: bool,
    /// Where its stack will stand, if that is one region.
    pub region: Option<&'a str>,
}

/// A rule that a value breaks.
pub(super) struct Broken {
    /// What must hold: goes on after "parameter `x`".
    pub message: String,
    /// What is said below the caret: how the value breaks the rule.
    pub label: String,
    /// A value that may have been meant, or the template's own words.
    pub hint: Option<String>,
    /// Which item of a list it is about, and of how many.
    pub item: Option<(usize, usize)>,
}

/// Where an item stands, if there are several.
pub(super) fn nth(n: usize, items: &[&str]) -> Option<(usize, usize)> {
    (items.len() > 1).then_some((n, items.len()))
}

/// The value as it may be shown.
pub(super) fn shown(value: &str, sensitive: bool) -> String {
    if sensitive { "this value".to_owned() } else { format!("`{value}`") }
}

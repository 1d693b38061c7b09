//! A rule of a parameter that a value breaks, and how that is said.

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

//! Values that are JSON documents: how they are written is no difference.

use serde_json::Value;

/// A document as declarations send it: compact, keys sorted. `None` for what is neither a map nor a list.
fn canonical(text: &str) -> Option<String> {
    let text = text.trim();
    let value: Value = Some(text).filter(|text| text.starts_with(['{', '[']))?.parse().ok()?;
    Some(value.to_string())
}

/// Whether `wanted` is a document as declarations send it, and `there` the same one, however it is written.
#[must_use]
pub fn is_same_document(wanted: &str, there: &str) -> bool {
    let wanted = wanted.trim();
    let begins = |text: &str| text.trim_start().chars().next();
    let is_wanted = |text: &str| canonical(text).as_deref() == Some(wanted);
    begins(wanted) == begins(there) && is_wanted(wanted) && is_wanted(there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_spaces_are_no_difference() {
        for (wanted, there, is_same) in [
            (r#"{"a":1,"b":[{"c":"d"}]}"#, "{ \"b\": [ {\"c\": \"d\"} ],\n \"a\": 1 }", true),
            (r#"{"a":1}"#, r#"{"a":1.0}"#, false),
            (r#"{"a":1}"#, r#"{"a":"1"}"#, false),
            (r#"["a","b"]"#, r#"["b","a"]"#, false),
            // written by hand: it is sent as it is written
            (r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#, false),
            (r#"{"a":12345678901234567890123}"#, r#"{"a":12345678901234567890124}"#, false),
            ("1", " 1", false),
            ("{", "{", false),
        ] {
            assert_eq!(is_same_document(wanted, there), is_same, "{wanted} {there}");
        }
    }
}

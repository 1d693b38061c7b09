//! Writing XML text.

/// An element with text in it.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escaped(text))
}

/// An element with text in it, if there is text.
pub(super) fn optional(name: &str, text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| element(name, text))
}

/// An element with elements in it.
pub(super) fn wrap(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

/// An element with nothing in it.
pub(super) fn empty(name: &str) -> String {
    format!("<{name}/>")
}

/// A list of structures; each item is the inside of one.
pub(super) fn members(name: &str, items: impl Iterator<Item = String>) -> String {
    wrap(name, &items.map(|inner| wrap("member", &inner)).collect::<String>())
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            '\t' | '\n' => out.push(letter),
            control if control < ' ' => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
    out
}

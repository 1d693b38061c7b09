//! Text on a page: the only place where it is escaped.

use crate::report::escape::Escaped;

/// Text in an element or in a quoted attribute, with what is invisible in it spelled out.
pub(super) fn text(of: &str) -> String {
    let mut out = String::with_capacity(of.len());
    for c in Escaped(of).to_string().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A name.
pub(super) fn code(of: &str) -> String {
    format!("<code>{}</code>", text(of))
}

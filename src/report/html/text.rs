//! Text on a page: the only place where it is escaped.

use crate::report::escape::Escaped;

/// Text in an element or in a quoted attribute, with what is invisible in it spelled out. A page may be printed by a runner: what
/// would be a command at the beginning of a line is none.
pub(super) fn text(of: &str) -> String {
    let mut out = String::with_capacity(of.len());
    if of.trim_start().starts_with("::") {
        out.push('\\');
    }
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

/// A sentence, in which names and commands stand between backquotes.
pub(super) fn with_code(sentence: &str) -> String {
    let parts: Vec<&str> = sentence.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text(sentence);
    }
    let part = |(n, part): (usize, &&str)| if n % 2 == 1 { code(part) } else { text(part) };
    parts.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn nothing_of_a_text_is_markup_or_a_command_of_a_runner() {
        assert_eq!(text("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
        for (command, shown) in
            [("::error::x", "\\::error::x"), (" ::x", "\\ ::x"), ("##[x", "#\\#[x"), ("a::b", "a::b")]
        {
            assert_eq!(text(command), shown);
        }
    }
}

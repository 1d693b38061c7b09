//! What other tools write where a value is to be filled in: it is nothing here, and stands as it is written.

use super::expression::is_key;

/// One such place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Foreign<'t> {
    /// As it is written, such as `{{ env }}`.
    pub written: &'t str,
    /// The name in it.
    pub name: &'t str,
}

/// What stands before a name in other tools.
const HEADS: [&str; 6] = [".Values.", "var.", "vars.", "env.", "ENV.", "."];

impl<'t> Foreign<'t> {
    /// The first one in a text. A whole text is meant as one; amid other text, only what names something that `is_known`, as
    /// scripts and templates of others are values too.
    pub fn find(text: &'t str, is_known: impl Fn(&str) -> bool) -> Option<Self> {
        if !text.contains(['$', '{', '.', '~']) {
            return None;
        }
        let enclosed = [("{{", "}}"), ("$(", ")")].into_iter();
        let enclosed = enclosed.flat_map(|(open, close)| enclosed_by(text, open, close));
        // `${{ name }}` is no reference, and that is told
        let enclosed = enclosed.filter(|one| !is_after_dollar(text, one.written));
        let mut found = enclosed.chain(after_dollar(text)).chain(bare(text));
        found.find(|one| {
            let is_whole = one.written == text.trim() && one.written.starts_with(['{', '$']);
            let in_brackets = one.written.ends_with(['}', ')']);
            is_known(one.name) || is_whole && in_brackets
        })
    }

    /// How it is written here.
    pub fn hint(self) -> String {
        format!("a variable is `${{var.{}}}`", self.name)
    }

    /// How a variable is written, in a text that cannot be right as it is.
    pub fn advice(text: &'t str) -> Option<String> {
        Self::find(text, |_| true).map(Self::hint)
    }
}

/// `{{ name }}` and the like.
fn enclosed_by<'t>(
    text: &'t str,
    open: &'static str,
    close: &'static str,
) -> impl Iterator<Item = Foreign<'t>> {
    text.match_indices(open).filter_map(move |(at, _)| {
        let inside = text.get(at + open.len()..)?.split(close).next()?;
        let written = text.get(at..at + open.len() + inside.len() + close.len())?;
        Some(Foreign { written, name: named(inside)? })
    })
}

/// Whether a `$` stands before a part of a text.
fn is_after_dollar(text: &str, part: &str) -> bool {
    text.split_once(part).is_some_and(|(before, _)| part.starts_with('{') && before.ends_with('$'))
}

/// `$name`, `$var.name`.
fn after_dollar(text: &str) -> impl Iterator<Item = Foreign<'_>> {
    text.match_indices('$').filter_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
        let inside = rest.get(..end.unwrap_or(rest.len()))?;
        Some(Foreign { written: text.get(at..at + 1 + inside.len())?, name: named(inside)? })
    })
}

/// `var.name`, `{var.name}`: a whole text.
fn bare(text: &str) -> Option<Foreign<'_>> {
    let written = text.trim();
    let inside = written.trim_start_matches('{').trim_end_matches('}').trim();
    Some(Foreign { written, name: inside.strip_prefix("var.").filter(|name| is_key(name))? })
}

/// The name, without what stands before it elsewhere.
fn named(inside: &str) -> Option<&str> {
    let inside = inside.trim();
    let name = HEADS.iter().find_map(|head| inside.strip_prefix(head)).unwrap_or(inside);
    is_key(name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::Foreign;

    #[test]
    fn what_others_write_is_told_from_texts() {
        let known = |name: &str| name == "env";
        for (text, written) in [
            ("{{ env }}", "{{ env }}"),
            ("{{other}}", "{{other}}"),
            ("a-{{ .Values.env }}-b", "{{ .Values.env }}"),
            ("$(env)", "$(env)"),
            ("$(other)", "$(other)"),
            ("x $env y", "$env"),
            ("$var.env", "$var.env"),
            ("var.env", "var.env"),
            ("{var.env}", "{var.env}"),
        ] {
            assert_eq!(Foreign::find(text, known).map(|one| one.written), Some(written), "{text}");
        }
        for text in [
            "",
            "env",
            "$5.00",
            "$Latest",
            "$HOME/bin",
            "echo $(hostname) > x",
            "{{resolve:ssm:/a/b}}",
            "Hello {{ name }}, welcome",
            "var.other",
            "{\"a\": {\"b\": 1}}",
            "a.b",
            "${{ env }}",
        ] {
            assert_eq!(Foreign::find(text, known), None, "{text}");
        }
        assert_eq!(Foreign::advice("n-$(env)").as_deref(), Some("a variable is `${var.env}`"));
    }
}

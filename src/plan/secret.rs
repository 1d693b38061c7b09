//! What stands for a secret in plans and state: the same digest wherever the same text is meant.

use std::collections::BTreeSet;

use crate::model::template::{Piece, Template};
use crate::model::value::{DigestKey, KeyedDigest};

/// The digest of a filled value, as state keeps it. `CloudFormation` trims values, and so does this.
#[must_use]
pub fn value_digest(key: &DigestKey, parameter: &str, value: &str) -> KeyedDigest {
    key.digest(parameter, value.trim())
}

/// The digest of a value that may still have holes. Without holes it is [`value_digest`].
#[must_use]
pub fn secret_digest(key: &DigestKey, parameter: &str, template: &Template) -> KeyedDigest {
    match template.as_text() {
        Some(text) => value_digest(key, parameter, text),
        None => key.digest(&format!("{parameter} with holes"), &canonical(template)),
    }
}

/// The catalog's text without anything that must not be seen: clear texts wherever they stand, and what is known by its
/// digest only (a secret that is kept) where it stands as a word or in quotes.
#[must_use]
pub fn veiled<'s>(
    text: &str,
    clear: impl IntoIterator<Item = &'s str>,
    kept: &[(&String, &KeyedDigest)],
    key: &DigestKey,
) -> String {
    let hide = |text: String, secret: &str| text.replace(secret, "(sensitive)");
    let text = clear.into_iter().fold(text.to_owned(), hide);
    if kept.is_empty() {
        return text;
    }
    let is_kept = |word: &&str| kept.iter().any(|(name, digest)| value_digest(key, name, word) == **digest);
    words(&text).into_iter().filter(is_kept).fold(text.clone(), hide)
}

/// Everything in a text that may be somebody's value: longest first, so that none is cut by a shorter one.
fn words(text: &str) -> Vec<&str> {
    let whole = text.split_whitespace();
    let bare = whole.clone().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let inside = text.split(|c: char| c.is_whitespace() || "'\"`<>()[]{},;=".contains(c));
    let unended = inside.clone().map(|word| word.trim_end_matches(['.', ':', '!', '?']));
    let quoted = ['\'', '"', '`'].into_iter().flat_map(|quote| text.split(quote));
    let found: BTreeSet<&str> = whole.chain(bare).chain(inside).chain(unended).chain(quoted).collect();
    // very short texts would blank out half of every message, and are no secrets
    let mut found: Vec<&str> = found.into_iter().filter(|word| word.len() >= 4).collect();
    found.sort_by_key(|word| std::cmp::Reverse(word.len()));
    found
}

fn canonical(template: &Template) -> String {
    template
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => format!("t{}:{text}", text.len()),
            Piece::Reference(reference) => format!("r{}.{};", reference.of, reference.what),
            Piece::InJson(reference) => format!("j{}.{};", reference.of, reference.what),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_by_digest_is_found_where_it_stands_alone() {
        let key = DigestKey::new([1; 32]);
        let digest = value_digest(&key, "Password", "Hunter 2, p.ssw=rd");
        let plain = value_digest(&key, "Token", "t0ken!");
        let names = ["Password".to_owned(), "Token".to_owned()];
        let kept = [(&names[0], &digest), (&names[1], &plain)];
        for (text, wanted) in [
            ("bad value 'Hunter 2, p.ssw=rd' for x", "bad value '(sensitive)' for x"),
            ("t0ken! is weak", "(sensitive) is weak"),
            ("Token=t0ken!; too weak", "Token=(sensitive); too weak"),
            ("(t0ken!).", "((sensitive))."),
            ("nothing of it", "nothing of it"),
        ] {
            assert_eq!(veiled(text, [], &kept, &key), wanted);
        }
        assert_eq!(veiled("a clear one", ["clear"], &[], &key), "a (sensitive) one");
    }
}

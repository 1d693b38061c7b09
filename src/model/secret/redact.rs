//! How texts from outside lose what is sensitive in them.

use std::collections::BTreeSet;

use super::digest::{DigestKey, DigestScope, KeyedDigest};
use super::{REDACTED, SHORTEST, Secrets};

/// A sensitive text of which only the digest is known.
#[derive(Clone, Copy, Debug)]
pub struct Digested<'a> {
    /// Where it stands.
    pub scope: DigestScope<'a>,
    /// What stands for it.
    pub digest: &'a KeyedDigest,
}

/// Takes everything sensitive out of texts that come from outside.
pub struct Redactor<'a> {
    /// What is known in clear: taken out wherever it stands.
    pub clear: &'a Secrets,
    /// What is known by its digest only (a secret that is kept): taken out where it stands as a word or in quotes.
    pub digests: Vec<Digested<'a>>,
    /// The key of the digests.
    pub key: &'a DigestKey,
}

impl Redactor<'_> {
    /// The text without anything sensitive.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut clear: Vec<&str> = self.clear.found(text).collect();
        // what contains another one goes first, or its rest would stay
        clear.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        let text = clear.into_iter().fold(text.to_owned(), without);
        if self.digests.is_empty() {
            return text;
        }
        words(&text).into_iter().filter(|word| self.is_kept(word)).fold(text.clone(), without)
    }

    fn is_kept(&self, word: &str) -> bool {
        self.digests.iter().any(|kept| kept.digest.stands_for(self.key, kept.scope, word))
    }
}

fn without(text: String, secret: &str) -> String {
    text.replace(secret, REDACTED)
}

/// Everything in a text that may be somebody's value: longest first, so that none is cut by a shorter one.
fn words(text: &str) -> Vec<&str> {
    let whole = text.split_whitespace();
    let bare = whole.clone().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let inside = text.split(|c: char| c.is_whitespace() || "'\"`<>()[]{},;=".contains(c));
    let unended = inside.clone().map(|word| word.trim_end_matches(['.', ':', '!', '?']));
    let quoted = ['\'', '"', '`'].into_iter().flat_map(|quote| text.split(quote));
    let found: BTreeSet<&str> = whole.chain(bare).chain(inside).chain(unended).chain(quoted).collect();
    let mut found: Vec<&str> = found.into_iter().filter(|word| is_redacted(word)).collect();
    found.sort_by_key(|word| std::cmp::Reverse(word.len()));
    found
}

fn is_redacted(secret: &str) -> bool {
    secret.len() >= SHORTEST
}

#[cfg(test)]
mod tests {
    use super::super::Secret;
    use super::*;

    #[test]
    fn what_is_known_by_digest_is_found_where_it_stands_alone() {
        let key = DigestKey::new([1; 32]);
        let scopes = ["Password", "Token"].map(|name| DigestScope { birth: 7, name });
        let made = [scopes[0].digest(&key, "Hunter 2, p.ssw=rd"), scopes[1].digest(&key, "t0ken!")];
        let clear = Secrets::default();
        let digests =
            scopes.iter().zip(&made).map(|(scope, digest)| Digested { scope: *scope, digest }).collect();
        let redactor = Redactor { clear: &clear, digests, key: &key };
        for (text, wanted) in [
            ("bad value 'Hunter 2, p.ssw=rd' for x", "bad value '(sensitive)' for x"),
            ("t0ken! is weak", "(sensitive) is weak"),
            ("Token=t0ken!; too weak", "Token=(sensitive); too weak"),
            ("(t0ken!).", "((sensitive))."),
            ("nothing of it", "nothing of it"),
        ] {
            assert_eq!(redactor.redact(text), wanted);
        }
    }

    #[test]
    fn what_is_known_in_clear_is_found_anywhere() {
        let key = DigestKey::new([1; 32]);
        let clear: Secrets = ["hunter", "hunter22", "abc"].map(Secret::new).into_iter().collect();
        let redactor = Redactor { clear: &clear, digests: Vec::new(), key: &key };
        assert_eq!(redactor.redact("xhunter, hunter22 and abc"), "x(sensitive), (sensitive) and abc");
        assert!(clear.are_in("xhunterx") && !clear.are_in("abc"));
        let clear: Secrets = ["schön", "önli", "hun"].map(Secret::new).into_iter().collect();
        assert!(clear.are_in("unschönlich") && clear.are_in("gewönlich") && !clear.are_in("schon hun"));
    }
}

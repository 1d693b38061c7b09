//! How a token is made: once, when its operation is begun. Afterwards it is only read from the intent.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::{Birth, Recorded};
use provisor_model::ids::{Lineage, Token};
use provisor_model::secret::{DigestKey, KeyedDigest, hex};

/// How many hexadecimal digits of a state's mark stand in its tokens.
const MARK: usize = 10;
/// How many hexadecimal digits tell an operation from every other.
const REST: usize = 40;

/// An operation that is about to be begun.
#[derive(Clone, Copy, Debug)]
pub struct TokenParts<'a> {
    /// The state that it is an operation of.
    pub lineage: &'a Lineage,
    /// The row that it is an operation on.
    pub birth: Birth,
    /// Its number in the row.
    pub op_no: u64,
    /// Stands for the whole request: one token never carries two.
    pub request_digest: &'a KeyedDigest,
    /// Bits drawn for this operation alone, so that a copied or restored row makes no token again.
    pub nonce: u128,
}

impl TokenParts<'_> {
    /// `p<mark of the state>-<rest>`: our own tokens can be told from other people's, and from those of another state.
    #[must_use]
    pub fn token(&self, key: &DigestKey) -> Token {
        let Self { lineage, birth, op_no, request_digest, nonce } = self;
        let rest = key.sign(&[
            b"token",
            lineage.as_str().as_bytes(),
            &birth.0.to_be_bytes(),
            &op_no.to_be_bytes(),
            request_digest.0.as_bytes(),
            &nonce.to_be_bytes(),
        ]);
        Token::new(format!("{}{rest:.REST$}", mark(lineage)))
    }
}

impl Recorded {
    /// Which of these tokens are of this very state, and nothing that it holds knows them: it is older than what it did, or
    /// another copy of it is at work. Other people's tokens, and those of another state, are no evidence.
    pub fn unknown<'t>(&self, tokens: impl Iterator<Item = &'t Token>) -> BTreeSet<&'t Token> {
        let mark = mark(&self.lineage);
        let mut ours: BTreeSet<&Token> = tokens.filter(|token| token.as_str().starts_with(&mark)).collect();
        if ours.is_empty() {
            return ours;
        }
        let rows = self.rows.values();
        let of_rows = rows.flat_map(|row| row.tokens.iter().map(|(_, token)| token).chain(&row.earlier));
        let dropped = self.tombstones.values().flat_map(|stone| &stone.tokens);
        for known in of_rows.chain(dropped) {
            ours.remove(known);
        }
        ours
    }
}

/// What every token of a state begins with.
fn mark(lineage: &Lineage) -> String {
    let mark = hex(&Sha256::digest(lineage.as_str()));
    format!("p{mark:.MARK$}-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_ours_and_of_one_operation_alone() {
        let (lineage, other) = (Lineage::new("0c5e9f6f"), Lineage::new("0c5e9f70"));
        let digest = KeyedDigest("d".into());
        let key = DigestKey::new([1; 32]);
        let base =
            TokenParts { lineage: &lineage, birth: Birth(7), op_no: 3, request_digest: &digest, nonce: 9 };
        let all = [
            base,
            TokenParts { lineage: &other, ..base },
            TokenParts { birth: Birth(8), ..base },
            TokenParts { op_no: 4, ..base },
            TokenParts { request_digest: &KeyedDigest("e".into()), ..base },
            TokenParts { nonce: 10, ..base },
        ]
        .map(|parts| parts.token(&key));
        let distinct: std::collections::BTreeSet<&Token> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        let mark =
            |token: &Token| token.as_str().split_once('-').map(|(mark, rest)| (mark.to_owned(), rest.len()));
        assert_eq!(mark(&all[0]), mark(&all[5]));
        assert_ne!(mark(&all[0]), mark(&all[1]));
        assert!(all[0].as_str().starts_with('p') && all[0].as_str().len() == 1 + MARK + 1 + REST);
    }
}

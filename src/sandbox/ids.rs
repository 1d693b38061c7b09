//! Identifiers and digests, all made from text by SHA-256: the same names give the same ids in every run.
//! Nothing here draws random numbers.

use sha2::{Digest, Sha256};

/// `prefix` and thirteen lower-case letters and digits, the shape of every Service Catalog id.
pub(crate) fn derive(prefix: &str, parts: &[&str]) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let seeded: Vec<&str> = std::iter::once(prefix).chain(parts.iter().copied()).collect();
    let mut number = first_u128(&hash(&seeded));
    let mut id = String::with_capacity(prefix.len() + 13);
    id.push_str(prefix);
    for _ in 0..13 {
        let digit = (number % 36) as usize;
        id.push(ALPHABET.get(digit).map_or('a', |&byte| byte as char));
        number /= 36;
    }
    id
}

/// A UUID made from text.
pub(crate) fn uuid(parts: &[&str]) -> String {
    let text = hex(&hash(parts));
    let piece = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-a{}-{}", piece(0, 8), piece(8, 12), piece(12, 15), piece(15, 18), piece(18, 30))
}

/// The whole digest in hexadecimal.
pub(crate) fn digest(parts: &[&str]) -> String {
    hex(&hash(parts))
}

/// The digest of bytes as they came.
pub(crate) fn digest_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A number in `0.0..1.0` made from text: what a seeded coin is tossed with.
pub(crate) fn fraction(parts: &[&str]) -> f64 {
    let bits = (first_u128(&hash(parts)) >> 75) as u64;
    bits as f64 / (1u64 << 53) as f64
}

fn hash(parts: &[&str]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_vec()
}

fn first_u128(bytes: &[u8]) -> u128 {
    bytes.iter().take(16).fold(0, |number, &byte| (number << 8) | u128::from(byte))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

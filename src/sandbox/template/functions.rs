//! CloudFormation's intrinsic functions on values that are already evaluated. No template, no place.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

/// Text that doubles itself stops here.
pub(super) const MAX_TEXT: usize = 1_000_000;

/// One piece of an `Fn::Sub` text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Stays.
    Text(&'a str),
    /// `${!name}`: stays as `${name}`.
    Literal(&'a str),
    /// `${name}` or `${resource.attribute}`.
    Variable(&'a str),
}

/// Splits an `Fn::Sub` text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, inside, after)) = next_variable(rest) {
        pieces.push(Piece::Text(before));
        match inside.strip_prefix('!') {
            Some(name) => pieces.push(Piece::Literal(name)),
            None => pieces.push(Piece::Variable(inside.trim())),
        }
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (inside, after) = rest.split_once('}')?;
    Some((before, inside, after))
}

/// `Fn::Join`.
pub(super) fn join(delimiter: &Value, items: &Value) -> Result<Value, String> {
    const WRONG: &str = "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and \
        (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be \
        joined.";
    let (Some(delimiter), Some(items)) = (delimiter.as_str(), items.as_array()) else {
        return Err(WRONG.to_owned());
    };
    let texts = items.iter().map(Value::as_str).collect::<Option<Vec<_>>>().ok_or(WRONG)?;
    bounded(texts.join(delimiter))
}

/// Refuses text that has grown beyond any use.
pub(super) fn bounded(text: String) -> Result<Value, String> {
    if text.len() > MAX_TEXT {
        return Err(format!("Template error: a value may not exceed {MAX_TEXT} bytes"));
    }
    Ok(Value::String(text))
}

/// `Fn::Select`.
pub(super) fn select(index: &Value, items: &Value) -> Result<Value, String> {
    let wrong = || {
        let what = "Fn::Select requires a list argument with two elements: an integer index and a list";
        format!("Template error: {what}")
    };
    let text = index.as_str().ok_or_else(wrong)?.trim();
    let items = items.as_array().ok_or_else(wrong)?;
    let number: i64 = text.parse().map_err(|_| wrong())?;
    let item = usize::try_from(number).ok().and_then(|index| items.get(index));
    item.cloned()
        .ok_or_else(|| format!("Template error: Fn::Select cannot select nonexistent value at index {text}"))
}

/// `Fn::Split`.
pub(super) fn split(delimiter: &Value, text: &Value) -> Result<Value, String> {
    match (delimiter.as_str(), text.as_str()) {
        (Some(delimiter), Some(text)) if !delimiter.is_empty() => Ok(text.split(delimiter).collect()),
        _ => {
            let what = "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be \
                split or a function that returns a string to be split.";
            Err(format!("Template error: {what}"))
        }
    }
}

/// `Fn::Base64`.
pub(super) fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let number = (0..3).fold(0usize, |sum, i| sum << 8 | usize::from(chunk.get(i).copied().unwrap_or(0)));
        for place in 0..4 {
            let letter = LETTERS.get(number >> (18 - 6 * place) & 63).copied().unwrap_or(b'=');
            encoded.push(if place > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    encoded
}

/// `Fn::Cidr`: `count` blocks with `bits` host bits each, from the front of `block`.
pub(super) fn cidr(block: &str, count: &str, bits: &str) -> Result<Value, String> {
    let wrong = |what: &str| format!("Template error: Fn::Cidr {what}");
    let (address, prefix) =
        block.trim().split_once('/').ok_or_else(|| wrong("ipBlock must be a CIDR block"))?;
    let count: u128 = count.trim().parse().map_err(|_| wrong("count must be a number from 1 to 256"))?;
    let bits: u32 = bits.trim().parse().map_err(|_| wrong("cidrBits must be a number"))?;
    let prefix: u32 = prefix.parse().map_err(|_| wrong("ipBlock must be a CIDR block"))?;
    let (base, width): (u128, u32) = match (address.parse::<Ipv4Addr>(), address.parse::<Ipv6Addr>()) {
        (Ok(address), _) => (u128::from(address.to_bits()), 32),
        (_, Ok(address)) => (address.to_bits(), 128),
        _ => return Err(wrong("ipBlock must be a CIDR block")),
    };
    if !(1..=256).contains(&count) {
        return Err(wrong("count must be a number from 1 to 256"));
    }
    let room = width.checked_sub(prefix).and_then(|host_bits| host_bits.checked_sub(bits));
    let fits = room.is_some_and(|room| room >= 128 || count <= 1 << room) && (1..128).contains(&bits);
    if !fits {
        return Err(wrong(&format!("cannot cut {count} blocks of {bits} bits out of {block}")));
    }
    let host = if prefix == 0 { 0 } else { base >> (width - prefix) << (width - prefix) };
    let blocks = (0..count).map(|place| {
        let start = host + (place << bits);
        let length = width - bits;
        match u32::try_from(start).ok().filter(|_| width == 32) {
            Some(start) => Value::String(format!("{}/{length}", Ipv4Addr::from_bits(start))),
            None => Value::String(format!("{}/{length}", Ipv6Addr::from_bits(start))),
        }
    });
    Ok(blocks.collect())
}

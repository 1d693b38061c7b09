//! The text of `Fn::Sub`, taken apart.

/// One piece of an `Fn::Sub` text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Stays.
    Text(&'a str),
    /// `${!name}`: stays as `${name}`.
    Literal(&'a str),
    /// `${name}` or `${resource.attribute}`.
    Variable(&'a str),
}

/// Splits an `Fn::Sub` text.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
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

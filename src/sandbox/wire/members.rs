//! How the tables of operations describe a request's members.

use super::patterns::Pattern;

/// A member of a structure.
#[derive(Debug)]
pub(crate) struct Member {
    pub name: &'static str,
    pub shape: &'static Shape,
    pub required: bool,
}

/// What a value may be.
#[derive(Debug)]
pub(crate) enum Shape {
    Text { min: usize, max: usize, pattern: Option<Pattern> },
    Choice(&'static [&'static str]),
    Number { min: i64, max: i64 },
    Truth,
    List { max: usize, of: &'static Shape },
    Map { min: usize, max: usize, key: &'static Shape, of: &'static Shape },
    Structure(&'static [Member]),
}

/// A member that may be left out.
pub(crate) const fn may(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, shape, required: false }
}

/// A member that must be there.
pub(crate) const fn must(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, shape, required: true }
}

/// Text of any kind between two lengths.
pub(crate) const fn text(min: usize, max: usize) -> Shape {
    Shape::Text { min, max, pattern: None }
}

/// Text that a pattern must match as a whole.
pub(crate) const fn patterned(min: usize, max: usize, pattern: Pattern) -> Shape {
    Shape::Text { min, max, pattern: Some(pattern) }
}

pub(crate) const fn list(max: usize, of: &'static Shape) -> Shape {
    Shape::List { max, of }
}

/// No limit.
pub(crate) const ANY: usize = usize::MAX;

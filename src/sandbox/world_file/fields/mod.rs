//! The table of fields of world files, as plain data that can be walked: every key, what it holds, its rule, its default
//! and a sentence about it. The check of world files and its suggestions are made from it.

mod faults;
mod knobs;
mod world;

pub(crate) use faults::{ADVANCE, FAULT, FINISH};
pub(crate) use world::WORLD;

/// A map with known keys; any other key is an error.
#[derive(Debug)]
pub struct Table {
    /// What such a map looks like, for messages.
    pub example: &'static str,
    /// Its keys.
    pub fields: &'static [Field],
}

/// A key, and what is known about it.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What stands under it.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What holds where it is left out, as it would be written.
    pub default: Option<&'static str>,
    /// A sentence for those who write it.
    pub doc: &'static str,
}

/// What stands under a key.
#[derive(Debug)]
pub enum Kind {
    /// Text; whole numbers and booleans are taken as they are written.
    Text(TextRule),
    /// A number above the first bound and up to the second one.
    Number(NumberRule),
    /// A whole number from 0 to the bound.
    Whole(u64),
    /// `true` or `false`.
    Flag,
    /// A span of virtual time: `90s`, `1500ms`, `2m`, `1.5h`, or a number of seconds.
    Span,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An outcome that goes with the `operation` beside it or, where there is none, with a call.
    Outcome,
    /// A list.
    List(&'static Kind),
    /// A map with keys of the user's own.
    Named(&'static Kind),
    /// A map with known keys.
    Map(&'static Table),
}

/// What a text must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextRule {
    /// Anything.
    Any,
    /// A name of 1 to so many characters.
    Name(usize),
    /// An id of the service's: 1 to 100 letters, digits, `_` and `-`.
    Id,
    /// An account id of twelve digits.
    Account,
    /// The name of a region.
    Region,
    /// The ARN of an IAM role.
    RoleArn,
    /// An ARN.
    Arn,
    /// A product type of the service's.
    ProductType,
    /// The code of an error: no blanks.
    ErrorCode,
}

/// What a number must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberRule {
    /// Any; what it means is checked with its neighbours.
    Any,
    /// A speed of time: above 0 and at most 1,000,000.
    TimeScale,
    /// Calls per second: above 0.
    Rate,
}

impl Field {
    const fn new(name: &'static str, kind: Kind, doc: &'static str) -> Field {
        Field { name, kind, required: false, default: None, doc }
    }

    const fn text(name: &'static str, doc: &'static str) -> Field {
        Field::new(name, ANY, doc)
    }

    const fn required(self) -> Field {
        Field { required: true, ..self }
    }

    const fn or(self, default: &'static str) -> Field {
        Field { default: Some(default), ..self }
    }
}

const ANY: Kind = Kind::Text(TextRule::Any);
const ID: Kind = Kind::Text(TextRule::Id);
const ACCOUNTS: Kind = Kind::List(&Kind::Text(TextRule::Account));
const REGIONS: Kind = Kind::List(&Kind::Text(TextRule::Region));
/// Keys to text.
const TEXTS: Kind = Kind::Named(&ANY);
/// Keys to lists of text.
const LISTS: Kind = Kind::Named(&Kind::List(&ANY));

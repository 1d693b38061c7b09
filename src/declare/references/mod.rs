//! `${…}`: how references are written, what they may mean at one place, and which product an address means.

mod context;
mod expression;
mod notation;
mod targets;

pub(super) use context::{Context, Filling, LONGEST_WRITTEN, unknown_variable};
pub(super) use expression::{Fault, Token, address, is_key, parse};
pub(super) use notation::Foreign;
pub(super) use targets::Targets;

//! AWS JSON 1.1 as text: faults, times, shapes of answers, page tokens and the checks a server makes on a
//! request. Nothing here knows HTTP or the world.

mod check;
mod fault;
mod members;
mod page;
mod patterns;
mod shapes;
mod tables;

pub(crate) use check::{Strictness, check};
pub(crate) use fault::Fault;
pub(crate) use members::Member;
pub(crate) use page::{page, token_of, tokens_cursor};
pub(crate) use shapes::*;
pub(crate) use tables::*;

//! The words of the program: identifiers, templates, values, diagnostics. No traits, no IO, no serde.

pub mod access;
pub mod diagnostic;
pub mod endpoint;
pub mod glob;
pub mod graph;
pub mod grouping;
pub mod ids;
pub mod json;
pub mod kinds;
pub mod product;
pub mod random;
pub mod schema;
pub mod secret;
pub mod target;
pub mod template;
pub mod text;
pub mod time;

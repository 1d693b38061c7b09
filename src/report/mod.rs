//! Plans, events, reports, states and findings as text or JSON, in two steps: [`view`] says what there is to tell, as plain
//! values; a renderer ([`human`], [`json`], [`markdown`], [`terraform`]) says how it looks. Nothing is decided, read or asked here, the time comes in as
//! an argument, and all foreign text passes through [`escape`].

pub mod annotations;
pub mod escape;
pub mod events;
pub mod graph;
pub mod html;
pub mod human;
pub mod json;
pub mod markdown;
mod style;
pub mod terraform;
pub mod trace;
pub mod view;

pub use style::Style;

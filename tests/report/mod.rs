//! The report stage: what readers see, text by text. Every renderer is fed with hostile text once.

mod actions;
pub mod agreement;
mod diagnostics;
mod diff;
mod escape;
mod events;
mod fixture;
mod formats;
mod json;
mod live;
mod plan;
mod proof;
mod state;
mod summary;
mod width;

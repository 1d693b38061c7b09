//! Plans, events, reports, states and findings as text or JSON. Renders only: nothing is decided, read or asked
//! here, the time comes in as an argument, and all foreign text passes through [`escape`].

pub mod diagnostics;
pub mod escape;
pub mod events;
pub mod failure;
pub mod human;
pub mod json;
pub mod style;
pub mod summary;
mod text;
mod values;

pub use style::Style;
pub use text::duration;

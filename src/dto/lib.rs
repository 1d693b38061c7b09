//! Forms that several formats have in common, and nothing about what they mean: the state's format and saved plans write
//! the same members, so a field is added to both here. Sees the model only.

pub mod content;

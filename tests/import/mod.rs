//! What exists to declarations: the YAML that a colleague would have written, and that says the same.

mod accounts;
mod cloudformation;
mod compose;
mod pulumi;
mod puppet;
mod terraform;

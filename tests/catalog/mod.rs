//! The catalog adapter against a scripted HTTP server on loopback: what goes over the wire, and what comes back as
//! what. Behaviour that belongs to a catalog, not to the wire, is tested against the sandbox elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that panics is a test that failed"
)]

mod accounts;
mod errors;
mod levels;
mod offers;
mod pages;
mod plans;
mod reads;
mod server;
mod setup;
mod skew;
mod submit;

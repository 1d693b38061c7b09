//! The sandbox, seen from outside: over HTTP as any client sees it, and through the functions that start it.
//! What a single call answers is the business of `calls`; starting, dying and taking over that of `live`; what becomes
//! of a template that of `template`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod access;
mod calls;
mod control;
mod door;
mod existing;
mod extras;
mod faults;
mod http;
mod instructions;
mod knobs;
mod links;
mod live;
mod plans;
mod portfolios;
mod size;
mod stacks;
mod template;
mod worlds;

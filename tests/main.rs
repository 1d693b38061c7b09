//! One test binary: a module per subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod architecture;
mod book;
mod catalog;
mod cli;
mod codes;
mod declare;
mod fields;
mod hints;
mod import;
mod injected;
mod memory_store;
mod model;
mod plan_file;
mod planning;
mod policy;
mod power;
mod reference;
mod report;
mod sandbox_clients;
mod simulation;
mod state;
mod workspace;

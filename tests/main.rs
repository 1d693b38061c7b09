//! One test binary: a module per subject. The simulation is one of its own (`tests/simulation`): CI runs it once more, optimised.
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
mod packages;
mod plan_file;
mod planning;
mod policy;
mod power;
mod reference;
mod report;
mod rows;
mod sandbox_clients;
mod state;
mod workspace;

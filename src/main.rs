//! The `provisor` command: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    provisor::cli::run(std::env::args_os().collect())
}

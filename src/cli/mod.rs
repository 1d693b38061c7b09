//! Wiring: arguments to stages to text and an exit code. A command is a chain of calls; what it does lives in a stage.

mod apply;
mod args;
mod edge;
mod exit;
mod fail;
mod init;
mod load;
mod output;
mod plan;
mod planning;
mod running;
mod sandbox;
mod saved;
mod settings;
mod show;
mod signals;
mod state;
mod terraform;
mod validate;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use self::args::{Cli, Command};
use self::fail::Fail;

pub use self::exit::Exit;

/// Runs one command line.
#[must_use]
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(terraform::translate(arguments)) {
        Ok(cli) => cli,
        Err(error) => {
            let exit = match (error.use_stderr(), error.print()) {
                (true, _) => Exit::Usage,
                (false, Err(cause)) if cause.kind() != std::io::ErrorKind::BrokenPipe => Exit::Error,
                (false, _) => Exit::Done,
            };
            return ExitCode::from(exit as u8);
        }
    };
    let edge = edge::Edge::new(&cli);
    let exit = command(&cli, &edge).unwrap_or_else(|fail| {
        edge.err(&fail.render(edge.err_style));
        fail.exit()
    });
    ExitCode::from(exit as u8)
}

fn command(cli: &Cli, edge: &edge::Edge) -> Result<Exit, Fail> {
    if let Some(directory) = &cli.directory {
        std::env::set_current_dir(directory)
            .map_err(|error| Fail::usage(format!("cannot go to `{}`: {error}", directory.display())))?;
    }
    match &cli.command {
        Command::Init(init) => init::run(init, edge),
        Command::Validate(validate) => validate::run(validate, edge),
        Command::Plan(plan) => plan::run(plan, edge),
        Command::Apply(apply) => apply::run(apply, edge),
        Command::Destroy(destroy) => apply::destroy(destroy, edge),
        Command::Show(show) => show::run(show, edge),
        Command::State(state) => state::run(state, edge),
        Command::Output(output) => output::run(output, edge),
        Command::Sandbox(sandbox) => sandbox::run(sandbox, edge),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "provisor", &mut script);
            edge.out(&String::from_utf8_lossy(&script))
        }
        Command::Version => edge.out(&format!("provisor {}\n", env!("CARGO_PKG_VERSION"))),
    }
}

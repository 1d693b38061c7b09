//! The command line: arguments to a wish, a call of `workspace/`, a rendering, an exit code. What a command does lives
//! there, or in a stage.

mod apply;
mod args;
mod author;
mod commit;
mod doctor;
mod edge;
mod exit;
mod fail;
mod files;
mod gate;
mod init;
mod load;
mod open;
mod output;
mod plan;
mod process;
mod sandbox;
mod saved;
mod show;
mod signals;
mod state;
mod terraform;
mod validate;
mod watching;
mod wish;
mod words;
mod worlds;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use self::args::{Cli, Command, When};
use self::edge::Edge;
use crate::workspace::Problem;

pub use self::exit::Exit;
pub use self::load::Wiring;

/// Runs one command line.
#[must_use]
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    process::guarded(|| parsed(arguments))
}

/// Everything that can be typed, for the tests of what texts tell people to type.
#[cfg(feature = "internals")]
#[must_use]
pub fn command_line() -> clap::Command {
    Cli::command()
}

fn parsed(arguments: Vec<OsString>) -> ExitCode {
    if let Some(sentence) = terraform::unheeded(&arguments) {
        Edge::say(&format!("Warning: {sentence}\n"));
    }
    let cli = match Cli::try_parse_from(terraform::translate(arguments)) {
        Ok(cli) => cli,
        Err(error) => {
            if let Some(sentence) = words::unknown(&error) {
                return usage(&sentence);
            }
            let error = words::without_danger(error);
            return ExitCode::from(told(&error) as u8);
        }
    };
    let edge = Edge::new(&cli);
    let exit = command(&cli, &edge).unwrap_or_else(|problem| {
        fail::tell(&problem, &cli.command, &edge);
        problem.kind.into()
    });
    ExitCode::from(exit as u8)
}

/// Prints what the command line is answered with: help, or what is wrong with it.
fn told(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        let text = error.render();
        // which colour was asked for is not known of a line that cannot be read
        let is_coloured = Edge::is_coloured(When::Auto, std::io::stderr().is_terminal());
        let text = if is_coloured { text.ansi().to_string() } else { text.to_string() };
        Edge::say(&text.replacen("error:", "Error:", 1));
        return Exit::Usage;
    }
    match error.print() {
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => Exit::Error,
        _ => Exit::Done,
    }
}

/// A command line that nothing comes of.
fn usage(sentence: &str) -> ExitCode {
    Edge::say(&format!("Error: {sentence}\n\nFor all commands, try '--help'.\n"));
    ExitCode::from(Exit::Usage as u8)
}

fn command(cli: &Cli, edge: &Edge) -> Result<Exit, Problem> {
    if let Some(directory) = &cli.directory {
        files::enterable(directory)?;
    }
    match &cli.command {
        Command::Init(args) => init::run(args, edge),
        Command::Validate(args) => validate::run(args, edge),
        Command::Plan(args) => plan::run(args, edge),
        Command::Apply(args) => apply::run(args, edge),
        Command::Destroy(args) => apply::destroy(args, edge),
        Command::Show(args) => show::run(args, edge),
        Command::State(args) => state::run(args, edge),
        Command::Output(args) => output::run(args, edge),
        Command::Doctor(args) => doctor::run(args, edge),
        Command::Sandbox(args) => sandbox::run(args, edge),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "provisor", &mut script);
            edge.raw(&String::from_utf8_lossy(&script))
        }
        Command::Version => edge.out(&format!("provisor {}\n", env!("CARGO_PKG_VERSION"))),
    }
}

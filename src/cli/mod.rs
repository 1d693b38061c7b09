//! The command line: arguments to a wish, a call of `workspace/`, a rendering, an exit code. What a command does lives
//! there, or in a stage.

mod adopting;
mod annotations;
mod apply;
mod args;
mod author;
mod calls;
mod catalog;
mod commit;
mod complete;
mod completions;
mod conversion;
mod declaring;
mod doctor;
mod edge;
mod exit;
mod explain;
mod fail;
mod files;
mod folder;
mod foreign;
mod gate;
mod graph;
mod import;
mod import_note;
mod init;
mod load;
mod man;
mod new_locations;
mod open;
mod output;
mod plan;
mod policy;
mod previewing;
mod process;
mod prove;
mod recover;
mod rendering;
mod reporting;
mod sandbox;
mod sandbox_args;
mod saved;
mod schema;
mod schemas;
mod show;
mod signals;
mod state;
mod surgery;
mod teaching;
mod telemetry;
mod terraform;
mod unclaimed;
mod unfinished;
mod unparsed;
mod validate;
mod version;
mod watching;
mod what_if;
mod wish;
mod words;
mod worlds;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use self::args::{Cli, Command};
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
    teaching::command_line()
}

fn parsed(arguments: Vec<OsString>) -> ExitCode {
    if let Some(sentence) = terraform::unheeded(&arguments) {
        Edge::say(&format!("Warning: {sentence}\n"));
    }
    if let Some(sentence) = Edge::variable("TF_LOG").as_deref().and_then(terraform::unheeded_log) {
        Edge::say(&format!("Warning: {sentence}\n"));
    }
    let typed = terraform::translate(arguments);
    let parsed = teaching::command_line().try_get_matches_from(&typed);
    let named =
        parsed.as_ref().ok().and_then(|matches| matches.subcommand_name()).unwrap_or_default().to_owned();
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(unparsed::tell(error, &typed) as u8),
    };
    let edge = Edge::new(&cli);
    // a server has no end, and what a shell asks for while somebody types is nobody's run
    if !matches!(cli.command, Command::Sandbox(_) | Command::Complete(_)) {
        telemetry::begin(&edge);
    }
    let exit = command(&cli, &edge).unwrap_or_else(|problem| {
        fail::tell(&problem, &cli.command, &edge);
        problem.kind.into()
    });
    edge.speak();
    let exit = match cli.annotations.as_ref().map(|wanted| annotations::tell(wanted, &edge)) {
        Some(Err(problem)) => {
            edge.err(&fail::render(&problem, edge.err_style));
            if exit == Exit::Done { problem.kind.into() } else { exit }
        }
        _ => exit,
    };
    telemetry::end(&named, exit, &edge);
    ExitCode::from(exit as u8)
}

fn command(cli: &Cli, edge: &Edge) -> Result<Exit, Problem> {
    if let Some(directory) = &cli.directory {
        files::enterable(directory)?;
    }
    if !matches!(cli.command, Command::Sandbox(_)) {
        calls::hear(cli.log.as_deref(), edge)?;
    }
    match &cli.command {
        Command::Init(args) => init::run(args, edge),
        Command::Validate(args) => validate::run(args, edge),
        Command::Plan(args) if !args.what_if.is_empty() => what_if::run(args, edge),
        Command::Plan(args) => {
            let exit = plan::run(args, edge);
            if args.stats {
                calls::tell(edge);
            }
            exit
        }
        Command::Apply(args) => apply::run(args, edge),
        Command::Destroy(args) => apply::destroy(args, edge),
        Command::Import(args) => import::run(args, edge),
        Command::Show(args) => show::run(args, edge),
        Command::State(args) => state::run(args, edge),
        Command::Output(args) => output::run(args, edge),
        Command::Catalog(command) => catalog::run(command, edge),
        Command::Doctor(args) => doctor::run(args, edge),
        Command::Sandbox(args) => sandbox::run(args, edge),
        Command::Prove(args) => prove::run(args, edge),
        Command::Explain(args) => explain::run(args, edge),
        Command::Schema(args) => schema::run(args, edge),
        Command::Graph(args) => graph::run(args, edge),
        Command::IamPolicy(args) => policy::run(args, edge),
        Command::Man(args) => man::run(args, edge),
        Command::Completions(args) => completions::run(args, edge),
        Command::Complete(args) => complete::run(args, edge),
        Command::Version(args) => version::run(args, edge),
    }
}

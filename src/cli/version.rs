//! `provisor version`: which program this is.

use super::args::VersionArgs;
use super::edge::Edge;
use super::exit::Exit;
use crate::report::json;
use crate::workspace::Problem;

pub fn run(args: &VersionArgs, edge: &Edge) -> Result<Exit, Problem> {
    let version = env!("CARGO_PKG_VERSION");
    edge.out(&match args.json {
        true => json::version(version, option_env!("PROVISOR_COMMIT"), &Edge::target()),
        false => format!("provisor {version}\n"),
    })
}

//! `provisor sandbox`: a simulated catalog for any AWS SDK.

use std::path::{Path, PathBuf, absolute};

use super::args::{SandboxArgs, VariableArgs};
use super::edge::Edge;
use super::exit::Exit;
use super::load::{self, Wiring};
use super::open;
use crate::state::keep_out_of_git;
use crate::workspace::{Problem, SETTINGS};
use provisor_sandbox::{Options, serve};

pub fn run(args: &SandboxArgs, edge: &Edge) -> Result<Exit, Problem> {
    let world = edge.at(&args.world);
    let kept = if args.in_memory { Options { world, ..Options::default() } } else { kept(&world, edge)? };
    let log = args.log.as_ref().map(|log| edge.at(log));
    let options = Options { port: args.port, log, reset: args.reset, ..kept };
    let mut ready = |endpoint: &provisor_sandbox::Endpoint| {
        // a reader that has gone away does not end the serving
        let _ = edge.out(&format!("{}\n", endpoint.url));
    };
    serve(&options, &mut ready).map_err(|error| load::unusable(error, &edge.root))?;
    Ok(Exit::Done)
}

/// The same place as for a location with `sandbox:`, if the world file is in a repo; otherwise beside it.
fn kept(world: &Path, edge: &Edge) -> Result<Options, Problem> {
    let there = absolute(world).unwrap_or_else(|_| world.to_owned());
    let beside = there.parent().unwrap_or(Path::new("/"));
    let root = beside.ancestors().find(|folder| folder.join(SETTINGS).exists()).unwrap_or(beside);
    let here = absolute(edge.at(Path::new(".")));
    let state = if here.is_ok_and(|here| here == root) { state_here(edge) } else { root.join("state") };
    keep_out_of_git(&state)?;
    Ok(load::options(world, there.strip_prefix(root).unwrap_or(world), &state))
}

/// What the settings say, if they are here and can be read.
fn state_here(edge: &Edge) -> PathBuf {
    let wiring = Wiring { command: "sandbox" };
    let repo = open::repo(&VariableArgs::default(), &wiring, edge);
    repo.map_or_else(|_| edge.at(Path::new("state")), |repo| load::state_dir(&repo.root, &repo.settings))
}

//! `provisor sandbox`: a simulated catalog for any AWS SDK.

use std::path::{Path, PathBuf};

use super::args::{Sandbox, Variables};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::{load, settings};
use crate::state::keep_out_of_git;
use provisor_sandbox::{Options, serve};

pub fn run(args: &Sandbox, edge: &Edge) -> Result<Exit, Fail> {
    let kept = match args.in_memory {
        true => Options { world: args.world.clone(), ..Options::default() },
        false => kept(&args.world)?,
    };
    let options = Options { port: args.port, log: args.log.clone(), reset: args.reset, ..kept };
    serve(&options, &mut |endpoint| drop(edge.out(&format!("{}\n", endpoint.url))))?;
    Ok(Exit::Done)
}

/// The same place as for a location with `sandbox:`, if the world file is in a repo; otherwise beside it.
fn kept(world: &Path) -> Result<Options, Fail> {
    let here = std::path::absolute(world).unwrap_or_else(|_| world.to_owned());
    let beside = here.parent().unwrap_or(Path::new("/"));
    let root = beside.ancestors().find(|folder| folder.join(settings::SETTINGS).exists()).unwrap_or(beside);
    let state = match std::env::current_dir() {
        Ok(current) if current == root => state_here(),
        _ => root.join("state"),
    };
    let in_repo = here.strip_prefix(root).unwrap_or(world);
    keep_out_of_git(&state)?;
    Ok(load::options(world, in_repo, &state))
}

/// What the settings say, if they are here and can be read.
fn state_here() -> PathBuf {
    let repo = settings::read(&Variables::default());
    repo.map_or_else(|_| PathBuf::from("state"), |repo| load::state_dir(&repo))
}

//! `provisor sandbox`: a simulated catalog for any AWS SDK.

use std::path::{Path, PathBuf};

use super::args::Sandbox;
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::load;
use crate::sandbox::{Options, serve};
use crate::state::keep_out_of_git;

pub fn run(args: &Sandbox, edge: &Edge) -> Result<Exit, Fail> {
    // the same place as for a location with `sandbox:`, in a repo whose settings stand beside the world file
    let beside =
        args.world.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let state: PathBuf = beside.join("state");
    let kept = match args.in_memory {
        true => Options { world: args.world.clone(), ..Options::default() },
        false => {
            keep_out_of_git(&state)?;
            load::options(&args.world, &state)
        }
    };
    let options = Options { port: args.port, log: args.log.clone(), reset: args.reset, ..kept };
    serve(&options, &mut |endpoint| drop(edge.out(&format!("{}\n", endpoint.url))))?;
    Ok(Exit::Done)
}

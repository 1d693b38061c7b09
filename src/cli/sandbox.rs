//! `provisor sandbox`: a simulated catalog for any AWS SDK.

use std::path::{Path, PathBuf, absolute};

use super::args::VariableArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::load::{self, Wiring};
use super::sandbox_args::SandboxArgs;
use super::worlds::unusable;
use super::{files, open};
use crate::files::{Checkout, SettingsHome};
use crate::report::json;
use crate::state::{keep_out_of_git, stranger};
use crate::workspace::{Problem, ProblemKind, SETTINGS};
use provisor_sandbox::{Options, Reader, attach, serve};

pub fn run(args: &SandboxArgs, edge: &Edge) -> Result<Exit, Problem> {
    let world = edge.at(&args.world);
    let reader = reader(&world, edge)?;
    // nothing is made for a world that cannot be read: serving says why
    let kept = if args.in_memory || reader.read(&world).is_err() {
        Options { world: world.clone(), ..Options::default() }
    } else {
        kept(&world, edge)?
    };
    let given = Checkout::new(&Checkout::upwards(&edge.root, SETTINGS)).given();
    let log = args.log.as_deref().map(|log| files::log_target(log, &given, edge)).transpose()?;
    let options = Options { port: args.port, log, reset: args.reset, reader, ..kept };
    let mut ready = |endpoint: &provisor_sandbox::Endpoint| {
        // a reader that has gone away does not end the serving
        let url = &endpoint.url;
        let _ = edge.out(&if args.json { json::served(url) } else { format!("{url}\n") });
    };
    serve(&options, &mut ready).map_err(|error| unusable(error, &edge.root, &options.reader))?;
    Ok(Exit::Done)
}

/// Serves the world of a repo that this program has written itself, on a thread, for as long as this process lives: gives where.
pub fn beside(root: &Path, world: &str) -> Result<String, Problem> {
    let named = Path::new(world);
    let home = SettingsHome::Checkout(Checkout::new(root));
    let options = load::options(&root.join(named), named, &root.join("state"));
    for folder in ["state".as_ref()].into_iter().chain(options.data.as_deref()) {
        let within = folder.strip_prefix(root).unwrap_or(folder);
        let unusable = |error| Problem::new(ProblemKind::State, format!("cannot keep a world: {error}"));
        home.own_folder(within).map_err(unusable)?;
    }
    let options = Options { reader: load::reader(&home, &options.world), ..options };
    let served = attach(&options).map_err(|error| unusable(error, root, &options.reader))?;
    Ok(served.url)
}

/// The same place as for a location with `sandbox:`, if the world file is in a repo, or one that trusted settings name;
/// otherwise beside it.
fn kept(world: &Path, edge: &Edge) -> Result<Options, Problem> {
    let there = absolute(world).unwrap_or_else(|_| world.to_owned());
    let beside = there.parent().unwrap_or(Path::new("/"));
    let root = beside.ancestors().find(|folder| folder.join(SETTINGS).exists()).unwrap_or(beside);
    let here = absolute(edge.at(Path::new("."))).is_ok_and(|here| here == root);
    let (home, state) =
        if here || edge.settings.is_some() { state_here(edge)? } else { (None, root.join("state")) };
    let home = home.unwrap_or_else(|| SettingsHome::Checkout(Checkout::new(root)));
    let root = home.folder();
    let options = load::options(world, there.strip_prefix(root).unwrap_or(world), &state);
    for folder in [Some(&state), options.data.as_ref()].into_iter().flatten() {
        let named = folder.strip_prefix(root).unwrap_or(folder);
        let unusable = |error| {
            let message = format!("cannot keep a world in `{}`: {error}", named.display());
            Problem::new(ProblemKind::State, message)
        };
        home.own_folder(named).map_err(unusable)?;
    }
    if let Some(stranger) = stranger(&state) {
        let named = state.strip_prefix(root).unwrap_or(&state).display();
        let message =
            format!("cannot keep a world in `{named}`: it holds `{stranger}`, which is none of ours");
        let hint = "name another folder as `state.path` in the settings, or give `--in-memory`";
        return Err(Problem::new(ProblemKind::State, message).hint(hint));
    }
    keep_out_of_git(&state)?;
    Ok(options)
}

/// What the settings say, if they are here and can be read; trusted ones must be right.
fn state_here(edge: &Edge) -> Result<(Option<SettingsHome>, PathBuf), Problem> {
    let wiring = Wiring::new("sandbox");
    let (home, state) = match open::repo(&VariableArgs::default(), &wiring, edge) {
        Ok(repo) => (Some(repo.home.clone()), load::state_dir(&repo.home, &repo.settings)?),
        Err(problem) if edge.settings.is_some() => return Err(problem),
        Err(_) => (None, edge.at(Path::new("state"))),
    };
    Ok((home.filter(|home| matches!(home, SettingsHome::Operator { .. })), absolute(&state).unwrap_or(state)))
}

/// The world that the operator names may lie anywhere; its templates lie beneath its folder, or beneath `--root`.
fn reader(world: &Path, edge: &Edge) -> Result<Reader, Problem> {
    let folder = world.parent().unwrap_or(Path::new(""));
    let here = Checkout::upwards(folder, SETTINGS);
    let wide = edge.ceiling.as_ref().map_or(here, |root| edge.at(root));
    let unusable = |error| Problem::usage(format!("`{}`: {error}", wide.display()));
    let checkout = Checkout::widened(folder, &wide).map_err(unusable)?;
    let (given, named) = (checkout.given(), world.to_owned());
    let within = load::reader(&SettingsHome::Checkout(checkout), world);
    let beside = within.clone();
    let reader =
        Reader::new(move |path| if path == named { Ok(given.read(path)?) } else { within.read(path) });
    Ok(reader.listing(move |folder| beside.names(folder)))
}

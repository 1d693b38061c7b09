//! A simulated AWS Service Catalog: the real wire protocol over loopback HTTP, behind it a world that follows
//! virtual time. It is built from a world file, `sandbox.yaml`, and is an independent reading of the API: this crate
//! depends on nothing else of provisor, and is not told what the rest expects.
//!
//! ```text
//! HTTP -- server --> engine --> operations, query --> world    pure below the engine
//!                      |- catalog   (from the world file)      read again at each start
//!                      |- journal   (written before an answer is sent)
//!                      `- clock, faults, call log
//! ```
//!
//! What it knows of AWS's resource types (`template/guess/*.txt`, the serverless model, the endings of names) is frozen:
//! nothing is added unless a user's template fails without it.

mod catalog;
mod clock;
mod engine;
mod error;
mod faults;
mod files;
mod ids;
mod journal;
mod live;
mod operations;
mod partition;
mod query;
mod server;
pub mod template;
mod tree;
mod wire;
mod world;
mod world_file;

use std::path::{Path, PathBuf};

use world_file::{Loaded, Problems};

pub use error::SandboxError;
pub use files::{Reader, Room};
pub use live::{attach, glance, serve};
pub use world_file::fields;

/// How to start a sandbox.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The world file, sandbox.yaml.
    pub world: PathBuf,
    /// The folder that keeps the world between runs; `None` keeps it in memory only.
    pub data: Option<PathBuf>,
    /// The port on loopback; 0 takes the one used last, or any.
    pub port: u16,
    /// Where to write one JSON line per request; `None` is `calls.jsonl` in the data folder.
    pub log: Option<PathBuf>,
    /// Forget what was provisioned before.
    pub reset: bool,
    /// How the world file and its templates are read.
    pub reader: Reader,
}

/// A live sandbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// For example `http://127.0.0.1:41234`.
    pub url: String,
    /// The account of the world file.
    pub account_id: String,
    /// The region of the world file.
    pub region: String,
    /// Simulated seconds per real second.
    pub time_scale: f64,
    /// Whether this process runs it; otherwise another one does, and this one takes over when that ends.
    pub owned: bool,
}

/// The head of a world file.
#[derive(Debug, Clone, PartialEq)]
pub struct Peek {
    /// The account it stands for.
    pub account_id: String,
    /// The region it stands for.
    pub region: String,
    /// Simulated seconds per real second.
    pub time_scale: f64,
}

/// Reads a world file's head; nothing is started and no template is read.
pub fn peek(world: &Path, reader: &Reader) -> Result<Peek, SandboxError> {
    let Loaded { file, wrong, .. } = world_file::load(world, reader)?;
    if !wrong.is_empty() {
        // what is wrong with its templates is told together with that
        load(world, reader)?;
    }
    Ok(Peek {
        account_id: file.account_id.to_string(),
        region: file.region.to_string(),
        time_scale: file.time_scale,
    })
}

/// The fields of a world file: every key, what it holds, its rule, its default and a sentence about it.
#[must_use]
pub fn fields() -> &'static fields::Table {
    &fields::WORLD
}

/// Reads a world file and every template in it.
pub fn check(world: &Path, reader: &Reader) -> Result<(), SandboxError> {
    load(world, reader).map(drop)
}

fn load(world: &Path, reader: &Reader) -> Result<catalog::Catalog, SandboxError> {
    let (catalog, wrong) = read(world, reader)?;
    Problems::none(wrong).map(|()| catalog).map_err(SandboxError::from)
}

/// The same without the versions whose templates are none, where nothing else is wrong.
fn load_sound(world: &Path, reader: &Reader) -> Result<catalog::Catalog, SandboxError> {
    let (catalog, wrong) = read(world, reader)?;
    let is_rest_sound = !catalog.lacks_some && wrong.iter().all(|one| one.of_template);
    if is_rest_sound { Ok(catalog) } else { Err(Problems(wrong).into()) }
}

/// A world, and what is wrong with the versions in it and with what is there in the beginning.
fn read(world: &Path, reader: &Reader) -> Result<(catalog::Catalog, Vec<world_file::Problem>), SandboxError> {
    let Loaded { file, source, mut wrong } = world_file::load(world, reader)?;
    let built = catalog::build(file, &source, &engine::call_names());
    if !wrong.is_empty() {
        let more = built.map_or_else(|Problems(more)| more, |catalog| catalog.wrong);
        let beside = world_file::Beside::of(&wrong);
        let holds = |one: &world_file::Problem| beside.lets(one);
        let more: Vec<world_file::Problem> = more.into_iter().filter(holds).collect();
        wrong.extend(more);
        return Err(Problems(wrong).into());
    }
    let mut catalog = built?;
    let mut wrong = std::mem::take(&mut catalog.wrong);
    // that what is there in the beginning can be is only known when it has been
    wrong.extend(engine::beginning(&catalog, 0).err().into_iter().flat_map(|Problems(more)| more));
    Ok((catalog, wrong))
}

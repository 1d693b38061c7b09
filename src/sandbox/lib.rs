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
pub use live::{Glimpse, attach, glance, serve};
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
#[derive(Debug)]
pub struct Peek {
    /// The account it stands for.
    pub account_id: String,
    /// The region it stands for.
    pub region: String,
    /// Simulated seconds per real second.
    pub time_scale: f64,
    /// What is wrong with the rest of it.
    pub wrong: Option<SandboxError>,
}

/// Reads a world file's head; nothing is started and no template is read where nothing is wrong with the file.
pub fn peek(world: &Path, reader: &Reader) -> Result<Peek, SandboxError> {
    let Loaded { file, wrong, .. } = world_file::load(world, reader)?;
    // what is wrong with its templates is told together with that
    let told = if wrong.is_empty() { None } else { load(world, reader).err() };
    if let Some(error) = told {
        if !wrong.iter().all(world_file::Problem::spares_head) {
            return Err(error);
        }
        return Ok(Peek { wrong: Some(error), ..Peek::of(&file) });
    }
    Ok(Peek::of(&file))
}

impl Peek {
    fn of(file: &world_file::WorldFile) -> Self {
        Self {
            account_id: file.account_id.to_string(),
            region: file.region.to_string(),
            time_scale: file.time_scale,
            wrong: None,
        }
    }
}

/// A product of a world, and its versions.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferedProduct {
    /// Its name.
    pub name: String,
    /// The names that its versions have.
    pub versions: Vec<String>,
}

/// What the portfolios of a world file hold; nothing is started and no template is read.
pub fn offered(world: &Path, reader: &Reader) -> Result<Vec<OfferedProduct>, SandboxError> {
    let Loaded { file, .. } = world_file::load(world, reader)?;
    let products = file.portfolios.iter().flat_map(|portfolio| &portfolio.products);
    let product = |product: &world_file::ProductEntry| OfferedProduct {
        name: product.name.to_string(),
        versions: product.versions.iter().filter_map(|one| Some(one.name.as_ref()?.to_string())).collect(),
    };
    Ok(products.map(product).collect())
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
    let World { catalog, wrong } = read(world, reader)?;
    match catalog.filter(|_| wrong.is_empty()) {
        Some(catalog) => Ok(catalog),
        None => Err(Problems(wrong).into()),
    }
}

/// The same without the versions whose templates are none, where what is wrong besides says nothing of what there is to provision.
fn load_sound(world: &Path, reader: &Reader) -> Result<catalog::Catalog, SandboxError> {
    let World { catalog, wrong } = read(world, reader)?;
    match catalog.filter(|_| wrong.iter().all(world_file::Problem::spares_products)) {
        Some(mut catalog) => {
            catalog.lacks_some |= wrong.iter().any(world_file::Problem::spoils_beginning);
            if catalog.lacks_some {
                // of what is there in the beginning, some may be what they are not
                catalog.existing.clear();
            }
            Ok(catalog)
        }
        None => Err(Problems(wrong).into()),
    }
}

/// A world, as far as it can be read, and all that is wrong with it.
struct World {
    catalog: Option<catalog::Catalog>,
    wrong: Vec<world_file::Problem>,
}

fn read(world: &Path, reader: &Reader) -> Result<World, SandboxError> {
    let Loaded { file, source, mut wrong } = world_file::load(world, reader)?;
    let built = catalog::build(file, &source, &engine::call_names());
    let (mut catalog, more) = match built {
        Ok(mut catalog) => {
            let more = std::mem::take(&mut catalog.wrong);
            (Some(catalog), more)
        }
        Err(Problems(more)) => (None, more),
    };
    let beside = world_file::Beside::of(&wrong);
    let holds = |one: &world_file::Problem| beside.lets(one);
    let more: Vec<world_file::Problem> = more.into_iter().filter(holds).collect();
    let is_read = wrong.is_empty();
    wrong.extend(more);
    if let Some(catalog) = catalog.as_mut().filter(|_| is_read) {
        // that what is there in the beginning can be is only known when it has been
        wrong.extend(engine::beginning(catalog, 0).err().into_iter().flat_map(|Problems(more)| more));
    }
    Ok(World { catalog, wrong })
}

//! `provisor validate`: offline checks only.

use std::path::Path;

use super::args::Validate;
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::load;
use crate::declare::Access;

pub fn run(validate: &Validate, edge: &Edge) -> Result<Exit, Fail> {
    let declared = load::declared(&validate.variables, edge)?;
    let sandboxes = declared.repo.settings.locations.values().filter_map(|location| match &location.access {
        Access::Sandbox { file } => Some(file),
        Access::Aws { .. } => None,
    });
    for file in sandboxes.collect::<std::collections::BTreeSet<_>>() {
        provisor_sandbox::check(Path::new(file))?;
    }
    let products = declared.desired.products.len();
    edge.out(&format!("Success! The declarations are valid. Provisioned products: {products}\n"))
}

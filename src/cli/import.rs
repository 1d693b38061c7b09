//! `provisor import`: what exists becomes what is declared. What that means is planning's matter.

use super::apply::{FreshPlan, fresh};
use super::args::ImportArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::load::Wiring;
use super::watching::Watching;
use super::{foreign, unclaimed, unfinished};
use crate::model::product::Selector;
use crate::report::view::Ending;
use crate::workspace::{Problem, Wish};

pub fn run(args: &ImportArgs, edge: &Edge) -> Result<Exit, Problem> {
    let watching = Watching::new(&args.applying, Ending::Import, edge)?;
    let wiring = Wiring::new("import").patient(args.applying.lock_timeout);
    unfinished::go_on(&args.variables, &wiring, edge)?;
    if args.all || foreign::is_named(args) {
        return unclaimed::run(args, &watching);
    }
    // what is refused of all that is declared keeps nothing else from coming back
    let of = FreshPlan {
        wish: wish(args)?,
        variables: &args.variables,
        skips_refused: args.declared,
        checksum: None,
        write: &[],
    };
    fresh(&of, &watching)
}

fn wish(args: &ImportArgs) -> Result<Wish, Problem> {
    let imports = match (&args.address, &args.product) {
        (Some(address), Some(product)) => vec![(address.clone(), selector(product)?)],
        _ => Vec::new(),
    };
    Ok(Wish {
        imports,
        import_declared: args.declared,
        import_only: true,
        targets: args.target.clone(),
        excludes: args.exclude.clone(),
        ..Wish::default()
    })
}

/// Ids are told from names by how the service begins them.
fn selector(text: &str) -> Result<Selector, Problem> {
    match text {
        "" => Err(Problem::usage("the provisioned product has no name: write its id or its name")),
        id if id.starts_with("pp-") => Ok(Selector::Id(id.to_owned())),
        name => Ok(Selector::Name(name.to_owned())),
    }
}

//! `provisor validate`: offline checks only.

use super::args::ValidateArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::load::{Wiring, check_sandboxes};
use super::open;
use crate::report::json;
use crate::workspace::Problem;

pub fn run(args: &ValidateArgs, edge: &Edge) -> Result<Exit, Problem> {
    let wiring = Wiring::new("validate");
    let workspace = open::judged(&args.variables, &wiring, edge, |repo| check_sandboxes(repo).err())?;
    let products = workspace.desired.products.len();
    if args.json {
        return edge.out(&json::validation(Some(products), &edge.warned.borrow()));
    }
    edge.out(&format!("Success! The declarations are valid. Provisioned products: {products}\n"))
}

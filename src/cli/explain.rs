//! `provisor explain`: what a diagnostic's code means.

use super::args::ExplainArgs;
use super::edge::Edge;
use super::exit::Exit;
use crate::report::view::{CODE_GROUPS, CodeView};
use crate::report::{human, json};
use crate::workspace::{Problem, ProblemKind};

pub fn run(args: &ExplainArgs, edge: &Edge) -> Result<Exit, Problem> {
    let Some(code) = &args.code else {
        let all: Vec<&CodeView> = CODE_GROUPS.iter().flat_map(|group| group.codes).collect();
        return edge.out(&match args.json {
            true => json::explained(&all),
            false => human::explained(&CODE_GROUPS, edge.out_style),
        });
    };
    let one = CodeView::named(code).map_err(|near| {
        let hint = near.unwrap_or_else(|| "`provisor explain` lists all codes".to_owned());
        Problem::new(ProblemKind::Usage, format!("there is no code `{code}`")).hint(hint)
    })?;
    edge.out(&match args.json {
        true => json::explained(&[one]),
        false => human::explain(one, edge.out_style),
    })
}

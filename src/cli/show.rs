//! `provisor show`: a saved plan, or the state.

use super::args::{Format, Show};
use super::edge::Edge;
use super::exit::Exit;
use super::fail::Fail;
use super::{load, plan, saved, settings};
use crate::model::ids::Lineage;
use crate::report::{human, json};
use crate::state::Recorded;

pub fn run(args: &Show, edge: &Edge) -> Result<Exit, Fail> {
    let repo = settings::read(&args.variables)?;
    let snapshot = load::snapshot(&repo, "show")?;
    let format = if args.json { Format::Json } else { args.format };
    if let Some(path) = &args.plan_file {
        let snapshot = snapshot
            .ok_or_else(|| Fail::refused("there is no state here", "show the plan where it was made"))?;
        let key = snapshot.key.ok_or_else(|| {
            Fail::refused("the state's key is lost: saved plans cannot be trusted any more", "plan again")
        })?;
        let plan = saved::load(path, &snapshot.recorded, &key)?;
        return edge.out(&plan::render(&plan, format, edge.out_style));
    }
    let recorded = snapshot.map_or_else(|| Recorded::empty(Lineage::new("")), |snapshot| snapshot.recorded);
    let labels = recorded.labels();
    let text = match format {
        Format::Json => json::state(&recorded),
        Format::Human => {
            let rows = recorded.rows.iter();
            rows.map(|(address, row)| human::state_show(&labels, address, row)).collect()
        }
    };
    if text.is_empty() { edge.out("The state is empty.\n") } else { edge.out(&text) }
}

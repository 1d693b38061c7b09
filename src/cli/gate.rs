//! What stands between a plan and its being carried out: the fingerprint that was approved, somebody's yes.

use super::args::ApplyingArgs;
use super::edge::Edge;
use crate::plan::Plan;
use crate::plan::file::fingerprint;
use crate::report::view::Ending;
use crate::workspace::Problem;

/// Refuses a plan that is not the one with this fingerprint.
pub fn is_approved(plan: &Plan, checksum: Option<&str>) -> Result<(), Problem> {
    let found = fingerprint(plan);
    match checksum {
        Some(expected) if expected.len() < 8 || !found.starts_with(expected) => Err(Problem::refused(
            format!("the plan's fingerprint is {found}, `--checksum` says {expected}"),
            "look at the plan again: it is not the one that was approved",
        )),
        _ => Ok(()),
    }
}

/// Asks whether a plan may be carried out.
pub fn agreed(plan: &Plan, ending: Ending, args: &ApplyingArgs, edge: &Edge) -> Result<bool, Problem> {
    if args.auto_approve {
        return Ok(true);
    }
    if !edge.can_ask {
        return Err(Problem::refused(
            "there is no terminal to ask on",
            match ending {
                Ending::Apply => "`--auto-approve` applies without asking",
                Ending::Import => "`--auto-approve` imports without asking",
                Ending::Destroy => "`--auto-approve` terminates without asking",
            },
        ));
    }
    let question = match ending {
        Ending::Apply | Ending::Import => "\nDo you want to perform these actions?",
        Ending::Destroy => "\nDo you really want to terminate all of these? There is no undo.",
    };
    let fingerprint: String = fingerprint(plan).chars().take(16).collect();
    let asked = format!("{question}\n  Only 'yes' is accepted. (plan {fingerprint})\n\n  Enter a value: ");
    Ok(edge.ask(&asked, args.json).as_deref() == Some("yes"))
}

//! How a problem is told to people. What it is, and what to do about it, is said in it; its exit code is in `exit.rs`.

use crate::report::{Style, human};
use crate::workspace::{Complaints, Problem};

/// What is said.
pub fn render(problem: &Problem, style: Style) -> String {
    match &problem.complaints {
        Complaints::Findings(found, sources) => human::findings(found, sources, style),
        Complaints::Sentences(complaints) => complaints
            .iter()
            .map(|one| human::error(&one.message, &one.causes, one.hint.as_deref(), style))
            .collect(),
    }
}

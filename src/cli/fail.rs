//! How a problem is told, to people and to programs. What it is, and what to do about it, is said in it; its exit code is in
//! `exit.rs`.

use super::args::{ApplyArgs, Command, DestroyArgs};
use super::edge::{Edge, HeldWarnings};
use crate::model::text::count;
use crate::plan::{Action, Plan};
use crate::report::human::Beside;
use crate::report::view::{BreachView, FindingView};
use crate::report::{Style, human, json};
use crate::workspace::{Complaint, Complaints, NOT_FILLED, Problem, ProblemKind};

/// Tells people, and programs where the command was asked for a document and none was written yet.
pub fn tell(problem: &Problem, command: &Command, edge: &Edge) {
    let together = with_held(problem, edge);
    let problem = together.as_ref().unwrap_or(problem);
    edge.err(&render(problem, edge.err_style));
    edge.found.borrow_mut().extend(findings(problem));
    let found = || edge.warned.take().into_iter().chain(findings(problem)).collect::<Vec<_>>();
    let document = match command {
        Command::Apply(ApplyArgs { applying, .. }) | Command::Destroy(DestroyArgs { applying, .. }) => {
            if applying.json {
                events(&found(), edge);
                not_summed_up(edge);
            }
            return;
        }
        Command::Import(args) if args.applying.json => {
            events(&found(), edge);
            return not_summed_up(edge);
        }
        _ if edge.has_answered() => return,
        Command::Validate(args) if args.json => json::validation(None, &found()),
        other if other.is_json() => json::diagnostics(&found()),
        _ => return,
    };
    // that it could not be written changes nothing any more
    let _ = edge.out(&document);
}

/// With what was kept back until it is known what is wrong there; what has no place in a text is told by itself.
fn with_held(problem: &Problem, edge: &Edge) -> Option<Problem> {
    if !problem.is_findings() {
        edge.speak();
        return None;
    }
    let HeldWarnings { found, sources } = edge.take_held()?;
    edge.warned.borrow_mut().retain(|one| one.code != NOT_FILLED);
    Some(problem.clone().noting(found, &sources))
}

/// Writes findings as events, one a line.
pub fn events(found: &[FindingView], edge: &Edge) {
    for one in found {
        let line = json::diagnostic(one, edge.next_event(), Edge::now());
        let _ = edge.out(&(line + "\n"));
    }
}

/// Ends a stream of events of which nothing was carried out, or nobody knows how it ended.
pub fn not_summed_up(edge: &Edge) {
    let line = json::not_summed_up(edge.next_event(), Edge::now());
    let _ = edge.out(&(line + "\n"));
}

/// Why nothing of a plan is applied: people read it in the plan itself.
pub fn refusals(plan: &Plan) -> Vec<FindingView> {
    let finding = |message, hint| {
        let code = ProblemKind::Refused.word();
        FindingView { code, is_error: true, message, hint, notes: Vec::new(), place: None }
    };
    let breach = plan.breach.iter().map(BreachView::of);
    let breach = breach.map(|one| finding(format!("this plan is refused: {}", one.text()), Some(one.hint)));
    let refused = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Refused(refusal) if !refusal.defers() => {
            let label = plan.labels.label(&step.address);
            Some(finding(format!("`{label}`: {}", refusal.message), refusal.hint.clone()))
        }
        _ => None,
    });
    breach.chain(refused).collect()
}

/// What is said.
pub fn render(problem: &Problem, style: Style) -> String {
    match &problem.complaints {
        Complaints::Findings(found, sources) => human::findings(found, sources, style),
        Complaints::Sentences(complaints) => {
            let one = |one: &Complaint| {
                let Complaint { message, causes, notes, hint } = one;
                human::error(message, Beside { causes, notes, hint: hint.as_deref() }, style)
            };
            let told: Vec<String> = complaints.iter().map(one).collect();
            // how a command is meant is no finding that is counted
            let many = if problem.kind == ProblemKind::Usage { 0 } else { told.len() };
            let counted = if many == 0 { String::new() } else { format!("\n{}\n", count(many, "error")) };
            told.join("\n") + &counted
        }
    }
}

fn findings(problem: &Problem) -> Vec<FindingView> {
    match &problem.complaints {
        Complaints::Findings(found, sources) => FindingView::all(found, sources),
        Complaints::Sentences(complaints) => {
            complaints.iter().map(|one| sentence(problem.kind.word(), one)).collect()
        }
    }
}

fn sentence(code: &'static str, said: &Complaint) -> FindingView {
    let Complaint { message, causes, notes, hint } = said.clone();
    FindingView { code, is_error: true, message, hint, notes: [causes, notes].concat(), place: None }
}

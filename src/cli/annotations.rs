//! What is found, as the review of a change shows it beside its lines: only when that is asked for.

use std::path::{Path, absolute};

use super::args::Annotations;
use super::edge::Edge;
use super::files;
use crate::declare::arrange;
use crate::files::Checkout;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::plan::{Act, Plan, Refusal};
use crate::report::annotations::{Annotation, github, gitlab};
use crate::report::view::{FindingView, PlanView};
use crate::workspace::{Problem, SETTINGS, Workspace};

/// Tells what was found; nothing that was found is told too, to whoever compares.
pub fn tell(wanted: &Annotations, edge: &Edge) -> Result<(), Problem> {
    let found = edge.found.borrow();
    let folder = Checkout::upwards(&edge.root, SETTINGS);
    let annotations: Vec<Annotation<'_>> =
        found.iter().map(|finding| Annotation { finding, file: named(finding, &folder) }).collect();
    match wanted {
        Annotations::Github => {
            edge.command(&github(&annotations));
            Ok(())
        }
        Annotations::Gitlab(file) => {
            files::write_quality(file, &Checkout::new(&folder).given(), &gitlab(&annotations), edge)
        }
    }
}

/// What of a plan is refused, at the lines of the declarations, where these were read; what is the same on several locations once. Where
/// the rest is done all the same, it is a warning.
pub fn refused(plan: &Plan, declared: Option<&Workspace<'_>>, skips: bool) -> Vec<FindingView> {
    let view = PlanView::of(plan, "");
    let breach = view.breach.as_ref();
    let breach = breach.map(|one| finding(format!("this plan is refused: {}", one.text()), Some(&one.hint)));
    let refused =
        view.groups().into_iter().filter(|group| group.first().is_some_and(|one| one.act == Act::Refuse));
    let steps = refused.filter_map(|group| {
        let Refusal { message, hint, .. } = group.refusal()?;
        let found = finding(format!("`{}`: {message}", group.heading()), hint.as_ref());
        let address = &plan.steps.get(group.first()?.number)?.address;
        let place = declared.and_then(|declared| declared.place(address));
        let severity = if skips { Severity::Warning } else { Severity::Error };
        Some(Diagnostic { place, severity, ..found })
    });
    let found = Diagnostics(breach.into_iter().chain(steps).collect());
    let sources = declared.map(|declared| declared.repo.sources.as_slice()).unwrap_or_default();
    FindingView::all(&arrange(found, sources), sources)
}

fn finding(message: String, hint: Option<&String>) -> Diagnostic {
    Diagnostic { hint: hint.cloned(), ..Diagnostic::error("refused", message) }
}

/// A file as the platform knows it: beneath the root of the pipeline's checkout; where there is none, from where we are.
fn named(finding: &FindingView, folder: &Path) -> String {
    let file = finding.place.as_ref().map_or(SETTINGS, |place| place.file.as_str());
    let there = absolute(folder.join(file)).unwrap_or_else(|_| folder.join(file));
    let root =
        ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter().find_map(Edge::variable).unwrap_or_default();
    let root = absolute(if root.is_empty() { "." } else { &root }).unwrap_or_default();
    there.strip_prefix(&root).unwrap_or(&there).display().to_string()
}

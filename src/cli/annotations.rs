//! What is found, as the review of a change shows it beside its lines: only when that is asked for.

use std::path::{Path, absolute};

use super::args::Annotations;
use super::edge::Edge;
use super::files;
use crate::files::Checkout;
use crate::report::annotations::{Annotation, github, gitlab};
use crate::report::view::FindingView;
use crate::workspace::{Problem, SETTINGS};

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

/// A file as the platform knows it: beneath the root of the pipeline's checkout; where there is none, from where we are.
fn named(finding: &FindingView, folder: &Path) -> String {
    let file = finding.place.as_ref().map_or(SETTINGS, |place| place.file.as_str());
    let there = absolute(folder.join(file)).unwrap_or_else(|_| folder.join(file));
    let root =
        ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter().find_map(Edge::variable).unwrap_or_default();
    let root = absolute(if root.is_empty() { "." } else { &root }).unwrap_or_default();
    there.strip_prefix(&root).unwrap_or(&there).display().to_string()
}

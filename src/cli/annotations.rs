//! What is found, as the review of a change shows it beside its lines: only when that is asked for.

use std::path::{Path, PathBuf, absolute};
use std::str::FromStr;

use super::edge::Edge;
use super::files;
use crate::files::Checkout;
use crate::report::annotations::{Annotation, github, gitlab};
use crate::report::view::FindingView;
use crate::workspace::{Problem, SETTINGS};

/// Who shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Annotations {
    /// GitHub Actions, which reads them in the log.
    Github,
    /// GitLab, which takes a report.
    Gitlab(PathBuf),
}

impl FromStr for Annotations {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "github" => Ok(Self::Github),
            Some(("gitlab", file)) if !file.is_empty() => Ok(Self::Gitlab(PathBuf::from(file))),
            _ => {
                Err("it is `github`, or `gitlab=FILE`, such as `gitlab=gl-code-quality-report.json`"
                    .to_owned())
            }
        }
    }
}

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

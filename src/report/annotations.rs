//! Findings as the review of a change shows them beside its lines: GitHub's workflow commands, GitLab's code quality report.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::escape::{Escaped, json_safe};
use super::view::FindingView;

/// A finding, and its file as the platform knows it: beneath the root of its checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation<'f> {
    /// What is found.
    pub finding: &'f FindingView,
    /// The file; the settings where none is to blame.
    pub file: String,
}

/// `::error file=…,line=…,col=…,title=…::…`, a line each.
/// <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>
#[must_use]
pub fn github(of: &[Annotation<'_>]) -> String {
    let mut text = String::new();
    for Annotation { finding, file } in of {
        let command = if finding.is_error { "error" } else { "warning" };
        let file = property(file);
        let place = match finding.place.as_ref().and_then(|place| place.at) {
            Some((line, column)) => format!("file={file},line={line},col={column},"),
            None => format!("file={file},"),
        };
        let (title, message) = (property(finding.code), data(&message(finding)));
        let _ = writeln!(text, "::{command} {place}title={title}::{message}");
    }
    text
}

/// The report that GitLab compares with that of the target branch; none found is an empty list.
/// <https://docs.gitlab.com/ci/testing/code_quality/>
#[must_use]
pub fn gitlab(of: &[Annotation<'_>]) -> String {
    // what is found twice in a file is two findings
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let issues = of.iter().map(|Annotation { finding, file }| {
        let what = format!("{}\0{file}\0{}", finding.code, finding.message);
        let nth = seen.entry(what.clone()).and_modify(|n| *n += 1).or_default();
        let digest = Sha256::digest(format!("{what}\0{nth}"));
        let fingerprint: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let line = finding.place.as_ref().and_then(|place| place.at).map_or(1, |(line, _)| line);
        json!({
            "description": message(finding),
            "check_name": format!("provisor/{}", finding.code),
            "fingerprint": fingerprint,
            "severity": if finding.is_error { "major" } else { "minor" },
            "location": {"path": file, "lines": {"begin": line}},
        })
    });
    let report: Value = issues.collect();
    json_safe(&format!("{report:#}")) + "\n"
}

/// Whether a text is a report that was written here.
#[must_use]
pub fn is_gitlab(text: &str) -> bool {
    text.trim() == "[]" || text.starts_with("[\n  {\n    \"check_name\": \"provisor/")
}

fn message(finding: &FindingView) -> String {
    let hint = finding.hint.iter().map(|hint| format!("\nhint: {hint}"));
    let rest: String = finding.notes.iter().map(|note| format!("\n{note}")).chain(hint).collect();
    format!("{}{rest}", finding.message)
}

/// What a runner takes out of a message again; nothing else in it is a command.
fn data(text: &str) -> String {
    let lines = text.split('\n').map(|line| Escaped(line).to_string().replace('%', "%25"));
    lines.collect::<Vec<_>>().join("%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::PlaceView;

    fn finding(message: &str, at: Option<(usize, usize)>) -> FindingView {
        FindingView {
            code: "unknown-key",
            is_error: true,
            message: message.to_owned(),
            hint: Some("did you mean `a`?".to_owned()),
            notes: Vec::new(),
            place: Some(PlaceView { file: "x.yaml".to_owned(), at }),
        }
    }

    fn annotation(finding: &FindingView) -> Annotation<'_> {
        Annotation { finding, file: "infra/a,b:c.yaml".to_owned() }
    }

    #[test]
    fn a_finding_is_one_command_whatever_it_says() {
        let one = finding("50% of\n::set-output name=x::y\r\n##[error]z", Some((3, 7)));
        assert_eq!(
            github(&[annotation(&one)]),
            "::error file=infra/a%2Cb%3Ac.yaml,line=3,col=7,title=unknown-key::50%25 of%0A::set-output name=x::y\\r%0A#\\#[error]z%0Ahint: did you mean `a`?\n"
        );
        let whole = FindingView { is_error: false, place: None, hint: None, ..finding("m", None) };
        assert_eq!(
            github(&[annotation(&whole)]),
            "::warning file=infra/a%2Cb%3Ac.yaml,title=unknown-key::m\n"
        );
    }

    #[test]
    fn a_report_tells_findings_apart_and_knows_them_again() {
        let (one, moved) = (finding("m", Some((3, 7))), finding("m", Some((9, 7))));
        let report: Value = serde_json::from_str(&gitlab(&[annotation(&one), annotation(&moved)])).unwrap();
        assert_ne!(report[0]["fingerprint"], report[1]["fingerprint"]);
        assert_eq!(report[1]["location"], json!({"path": "infra/a,b:c.yaml", "lines": {"begin": 9}}));
        let again: Value = serde_json::from_str(&gitlab(&[annotation(&moved)])).unwrap();
        assert_eq!(again[0]["fingerprint"], report[0]["fingerprint"], "a line is no identity");
        for ours in [gitlab(&[]), gitlab(&[annotation(&one)])] {
            assert!(is_gitlab(&ours), "{ours}");
        }
        assert!(!is_gitlab("[{\"check_name\": \"eslint\"}]"));
    }
}

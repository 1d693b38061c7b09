//! The document of a checkup, `provisor.doctor/v1`: `format`, `version`, `in_the_way` (a count), `checks` (`location`, or `null`
//! for what is no location's, `check`, `health`, `text`, `hint`, `statement`: a statement of an IAM policy) and `beliefs`
//! (`location`, `belief`, `agreement`, `seen`).

use serde::Serialize;
use serde_json::Value;

use super::printed;
use crate::observe::{Comparison, Health};
use crate::report::view::CheckupView;

/// A checkup as one document.
#[must_use]
pub fn checkup(view: &CheckupView) -> String {
    let (mut checks, mut beliefs) = (Vec::new(), Vec::new());
    for section in &view.sections {
        let location = section.location.as_deref();
        checks.extend(section.rows.iter().map(|row| CheckDoc {
            location,
            check: row.what,
            health: health(row.health),
            text: &row.text,
            hint: row.hint.as_deref(),
            // ours, and always JSON
            statement: row.statement.as_ref().and_then(|text| serde_json::from_str(text).ok()),
        }));
        beliefs.extend(section.beliefs.iter().map(|one| BeliefDoc {
            location,
            belief: one.what,
            agreement: agreement(one.agreement),
            seen: &one.seen,
        }));
    }
    let (format, version) = ("provisor.doctor/v1", view.version.as_str());
    printed(&CheckupDoc { format, version, in_the_way: view.in_the_way(), checks, beliefs })
}

fn health(of: Health) -> &'static str {
    match of {
        Health::Good => "good",
        Health::Bad => "bad",
        Health::Unclear => "unclear",
    }
}

fn agreement(of: Comparison) -> &'static str {
    match of {
        Comparison::Agrees => "agrees",
        Comparison::Differs => "differs",
        Comparison::Unseen => "unseen",
    }
}

#[derive(Serialize)]
struct CheckupDoc<'a> {
    format: &'static str,
    version: &'a str,
    in_the_way: usize,
    checks: Vec<CheckDoc<'a>>,
    beliefs: Vec<BeliefDoc<'a>>,
}

#[derive(Serialize)]
struct CheckDoc<'a> {
    location: Option<&'a str>,
    check: &'static str,
    health: &'static str,
    text: &'a str,
    hint: Option<&'a str>,
    statement: Option<Value>,
}

#[derive(Serialize)]
struct BeliefDoc<'a> {
    location: Option<&'a str>,
    belief: &'static str,
    agreement: &'static str,
    seen: &'a str,
}

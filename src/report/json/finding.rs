//! Findings as documents: `provisor.validate/v1`, `provisor.diagnostics/v1` where there is nothing else to show, and lines
//! among the events of an apply.

use serde::Serialize;

use super::{compact, printed};
use crate::model::time::Timestamp;
use crate::report::view::{FindingView, PlaceView};

/// What `validate` found; `products` is how many provisioned products are declared, if all is well.
#[must_use]
pub fn validation(products: Option<usize>, found: &[FindingView]) -> String {
    printed(&FindingsDoc {
        provisioned_products: Some(products),
        ..FindingsDoc::of("provisor.validate/v1", found)
    })
}

/// Why there is no other document.
#[must_use]
pub fn diagnostics(found: &[FindingView]) -> String {
    printed(&FindingsDoc::of("provisor.diagnostics/v1", found))
}

/// A finding as one of the events of a run, on one line without a newline.
#[must_use]
pub fn diagnostic(found: &FindingView, seq: u64, time: Timestamp) -> String {
    let time = super::time::rfc3339(time);
    compact(&FoundDoc {
        format: "provisor.event/v1",
        seq,
        time,
        event: "diagnostic",
        diagnostic: FindingDoc::of(found),
    })
}

#[derive(Serialize)]
struct FindingsDoc<'a> {
    format: &'static str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    provisioned_products: Option<Option<usize>>,
    diagnostics: Vec<FindingDoc<'a>>,
}

impl<'a> FindingsDoc<'a> {
    fn of(format: &'static str, found: &'a [FindingView]) -> Self {
        let error_count = found.iter().filter(|one| one.is_error).count();
        Self {
            format,
            valid: error_count == 0,
            error_count,
            warning_count: found.len() - error_count,
            provisioned_products: None,
            diagnostics: found.iter().map(FindingDoc::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct FoundDoc<'a> {
    format: &'static str,
    seq: u64,
    time: String,
    event: &'static str,
    diagnostic: FindingDoc<'a>,
}

/// One finding.
#[derive(Serialize)]
pub(super) struct FindingDoc<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
    notes: &'a [String],
    place: Option<PlaceDoc<'a>>,
}

#[derive(Serialize)]
struct PlaceDoc<'a> {
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
}

impl<'a> FindingDoc<'a> {
    pub(super) fn of(found: &'a FindingView) -> Self {
        Self {
            code: found.code,
            severity: if found.is_error { "error" } else { "warning" },
            message: &found.message,
            hint: found.hint.as_deref(),
            notes: &found.notes,
            place: found.place.as_ref().map(PlaceDoc::of),
        }
    }
}

impl<'a> PlaceDoc<'a> {
    fn of(place: &'a PlaceView) -> Self {
        let (line, column) = (place.at.map(|(line, _)| line), place.at.map(|(_, column)| column));
        Self { file: &place.file, line, column }
    }
}

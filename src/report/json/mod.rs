//! Plans and states as JSON for programs. Versioned documents, in which secrets are markers:
//!
//! `provisor.plan/v1` has `format`, `fingerprint`, `basis` (`lineage`, `serial`), `summary` (counts), `steps`, `unchanged`
//! (addresses), `notes` (`address`, `text`), `breach` (`planned`, `limit`: the whole plan is refused; else `null`) and
//! `diagnostics` (what is odd about the texts, and was gone on with).
//! `simulated` says that nothing is real, of a step and of the plan where any of it is.
//! Of `plan --what-if`, the plan is of those that do not break, and `what_if` says the rest.
//! A step has its `step` number, `address` as people write it, `key`, `location`, `account`, `region`, its `action`
//! (`create`, `update`, `destroy`, `resume`, `import`, `accept`, `forget`, `remember`, `refuse`, `defer`), whether it is half of a
//! replacement (`replacing`), `reasons` (`reason` says which; changed values are `before` and `after`), the steps it runs
//! `after`, `only_if_inputs_differ`, `provisioned_product_id`, `stack` (the ARN of the one that becomes it), `values` (what it will be), `retain`, `refused` and
//! `deferred` (`rule`, `message`, `hint`). A parameter of `values` also has the `label` and the `group` that the template's
//! author gave it, if any. Where that was asked for (`plan --preview`), a step that makes or changes something also has
//! `resource_changes`, or why there are none (`not_previewed`). A resource change has its `action` (`replace`, `may_replace`,
//! `remove`, `modify`, `add`; the first ones first), `logical_resource_id`, `physical_resource_id`, `resource_type`, `scope` and
//! `details`, each with its `attribute`, `name`, `requires_recreation` (`never`, `conditionally`, `always`), `evaluation` (`static`,
//! `dynamic`) and `causing_entity`.
//!
//! `provisor.validate/v1`, and `provisor.diagnostics/v1` where something else was asked for and cannot be told, have `format`,
//! `valid`, `error_count`, `warning_count` and `diagnostics`; the first also `provisioned_products` (`null` where it is not
//! valid). A diagnostic has a stable `code`, its `severity` (`error`, `warning`), `message`, `hint`, `notes` and `place`
//! (`file`, `line`, `column`, from 1, in characters; `null` for what no file says, as line and column are of a whole file).
//!
//! `provisor.codes/v1` has `format` and `codes`: each its `code`, `what` is wrong, `why`, how to `mend` it, and its `example`: a
//! `file` with its `wrong` and its `right` text, or `told` in words.
//!
//! A value is a string, `null` (absent), `{"sensitive": true}`, `{"pending": "${network.outputs.VpcId}"}` or
//! `{"unknown": true}`. Texts are complete and unchanged; what a terminal would obey is spelled `\u001b`.

mod backups;
mod catalog;
mod checkup;
mod event;
mod explain;
mod files;
mod finding;
mod graph;
mod history;
mod import;
mod plan;
mod policy;
mod proof;
mod reason;
mod recovery;
mod report;
mod resources;
mod schema;
mod state;
mod surgery;
mod time;
mod values;
mod version;
mod what_if;

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::escape::json_safe;
use crate::plan::Shown;

pub use backups::backups;
pub use catalog::catalog;
pub use checkup::checkup;
pub(super) use event::event;
pub use event::{not_summed_up, planned};
pub use explain::explained;
pub use files::{WrittenFile, files};
pub use finding::{diagnostic, diagnostics, validation};
pub use graph::graph;
pub use history::history;
pub use import::{ImportLine, import_line};
pub use plan::{plan, what_if};
pub use policy::policy;
pub use proof::proof;
pub use recovery::{recovery, sound};
pub use report::outcome_word;
pub use schema::{document_schema, file_schema, is_schema};
pub use state::{outputs, state};
pub use surgery::surgery;
pub use version::version;

/// The document with indents and a final newline.
fn printed(document: &impl Serialize) -> String {
    // a document of strings, numbers and maps with string keys always serialises
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    json_safe(&text) + "\n"
}

/// The document on one line.
fn compact(document: &impl Serialize) -> String {
    // as above
    json_safe(&serde_json::to_string(document).unwrap_or_default())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn value(of: &Shown) -> Value {
    match of {
        Shown::Absent => Value::Null,
        Shown::Text(text) => Value::String(text.clone()),
        Shown::Sensitive => json!({ "sensitive": true }),
        Shown::Pending(template) => json!({ "pending": template }),
        Shown::Unknown => json!({ "unknown": true }),
    }
}

/// A document that somebody else has printed, as safe as ours.
#[must_use]
pub fn reprinted(document: &str) -> String {
    json_safe(document)
}

/// Where a sandbox listens, on one line.
#[must_use]
pub fn served(url: &str) -> String {
    compact(&json!({ "format": "provisor.sandbox/v1", "url": url })) + "\n"
}

/// One text as a JSON document.
#[must_use]
pub fn text(text: &str) -> String {
    json_safe(&serde_json::Value::from(text).to_string()) + "\n"
}

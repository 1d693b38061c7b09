//! The document of what surgery does to a state, `provisor.state_change/v1`: `format`, the `command`, whether it is `done`
//! (not after `--dry-run`), `lineage`, the state's `serial` (after it, if it is done), `rows` and `notes`. A row has its
//! `address`, its `fate` (`added`, `changed`, `moved`, `forgotten`), the address that it came `from` if it was moved, its
//! `provisioned_product` (`id`, `name`), and `facts` that are recorded otherwise (`name`, `before`, `after`: both `null`
//! where values are not shown).

use serde::Serialize;

use super::printed;
use crate::report::view::{FactChange, RowFate, SurgeryView};

/// What was done, or would be; `serial` is that of the state after it.
#[must_use]
pub fn surgery(command: &str, view: &SurgeryView<'_>, serial: Option<u64>) -> String {
    printed(&SurgeryDoc {
        format: "provisor.state_change/v1",
        command,
        done: serial.is_some(),
        lineage: view.lineage,
        serial: serial.unwrap_or(view.serial),
        rows: view.rows.iter().map(FateDoc::of).collect(),
        notes: view.notes,
    })
}

#[derive(Serialize)]
struct SurgeryDoc<'a> {
    format: &'static str,
    command: &'a str,
    done: bool,
    lineage: &'a str,
    serial: u64,
    rows: Vec<FateDoc<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct FateDoc<'a> {
    address: &'a str,
    fate: &'static str,
    from: Option<&'a str>,
    provisioned_product: Option<BoundDoc<'a>>,
    facts: Vec<FactDoc<'a>>,
}

#[derive(Serialize)]
struct BoundDoc<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct FactDoc<'a> {
    name: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

impl<'a> FateDoc<'a> {
    fn of(row: &'a RowFate<'a>) -> Self {
        Self {
            address: &row.address,
            fate: row.fate.as_str(),
            from: row.from.as_deref(),
            provisioned_product: row
                .binding
                .map(|binding| BoundDoc { id: binding.id.as_str(), name: &binding.name }),
            facts: row.facts.iter().map(FactDoc::of).collect(),
        }
    }
}

impl<'a> FactDoc<'a> {
    fn of(fact: &'a FactChange) -> Self {
        Self { name: &fact.name, before: fact.before.as_deref(), after: fact.after.as_deref() }
    }
}

//! Which of the service's limits a location meets: those that were felt while it was asked, and the one whose use can be
//! read. The service publishes no rates, and no quota of provisioned products, so that nothing else can be said.

use super::CheckupRow;
use super::rounds::Patient;
use crate::catalog::{ACCOUNTS_AT_ONCE, CatalogRead};
use crate::model::text::count;

const LIMITS: &str = "limits";

/// Says it for each location that answers.
pub(super) fn met(patients: &mut [Patient], catalog: &dyn CatalogRead) {
    for patient in patients.iter_mut().filter(|patient| patient.is_known) {
        let throttled = catalog.throttled(&patient.name);
        let accounts = patient.accounts_under_way;
        let mut rows = Vec::new();
        if throttled > 0 {
            let answers = count(throttled, "answer");
            let hint = "calls are repeated, more slowly; others who ask the same account use up its rate too";
            rows.push(
                CheckupRow::unclear(LIMITS, format!("{answers} said that calls are too many"))
                    .hint(Some(hint.to_owned())),
            );
        }
        if accounts >= ACCOUNTS_AT_ONCE {
            let text =
                format!("{accounts} of {ACCOUNTS_AT_ONCE} operations of the Account Factory are under way");
            let hint = "a further one is put off until one of them has ended";
            rows.push(CheckupRow::unclear(LIMITS, text).hint(Some(hint.to_owned())));
        }
        if rows.is_empty() {
            rows.push(CheckupRow::good(LIMITS, "none was met"));
        }
        patient.rows.extend(rows);
    }
}

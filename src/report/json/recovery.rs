//! The document of a state's recovery, `provisor.recovery/v1`: `format`, `damaged`, `done` (not after `--dry-run`), what was
//! `found`, what is `taken` (`file`, `serial`, `rows`; `null`: nothing is left), what is `lost` at most, `key_lost`, and the
//! folder that what it was is kept in (`aside`).

use serde::Serialize;

use super::printed;
use crate::report::view::RecoveryView;

/// What was done, or would be.
#[must_use]
pub fn recovery(view: &RecoveryView<'_>, aside: Option<&str>) -> String {
    let taken = view.taken.map(|taken| TakenDoc { file: taken.file, serial: taken.serial, rows: taken.rows });
    printed(&RecoveryDoc {
        damaged: true,
        done: aside.is_some(),
        found: view.found,
        taken,
        lost: view.lost.as_deref(),
        key_lost: view.key_is_lost,
        aside,
        ..RecoveryDoc::default()
    })
}

/// That nothing is to be recovered.
#[must_use]
pub fn sound(is_there: bool) -> String {
    let found = [if is_there { "the state is sound" } else { "there is no state, and no backup" }.to_owned()];
    printed(&RecoveryDoc { found: &found, ..RecoveryDoc::default() })
}

#[derive(Serialize)]
struct RecoveryDoc<'a> {
    format: &'static str,
    damaged: bool,
    done: bool,
    found: &'a [String],
    taken: Option<TakenDoc<'a>>,
    lost: Option<&'a str>,
    key_lost: bool,
    aside: Option<&'a str>,
}

#[derive(Serialize)]
struct TakenDoc<'a> {
    file: &'a str,
    serial: u64,
    rows: usize,
}

impl Default for RecoveryDoc<'_> {
    fn default() -> Self {
        Self {
            format: "provisor.recovery/v1",
            damaged: false,
            done: false,
            found: &[],
            taken: None,
            lost: None,
            key_lost: false,
            aside: None,
        }
    }
}

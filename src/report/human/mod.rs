//! Views as text for people, one small function per kind of block. Only `paper` escapes and colours.

mod backups;
mod block;
mod calls;
mod catalog;
mod checkup;
mod diagnostics;
mod error;
pub(super) mod event;
mod explain;
pub(in crate::report) mod flow;
mod history;
pub(super) mod paper;
mod plan;
mod proof;
mod prose;
mod recovery;
mod report;
mod state;
mod surgery;
mod table;
mod what_if;

pub use backups::{backup, backups};
pub use calls::calls;
pub use catalog::{catalog, products};
pub use checkup::checkup;
pub use diagnostics::{diagnostics, findings};
pub use error::{Beside, error};
pub use explain::{explain, explained};
pub use history::history;
pub use plan::{is_plan, plan, refused};
pub use proof::proof;
pub use recovery::{recovered, recovery, sound};
pub use report::report;
pub use state::{outputs, state, state_list, text};
pub use surgery::{operated, surgery};
pub use what_if::what_if;

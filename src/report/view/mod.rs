//! What a reader is told, as plain values: texts as they came, nothing escaped, coloured, shortened or laid out. A renderer
//! reads a view and nothing else, so that all of them tell the same of the same.

mod backups;
mod block;
mod catalog;
mod cause;
mod changes;
mod checkup;
mod codes;
mod diff;
mod finding;
mod group;
mod plan;
mod proof;
mod property;
mod recovery;
mod report;
mod resources;
mod stack_events;
mod state;
mod step;
mod surgery;
mod values;
mod what_if;

pub use backups::BackupView;
pub use block::{Block, Title};
pub use catalog::{CatalogView, ParameterSheet, ProductView, SheetView, UserView, VersionView};
pub use cause::Cause;
pub(super) use cause::operation;
pub use checkup::{CheckupSection, CheckupView};
pub use codes::{BeforeAfter, CODE_GROUPS, CodeExample, CodeGroup, CodeView};
pub use diff::{DiffLine, Form, Fragment, LineDiff, Mark};
pub use finding::{FindingView, PlaceView};
pub use group::BlockGroup;
pub use plan::{BreachView, MoveView, NoteView, PlanView, SavedView};
pub use proof::ProofView;
pub use property::{Property, Remark};
pub use recovery::{RecoveryView, SavedState};
pub use report::{Detail, EndedView, Ending, FailureView, ReportView, Section, Tally};
pub use resources::{ResourceView, ResourcesView};
pub use stack_events::{StackEvent, by_cause, stack_events};
pub use state::{AppliedView, IntentView, RowView, StateView};
pub use step::StepView;
pub use surgery::{FactChange, Fate, RowFate, SurgeryView};
pub(super) use values::preferences;
pub use values::{ParameterView, ValuesView};
pub use what_if::WhatIfView;

//! The form of what explains a step: reasons, the two sides of a difference, refusals.
//! Part of the format: a change here is a change of it, and of its version.

use super::form::mirror;
use super::words::{AddressPair, Kind, NamePair};
use crate::dto::content::PreferencesDto;
use crate::plan;

mirror!(enum Reason of plan::Reason {
    New,
    Imported,
    StackImported,
    Parameter { key: String, before: Shown, after: Shown, by_default: bool },
    Tag { key: String, before: Shown, after: Shown },
    Version { before: NamePair, after: NamePair },
    Product { before: NamePair, after: NamePair },
    Path { before: String, after: String },
    Preferences { before: Option<PreferencesDto>, after: Option<PreferencesDto> },
    Outside { record: Option<String>, kind: Option<String> },
    ChangedBy { at: i64, launch_role: Option<String>, principal: Option<String> },
    Drifted { key: String, applied: Shown, there: Shown },
    DriftedMember { member: String, applied: Shown, there: Shown },
    Tainted { message: String, record: Option<String> },
    FailedCreation { message: String, record: Option<String> },
    Interrupted { kind: Kind, record: Option<String> },
    InputMayChange { key: String, from: Vec<AddressPair> },
    Removed,
    Destroyed,
    Vanished { id: String },
    Requested,
    Reapply,
    Unproven { record: String },
    LifecycleOnly,
});

mirror!(enum Shown of plan::Shown { Absent, Text[text: String], Sensitive, Pending[template: String], Unknown });

mirror!(struct Refusal of plan::Refusal { rule: Rule, message: String, hint: Option<String> });

mirror!(enum Rule of plan::Rule {
    Exists,
    PreventTerminate,
    MaxTerminate,
    InMotion,
    PlanInProgress,
    NotVisible,
    UnknownStatus,
    NeedsReplace,
    ChangesProduct,
    ErrorStatus,
    NotAllowed,
    ReplacesResources,
    NotPreviewed,
    Blocked,
});

impl Refusal {
    /// Leaves only the rule.
    pub(super) fn forget_wording(&mut self) {
        self.message.clear();
        self.hint = None;
    }
}

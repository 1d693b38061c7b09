//! The document of a plan; see the module's own documentation for its members.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::finding::FindingDoc;
use super::reason::{ReasonDoc, RefusalDoc};
use super::resources::ResourceDoc;
use super::values::ValuesDoc;
use super::what_if::WhatIfDoc;
use super::{printed, value};
use crate::catalog::Preview;
use crate::model::ids::Labels;
use crate::plan::{Act, Sending};
use crate::report::view::{
    BreachView, MoveView, NoteView, ParameterView, PlanView, SavedView, StepView, WhatIfView,
};

/// The plan as one document.
#[must_use]
pub fn plan(plan: &PlanView<'_>) -> String {
    printed(&PlanDoc::of(plan))
}

/// A plan that is only supposed, as one document.
#[must_use]
pub fn what_if(view: &WhatIfView<'_>) -> String {
    printed(&PlanDoc { what_if: Some(WhatIfDoc::of(view)), ..PlanDoc::of(&view.plan) })
}

/// Each step of the plan as a document, with what it is about.
pub(super) fn steps<'a>(plan: &'a PlanView<'a>) -> impl Iterator<Item = (&'a StepView<'a>, Value)> {
    plan.steps.iter().map(|step| (step, document(&StepDoc::of(step, plan.labels))))
}

/// All that there is to say of a plan but its steps.
pub(super) fn without_steps(plan: &PlanView<'_>) -> Value {
    let mut whole = document(&PlanDoc { steps: Vec::new(), ..PlanDoc::of(plan) });
    if let Value::Object(members) = &mut whole {
        members.retain(|name, _| name != "steps" && name != "format");
    }
    whole
}

fn document(of: &impl Serialize) -> Value {
    // a document of strings, numbers and maps with string keys always serialises
    serde_json::to_value(of).unwrap_or_default()
}

impl<'a> PlanDoc<'a> {
    fn of(plan: &'a PlanView<'a>) -> Self {
        Self {
            format: "provisor.plan/v1",
            fingerprint: plan.fingerprint,
            basis: BasisDoc { lineage: plan.lineage, serial: plan.serial },
            simulated: !plan.simulated.is_empty(),
            summary: Summary(plan),
            steps: plan.steps.iter().map(|step| StepDoc::of(step, plan.labels)).collect(),
            moved: plan.moved.iter().map(MoveDoc::of).collect(),
            unchanged: &plan.unchanged,
            notes: plan.notes.iter().map(NoteDoc::of).collect(),
            breach: plan.breach.as_ref().map(BreachDoc::of),
            diagnostics: plan.diagnostics.iter().map(FindingDoc::of).collect(),
            saved: plan.saved.as_ref().map(SavedDoc::of),
            what_if: None,
        }
    }
}

#[derive(Serialize)]
struct PlanDoc<'a> {
    format: &'static str,
    fingerprint: &'a str,
    basis: BasisDoc<'a>,
    simulated: bool,
    summary: Summary<'a>,
    steps: Vec<StepDoc<'a>>,
    moved: Vec<MoveDoc<'a>>,
    unchanged: &'a [String],
    notes: Vec<NoteDoc<'a>>,
    breach: Option<BreachDoc>,
    diagnostics: Vec<FindingDoc<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<SavedDoc<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_if: Option<WhatIfDoc<'a>>,
}

/// Of a plan that was saved: when it was made, how old it is in seconds, and who made it of which commit.
#[derive(Serialize)]
struct SavedDoc<'a> {
    at: String,
    age: u64,
    by: Option<AuthorDoc<'a>>,
    skips_refused: bool,
}

#[derive(Serialize)]
struct AuthorDoc<'a> {
    who: &'a str,
    from: &'a str,
    run: &'a str,
    commit: Option<&'a str>,
}

impl<'a> SavedDoc<'a> {
    fn of(saved: &SavedView<'a>) -> Self {
        let by = saved.about.by.as_ref().map(|by| AuthorDoc {
            who: &by.who,
            from: &by.from,
            run: &by.run,
            commit: by.commit.as_deref(),
        });
        Self { at: saved.at(), age: saved.age.as_secs(), by, skips_refused: saved.about.skips_refused }
    }
}

#[derive(Serialize)]
struct BasisDoc<'a> {
    lineage: &'a str,
    serial: u64,
}

#[derive(Serialize)]
struct MoveDoc<'a> {
    from: &'a str,
    to: &'a str,
}

impl<'a> MoveDoc<'a> {
    fn of(moved: &'a MoveView) -> Self {
        Self { from: &moved.from, to: &moved.to }
    }
}

#[derive(Serialize)]
struct NoteDoc<'a> {
    address: &'a str,
    text: &'a str,
}

impl<'a> NoteDoc<'a> {
    fn of(note: &'a NoteView<'_>) -> Self {
        Self { address: &note.address, text: note.text }
    }
}

#[derive(Serialize)]
struct BreachDoc {
    planned: usize,
    limit: usize,
}

impl BreachDoc {
    fn of(breach: &BreachView) -> Self {
        Self { planned: breach.planned, limit: breach.limit }
    }
}

/// How many steps do what, and how many products need none. A replacement counts as one added and one destroyed; `change`
/// counts what is sure.
struct Summary<'a>(&'a PlanView<'a>);

impl Serialize for Summary<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (counts, unchanged) = (&self.0.counts, self.0.unchanged.len());
        serializer.collect_map([
            ("add", counts.of(Act::Provision)),
            ("change", counts.change()),
            ("destroy", counts.of(Act::Terminate)),
            ("import", counts.of(Act::Adopt)),
            ("forget", counts.of(Act::Forget)),
            ("may_change", counts.may_change()),
            ("remember", counts.remember()),
            ("refused", counts.of(Act::Refuse)),
            ("deferred", counts.of(Act::Defer)),
            ("resume", counts.of(Act::Settle)),
            ("accept", counts.of(Act::Accept)),
            ("unchanged", unchanged),
        ])
    }
}

#[derive(Serialize)]
struct StepDoc<'a> {
    step: usize,
    address: &'a str,
    key: &'a str,
    location: &'a str,
    account: &'a str,
    region: &'a str,
    simulated: bool,
    action: &'static str,
    replacing: bool,
    reasons: Vec<ReasonDoc<'a>>,
    after: &'a [usize],
    only_if_inputs_differ: bool,
    provisioned_product_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retain: Option<bool>,
    values: Option<ValuesDoc<'a, ParameterDoc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_changes: Option<Vec<ResourceDoc<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_previewed: Option<&'a str>,
    refused: Option<RefusalDoc<'a>>,
    deferred: Option<RefusalDoc<'a>>,
}

impl<'a> StepDoc<'a> {
    fn of(step: &'a StepView<'a>, labels: &Labels) -> Self {
        Self {
            step: step.number,
            address: &step.address,
            key: step.key,
            location: step.location,
            simulated: step.simulated,
            account: step.account,
            region: step.region,
            action: step.act.as_str(),
            replacing: step.replacing,
            reasons: step.reasons.iter().map(|reason| ReasonDoc::of(reason, labels)).collect(),
            after: &step.after,
            only_if_inputs_differ: step.only_if_inputs_differ,
            provisioned_product_id: step.id,
            stack: step.stack,
            retain: step.retain,
            values: step.values().map(|values| ValuesDoc::of(&values, ParameterDoc::of)),
            resource_changes: step.preview.and_then(ResourceDoc::all),
            not_previewed: match step.preview {
                Some(Preview::Unknown(why)) => Some(why),
                Some(Preview::Known(_)) | None => None,
            },
            refused: step.refusal.filter(|refusal| !refusal.defers()).map(RefusalDoc::of),
            deferred: step.refusal.filter(|refusal| refusal.defers()).map(RefusalDoc::of),
        }
    }
}

/// `sent`: `value`, `previous` (`UsePreviousValue`) or `default` (left out: the template's default).
#[derive(Serialize)]
struct ParameterDoc {
    value: Value,
    sent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
}

impl ParameterDoc {
    fn of(parameter: &ParameterView) -> Self {
        let sent = match parameter.sent {
            Sending::Value => "value",
            Sending::Previous => "previous",
            Sending::Default => "default",
        };
        let (label, group) = (parameter.label.clone(), parameter.group.clone());
        Self { value: value(&parameter.value), sent, label, group }
    }
}

//! The document of a plan; see the module's own documentation for its members.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::reason::{ReasonDoc, RefusalDoc};
use super::{printed, value};
use crate::model::ids::Address;
use crate::plan::diff::shown;
use crate::plan::{Act, Action, Instances, Parameter, Plan, Planned, Sending, Spec, Step, StepIx};
use crate::report::values::preferences;

/// The plan as one document.
#[must_use]
pub fn plan(plan: &Plan, fingerprint: &str) -> String {
    let label = |address: &Address| plan.labels.label(address);
    let doomed = plan.steps.iter().filter(|step| is_doomed(step)).map(|step| &step.address).collect();
    printed(&PlanDoc {
        format: "provisor.plan/v1",
        fingerprint,
        basis: BasisDoc { lineage: plan.basis.lineage.as_str(), serial: plan.basis.serial },
        summary: SummaryDoc::of(plan),
        steps: plan.numbered().map(|(ix, step)| StepDoc::of(plan, ix, step, &doomed)).collect(),
        unchanged: plan.unchanged.iter().map(label).collect(),
        notes: plan
            .notes
            .iter()
            .map(|note| NoteDoc { address: label(&note.address), text: &note.text })
            .collect(),
        breach: plan.breach.as_ref().map(|breach| BreachDoc { planned: breach.planned, limit: breach.limit }),
    })
}

fn is_doomed(step: &Step) -> bool {
    matches!(&step.action, Action::Terminate(gone) if gone.replacing)
}

#[derive(Serialize)]
struct PlanDoc<'a> {
    format: &'static str,
    fingerprint: &'a str,
    basis: BasisDoc<'a>,
    summary: SummaryDoc,
    steps: Vec<StepDoc<'a>>,
    unchanged: Vec<String>,
    notes: Vec<NoteDoc<'a>>,
    breach: Option<BreachDoc>,
}

#[derive(Serialize)]
struct BasisDoc<'a> {
    lineage: &'a str,
    serial: u64,
}

#[derive(Serialize)]
struct NoteDoc<'a> {
    address: String,
    text: &'a str,
}

#[derive(Serialize)]
struct BreachDoc {
    planned: usize,
    limit: usize,
}

/// A replacement counts as one created and one destroyed.
#[derive(Serialize)]
struct SummaryDoc {
    import: usize,
    create: usize,
    update: usize,
    destroy: usize,
    resume: usize,
    accept: usize,
    forget: usize,
    remember: usize,
    refuse: usize,
    unchanged: usize,
}

impl SummaryDoc {
    fn of(plan: &Plan) -> Self {
        let counts = plan.counts();
        Self {
            import: counts.of(Act::Adopt),
            create: counts.of(Act::Provision),
            update: counts.of(Act::Update),
            destroy: counts.of(Act::Terminate),
            resume: counts.of(Act::Settle),
            accept: counts.of(Act::Accept),
            forget: counts.of(Act::Forget),
            remember: counts.of(Act::Remember),
            refuse: counts.of(Act::Refuse),
            unchanged: plan.unchanged.len(),
        }
    }
}

#[derive(Serialize)]
struct StepDoc<'a> {
    step: usize,
    address: String,
    key: &'a str,
    location: &'a str,
    account: &'a str,
    region: &'a str,
    action: &'static str,
    replacing: bool,
    reasons: Vec<ReasonDoc<'a>>,
    after: Vec<usize>,
    only_if_inputs_differ: bool,
    provisioned_product_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retain: Option<bool>,
    values: Option<SpecDoc<'a>>,
    refused: Option<RefusalDoc<'a>>,
}

impl<'a> StepDoc<'a> {
    fn of(plan: &Plan, ix: StepIx, step: &'a Step, doomed: &BTreeSet<&Address>) -> Self {
        let creates = matches!(step.action, Action::Provision(_));
        let mut doc = Self {
            step: ix.0,
            address: plan.labels.label(&step.address),
            key: step.address.key.as_str(),
            location: plan.labels.location(&step.address.location),
            account: step.place.account.as_str(),
            region: step.place.region.as_str(),
            action: step.act().as_str(),
            replacing: is_doomed(step) || (creates && doomed.contains(&step.address)),
            reasons: step.reasons.iter().map(|reason| ReasonDoc::of(reason, &plan.labels)).collect(),
            after: step.after.iter().map(|ix| ix.0).collect(),
            only_if_inputs_differ: step.only_if_inputs_differ,
            provisioned_product_id: None,
            retain: None,
            values: step.spec().map(SpecDoc::of),
            refused: None,
        };
        match &step.action {
            Action::Update(id, _) | Action::Adopt(id, ..) | Action::Accept(id, ..) => {
                doc.provisioned_product_id = Some(id.as_str());
            }
            Action::Terminate(gone) => {
                doc.provisioned_product_id = Some(gone.id.as_str());
                doc.retain = Some(gone.retain);
            }
            Action::Forget { leaves } => doc.provisioned_product_id = leaves.as_ref().map(|id| id.as_str()),
            Action::Refused(refusal) => doc.refused = Some(RefusalDoc::of(refusal)),
            Action::Provision(_) | Action::Settle(..) | Action::Remember => {}
        }
        doc
    }
}

#[derive(Serialize)]
struct SpecDoc<'a> {
    provisioned_product_name: &'a str,
    product_id: &'a str,
    product_name: &'a str,
    provisioning_artifact_id: &'a str,
    provisioning_artifact_name: &'a str,
    path_id: &'a str,
    path_name: &'a str,
    parameters: BTreeMap<&'a str, ParameterDoc>,
    tags: BTreeMap<&'a str, Value>,
    notification_arns: &'a [String],
    provisioning_preferences: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_set_operation: Option<InstancesDoc<'a>>,
    accept_language: &'static str,
}

impl<'a> SpecDoc<'a> {
    fn of(spec: &'a Spec) -> Self {
        Self {
            provisioned_product_name: &spec.target.name,
            product_id: spec.target.product.id.as_str(),
            product_name: &spec.target.product.name,
            provisioning_artifact_id: spec.target.artifact.id.as_str(),
            provisioning_artifact_name: &spec.target.artifact.name,
            path_id: spec.target.path.id.as_str(),
            path_name: &spec.target.path.name,
            parameters: spec
                .parameters
                .iter()
                .map(|(key, one)| (key.as_str(), ParameterDoc::of(one)))
                .collect(),
            tags: spec.tags.iter().map(|(key, one)| (key.as_str(), planned(one))).collect(),
            notification_arns: &spec.target.options.notification_arns,
            provisioning_preferences: preferences(spec.target.options.preferences.as_ref()),
            stack_set_operation: spec.instances.as_ref().map(InstancesDoc::of),
            accept_language: spec.target.options.language.as_str(),
        }
    }
}

/// The stack instances that come (`CREATE`) or go (`DELETE`): every pair of these accounts and regions.
#[derive(Serialize)]
struct InstancesDoc<'a> {
    operation_type: &'static str,
    accounts: &'a [String],
    regions: &'a [String],
}

impl<'a> InstancesDoc<'a> {
    fn of(instances: &'a Instances) -> Self {
        let Instances { operation, accounts, regions } = instances;
        Self { operation_type: operation.as_str(), accounts, regions }
    }
}

/// `sent`: `value`, `previous` (`UsePreviousValue`) or `default` (left out: the template's default).
#[derive(Serialize)]
struct ParameterDoc {
    value: Value,
    sent: &'static str,
}

impl ParameterDoc {
    fn of(parameter: &Parameter) -> Self {
        let sent = match parameter.sent {
            Sending::Value => "value",
            Sending::Previous => "previous",
            Sending::Default => "default",
        };
        Self { value: planned(&parameter.value), sent }
    }
}

fn planned(of: &Planned) -> Value {
    value(&shown(of))
}

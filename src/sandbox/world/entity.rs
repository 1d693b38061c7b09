//! What a world is made of. An operation's whole course is decided when it is accepted; what a read shows is a
//! function of the entity and the virtual time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;

/// One change, as the journal holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    Provisioned(Box<ProvisionedProduct>),
    Record(Box<Record>),
    Plan(Box<Plan>),
    PlanGone(String),
    Gone(String),
    Stack(Box<RetainedStack>),
    StackGone(String),
    Principal(Principal),
    PrincipalGone(Principal),
}

/// Somebody who was let into a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Principal {
    pub portfolio_id: String,
    pub arn: String,
    pub kind: String,
}

/// A provisioned product's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Available,
    UnderChange,
    Tainted,
    Error,
    PlanInProgress,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Status::Available => "AVAILABLE",
            Status::UnderChange => "UNDER_CHANGE",
            Status::Tainted => "TAINTED",
            Status::Error => "ERROR",
            Status::PlanInProgress => "PLAN_IN_PROGRESS",
        }
    }
}

/// A provisioned product.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProvisionedProduct {
    pub id: String,
    pub name: String,
    pub arn: String,
    pub kind: String,
    pub created: Millis,
    pub token: String,
    pub user_arn: String,
    pub notification_arns: Vec<String>,
    /// No constraint allowed updates of its tags when it was made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled_tags: bool,
    /// What reads show now; while something is pending, what they show meanwhile.
    pub state: State,
    pub pending: Option<Pending>,
}

/// The operation under way and how it will leave the provisioned product.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pending {
    /// `None`: it hangs.
    pub ends: Option<Millis>,
    /// `None`: the provisioned product is gone afterwards.
    pub after: Option<After>,
}

/// What the end of an operation changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct After {
    pub status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// What runs from then on, if anything was deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed: Option<Deployed>,
}

/// What a successful provisioning or update leaves running.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deployed {
    /// Effective values; secrets as placeholders.
    pub parameters: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<Instance>,
    /// Names of other stacks' exports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<String>,
}

impl ProvisionedProduct {
    /// Whose it is: who launched it, unless it was given to somebody else.
    pub(crate) fn owner(&self) -> &str {
        self.state.owner_arn.as_ref().unwrap_or(&self.user_arn)
    }
}

impl State {
    /// The state when the operation that it shows is over.
    pub(crate) fn settled(self, after: After) -> State {
        let mut state = State { status: after.status, status_message: after.status_message, ..self };
        if let Some(Deployed { parameters, secrets, instances, imports }) = after.deployed {
            state.imports = imports;
            state.parameters = parameters;
            state.secrets = secrets;
            state.instances = instances;
            state.running_product_id.clone_from(&state.product_id);
            state.running_artifact_id.clone_from(&state.artifact_id);
            state.last_successful = Some(state.last_record.clone());
        }
        state
    }
}

/// What changes about a provisioned product.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub status: Status,
    pub status_message: Option<String>,
    pub product_id: String,
    pub artifact_id: String,
    pub path_id: String,
    pub launch_role: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub physical_id: Option<String>,
    /// Effective values of the last successful operation, or of the first attempt; secrets as placeholders.
    pub parameters: BTreeMap<String, String>,
    /// Keys of `parameters` that are placeholders.
    pub secrets: Vec<String>,
    /// What `parameters` belong to; differs from `artifact_id` after a failed update.
    pub running_product_id: String,
    pub running_artifact_id: String,
    pub last_record: String,
    pub last_provisioning: String,
    pub last_successful: Option<String>,
    pub instances: Vec<Instance>,
    /// Names of other stacks' exports, as of the last successful operation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<String>,
    pub owner_arn: Option<String>,
}

/// A stack instance of a stack set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instance {
    pub account: String,
    pub region: String,
}

/// A record: one operation on a provisioned product.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub id: String,
    pub operation: String,
    pub token: String,
    /// Of the request; tells a repeated token from a reused one.
    pub digest: String,
    pub kind: String,
    pub provisioned_id: String,
    pub provisioned_name: String,
    pub provisioned_kind: String,
    pub product_id: String,
    pub artifact_id: String,
    pub path_id: String,
    pub launch_role: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub user_arn: String,
    pub timeline: Timeline,
    pub end: RecordEnd,
}

/// When a record changes its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Timeline {
    pub created: Millis,
    pub running: Millis,
    pub unwinding: Option<Millis>,
    /// `None`: it hangs.
    pub ends: Option<Millis>,
}

/// How a record ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecordEnd {
    Succeeded { outputs: Vec<Output> },
    Failed { errors: Vec<RecordError> },
}

/// An output of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    pub key: String,
    pub value: String,
    pub description: Option<String>,
    /// The name under which other stacks may import it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
}

/// An error of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordError {
    pub code: String,
    pub description: String,
}

/// A provisioned product plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub id: String,
    pub name: String,
    pub provisioned_id: String,
    pub provisioned_name: String,
    pub product_id: String,
    pub artifact_id: String,
    pub path_id: String,
    pub token: String,
    pub digest: String,
    pub created: Millis,
    pub updated: Millis,
    pub notification_arns: Vec<String>,
    /// As submitted: key, value (masked for secrets), use previous value.
    pub parameters: Vec<(String, Option<String>, bool)>,
    pub values: BTreeMap<String, String>,
    pub secrets: Vec<String>,
    /// As submitted, and as they will be.
    pub sent_tags: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub status: String,
    pub status_message: Option<String>,
    pub ends: Option<Millis>,
    pub status_after: String,
    pub message_after: Option<String>,
    pub changes: Vec<PlannedChange>,
    pub new: bool,
}

/// One resource change of a plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedChange {
    pub action: String,
    pub logical_id: String,
    pub physical_id: Option<String>,
    pub kind: String,
    pub replacement: Option<String>,
    pub details: Vec<PlanDetail>,
}

/// One reason for a resource change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanDetail {
    pub attribute: String,
    /// The property.
    pub name: Option<String>,
    /// Whether it requires recreation.
    pub recreation: String,
    pub evaluation: String,
    /// The parameter or resource that it comes from.
    pub cause: Option<String>,
}

/// A stack that outlives its provisioned product, or was there before it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetainedStack {
    pub id: String,
    pub name: String,
    pub created: Millis,
    pub status: String,
    pub parameters: BTreeMap<String, String>,
    pub secrets: Vec<String>,
    pub outputs: Vec<Output>,
    pub tags: BTreeMap<String, String>,
    /// Where its template is, for a later import.
    pub product_id: String,
    pub artifact_id: String,
    /// Hidden before this moment: the provisioned product still shows it.
    pub from: Millis,
}

impl Plan {
    pub(crate) fn settle(&mut self) {
        if let Some(ends) = self.ends.take() {
            self.updated = ends;
            self.status = self.status_after.clone();
            self.status_message = self.message_after.clone();
        }
    }
}

impl Record {
    pub(crate) fn status(&self, now: Millis) -> &'static str {
        let time = self.timeline;
        let over = time.ends.is_some_and(|ends| now >= ends);
        match &self.end {
            RecordEnd::Succeeded { .. } if over => "SUCCEEDED",
            RecordEnd::Failed { .. } if over => "FAILED",
            _ if time.unwinding.is_some_and(|at| now >= at) => "IN_PROGRESS_IN_ERROR",
            _ if now >= time.running => "IN_PROGRESS",
            _ => "CREATED",
        }
    }

    /// When the status changed last.
    pub(crate) fn updated(&self, now: Millis) -> Millis {
        let time = self.timeline;
        let steps = [Some(time.running), time.unwinding, time.ends];
        steps.into_iter().flatten().filter(|&at| at <= now).max().unwrap_or(time.created).max(time.created)
    }

    pub(crate) fn is_over(&self, now: Millis) -> bool {
        self.timeline.ends.is_some_and(|ends| now >= ends)
    }

    /// Outputs, once it succeeded.
    pub(crate) fn outputs(&self, now: Millis) -> &[Output] {
        match &self.end {
            RecordEnd::Succeeded { outputs } if self.is_over(now) => outputs,
            _ => &[],
        }
    }

    /// Errors, once it failed.
    pub(crate) fn errors(&self, now: Millis) -> &[RecordError] {
        match &self.end {
            RecordEnd::Failed { errors } if self.is_over(now) => errors,
            _ => &[],
        }
    }
}

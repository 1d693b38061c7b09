//! The form of the steps: what is done, to what, and with which values. Secrets stand here as keyed digests, never as text.
//! Part of format v1: a change here is a change of the format.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::{Form, mirror};
use super::reasons::{Reason, Refusal};
use super::words::{AddressPair, Intent, Language, Lifecycle, Piece, Place, Preferences, StackSetOperation};
use crate::plan;

mirror!(struct Step of plan::Step {
    address: AddressPair,
    place: Place,
    action: Action,
    reasons: Vec<Reason>,
    after: Vec<usize>,
    only_if_inputs_differ: bool,
    base_record: Option<String>,
    base_op: u64,
    lifecycle: Lifecycle,
    needs: Vec<AddressPair>,
    sensitive_outputs: Vec<String>,
    timeout: Duration,
});

impl Form<usize> for plan::StepIx {
    fn write(&self) -> usize {
        self.0
    }
    fn read(file: usize) -> Self {
        Self(file)
    }
}

mirror!(enum Action of plan::Action {
    Provision(spec: Spec),
    Update(id: String, spec: Spec),
    Terminate[termination: Termination],
    Settle(intent: Box<Intent>, spec: Option<Spec>),
    Adopt(id: String, spec: Spec, record: String),
    Accept(id: String, spec: Spec, record: String),
    Forget { leaves: Option<String> },
    Remember,
    Refused[refusal: Refusal],
});

mirror!(struct Termination of plan::Termination { id: String, name: String, retain: bool, replacing: bool });

mirror!(struct Spec of plan::Spec {
    name: String,
    product: String,
    product_name: String,
    artifact: String,
    artifact_name: String,
    path: String,
    path_name: String,
    parameters: BTreeMap<String, Parameter>,
    tags: BTreeMap<String, Planned>,
    send_tags: bool,
    notification_arns: Vec<String>,
    preferences: Option<Preferences>,
    // came later: absent where it says nothing, so that older plans read and hash as they did
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instances: Option<Instances>,
    language: Language,
    sensitive_outputs: Vec<String>,
});

mirror!(struct Instances of plan::Instances { operation: StackSetOperation, accounts: Vec<String>, regions: Vec<String> });

mirror!(struct Parameter of plan::Parameter { value: Planned, sent: Sending });

mirror!(enum Sending of plan::Sending { Value, Previous, Default });

/// Not a mirror: what a secret is filled from stays out of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Planned {
    Known(String),
    Pending(Vec<Piece>),
    Secret(String),
    Unknown,
    Kept(String),
}

impl Form<Planned> for plan::Planned {
    fn write(&self) -> Planned {
        match self {
            Self::Known(text) => Planned::Known(text.clone()),
            Self::Pending(template) => Planned::Pending(template.write()),
            Self::Secret { template: _, digest } => Planned::Secret(digest.write()),
            Self::Unknown => Planned::Unknown,
            Self::Kept(digest) => Planned::Kept(digest.write()),
        }
    }
    fn read(file: Planned) -> Self {
        match file {
            Planned::Known(text) => Self::Known(text),
            Planned::Pending(pieces) => Self::Pending(Form::read(pieces)),
            Planned::Secret(digest) => Self::Secret { template: None, digest: Form::read(digest) },
            Planned::Unknown => Self::Unknown,
            Planned::Kept(digest) => Self::Kept(Form::read(digest)),
        }
    }
}

impl Step {
    /// Without what says when and with which key the plan was made rather than what it does: operation numbers are serials, an
    /// intent's instants are times, a digest of a secret is another under another key and would let others try their guesses, and
    /// a refusal's sentence is this version's wording of its rule.
    pub(super) fn timeless(mut self) -> Self {
        self.base_op = 0;
        match &mut self.action {
            Action::Provision { spec }
            | Action::Update { spec, .. }
            | Action::Adopt { spec, .. }
            | Action::Accept { spec, .. } => {
                spec.forget_digests();
            }
            Action::Settle { intent, spec } => {
                intent.forget_when();
                intent.forget_digests();
                spec.iter_mut().for_each(Spec::forget_digests);
            }
            Action::Refused(refusal) => refusal.forget_wording(),
            Action::Terminate(_) | Action::Forget { .. } | Action::Remember => {}
        }
        self
    }
}

impl Spec {
    /// Leaves of a secret only whether it is sent or kept.
    fn forget_digests(&mut self) {
        let values = self.parameters.values_mut().map(|parameter| &mut parameter.value);
        for value in values.chain(self.tags.values_mut()) {
            match value {
                Planned::Secret(digest) => "secret".clone_into(digest),
                Planned::Kept(digest) => "kept".clone_into(digest),
                Planned::Known(_) | Planned::Pending(_) | Planned::Unknown => {}
            }
        }
    }
}

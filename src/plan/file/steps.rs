//! The form of the steps: what is done, to what, and with which values. Secrets stand here as keyed digests, never as text.
//! Part of the format: a change here is a change of it, and of its version.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::{Form, mirror};
use super::reasons::{Reason, Refusal};
use super::words::{AddressPair, Intent, Lifecycle, Piece, Place};
use crate::dto::content::{ContentDto, InstancesDto, Parts};
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
    sensitive_parameters: Vec<String>,
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
    Adopt[adoption: Adoption],
    Accept(id: String, spec: Spec, record: String),
    Forget { leaves: Option<String> },
    Remember,
    Refused[refusal: Refusal],
});

mirror!(struct Adoption of plan::Adoption { id: String, spec: Spec, record: Option<String>, unverified: bool });

mirror!(struct Termination of plan::Termination { id: String, name: String, retain: bool, replacing: bool });

pub(super) type Spec = ContentDto<Parameter, Planned>;

impl Form<Spec> for plan::Spec {
    fn write(&self) -> Spec {
        let Self { target, parameters, tags, send_tags, instances } = self;
        let mut file = Spec::new(target, parameters.write(), tags.write());
        file.send_tags = Some(*send_tags);
        file.instances = instances.write();
        file
    }
    fn read(mut file: Spec) -> Self {
        let (send_tags, instances) = (file.send_tags.unwrap_or_default(), Form::read(file.instances.take()));
        let Parts { target, parameters, tags } = file.parts();
        Self { target, parameters: Form::read(parameters), tags: Form::read(tags), send_tags, instances }
    }
}

impl Form<InstancesDto> for plan::Instances {
    fn write(&self) -> InstancesDto {
        let Self { operation, accounts, regions } = self.clone();
        InstancesDto { operation: operation.into(), accounts, regions }
    }
    fn read(file: InstancesDto) -> Self {
        let InstancesDto { operation, accounts, regions } = file;
        Self { operation: operation.into(), accounts, regions }
    }
}

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
        self.place.forget_catalog();
        match &mut self.action {
            Action::Provision { spec }
            | Action::Update { spec, .. }
            | Action::Adopt(Adoption { spec, .. })
            | Action::Accept { spec, .. } => {
                forget_digests(spec);
            }
            Action::Settle { intent, spec } => {
                intent.forget_when();
                intent.forget_digests();
                if let Some(spec) = spec {
                    forget_digests(spec);
                }
            }
            Action::Refused(refusal) => refusal.forget_wording(),
            Action::Terminate(_) | Action::Forget { .. } | Action::Remember => {}
        }
        self
    }
}

/// Leaves of a spec's secrets only whether they are sent or kept.
fn forget_digests(spec: &mut Spec) {
    let (parameters, tags) = spec.values_mut();
    for value in parameters.map(|parameter| &mut parameter.value).chain(tags) {
        match value {
            Planned::Secret(digest) => "secret".clone_into(digest),
            Planned::Kept(digest) => "kept".clone_into(digest),
            Planned::Known(_) | Planned::Pending(_) | Planned::Unknown => {}
        }
    }
}

//! What an operation would do to resources, as the catalog tells it: provisioned product plans, which are made, read and taken away
//! again, and never executed.

use super::request::Payload;
use provisor_model::ids::{LocationName, ProvisionedId, Token};
use provisor_model::time::Timestamp;

/// Asks for a provisioned product plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRequest {
    /// The catalog that is asked.
    pub location: LocationName,
    /// `PlanName`: it is found again by that.
    pub name: String,
    /// Its idempotency token.
    pub token: Token,
    /// It is not signed later than this, by the service's clock.
    pub sign_by: Timestamp,
    /// What the provisioned product would become.
    pub payload: Payload,
    /// There is no such provisioned product yet.
    pub creates: bool,
}

/// A provisioned product plan that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedPreview {
    /// `PlanId`
    pub plan: String,
    /// `ProvisionProductId`: of a creation, an id that stands for what does not exist.
    pub provisioned: Option<ProvisionedId>,
}

/// Names a provisioned product plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRef {
    /// The catalog that has it.
    pub location: LocationName,
    /// `PlanId`
    pub plan: String,
}

/// How far a provisioned product plan is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewProgress {
    /// It is being worked out.
    Running,
    /// What it would do; nothing where no resource changes.
    Ready(Vec<ResourceChange>),
    /// It cannot be worked out: the catalog's words.
    Failed(String),
}

/// What is known of what an operation would do to resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preview {
    /// The catalog has told it: nothing where no resource changes.
    Known(Vec<ResourceChange>),
    /// It was not previewed, and why: a lowercase fragment.
    Unknown(String),
}

/// What happens to one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// What is done to it.
    pub action: ResourceAction,
    /// `LogicalResourceId`: its name in the template.
    pub name: String,
    /// `PhysicalResourceId`, where it exists.
    pub physical_id: Option<String>,
    /// `ResourceType`
    pub kind: String,
    /// `Scope`: what of it changes, such as `PROPERTIES`.
    pub scope: Vec<String>,
    /// Why.
    pub details: Vec<ResourceDetail>,
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceAction {
    /// Another one takes its place, and what is in it is gone with it.
    Replace,
    /// That may happen: it depends on what is known only then.
    MayReplace,
    /// It is deleted.
    Remove,
    /// It is changed, and stays.
    Modify,
    /// It is made.
    Add,
}

/// One reason for a change of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceDetail {
    /// `Attribute`, such as `PROPERTIES` or `TAGS`.
    pub attribute: String,
    /// The property, where it is one.
    pub name: Option<String>,
    /// Whether a change of that replaces the resource.
    pub recreation: Recreation,
    /// It is sure before anything is done (`STATIC`).
    pub is_sure: bool,
    /// `CausingEntity`: the parameter or the resource that it comes from.
    pub cause: Option<String>,
}

/// Whether a change replaces the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recreation {
    /// It stays.
    Never,
    /// It depends on more.
    Conditionally,
    /// Another one takes its place.
    Always,
}

impl ResourceChange {
    /// Whether the resource is replaced, or may be.
    #[must_use]
    pub fn replaces(&self) -> bool {
        matches!(self.action, ResourceAction::Replace | ResourceAction::MayReplace)
    }
}

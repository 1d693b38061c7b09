//! What CloudFormation tells of what stands behind a provisioned product: no call of Service Catalog tells the values of
//! parameters, nor whether anybody changed the resources.

use std::collections::{BTreeMap, BTreeSet};

use provisor_model::ids::{LocationName, Token};
use provisor_model::target::Target;
use provisor_model::time::Timestamp;

/// Asks for a stack or a stack set: that of a provisioned product, or one that is to become a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackRef {
    /// The catalog's location: the stack is in the same account and region.
    pub location: LocationName,
    /// The ARN of a stack or of a stack set (`PhysicalId` of a provisioned product), or the name of a stack.
    pub arn: String,
}

impl StackRef {
    /// What `CloudFormation` calls a stack set: the part of its ARN after the kind; `None` for a stack.
    #[must_use]
    pub fn stack_set(&self) -> Option<&str> {
        self.arn.split_once(":stackset/").map(|(_, name)| name)
    }
}

/// A stack or a stack set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// `StackId`: its ARN; empty for a stack set.
    pub id: String,
    /// `StackStatus`; empty for a stack set.
    pub status: String,
    /// Another stack made it (`ParentId`).
    pub is_nested: bool,
    /// `Tags`, but for AWS's own; a stack set's are not read.
    pub tags: BTreeMap<String, String>,
    /// `Parameters`, those that were left out among them.
    pub parameters: BTreeMap<String, StackParameter>,
    /// `Outputs`; a stack set has none.
    pub outputs: BTreeMap<String, String>,
    /// The result of the last drift detection, if there was one. None is ever started.
    pub drift: Option<StackDrift>,
    /// Where the instances of a stack set stand; `None` for a stack.
    pub instances: Option<StackInstances>,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackParameter {
    /// `ParameterValue`: asterisks for a `NoEcho` parameter, a name for one that is read from the parameter store.
    pub value: String,
    /// `ResolvedValue`: what the name stood for at the last deployment.
    pub resolved: Option<String>,
}

impl StackParameter {
    /// Whether the value is kept from being shown.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.value == "****"
    }
}

/// The result of a drift detection that somebody ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackDrift {
    /// The resources, or some instances, are not as the template says.
    pub drifted: bool,
    /// When it was looked, if that is told.
    pub checked: Option<Timestamp>,
}

/// Where the instances of a stack set stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackInstances {
    /// Account ids.
    pub accounts: BTreeSet<String>,
    /// Regions.
    pub regions: BTreeSet<String>,
}

/// Makes a stack that exists a provisioned product. Its values stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackImport {
    /// The catalog that is asked.
    pub location: LocationName,
    /// `PhysicalId`: the stack's ARN.
    pub stack: String,
    /// What it becomes: the template of its version is the stack's, or the service refuses.
    pub target: Target,
    /// `IdempotencyToken`
    pub token: Token,
    /// After this, by the service's clock, it is not signed any more.
    pub sign_by: Timestamp,
}

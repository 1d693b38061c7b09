//! What CloudFormation tells of what stands behind a provisioned product: no call of Service Catalog tells the values of
//! parameters, nor whether anybody changed the resources.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::ids::LocationName;
use crate::model::time::Timestamp;

/// Asks for the stack, or the stack set, of one provisioned product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackRef {
    /// The catalog's location: the stack is in the same account and region.
    pub location: LocationName,
    /// `PhysicalId` of the provisioned product: the ARN of a stack or of a stack set.
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

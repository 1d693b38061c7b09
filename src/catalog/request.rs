//! What is asked of the catalog that changes the cloud: three operations, each under a token of its own.

use std::collections::BTreeMap;

use provisor_model::ids::{LocationName, ProvisionedId, Token};
use provisor_model::product::StackSetOperation;
use provisor_model::secret::Secret;
use provisor_model::target::Target;
use provisor_model::time::Timestamp;

/// One request that changes the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The catalog that is asked to do it.
    pub location: LocationName,
    /// Its idempotency token.
    pub token: Token,
    /// It is not signed later than this, by the service's clock.
    pub sign_by: Timestamp,
    /// What it asks for.
    pub operation: Operation,
}

/// The three operations that change the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `ProvisionProduct`
    Provision {
        /// What is provisioned.
        payload: Payload,
    },
    /// `UpdateProvisionedProduct`, by id.
    Update {
        /// `ProvisionedProductId`
        id: ProvisionedId,
        /// What it becomes.
        payload: Payload,
    },
    /// `TerminateProvisionedProduct`, by id.
    Terminate {
        /// `ProvisionedProductId`
        id: ProvisionedId,
        /// `RetainPhysicalResources`
        retain: bool,
    },
}

/// What provisioning and updating have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Everything but parameters and tags; its preferences are those that are sent.
    pub target: Target,
    /// `ProvisioningParameters`
    pub parameters: BTreeMap<String, Sent>,
    /// `Tags`; `None` leaves the member out (updates where tags cannot change).
    pub tags: Option<BTreeMap<String, String>>,
    /// `StackSetOperationType`; `None` leaves the member out, which means `UPDATE`.
    pub stack_set: Option<StackSetOperation>,
}

/// One parameter on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// `Value`
    Value(String),
    /// `Value` that must not be logged.
    Secret(Secret),
    /// `UsePreviousValue`, without a value.
    Previous,
}

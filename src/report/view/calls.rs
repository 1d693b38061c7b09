//! Calls to services, counted.

use std::collections::BTreeMap;
use std::time::Duration;

/// What one command has asked of services.
#[derive(Clone, Debug, Default)]
pub struct CallsView {
    /// How long the command took so far.
    pub took: Duration,
    /// By the name of the operation.
    pub operations: BTreeMap<String, OperationCalls>,
}

/// How often one operation was called.
#[derive(Clone, Copy, Debug, Default)]
pub struct OperationCalls {
    /// Calls.
    pub calls: usize,
    /// How often they were sent, all attempts counted.
    pub attempts: usize,
    /// Of how many an answer said that the service is asked too often.
    pub throttled: usize,
}

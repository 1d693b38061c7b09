//! Reads of provisioned products and their records.

pub(crate) mod history;
pub(crate) mod provisioned;
mod queries;
pub(crate) mod search;
pub(crate) mod stack_instances;

//! What changes a provisioned product: the operations that deploy, import or remove it, and what they share. An
//! operation's whole course is decided when it is accepted (`execution`) and put into the world with its record
//! (`record`).

pub(crate) mod account_factory;
pub(crate) mod deployment;
pub(crate) mod execution;
pub(crate) mod existing;
pub(crate) mod import;
pub(crate) mod parameters;
pub(crate) mod properties;
pub(crate) mod provision;
pub(crate) mod record;
pub(crate) mod stack_sets;
pub(crate) mod stacks;
pub(crate) mod terminate;
pub(crate) mod update;

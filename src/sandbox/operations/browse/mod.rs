//! Reads of the catalog as an end user sees it.

pub(crate) mod products;
pub(crate) mod search;
pub(crate) mod service_actions;

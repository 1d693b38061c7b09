//! Reads of the catalog as its administrator sees it.

pub(crate) mod portfolios;
pub(crate) mod products;
pub(crate) mod service_actions;
pub(crate) mod sharing;

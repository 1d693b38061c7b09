//! `provisor` reconciles AWS Service Catalog provisioned products with YAML declarations.

pub mod apply;
pub mod catalog;
pub mod cli;
pub mod declare;
pub mod model;
pub mod observe;
pub mod plan;
pub mod report;
pub mod sandbox;
pub mod state;

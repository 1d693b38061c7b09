//! `provisor` reconciles AWS Service Catalog provisioned products with YAML declarations.
//!
//! A pure core in five stages, effects at two edges:
//!
//! ```text
//! text ──declare──▶ Desired ─┐
//! state ──load────▶ Recorded ─┼─plan──▶ Plan ──apply──▶ Report ──report──▶ text / JSON, exit code
//! catalog ─observe▶ Observed ─┘
//! ```
//!
//! The edges are the traits [`catalog::CatalogRead`] and [`catalog::Catalog`], and [`state::Store`]; [`cli`] is the wiring,
//! and the crate `provisor_sandbox` an independent reading of
//! the service's API that imports nothing of the rest.
//!
//! # Words
//!
//! | | |
//! |---|---|
//! | product | what a catalog offers, in versions (*provisioning artifacts*), through *launch paths* |
//! | provisioned product | one that was made of a product; what a declaration describes |
//! | location | an account and a region that the settings name |
//! | address | a declaration's key on a location: what a row, a step and a message are about |
//! | row | what is remembered of one address |
//! | binding | that a row's provisioned product is known, by id |
//! | record | the catalog's own account of one operation |
//! | intent | an operation that was written down before its request left, until its record is final |
//! | token | what makes one request idempotent; never carries two |
//! | foreign | made or changed by somebody else |
//!
//! # What always holds
//!
//! - An intent is durable before its request is sent, and a request is sent once with its token or again with the same.
//! - Nothing is provisioned under a name that exists, and nothing that is not ours by id or token is touched.
//! - A plan is a value: equal input makes equal plans, and apply does what the plan says or stops.
//! - Absence is never inferred from a list alone; what is not known to have failed is not taken to have.
//! - No local clock decides anything, and no secret is written down: only a digest of it under the state's own key.

#![cfg_attr(
    not(feature = "internals"),
    allow(unused_imports, reason = "what only tests name is re-exported too")
)]

pub mod cli;

use provisor_dto as dto;

// The program is the public product. Tests and benches see these rooms too, through the feature `internals`; without it
// the compiler finds what nobody uses.
#[cfg(not(feature = "internals"))]
mod apply;
#[cfg(not(feature = "internals"))]
use provisor_catalog as catalog;
#[cfg(not(feature = "internals"))]
use provisor_declare as declare;
#[cfg(not(feature = "internals"))]
use provisor_files as files;
#[cfg(not(feature = "internals"))]
use provisor_import as import;
#[cfg(not(feature = "internals"))]
use provisor_model as model;
#[cfg(not(feature = "internals"))]
mod observe;
#[cfg(not(feature = "internals"))]
mod plan;
#[cfg(not(feature = "internals"))]
mod report;
#[cfg(not(feature = "internals"))]
use provisor_state as state;
#[cfg(not(feature = "internals"))]
mod workspace;

#[cfg(feature = "internals")]
pub mod apply;
#[cfg(feature = "internals")]
pub use provisor_catalog as catalog;
#[cfg(feature = "internals")]
pub use provisor_declare as declare;
#[cfg(feature = "internals")]
pub use provisor_files as files;
#[cfg(feature = "internals")]
pub use provisor_import as import;
#[cfg(feature = "internals")]
pub use provisor_model as model;
#[cfg(feature = "internals")]
pub mod observe;
#[cfg(feature = "internals")]
pub mod plan;
#[cfg(feature = "internals")]
pub mod report;
#[cfg(feature = "internals")]
pub use provisor_state as state;
#[cfg(feature = "internals")]
pub mod workspace;

//! What runs have open in catalogs for the sake of a preview, beside the rows and without their lock: a journal for each run, which is its
//! own while it lives. What a dead run left open is known by it, and taken away by whoever runs next.

use std::collections::BTreeMap;

use super::{Home, StateError};
use provisor_model::ids::{Address, ProvisionedId, Token};
use provisor_model::time::Timestamp;

/// Where the journals are.
pub trait Previews {
    /// A journal for this run, held until it is dropped. Nothing is written before there is something to write.
    ///
    /// # Errors
    /// See [`StateError`].
    fn begin(&self, run: u128) -> Result<Box<dyn PreviewJournal>, StateError>;

    /// The journals of runs that died, held from now on: those of living runs are left alone, and so are those that somebody
    /// else takes care of already.
    ///
    /// # Errors
    /// See [`StateError`].
    fn left_behind(&self) -> Result<LeftBehind, StateError>;
}

/// What dead runs left behind.
#[derive(Default)]
pub struct LeftBehind {
    /// Their journals.
    pub journals: Vec<Box<dyn PreviewJournal>>,
    /// Why others cannot be read.
    pub unread: Vec<StateError>,
}

/// What one run has open.
pub trait PreviewJournal {
    /// What is open, by its name.
    fn open(&self) -> &BTreeMap<String, OpenPreview>;

    /// Writes down what happened. It is durable when this returns.
    ///
    /// # Errors
    /// See [`StateError`].
    fn note(&mut self, notes: Vec<PreviewNote>) -> Result<(), StateError>;

    /// Takes the journal away, if nothing is open any more.
    ///
    /// # Errors
    /// See [`StateError`].
    fn end(self: Box<Self>) -> Result<(), StateError>;
}

/// What happened to a provisioned product plan of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewNote {
    /// It is about to be asked for.
    Opening(Box<OpenPreview>),
    /// The catalog has made it.
    Opened {
        /// Its name.
        name: String,
        /// `PlanId`
        plan: String,
        /// `ProvisionProductId`
        provisioned: Option<ProvisionedId>,
    },
    /// It is not there, and will not be.
    Closed {
        /// Its name.
        name: String,
    },
}

/// A provisioned product plan of ours that is there, or may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPreview {
    /// `PlanName`: drawn for this one alone, so that it is known by it.
    pub name: String,
    /// What it is a preview for.
    pub address: Address,
    /// The account and region, and what answers there.
    pub home: Home,
    /// The name of the provisioned product.
    pub product: String,
    /// It stands for a provisioned product that does not exist.
    pub creates: bool,
    /// The idempotency token of the request.
    pub token: Token,
    /// The request is not signed later than this, by the service's clock.
    pub sign_by: Timestamp,
    /// `PlanId`, once it is known.
    pub plan: Option<String>,
    /// `ProvisionProductId`, once it is known.
    pub provisioned: Option<ProvisionedId>,
}

impl PreviewNote {
    /// What is open after it.
    pub(super) fn take(self, open: &mut BTreeMap<String, OpenPreview>) {
        match self {
            Self::Opening(one) => drop(open.insert(one.name.clone(), *one)),
            Self::Opened { name, plan, provisioned } => {
                if let Some(one) = open.get_mut(&name) {
                    (one.plan, one.provisioned) = (Some(plan), provisioned);
                }
            }
            Self::Closed { name } => drop(open.remove(&name)),
        }
    }
}

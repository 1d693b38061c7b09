//! The seam behind which the adapters are made. Whoever implements it is the only one that knows which catalogs and which
//! stores there are: the command line's is `cli/load.rs`, tests have their own.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use super::problem::Problem;
use crate::catalog::Catalog;
use crate::declare::Settings;
use crate::files::SettingsHome;
use crate::model::ids::{AccountId, LocationName, Region};
use crate::state::{Previews, Snapshot, Store};

/// Makes what stands behind the two ports, for the repo that has these settings. What they name stands where they do.
pub trait Adapters {
    /// The account and the region that the file of an embedded sandbox stands for.
    ///
    /// # Errors
    /// A file that cannot be read as one.
    fn sandbox(&self, home: &SettingsHome, file: &Path) -> Result<SandboxHead, Problem>;

    /// One catalog for these locations; those that the settings do not know are left out. Whoever plans again and again
    /// may be given the same one each time.
    ///
    /// # Errors
    /// A location that cannot be reached at all. One that answers badly says so when it is asked.
    fn catalog(
        &self,
        home: &SettingsHome,
        settings: &Settings,
        locations: &BTreeSet<&LocationName>,
    ) -> Result<Rc<dyn Catalog>, Problem>;

    /// What can be read of these locations where [`Adapters::catalog`] makes no catalog: for whoever only says what else is wrong.
    fn salvaged(
        &self,
        _home: &SettingsHome,
        _settings: &Settings,
        _locations: &BTreeSet<&LocationName>,
    ) -> WhatIsLeft {
        WhatIsLeft::default()
    }

    /// The repo's store, held until it is dropped; made where there is none.
    ///
    /// # Errors
    /// A state that cannot be used, or that somebody else holds.
    fn store(&self, home: &SettingsHome, settings: &Settings) -> Result<HeldStore, Problem>;

    /// What is remembered, without holding it; `None` where there is no store yet.
    ///
    /// # Errors
    /// A state that cannot be used.
    fn snapshot(&self, home: &SettingsHome, settings: &Settings) -> Result<Option<Snapshot>, Problem>;

    /// What runs have open in catalogs for the sake of a preview, beside the store and without holding it.
    ///
    /// # Errors
    /// A state that cannot be used.
    fn previews(&self, home: &SettingsHome, settings: &Settings) -> Result<Box<dyn Previews>, Problem>;
}

/// What the file of an embedded sandbox stands for.
pub struct SandboxHead {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// What is wrong with the rest of it.
    pub wrong: Option<Problem>,
}

/// A store that is held.
pub struct HeldStore {
    /// The store.
    pub store: Box<dyn Store>,
}

/// What can be read of locations with which something is wrong.
#[derive(Default)]
pub struct WhatIsLeft {
    /// A catalog of all but those that cannot be reached at all.
    pub catalog: Option<Rc<dyn Catalog>>,
    /// Those that cannot be reached at all.
    pub out: BTreeSet<LocationName>,
    /// Those that do not tell of everything what it takes.
    pub partial: BTreeSet<LocationName>,
    /// Not all that is provisioned is there.
    pub lacks_some: bool,
}

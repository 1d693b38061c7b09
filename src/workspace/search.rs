//! Everything that is provisioned at some locations, whoever made it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Workspace;
use super::problem::Problem;
use crate::catalog::{Catalog, CatalogRead, Existing};
use crate::declare::Desired;
use crate::model::ids::{Address, LocationName};
use crate::observe::{ObserveError, Scope, identify};
use crate::state::Recorded;

/// What was found, and the catalog that told.
pub(super) struct Searched {
    pub catalog: Rc<dyn Catalog>,
    pub there: Vec<(LocationName, Existing)>,
}

impl Workspace<'_> {
    /// Looks for all that is there, once it is certain that each location is the one it should be.
    ///
    /// # Errors
    /// Every location that cannot be read.
    pub(super) fn search(
        &self,
        names: &BTreeSet<&LocationName>,
        recorded: &Recorded,
    ) -> Result<Searched, Problem> {
        let catalog = self.repo.catalog_of(names)?;
        let reader: &dyn CatalogRead = &*catalog;
        let asked = self.identified(names, recorded, reader)?;
        let (mut there, mut errors) = (Vec::new(), Vec::new());
        for (location, answer) in asked.iter().zip(reader.search(&asked)) {
            match answer {
                Ok(all) => there.extend(all.into_iter().map(|existing| (location.clone(), existing))),
                Err(error) => errors.push(ObserveError::Catalog { location: location.clone(), error }),
            }
        }
        if errors.is_empty() { Ok(Searched { catalog, there }) } else { Err(self.not_read(&errors)) }
    }

    /// The locations, once it is certain that each is the one it should be.
    ///
    /// # Errors
    /// Every location that is not, or cannot be read.
    pub(super) fn identified(
        &self,
        names: &BTreeSet<&LocationName>,
        recorded: &Recorded,
        reader: &dyn CatalogRead,
    ) -> Result<Vec<LocationName>, Problem> {
        // who is asked for is told by addresses, whatever stands there
        let somewhere = names.iter().map(|name| Address::new("any", (*name).clone())).collect();
        let scope = Scope {
            desired: &Desired::nothing(),
            recorded,
            locations: &self.repo.settings.locations,
            selected: &somewhere,
            refresh: true,
            deep: &BTreeSet::new(),
        };
        identify(scope, reader).map_err(|errors| self.not_read(&errors))?;
        Ok(names.iter().map(|name| (*name).clone()).collect())
    }

    pub(super) fn not_read(&self, errors: &[ObserveError]) -> Problem {
        Problem::unread(errors, self.repo.stands(), &self.repo.sources)
    }
}

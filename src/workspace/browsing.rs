//! What there is to provision, for who writes declarations: products, their versions, and what one of them takes.

use std::collections::BTreeSet;

use super::Workspace;
use super::problem::{Complaint, Problem, ProblemKind};
use crate::catalog::CatalogRead;
use crate::model::ids::{Address, Labels, LocationName};
use crate::model::text::{did_you_mean, listed as listing, quote};
use crate::observe::{
    BrowseScope, CatalogProduct, ListedProduct, SheetRequest, VersionSheet, listed, products_of, sheet,
    sheets,
};
use crate::state::Recorded;

/// So many names are told.
const FEW: usize = 20;

/// One product, and which version of it.
#[derive(Clone, Copy, Debug)]
pub struct Browsed<'a> {
    /// The product's name or id.
    pub product: &'a str,
    /// Its version, and the launch path.
    pub sheet: SheetRequest<'a>,
}

impl Workspace<'_> {
    /// All products that are offered at the locations that a pattern names.
    ///
    /// # Errors
    /// A pattern that fits no location, and every location that cannot be read.
    pub fn catalog_products(
        &self,
        location: Option<&str>,
        recorded: &Recorded,
    ) -> Result<Vec<CatalogProduct>, Problem> {
        let names = self.names(location)?;
        let catalog = self.repo.catalog_of(&names)?;
        let all = self.listed(&names, recorded, &*catalog)?;
        let scope = BrowseScope { desired: &self.desired, recorded };
        let found = products_of(&all, scope, &*catalog).map_err(|errors| self.not_read(&errors))?;
        Ok(self.repo.hiding(found))
    }

    /// One product wherever it is offered, with what a version of it takes there. A location that has no such version or launch
    /// path is left out, as long as another has.
    ///
    /// # Errors
    /// As above, and a product, version or launch path that is nowhere.
    pub fn catalog_product(
        &self,
        location: Option<&str>,
        of: Browsed<'_>,
        recorded: &Recorded,
    ) -> Result<Vec<(CatalogProduct, Option<VersionSheet>)>, Problem> {
        let names = self.names(location)?;
        let catalog = self.repo.catalog_of(&names)?;
        let all = self.listed(&names, recorded, &*catalog)?;
        let is_meant = |one: &&ListedProduct| one.name == of.product || one.id.as_str() == of.product;
        let meant: Vec<ListedProduct> = all.iter().filter(is_meant).cloned().collect();
        if meant.is_empty() {
            return Err(no_product(of.product, &all));
        }
        let scope = BrowseScope { desired: &self.desired, recorded };
        let found = products_of(&meant, scope, &*catalog).map_err(|errors| self.not_read(&errors))?;
        let found = self.repo.hiding(found);
        let sheets = sheet(&found, of.sheet, &*catalog).map_err(|errors| self.not_read(&errors))?;
        let is_asked = of.sheet.version.is_some() || of.sheet.path.is_some();
        if is_asked && sheets.iter().all(Option::is_none) {
            return Err(no_sheet(of.sheet, &found));
        }
        let both = found.into_iter().zip(sheets);
        Ok(both.filter(|(_, sheet)| sheet.is_some() || !is_asked).collect())
    }

    /// All products that are offered at the locations that a pattern names, each with what every version of it takes.
    ///
    /// # Errors
    /// As above.
    pub fn catalog_sheets(
        &self,
        location: Option<&str>,
        recorded: &Recorded,
    ) -> Result<Vec<(CatalogProduct, Vec<VersionSheet>)>, Problem> {
        let found = self.catalog_products(location, recorded)?;
        let catalog = self.repo.catalog_of(&self.names(location)?)?;
        let sheets = sheets(&found, &*catalog).map_err(|errors| self.not_read(&errors))?;
        Ok(found.into_iter().zip(sheets).collect())
    }

    /// How addresses are written, and the locations, whether anything stands there or not.
    #[must_use]
    pub fn labels(&self, recorded: &Recorded) -> Labels {
        let locations = self.repo.settings.locations.keys();
        let somewhere: Vec<Address> = locations.map(|name| Address::new("", name.clone())).collect();
        Labels::of(self.desired.products.keys().chain(recorded.rows.keys()).chain(&somewhere))
    }

    fn names(&self, location: Option<&str>) -> Result<BTreeSet<&LocationName>, Problem> {
        Ok(self.locations(location)?.into_iter().map(|location| &location.name).collect())
    }

    fn listed(
        &self,
        names: &BTreeSet<&LocationName>,
        recorded: &Recorded,
        reader: &dyn CatalogRead,
    ) -> Result<Vec<ListedProduct>, Problem> {
        let asked = self.identified(names, recorded, reader)?;
        listed(&asked, reader).map_err(|errors| self.not_read(&errors))
    }
}

fn no_product(wanted: &str, all: &[ListedProduct]) -> Problem {
    let names: BTreeSet<&str> = all.iter().map(|one| one.name.as_str()).collect();
    let note = match names.is_empty() {
        true => "no product at all is offered: no portfolio is granted to this principal".to_owned(),
        false => format!("there is {}", listing(names.iter().map(quote), FEW)),
    };
    missing(format!("there is no product `{wanted}`"), note, did_you_mean(wanted, names.iter().copied()))
}

/// Which of the two is nowhere: the version first.
fn no_sheet(of: SheetRequest<'_>, found: &[CatalogProduct]) -> Problem {
    let name = found.first().map(|one| one.product.name.as_str()).unwrap_or_default();
    let products = || found.iter().map(|one| &one.product);
    let has =
        |text: &str| products().any(|one| one.artifacts.iter().any(|artifact| artifact.is_called(text)));
    if let Some(version) = of.version.filter(|text| !has(text)) {
        let mut names: Vec<&str> = Vec::new();
        for artifact in products().flat_map(|product| product.newest_first()) {
            if !names.contains(&artifact.label()) {
                names.push(artifact.label());
            }
        }
        let note = format!("there is {}", listing(names.iter().map(quote), FEW));
        return missing(format!("`{name}` has no version `{version}`"), note, did_you_mean(version, names));
    }
    let names: BTreeSet<&str> =
        products().flat_map(|one| &one.paths).map(|path| path.name.as_str()).collect();
    let note = match names.is_empty() {
        true => "this principal has no launch path to it at all".to_owned(),
        false => format!("there is {}", listing(names.iter().map(quote), FEW)),
    };
    let path = of.path.unwrap_or_default();
    missing(format!("`{name}` has no launch path `{path}`"), note, did_you_mean(path, names))
}

fn missing(message: String, note: String, hint: Option<String>) -> Problem {
    Problem::of(ProblemKind::Input, Complaint { message, causes: Vec::new(), notes: vec![note], hint })
}

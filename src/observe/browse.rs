//! What there is to provision, and who runs it: products as their locations show them, beside what is declared, remembered and
//! found. Reads only; what people call things is for who shows it.

use std::collections::{BTreeMap, BTreeSet};

use super::ObserveError;
use crate::catalog::{
    Artifact, CatalogErrorKind, CatalogRead, Existing, LaunchPath, Offering, OfferingRef, Product,
    ProductRef, Status,
};
use crate::declare::{Desired, DesiredProduct};
use crate::model::ids::{Address, ArtifactId, LocationName, ProductId, ProvisionedId};
use crate::model::product::{ArtifactSelector, Selector};
use crate::state::{Recorded, Row};

/// Beside what products are looked at.
#[derive(Clone, Copy)]
pub struct BrowseScope<'a> {
    /// What is declared.
    pub desired: &'a Desired,
    /// What is remembered.
    pub recorded: &'a Recorded,
}

/// A product that a location lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedProduct {
    /// Where it is listed.
    pub location: LocationName,
    /// `ProductId`
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// How many products of the location are called so.
    pub namesakes: usize,
}

/// A product as one location shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogProduct {
    /// Where it is offered.
    pub location: LocationName,
    /// The product.
    pub product: Product,
    /// How many products of the location are called so.
    pub namesakes: usize,
    /// Who runs it or is declared to, by name.
    pub users: Vec<ProductUser>,
}

/// A provisioned product or a declaration of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductUser {
    /// Its address here; `None` for somebody else's.
    pub address: Option<Address>,
    /// `ProvisionedProductName`
    pub name: String,
    /// The version that it runs; `None` where nothing is provisioned.
    pub runs: Option<ArtifactId>,
    /// The version that is declared for it.
    pub declared: Option<DeclaredVersion>,
}

/// A version that a declaration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredVersion {
    /// As it is named.
    pub artifact: ArtifactSelector,
    /// There is a newer one that can be provisioned, or this one is not offered.
    pub is_behind: bool,
}

/// Which version by which launch path is asked for; `None`: the newest, the first.
#[derive(Clone, Copy, Debug, Default)]
pub struct SheetRequest<'a> {
    /// A version's name or id.
    pub version: Option<&'a str>,
    /// A launch path's name or id.
    pub path: Option<&'a str>,
}

/// What one version of a product takes by one of its launch paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionSheet {
    /// The version.
    pub artifact: Artifact,
    /// The launch path.
    pub path: LaunchPath,
    /// Parameters, tag options, constraints.
    pub offering: Offering,
}

/// What the locations list.
///
/// # Errors
/// Every location that could not be read.
pub fn listed(
    locations: &[LocationName],
    catalog: &dyn CatalogRead,
) -> Result<Vec<ListedProduct>, Vec<ObserveError>> {
    let mut found = Vec::new();
    for (location, all) in gathered(locations, catalog.catalogue(locations))? {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, name) in &all {
            *names.entry(name).or_default() += 1;
        }
        let product = |(id, name): &(ProductId, String)| ListedProduct {
            location: location.clone(),
            id: id.clone(),
            name: name.clone(),
            namesakes: names.get(name.as_str()).copied().unwrap_or_default(),
        };
        found.extend(all.iter().map(product));
    }
    Ok(found)
}

/// The products that were listed, with who runs them. One that has gone since is left out.
///
/// # Errors
/// Every location that could not be read.
pub fn products_of(
    listed: &[ListedProduct],
    scope: BrowseScope<'_>,
    catalog: &dyn CatalogRead,
) -> Result<Vec<CatalogProduct>, Vec<ObserveError>> {
    let reference = |one: &ListedProduct| ProductRef {
        location: one.location.clone(),
        product: Selector::Id(one.id.to_string()),
    };
    let wanted: Vec<ProductRef> = listed.iter().map(reference).collect();
    let locations: BTreeSet<&LocationName> = listed.iter().map(|one| &one.location).collect();
    let locations: Vec<LocationName> = locations.into_iter().cloned().collect();
    let there: BTreeMap<LocationName, Vec<Existing>> =
        gathered(&locations, catalog.search(&locations))?.into_iter().collect();
    let (mut products, mut errors) = (Vec::new(), Vec::new());
    for (one, answer) in listed.iter().zip(catalog.products(&wanted)) {
        match answer {
            Ok(product) => {
                let there = there.get(&one.location).map_or(&[][..], Vec::as_slice);
                let shelf = Shelf { of: one, product: &product, scope };
                let users = shelf.users(there);
                let (location, namesakes) = (one.location.clone(), one.namesakes);
                products.push(CatalogProduct { location, product, namesakes, users });
            }
            Err(error) if error.kind == CatalogErrorKind::NotFound => {}
            Err(error) => errors.push(ObserveError::Catalog { location: one.location.clone(), error }),
        }
    }
    if errors.is_empty() { Ok(products) } else { Err(errors) }
}

/// What a version of each takes; `None` where there is no such version or launch path.
///
/// # Errors
/// Every location that could not be read.
pub fn sheet(
    of: &[CatalogProduct],
    request: SheetRequest<'_>,
    catalog: &dyn CatalogRead,
) -> Result<Vec<Option<VersionSheet>>, Vec<ObserveError>> {
    let chosen: Vec<Option<(&Artifact, &LaunchPath)>> =
        of.iter().map(|one| request.chosen(&one.product)).collect();
    let asked = of.iter().zip(&chosen).filter_map(|(one, chosen)| {
        let (artifact, path) = (*chosen)?;
        let (location, product) = (one.location.clone(), one.product.id.clone());
        Some(OfferingRef { location, product, artifact: artifact.id.clone(), path: path.id.clone() })
    });
    let asked: Vec<OfferingRef> = asked.collect();
    let locations: Vec<LocationName> = asked.iter().map(|one| one.location.clone()).collect();
    let mut offerings = gathered(&locations, catalog.offerings(&asked))?.into_iter();
    let sheets = chosen.into_iter().map(|chosen| {
        let (artifact, path) = chosen?;
        let (_, offering) = offerings.next()?;
        Some(VersionSheet { artifact: artifact.clone(), path: path.clone(), offering })
    });
    Ok(sheets.collect())
}

/// What every version of each takes, by the product's first launch path; nothing where there is none.
///
/// # Errors
/// Every location that could not be read.
pub fn sheets(
    of: &[CatalogProduct],
    catalog: &dyn CatalogRead,
) -> Result<Vec<Vec<VersionSheet>>, Vec<ObserveError>> {
    let chosen: Vec<Vec<(&Artifact, &LaunchPath)>> = of
        .iter()
        .map(|one| match one.product.paths.first() {
            Some(path) => one.product.newest_first().into_iter().map(|artifact| (artifact, path)).collect(),
            None => Vec::new(),
        })
        .collect();
    let asked = of.iter().zip(&chosen).flat_map(|(one, versions)| {
        versions.iter().map(|(artifact, path)| OfferingRef {
            location: one.location.clone(),
            product: one.product.id.clone(),
            artifact: artifact.id.clone(),
            path: path.id.clone(),
        })
    });
    let asked: Vec<OfferingRef> = asked.collect();
    let locations: Vec<LocationName> = asked.iter().map(|one| one.location.clone()).collect();
    let mut offerings = gathered(&locations, catalog.offerings(&asked))?.into_iter();
    let sheets = chosen.into_iter().map(|versions| {
        let sheet = |(artifact, path): (&Artifact, &LaunchPath)| {
            let (_, offering) = offerings.next()?;
            Some(VersionSheet { artifact: artifact.clone(), path: path.clone(), offering })
        };
        versions.into_iter().filter_map(sheet).collect()
    });
    Ok(sheets.collect())
}

impl SheetRequest<'_> {
    fn chosen(self, product: &Product) -> Option<(&Artifact, &LaunchPath)> {
        let artifact = match self.version {
            Some(text) => product.newest_first().into_iter().find(|one| one.is_called(text)),
            None => product.newest(),
        };
        let is_meant =
            |path: &&LaunchPath| self.path.is_none_or(|text| path.name == text || path.id.as_str() == text);
        Some((artifact?, product.paths.iter().find(is_meant)?))
    }
}

/// The answers, or every location that could not be read.
fn gathered<T>(
    locations: &[LocationName],
    answers: Vec<Result<T, crate::catalog::CatalogError>>,
) -> Result<Vec<(LocationName, T)>, Vec<ObserveError>> {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for (location, answer) in locations.iter().zip(answers) {
        match answer {
            Ok(found) => all.push((location.clone(), found)),
            Err(error) => errors.push(ObserveError::Catalog { location: location.clone(), error }),
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(errors) }
}

/// One product of one location, whose users are looked for.
struct Shelf<'a> {
    of: &'a ListedProduct,
    product: &'a Product,
    scope: BrowseScope<'a>,
}

impl Shelf<'_> {
    fn users(&self, there: &[Existing]) -> Vec<ProductUser> {
        let rows: BTreeMap<&ProvisionedId, (&Address, &Row)> = self.rows().collect();
        let mut declared: BTreeMap<&Address, &DesiredProduct> = self.declared().collect();
        let mut seen = BTreeSet::new();
        let mut users = Vec::new();
        for existing in there {
            let row = rows.get(&existing.id).copied();
            let Some(runs) = self.version_of(existing, row.map(|(_, row)| row)) else { continue };
            let address = row.map(|(address, _)| address);
            seen.insert(&existing.id);
            let declared = address.and_then(|address| declared.remove(address));
            users.push(ProductUser {
                address: address.cloned(),
                name: existing.name.clone(),
                runs,
                declared: declared.map(|product| self.version(product)),
            });
        }
        // what the search does not show may be hidden from this principal
        for (id, (address, row)) in rows.iter().filter(|(id, _)| !seen.contains(**id)) {
            let target = row.applied.as_ref().map(|applied| &applied.content.target);
            let is_shown = there.iter().any(|existing| existing.id == **id);
            let Some(target) = target.filter(|target| !is_shown && target.product.id == self.product.id)
            else {
                continue;
            };
            users.push(ProductUser {
                address: Some((*address).clone()),
                name: target.name.clone(),
                runs: Some(target.artifact.id.clone()),
                declared: declared.remove(*address).map(|product| self.version(product)),
            });
        }
        users.extend(declared.into_iter().map(|(address, product)| ProductUser {
            address: Some(address.clone()),
            name: product.name.clone(),
            runs: None,
            declared: Some(self.version(product)),
        }));
        users.sort_by(|one, other| (&one.address, &one.name).cmp(&(&other.address, &other.name)));
        users
    }

    fn rows(&self) -> impl Iterator<Item = (&ProvisionedId, (&Address, &Row))> {
        let here =
            self.scope.recorded.rows.iter().filter(|(address, _)| address.location == self.of.location);
        here.filter_map(|(address, row)| Some((&row.binding.as_ref()?.id, (address, row))))
    }

    fn declared(&self) -> impl Iterator<Item = (&Address, &DesiredProduct)> {
        let all = self.scope.desired.products.iter();
        all.filter(|(address, product)| address.location == self.of.location && self.is_meant(product))
    }

    /// Whether a declaration means this product; of several with one name, those that have its version.
    fn is_meant(&self, declared: &DesiredProduct) -> bool {
        match &declared.product {
            Selector::Id(id) => self.product.id.as_str() == id,
            Selector::Name(name) => {
                *name == self.product.name && (self.of.namesakes < 2 || self.named(declared).is_some())
            }
        }
    }

    /// The version that something which exists runs of this product: of a failed change, the one before. `None`: it is none of it.
    fn version_of(&self, existing: &Existing, row: Option<&Row>) -> Option<Option<ArtifactId>> {
        let applied = row.and_then(|row| row.applied.as_ref()).map(|applied| &applied.content.target);
        let applied = applied.filter(|_| existing.status != Status::Available);
        let (product, artifact) = match applied {
            Some(target) => (Some(&target.product.id), Some(&target.artifact.id)),
            None => (existing.product.as_ref(), existing.artifact.as_ref()),
        };
        (product == Some(&self.product.id)).then(|| artifact.cloned())
    }

    fn version(&self, declared: &DesiredProduct) -> DeclaredVersion {
        let is_behind = match self.named(declared) {
            _ if declared.artifact == ArtifactSelector::OnlyActive => false,
            None => true,
            Some(named) => self
                .product
                .newest()
                .is_some_and(|newest| newest.id != named.id && named.created <= newest.created),
        };
        DeclaredVersion { artifact: declared.artifact.clone(), is_behind }
    }

    /// The version that a declaration names, if it is offered.
    fn named(&self, declared: &DesiredProduct) -> Option<&Artifact> {
        match &declared.artifact {
            ArtifactSelector::OnlyActive => self.product.newest(),
            ArtifactSelector::Name(text) | ArtifactSelector::Id(text) => {
                self.product.newest_first().into_iter().find(|artifact| artifact.is_called(text))
            }
        }
    }
}

//! Declarations files to [`Desired`]: read all, see what stands where, then put each product together.

use std::collections::HashMap;

use super::Settings;
use super::arrange::arranged;
use super::declarations::{DeclarationsFile, collect};
use super::desired::{Desired, DesiredProduct, Reading};
use super::placing::{Placement, Placer};
use super::product::Composer;
use super::references::{Context, Targets};
use super::yaml::Tree;
use super::{cycles, duplicates};
use crate::model::diagnostic::{Diagnostics, Source};
use crate::model::ids::{Address, Labels, LocationName};

/// Findings that depend on the location.
const LOCAL: [&str; 3] = ["no-value", "ambiguous", "not-there"];

/// Reads all declarations.
///
/// # Errors
/// Everything that is wrong with them.
pub fn read(sources: &[Source], settings: &Settings) -> Result<Reading, Diagnostics> {
    let mut problems = Diagnostics::default();
    let files: Vec<DeclarationsFile<'_>> =
        sources.iter().filter_map(|source| DeclarationsFile::read(source, &mut problems)).collect();
    let trees: Vec<&Tree<'_>> = files.iter().map(|file| &file.tree).collect();
    if files.len() < sources.len() || files.iter().any(|file| file.unusable) {
        return Err(arranged(problems, &trees));
    }
    let declared = collect(&files, &mut problems);
    let mut placer = Placer { settings, problems: &mut problems };
    let places: Vec<Placement<'_>> = declared.into_iter().map(|declared| placer.place(declared)).collect();
    let products = Resolver::new(settings, &places, &mut problems).products(&places);
    let labels = Labels::of(products.iter().map(|(address, _)| address));
    let mut warnings = Diagnostics::default();
    cycles::find(&products, &labels, &mut problems);
    duplicates::find(&products, &mut problems, &mut warnings);
    if problems.has_errors() {
        return Err(arranged(problems, &trees));
    }
    let desired = Desired { products: products.into_iter().collect() };
    Ok(Reading { desired, warnings: arranged(warnings, &trees) })
}

/// What all declarations are resolved with.
struct Resolver<'r> {
    settings: &'r Settings,
    targets: Targets<'r>,
    problems: &'r mut Diagnostics,
}

impl<'r> Resolver<'r> {
    fn new(settings: &'r Settings, places: &[Placement<'r>], problems: &'r mut Diagnostics) -> Self {
        let standing: HashMap<&str, Vec<LocationName>> =
            places.iter().map(|placement| (placement.declaration.key, placement.locations.clone())).collect();
        Self { settings, targets: Targets::new(settings, standing), problems }
    }

    fn products(&mut self, places: &[Placement<'_>]) -> Vec<(Address, DesiredProduct)> {
        let mut products = Vec::new();
        for placement in places.iter().filter(|placement| !placement.declaration.misshapen()) {
            for name in &placement.locations {
                let address = || Address::new(placement.declaration.key, name.clone());
                products.extend(self.product(placement, name).map(|product| (address(), product)));
            }
            if placement.locations.is_empty() {
                self.judge(placement);
            }
        }
        products
    }

    /// Nobody knows where it stands, and the rest of it can still be judged.
    fn judge(&mut self, placement: &Placement<'_>) {
        let Some(anywhere) = self.settings.locations.keys().next() else {
            return;
        };
        let before = self.problems.0.len();
        self.product(placement, anywhere);
        let rest = self.problems.0.split_off(before);
        self.problems.0.extend(rest.into_iter().filter(|diagnostic| !LOCAL.contains(&diagnostic.code)));
    }

    fn product(&mut self, placement: &Placement<'_>, name: &LocationName) -> Option<DesiredProduct> {
        let before = self.problems.0.len();
        let product = self.composed(placement, name);
        let written = self.settings.locations.get(name).map(|location| location.written.clone());
        let on = written.filter(|_| placement.locations.len() > 1);
        let found = self.problems.0.split_off(before);
        let key = placement.declaration.key;
        self.problems.extend(found.into_iter().map(|one| one.found(key, on.clone())));
        product
    }

    fn composed(&mut self, placement: &Placement<'_>, name: &LocationName) -> Option<DesiredProduct> {
        let declaration = placement.declaration;
        let context = Context {
            location: Some(self.settings.locations.get(name)?),
            key: Some(declaration.key),
            targets: Some(&self.targets),
            ..Context::of(&self.settings.variables)
        };
        let composer = Composer {
            tree: &declaration.file.tree,
            sheets: placement.sheets(name),
            context,
            timeouts: self.settings.timeouts,
            origin: declaration.origin(),
            problems: self.problems,
        };
        composer.product(declaration.key)
    }
}

//! What is declared for the parameters of some products, as far as that goes, however much is wrong with the rest: a saved
//! plan needs its secrets back, and nothing else of the declarations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Settings;
use super::burden::Burden;
use super::declarations::{DeclarationsFile, collect};
use super::desired::{Desired, DesiredProduct};
use super::doubts::Doubts;
use super::heads::externals;
use super::placing::{Placement, Placer};
use super::product::Composer;
use super::references::{Context, Targets};
use super::yaml::Room;
use provisor_model::diagnostic::{Diagnostics, Source};
use provisor_model::ids::{Address, LocationName};

/// What is declared for the parameters of some products.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rough {
    /// The products with their parameters; nothing else of them is what is declared.
    pub desired: Desired,
    /// Why parameters have no value, by their keys.
    pub unknown: BTreeMap<Address, BTreeMap<String, String>>,
}

/// One product with its parameters, and why others have no value.
pub(super) struct Husk {
    pub product: DesiredProduct,
    pub unknown: BTreeMap<String, String>,
}

/// Reads what is declared for the parameters of these products. What cannot be read is not declared.
#[must_use]
pub fn rough(sources: &[Source], settings: &Settings, wanted: &BTreeSet<Address>) -> Rough {
    let mut unheard = Diagnostics::default();
    let mut room = Room::default();
    let files: Vec<DeclarationsFile<'_>> =
        sources.iter().filter_map(|source| DeclarationsFile::read(source, &mut room, &mut unheard)).collect();
    let declared = collect(&files, &mut unheard);
    let mut burden = Burden::default();
    let doubts = Doubts::default();
    let mut placer = Placer { settings, problems: &mut unheard, doubts, burden: &mut burden };
    let places: Vec<Placement<'_>> = declared.into_iter().map_while(|one| placer.place(one).ok()).collect();
    let standing: HashMap<&str, Vec<LocationName>> =
        places.iter().map(|placement| (placement.declaration.key, placement.locations.clone())).collect();
    let externals = externals(&files, settings, &mut unheard);
    let targets = Targets::new(settings, standing).beside(externals.known());
    let desired = Desired { externals: externals.sound, ..Desired::nothing() };
    let mut rough = Rough { desired, ..Rough::default() };
    for placement in &places {
        for location in placement.locations.iter().filter_map(|name| settings.locations.get(name)) {
            let key = placement.declaration.key;
            let address = Address::new(key, location.name.clone());
            if !wanted.contains(&address) {
                continue;
            }
            let composer = Composer {
                tree: &placement.declaration.file.tree,
                sheets: placement.sheets(&location.name),
                context: Context {
                    location: Some(location),
                    key: Some(key),
                    targets: Some(&targets),
                    ..Context::of(&settings.variables)
                },
                timeouts: settings.timeouts,
                origin: placement.declaration.origin(),
                declaration: Some(placement.declaration),
                problems: &mut unheard,
            };
            let Husk { product, unknown } = composer.husk(key);
            rough.desired.products.insert(address.clone(), product);
            rough.unknown.insert(address, unknown);
        }
    }
    rough
}

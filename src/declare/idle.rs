//! Layers that no product takes over: what is wrong with them whatever they are used for. What depends on where they would
//! be used is not judged.

use std::collections::HashSet;

use super::Settings;
use super::burden::{Burden, TooMuch};
use super::declarations::DeclarationsFile;
use super::doubts::Doubts;
use super::layers::Sheet;
use super::origin::{Layer, Origin};
use super::placing::{Placement, Placer};
use super::product::Composer;
use super::references::{Context, Targets};
use super::yaml::Tree;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Place};

/// Findings that hold for a layer alone.
const CERTAIN: [&str; 6] = [
    "unknown-variable",
    "unknown-reference",
    "bad-reference",
    "unknown-location",
    "matches-nothing",
    "sensitive",
];

/// Those that hold where the text refers to nothing.
const WRITTEN: [&str; 2] = ["bad-value", "too-long"];

/// What layers are looked at with.
pub(super) struct Idle<'i, 'r> {
    pub settings: &'r Settings,
    pub targets: &'i Targets<'r>,
    pub doubts: Doubts,
}

impl<'r> Idle<'_, 'r> {
    /// What is wrong with the defaults of files, and with overrides that hold nowhere.
    pub fn all(
        &self,
        files: &'r [DeclarationsFile<'r>],
        places: &'r [Placement<'r>],
        burden: &mut Burden,
    ) -> Result<Diagnostics, (TooMuch, Place)> {
        let mut found = self.defaults(files, burden)?;
        found.extend(self.overrides(places));
        Ok(found)
    }

    /// What is wrong with the defaults of files.
    fn defaults(
        &self,
        files: &'r [DeclarationsFile<'r>],
        burden: &mut Burden,
    ) -> Result<Diagnostics, (TooMuch, Place)> {
        let mut all = Diagnostics::default();
        for file in files {
            let Some(defaults) = file.defaults() else { continue };
            let mut found = Diagnostics::default();
            let mut placer =
                Placer { settings: self.settings, problems: &mut found, doubts: self.doubts, burden };
            placer.look_at(file, defaults).map_err(|much| (much, Place::File(file.origin().file)))?;
            let tree = &file.tree;
            let overrides = defaults.overrides(tree).iter().enumerate();
            let overrides = overrides.map(|(n, node)| Sheet { layer: defaults.nth(n), tree, node: *node });
            let own = Sheet { layer: defaults.layer(), tree, node: defaults.node };
            for sheet in [own].into_iter().chain(overrides) {
                self.layer(sheet, file.origin(), &mut found);
            }
            all.extend(found.into_iter().filter(|one| is_certain(one, tree)));
        }
        Ok(all)
    }

    /// What is wrong with overrides that hold nowhere.
    fn overrides(&self, places: &'r [Placement<'r>]) -> Diagnostics {
        let mut all = Diagnostics::default();
        for placement in places {
            let mut found = Diagnostics::default();
            for sheet in placement.idle() {
                self.layer(sheet, placement.declaration.origin(), &mut found);
            }
            let (tree, key) = (&placement.declaration.file.tree, placement.declaration.key);
            let certain = found.into_iter().filter(|one| is_certain(one, tree));
            all.extend(certain.map(|one| one.found(key, None)));
        }
        all
    }

    fn layer(&self, sheet: Sheet<'r, Layer>, origin: Origin, found: &mut Diagnostics) {
        let Some(anywhere) = self.settings.locations.values().next() else { return };
        let context = Context {
            location: Some(anywhere),
            key: Some("defaults"),
            targets: Some(self.targets),
            ..Context::of(&self.settings.variables)
        };
        let timeouts = self.settings.timeouts;
        let composer = Composer {
            tree: sheet.tree,
            sheets: vec![sheet],
            context,
            timeouts,
            origin,
            declaration: None,
            problems: found,
        };
        // only what is said of it counts
        let _ = composer.product("defaults");
    }
}

/// Whether a finding in a layer holds wherever that is used.
fn is_certain(one: &Diagnostic, tree: &Tree<'_>) -> bool {
    let refers = || {
        let bytes = match &one.place {
            Some(Place::Node { path, part, .. }) => tree.locate(path, *part),
            Some(Place::Bytes { start, end, .. }) => Some(*start..*end),
            _ => None,
        };
        let text = bytes.and_then(|bytes| tree.source.text.get(bytes));
        text.is_none_or(|text| text.contains("${"))
    };
    CERTAIN.contains(&one.code) || WRITTEN.contains(&one.code) && !refers()
}

/// What was said, with findings of which nothing was said at their places yet.
pub(super) fn unsaid(found: Diagnostics, mut said: Diagnostics) -> Diagnostics {
    if found.0.is_empty() {
        return said;
    }
    let of = |one: &Diagnostic| (one.code, format!("{:?}", one.place));
    let places: HashSet<(&str, String)> = said.0.iter().map(of).collect();
    said.extend(found.into_iter().filter(|one| !places.contains(&of(one))));
    said
}

//! Where a declaration stands, and which of its layers hold there.

mod chosen;
mod conditions;
mod misplaced;
mod names;
mod overrides;

use std::collections::BTreeSet;

use super::Settings;
use super::burden::{Burden, TooMuch};
use super::declarations::{Base, Declaration, DeclarationsFile};
use super::doubts::Doubts;
use super::layers::Sheet;
use super::origin::{Layer, Origin};
use super::references::Context;
use super::yaml::NodeId;
use provisor_model::diagnostic::Diagnostics;
use provisor_model::ids::LocationName;

/// One declaration with its locations.
pub(super) struct Placement<'f> {
    pub declaration: Declaration<'f>,
    /// Where it stands; nothing if that could not be told.
    pub locations: Vec<LocationName>,
    /// Whether these are all that are meant.
    pub is_sure: bool,
    /// Itself, then the defaults: for which locations each of their overrides holds.
    bases: Vec<(Base, Vec<BTreeSet<LocationName>>)>,
}

impl<'f> Placement<'f> {
    /// Whether anything is different on some of the locations.
    pub fn is_varied(&self) -> bool {
        self.bases.iter().any(|(_, held)| !held.is_empty())
    }

    /// Its own overrides that hold nowhere.
    pub fn idle(&self) -> Vec<Sheet<'f, Layer>> {
        let tree = &self.declaration.file.tree;
        let own = self.bases.iter().filter(|(base, _)| base.layer() == Layer::Own);
        let overrides = own.flat_map(|(base, held)| {
            base.overrides(tree).iter().zip(held).enumerate().map(move |(n, found)| (base.nth(n), found))
        });
        let idle = overrides.filter(|(_, (_, held))| held.is_empty());
        idle.map(|(layer, (node, _))| Sheet { layer, tree, node: *node }).collect()
    }

    /// The layers that hold on one location, the winning one first. A declaration wins over the defaults of its file,
    /// whether these stand in `defaults:` itself or in its overrides.
    pub fn sheets(&self, location: &LocationName) -> Vec<Sheet<'f, Layer>> {
        let tree = &self.declaration.file.tree;
        let mut sheets = Vec::with_capacity(self.bases.len());
        for (base, held) in &self.bases {
            for (n, node) in base.overrides(tree).iter().enumerate() {
                if held.get(n).is_some_and(|names| names.contains(location)) {
                    sheets.push(Sheet { layer: base.nth(n), tree, node: *node });
                }
            }
            sheets.push(Sheet { layer: base.layer(), tree, node: base.node });
        }
        sheets
    }
}

/// Where something stands.
#[derive(Clone, Copy)]
struct StandsOnSome<'s> {
    locations: &'s [LocationName],
    /// Whether these are all that are meant.
    is_sure: bool,
}

/// Says where declarations stand.
pub(super) struct Placer<'p> {
    /// The locations there are.
    pub settings: &'p Settings,
    /// What was found.
    pub problems: &'p mut Diagnostics,
    /// What of them cannot be relied on.
    pub doubts: Doubts,
    /// What was taken up so far.
    pub burden: &'p mut Burden,
}

impl<'p> Placer<'p> {
    /// Where one declaration stands, and where its overrides hold.
    pub fn place<'f>(&mut self, declaration: Declaration<'f>) -> Result<Placement<'f>, TooMuch> {
        let origin = declaration.origin();
        for base in declaration.bases() {
            self.compare(declaration.file, base.node)?;
        }
        let (locations, is_sure) = match self.locations(declaration, &origin) {
            Ok(locations) => {
                let is_known = !locations.is_empty();
                (locations, is_known)
            }
            Err(sound) => (sound, false),
        };
        self.burden.stands(locations.len())?;
        let is_known = is_sure && !declaration.unread().place;
        let standing = StandsOnSome { locations: &locations, is_sure: is_known };
        let mut bases = Vec::new();
        if !declaration.misshapen() {
            for base in declaration.bases() {
                bases.push((base, self.overrides(declaration.file, &origin, base, standing)?));
            }
        }
        Ok(Placement { declaration, locations, is_sure, bases })
    }

    /// Looks at where the defaults of a file say that something stands, whoever takes that over.
    pub fn look_at(&mut self, file: &DeclarationsFile<'_>, defaults: Base) -> Result<(), TooMuch> {
        let origin = file.origin();
        self.compare(file, defaults.node)?;
        if let Err(misplaced) = chosen::chosen(&file.tree, defaults.node, &self.context(), self.settings) {
            self.problems.extend(misplaced.at(&file.tree, &origin, defaults.layer()));
        }
        let nowhere = StandsOnSome { locations: &[], is_sure: false };
        self.overrides(file, &origin, defaults, nowhere).map(drop)
    }

    /// Takes up what it costs to find out of which locations a layer speaks.
    fn compare(&mut self, file: &DeclarationsFile<'_>, layer: NodeId) -> Result<(), TooMuch> {
        self.burden
            .compares(chosen::patterns(&file.tree, layer).saturating_mul(self.settings.locations.len()))
    }

    /// Where a declaration stands; or, where something is wrong with that, where it stands all the same.
    fn locations(
        &mut self,
        declaration: Declaration<'_>,
        origin: &Origin,
    ) -> Result<Vec<LocationName>, Vec<LocationName>> {
        let tree = &declaration.file.tree;
        let context = Context { key: Some(declaration.key), ..self.context() };
        for base in declaration.bases() {
            match chosen::chosen(tree, base.node, &context, self.settings) {
                Ok(None) => {}
                Ok(Some(found)) => return Ok(found),
                Err(_) if declaration.misshapen() => return Err(Vec::new()),
                Err(mut misplaced) => {
                    let sound = std::mem::take(&mut misplaced.sound);
                    self.problems.extend(misplaced.at(tree, origin, base.layer()));
                    return Err(sound);
                }
            }
        }
        match names::only(self.settings) {
            Ok(name) => Ok(vec![name]),
            Err(_) if declaration.misshapen() || declaration.hides(&["location", "locations"]) => {
                Err(Vec::new())
            }
            Err(_) if self.doubts.accounts => Err(Vec::new()),
            Err(diagnostic) => {
                self.problems.push(diagnostic.at(declaration.place()));
                Err(Vec::new())
            }
        }
    }

    /// What can be referred to from anywhere.
    fn context(&self) -> Context<'p> {
        Context::of(&self.settings.variables)
    }
}

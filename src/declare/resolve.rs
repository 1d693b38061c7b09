//! Declarations files to [`Desired`]: read all, see what stands where, then put each product together.

use std::collections::{HashMap, HashSet};

use super::file::{Declared, File, collect};
use super::layers::{Base, Sheet, Stack, override_node};
use super::placing::chosen;
use super::product::Composer;
use super::scope::{Scope, Standing};
use super::yaml::Tree;
use super::{Desired, DesiredProduct, Reading, Settings, Site, graph};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Place, Source};
use crate::model::ids::{Address, Labels, LocationName};

/// Reads all declarations.
///
/// # Errors
/// Everything that is wrong with them.
pub fn read(sources: &[Source], settings: &Settings) -> Result<Reading, Diagnostics> {
    let mut problems = Diagnostics::default();
    let files: Vec<File<'_>> =
        sources.iter().filter_map(|source| File::read(source, &mut problems)).collect();
    let trees: Vec<&Tree<'_>> = files.iter().map(|file| &file.tree).collect();
    if files.len() < sources.len() || files.iter().any(|file| file.spoilt(&[])) {
        return Err(arranged(problems, &trees));
    }
    let mut resolver = Resolver { settings, problems, warnings: Diagnostics::default() };
    let declared = collect(&files, &mut resolver.problems);
    let places: Vec<Placed<'_>> = declared.into_iter().map(|declared| resolver.place(declared)).collect();
    let products = resolver.products(&places);
    let labels = Labels::of(products.iter().map(|(address, _)| address));
    graph::circles(&products, &labels, &mut resolver.problems);
    graph::names(&products, &mut resolver.problems, &mut resolver.warnings);
    if resolver.problems.has_errors() {
        return Err(arranged(resolver.problems, &trees));
    }
    let desired = Desired { products: products.into_iter().collect() };
    Ok(Reading { desired, warnings: arranged(resolver.warnings, &trees) })
}

/// Each finding once, in the order of the files: what is shared by declarations and locations is judged for each of them.
pub(super) fn arranged(problems: Diagnostics, trees: &[&Tree<'_>]) -> Diagnostics {
    let mut seen = HashSet::new();
    let new = |d: &Diagnostic| seen.insert((d.code, d.message.clone(), format!("{:?}", d.place)));
    let mut found: Vec<Diagnostic> = problems.0.into_iter().filter(new).collect();
    found.sort_by_cached_key(|diagnostic| {
        diagnostic.place.as_ref().map_or((usize::MAX, 0), |place| order(place, trees))
    });
    Diagnostics(found)
}

fn order(place: &Place, trees: &[&Tree<'_>]) -> (usize, usize) {
    let (Place::Node { file, .. } | Place::Bytes { file, .. } | Place::File(file)) = place;
    let Some(nth) = trees.iter().position(|tree| tree.source.path == *file) else { return (usize::MAX, 0) };
    let start = match place {
        Place::Node { path, part, .. } => {
            trees.get(nth).and_then(|tree| tree.locate(path, *part)).map_or(0, |b| b.start)
        }
        Place::Bytes { start, .. } => *start,
        Place::File(_) => 0,
    };
    (nth, start)
}

/// One declaration with its locations.
struct Placed<'f> {
    declared: Declared<'f>,
    locations: Vec<LocationName>,
    /// Itself, then the defaults: for which locations each of their overrides holds.
    overrides: Vec<(Base<'f>, Vec<Vec<LocationName>>)>,
}

/// What all declarations are resolved with.
pub(super) struct Resolver<'r> {
    /// Locations and variables.
    pub settings: &'r Settings,
    /// What was found.
    pub problems: Diagnostics,
    warnings: Diagnostics,
}

/// Findings that depend on the location.
const LOCAL: [&str; 3] = ["no-value", "ambiguous", "not-there"];

impl<'r> Resolver<'r> {
    /// What can be referred to from anywhere.
    pub fn scope(&self) -> Scope<'r> {
        Scope { variables: &self.settings.variables, location: None, key: None, standing: None }
    }

    /// Where a declaration stands, and where its overrides hold.
    fn place<'f>(&mut self, declared: Declared<'f>) -> Placed<'f> {
        let file = declared.file;
        let site = declared.site();
        let locations = self.locations(declared, &site);
        let mut overrides = Vec::new();
        if !declared.spoilt() {
            for base in declared.bases().into_iter().flatten() {
                overrides.push((base, self.overrides(file, &site, base, &locations)));
            }
        }
        Placed { declared, locations, overrides }
    }

    fn locations(&mut self, declared: Declared<'_>, site: &Site) -> Vec<LocationName> {
        let file = declared.file;
        let scope = self.scope().of_key(declared.key);
        for base in declared.bases().into_iter().flatten() {
            match chosen(&file.tree, base.node, base.fields, &scope, self.settings) {
                Ok(None) => {}
                Ok(Some(found)) => return found,
                Err(_) if declared.spoilt() => return Vec::new(),
                Err(misplaced) => {
                    self.misplaced(&file.tree, site, base.layer, misplaced);
                    return Vec::new();
                }
            }
        }
        match self.settings.only() {
            Ok(name) => vec![name],
            Err(_) if declared.spoilt() => Vec::new(),
            Err(diagnostic) => {
                self.problems.push(diagnostic.at(declared.place()));
                Vec::new()
            }
        }
    }

    fn products(&mut self, places: &[Placed<'_>]) -> Vec<(Address, DesiredProduct)> {
        let standing: HashMap<&str, Vec<LocationName>> =
            places.iter().map(|placed| (placed.declared.key, placed.locations.clone())).collect();
        let standing = Standing::new(self.settings, standing);
        let mut products = Vec::new();
        for placed in places {
            if placed.declared.spoilt() {
                continue;
            }
            for name in &placed.locations {
                let product = self.product(placed, name, &standing);
                products.extend(
                    product.map(|product| (Address::new(placed.declared.key, name.clone()), product)),
                );
            }
            // nobody knows where it stands, and the rest of it can still be judged
            if let (true, Some(anywhere)) =
                (placed.locations.is_empty(), self.settings.locations.keys().next())
            {
                let before = self.problems.0.len();
                self.product(placed, anywhere, &standing);
                let rest = self.problems.0.split_off(before);
                self.problems
                    .0
                    .extend(rest.into_iter().filter(|diagnostic| !LOCAL.contains(&diagnostic.code)));
            }
        }
        products
    }

    fn product(
        &mut self,
        placed: &Placed<'_>,
        name: &LocationName,
        standing: &Standing<'_>,
    ) -> Option<DesiredProduct> {
        let Declared { file, key, .. } = placed.declared;
        let location = Some(self.settings.locations.get(name)?);
        let composer = Composer {
            tree: &file.tree,
            stack: stack(placed, name),
            scope: Scope { location, key: Some(key), standing: Some(standing), ..self.scope() },
            timeouts: self.settings.timeouts,
            site: placed.declared.site(),
            problems: &mut self.problems,
        };
        composer.product(key)
    }
}

/// The layers that hold for one location, the winning one first.
fn stack<'f>(placed: &Placed<'f>, location: &LocationName) -> Stack<'f> {
    let tree = &placed.declared.file.tree;
    let mut sheets = Vec::new();
    for (base, held) in &placed.overrides {
        for (n, fields) in base.fields.overrides.iter().flatten().enumerate() {
            if held.get(n).is_some_and(|names| names.contains(location)) {
                sheets.push(Sheet { layer: (base.nth)(n), fields, node: override_node(tree, base.node, n) });
            }
        }
        sheets.push(Sheet { layer: base.layer, fields: base.fields, node: base.node });
    }
    Stack { sheets }
}

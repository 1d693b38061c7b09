//! Declarations files to [`Desired`]: read all, see what stands where, then put each product together.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::document::{Declaration, DeclarationsFile};
use super::expression::is_key;
use super::layers::{Sheet, Stack, override_node, set_by};
use super::placing::{Misplaced, chosen};
use super::product::{Composer, pinpoint};
use super::record::{Decoded, decode};
use super::scope::{Scope, Standing};
use super::yaml::{NodeId, Tree};
use super::{Desired, DesiredProduct, Layer, Reading, Settings, Site, events, graph, variables};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Source};
use crate::model::ids::{Address, Key, Labels, LocationName};

/// Reads all declarations.
///
/// # Errors
/// Everything that is wrong with them.
pub fn read(sources: &[Source], settings: &Settings) -> Result<Reading, Diagnostics> {
    let mut problems = Diagnostics::default();
    let files: Vec<File<'_>> = sources.iter().filter_map(|source| File::read(source, &mut problems)).collect();
    if files.len() < sources.len() || files.iter().any(|file| file.spoilt(&[])) {
        return Err(distinct(problems));
    }
    let mut resolver = Resolver { settings, problems, warnings: Diagnostics::default() };
    let declared = resolver.collect(&files);
    let places: Vec<Placed<'_>> = declared.into_iter().map(|declared| resolver.place(declared)).collect();
    let products = resolver.products(&places);
    let labels = Labels::of(products.iter().map(|(address, _)| address));
    graph::circles(&products, &labels, &mut resolver.problems);
    graph::names(&products, &mut resolver.problems, &mut resolver.warnings);
    if resolver.problems.has_errors() {
        return Err(distinct(resolver.problems));
    }
    let desired = Desired { products: products.into_iter().collect() };
    Ok(Reading { desired, warnings: distinct(resolver.warnings) })
}

/// Each finding once: what is shared by declarations and locations is judged for each of them.
pub(super) fn distinct(problems: Diagnostics) -> Diagnostics {
    let mut seen = HashSet::new();
    let new = |d: &Diagnostic| seen.insert((d.code, d.message.clone(), format!("{:?}", d.place)));
    Diagnostics(problems.0.into_iter().filter(new).collect())
}

/// One file, decoded.
struct File<'s> {
    tree: Tree<'s>,
    fields: DeclarationsFile,
    /// Places that are not to be judged further.
    spoilt: Vec<Vec<Segment>>,
}

impl<'s> File<'s> {
    fn read(source: &'s Source, problems: &mut Diagnostics) -> Option<Self> {
        let tree = events::read(source, problems)?;
        let mut found = Diagnostics::default();
        let Decoded { value, spoilt } = decode(&tree, &mut found);
        problems.extend(Diagnostics(found.0.into_iter().map(below_products).collect()));
        Some(Self { tree, fields: value, spoilt })
    }

    fn find(&self, keys: &[&str]) -> Option<NodeId> {
        keys.iter().try_fold(self.tree.root?, |id, key| self.tree.get(id, key))
    }

    /// Whether something at or below this path could not be read; of no path: whether the file is of no use.
    fn spoilt(&self, keys: &[&str]) -> bool {
        self.spoilt.iter().any(|path| match keys {
            [] => path.is_empty(),
            _ => {
                path.len() >= keys.len()
                    && path.iter().zip(keys).all(|(step, key)| matches!(step, Segment::Key(name) if name == key))
            }
        })
    }
}

/// An unknown key at the top is often a declaration that stands there by mistake.
fn below_products(diagnostic: Diagnostic) -> Diagnostic {
    let top = matches!(&diagnostic.place, Some(Place::Node { path, .. }) if path.len() == 1);
    if top && diagnostic.code == "unknown-key" && diagnostic.hint.is_none() {
        return diagnostic.hint("declarations stand under `provisioned_products:`");
    }
    diagnostic
}

/// One declaration, as written.
#[derive(Clone, Copy)]
struct Declared<'f> {
    file: &'f File<'f>,
    key: &'f str,
    fields: &'f Declaration,
    node: NodeId,
}

impl Declared<'_> {
    /// Whether something of it, or of the file's defaults, could not be read.
    fn spoilt(&self) -> bool {
        self.file.spoilt(&["provisioned_products", self.key]) || self.file.spoilt(&["defaults"])
    }
}

/// One declaration with its locations.
struct Placed<'f> {
    declared: Declared<'f>,
    locations: Vec<LocationName>,
    /// Its own overrides, then those of the defaults: for which locations each holds.
    overrides: [Vec<Vec<LocationName>>; 2],
}

struct Resolver<'r> {
    settings: &'r Settings,
    problems: Diagnostics,
    warnings: Diagnostics,
}

/// Findings that depend on the location.
const LOCAL: [&str; 3] = ["no-value", "ambiguous", "not-there"];

static NOTHING: Declaration = Declaration {
    provisioned_product_name: None,
    product_name: None,
    product_id: None,
    provisioning_artifact_name: None,
    provisioning_artifact_id: None,
    provisioning_artifact: None,
    path_name: None,
    path_id: None,
    location: None,
    locations: None,
    selector: None,
    parameters: None,
    tags: None,
    notification_arns: None,
    provisioning_preferences: None,
    accept_language: None,
    depends_on: None,
    timeouts: None,
    sensitive_outputs: None,
    lifecycle: None,
    overrides: None,
};

impl<'r> Resolver<'r> {
    fn scope(&self) -> Scope<'r> {
        Scope { variables: &self.settings.variables, location: None, key: None, standing: None }
    }

    /// All declarations that have a key of their own.
    fn collect<'f>(&mut self, files: &'f [File<'f>]) -> Vec<Declared<'f>> {
        let mut first: HashMap<&str, &File<'_>> = HashMap::new();
        let mut all = Vec::new();
        for file in files {
            let Some(map) = file.find(&["provisioned_products"]) else { continue };
            let entries = file.fields.provisioned_products.as_ref().map_or(&[][..], |entries| &entries.0);
            let by_key: HashMap<&str, &Option<Declaration>> =
                entries.iter().map(|(key, fields)| (key.as_str(), fields)).collect();
            for entry in file.tree.entries(map) {
                let Some(fields) = by_key.get(&*entry.key) else { continue };
                let fields = fields.as_ref().unwrap_or(&NOTHING);
                let key = &*entry.key;
                let place = |file: &File<'_>| declaration_place(file, key);
                if let Some(diagnostic) = refused_key(key) {
                    self.problems.push(diagnostic.at(place(file)));
                } else if let Some(other) = first.insert(key, file) {
                    let diagnostic = Diagnostic::error("duplicate-key", format!("`{key}` is declared twice"));
                    self.problems.push(diagnostic.at(place(file)).related(place(other), "first here"));
                    continue;
                }
                all.push(Declared { file, key, fields, node: entry.value });
            }
        }
        all
    }

    fn misplaced(&mut self, tree: &Tree<'_>, site: &Site, layer: Layer, (below, fault): Misplaced) {
        let mut place = site.place(layer, &[], Part::Value);
        if let Place::Node { path, .. } = &mut place {
            path.extend(below);
        }
        let place = pinpoint(tree, place, fault.nth);
        self.problems.push(fault.diagnostic.at(place));
    }

    fn place<'f>(&mut self, declared: Declared<'f>) -> Placed<'f> {
        let Declared { file, key, fields, node } = declared;
        let site = Site { file: file.tree.source.path.clone(), key: Some(Key::new(key)), ..Site::default() };
        let scope = self.scope().of_key(key);
        let (defaults, defaults_node) = (file.fields.defaults.as_ref(), file.find(&["defaults"]));
        let own = (Layer::Own, Some(node), Some(fields));
        let mut locations = None;
        for (layer, node, fields) in [own, (Layer::Defaults, defaults_node, defaults)] {
            let Some(fields) = fields.filter(|_| locations.is_none()) else { continue };
            match chosen(&file.tree, node, fields, &scope, self.settings) {
                Ok(found) => locations = found,
                Err(_) if declared.spoilt() => locations = Some(Vec::new()),
                Err(misplaced) => {
                    self.misplaced(&file.tree, &site, layer, misplaced);
                    locations = Some(Vec::new());
                }
            }
        }
        let locations = locations.unwrap_or_else(|| match self.settings.only() {
            Ok(name) => vec![name],
            Err(_) if declared.spoilt() => Vec::new(),
            Err(diagnostic) => {
                self.problems.push(diagnostic.at(declaration_place(file, key)));
                Vec::new()
            }
        });
        let of_own = self.overrides(file, &site, (fields, Some(node)), Layer::Override, &locations);
        let of_defaults = match defaults {
            Some(defaults) => self.overrides(file, &site, (defaults, defaults_node), Layer::DefaultsOverride, &locations),
            None => Vec::new(),
        };
        Placed { declared, locations, overrides: [of_own, of_defaults] }
    }

    /// For which of `locations` each override holds. Two that set one thing for one location contradict each other.
    fn overrides(
        &mut self,
        file: &File<'_>,
        site: &Site,
        (fields, node): (&Declaration, Option<NodeId>),
        layer: fn(usize) -> Layer,
        locations: &[LocationName],
    ) -> Vec<Vec<LocationName>> {
        let mut held = Vec::new();
        for (n, fields) in fields.overrides.iter().flatten().enumerate() {
            let node = override_node(&file.tree, node, n);
            let found = match self.speaks_of(&file.tree, node, fields) {
                Ok(found) => found,
                Err(misplaced) => {
                    self.misplaced(&file.tree, site, layer(n), misplaced);
                    held.push(Vec::new());
                    continue;
                }
            };
            let found: Vec<_> = found.into_iter().filter(|name| locations.contains(name)).collect();
            if found.is_empty() && !locations.is_empty() && layer(n) == Layer::Override(n) {
                let message = "this override speaks of no location on which the declaration stands";
                let place = site.place(layer(n), &[], Part::Value);
                self.problems.push(Diagnostic::error("matches-nothing", message).at(place));
            }
            held.push(found);
        }
        self.contradictions(file, site, (node, layer), &held);
        held
    }

    fn speaks_of(
        &self,
        tree: &Tree<'_>,
        node: Option<NodeId>,
        fields: &Declaration,
    ) -> Result<Vec<LocationName>, Misplaced> {
        let key = |name: &str| vec![Segment::Key(name.to_owned())];
        if fields.overrides.is_some() {
            let diagnostic = Diagnostic::error("unknown-key", "an override has no overrides of its own");
            return Err((key("overrides"), diagnostic.into()));
        }
        if let (Some(text), None) = (&fields.location, &fields.locations) {
            // here an account with several regions means all of them
            let found = self.scope().known("location", text).and_then(|text| Ok(self.settings.some(&text)?));
            return found.map_err(|fault| (key("location"), fault));
        }
        chosen(tree, node, fields, &self.scope(), self.settings)?.ok_or_else(|| {
            let diagnostic = Diagnostic::error("missing", "this override does not say for which `location` it holds");
            (Vec::new(), diagnostic.into())
        })
    }

    fn contradictions(
        &mut self,
        file: &File<'_>,
        site: &Site,
        (node, layer): (Option<NodeId>, fn(usize) -> Layer),
        held: &[Vec<LocationName>],
    ) {
        if held.len() < 2 {
            return;
        }
        let mut seen: HashMap<(String, &LocationName), usize> = HashMap::new();
        for (n, locations) in held.iter().enumerate() {
            let Some(node) = override_node(&file.tree, node, n) else { continue };
            let set = set_by(&file.tree, node);
            for (location, (field, path)) in locations.iter().flat_map(|l| set.iter().map(move |field| (l, field))) {
                let Some(first) = seen.insert((field.clone(), location), n) else { continue };
                let message = format!("two overrides set `{field}` for `{location}`");
                let mut place = site.place(layer(n), &[], Part::Key);
                if let Place::Node { path: whole, .. } = &mut place {
                    whole.extend(path.iter().cloned());
                }
                let other = site.place(layer(first), &[], Part::Value);
                self.problems.push(Diagnostic::error("contradiction", message).at(place).related(other, "the other one"));
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
                products.extend(product.map(|product| (Address::new(placed.declared.key, name.clone()), product)));
            }
            // nobody knows where it stands, and the rest of it can still be judged
            if let (true, Some(anywhere)) = (placed.locations.is_empty(), self.settings.locations.keys().next()) {
                let before = self.problems.0.len();
                self.product(placed, anywhere, &standing);
                let rest = self.problems.0.split_off(before);
                self.problems.0.extend(rest.into_iter().filter(|diagnostic| !LOCAL.contains(&diagnostic.code)));
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
            site: Site { file: file.tree.source.path.clone(), key: Some(Key::new(key)), layers: BTreeMap::new() },
            problems: &mut self.problems,
        };
        composer.product(key)
    }
}

/// The layers that hold for one location, the winning one first.
fn stack<'f>(placed: &Placed<'f>, location: &LocationName) -> Stack<'f> {
    let Declared { file, fields, node, .. } = placed.declared;
    let mut sheets = Vec::new();
    let defaults = file.fields.defaults.as_ref();
    let bases = [
        (Some(fields), Some(node), Layer::Own, Layer::Override as fn(usize) -> Layer),
        (defaults, file.find(&["defaults"]), Layer::Defaults, Layer::DefaultsOverride),
    ];
    for ((fields, node, base, nth), held) in bases.into_iter().zip(&placed.overrides) {
        let Some(fields) = fields else { continue };
        for (n, over) in fields.overrides.iter().flatten().enumerate() {
            if held.get(n).is_some_and(|names| names.contains(location)) {
                sheets.push(Sheet { layer: nth(n), fields: over, node: override_node(&file.tree, node, n) });
            }
        }
        sheets.push(Sheet { layer: base, fields, node });
    }
    Stack { sheets }
}

fn declaration_place(file: &File<'_>, key: &str) -> Place {
    variables::place(&file.tree.source.path, vec!["provisioned_products", key], Part::Key)
}

fn refused_key(key: &str) -> Option<Diagnostic> {
    if matches!(key, "key" | "var" | "external" | "location") {
        return Some(Diagnostic::error("reserved", format!("`{key}` is a reserved word")).hint("choose another key"));
    }
    let message = format!("`{}` cannot be the key of a declaration", key.escape_debug());
    (!is_key(key)).then(|| Diagnostic::error("bad-value", message).hint(variables::KEY))
}

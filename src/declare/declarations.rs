//! Declarations files as they are read, and the declarations in them. Nothing is resolved here.

use std::collections::{HashMap, HashSet};

use super::check::check;
use super::desired::OpenChoice;
use super::fields::DECLARATIONS;
use super::gaps::Gaps;
use super::kinds::{TopKind, top_kind};
use super::origin::{Layer, Origin};
use super::references::is_key;
use super::settings::NAMING;
use super::yaml::{self, NodeId, Room, Tree};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, Source};
use provisor_model::ids::Key;

/// One file, checked.
pub(super) struct DeclarationsFile<'s> {
    pub tree: Tree<'s>,
    /// Whether it is of no use as a whole.
    pub unusable: bool,
    /// Whether its `defaults:` are of no use.
    defaults_misshapen: bool,
    /// The declarations that are of no use.
    misshapen: HashSet<String>,
    /// The places at which something has the wrong shape.
    odd: HashSet<Vec<Segment>>,
    /// What of declarations is not read; `None` of its `defaults:`.
    gaps: HashMap<Option<String>, Gaps>,
    /// What stands under heads that are none, or have the wrong shape.
    unread: UnreadHeads,
}

/// What may be declared where nobody reads it, which is told: what refers to it is not wrong.
#[derive(Clone, Debug, Default)]
struct UnreadHeads {
    /// The names that declarations may have there.
    declared: Vec<String>,
    /// The names that provisioned products of others may have there.
    external: Vec<String>,
    /// There are more, without names.
    has_nameless: bool,
}

impl UnreadHeads {
    /// What stands at the top of a document in which these places have the wrong shape, and these keys are none.
    fn of(tree: &Tree<'_>, misshapen: &[Vec<Segment>], unknown: &HashSet<&[Segment]>) -> Self {
        let mut all = Self::default();
        let heads = misshapen.iter().map(Vec::as_slice).chain(unknown.iter().copied());
        for path in heads {
            let [Segment::Key(key)] = path else { continue };
            let Some(node) = tree.root.and_then(|root| tree.get(root, key)) else { continue };
            let names = names_in(tree, node);
            let is_unknown = unknown.contains(path);
            match if is_unknown { DECLARATIONS.near(key) } else { Some(key.as_str()) } {
                Some("external") => all.external.extend(names),
                Some("provisioned_products") => {
                    all.has_nameless |= names.is_empty() && !tree.node(node).is_null();
                    all.declared.extend(names);
                }
                Some(_) => {}
                // one that stands there by mistake, or a section that others call so
                None => all.declared.extend([key.clone()].into_iter().chain(names)),
            }
        }
        all
    }
}

/// The names under which things stand in a section, as a map or as a list.
fn names_in(tree: &Tree<'_>, section: NodeId) -> Vec<String> {
    let keys = |node: NodeId| tree.pairs(node).iter().map(|pair| pair.key.to_string());
    let named = |item: NodeId| {
        let texts = ["name", "key", "id"].into_iter().filter_map(move |key| tree.given(item, key));
        let texts = texts.chain([item]).filter_map(|node| tree.text(node)).map(str::to_owned);
        keys(item).chain(texts)
    };
    keys(section).chain(tree.items(section).iter().flat_map(|item| named(*item))).collect()
}

impl<'s> DeclarationsFile<'s> {
    /// Reads a source; nothing comes of a source that is not YAML.
    pub fn read(source: &'s Source, room: &mut Room, problems: &mut Diagnostics) -> Option<Self> {
        let before = problems.0.len();
        let tree = yaml::read_within(source, room, problems)?;
        if let Some(found) = written_by_us(&tree).or_else(|| of_another_kind(&tree)) {
            // whatever else was found there comes of that
            problems.0.truncate(before);
            problems.push(found);
            return None;
        }
        let found = problems.0.get(before..).unwrap_or_default();
        let odd: Vec<usize> = found.iter().filter_map(|one| unreadable(one, "tag")).collect();
        let merged: Vec<usize> = found.iter().filter_map(|one| unreadable(one, "merge-key")).collect();
        let mut found = Diagnostics::default();
        let mut misshapen = check(&tree, &DECLARATIONS, &mut found);
        // a key that is none says nothing, and takes nothing from the others
        let unknown: HashSet<&[Segment]> = found.0.iter().filter_map(unknown_key).collect();
        misshapen.forget(&unknown);
        let unread = UnreadHeads::of(&tree, misshapen.places(), &unknown);
        let mut gaps: HashMap<Option<String>, Gaps> = HashMap::new();
        for path in &unknown {
            let Some((of, below)) = holder(path) else { continue };
            gaps.entry(of).or_default().unknown(below);
        }
        let (odd, more) = odd.split_at(odd.len().min(MANY));
        let tagged: Vec<Vec<Segment>> = odd.iter().map(|at| tree.way_to(*at)).collect();
        // what others call `defaults:` gives nobody knows what
        let is_defaults = |path: &&&[Segment]| matches!(path, [Segment::Key(key)] if DECLARATIONS.near(key) == Some("defaults"));
        let meant: Vec<Vec<Segment>> = unknown.iter().filter(is_defaults).map(|path| path.to_vec()).collect();
        for path in misshapen.places().iter().chain(&tagged).chain(&meant) {
            let own = if meant.contains(path) { Some((None, &[][..])) } else { holder(path) };
            let Some((of, below)) = own else { continue };
            let is_layers = |step: &Segment| matches!(step, Segment::Key(key) if key == "overrides");
            let layer = path.iter().position(is_layers).and_then(|at| path.get(..at + 2)).unwrap_or(path);
            let written = tree.locate(layer, Part::Value).and_then(|bytes| source.text.get(bytes));
            gaps.entry(of).or_default().misshapen(path, below, written.unwrap_or_default());
        }
        let merged = [merged, more.to_owned()].concat();
        problems.extend(Diagnostics(found.0.into_iter().map(below_products).collect()));
        let mut file = Self {
            unusable: misshapen.whole(),
            defaults_misshapen: false,
            misshapen: HashSet::new(),
            odd: misshapen.places().iter().cloned().collect(),
            gaps,
            unread,
            tree,
        };
        file.spoil(merged);
        Some(file)
    }

    /// Leaves out what holds something, at these bytes, that YAML has and declarations have not.
    fn spoil(&mut self, mut odd: Vec<usize>) {
        if odd.is_empty() {
            return;
        }
        odd.sort_unstable();
        let holds = |id: NodeId| {
            let bytes = &self.tree.node(id).bytes;
            odd.get(odd.partition_point(|at| *at < bytes.start)).is_some_and(|at| bytes.contains(at))
        };
        let products = self.head("provisioned_products").map_or(&[][..], |map| self.tree.pairs(map));
        let spoiled = products.iter().filter(|pair| holds(pair.value)).map(|pair| pair.key.to_string());
        let spoiled: Vec<String> = spoiled.collect();
        self.defaults_misshapen |= self.head("defaults").is_some_and(holds);
        self.misshapen.extend(spoiled);
    }

    /// Its `defaults:`, as far as their shape is right.
    pub fn defaults(&self) -> Option<Base> {
        let node = self.head("defaults").filter(|_| !self.defaults_misshapen)?;
        Some(Base { node, own: false })
    }

    /// Where what it says for all of its declarations stands.
    pub fn origin(&self) -> Origin {
        Origin { file: self.tree.source.path.clone(), ..Origin::default() }
    }

    /// Whether what stands at this path, or what it stands in, has the wrong shape.
    pub fn is_misshapen(&self, path: &[Segment]) -> bool {
        (1..=path.len()).any(|n| path.get(..n).is_some_and(|path| self.odd.contains(path)))
    }

    /// What stands under a key at the top.
    pub fn head(&self, key: &str) -> Option<NodeId> {
        self.tree.given(self.tree.root?, key)
    }

    /// The names that declarations may have which nobody reads.
    pub fn unread_names(&self) -> &[String] {
        &self.unread.declared
    }

    /// The names that provisioned products of others may have which nobody reads.
    pub fn unread_externals(&self) -> &[String] {
        &self.unread.external
    }

    /// Whether declarations may stand there which nobody reads, under any name.
    pub fn hides_any(&self) -> bool {
        self.unusable || self.unread.has_nameless
    }

    fn place(&self, key: &str) -> Place {
        Place::key(&self.tree.source.path, &["provisioned_products", key], Part::Key)
    }
}

/// A file that was saved among the declarations, and is none of them: what is wrong with each of its keys is not told.
fn written_by_us(tree: &Tree<'_>) -> Option<Diagnostic> {
    let format = tree.text(tree.given(tree.root?, "format")?)?;
    let of_format = |start: &str| format.starts_with(start);
    let what = match () {
        () if of_format("provisor.planfile/") => "a saved plan",
        () if of_format("provisor.") => "what `provisor` wrote",
        () => return None,
    };
    let place = Place::key(&tree.source.path, &["format"], Part::Value);
    let message = format!("this file is {what}, and no declarations");
    Some(
        Diagnostic::error("no-declarations", message)
            .at(place)
            .hint("keep it somewhere else, and take it out here"),
    )
}

/// That a file is one of another kind, which a folder of declarations came to hold.
fn of_another_kind(tree: &Tree<'_>) -> Option<Diagnostic> {
    let TopKind { key, what } = top_kind(tree, "declarations")?;
    let place = Place::key(&tree.source.path, &[key], Part::Key);
    let hint =
        "`declarations:` names files and folders that hold nothing but declarations, such as `[products]`";
    let message = format!("this file holds {what}, and no declarations");
    Some(Diagnostic::error("no-declarations", message).at(place).hint(hint))
}

/// Where a key stands that is none.
fn unknown_key(one: &Diagnostic) -> Option<&[Segment]> {
    match &one.place {
        Some(Place::Node { path, .. }) if one.code == "unknown-key" => Some(path),
        _ => None,
    }
}

/// Which declaration a place is in, `None` for the defaults, and the way from there.
fn holder(path: &[Segment]) -> Option<(Option<String>, &[Segment])> {
    match path {
        [Segment::Key(top), below @ ..] if top == "defaults" => Some((None, below)),
        [Segment::Key(top), Segment::Key(key), below @ ..] if top == "provisioned_products" => {
            Some((Some(key.clone()), below))
        }
        _ => None,
    }
}

/// So many values are looked for.
const MANY: usize = 500;

/// Where something stands that nobody can read as it was meant.
fn unreadable(one: &Diagnostic, code: &str) -> Option<usize> {
    match &one.place {
        Some(Place::Bytes { start, .. }) if one.code == code => Some(*start),
        _ => None,
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
pub(super) struct Declaration<'f> {
    pub file: &'f DeclarationsFile<'f>,
    pub key: &'f str,
    /// Its map; `null` where only the key is written.
    node: NodeId,
}

/// What overrides lie over: a declaration, or the defaults of its file.
#[derive(Clone, Copy)]
pub(super) struct Base {
    pub node: NodeId,
    own: bool,
}

impl Base {
    /// Which layer it is itself.
    pub fn layer(self) -> Layer {
        if self.own { Layer::Own } else { Layer::Defaults }
    }

    /// Which layer its override number `n` is.
    pub fn nth(self, n: usize) -> Layer {
        if self.own { Layer::Override(n) } else { Layer::DefaultsOverride(n) }
    }

    pub fn overrides<'t>(self, tree: &'t Tree<'_>) -> &'t [NodeId] {
        tree.given(self.node, "overrides").map_or(&[], |list| tree.items(list))
    }
}

impl<'f> Declaration<'f> {
    /// Whether it is of no use, or the file's defaults are.
    pub fn misshapen(&self) -> bool {
        self.file.defaults_misshapen || self.file.misshapen.contains(self.key)
    }

    /// Whether it, or the file's defaults, may give one of these fields, which is not read.
    pub fn hides(&self, fields: &[&str]) -> bool {
        self.gaps().any(|gaps| gaps.hides(fields))
    }

    /// Whether another product, version or place may be meant than the one that is read.
    pub fn is_another(&self) -> bool {
        self.gaps().any(Gaps::is_another)
    }

    /// What of its choice is not known.
    pub fn unread(&self) -> OpenChoice {
        self.gaps().map(Gaps::unread).fold(OpenChoice::default(), |all, one| OpenChoice {
            product: all.product || one.product,
            version: all.version || one.version,
            path: all.path || one.path,
            place: all.place || one.place,
        })
    }

    /// Whether a finding is about something of the wrong shape, which is told as such.
    pub fn covers(&self, one: &Diagnostic) -> bool {
        self.gaps().any(|gaps| gaps.covers(one))
    }

    /// What is not read of it, and of the file's defaults.
    fn gaps(&self) -> impl Iterator<Item = &'f Gaps> {
        let gaps = &self.file.gaps;
        let own = if gaps.is_empty() { None } else { gaps.get(&Some(self.key.to_owned())) };
        own.into_iter().chain(gaps.get(&None))
    }

    /// What it is made of: itself, then the defaults of its file. The first one wins.
    pub fn bases(&self) -> impl Iterator<Item = Base> + use<'f> {
        let defaults = self.file.head("defaults").map(|node| Base { node, own: false });
        [Some(Base { node: self.node, own: true }), defaults].into_iter().flatten()
    }

    /// Where it is declared.
    pub fn origin(&self) -> Origin {
        Origin { key: Some(Key::new(self.key)), ..self.file.origin() }
    }

    /// Its key, as a place.
    pub fn place(&self) -> Place {
        self.file.place(self.key)
    }
}

/// All declarations that have a key of their own.
pub(super) fn collect<'f>(
    files: &'f [DeclarationsFile<'f>],
    problems: &mut Diagnostics,
) -> Vec<Declaration<'f>> {
    let mut first: HashMap<&str, &DeclarationsFile<'_>> = HashMap::new();
    let mut all = Vec::new();
    for file in files {
        let pairs = file.head("provisioned_products").map_or(&[][..], |map| file.tree.pairs(map));
        for pair in pairs {
            let key = &*pair.key;
            if let Some(diagnostic) = refused_key(key) {
                problems.push(diagnostic.at(file.place(key)));
            } else if let Some(other) = first.insert(key, file) {
                let diagnostic = Diagnostic::error("duplicate-key", format!("`{key}` is declared twice"));
                problems.push(diagnostic.at(file.place(key)).related(other.place(key), "first here"));
                continue;
            }
            all.push(Declaration { file, key, node: pair.value });
        }
    }
    all
}

/// Whether a key would be read as something else in references.
#[must_use]
pub fn is_reserved(key: &str) -> bool {
    matches!(key, "key" | "var" | "external" | "location")
}

fn refused_key(key: &str) -> Option<Diagnostic> {
    if is_reserved(key) {
        return Some(
            Diagnostic::error("reserved", format!("`{key}` is a reserved word")).hint("choose another key"),
        );
    }
    let message = format!("`{}` cannot be the key of a declaration", key.escape_debug());
    let near: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let hint = if is_key(&near) { format!("{NAMING}, such as `{near}`") } else { NAMING.to_owned() };
    // that a key is not filled in is told where its form is checked
    (!is_key(key) && !key.contains("${")).then(|| Diagnostic::error("bad-value", message).hint(hint))
}

//! All that was found, as files: one a product, keys that people would choose, what a file repeats at its head.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Bounded, DeclarationDraft, DraftContent, preferences};
use super::found::{FoundProduct, FoundValue};
use super::names::{free, free_file, key_and_location, key_of, stem_of};
use super::offers::refer;
use super::secrets::{SENSITIVE, cover, doubt_outputs, hold_secrets};
use super::surroundings::Surroundings;
use super::value::node;
use super::vary::{generalise, namesakes};
use super::yaml::{YamlNode, YamlPair, document};
use provisor_model::ids::{Address, LocationName};
use provisor_model::product::{OnRemoval, Selector};

/// What is to be written, and what it declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composed {
    /// The files.
    pub files: Vec<ComposedFile>,
    /// Sensitive variables that they refer to, and what each is for.
    pub variables: BTreeMap<String, String>,
    /// Under which address each one is declared that was found, in their order.
    pub addresses: Vec<Address>,
}

/// One file of declarations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposedFile {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// How many declarations it holds.
    pub declarations: usize,
}

/// The declarations of everything that was found.
#[must_use]
pub fn compose(found: &[FoundProduct], around: &Surroundings) -> Composed {
    let mut keys = around.keys.clone();
    let mut addresses: BTreeMap<usize, Address> = BTreeMap::new();
    let mut renamed = BTreeMap::new();
    let mut drafts = Vec::new();
    for Namesakes { members, name } in groups(found, around) {
        let all: Vec<FoundProduct> = members.iter().filter_map(|n| found.get(*n)).cloned().collect();
        let key = free(&key(all.first(), name.as_deref()), &mut keys);
        renamed
            .extend(all.iter().map(|one| (one.key.clone().unwrap_or_else(|| one.name.clone()), key.clone())));
        addresses
            .extend(members.iter().zip(&all).map(|(n, one)| (*n, Address::new(&*key, one.location.clone()))));
        drafts.push(DeclarationDraft::new(key, &all, name.as_deref()));
    }
    drafts.iter_mut().for_each(|draft| rename(draft, &renamed));
    let mut variables = BTreeMap::new();
    for draft in &mut drafts {
        hold_secrets(draft, around, &mut variables);
        doubt_outputs(draft, around);
    }
    refer(&mut drafts);
    cover(&mut drafts);
    for draft in &mut drafts {
        hold_secrets(draft, around, &mut variables);
        generalise(draft, &around.substitutes);
    }
    drafts.sort_by(|one, other| one.key.cmp(&other.key));
    let mut by_file: BTreeMap<String, Vec<DeclarationDraft>> = BTreeMap::new();
    for draft in drafts {
        by_file.entry(stem(&draft)).or_default().push(draft);
    }
    let mut taken = around.files.clone();
    let files = by_file.into_iter().map(|(stem, drafts)| {
        let name = free_file(&stem, &mut taken);
        let text = FileText { drafts: &drafts, around }.text();
        ComposedFile { name, text, declarations: drafts.len() }
    });
    Composed { files: files.collect(), variables, addresses: addresses.into_values().collect() }
}

/// What becomes one declaration.
struct Namesakes {
    members: Vec<usize>,
    /// What their names have in common, where they differ.
    name: Option<String>,
}

/// What has one name and runs one product, at most once a location, is one declaration; so is what has nearly one name.
fn groups(found: &[FoundProduct], around: &Surroundings) -> Vec<Namesakes> {
    if around.is_apart {
        return (0..found.len()).map(|n| Namesakes { members: vec![n], name: None }).collect();
    }
    // what differs in what the location is called alone comes first: several of them may have one name
    let alike = namesakes(found, &around.substitutes);
    let taken: BTreeSet<usize> = alike.iter().flat_map(|(members, _)| members.iter().copied()).collect();
    let mut groups: Vec<Namesakes> =
        alike.into_iter().map(|(members, name)| Namesakes { members, name: Some(name) }).collect();
    let mut open: BTreeMap<(&str, Option<&str>, &Selector), usize> = BTreeMap::new();
    for (n, one) in found.iter().enumerate().filter(|(n, _)| !taken.contains(n)) {
        let name = (one.name.as_str(), one.key.as_deref(), &one.product);
        let is_free = |group: &&mut Namesakes| {
            let mut members = group.members.iter().filter_map(|n| found.get(*n));
            members.all(|other| other.location != one.location)
        };
        match open.get(&name).and_then(|at| groups.get_mut(*at)).filter(is_free) {
            Some(group) => group.members.push(n),
            None => {
                open.insert(name, groups.len());
                groups.push(Namesakes { members: vec![n], name: None });
            }
        }
    }
    groups
}

/// The key that people would choose.
fn key(found: Option<&FoundProduct>, common: Option<&str>) -> String {
    let name = found.map(|found| found.key.as_deref().unwrap_or(&found.name)).unwrap_or_default();
    // what the location is called is no part of it
    let common = common.map(|common| {
        common.split("${").map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect::<String>()
    });
    let name = common.as_deref().filter(|common| common.chars().any(char::is_alphanumeric)).unwrap_or(name);
    key_of(name)
}

/// Names of other tools become keys.
fn rename(draft: &mut DeclarationDraft, renamed: &BTreeMap<String, String>) {
    let meant = |name: &String| {
        let (key, at) = key_and_location(name);
        let key = renamed.get(key).map_or(key, String::as_str);
        at.map_or_else(|| key.to_owned(), |at| format!("{key}@{at}"))
    };
    for content in draft.places.values_mut() {
        for value in content.parameters.values_mut() {
            if let FoundValue::Output { of, .. } = value {
                *of = meant(of);
            }
        }
        if let Some(list) = content.lists.get_mut("depends_on") {
            *list = list.iter().map(meant).collect();
        }
    }
}

/// The product that a file is about.
fn stem(draft: &DeclarationDraft) -> String {
    let texts = draft.places.values().next().map(|content| &content.texts);
    let of = |field: &str| texts.and_then(|texts| texts.get(field)).map(String::as_str);
    let product = of("product_name").or_else(|| of("product_id")).unwrap_or("products");
    stem_of(product)
}

/// One file while it is being written.
struct FileText<'a> {
    drafts: &'a [DeclarationDraft],
    around: &'a Surroundings,
}

impl FileText<'_> {
    fn text(&self) -> String {
        let layers: Vec<_> = self.drafts.iter().map(DeclarationDraft::layers).collect();
        let is_apart = self.around.is_apart;
        let shares = || repeated(&layers.iter().map(|(base, _)| base).collect::<Vec<_>>());
        let defaults = if is_apart { DraftContent::default() } else { shares() };
        let mut top = Vec::new();
        let shared = self.shared_places().filter(|_| !is_apart);
        let place = shared.as_ref().and_then(|at| self.location(at));
        let head: Vec<YamlPair> =
            self.fields(&defaults, self.drafts.first()).into_iter().chain(place).collect();
        top.extend(of_map("defaults", head));
        let mut declared = Vec::new();
        for (draft, (base, overrides)) in self.drafts.iter().zip(&layers) {
            let mut pairs = self.fields(&base.without(&defaults), Some(draft));
            let own = if shared.is_some() { None } else { self.location(&places(draft)) };
            pairs.extend(own);
            let overrides: Vec<YamlNode> = overrides
                .iter()
                .map(|(content, at)| {
                    let place = self.place(at);
                    YamlNode::Map(place.into_iter().chain(self.fields(content, Some(draft))).collect())
                })
                .collect();
            if !overrides.is_empty() {
                pairs.push(YamlPair::new("overrides", YamlNode::List(overrides)));
            }
            declared.push(YamlPair {
                remarks: draft.remarks.clone(),
                ..YamlPair::new(&*draft.key, YamlNode::Map(pairs))
            });
        }
        top.push(YamlPair::new("provisioned_products", YamlNode::Map(declared)));
        let at = self.drafts.iter().flat_map(|draft| draft.places.keys().cloned()).collect();
        self.around.origin.head(&at) + &document(&top)
    }

    /// Where all declarations of the file stand, if there are several and they stand on the same locations.
    fn shared_places(&self) -> Option<BTreeSet<LocationName>> {
        let (first, rest) = self.drafts.split_first()?;
        let at = places(first);
        (!rest.is_empty() && rest.iter().all(|draft| places(draft) == at)).then_some(at)
    }

    /// Where it stands; left out where there is only one location.
    fn location(&self, at: &BTreeSet<LocationName>) -> Option<YamlPair> {
        if self.around.locations.len() == 1 && !self.around.is_growing { None } else { self.place(at) }
    }

    fn place(&self, at: &BTreeSet<LocationName>) -> Option<YamlPair> {
        let written = |name: &LocationName| {
            self.around.locations.get(name).cloned().unwrap_or_else(|| name.to_string())
        };
        let names: Vec<String> = at.iter().map(written).collect();
        match names.as_slice() {
            [] => None,
            [name] => Some(YamlPair::text("location", name)),
            names => Some(YamlPair::new("locations", YamlNode::texts(names))),
        }
    }

    /// The fields of a layer, in the order in which people write them.
    fn fields(&self, content: &DraftContent, draft: Option<&DeclarationDraft>) -> Vec<YamlPair> {
        const TEXTS: [&str; 9] = [
            "provisioned_product_name",
            "product_name",
            "product_id",
            "provisioning_artifact_name",
            "provisioning_artifact_id",
            "provisioning_artifact",
            "path_name",
            "path_id",
            "accept_language",
        ];
        let text = |name: &&str| Some(YamlPair::text(name, content.texts.get(name)?));
        let mut pairs: Vec<YamlPair> = TEXTS.iter().filter_map(text).collect();
        pairs.extend(self.parameters(content, draft));
        let tags = content.tags.iter().map(|(key, text)| YamlPair::text(key, text));
        pairs.extend(of_map("tags", tags.collect()));
        let list = |name: &'static str| Some(YamlPair::new(name, YamlNode::texts(content.lists.get(name)?)));
        pairs.extend(list("notification_arns"));
        pairs.extend(content.preferences.as_ref().and_then(|of| {
            let field = |(name, value): (&str, Bounded<'_>)| match value {
                Bounded::Texts(texts) => YamlPair::new(name, YamlNode::texts(texts)),
                Bounded::Number(n) => YamlPair::new(name, YamlNode::Plain(n.to_string())),
            };
            of_map("provisioning_preferences", preferences(of).into_iter().map(field).collect())
        }));
        pairs.extend(list("depends_on"));
        pairs.extend(list(SENSITIVE).map(|pair| {
            let aside = draft.and_then(|draft| draft.asides.get(SENSITIVE)).cloned();
            YamlPair { aside, ..pair }
        }));
        let timeouts = content.timeouts.iter().map(|(kind, time)| YamlPair::text(kind, time));
        pairs.extend(of_map("timeouts", timeouts.collect()));
        let on_removal = (content.on_removal != OnRemoval::default())
            .then(|| YamlPair::text("on_removal", content.on_removal.as_str()));
        let lifecycle = on_removal.into_iter().chain(list("ignore_changes")).collect();
        pairs.extend(of_map("lifecycle", lifecycle));
        pairs
    }

    fn parameters(&self, content: &DraftContent, draft: Option<&DeclarationDraft>) -> Option<YamlPair> {
        let mut pairs = Vec::new();
        for (name, value) in &content.parameters {
            let aside = draft.and_then(|draft| draft.asides.get(name)).cloned();
            let aside = aside.filter(|_| matches!(value, FoundValue::Output { .. }));
            pairs.push(YamlPair { aside, ..YamlPair::new(name, node(value)) });
        }
        of_map("parameters", pairs)
    }
}

fn places(draft: &DeclarationDraft) -> BTreeSet<LocationName> {
    draft.places.keys().cloned().collect()
}

/// A map that holds something.
pub(super) fn of_map(name: &str, pairs: Vec<YamlPair>) -> Option<YamlPair> {
    (!pairs.is_empty()).then(|| YamlPair::new(name, YamlNode::Map(pairs)))
}

/// What most declarations of a file say, if there are several: whatever all say something of, as nothing takes a default away again.
/// A value that is looked up for one of them is no default.
fn repeated(all: &[&DraftContent]) -> DraftContent {
    let Some(first) = all.first().filter(|_| all.len() > 1) else { return DraftContent::default() };
    let texts = first.texts.keys().filter(|name| **name != "provisioned_product_name");
    let texts = texts.filter_map(|name| Some((*name, most_say(all, |one| one.texts.get(name))?.clone())));
    let tags = first.tags.keys();
    let tags = tags.filter_map(|key| Some((key.clone(), most_say(all, |one| one.tags.get(key))?.clone())));
    let parameters = first.parameters.keys().filter_map(|key| {
        let value = most_say(all, |one| one.parameters.get(key))?;
        value.sent().is_some().then(|| (key.clone(), value.clone()))
    });
    let lists = first.lists.keys().filter(|name| ["notification_arns", SENSITIVE].contains(*name));
    let lists = lists.filter_map(|name| Some((*name, most_say(all, |one| one.lists.get(name))?.clone())));
    let agree = |alike: fn(&DraftContent, &DraftContent) -> bool| all.iter().all(|one| alike(one, first));
    DraftContent {
        texts: texts.collect(),
        tags: tags.collect(),
        parameters: parameters.collect(),
        lists: lists.collect(),
        timeouts: match agree(|one, other| one.timeouts == other.timeouts) {
            true => first.timeouts.clone(),
            false => BTreeMap::new(),
        },
        on_removal: match agree(|one, other| one.on_removal == other.on_removal) {
            true => first.on_removal,
            false => OnRemoval::default(),
        },
        ..DraftContent::default()
    }
}

/// What more than half say of something that all say something of.
fn most_say<'c, T: Ord>(
    all: &[&'c DraftContent],
    of: impl Fn(&'c DraftContent) -> Option<&'c T>,
) -> Option<&'c T> {
    let said: Vec<&T> = all.iter().map(|one| of(one)).collect::<Option<_>>()?;
    let mut counted: BTreeMap<&T, usize> = BTreeMap::new();
    for one in &said {
        *counted.entry(*one).or_default() += 1;
    }
    counted.into_iter().find(|(_, n)| *n * 2 > said.len()).map(|(one, _)| one)
}

impl DraftContent {
    /// What it says beside what the defaults of its file say.
    fn without(&self, defaults: &Self) -> Self {
        let mut own = self.clone();
        own.texts.retain(|name, text| defaults.texts.get(name) != Some(text));
        own.tags.retain(|key, text| defaults.tags.get(key) != Some(text));
        own.parameters.retain(|key, value| defaults.parameters.get(key) != Some(value));
        own.lists.retain(|name, list| defaults.lists.get(name) != Some(list));
        if own.timeouts == defaults.timeouts {
            own.timeouts.clear();
        }
        if own.on_removal == defaults.on_removal {
            own.on_removal = OnRemoval::default();
        }
        own
    }
}

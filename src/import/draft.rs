//! One declaration while it is being written: what holds on all of its locations, and what is different on some.

use std::collections::{BTreeMap, BTreeSet};

use super::found::{FoundProduct, FoundValue};
use super::value::escaped;
use provisor_model::ids::LocationName;
use provisor_model::product::{ArtifactSelector, Bound, OnRemoval, Preferences, Selector};

/// What a declaration, or an override of one, says. A field that is left out says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DraftContent {
    /// Fields with one text, by name.
    pub texts: BTreeMap<&'static str, String>,
    /// `parameters`
    pub parameters: BTreeMap<String, FoundValue>,
    /// `tags`
    pub tags: BTreeMap<String, String>,
    /// Fields with a list of texts, by name.
    pub lists: BTreeMap<&'static str, Vec<String>>,
    /// `provisioning_preferences`
    pub preferences: Option<Preferences>,
    /// `timeouts`
    pub timeouts: BTreeMap<String, String>,
    /// `lifecycle`, texts and lists of it.
    pub on_removal: OnRemoval,
}

/// One declaration.
#[derive(Clone, Debug)]
pub(super) struct DeclarationDraft {
    /// Its key.
    pub key: String,
    /// Where it stands, and what it is there.
    pub places: BTreeMap<LocationName, DraftContent>,
    /// The outputs there.
    pub outputs: BTreeMap<LocationName, BTreeMap<String, String>>,
    /// The outputs that are sensitive there.
    pub sensitive: BTreeMap<LocationName, BTreeSet<String>>,
    /// The sensitive parameters of which it is known where they come out again.
    pub searched: BTreeMap<LocationName, BTreeSet<String>>,
    /// What is not to be left out there where others have something else.
    defaults: BTreeMap<LocationName, BTreeMap<String, FoundValue>>,
    /// What to say above it.
    pub remarks: Vec<String>,
    /// What to say behind a parameter.
    pub asides: BTreeMap<String, String>,
}

impl DeclarationDraft {
    /// The declaration of these, which have one name and run one product, each somewhere else.
    ///
    /// `name` is what their names have in common, where they differ.
    pub fn new(key: String, all: &[FoundProduct], name: Option<&str>) -> Self {
        let mut draft = Self {
            key,
            places: BTreeMap::new(),
            outputs: BTreeMap::new(),
            sensitive: BTreeMap::new(),
            searched: BTreeMap::new(),
            defaults: BTreeMap::new(),
            remarks: Vec::new(),
            asides: BTreeMap::new(),
        };
        let several = all.len() > 1;
        for found in all {
            let mut content = DraftContent::of(found, &draft.key);
            if let Some(name) = name {
                content.texts.insert("provisioned_product_name", name.to_owned());
            }
            draft.places.insert(found.location.clone(), content);
            draft.outputs.insert(found.location.clone(), found.outputs.clone());
            draft.sensitive.insert(found.location.clone(), found.sensitive_outputs.clone());
            draft.searched.insert(found.location.clone(), found.searched.clone());
            draft.defaults.insert(found.location.clone(), found.defaults.clone());
            for remark in &found.remarks {
                let remark = if several { format!("{}: {remark}", found.location) } else { remark.clone() };
                if !draft.remarks.contains(&remark) {
                    draft.remarks.push(remark);
                }
            }
        }
        draft
    }

    /// What holds everywhere, and what is different where: places that differ alike stand together.
    pub fn layers(&self) -> (DraftContent, BTreeMap<DraftContent, BTreeSet<LocationName>>) {
        let base = self.common();
        let mut overrides: BTreeMap<DraftContent, BTreeSet<LocationName>> = BTreeMap::new();
        for (location, content) in &self.places {
            let own = content.beyond(&base, self.defaults.get(location));
            if own != DraftContent::default() {
                overrides.entry(own).or_default().insert(location.clone());
            }
        }
        (base, overrides)
    }

    /// Of each field what most places say. Of maps only what every place has, or has a default for: an override cannot take it
    /// away again.
    fn common(&self) -> DraftContent {
        let all = || self.places.values();
        let keys =
            |of: fn(&DraftContent) -> Vec<&String>| all().flat_map(of).cloned().collect::<BTreeSet<String>>();
        let mut parameters = BTreeMap::new();
        for key in keys(|content| content.parameters.keys().collect()) {
            let said = |(at, content): (&LocationName, &DraftContent)| {
                let default = || self.defaults.get(at).and_then(|defaults| defaults.get(&key)).cloned();
                content.parameters.get(&key).cloned().or_else(default)
            };
            let said: Option<Vec<FoundValue>> = self.places.iter().map(said).collect();
            parameters.extend(said.and_then(most).map(|value| (key, value)));
        }
        let mut tags = BTreeMap::new();
        for key in keys(|content| content.tags.keys().collect()) {
            let said: Option<Vec<String>> = all().map(|content| content.tags.get(&key).cloned()).collect();
            tags.extend(said.and_then(most).map(|value| (key, value)));
        }
        let names: BTreeSet<&'static str> = all().flat_map(|content| content.texts.keys().copied()).collect();
        let text = |name: &'static str| {
            let said: Option<Vec<String>> = all().map(|content| content.texts.get(name).cloned()).collect();
            Some((name, most(said?)?))
        };
        let lists: BTreeSet<&'static str> = all().flat_map(|content| content.lists.keys().copied()).collect();
        let list = |name: &'static str| {
            let said: Option<Vec<Vec<String>>> =
                all().map(|content| content.lists.get(name).cloned()).collect();
            Some((name, most(said?)?))
        };
        let same = |alike: bool| alike.then(|| all().next()).flatten();
        let first = all().next();
        DraftContent {
            texts: names.into_iter().filter_map(text).collect(),
            parameters,
            tags,
            lists: lists.into_iter().filter_map(list).collect(),
            preferences: same(
                all().all(|one| Some(&one.preferences) == first.map(|first| &first.preferences)),
            )
            .and_then(|one| one.preferences.clone()),
            timeouts: same(all().all(|one| Some(&one.timeouts) == first.map(|first| &first.timeouts)))
                .map(|one| one.timeouts.clone())
                .unwrap_or_default(),
            on_removal: most(all().map(|content| content.on_removal).collect()).unwrap_or_default(),
        }
    }
}

/// What most say; of equals what is said first.
fn most<T: Ord>(said: Vec<T>) -> Option<T> {
    let mut counted: BTreeMap<&T, usize> = BTreeMap::new();
    for one in &said {
        *counted.entry(one).or_default() += 1;
    }
    let most = counted.values().copied().max()?;
    let first = said.iter().position(|one| counted.get(one) == Some(&most))?;
    said.into_iter().nth(first)
}

impl DraftContent {
    fn of(found: &FoundProduct, key: &str) -> Self {
        let mut texts = BTreeMap::new();
        if found.name != key {
            texts.insert("provisioned_product_name", escaped(&found.name));
        }
        let (field, text) = match &found.product {
            Selector::Name(name) => ("product_name", name),
            Selector::Id(id) => ("product_id", id),
        };
        texts.insert(field, escaped(text));
        let (field, text) = match &found.artifact {
            ArtifactSelector::Name(name) => ("provisioning_artifact_name", name.clone()),
            ArtifactSelector::Id(id) => ("provisioning_artifact_id", id.clone()),
            ArtifactSelector::OnlyActive => ("provisioning_artifact", "active".to_owned()),
        };
        texts.insert(field, escaped(&text));
        match &found.path {
            Some(Selector::Name(name)) => drop(texts.insert("path_name", escaped(name))),
            Some(Selector::Id(id)) => drop(texts.insert("path_id", escaped(id))),
            None => {}
        }
        texts.extend(found.accept_language.as_ref().map(|language| ("accept_language", escaped(language))));
        let lists = [
            ("notification_arns", found.notification_arns.clone()),
            ("ignore_changes", found.ignore_changes.iter().cloned().collect()),
            ("depends_on", found.depends_on.iter().cloned().collect()),
        ];
        Self {
            texts,
            parameters: found.parameters.clone(),
            tags: found.tags.iter().map(|(key, text)| (key.clone(), escaped(text))).collect(),
            lists: lists.into_iter().filter(|(_, list)| !list.is_empty()).collect(),
            preferences: found.preferences.clone(),
            timeouts: found.timeouts.clone(),
            on_removal: found.on_removal,
        }
    }

    /// What it says beyond another one that it lies over.
    fn beyond(&self, base: &Self, defaults: Option<&BTreeMap<String, FoundValue>>) -> Self {
        let missing = base.parameters.keys().filter(|key| !self.parameters.contains_key(*key));
        let put_back = missing.filter_map(|key| Some((key.clone(), defaults?.get(key)?.clone())));
        let own = self.parameters.clone().into_iter().chain(put_back);
        Self {
            texts: differing(self.texts.clone(), &base.texts),
            parameters: differing(own, &base.parameters),
            tags: differing(self.tags.clone(), &base.tags),
            lists: differing(self.lists.clone(), &base.lists),
            preferences: self.preferences.clone().filter(|_| self.preferences != base.preferences),
            timeouts: if self.timeouts == base.timeouts { BTreeMap::new() } else { self.timeouts.clone() },
            on_removal: if self.on_removal == base.on_removal {
                OnRemoval::default()
            } else {
                self.on_removal
            },
        }
    }
}

fn differing<K: Ord, V: PartialEq>(
    own: impl IntoIterator<Item = (K, V)>,
    base: &BTreeMap<K, V>,
) -> BTreeMap<K, V> {
    own.into_iter().filter(|(key, value)| base.get(key) != Some(value)).collect()
}

/// `provisioning_preferences`, field by field, as text.
pub(super) fn preferences(of: &Preferences) -> Vec<(&'static str, Bounded<'_>)> {
    let bound = |bound: Option<Bound>, count, percentage| match bound {
        Some(Bound::Count(n)) => Some((count, Bounded::Number(n))),
        Some(Bound::Percentage(n)) => Some((percentage, Bounded::Number(n))),
        None => None,
    };
    let list = |name, list| (!Vec::is_empty(list)).then_some((name, Bounded::Texts(list)));
    [
        list("stack_set_accounts", &of.accounts),
        list("stack_set_regions", &of.regions),
        bound(
            of.failure_tolerance,
            "stack_set_failure_tolerance_count",
            "stack_set_failure_tolerance_percentage",
        ),
        bound(of.max_concurrency, "stack_set_max_concurrency_count", "stack_set_max_concurrency_percentage"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A value of the preferences.
pub(super) enum Bounded<'p> {
    /// Accounts or regions.
    Texts(&'p [String]),
    /// A count or a share.
    Number(u32),
}

//! `external:`: provisioned products of others, whose outputs may be referred to.

use std::collections::{BTreeMap, HashSet};

use crate::declarations::DeclarationsFile;
use crate::desired::{Desired, External};
use crate::fields::EXTERNAL;
use crate::origin::Layer;
use crate::references::{Context, is_key};
use crate::settings::{NAMING, Settings};
use crate::yaml::NodeId;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment};
use provisor_model::ids::{Address, Key, LocationName};
use provisor_model::product::Selector;

/// What is declared of provisioned products of others.
#[derive(Default)]
pub(crate) struct Externals {
    /// By the address under which they are referred to.
    pub sound: BTreeMap<Address, External>,
    /// Those that something is wrong with, which has been said.
    broken: Vec<Address>,
}

impl Externals {
    /// What may be referred to.
    pub fn known(&self) -> impl Iterator<Item = &Address> {
        self.sound.keys().chain(&self.broken)
    }
}

/// All of them.
pub(crate) fn externals(
    files: &[DeclarationsFile<'_>],
    settings: &Settings,
    problems: &mut Diagnostics,
) -> Externals {
    let mut all = Externals::default();
    let mut keys: HashSet<Key> = HashSet::new();
    for file in files {
        all.broken.extend(file.unread_externals().iter().map(|name| Address::external(name, "nowhere")));
        let pairs = file.head("external").map_or(&[][..], |node| file.tree.pairs(node));
        for pair in pairs {
            let one = ExternalItem { file, settings, name: &pair.key, node: pair.value };
            match one.read() {
                Ok((address, external)) if keys.insert(address.key.clone()) => {
                    all.sound.insert(address, external);
                }
                Ok((_, external)) => {
                    let message = format!("the external product `{}` is declared twice", pair.key);
                    problems.push(Diagnostic::error("duplicate-key", message).at(external.place));
                }
                Err(wrong) => {
                    problems.extend(wrong);
                    let address = Address::external(&pair.key, "nowhere");
                    keys.insert(address.key.clone());
                    all.broken.push(address);
                }
            }
        }
    }
    all
}

/// Somebody else's is nothing that is declared: one name on one location is one product.
pub(crate) fn contradictions(desired: &Desired, problems: &mut Diagnostics) {
    let mut named: BTreeMap<(&LocationName, &str), (&Address, &External)> = BTreeMap::new();
    for (address, external) in &desired.externals {
        if let Selector::Name(name) = &external.product {
            named.insert((&address.location, name), (address, external));
        }
    }
    for (key, product) in desired.products.iter().filter(|_| !named.is_empty()) {
        let Some((address, external)) = named.get(&(&key.location, product.name.as_str())) else { continue };
        let message = format!(
            "`{}` is called `{}`, as `{}` is that is declared here",
            address.key, product.name, key.key
        );
        let found = Diagnostic::error("contradiction", message).at(external.place.clone());
        let found = found.related(product.origin.place(Layer::Own, &[], Part::Key), "managed here");
        let key = &key.key;
        problems.push(found.hint(format!(
            "leave the external out, and refer to `{key}` itself, such as by `${{{key}.outputs.KEY}}`"
        )));
    }
}

/// All that is wrong with one of them; nothing where that has been told.
type Wrong = Vec<Diagnostic>;

/// One of them, as it is written.
struct ExternalItem<'f> {
    file: &'f DeclarationsFile<'f>,
    settings: &'f Settings,
    name: &'f str,
    node: NodeId,
}

impl ExternalItem<'_> {
    fn place(&self, field: Option<&str>) -> Place {
        let path: Vec<&str> = ["external", self.name].into_iter().chain(field).collect();
        let part = if field.is_some() { Part::Value } else { Part::Key };
        Place::key(&self.file.tree.source.path, &path, part)
    }

    /// What it lacks may stand under a key that is none, and that is told.
    fn lacking(&self, found: Diagnostic) -> Wrong {
        let is_known = |key: &str| key.starts_with("x-") || EXTERNAL.field(key).is_some();
        let pairs = self.file.tree.pairs(self.node);
        pairs.iter().all(|pair| is_known(&pair.key)).then_some(found).into_iter().collect()
    }

    fn read(&self) -> Result<(Address, External), Wrong> {
        if self.is_misshapen(None) {
            return Err(Wrong::default());
        }
        if !is_key(self.name) {
            let message = format!("`{}` cannot be the name of an external product", self.name.escape_debug());
            return Err(vec![Diagnostic::error("bad-value", message).at(self.place(None)).hint(NAMING)]);
        }
        match (self.location(), self.product()) {
            (Ok(location), Ok(product)) => {
                Ok((Address::external(self.name, location), External { product, place: self.place(None) }))
            }
            (location, product) => {
                Err([location.err(), product.err()].into_iter().flatten().flatten().collect())
            }
        }
    }

    fn product(&self) -> Result<Selector, Wrong> {
        if let Some(id) = self.text("provisioned_product_id")? {
            return Ok(Selector::Id(id));
        }
        let name = self.text("provisioned_product_name")?;
        name.map(Selector::Name).ok_or_else(|| {
            let which = "`provisioned_product_id` or `provisioned_product_name`";
            let message = format!("the external product `{}` has no {which}", self.name);
            self.lacking(Diagnostic::error("missing", message).at(self.place(None)))
        })
    }

    /// Where it stands; the only location there is, where that is not said.
    fn location(&self) -> Result<LocationName, Wrong> {
        let text = self.text("location")?;
        let place = self.place(text.as_ref().map(|_| "location"));
        let wrong = |found: Diagnostic| vec![found.at(place.clone())];
        let named = match &text {
            Some(text) => {
                self.settings.named(text).ok_or_else(|| wrong(self.settings.unknown_location(text)))?
            }
            None => self.settings.locations.keys().cloned().collect(),
        };
        match named.as_slice() {
            [one] => Ok(one.clone()),
            _ => {
                let message = format!("it must be said on which location `{}` stands", self.name);
                let found = Diagnostic::error("ambiguous", message).note(self.settings.locations_there_are());
                Err(self.lacking(found.at(place)))
            }
        }
    }

    /// Whether it, or one of its fields, has no shape: that has been told.
    fn is_misshapen(&self, field: Option<&str>) -> bool {
        let path = ["external", self.name].into_iter().chain(field);
        self.file.is_misshapen(&path.map(|name| Segment::Key(name.to_owned())).collect::<Vec<_>>())
    }

    fn text(&self, field: &str) -> Result<Option<String>, Wrong> {
        if self.is_misshapen(Some(field)) {
            return Err(Wrong::default());
        }
        let Some(node) = self.file.tree.given(self.node, field) else { return Ok(None) };
        let Some(written) = self.file.tree.text(node) else { return Ok(None) };
        let place = self.place(Some(field));
        let filled = Context::of(&self.settings.variables).known(field, written);
        let filled = filled.map_err(|fault| {
            let told = fault.all().map(|fault| {
                let place = self.file.tree.pinpoint(place.clone(), fault.nth);
                fault.diagnostic().at(place)
            });
            told.collect::<Wrong>()
        })?;
        let rule = EXTERNAL.field(field).and_then(super::text_rule).filter(|_| written.contains("${"));
        match rule.map(|rule| rule.check(&format!("`{field}`"), &filled)) {
            Some(Err(found)) => Err(vec![found.at(place)]),
            _ => Ok(Some(filled.into_owned())),
        }
    }
}

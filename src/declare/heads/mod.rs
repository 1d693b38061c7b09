//! What stands in declarations files beside the declarations: lists of what is to become of existing products. Each item is
//! read into a plain value that knows its place; what contradicts itself is told at both places.

mod external;
mod imports;
mod moved;
mod removed;

pub(super) use external::{contradictions, externals};

use super::burden::{Burden, TooMuch};
use super::declarations::DeclarationsFile;
use super::desired::Desired;
use super::fields::{Field, FieldKind, Relation, Table};
use super::references::{Context, Targets, address};
use super::settings::Settings;
use super::yaml::NodeId;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment};
use provisor_model::ids::Address;
use provisor_model::text::{listed, quote};

/// What the heads of all files are read with.
pub(super) struct HeadReader<'r> {
    pub settings: &'r Settings,
    /// Which declarations there are, and where.
    pub targets: &'r Targets<'r>,
    pub problems: &'r mut Diagnostics,
    /// What was taken up so far.
    pub burden: &'r mut Burden,
}

/// One item of a list at the head of a file.
#[derive(Clone, Copy)]
struct Item<'f> {
    file: &'f DeclarationsFile<'f>,
    list: &'static str,
    nth: usize,
    node: NodeId,
    /// Its keys.
    table: &'static Table,
}

impl<'f> Item<'f> {
    /// All items of one list, but for those that are no maps: that has been told.
    fn all(
        files: &'f [DeclarationsFile<'f>],
        list: &'static str,
        table: &'static Table,
    ) -> impl Iterator<Item = Self> {
        let all = files.iter().flat_map(move |file| {
            let items = file.head(list).map_or(&[][..], |node| file.tree.items(node));
            items.iter().enumerate().map(move |(nth, node)| Self { file, list, nth, node: *node, table })
        });
        all.filter(|item| !item.file.is_misshapen(&item.path(None)))
    }

    fn path(&self, field: Option<&str>) -> Vec<Segment> {
        let key = |name: &str| Segment::Key(name.to_owned());
        [key(self.list), Segment::Index(self.nth)].into_iter().chain(field.map(key)).collect()
    }

    /// The place of the item, or of one of its fields.
    fn place(&self, field: Option<&str>, part: Part) -> Place {
        Place::Node { file: self.file.tree.source.path.clone(), path: self.path(field), part }
    }

    /// Whether it has a key that is none, which is told: what is missing may stand there.
    fn has_unknown(&self) -> bool {
        let is_known = |key: &str| key.starts_with("x-") || self.table.field(key).is_some();
        self.file.tree.pairs(self.node).iter().any(|pair| !is_known(&pair.key))
    }

    fn is_given(&self, field: &str) -> bool {
        self.file.tree.given(self.node, field).is_some()
    }

    /// What is written there; nothing that has been complained about.
    fn written(&self, field: &str) -> Option<&'f str> {
        if self.file.is_misshapen(&self.path(Some(field))) {
            return None;
        }
        self.file.tree.text(self.file.tree.given(self.node, field)?)
    }
}

impl<'r> HeadReader<'r> {
    /// Reads them all.
    pub fn read(
        &mut self,
        files: &[DeclarationsFile<'_>],
        desired: &mut Desired,
    ) -> Result<(), (TooMuch, Place)> {
        desired.imports = self.imports(files);
        desired.moves = self.moves(files, desired)?;
        desired.removals = self.removals(files, desired)?;
        Ok(())
    }

    /// What can be referred to from anywhere.
    fn anywhere(&self) -> Context<'r> {
        Context::of(&self.settings.variables)
    }

    /// What can be referred to from where a declaration stands.
    fn at(&self, address: &'r Address) -> Context<'r> {
        let location = self.settings.locations.get(&address.location);
        Context { location, key: Some(address.key.as_str()), ..self.anywhere() }
    }

    /// Says what an item must say, and does not.
    fn is_whole(&mut self, item: Item<'_>, needed: &[&str]) -> bool {
        let missing = needed.iter().find(|field| !item.is_given(field)).map(quote);
        let missing = missing.or_else(|| {
            item.table.relations().find_map(|relation| match relation {
                Relation::One { of, .. } if !of.iter().any(|field| item.is_given(field)) => Some(one_of(of)),
                _ => None,
            })
        });
        if let Some(missing) = missing.as_ref().filter(|_| !item.has_unknown()) {
            let message = format!("item {} of `{}` has no {missing}", item.nth + 1, item.list);
            self.problems.push(Diagnostic::error("missing", message).at(item.place(None, Part::Value)));
        }
        missing.is_none()
    }

    /// A text that is known now.
    fn text(&mut self, item: Item<'_>, name: &str, context: Context<'_>) -> Option<String> {
        let written = item.written(name)?;
        let place = item.place(Some(name), Part::Value);
        let filled = match context.known(name, written) {
            Ok(filled) => filled.into_owned(),
            Err(fault) => {
                self.problems.extend(fault.all().map(|fault| {
                    let place = item.file.tree.pinpoint(place.clone(), fault.nth);
                    fault.diagnostic().at(place)
                }));
                return None;
            }
        };
        let rule = item.table.field(name).and_then(text_rule);
        let checked = rule.filter(|_| written.contains("${")).map(|rule| rule.check(&quote(name), &filled));
        if let Some(Err(wrong)) = checked {
            self.problems.push(wrong.at(place));
            return None;
        }
        Some(filled)
    }

    /// The one declaration on one location that a field names.
    fn declared(&mut self, item: Item<'_>, name: &str) -> Option<Address> {
        let text = self.text(item, name, self.anywhere())?;
        let found = address(&text).and_then(|text| self.targets.only(text));
        found.map_err(|wrong| self.problems.push(wrong.at(item.place(Some(name), Part::Value)))).ok()?
    }
}

/// The rule of a text.
fn text_rule(field: &Field) -> Option<super::fields::TextRule> {
    match field.kind {
        FieldKind::Text(rule) => Some(rule),
        _ => None,
    }
}

/// "`a`, `b` or `c`"
fn one_of(names: &[&str]) -> String {
    let all = listed(names.iter().map(quote), usize::MAX);
    all.rsplit_once(", ").map_or_else(|| all.clone(), |(first, last)| format!("{first} or {last}"))
}

//! The table of fields: every key that people may write, what it holds, its rule, its default and a sentence about it.
//! Plain data that can be walked: the structural check, the suggestions and the merging of layers are made from it.

mod declarations;
#[cfg(test)]
mod reference;
mod regions;
mod rule;
mod schema;
mod settings;
mod synonyms;

pub(super) use declarations::{CONTENT, DECLARATIONS, DECLARED, EXTERNAL, IMPORT, MOVE, OVERRIDE, REMOVAL};
pub(super) use regions::meant as meant_region;
pub(super) use rule::{TextRule, duration, ignored, share};
pub use rule::{is_product_name, tag_value, unmade_path};
pub use schema::file_schemas;
pub(super) use settings::{CHECKOUT, CHECKOUT_FILE, LOCATION, LOCATIONS, SETTINGS, SETTINGS_FILE, VARIABLE};

use std::collections::HashSet;

use provisor_model::diagnostic::Diagnostic;
use provisor_model::text::{did_you_mean, nearest, quoted};

/// A map with known keys. Any other key, `x-…` aside, is an error.
#[derive(Debug)]
pub(super) struct Table {
    /// The keys that only this map has.
    pub fields: &'static [Field],
    /// How they depend on each other.
    pub relations: &'static [Relation],
    /// Tables whose keys and relations are part of this one too.
    pub includes: &'static [&'static Table],
}

/// A key, and what is known about it.
#[derive(Debug)]
pub(super) struct Field {
    pub name: &'static str,
    /// What stands under it.
    pub kind: FieldKind,
    /// What holds where it is left out, as it would be written.
    pub default: Option<&'static str>,
    /// A sentence for those who write it.
    pub doc: &'static str,
    /// The first version of provisor that knows it.
    pub since: &'static str,
}

/// What stands under a key.
#[derive(Debug)]
pub(super) enum FieldKind {
    /// A text, in which `${…}` is filled. Any scalar is a text, as it was written.
    Text(TextRule),
    /// A text that stands as it is written.
    Literal(TextRule),
    /// A list of texts, which replaces the list of another layer as a whole.
    Texts(Texts),
    /// `true` or `false`.
    Flag,
    /// A whole number within these bounds, both included.
    Number {
        /// The smallest that is allowed.
        least: u32,
        /// The largest that is allowed.
        most: u32,
    },
    /// A map with known keys, merged with other layers key by key.
    Map(&'static Table),
    /// A map with known keys that is a layer among others of its kind: they are merged before they are decoded.
    Layer(&'static Table),
    /// A list of such layers.
    Layers(&'static Table),
    /// A list of maps with known keys, each one by itself.
    Maps(&'static Table),
    /// A map whose keys are the user's own names, each one of this kind.
    Named(&'static FieldKind),
    /// A map from the user's own keys to values that stay as they are written, merged with other layers key by key.
    Values(Values),
    Anything,
    /// One of several, told apart by their shape.
    Either(&'static [FieldKind]),
    /// Announced, and refused by this version.
    NotYet,
    /// A key that belongs somewhere else; the message says where.
    Elsewhere(&'static str),
    /// A key of the trusted settings, which these are not.
    Trusted,
}

/// What a list of texts may hold.
#[derive(Debug)]
pub(super) struct Texts {
    /// The rule of each item.
    pub item: TextRule,
    /// What an item is called in messages.
    pub noun: &'static str,
    /// How many there may be.
    pub most: usize,
    /// Whether no two may be equal.
    pub distinct: bool,
    /// What an empty list would mean, where that is not nothing.
    pub empty: Option<&'static str>,
}

/// What a map with keys of the user's own may hold.
#[derive(Debug)]
pub(super) struct Values {
    /// The rule of each key.
    pub key: TextRule,
    /// What a value is called in messages, and its rule; `None`: values of any shape.
    pub value: Option<(&'static str, TextRule)>,
}

/// How fields of one map depend on each other.
#[derive(Debug)]
pub(super) enum Relation {
    /// Exactly one of them is given, in one layer or another.
    One {
        /// What they tell, for messages.
        noun: &'static str,
        /// The fields; the first one stands for all of them.
        of: &'static [&'static str],
    },
    /// At most one of them is given in one layer, and it replaces the others of the layers below.
    AtMostOne(&'static [&'static str]),
    /// These mean nothing without another one.
    Needs {
        fields: &'static [&'static str],
        /// The other one.
        needed: &'static str,
    },
    /// These mean nothing beside another one.
    Excludes {
        /// The other one.
        by: &'static str,
        fields: &'static [&'static str],
        /// Where they mean nothing, for messages.
        noun: &'static str,
    },
}

impl Table {
    const fn of(fields: &'static [Field]) -> Self {
        Self { fields, relations: &[], includes: &[] }
    }

    pub fn fields(&'static self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().chain(self.includes.iter().flat_map(|table| table.fields))
    }

    pub fn relations(&'static self) -> impl Iterator<Item = &'static Relation> {
        self.relations.iter().chain(self.includes.iter().flat_map(|table| table.relations))
    }

    /// A key by its name.
    pub fn field(&'static self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }

    /// The field that may have been meant by a key that is none.
    pub fn near(&'static self, key: &str) -> Option<&'static str> {
        let usable = || self.fields().filter(|field| field.kind.is_usable()).map(|field| field.name);
        let word = key.to_lowercase().replace('-', "_");
        let is_field = |name: &str| usable().any(|field| field == name);
        let by_word = || synonyms::field(&word, is_field);
        by_word().or_else(|| nearest(key, usable())).or_else(|| synonyms::near(&word, is_field))
    }

    /// What may have been meant by a key that is none: what others call it, or the nearest one that there is.
    pub fn meant(&'static self, key: &str) -> Option<String> {
        let usable = || self.fields().filter(|field| field.kind.is_usable()).map(|field| field.name);
        let word = key.to_lowercase().replace('-', "_");
        let synonym = synonyms::field(&word, |name| usable().any(|field| field == name));
        // in other letters it is the field itself, and one of several too
        let is_plural = |many: &str, one: &str| many.strip_suffix('s') == Some(one);
        let own = usable().find(|field| *field == word);
        let own = own.or_else(|| usable().find(|field| is_plural(field, &word) || is_plural(&word, field)));
        own.or(synonym)
            .map(|field| format!("did you mean `{field}`?"))
            .or_else(|| synonyms::advice(&word).map(str::to_owned))
            .or_else(|| did_you_mean(key, usable()))
            .or_else(|| {
                let near = synonyms::near(&word, |name| usable().any(|field| field == name))?;
                Some(format!("did you mean `{near}`?"))
            })
    }

    /// All keys, if there are few.
    pub fn listing(&'static self) -> Option<String> {
        const FEW: usize = 20;
        let names: Vec<&str> =
            self.fields().filter(|field| field.kind.is_usable()).map(|field| field.name).collect();
        (names.len() <= FEW).then(|| format!("it has: {}", quoted(names)))
    }

    /// The fields of which only one is given, if `name` is one of them.
    pub fn rivals(&'static self, name: &str) -> Option<&'static [&'static str]> {
        self.relations().filter_map(Relation::rivals).find(|rivals| rivals.contains(&name))
    }
}

impl Relation {
    /// The fields of which only one may be given.
    pub fn rivals(&'static self) -> Option<&'static [&'static str]> {
        match self {
            Self::One { of, .. } | Self::AtMostOne(of) => Some(of),
            Self::Needs { .. } | Self::Excludes { .. } => None,
        }
    }
}

impl FieldKind {
    /// Whether anything may be written there.
    fn is_usable(&self) -> bool {
        !matches!(self, Self::Elsewhere(_) | Self::NotYet | Self::Trusted)
    }

    /// What it must be, for messages.
    pub fn noun(&self) -> String {
        match self {
            Self::Text(_) | Self::Literal(_) => "a text".to_owned(),
            Self::Texts(_) | Self::Layers(_) | Self::Maps(_) => "a list".to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Number { least, .. } => format!("a whole number from {least}"),
            Self::Map(_) | Self::Layer(_) | Self::Named(_) | Self::Values(_) => "a map".to_owned(),
            Self::Either(kinds) => {
                let nouns: Vec<String> = kinds.iter().map(Self::noun).collect();
                match nouns.split_last() {
                    Some((last, [])) => last.clone(),
                    Some((last, others)) => format!("{} or {last}", others.join(", ")),
                    None => String::new(),
                }
            }
            Self::Anything | Self::NotYet | Self::Elsewhere(_) | Self::Trusted => "anything".to_owned(),
        }
    }
}

impl Texts {
    const fn of(item: TextRule) -> Self {
        Self { item, noun: "", most: usize::MAX, distinct: false, empty: None }
    }

    const fn distinct(item: TextRule, noun: &'static str, most: usize) -> Self {
        Self { item, noun, most, distinct: true, empty: None }
    }

    const fn filled(self, empty: &'static str) -> Self {
        Self { empty: Some(empty), ..self }
    }

    /// What is wrong with the whole, at which item.
    pub fn check(&self, texts: &[(usize, &str)]) -> Vec<(usize, Diagnostic)> {
        let mut wrong = Vec::new();
        let mut seen = HashSet::new();
        for (n, (index, text)) in texts.iter().enumerate() {
            let again = self.distinct && !seen.insert(*text);
            let message = if again {
                let noun = if self.noun.is_empty() { String::new() } else { format!("the {} ", self.noun) };
                format!("{noun}`{text}` stands here twice")
            } else if n == self.most {
                format!("at most {} {}s are allowed", self.most, self.noun)
            } else {
                continue;
            };
            wrong.push((*index, Diagnostic::error("bad-value", message)));
        }
        wrong
    }
}

impl Field {
    const fn new(name: &'static str, kind: FieldKind, doc: &'static str) -> Self {
        Self { name, kind, default: None, doc, since: "0.1" }
    }

    const fn text(name: &'static str, rule: TextRule, doc: &'static str) -> Self {
        Self::new(name, FieldKind::Text(rule), doc)
    }

    const fn literal(name: &'static str, rule: TextRule, doc: &'static str) -> Self {
        Self::new(name, FieldKind::Literal(rule), doc)
    }

    const fn default(self, text: &'static str) -> Self {
        let Self { name, kind, doc, since, .. } = self;
        Self { name, kind, default: Some(text), doc, since }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CHECKOUT, DECLARATIONS, Field, FieldKind, LOCATIONS, Relation, SETTINGS, Table};

    /// All tables that a kind leads to, each one once.
    fn tables(kind: &'static FieldKind, found: &mut Vec<&'static Table>) {
        match kind {
            FieldKind::Map(table)
            | FieldKind::Layer(table)
            | FieldKind::Layers(table)
            | FieldKind::Maps(table)
                if !found.iter().any(|known| std::ptr::eq(*known, *table)) =>
            {
                found.push(table);
                for field in table.fields() {
                    tables(&field.kind, found);
                }
            }
            FieldKind::Named(kind) => tables(kind, found),
            FieldKind::Either(kinds) => {
                for kind in *kinds {
                    tables(kind, found);
                }
            }
            _ => {}
        }
    }

    fn all() -> Vec<&'static Table> {
        let mut found = Vec::new();
        static ALL: [FieldKind; 2] = [FieldKind::Map(&SETTINGS), FieldKind::Map(&DECLARATIONS)];
        for kind in &ALL {
            tables(kind, &mut found);
        }
        tables(&LOCATIONS, &mut found);
        found
    }

    #[test]
    fn every_field_is_told_in_whole_sentences() {
        let fields: Vec<&Field> = all().into_iter().flat_map(Table::fields).collect();
        assert!(fields.len() > 70, "{}", fields.len());
        for Field { name, doc, since, .. } in fields {
            assert!(doc.ends_with('.') && doc.starts_with(|c: char| c.is_uppercase()), "{name}: {doc}");
            assert!(!since.is_empty(), "{name}");
        }
    }

    #[test]
    fn names_stand_once_and_relations_name_fields() {
        for table in all() {
            let names: Vec<&str> = table.fields().map(|field| field.name).collect();
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
            for relation in table.relations() {
                let related: Vec<&str> = match relation {
                    Relation::One { of, .. } | Relation::AtMostOne(of) => of.to_vec(),
                    Relation::Needs { fields, needed } => [fields, &[*needed][..]].concat(),
                    Relation::Excludes { by, fields, .. } => [fields, &[*by][..]].concat(),
                };
                assert!(related.iter().all(|name| names.contains(name)), "{related:?}");
            }
        }
    }

    #[test]
    fn a_checkout_beside_trusted_settings_knows_all_keys() {
        let names = |table: &'static Table| table.fields().map(|field| field.name).collect::<Vec<_>>();
        assert_eq!(names(&SETTINGS), names(&CHECKOUT));
    }

    #[test]
    fn defaults_keep_their_own_rules() {
        for field in all().into_iter().flat_map(Table::fields) {
            match (&field.kind, field.default) {
                (_, None) => {}
                (FieldKind::Text(rule) | FieldKind::Literal(rule), Some(text)) => {
                    assert!(rule.check(field.name, text).is_ok(), "{}", field.name)
                }
                (FieldKind::Texts(texts), Some(text)) => assert!(texts.item.check(field.name, text).is_ok()),
                (FieldKind::Number { least, most }, Some(text)) => {
                    assert!((*least..=*most).contains(&text.parse().unwrap()), "{}", field.name);
                }
                (FieldKind::Flag, Some(text)) => assert!(matches!(text, "true" | "false"), "{}", field.name),
                (kind, Some(_)) => panic!("{}: {kind:?} has no default", field.name),
            }
        }
    }
}

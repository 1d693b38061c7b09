//! From a tree to typed records, by serde_yaml: the shape of a document, and nothing about what its values mean.
//! Values that go to the catalog as they were written are only checked for shape here; their text is the tree's.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_path_to_error::Segment as Step;

use super::yaml::Tree;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment, did_you_mean};

/// More findings of this kind in one file tell nobody anything new.
const MAX_FINDINGS: usize = 50;
/// How many bytes are read again, in all, to find more than a few in a large file.
const MAX_REREAD: usize = 32 << 20;
/// What keys that were set aside are renamed to.
const ASIDE: &str = "x-set-aside-by-provisor-";
/// Frames what travels through serde's errors, which carry text only.
const FRAME: char = '\u{1f}';

/// A map with known keys. Not derived, because derived strictness has no room for `x-…` keys.
pub(super) trait Record: Default {
    /// All keys, for suggestions.
    const KEYS: &'static [&'static str];
    /// Takes the value under `key`, if the record has such a key.
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error>;
}

/// Declares a struct of optional members that reads a YAML map strictly: any other key, `x-…` aside, is an error.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $field:ident $(as $key:literal)? : $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(super) struct $name { $($(#[$note])* pub $field: Option<$kind>,)* }

        impl $crate::declare::record::Record for $name {
            const KEYS: &'static [&'static str] = &[$($crate::declare::record::key!($field $($key)?)),*];
            fn take<'de, A: serde::de::MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
                match key {
                    $(key if key == $crate::declare::record::key!($field $($key)?) => self.$field = map.next_value()?,)*
                    _ => return Ok(false),
                }
                Ok(true)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_map($crate::declare::record::RecordVisitor::new())
            }
        }
    };
}
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}
pub(super) use {key, record};

/// Reads any [`Record`].
pub(super) struct RecordVisitor<R>(PhantomData<R>);

impl<R> RecordVisitor<R> {
    /// For use by `record!`.
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, R: Record> Visitor<'de> for RecordVisitor<R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<R, A::Error> {
        let mut record = R::default();
        while let Some(key) = map.next_key::<String>()? {
            if !record.take(&key, &mut map)? {
                map.next_value_seed(Unknown { key: &key, known: R::KEYS })?;
            }
        }
        Ok(record)
    }
}

/// The value under a key that a record does not have. Fails as a value, so that the path of the error ends with the key.
struct Unknown<'k> {
    key: &'k str,
    known: &'k [&'k str],
}

impl<'de> DeserializeSeed<'de> for Unknown<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.key.starts_with("x-") {
            return from.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        let hint = did_you_mean(self.key, self.known.iter().copied()).unwrap_or_default();
        Err(framed("unknown-key", &format!("unknown key `{}`", self.key), &hint))
    }
}

fn framed<E: Error>(code: &str, message: &str, hint: &str) -> E {
    let message = message.replace(FRAME, "?");
    E::custom(format_args!("{FRAME}{code}{FRAME}{message}{FRAME}{hint}{FRAME}"))
}

/// What this version recognises but cannot do yet.
#[derive(Debug)]
pub(super) struct NotYet;

impl<'de> serde::Deserialize<'de> for NotYet {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(framed("not-yet", "not supported yet by this version", ""))
    }
}

/// A map whose keys are the user's own, in the order written.
#[derive(Debug)]
pub(super) struct Entries<T>(pub Vec<(String, Option<T>)>);

impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Map<T>(PhantomData<T>);
        impl<'de, T: serde::Deserialize<'de>> Visitor<'de> for Map<T> {
            type Value = Entries<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key.starts_with(ASIDE) {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        entries.push((key, map.next_value()?));
                    }
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Map(PhantomData))
    }
}

/// A map whose values are read from the tree, as they were written.
#[derive(Debug)]
pub(super) struct Written;

impl<'de> serde::Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Written;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Written)
            }
        }
        from.deserialize_map(Any)
    }
}

/// What may take several shapes.
#[derive(Debug)]
pub(super) enum Shape<T> {
    /// One text.
    Text(String),
    /// A list; its items are read from the tree.
    List,
    /// A map.
    Map(T),
}

impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Shape<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any<T>(PhantomData<T>);
        impl<'de, T: serde::Deserialize<'de>> Visitor<'de> for Any<T> {
            type Value = Shape<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a list or a map")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Shape::Text(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Shape::List)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Shape::Map)
            }
        }
        from.deserialize_any(Any(PhantomData))
    }
}

/// A record and the places that could not be read into it.
pub(super) struct Decoded<T> {
    /// What could be read.
    pub value: T,
    /// Where something could not: what stands below these places is not to be judged further.
    pub spoilt: Vec<Vec<Segment>>,
}

/// Decodes a document. After each finding the key that holds it is set aside and the document is read again, so that all are found.
pub(super) fn decode<T: DeserializeOwned + Default>(
    tree: &Tree<'_>,
    problems: &mut Diagnostics,
) -> Decoded<T> {
    let mut aside = tree.refused.clone();
    let mut spoilt = Vec::new();
    let limit = (MAX_REREAD / tree.source.text.len().max(1)).clamp(5, MAX_FINDINGS);
    while spoilt.len() < limit {
        let text = without(&tree.source.text, &mut aside);
        let error = match serde_path_to_error::deserialize(serde_yaml::Deserializer::from_str(&text)) {
            Ok(value) => {
                return Decoded { value: Option::unwrap_or_default(value), spoilt };
            }
            Err(error) => error,
        };
        let path = path_of(error.path());
        problems.push(explain(tree, &path, error.inner()));
        let holder = path.iter().rposition(|step| matches!(step, Segment::Key(_))).map_or(0, |last| last + 1);
        let key = path.get(..holder).filter(|keys| tree.find(keys).is_some());
        let Some(bytes) = key.and_then(|keys| tree.locate(keys, Part::Key)) else {
            break;
        };
        spoilt.push(path);
        if aside.contains(&bytes) {
            break;
        }
        aside.push(bytes);
    }
    spoilt.push(Vec::new());
    Decoded { value: T::default(), spoilt }
}

/// The text with some of its keys renamed, so that records and maps ignore them.
fn without<'t>(text: &'t str, aside: &mut [std::ops::Range<usize>]) -> std::borrow::Cow<'t, str> {
    if aside.is_empty() {
        return text.into();
    }
    aside.sort_by_key(|bytes| bytes.start);
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for (n, bytes) in aside.iter().enumerate() {
        kept.push_str(text.get(from..bytes.start).unwrap_or_default());
        kept.push_str(&format!("{ASIDE}{n}"));
        from = bytes.end;
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept.into()
}

fn path_of(path: &serde_path_to_error::Path) -> Vec<Segment> {
    path.iter()
        .filter_map(|step| match step {
            Step::Seq { index } => Some(Segment::Index(*index)),
            Step::Map { key } => Some(Segment::Key(key.clone())),
            Step::Enum { .. } | Step::Unknown => None,
        })
        .collect()
}

fn explain(tree: &Tree<'_>, path: &[Segment], error: &serde_yaml::Error) -> Diagnostic {
    let text = error.to_string();
    let place = |part| Place::Node { file: tree.source.path.clone(), path: path.to_vec(), part };
    // from the end, because serde_yaml puts the path before it, and keys may hold anything
    let mut parts = text.rsplit(FRAME).skip(1);
    let name = named(path);
    let (hint, message, code) = (parts.next(), parts.next(), parts.next());
    match (code, message, hint) {
        (Some("not-yet"), Some(message), _) => {
            Diagnostic::error("not-yet", format!("{name} is {message}")).at(place(Part::Key))
        }
        (Some(_), Some(message), Some(hint)) => {
            let holder =
                path.split_last().map(|(_, above)| above).filter(|above| !above.is_empty()).map(named);
            let message =
                holder.map_or_else(|| message.to_owned(), |holder| format!("{message} in {holder}"));
            let hint = (!hint.is_empty()).then(|| hint.to_owned());
            Diagnostic::error("unknown-key", message).at(place(Part::Key)).maybe_hint(hint)
        }
        _ => mistyped(tree, path, &text).at(place(Part::Value)),
    }
}

/// `Size` of `["parameters", "Size"]`, in backticks.
fn named(path: &[Segment]) -> String {
    match path {
        [] => "the file".to_owned(),
        [.., Segment::Key(key)] => format!("`{key}`"),
        [.., Segment::Key(key), Segment::Index(n)] => format!("item {} of `{key}`", n + 1),
        [.., Segment::Index(n)] => format!("item {}", n + 1),
    }
}

/// serde says what it expected; what is there, the tree knows better.
fn mistyped(tree: &Tree<'_>, path: &[Segment], text: &str) -> Diagnostic {
    let name = named(path);
    let expected =
        text.rsplit_once(", expected ").map(|(_, wanted)| wanted.split(" at line ").next().unwrap_or(wanted));
    let (Some(expected), Some(node)) = (expected, tree.find(path)) else {
        return Diagnostic::error("wrong-type", format!("{name} cannot be read: {text}"));
    };
    let wanted = match expected {
        "a string" => "a text",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list",
        "u32" | "u64" | "usize" => "a whole number from 0",
        other => other,
    };
    let found = tree.node(node).kind();
    let list = (wanted == "a list" && found.starts_with('`'))
        .then(|| format!("write `[{}]`", found.trim_matches('`')));
    Diagnostic::error("wrong-type", format!("{name} must be {wanted}, not {found}")).maybe_hint(list)
}

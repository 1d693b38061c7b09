//! The structural check: a tree against the table of fields. All that is wrong at once, each with its exact place, and
//! whatever can be said of a text that refers to nothing.

use std::collections::HashSet;

use super::advice::{SHORT, as_field, as_flag, as_list, as_map, as_one_map, unfilled};
use super::fields::{FieldKind, Relation, Table, Texts, Values};
use super::yaml::{MapPair, NodeId, Shape, Tree};
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place, Segment};

/// Places that hold something of the wrong shape. What stands at or below them is not to be judged further.
#[derive(Debug, Default)]
pub(super) struct Misshapen(Vec<Vec<Segment>>);

impl Misshapen {
    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn places(&self) -> &[Vec<Segment>] {
        &self.0
    }

    /// Takes these places out.
    pub fn forget(&mut self, places: &HashSet<&[Segment]>) {
        self.0.retain(|path| !places.contains(path.as_slice()));
    }

    /// Whether the document as a whole is of no use.
    pub fn whole(&self) -> bool {
        self.0.iter().any(Vec::is_empty)
    }

    /// The keys at the top at or below which something is.
    pub fn heads(&self) -> HashSet<&str> {
        let mut heads = HashSet::new();
        for path in &self.0 {
            if let Some(Segment::Key(name)) = path.first() {
                heads.insert(name.as_str());
            }
        }
        heads
    }

    /// Whether something at or below this key at the top is.
    pub fn below(&self, key: &str) -> bool {
        self.0.iter().any(|path| matches!(path.first(), Some(Segment::Key(name)) if name == key))
    }

    /// The keys of the map at this key at the top, below which something is.
    pub fn keys_below(&self, key: &str) -> HashSet<String> {
        let below = |path: &Vec<Segment>| match path.as_slice() {
            [Segment::Key(top), Segment::Key(inner), ..] if top == key => Some(inner.clone()),
            _ => None,
        };
        self.0.iter().filter_map(below).collect()
    }
}

/// Checks a document that is a map of this table.
pub(super) fn check(tree: &Tree<'_>, table: &'static Table, problems: &mut Diagnostics) -> Misshapen {
    checked(tree, problems, |checker, root| match &tree.node(root).shape {
        Shape::Map(pairs) => checker.map(root, pairs, table),
        _ => checker.complain(root, "a map", None),
    })
}

/// Checks a document of this kind.
pub(super) fn check_kind(tree: &Tree<'_>, kind: &'static FieldKind, problems: &mut Diagnostics) -> Misshapen {
    checked(tree, problems, |checker, root| checker.value(root, kind))
}

fn checked<'t>(
    tree: &'t Tree<'t>,
    problems: &mut Diagnostics,
    judge: impl FnOnce(&mut ShapeCheck<'t, '_>, NodeId),
) -> Misshapen {
    let mut checker = ShapeCheck { tree, path: Vec::new(), problems, misshapen: Misshapen::default() };
    // an empty document is a map without keys
    if let Some(root) = tree.root.filter(|root| !tree.node(*root).is_null()) {
        judge(&mut checker, root);
    }
    checker.misshapen
}

/// One step on the way to a node; owned only when there is something to say.
#[derive(Clone, Copy)]
enum PathStep<'t> {
    Key(&'t str),
    Index(usize),
}

struct ShapeCheck<'t, 'p> {
    tree: &'t Tree<'t>,
    path: Vec<PathStep<'t>>,
    problems: &'p mut Diagnostics,
    misshapen: Misshapen,
}

impl<'t> ShapeCheck<'t, '_> {
    /// What stands under a key, if anything does.
    fn value(&mut self, id: NodeId, kind: &'static FieldKind) {
        let tree = self.tree;
        match (kind, &tree.node(id).shape) {
            (FieldKind::Anything, _) => {}
            (FieldKind::NotYet, _) => self.not_yet(),
            (FieldKind::Elsewhere(message), _) => {
                self.wrong_shape(Diagnostic::error("unknown-key", *message), Part::Value);
            }
            (FieldKind::Trusted, _) => self.untrusted(),
            (FieldKind::Either(kinds), shape) => match kinds.iter().find(|kind| fits(kind, shape)) {
                Some(kind) => self.value(id, kind),
                None => self.mistyped(id, kind),
            },
            (FieldKind::Text(rule), Shape::Scalar { text, .. }) if tree.text(id).is_some() => {
                if !text.contains("${") {
                    let checked = rule.check(&self.name(), text);
                    self.keep(checked);
                }
            }
            (FieldKind::Literal(rule), Shape::Scalar { text, .. }) if tree.text(id).is_some() => {
                let checked = rule.check(&self.name(), text);
                self.keep(checked.map_err(|wrong| wrong.maybe_hint(self.unfilled(text))));
            }
            (FieldKind::Flag, _) if flag(tree, id).is_some() => {}
            (FieldKind::Number { least, most }, _) if number(tree, id).is_some() => {
                self.bounds(id, *least, *most)
            }
            (FieldKind::Texts(texts), Shape::List(items)) => self.texts(items, texts),
            (FieldKind::Layers(table) | FieldKind::Maps(table), Shape::List(items)) => {
                self.layers(items, table)
            }
            (FieldKind::Map(table) | FieldKind::Layer(table), Shape::Map(pairs)) => {
                self.map(id, pairs, table)
            }
            (FieldKind::Named(kind), Shape::Map(pairs)) => self.named(pairs, kind),
            (FieldKind::Values(values), Shape::Map(pairs)) => self.values(pairs, values),
            _ => self.mistyped(id, kind),
        }
    }

    fn map(&mut self, id: NodeId, pairs: &'t [MapPair<'t>], table: &'static Table) {
        for pair in pairs.iter().filter(|pair| !pair.key.starts_with("x-")) {
            self.path.push(PathStep::Key(&pair.key));
            match table.field(&pair.key) {
                Some(field) if !self.tree.node(pair.value).is_null() => self.value(pair.value, &field.kind),
                Some(field) => self.blank(&field.kind),
                None => self.unknown(&pair.key, table),
            }
            self.path.pop();
        }
        for relation in table.relations() {
            self.relation(id, relation);
        }
    }

    fn unknown(&mut self, key: &str, table: &'static Table) {
        let holder = match self.path.split_last() {
            Some((_, [])) | None => String::new(),
            Some((_, above)) => format!(" in {}", named(above)),
        };
        let diagnostic = Diagnostic::error("unknown-key", format!("unknown key `{key}`{holder}"));
        let is_told = self.problems.0.len() < MANY;
        let diagnostic = match key.contains("${") {
            true => diagnostic.hint("a key is not filled in: write the key itself"),
            false if is_told => advised(diagnostic, key, table),
            false => diagnostic,
        };
        self.wrong_shape(diagnostic, Part::Key);
    }

    fn not_yet(&mut self) {
        let message = format!("{} is not supported yet by this version", self.name());
        self.wrong_shape(Diagnostic::error("not-yet", message), Part::Key);
    }

    fn untrusted(&mut self) {
        let message =
            format!("{} is not for the checkout to say: trusted settings are in force", self.name());
        let hint =
            "take it out here; what holds stands in the file that `--settings` or PROVISOR_SETTINGS names";
        self.wrong_shape(Diagnostic::error("untrusted-setting", message).hint(hint), Part::Key);
    }

    fn named(&mut self, pairs: &'t [MapPair<'t>], kind: &'static FieldKind) {
        for pair in pairs {
            self.path.push(PathStep::Key(&pair.key));
            self.own_key(&pair.key);
            match self.tree.node(pair.value).is_null() {
                true => self.blank(kind),
                false => self.value(pair.value, kind),
            }
            self.path.pop();
        }
    }

    /// A key of the user's own stands as it is written.
    fn own_key(&mut self, key: &str) -> bool {
        let is_open = key.contains("${");
        // these are told where they are looked up
        let is_told = |step: &PathStep<'_>| matches!(step, PathStep::Key("external" | "where"));
        if is_open && !self.path.iter().rev().nth(1).is_some_and(is_told) {
            let message = format!("a key is not filled in, and `{key}` is one");
            let found = Diagnostic::error("bad-value", message).hint("write the key itself");
            self.push(found, Part::Key);
        }
        is_open
    }

    fn unfilled(&self, text: &str) -> Option<String> {
        let top = self.path.first();
        let declared = matches!(top, Some(PathStep::Key("provisioned_products" | "defaults")));
        unfilled(text, declared)
    }

    /// A key with nothing behind it would pass for one that is left out, and a protection for one that is there. A map is
    /// empty then, as it is when all its keys are comments.
    fn blank(&mut self, kind: &'static FieldKind) {
        let noun = kind.noun();
        if noun.ends_with("a map") || noun == "anything" {
            return;
        }
        let message = format!("{} has no value: {noun} belongs here", self.name());
        let found = Diagnostic::error("wrong-type", message).hint("write one, or leave the key out");
        self.wrong_shape(found, Part::Key);
    }

    fn layers(&mut self, items: &'t [NodeId], table: &'static Table) {
        for (n, item) in items.iter().enumerate() {
            self.path.push(PathStep::Index(n));
            match &self.tree.node(*item).shape {
                Shape::Map(pairs) => self.map(*item, pairs, table),
                _ => self.complain(*item, "a map", None),
            }
            self.path.pop();
        }
    }

    fn texts(&mut self, items: &'t [NodeId], texts: &'static Texts) {
        let field = self.name();
        let (mut plain, mut told) = (Vec::with_capacity(items.len()), 0);
        if let Some(meaning) = texts.empty.filter(|_| items.is_empty()) {
            let message = format!("{field} is empty, and {meaning}");
            let hint = "name some, or leave the key out";
            self.push(Diagnostic::error("bad-value", message).hint(hint), Part::Value);
        }
        for (n, item) in items.iter().enumerate() {
            self.path.push(PathStep::Index(n));
            match self.tree.text(*item) {
                Some(text) if text.contains("${") => {}
                Some(text) => match texts.item.check(&field, text) {
                    Ok(()) => plain.push((n, text)),
                    // that it stands there twice is not told as well
                    wrong => {
                        self.keep(wrong);
                        told += 1;
                    }
                },
                None => self.complain(*item, "a text", None),
            }
            self.path.pop();
        }
        // items that refer to something may turn out to be equal: the whole is judged when they are filled
        if plain.len() + told == items.len() {
            for (n, diagnostic) in texts.check(&plain) {
                self.path.push(PathStep::Index(n));
                self.push(diagnostic, Part::Value);
                self.path.pop();
            }
        }
    }

    fn values(&mut self, pairs: &'t [MapPair<'t>], values: &'static Values) {
        for pair in pairs {
            self.path.push(PathStep::Key(&pair.key));
            if !self.own_key(&pair.key)
                && let Err(diagnostic) = values.key.check(&self.name(), &pair.key)
            {
                self.push(diagnostic, Part::Key);
            }
            if let Some((noun, rule)) = values.value {
                let what = format!("{noun} `{}`", pair.key);
                match self.tree.text(pair.value) {
                    Some(text) if text.contains("${") => {}
                    Some(text) => self.keep(rule.check(&what, text)),
                    None => {
                        let message =
                            format!("{what} must be a text, not {}", self.tree.node(pair.value).kind());
                        self.push(Diagnostic::error("wrong-type", message), Part::Value);
                    }
                }
            }
            self.path.pop();
        }
    }

    fn bounds(&mut self, id: NodeId, least: u32, most: u32) {
        let Some(found) = number(self.tree, id).filter(|found| !(least..=most).contains(found)) else {
            return;
        };
        let wanted = match most {
            // nobody thinks of the greatest number there is who wrote too small a one
            most if found < least && most >= i32::MAX as u32 => format!("at least {least}"),
            most => format!("from {least} to {most}"),
        };
        let message = format!("{} must be {wanted}, not {found}", self.name());
        self.push(Diagnostic::error("bad-value", message), Part::Value);
    }

    fn relation(&mut self, id: NodeId, relation: &'static Relation) {
        let given = |name: &&&'static str| self.tree.given(id, name).is_some();
        match relation {
            Relation::One { of, .. } | Relation::AtMostOne(of) => {
                let mut given = of.iter().filter(given);
                if let (Some(first), Some(second)) = (given.next(), given.next()) {
                    self.both(first, second);
                }
            }
            Relation::Excludes { by, fields, noun } if given(&by) => {
                let fields: Vec<_> = fields.iter().filter(given).collect();
                for field in fields {
                    let message = format!("`{field}` means nothing {noun}");
                    let place = self.place(Some(PathStep::Key(field)), Part::Key);
                    self.problems.push(Diagnostic::error("both-given", message).at(place));
                }
            }
            // what is needed may stand in another layer
            Relation::Excludes { .. } | Relation::Needs { .. } => {}
        }
    }

    fn both(&mut self, first: &'static str, second: &'static str) {
        let message = format!("`{first}` and `{second}` are both given, and only one may be");
        let diagnostic = Diagnostic::error("both-given", message)
            .at(self.place(Some(PathStep::Key(second)), Part::Key))
            .related(self.place(Some(PathStep::Key(first)), Part::Key), "the other one");
        self.problems.push(diagnostic);
    }

    fn mistyped(&mut self, id: NodeId, kind: &'static FieldKind) {
        let hint = match (&self.tree.node(id).shape, kind) {
            (Shape::Scalar { text, .. }, FieldKind::Texts(Texts { item, .. }))
                if !text.starts_with('-') && !text.contains("${") && item.check("", text).is_err() =>
            {
                // what would be the next error is not advised: the item's own hint is
                item.check("", text).err().and_then(|wrong| wrong.hint)
            }
            (Shape::Scalar { text, .. }, FieldKind::Texts(_) | FieldKind::Layers(_) | FieldKind::Maps(_)) => {
                Some(as_list(text)).filter(|_| !self.tree.node(id).is_null() && text.len() <= SHORT)
            }
            (Shape::Scalar { text, .. }, FieldKind::Flag | FieldKind::Number { .. })
                if text.contains("${") =>
            {
                self.unfilled(text)
            }
            (Shape::Scalar { text, plain }, FieldKind::Flag) => as_flag(text, *plain),
            (Shape::Scalar { text, .. }, FieldKind::Map(table) | FieldKind::Layer(table)) => {
                as_map(text).or_else(|| as_field(text, table))
            }
            (Shape::Scalar { text, .. }, _) if kind.noun() == "a map" => as_map(text),
            (Shape::Map(_), FieldKind::Layers(table)) if table.field("where").is_some() => {
                Some("it is a list: each begins with `- location: NAME` or `- where: {…}`".to_owned())
            }
            (Shape::Scalar { text, plain: false }, FieldKind::Number { .. })
                if text.parse::<u32>().is_ok() =>
            {
                Some(format!("write `{text}`, without quotes"))
            }
            (Shape::List(items), _) if kind.noun().ends_with("a map") => as_one_map(self.tree, items),
            _ => None,
        };
        self.complain(id, &kind.noun(), hint);
    }

    fn complain(&mut self, id: NodeId, wanted: &str, hint: Option<String>) {
        let node = self.tree.node(id);
        let is_unquoted = wanted.starts_with("a whole number") || wanted == "`true` or `false`";
        let is_quoted = matches!(node.shape, Shape::Scalar { plain: false, .. }) && is_unquoted;
        let found = if is_quoted { format!("the text {}", node.kind()) } else { node.kind() };
        let message = format!("{} must be {wanted}, not {found}", self.name());
        self.wrong_shape(Diagnostic::error("wrong-type", message).maybe_hint(hint), Part::Value);
    }

    fn keep(&mut self, checked: Result<(), Diagnostic>) {
        if let Err(diagnostic) = checked {
            self.push(diagnostic, Part::Value);
        }
    }

    fn push(&mut self, diagnostic: Diagnostic, part: Part) {
        let place = self.place(None, part);
        self.problems.push(diagnostic.at(place));
    }

    fn wrong_shape(&mut self, diagnostic: Diagnostic, part: Part) {
        self.push(diagnostic, part);
        self.misshapen.0.push(self.path.iter().map(PathStep::owned).collect());
    }

    fn name(&self) -> String {
        named(&self.path)
    }

    fn place(&self, below: Option<PathStep<'_>>, part: Part) -> Place {
        let path = self.path.iter().copied().chain(below).map(|step| step.owned()).collect();
        Place::Node { file: self.tree.source.path.clone(), path, part }
    }
}

impl PathStep<'_> {
    fn owned(&self) -> Segment {
        match self {
            Self::Key(key) => Segment::Key((*key).to_owned()),
            Self::Index(n) => Segment::Index(*n),
        }
    }
}

/// After so many findings, nobody sees what else could be said of one.
const MANY: usize = 500;

/// With the key that may have been meant, or all keys that there are.
fn advised(unknown: Diagnostic, key: &str, table: &'static Table) -> Diagnostic {
    match (table.meant(key), table.listing()) {
        (Some(hint), _) => unknown.hint(hint),
        (None, Some(listing)) => unknown.note(listing),
        (None, None) => unknown,
    }
}

/// `Size` of `["parameters", "Size"]`, in backticks.
fn named(path: &[PathStep<'_>]) -> String {
    match path {
        [] => "the file".to_owned(),
        [.., PathStep::Key(key)] => format!("`{key}`"),
        [.., PathStep::Key(key), PathStep::Index(n)] => format!("item {} of `{key}`", n + 1),
        [.., PathStep::Index(n)] => format!("item {}", n + 1),
    }
}

fn fits(kind: &FieldKind, shape: &Shape<'_>) -> bool {
    match kind {
        FieldKind::Text(_) | FieldKind::Literal(_) | FieldKind::Flag | FieldKind::Number { .. } => {
            matches!(shape, Shape::Scalar { .. })
        }
        FieldKind::Texts(_) | FieldKind::Layers(_) | FieldKind::Maps(_) => matches!(shape, Shape::List(_)),
        FieldKind::Map(_) | FieldKind::Layer(_) | FieldKind::Named(_) | FieldKind::Values(_) => {
            matches!(shape, Shape::Map(_))
        }
        FieldKind::Either(kinds) => kinds.iter().any(|kind| fits(kind, shape)),
        FieldKind::Anything | FieldKind::NotYet | FieldKind::Elsewhere(_) | FieldKind::Trusted => true,
    }
}

/// What YAML calls a boolean.
pub(super) fn flag(tree: &Tree<'_>, id: NodeId) -> Option<bool> {
    match &tree.node(id).shape {
        Shape::Scalar { text, plain: true } => match &**text {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A whole number from 0, as YAML writes them; one with a leading zero is none.
pub(super) fn number(tree: &Tree<'_>, id: NodeId) -> Option<u32> {
    let Shape::Scalar { text, plain: true } = &tree.node(id).shape else {
        return None;
    };
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u32::from_str_radix(digits, radix).ok();
        }
    }
    let led_by_zero = text.len() > 1 && text.starts_with('0');
    text.parse().ok().filter(|_| !led_by_zero)
}

#[cfg(test)]
mod tests {
    use super::super::fields::DECLARATIONS;
    use super::super::yaml;
    use super::*;
    use provisor_model::diagnostic::Source;

    #[test]
    fn advice_ends_where_nobody_reads_it() {
        let text: String = (0..2 * MANY).map(|n| format!("default{n}: x\n")).collect();
        let source = Source { path: "a.yaml".into(), text: text.into() };
        let mut problems = Diagnostics::default();
        let tree = yaml::read(&source, &mut problems).unwrap();
        check(&tree, &DECLARATIONS, &mut problems);
        let advised = problems.0.iter().filter(|one| one.hint.is_some() || !one.notes.is_empty());
        assert_eq!((problems.0.len(), advised.count()), (2 * MANY, MANY));
    }
}

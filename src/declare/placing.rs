//! Where a declaration stands: `location`, `locations` and the locations that an override speaks of.

use super::document::Declaration;
use super::expression::Fault;
use super::record::Shape;
use super::scope::Scope;
use super::selecting::selected;
use super::value::plain_text;
use super::yaml::{NodeId, Tree};
use super::{Location, Settings};
use crate::model::diagnostic::{Diagnostic, Segment};
use crate::model::ids::LocationName;

/// What is wrong, and below which field of the declaration.
pub(super) type Misplaced = (Vec<Segment>, Fault);

/// The locations of one layer; `None` if it names none.
pub(super) fn chosen(
    tree: &Tree<'_>,
    node: Option<NodeId>,
    fields: &Declaration,
    scope: &Scope<'_>,
    settings: &Settings,
) -> Result<Option<Vec<LocationName>>, Misplaced> {
    if fields.selector.is_some() {
        let diagnostic =
            Diagnostic::error("unknown-key", "`where` stands below `locations`, or in an override");
        return Err((at("where", None), diagnostic.into()));
    }
    match (&fields.location, &fields.locations) {
        (Some(_), Some(_)) => {
            let message = "`location` and `locations` are both given, and only one may be";
            Err((at("locations", None), Diagnostic::error("both-given", message).into()))
        }
        (Some(text), None) => {
            let found = scope.known("location", text).and_then(|text| Ok(settings.one(&text)?));
            found.map(|name| Some(vec![name])).map_err(|fault| (at("location", None), fault))
        }
        (None, Some(Shape::Text(text))) => several(settings, scope, [Some(text.clone())])
            .map(Some)
            .map_err(|(_, fault)| (at("locations", None), fault)),
        (None, Some(Shape::Map(selector))) => selected(tree, node, selector, scope, settings).map(Some),
        (None, Some(Shape::List)) => {
            let items =
                node.and_then(|node| tree.get(node, "locations")).map_or(&[][..], |id| tree.items(id));
            let texts = items.iter().map(|item| plain_text(tree, *item).ok().flatten());
            let found =
                several(settings, scope, texts).map_err(|(n, fault)| (at("locations", Some(n)), fault))?;
            if found.is_empty() {
                return Err((
                    at("locations", None),
                    Diagnostic::error("matches-nothing", "`locations` is empty").into(),
                ));
            }
            Ok(Some(found))
        }
        (None, None) => Ok(None),
    }
}

fn at(field: &str, item: Option<usize>) -> Vec<Segment> {
    [Segment::Key(field.to_owned())].into_iter().chain(item.map(Segment::Index)).collect()
}

/// What a list of names and globs means, in the order of the list, each location once.
pub(super) fn several(
    settings: &Settings,
    scope: &Scope<'_>,
    texts: impl IntoIterator<Item = Option<String>>,
) -> Result<Vec<LocationName>, (usize, Fault)> {
    let mut names: Vec<LocationName> = Vec::new();
    for (n, text) in texts.into_iter().enumerate() {
        let text =
            text.ok_or_else(|| (n, Diagnostic::error("wrong-type", "a location is named by a text").into()))?;
        let known = scope.known("locations", &text).map_err(|fault| (n, fault))?;
        for name in settings.some(&known).map_err(|diagnostic| (n, diagnostic.into()))? {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(names)
}

impl Settings {
    /// The one location that `location:` names.
    fn one(&self, text: &str) -> Result<LocationName, Diagnostic> {
        match self.named(text).as_deref() {
            Some([name]) => Ok(name.clone()),
            Some(names) => Err(Diagnostic::error(
                "ambiguous",
                format!("`{text}` is several locations: {}", listing(names)),
            )
            .hint(format!("name one of them, or write `locations: [{text}]` for all"))),
            None => Err(self.unknown_location(text)),
        }
    }

    /// The locations that an item of `locations:` names: a location, all of an account, or a glob over both halves.
    pub(super) fn some(&self, text: &str) -> Result<Vec<LocationName>, Diagnostic> {
        if !text.contains('*') {
            return self.named(text).ok_or_else(|| self.unknown_location(text));
        }
        let (account, region) = text.split_once('/').unwrap_or((text, "*"));
        let fits = |l: &&Location| matches(account, &l.account) && matches(region, l.region.as_str());
        let found: Vec<_> =
            self.locations.values().filter(fits).map(|location| location.name.clone()).collect();
        if found.is_empty() {
            return Err(Diagnostic::error("matches-nothing", format!("no location matches `{text}`")));
        }
        Ok(found)
    }

    /// The location of a declaration that names none.
    pub(super) fn only(&self) -> Result<LocationName, Diagnostic> {
        let names: Vec<_> = self.locations.keys().cloned().collect();
        match names.as_slice() {
            [name] => Ok(name.clone()),
            _ => Err(Diagnostic::error("missing", "no `location` is given, and there are several")
                .note(format!("there is {}", listing(&names)))
                .hint("write `location: …` or `locations: […]`")),
        }
    }
}

fn listing(names: &[LocationName]) -> String {
    let shown: Vec<String> = names.iter().take(10).map(|name| format!("`{name}`")).collect();
    let more =
        names.len().checked_sub(10).filter(|n| *n > 0).map_or_else(String::new, |n| format!(" and {n} more"));
    format!("{}{more}", shown.join(", "))
}

/// Whether a glob, in which only `*` is special, matches the whole text.
pub(super) fn matches(glob: &str, text: &str) -> bool {
    let Some((head, rest)) = glob.split_once('*') else {
        return glob == text;
    };
    let Some(mut text) = text.strip_prefix(head) else {
        return false;
    };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        let Some(at) = text.find(part) else { return false };
        text = text.get(at + part.len()..).unwrap_or_default();
    }
    true
}

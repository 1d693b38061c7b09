//! `location` and `locations`: on which locations one layer says that a declaration stands.

use super::conditions::fulfilling;
use super::misplaced::Misplaced;
use super::names;
use crate::declare::Settings;
use crate::declare::references::Context;
use crate::declare::yaml::{NodeId, Shape, Tree};
use crate::model::diagnostic::Diagnostic;
use crate::model::ids::LocationName;

/// The locations of one layer; `None` if it names none.
pub(super) fn chosen(
    tree: &Tree<'_>,
    layer: NodeId,
    context: &Context<'_>,
    settings: &Settings,
) -> Result<Option<Vec<LocationName>>, Misplaced> {
    if let Some(text) = tree.given(layer, "location").and_then(|id| tree.text(id)) {
        let found = context.known("location", text).and_then(|text| Ok(names::one(settings, &text)?));
        return found.map(|name| Some(vec![name])).map_err(|fault| Misplaced::field("location", fault));
    }
    let Some(id) = tree.given(layer, "locations") else {
        return Ok(None);
    };
    let found = match &tree.node(id).shape {
        Shape::Scalar { text, .. } => names::several(settings, context, [&**text])
            .map_err(|(_, fault)| Misplaced::field("locations", fault))?,
        Shape::List(items) => {
            let texts = items.iter().filter_map(|item| tree.text(*item));
            names::several(settings, context, texts)
                .map_err(|(n, fault)| Misplaced::field("locations", fault).item(n))?
        }
        Shape::Map(_) => return selected(tree, id, context, settings).map(Some),
    };
    if found.is_empty() {
        let diagnostic = Diagnostic::error("matches-nothing", "`locations` is empty");
        return Err(Misplaced::field("locations", diagnostic));
    }
    Ok(Some(found))
}

/// The locations that `locations: {where: …, except: …}` means.
fn selected(
    tree: &Tree<'_>,
    selector: NodeId,
    context: &Context<'_>,
    settings: &Settings,
) -> Result<Vec<LocationName>, Misplaced> {
    let mut found = fulfilling(tree, tree.given(selector, "where"), settings)
        .map_err(|misplaced| misplaced.inside("locations"))?;
    let except = tree.given(selector, "except").map_or(&[][..], |id| tree.items(id));
    let texts = except.iter().filter_map(|item| tree.text(*item));
    let except = names::several(settings, context, texts)
        .map_err(|(n, fault)| Misplaced::field("except", fault).item(n).inside("locations"))?;
    found.retain(|name| !except.contains(name));
    if found.is_empty() {
        let diagnostic = Diagnostic::error("matches-nothing", "no location fits");
        return Err(Misplaced::field("where", diagnostic).inside("locations"));
    }
    Ok(found)
}

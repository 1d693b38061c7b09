//! From tree to sections, with the loops of AWS::LanguageExtensions written out: at load as far as defaults go, again
//! with a stack's own values.

use std::collections::BTreeMap;

use serde_json::Value;

use super::form::Names;
use super::loops::{expand, has_loops};
use super::sections::{head, sections};
use crate::template::error::TemplateError;
use crate::template::evaluate::Evaluation;
use crate::template::place::Place;
use crate::template::references;
use crate::template::sections::Sections;
use crate::template::transforms::Transforms;
use crate::template::validation;
use crate::tree::Node;

/// Whether the template's sections depend on the stack's values.
pub(crate) fn is_looped(tree: &Node) -> bool {
    Transforms::of(tree).language && has_loops(tree)
}

/// The sections as far as the text and its defaults tell.
pub(crate) fn at_load(tree: &Node, names: Names) -> Result<Sections, TemplateError> {
    if !is_looped(tree) {
        let found = sections(tree, names)?;
        required(tree, &found)?;
        return Ok(found);
    }
    let head = head(tree)?;
    let defaults = defaults(&head);
    let nowhere = Place { account_id: "", region: "", stack_name: "", stack_id: "", notification_arns: &[] };
    let unknown = std::cell::Cell::new(false);
    let items = |collection: &Node| {
        let known = references::is_settled(collection, &defaults);
        let found = if known { items(&head, &defaults, &nowhere, collection).ok() } else { None };
        unknown.set(unknown.get() || found.is_none());
        Ok(found)
    };
    let expanded = expand(tree, &items)?;
    let mut found = sections(&expanded, names)?;
    found.transformed |= unknown.get();
    required(&expanded, &found)?;
    Ok(found)
}

/// Refuses a template without resources, unless what is not seen here may add some.
fn required(tree: &Node, sections: &Sections) -> Result<(), TemplateError> {
    if sections.resources.is_empty() && !sections.transformed {
        return Err(TemplateError::format(tree, "At least one Resources member must be defined."));
    }
    Ok(())
}

/// The tree without loops.
pub(crate) fn unrolled(
    tree: &Node,
    values: &BTreeMap<String, String>,
    place: &Place<'_>,
) -> Result<Node, TemplateError> {
    if !is_looped(tree) {
        return Ok(tree.clone());
    }
    let head = head(tree)?;
    expand(tree, &|collection: &Node| items(&head, values, place, collection).map(Some))
}

/// The sections with these values; the error is what the stack operation is rejected with.
pub(crate) fn with_values(
    tree: &Node,
    values: &BTreeMap<String, String>,
    place: &Place<'_>,
) -> Result<Sections, String> {
    let read = || {
        let tree = unrolled(tree, values, place)?;
        let found = sections(&tree, Names::Variables)?;
        required(&tree, &found)?;
        validation::validate(&found)?;
        Ok(found)
    };
    read().map_err(|error: TemplateError| error.plain())
}

fn defaults(head: &Sections) -> BTreeMap<String, String> {
    let parameters = head.parameters.iter();
    parameters.filter_map(|p| Some((p.key.clone(), p.default.clone()?))).collect()
}

fn items(
    head: &Sections,
    values: &BTreeMap<String, String>,
    place: &Place<'_>,
    collection: &Node,
) -> Result<Vec<String>, String> {
    let mut evaluation = Evaluation::before_resources(head, values, place);
    let value = evaluation.value(collection)?;
    let Value::Array(items) = value else {
        return Err("Fn::ForEach layout is incorrect: the collection is not a list".to_owned());
    };
    let texts = items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
    texts.ok_or_else(|| "Fn::ForEach layout is incorrect: the collection holds more than strings".to_owned())
}

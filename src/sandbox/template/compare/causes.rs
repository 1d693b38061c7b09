//! Why a resource changes: property by property, from the text, the parameters and the resources it refers to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::change::{ChangeDetail, ChangeSource, EvaluationType};
use crate::template::evaluate::{Evaluated, Evaluation};
use crate::template::guess::{Replacement, recreation};
use crate::template::place::Place;
use crate::template::references::parameters_behind;
use crate::template::sections::{REF, ResourceDeclaration, Sections};
use crate::template::unresolved::Block;
use crate::tree::Node;

const ATTRIBUTES: [&str; 5] =
    ["Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy"];

/// A version of a stack: its sections and its values.
pub(crate) type Version<'a> = (&'a Sections, &'a BTreeMap<String, String>);

/// Two versions of a stack, evaluated.
pub(crate) struct Compared<'a> {
    pub old: Version<'a>,
    pub new: Version<'a>,
    pub known: &'a HashMap<&'a str, &'a Evaluated>,
    pub after: &'a [Evaluated],
    pub place: &'a Place<'a>,
}

/// Something that may change: a property or another attribute of a resource.
struct Target {
    attribute: &'static str,
    name: Option<String>,
    recreation: Replacement,
    /// What it refers to, with the new values.
    refers_to: BTreeSet<(String, String)>,
    differs: bool,
}

impl Target {
    fn detail(
        &self,
        evaluation: EvaluationType,
        source: ChangeSource,
        entity: Option<String>,
    ) -> ChangeDetail {
        ChangeDetail {
            attribute: self.attribute,
            name: self.name.clone(),
            recreation: self.recreation,
            evaluation,
            source,
            causing_entity: entity,
        }
    }
}

/// The reasons for each resource that is in both versions and changes.
pub(crate) fn details(compared: &Compared<'_>) -> Result<HashMap<String, Vec<ChangeDetail>>, String> {
    let mut evaluation = Evaluation::new(compared.new.0, compared.new.1, compared.place);
    evaluation.block = Block::Resources;
    let mut found: HashMap<String, Vec<ChangeDetail>> = HashMap::new();
    let mut targets = Vec::new();
    for new in compared.after {
        let id = new.resource.logical_id.as_str();
        let (Some(old), Some(declaration)) = (compared.known.get(id), compared.new.0.resource(id)) else {
            continue;
        };
        for (attribute, name) in names(old, new) {
            let node = node(declaration, attribute, name);
            let refers_to =
                node.map_or_else(|| Ok(BTreeSet::new()), |node| refers_to(&mut evaluation, node))?;
            let recreation = match name {
                Some(name) if attribute == "Properties" => recreation(&new.resource.kind, name),
                _ => Replacement::False,
            };
            let shown = name.filter(|_| attribute == "Properties").map(str::to_owned);
            let differs = value(old, attribute, name) != value(new, attribute, name);
            let target = Target { attribute, name: shown, recreation, refers_to, differs };
            let reasons = if differs { compared.reasons(&target, id, name) } else { Vec::new() };
            if !reasons.is_empty() {
                found.entry(id.to_owned()).or_default().extend(reasons);
            }
            targets.push((id, target));
        }
    }
    spread(&targets, &mut found);
    Ok(found)
}

/// Everything of a resource that may change: attributes, then properties by name.
fn names<'e>(old: &'e Evaluated, new: &'e Evaluated) -> Vec<(&'static str, Option<&'e str>)> {
    let properties = |evaluated: &'e Evaluated| {
        evaluated.body.get("Properties").and_then(Value::as_object).into_iter().flat_map(|map| map.keys())
    };
    let names: BTreeSet<&str> = properties(old).chain(properties(new)).map(String::as_str).collect();
    let properties =
        names.into_iter().map(|name| (if name == "Tags" { "Tags" } else { "Properties" }, Some(name)));
    ATTRIBUTES.into_iter().map(|attribute| (attribute, None)).chain(properties).collect()
}

fn node<'t>(
    declaration: &'t ResourceDeclaration,
    attribute: &str,
    property: Option<&str>,
) -> Option<&'t Node> {
    match property {
        Some(name) => declaration.property(name),
        None => declaration.body.get(attribute),
    }
}

fn value<'e>(evaluated: &'e Evaluated, attribute: &str, property: Option<&str>) -> Option<&'e Value> {
    match property {
        Some(name) => evaluated.body.get("Properties")?.get(name),
        None => evaluated.body.get(attribute),
    }
}

fn refers_to<'t>(
    evaluation: &mut Evaluation<'t>,
    node: &'t Node,
) -> Result<BTreeSet<(String, String)>, String> {
    evaluation.used.clear();
    evaluation.value(node)?;
    Ok(std::mem::take(&mut evaluation.used))
}

impl Compared<'_> {
    /// The reasons that text and parameters give.
    fn reasons(&self, target: &Target, id: &str, property: Option<&str>) -> Vec<ChangeDetail> {
        let attribute = target.attribute;
        let text = |version: &Version<'_>| Some(node(version.0.resource(id)?, attribute, property)?.json());
        let direct = target.detail(EvaluationType::Static, ChangeSource::DirectModification, None);
        if text(&self.old) != text(&self.new) {
            return vec![direct];
        }
        let node = self.new.0.resource(id).and_then(|declaration| node(declaration, attribute, property));
        let behind = node.map_or_else(BTreeSet::new, |node| parameters_behind(self.new.0, node));
        let moved: Vec<&str> =
            behind.into_iter().filter(|key| self.old.1.get(*key) != self.new.1.get(*key)).collect();
        if moved.is_empty() {
            // a mapping or a condition, unless it turns out to come from a resource
            return if target.refers_to.is_empty() { vec![direct] } else { Vec::new() };
        }
        let by = |key: &str| {
            let entity = Some(key.to_owned());
            target.detail(EvaluationType::Static, ChangeSource::ParameterReference, entity)
        };
        let dynamic = ChangeDetail { evaluation: EvaluationType::Dynamic, ..direct };
        std::iter::once(dynamic).chain(moved.into_iter().map(by)).collect()
    }
}

/// Adds the reasons that other resources' changes give, until there are no more.
fn spread(targets: &[(&str, Target)], found: &mut HashMap<String, Vec<ChangeDetail>>) {
    let mut told = BTreeSet::new();
    loop {
        let state: BTreeMap<String, Replacement> = found
            .iter()
            .filter(|(_, details)| details.iter().any(touches))
            .filter_map(|(id, details)| {
                Some((id.clone(), details.iter().map(ChangeDetail::replacement).max()?))
            })
            .collect();
        let before = told.len();
        for (place, (id, target)) in targets.iter().enumerate() {
            for (other, attribute) in &target.refers_to {
                let Some(detail) = caused(target, other, attribute, &state) else { continue };
                if told.insert((place, other, attribute)) {
                    found.entry((*id).to_owned()).or_default().push(detail);
                }
            }
        }
        if told.len() == before && !unexplained(targets, found) {
            return;
        }
    }
}

/// Whether a change reaches the resource itself, and with it what others read from it.
fn touches(detail: &ChangeDetail) -> bool {
    matches!(detail.attribute, "Properties" | "Tags")
}

/// Adds what changes without any reason found; whether there was something.
fn unexplained(targets: &[(&str, Target)], found: &mut HashMap<String, Vec<ChangeDetail>>) -> bool {
    let mut any = false;
    for (id, target) in targets.iter().filter(|(_, target)| target.differs) {
        let details = found.entry((*id).to_owned()).or_default();
        let told = |d: &ChangeDetail| d.attribute == target.attribute && d.name == target.name;
        if !details.iter().any(told) {
            details.push(target.detail(EvaluationType::Static, ChangeSource::DirectModification, None));
            any = true;
        }
    }
    any
}

fn caused(
    target: &Target,
    other: &str,
    attribute: &str,
    state: &BTreeMap<String, Replacement>,
) -> Option<ChangeDetail> {
    let replacement = state.get(other)?;
    let (source, entity) = match attribute {
        // what stays keeps its identifier
        REF if *replacement == Replacement::False => return None,
        REF => (ChangeSource::ResourceReference, other.to_owned()),
        _ => (ChangeSource::ResourceAttribute, format!("{other}.{attribute}")),
    };
    Some(target.detail(EvaluationType::Dynamic, source, Some(entity)))
}

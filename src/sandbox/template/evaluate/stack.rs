//! "Creating" a stack: conditions, then every resource's properties, then the outputs, as CloudFormation goes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Evaluation, circular};
use crate::template::references;
use crate::template::sections::{OutputDeclaration, REF, ResourceDeclaration, is_policy};
use crate::template::unresolved::Block;
use crate::template::validation::without_ends;

/// An output of a created stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The output's name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What it is.
    pub description: Option<String>,
    /// The name that other stacks of the account and region import it by.
    pub export: Option<String>,
}

/// A resource of a created stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The name in the template.
    pub logical_id: String,
    /// The resource type, for example `AWS::S3::Bucket`.
    pub kind: String,
    /// What `Ref` gives.
    pub physical_id: String,
}

/// What creating a stack yields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stack {
    /// Outputs whose condition holds, in the template's order.
    pub outputs: Vec<Output>,
    /// Resources whose condition holds, in the template's order.
    pub resources: Vec<Resource>,
    /// The names that `Fn::ImportValue` asked for.
    pub imports: BTreeSet<String>,
}

/// A resource and everything its declaration evaluates to.
#[derive(Debug, Clone)]
pub(crate) struct Evaluated {
    pub resource: Resource,
    /// The declaration's members (`Properties`, `Metadata`, …) evaluated.
    pub body: Value,
}

/// Creates a stack.
pub(crate) fn create(mut evaluation: Evaluation<'_>) -> Result<Stack, String> {
    let sections = evaluation.sections;
    let resources = resources(&mut evaluation)?;
    evaluation.block = Block::Outputs;
    let mut outputs = Vec::new();
    for declaration in &sections.outputs {
        outputs.extend(output(&mut evaluation, declaration)?);
    }
    refuse_twice(&outputs)?;
    let resources = resources.into_iter().map(|evaluated| evaluated.resource).collect();
    Ok(Stack { outputs, resources, imports: evaluation.imported })
}

/// A stack exports a name once.
fn refuse_twice(outputs: &[Output]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let names = outputs.iter().filter_map(|output| output.export.as_deref());
    let twice: BTreeSet<&str> = names.filter(|name| !seen.insert(*name)).collect();
    if twice.is_empty() {
        return Ok(());
    }
    let twice = twice.into_iter().collect::<Vec<_>>().join(", ");
    Err(format!(
        "Template format error: The Outputs section contains duplicate Export names: [{twice}]. Specify a unique \
         name for each export."
    ))
}

/// Evaluates the resources whose condition holds.
pub(crate) fn resources(evaluation: &mut Evaluation<'_>) -> Result<Vec<Evaluated>, String> {
    evaluation.all_conditions()?;
    evaluation.block = Block::Resources;
    let sections = evaluation.sections;
    // so that no chain is too long; what is wrong is told below, in the template's order
    for declaration in references::in_order(sections) {
        evaluation
            .trial(|it| Ok(it.exists(declaration)? && it.resource(&declaration.logical_id, REF).is_ok()));
    }
    let mut resources = Vec::new();
    let mut needs: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for declaration in &sections.resources {
        if evaluation.exists(declaration)? {
            resources.push(resource(evaluation, declaration)?);
            let used = std::mem::take(&mut evaluation.used);
            needs.insert(
                &declaration.logical_id,
                used.into_iter().map(|(name, _)| name).chain(declaration.depends_on.clone()).collect(),
            );
        }
    }
    // macros cut circles: a serverless function may name the alarm that watches it
    if !sections.transformed {
        refuse_cycles(&needs)?;
    }
    Ok(resources)
}

fn resource<'t>(
    evaluation: &mut Evaluation<'t>,
    declaration: &'t ResourceDeclaration,
) -> Result<Evaluated, String> {
    evaluation.used.clear();
    let physical_id = evaluation.resource(&declaration.logical_id, REF)?;
    evaluation.used.clear();
    let body = evaluation.value(&declaration.body)?;
    for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
        if let Some(value) = body.get(policy).filter(|value| !value.as_str().is_some_and(is_policy)) {
            return Err(no_policy(evaluation, policy, value, &declaration.logical_id));
        }
    }
    let resource = Resource {
        logical_id: declaration.logical_id.clone(),
        kind: declaration.kind.clone(),
        physical_id: physical_id.as_str().unwrap_or_default().to_owned(),
    };
    Ok(Evaluated { resource, body })
}

/// CloudFormation's words for what a policy was computed to.
fn no_policy(evaluation: &Evaluation<'_>, policy: &str, value: &Value, logical_id: &str) -> String {
    match value.as_str() {
        _ if evaluation.sections.transforms.extended() => format!(
            "Transform AWS::LanguageExtensions failed with: Unsupported expression for {policy} in resource \
             {logical_id}"
        ),
        Some(text) => {
            format!("Template format error: Unrecognized {policy} {text} for resource {logical_id}")
        }
        None => format!("Template format error: Every {policy} member must be a string."),
    }
}

/// What remains when all is taken away that needs nothing that is left needs itself.
fn refuse_cycles(needs: &BTreeMap<&str, BTreeSet<String>>) -> Result<(), String> {
    let names = needs.iter().map(|(name, needed)| (*name, needed.iter().map(String::as_str).collect()));
    let left: Vec<String> = without_ends(&names.collect()).into_keys().map(str::to_owned).collect();
    if left.is_empty() { Ok(()) } else { Err(circular(&left)) }
}

fn output<'t>(
    evaluation: &mut Evaluation<'t>,
    declaration: &'t OutputDeclaration,
) -> Result<Option<Output>, String> {
    if let Some(condition) = &declaration.condition
        && !evaluation.condition(condition)?
    {
        return Ok(None);
    }
    match evaluation.value(&declaration.value)? {
        Value::String(value) => {
            let (key, description) = (declaration.key.clone(), declaration.description.clone());
            let export =
                declaration.export.as_ref().map(|name| evaluation.text(name, "Export")).transpose()?;
            Ok(Some(Output { key, value, description, export }))
        }
        other => {
            let form = if other.is_array() { " and not a List" } else { "" };
            Err(format!(
                "Template format error: The Value field of every Outputs member must evaluate to a String{form}."
            ))
        }
    }
}

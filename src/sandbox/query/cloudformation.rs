//! CloudFormation's reads of single stacks and lists of them, as XML.

use std::collections::BTreeMap;

use super::resource_status::ResourceStatus;
use super::stacks::{Stack, View};
use super::xml::{element, empty, members, optional, wrap};
use super::{Query, QueryAnswer, error, stack_sets, success, valid};
use crate::clock::rfc3339;
use crate::template::{Parameter, Resource, Template};
use crate::wire::{page, token_of, tokens_cursor};
use crate::world::{Cursor, Output};

const NAMESPACE: &str = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
/// How many stacks or resources one answer holds.
const PAGE: usize = 100;

/// Answers a call, or says why not: code and message.
pub(super) fn answer(query: &Query<'_>, view: Option<View<'_>>) -> QueryAnswer {
    let of_a_set = match query.action {
        "DescribeStackSet" => Some(stack_sets::describe(query, view)),
        "ListStackInstances" => Some(stack_sets::instances(query, view)),
        _ => None,
    };
    match of_a_set {
        Some(Ok(inner)) => return success(query, NAMESPACE, &inner),
        Some(Err(refusal)) => return error(query, refusal.code, &refusal.message),
        None => {}
    }
    let result = match query.action {
        "DescribeStacks" => describe_stacks(query, view),
        "ListStacks" => list_stacks(query, view),
        "ListExports" => list_exports(query, view),
        "GetTemplate" => stack(query, view).and_then(|stack| get_template(query, &stack)),
        "GetTemplateSummary" => stack(query, view).and_then(|stack| template_summary(&stack)),
        "DescribeStackResources" => describe_resources(query, view),
        "DescribeStackResource" => stack(query, view).and_then(|stack| describe_resource(query, &stack)),
        "ListStackResources" => stack(query, view).and_then(|stack| list_resources(query, &stack)),
        other => {
            let message = format!("The action {other} is not simulated here");
            return error(query, "InvalidAction", &message);
        }
    };
    match result {
        Ok(inner) => success(query, NAMESPACE, &inner),
        Err(message) => error(query, "ValidationError", &message),
    }
}

fn stack<'a>(query: &Query<'_>, view: Option<View<'a>>) -> Result<Stack<'a>, String> {
    let name = valid::stack_name(query.get("StackName"))?;
    let found = view.and_then(|view| view.find(name));
    found.ok_or_else(|| format!("Stack with id {name} does not exist"))
}

fn describe_stacks(query: &Query<'_>, view: Option<View<'_>>) -> Result<String, String> {
    match query.get("StackName") {
        Some(_) => Ok(wrap("Stacks", &described(&stack(query, view)?))),
        None => paged(query, view, "Stacks", described),
    }
}

fn list_stacks(query: &Query<'_>, view: Option<View<'_>>) -> Result<String, String> {
    let wanted: Vec<&str> = query.list("StackStatusFilter.member.").collect();
    valid::each_of("stackStatusFilter", &wanted, &valid::STATUSES)?;
    paged(query, view, "StackSummaries", |stack| {
        if wanted.is_empty() || wanted.contains(&stack.state.status) {
            wrap("member", &head(stack, "TemplateDescription"))
        } else {
            String::new()
        }
    })
}

fn list_exports(query: &Query<'_>, view: Option<View<'_>>) -> Result<String, String> {
    let exports = view.map_or_else(BTreeMap::new, |view| view.world.exports(view.now, ""));
    let there: Vec<_> =
        exports.iter().filter_map(|(name, it)| Some((name, it.stack_id, it.value?))).collect();
    let page = page(&there, Some(PAGE), query.get("NextToken"), PAGE, "exports");
    let page = page.map_err(|fault| fault.message)?;
    let rows = page.items.iter().map(|(name, stack_id, value)| {
        element("ExportingStackId", stack_id) + &element("Name", name) + &element("Value", value)
    });
    Ok(members("Exports", rows) + &optional("NextToken", page.next.as_deref()))
}

fn paged(
    query: &Query<'_>,
    view: Option<View<'_>>,
    list: &str,
    write: impl Fn(&Stack<'_>) -> String,
) -> Result<String, String> {
    let cursor = match query.get("NextToken") {
        None => None,
        Some(token) => Some(tokens_cursor::<Cursor>(token, list).map_err(|fault| fault.message)?),
    };
    let Some(view) = view else { return Ok(empty(list)) };
    let (stacks, next) = view.page(cursor.as_ref(), PAGE);
    let rows: String = stacks.iter().map(write).collect();
    Ok(wrap(list, &rows) + &optional("NextToken", next.map(|cursor| token_of(&cursor, list)).as_deref()))
}

/// What descriptions and summaries share.
fn head(stack: &Stack<'_>, description: &str) -> String {
    let state = &stack.state;
    let template = stack.artifact.map(|artifact| &artifact.template);
    [
        element("StackId", stack.id),
        element("StackName", &stack.name),
        optional(description, template.and_then(Template::description)),
        element("CreationTime", &rfc3339(state.created)),
        optional("LastUpdatedTime", state.updated.map(rfc3339).as_deref()),
        optional("DeletionTime", state.deleting.map(rfc3339).as_deref()),
        element("StackStatus", state.status),
        optional("StackStatusReason", state.reason),
        wrap("DriftInformation", &element("StackDriftStatus", "NOT_CHECKED")),
    ]
    .concat()
}

fn described(stack: &Stack<'_>) -> String {
    let resolved = stack.resolved();
    let parameter = |(key, value): (&String, &String)| {
        let shown = if stack.hides(key) { "****" } else { value.as_str() };
        let resolved = resolved.get(key).map(String::as_str);
        let rows = [("ParameterKey", Some(key.as_str())), ("ParameterValue", Some(shown))];
        let rows = rows.into_iter().chain([("ResolvedValue", resolved)]);
        rows.map(|(name, text)| optional(name, text)).collect()
    };
    let output = |output: &&Output| {
        element("OutputKey", &output.key)
            + &element("OutputValue", &output.value)
            + &optional("Description", output.description.as_deref())
            + &optional("ExportName", output.export.as_deref())
    };
    let tag = |(key, value): (&String, &String)| element("Key", key) + &element("Value", value);
    let capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"];
    let plain = |text: &str| element("member", text);
    let inner = [
        head(stack, "Description"),
        empty("RollbackConfiguration"),
        element("DisableRollback", "false"),
        element("EnableTerminationProtection", "false"),
        wrap("NotificationARNs", &stack.notification_arns.iter().map(|arn| plain(arn)).collect::<String>()),
        wrap("Capabilities", &capabilities.map(plain).concat()),
        optional("RoleARN", stack.role_arn),
        members("Parameters", stack.parameters.iter().map(parameter)),
        members("Outputs", stack.outputs.iter().map(output)),
        members("Tags", stack.tags.iter().map(tag)),
    ];
    wrap("member", &inner.concat())
}

fn get_template(query: &Query<'_>, stack: &Stack<'_>) -> Result<String, String> {
    let stage = query.get("TemplateStage").unwrap_or("Original");
    valid::one_of("templateStage", stage, &["Original", "Processed"])?;
    let artifact = stack.artifact.ok_or_else(|| gone(stack))?;
    let stages = ["Original", "Processed"].map(|stage| element("member", stage)).concat();
    let processed = if stage == "Processed" { stack.processed() } else { None };
    let body = processed.as_deref().unwrap_or(&artifact.template_body);
    Ok(element("TemplateBody", body) + &wrap("StagesAvailable", &stages))
}

fn gone(stack: &Stack<'_>) -> String {
    format!("The template of {} has left the world file", stack.name)
}

fn template_summary(stack: &Stack<'_>) -> Result<String, String> {
    let template = &stack.artifact.ok_or_else(|| gone(stack))?.template;
    let parameter = |parameter: &Parameter| {
        let values =
            parameter.allowed_values.iter().map(|value| element("member", value)).collect::<String>();
        element("ParameterKey", &parameter.key)
            + &element("ParameterType", &parameter.kind)
            + &element("NoEcho", if parameter.no_echo { "true" } else { "false" })
            + &optional("DefaultValue", parameter.default.as_deref())
            + &optional("Description", parameter.description.as_deref())
            + &wrap("ParameterConstraints", &wrap("AllowedValues", &values))
    };
    let plain = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| element("member", text)).collect::<String>()
    };
    let kinds = stack.resource_types();
    Ok(members("Parameters", template.parameters().iter().map(parameter))
        + &optional("Description", template.description())
        + &wrap("ResourceTypes", &plain(&mut kinds.iter()))
        + &element("Version", template.format_version().unwrap_or("2010-09-09"))
        + &optional("Metadata", template.metadata_json())
        + &wrap("DeclaredTransforms", &plain(&mut template.transforms().iter())))
}

/// A resource of a stack; CloudFormation names its time differently in each answer.
fn resource(
    stack: &Stack<'_>,
    unchanged: &BTreeMap<String, ResourceStatus>,
    resource: &Resource,
    time: &str,
) -> String {
    let state = &stack.state;
    // resources of a stack that was undone at its creation are gone, those of all others as the stack is
    let status = match state.status {
        "ROLLBACK_COMPLETE" => "DELETE_COMPLETE",
        "ROLLBACK_IN_PROGRESS" => "DELETE_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE" => "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_IN_PROGRESS" => "UPDATE_IN_PROGRESS",
        other => other,
    };
    let at = state.deleting.or(state.updated).unwrap_or(state.created);
    let own = unchanged.get(&resource.logical_id).filter(|_| state.status == "UPDATE_COMPLETE");
    let (status, at) = own.copied().unwrap_or((status, at));
    element("LogicalResourceId", &resource.logical_id)
        + &element("PhysicalResourceId", &resource.physical_id)
        + &element("ResourceType", &resource.kind)
        + &element(time, &rfc3339(at))
        + &element("ResourceStatus", status)
        + &wrap("DriftInformation", &element("StackResourceDriftStatus", "NOT_CHECKED"))
}

fn owner(stack: &Stack<'_>) -> String {
    element("StackName", &stack.name) + &element("StackId", stack.id)
}

/// Of a stack, or of the stack that some resource belongs to.
fn describe_resources(query: &Query<'_>, view: Option<View<'_>>) -> Result<String, String> {
    let stack = match (query.get("StackName"), query.get("PhysicalResourceId")) {
        (Some(_), Some(_)) => {
            return Err("Only one of StackName and PhysicalResourceId may be specified".to_owned());
        }
        (None, Some(id)) => {
            let found = view.and_then(|view| view.holding(id));
            found.ok_or_else(|| format!("Stack for {id} does not exist"))?
        }
        (_, None) => stack(query, view)?,
    };
    let (wanted, unchanged) = (query.get("LogicalResourceId"), stack.unchanged());
    let all = stack.resources().into_iter();
    let found = all.filter(|resource| wanted.is_none_or(|id| resource.logical_id == id));
    let rows =
        found.take(PAGE).map(|found| owner(&stack) + &resource(&stack, &unchanged, &found, "Timestamp"));
    Ok(members("StackResources", rows))
}

fn describe_resource(query: &Query<'_>, stack: &Stack<'_>) -> Result<String, String> {
    let id = query.get("LogicalResourceId").ok_or_else(|| "LogicalResourceId must not be null".to_owned())?;
    let found = stack.resources().into_iter().find(|resource| resource.logical_id == id);
    let found = found.ok_or_else(|| format!("Resource {id} does not exist for stack {}", stack.name))?;
    let inner = owner(stack) + &resource(stack, &stack.unchanged(), &found, "LastUpdatedTimestamp");
    Ok(wrap("StackResourceDetail", &inner))
}

fn list_resources(query: &Query<'_>, stack: &Stack<'_>) -> Result<String, String> {
    let all = stack.resources();
    let page = page(&all, Some(PAGE), query.get("NextToken"), PAGE, stack.id);
    let page = page.map_err(|fault| fault.message)?;
    let unchanged = stack.unchanged();
    let rows = page.items.iter().map(|it| resource(stack, &unchanged, it, "LastUpdatedTimestamp"));
    Ok(members("StackResourceSummaries", rows) + &optional("NextToken", page.next.as_deref()))
}

//! The stacks behind provisioned products, as CloudFormation shows them.

use std::collections::BTreeMap;

use super::xml::{element, wrap};
use super::{Query, QueryAnswer, error, success};
use crate::sandbox::catalogue::Catalogue;
use crate::sandbox::clock::Millis;
use crate::sandbox::template::Template;
use crate::sandbox::world::{Output, Provisioned, Status, World};

const NAMESPACE: &str = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

struct Stack<'a> {
    id: &'a str,
    name: String,
    created: Millis,
    status: &'static str,
    parameters: &'a BTreeMap<String, String>,
    secrets: &'a [String],
    outputs: Vec<Output>,
    tags: &'a BTreeMap<String, String>,
    product_id: &'a str,
    artifact_id: &'a str,
}

pub(super) fn describe_stacks(query: &Query<'_>, _: &Catalogue, world: Option<&World>) -> QueryAnswer {
    let wanted = query.get("StackName");
    let found: Vec<Stack<'_>> = stacks(world, query.now)
        .into_iter()
        .filter(|stack| wanted.is_none_or(|name| stack.is(name)))
        .collect();
    if let (Some(name), true) = (wanted, found.is_empty()) {
        return error(query, 400, "ValidationError", &format!("Stack with id {name} does not exist"));
    }
    let members: Vec<String> = found.iter().map(Stack::member).collect();
    success(query, NAMESPACE, &wrap("Stacks", &members.concat()))
}

pub(super) fn template_summary(
    query: &Query<'_>,
    catalogue: &Catalogue,
    world: Option<&World>,
) -> QueryAnswer {
    let Some(name) = query.get("StackName") else {
        return error(query, 400, "ValidationError", "Only StackName is simulated here");
    };
    let stacks = stacks(world, query.now);
    let Some(stack) = stacks.iter().find(|stack| stack.is(name)) else {
        return error(query, 400, "ValidationError", &format!("Stack with id {name} does not exist"));
    };
    let product = catalogue.products.iter().find(|product| product.id == stack.product_id);
    let Some(artifact) = product.and_then(|product| product.artifact(stack.artifact_id)) else {
        return error(query, 400, "ValidationError", &format!("The template of {name} is gone"));
    };
    success(query, NAMESPACE, &summary(&artifact.template))
}

fn summary(template: &Template) -> String {
    let member = |parameter: &crate::sandbox::template::Parameter| {
        let mut inner = element("ParameterKey", &parameter.key) + &element("ParameterType", &parameter.kind);
        inner += &element("NoEcho", if parameter.no_echo { "true" } else { "false" });
        for (name, text) in [("DefaultValue", &parameter.default), ("Description", &parameter.description)] {
            inner += &text.as_ref().map_or_else(String::new, |text| element(name, text));
        }
        let values: Vec<String> =
            parameter.allowed_values.iter().map(|value| element("member", value)).collect();
        inner += &wrap("ParameterConstraints", &wrap("AllowedValues", &values.concat()));
        wrap("member", &inner)
    };
    let members: Vec<String> = template.parameters().iter().map(member).collect();
    let description = template.description().map_or_else(String::new, |text| element("Description", text));
    wrap("Parameters", &members.concat()) + &description + &element("Version", "2010-09-09")
}

fn stacks(world: Option<&World>, now: Millis) -> Vec<Stack<'_>> {
    let Some(world) = world else { return Vec::new() };
    let behind = world.all_provisioned().filter_map(|product| Stack::behind(world, product, now));
    let retained = world.stacks().filter(|stack| stack.from <= now).map(|stack| Stack {
        id: &stack.id,
        name: stack.name.clone(),
        created: stack.created,
        status: "CREATE_COMPLETE",
        parameters: &stack.parameters,
        secrets: &stack.secrets,
        outputs: stack.outputs.clone(),
        tags: &stack.tags,
        product_id: &stack.product_id,
        artifact_id: &stack.artifact_id,
    });
    behind.chain(retained).collect()
}

impl<'a> Stack<'a> {
    fn behind(world: &'a World, product: &'a Provisioned, now: Millis) -> Option<Stack<'a>> {
        let state = &product.state;
        let id = state.physical_id.as_deref().filter(|_| product.kind == "CFN_STACK")?;
        let record = state.last_successful.as_ref().and_then(|id| world.record(id));
        let outputs = record.map_or(&[][..], |record| record.outputs(now)).iter();
        let updated = state.last_successful.as_ref()
            != world
                .record_places(&product.id)
                .first()
                .and_then(|&place| world.records().get(place))
                .map(|record| &record.id);
        Some(Stack {
            name: id.split('/').nth(1).unwrap_or_default().to_owned(),
            id,
            created: product.created,
            status: status(state.status, state.last_successful.is_some(), updated),
            parameters: &state.parameters,
            secrets: &state.secrets,
            outputs: outputs.filter(|output| output.key != "CloudformationStackARN").cloned().collect(),
            tags: &state.tags,
            product_id: &state.running_product_id,
            artifact_id: &state.running_artifact_id,
        })
    }

    fn is(&self, name: &str) -> bool {
        self.id == name || self.name == name
    }

    fn member(&self) -> String {
        let parameter = |(key, value): (&String, &String)| {
            let shown = if self.secrets.contains(key) { "****" } else { value.as_str() };
            wrap("member", &(element("ParameterKey", key) + &element("ParameterValue", shown)))
        };
        let output = |output: &Output| {
            let description =
                output.description.as_ref().map_or_else(String::new, |text| element("Description", text));
            wrap(
                "member",
                &(element("OutputKey", &output.key) + &element("OutputValue", &output.value) + &description),
            )
        };
        let tag = |(key, value): (&String, &String)| {
            wrap("member", &(element("Key", key) + &element("Value", value)))
        };
        let inner = [
            element("StackId", self.id),
            element("StackName", &self.name),
            element("CreationTime", &timestamp(self.created)),
            element("StackStatus", self.status),
            wrap("Parameters", &self.parameters.iter().map(parameter).collect::<String>()),
            wrap("Outputs", &self.outputs.iter().map(output).collect::<String>()),
            wrap("Tags", &self.tags.iter().map(tag).collect::<String>()),
        ];
        wrap("member", &inner.concat())
    }
}

fn status(status: Status, succeeded: bool, updated: bool) -> &'static str {
    match (status, succeeded) {
        (Status::UnderChange, true) => "UPDATE_IN_PROGRESS",
        (Status::UnderChange, false) => "CREATE_IN_PROGRESS",
        (Status::Tainted, _) => "UPDATE_ROLLBACK_COMPLETE",
        (Status::Error, _) => "ROLLBACK_COMPLETE",
        _ if updated => "UPDATE_COMPLETE",
        _ => "CREATE_COMPLETE",
    }
}

/// ISO 8601 in UTC.
fn timestamp(time: Millis) -> String {
    let days = time.div_euclid(86_400_000);
    let rest = time.rem_euclid(86_400_000);
    let (year, month, day) = crate::sandbox::clock::civil(days);
    let (hour, minute, second, milli) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

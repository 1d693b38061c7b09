//! Stacks and stack sets, by `CloudFormation`: one call each, or all of a region together where that is fewer calls.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::types::{
    Parameter, Stack as SdkStack, StackDriftStatus, StackSet, StackSetDriftStatus,
};

use super::batch::{AwsCatalog, Link};
use super::convert::timestamp;
use super::errors::{is_missing_stack, missing};
use super::pages::Pages;
use crate::{
    Answers, CatalogError, CatalogErrorKind, Stack, StackDrift, StackInstances, StackParameter, StackRef,
};
use provisor_model::ids::LocationName;

/// From so many stacks on, a region's pages are tried first: a page holds several, and how many is not documented.
const TOGETHER: usize = 10;

/// The most instances that the service gives at once.
const INSTANCE_PAGE: i32 = 100;

/// The stacks that are wanted of one location.
struct WantedStacks<'a> {
    location: &'a LocationName,
    arns: BTreeSet<&'a str>,
}

/// The stacks of a location that were read together, by ARN.
type Together = BTreeMap<String, Stack>;

/// Reads each of them; together where they are many.
pub(super) fn read(catalog: &AwsCatalog, of: &[StackRef]) -> Answers<Stack> {
    let together = together(catalog, of);
    let known = |item: &StackRef| together.get(&item.location).and_then(|stacks| stacks.get(&item.arn));
    let rest: Vec<&StackRef> = of.iter().filter(|item| known(item).is_none()).collect();
    let mut alone =
        catalog.batch(&rest, |item| &item.location, async |link, item| one(link, item).await).into_iter();
    let none = || Err(missing("Stacks"));
    of.iter().map(|item| known(item).cloned().map_or_else(|| alone.next().unwrap_or_else(none), Ok)).collect()
}

fn together<'a>(catalog: &AwsCatalog, of: &'a [StackRef]) -> BTreeMap<&'a LocationName, Together> {
    let mut wanted: BTreeMap<&LocationName, BTreeSet<&str>> = BTreeMap::new();
    for item in of.iter().filter(|item| item.stack_set().is_none()) {
        wanted.entry(&item.location).or_default().insert(&item.arn);
    }
    wanted.retain(|_, arns| arns.len() >= TOGETHER);
    let wanted: Vec<WantedStacks<'_>> =
        wanted.into_iter().map(|(location, arns)| WantedStacks { location, arns }).collect();
    // what goes wrong here is found out again, stack by stack
    let answers = catalog.batch(&wanted, |item| item.location, all);
    wanted.iter().zip(answers).map(|(item, stacks)| (item.location, stacks.unwrap_or_default())).collect()
}

/// The wanted stacks among all of the region, as long as that promises to be fewer calls.
async fn all(link: &Link, wanted: &WantedStacks<'_>) -> Result<Together, CatalogError> {
    let mut found = Together::new();
    let mut pages = Pages::default();
    for calls in 1.. {
        let answer = link
            .get(async |listener| {
                let call = link.clients.cloudformation.describe_stacks();
                call.set_next_token(pages.token()).customize().interceptor(listener).send().await
            })
            .await;
        // a role that may read its own stacks only is refused here
        let Ok((page, _)) = answer else { break };
        for stack in page.stacks.unwrap_or_default() {
            if let Some(arn) = stack.stack_id.clone().filter(|arn| wanted.arns.contains(arn.as_str())) {
                found.insert(arn, converted(stack));
            }
        }
        let is_slower = calls > found.len();
        if found.len() == wanted.arns.len() || is_slower || !pages.turn(page.next_token)? {
            break;
        }
    }
    Ok(found)
}

/// `DescribeStacks` of one, or `DescribeStackSet` and `ListStackInstances`.
async fn one(link: &Link, of: &StackRef) -> Result<Stack, CatalogError> {
    if let Some(name) = of.stack_set() {
        return stack_set(link, name).await;
    }
    let (page, _) = link
        .get(async |listener| {
            let call = link.clients.cloudformation.describe_stacks().stack_name(&of.arn);
            call.customize().interceptor(listener).send().await
        })
        .await
        .map_err(|error| explained(error, "DescribeStacks"))?;
    let stack = page.stacks.unwrap_or_default().into_iter().next();
    stack.map(converted).ok_or_else(|| missing("Stacks"))
}

async fn stack_set(link: &Link, name: &str) -> Result<Stack, CatalogError> {
    let (answer, _) = link
        .get(async |listener| {
            let call = link.clients.cloudformation.describe_stack_set().stack_set_name(name);
            call.customize().interceptor(listener).send().await
        })
        .await
        .map_err(|error| explained(error, "DescribeStackSet"))?;
    let set = answer.stack_set.ok_or_else(|| missing("StackSet"))?;
    let drift = set_drift(&set);
    let instances = Some(instances(link, name).await?);
    Ok(Stack { parameters: parameters(set.parameters), drift, instances, ..Stack::default() })
}

async fn instances(link: &Link, name: &str) -> Result<StackInstances, CatalogError> {
    let mut instances = StackInstances::default();
    let mut pages = Pages::default();
    loop {
        let (page, _) = link
            .get(async |listener| {
                let call = link.clients.cloudformation.list_stack_instances().stack_set_name(name);
                let call = call.max_results(INSTANCE_PAGE).set_next_token(pages.token());
                call.customize().interceptor(listener).send().await
            })
            .await
            .map_err(|error| explained(error, "ListStackInstances"))?;
        for summary in page.summaries.unwrap_or_default() {
            instances.accounts.extend(summary.account);
            instances.regions.extend(summary.region);
        }
        if !pages.turn(page.next_token)? {
            return Ok(instances);
        }
    }
}

/// What is not there, and what a principal lacks.
fn explained(error: CatalogError, action: &str) -> CatalogError {
    match error.kind {
        CatalogErrorKind::NotAllowed => {
            let hint = format!(
                "the principal needs `cloudformation:{action}` to read the parameters of what is provisioned"
            );
            CatalogError { hint: Some(hint), ..error }
        }
        _ if is_missing_stack(&error.code, &error.message) => {
            CatalogError { kind: CatalogErrorKind::NotFound, ..error }
        }
        _ => error,
    }
}

fn converted(stack: SdkStack) -> Stack {
    let drift = stack.drift_information.and_then(|drift| {
        let drifted = match drift.stack_drift_status? {
            StackDriftStatus::Drifted => true,
            StackDriftStatus::InSync => false,
            _ => return None,
        };
        Some(StackDrift { drifted, checked: drift.last_check_timestamp.as_ref().map(timestamp) })
    });
    let outputs = stack.outputs.unwrap_or_default().into_iter();
    let outputs = outputs.filter_map(|output| Some((output.output_key?, output.output_value?))).collect();
    let tags = stack.tags.unwrap_or_default().into_iter();
    let tags = tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())));
    Stack {
        id: stack.stack_id.unwrap_or_default(),
        status: stack.stack_status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        is_nested: stack.parent_id.is_some(),
        tags: tags.filter(|(key, _)| !key.starts_with("aws:")).collect(),
        parameters: parameters(stack.parameters),
        outputs,
        drift,
        instances: None,
    }
}

fn set_drift(set: &StackSet) -> Option<StackDrift> {
    let details = set.stack_set_drift_detection_details.as_ref()?;
    let drifted = match details.drift_status.as_ref()? {
        StackSetDriftStatus::Drifted => true,
        StackSetDriftStatus::InSync => false,
        _ => return None,
    };
    Some(StackDrift { drifted, checked: details.last_drift_check_timestamp.as_ref().map(timestamp) })
}

fn parameters(parameters: Option<Vec<Parameter>>) -> BTreeMap<String, StackParameter> {
    let parameters = parameters.unwrap_or_default().into_iter();
    let one = |parameter: Parameter| {
        let value = parameter.parameter_value.unwrap_or_default();
        Some((parameter.parameter_key?, StackParameter { value, resolved: parameter.resolved_value }))
    };
    parameters.filter_map(one).collect()
}

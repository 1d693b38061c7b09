//! The stacks behind provisioned products, as far as CloudFormation shows them: which there are, how they fare, what
//! they are made of. How that is written down is in `cloudformation`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::resource_status::{ResourceStatus, Rollout, unchanged};
use crate::catalog::{Artifact, CatalogView};
use crate::clock::Millis;
use crate::template::{Place, Resource, Template};
use crate::world::{
    Cursor, Order, Output, ProvisionedProduct, Record, RetainedStack, Sort, StackState, World, page_of,
};

/// One stack.
pub(super) struct Stack<'a> {
    catalog: CatalogView<'a>,
    pub id: &'a str,
    pub name: String,
    pub state: StackState<'a>,
    pub parameters: &'a BTreeMap<String, String>,
    pub secrets: &'a [String],
    pub outputs: Vec<&'a Output>,
    pub tags: &'a BTreeMap<String, String>,
    pub notification_arns: Vec<String>,
    pub role_arn: Option<&'a str>,
    pub artifact: Option<&'a Artifact>,
    /// The operations that made it what it is.
    rollouts: Vec<Rollout<'a>>,
}

/// The world as one caller looks at it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub catalog: CatalogView<'a>,
    pub world: &'a World,
    pub now: Millis,
}

const LATEST_FIRST: Order = Order { sort: Sort::CreatedTime, descending: true };

impl<'a> View<'a> {
    /// Some of the stacks, the latest first, and where to go on. Those that no provisioned product holds any more
    /// come last.
    pub fn page(self, cursor: Option<&'a Cursor>, size: usize) -> (Vec<Stack<'a>>, Option<Cursor>) {
        let there = |product: &ProvisionedProduct| self.world.stack_state(product, self.now).is_some();
        let (products, next) = page_of(self.world, LATEST_FIRST, cursor, size, there);
        let mut stacks: Vec<Stack<'_>> = products.into_iter().filter_map(|it| self.behind(it)).collect();
        if next.is_none() {
            stacks.extend(self.retained());
        }
        (stacks, next)
    }

    /// The stack of this name or id.
    pub fn find(self, name: &str) -> Option<Stack<'a>> {
        let held = |product: &&ProvisionedProduct| {
            let id = product.state.physical_id.as_deref();
            id.is_some_and(|id| id == name || name_of(id) == name)
        };
        let short = if name.starts_with("arn:") { name_of(name) } else { name };
        // its name ends in the id of the provisioned product that made it, if it is still that one's
        let maker = short.find("pp-").and_then(|at| self.world.provisioned(short.get(at..)?)).filter(held);
        let product = maker.or_else(|| self.world.all_provisioned().find(held));
        product
            .and_then(|product| self.behind(product))
            .or_else(|| self.retained().find(|stack| stack.id == name || stack.name == name))
    }

    /// The stack that a resource belongs to.
    pub fn holding(self, physical_id: &str) -> Option<Stack<'a>> {
        let held = self.world.all_provisioned().filter_map(|product| self.behind(product));
        let holds = |stack: &Stack<'_>| stack.resources().iter().any(|it| it.physical_id == physical_id);
        held.chain(self.retained()).find(holds)
    }

    /// How a stack fares: where its deletion was cancelled, as before.
    fn state(self, product: &ProvisionedProduct) -> Option<StackState<'a>> {
        let state = self.world.stack_state(product, self.now)?;
        let mut former = state;
        while let Some(begun) = former.deleting.filter(|_| is_cancelled(&former)) {
            former = self.world.stack_state(product, begun - 1)?;
        }
        Some(StackState { reason: state.reason, ..former })
    }

    fn retained(self) -> impl Iterator<Item = Stack<'a>> {
        let there = self.world.stacks().filter(move |stack| stack.from <= self.now);
        there.map(move |stack| Stack {
            catalog: self.catalog,
            id: &stack.id,
            name: stack.name.clone(),
            state: retained_state(stack),
            parameters: &stack.parameters,
            secrets: &stack.secrets,
            outputs: stack.outputs.iter().collect(),
            tags: &stack.tags,
            notification_arns: Vec::new(),
            role_arn: None,
            artifact: self.catalog.artifact(&stack.product_id, &stack.artifact_id),
            rollouts: Vec::new(),
        })
    }

    fn behind(self, product: &'a ProvisionedProduct) -> Option<Stack<'a>> {
        let state = self.state(product)?;
        let shown = &product.state;
        let id = shown.physical_id.as_deref()?;
        let last = shown.last_successful.as_ref().and_then(|id| self.world.record(id));
        let outputs = last.map_or(&[][..], |record| record.outputs(self.now)).iter();
        Some(Stack {
            catalog: self.catalog,
            name: name_of(id).to_owned(),
            id,
            state,
            parameters: &shown.parameters,
            secrets: &shown.secrets,
            outputs: outputs.filter(|output| output.key != "CloudformationStackARN").collect(),
            tags: &shown.tags,
            notification_arns: self.topics(product),
            role_arn: shown.launch_role.as_deref(),
            artifact: self.catalog.artifact(&shown.running_product_id, &shown.running_artifact_id),
            rollouts: self.rollouts(product),
        })
    }

    fn rollouts(self, product: &ProvisionedProduct) -> Vec<Rollout<'a>> {
        let places = self.world.record_places(&product.id).iter();
        let records = places.filter_map(|&place| self.world.records().get(place));
        let made = records.filter(|record| {
            record.status(self.now) == "SUCCEEDED" && record.kind != "TERMINATE_PROVISIONED_PRODUCT"
        });
        let rollout = |it: &Record| Rollout {
            at: it.timeline.running,
            artifact: self.catalog.artifact(&it.product_id, &it.artifact_id),
        };
        made.map(rollout).collect()
    }

    fn topics(self, product: &ProvisionedProduct) -> Vec<String> {
        let known = self.catalog.product(&product.state.product_id);
        let mut paths = known.into_iter().flat_map(|it| self.catalog.paths(it));
        let path = paths.find(|path| path.portfolio.path_id == product.state.path_id);
        let constrained = path.map_or(&[][..], |path| &path.constraints.notification_arns);
        product.notification_arns.iter().chain(constrained).cloned().collect()
    }
}

fn retained_state(stack: &RetainedStack) -> StackState<'static> {
    let status = if stack.status.starts_with("UPDATE_") { "UPDATE_COMPLETE" } else { "CREATE_COMPLETE" };
    StackState { status, reason: None, created: stack.created, updated: None, deleting: None }
}

/// CloudFormation's words when it does not even begin to delete: something is still in use.
fn is_cancelled(state: &StackState<'_>) -> bool {
    state.status == "DELETE_FAILED"
        && state.reason.is_some_and(|reason| reason.starts_with("Delete canceled."))
}

fn name_of(id: &str) -> &str {
    id.split('/').nth(1).unwrap_or_default()
}

/// Whether a parameter of a version is a secret, also while it has its default value.
pub(super) fn hides(artifact: Option<&Artifact>, secrets: &[String], key: &String) -> bool {
    let declared = artifact.map_or(&[][..], |artifact| artifact.template.parameters());
    secrets.contains(key) || declared.iter().any(|it| it.no_echo && it.key == *key)
}

impl Stack<'_> {
    /// Whether a parameter is a secret, also while it has its default value.
    pub fn hides(&self, key: &String) -> bool {
        hides(self.artifact, self.secrets, key)
    }

    pub fn place(&self) -> Place<'_> {
        Place {
            account_id: self.catalog.account_id,
            region: self.catalog.region,
            stack_name: &self.name,
            stack_id: self.id,
            notification_arns: &self.notification_arns,
        }
    }

    /// Its resources, made again as they were made at first; none once its template has left the catalog.
    pub fn resources(&self) -> Vec<Resource> {
        let made = self.artifact.map(|artifact| artifact.template.create(self.parameters, &self.place()));
        made.and_then(Result::ok).map_or_else(Vec::new, |stack| stack.resources)
    }

    /// The statuses of those resources that the last update did not change.
    pub fn unchanged(&self) -> BTreeMap<String, ResourceStatus> {
        unchanged(&self.rollouts, self.parameters, &self.place())
    }

    /// Its template once its macros have run; none where there are none.
    pub fn processed(&self) -> Option<String> {
        self.artifact?.template.processed_json(self.parameters, &self.place())
    }

    /// The types of all resources that its template declares.
    pub fn resource_types(&self) -> BTreeSet<String> {
        let kinds = self.artifact.map(|it| it.template.resource_types(self.parameters, &self.place()));
        kinds.unwrap_or_default()
    }

    /// What the parameters that name SSM parameters stand for.
    pub fn resolved(&self) -> BTreeMap<String, String> {
        let declared = self.artifact.map_or(&[][..], |artifact| artifact.template.parameters());
        let (mut parameters, mut outputs) = (Map::new(), Map::new());
        for parameter in declared.iter().filter(|it| it.kind.starts_with("AWS::SSM::Parameter::Value<")) {
            let value = json!({ "Ref": parameter.key });
            let list = parameter.kind.contains("<List<") || parameter.kind.contains("CommaDelimitedList");
            let value = if list { json!({ "Fn::Join": [",", value] }) } else { value };
            parameters.insert(parameter.key.clone(), json!({ "Type": parameter.kind }));
            outputs.insert(parameter.key.clone(), json!({ "Value": value }));
        }
        if outputs.is_empty() { BTreeMap::new() } else { self.evaluated(parameters, outputs) }
    }

    fn evaluated(
        &self,
        parameters: Map<String, Value>,
        outputs: Map<String, Value>,
    ) -> BTreeMap<String, String> {
        let nothing = json!({ "Nothing": { "Type": "AWS::CloudFormation::WaitConditionHandle" } });
        let text = json!({ "Parameters": parameters, "Resources": nothing, "Outputs": outputs }).to_string();
        let made = Template::parse(&text).ok().and_then(|it| it.create(self.parameters, &self.place()).ok());
        let outputs = made.into_iter().flat_map(|stack| stack.outputs);
        outputs.map(|output| (output.key, output.value)).collect()
    }
}

//! One function per API operation: `(&mut Session, request) -> Result<answer, Fault>`. Pure: no clock, no
//! network, no files. What a request may look like is in `wire::tables`.

mod access;
mod admin;
mod browse;
mod change;
mod engines;
mod finish;
mod follow;
mod plans;
mod resolve;
mod session;
mod tags;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use change::existing::exist;
pub(crate) use finish::{Finish, Finished, finish};
pub(crate) use session::{Caller, Lags, Notes, Session};

use crate::wire::{self, Fault, Member, Strictness};
use crate::world_file::Knobs;

/// An operation: its name, what its request may hold, and what it does.
pub(crate) struct Operation {
    pub name: &'static str,
    members: &'static [Member],
    run: fn(&mut Session<'_>, Value) -> Result<Vec<u8>, Fault>,
    /// Whether it may change the world; only those count against the write rate.
    pub writes: bool,
}

impl Operation {
    /// Checks the request and runs the operation.
    pub(crate) fn call(&self, session: &mut Session<'_>, body: Value) -> Result<Vec<u8>, Fault> {
        let knobs = session.knobs();
        let strictness =
            Strictness { first_only: knobs.first_violation_only, known_only: knobs.refuse_unknown_members };
        wire::check(&body, self.members, strictness)?;
        check_language(&body, knobs)?;
        (self.run)(session, body)
    }
}

/// Every operation's name.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|operation| operation.name)
}

/// The names of those whose requests say which provisioned product they are about.
pub(crate) fn with_subject() -> impl Iterator<Item = &'static str> {
    let by_id = ["DescribeProvisionedProduct", "DescribeRecord"];
    let members = ["ProvisionedProductId", "ProvisionedProductName", "PlanId", "RecordId"];
    let says = move |operation: &&Operation| {
        by_id.contains(&operation.name)
            || operation.members.iter().any(|member| members.contains(&member.name))
    };
    OPERATIONS.iter().filter(says).map(|operation| operation.name)
}

/// The operation of that name.
pub(crate) fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// The operation of that name, or what to say about its absence.
pub(crate) fn wanted(name: &str) -> Result<&'static Operation, Fault> {
    let administrative = || {
        if ADMINISTRATIVE.contains(&name) {
            format!(
                "{name} changes the catalog, and the sandbox's catalog is its world file: edit that, and reload it"
            )
        } else {
            String::new()
        }
    };
    find(name).ok_or_else(|| Fault::new(400, "UnknownOperationException", administrative()))
}

/// What changes the catalog on AWS; here the world file does.
const ADMINISTRATIVE: [&str; 36] = [
    "AcceptPortfolioShare",
    "AssociateBudgetWithResource",
    "AssociateProductWithPortfolio",
    "AssociateServiceActionWithProvisioningArtifact",
    "AssociateTagOptionWithResource",
    "BatchAssociateServiceActionWithProvisioningArtifact",
    "BatchDisassociateServiceActionFromProvisioningArtifact",
    "CopyProduct",
    "CreateConstraint",
    "CreatePortfolio",
    "CreatePortfolioShare",
    "CreateProduct",
    "CreateProvisioningArtifact",
    "CreateServiceAction",
    "CreateTagOption",
    "DeleteConstraint",
    "DeletePortfolio",
    "DeletePortfolioShare",
    "DeleteProduct",
    "DeleteProvisioningArtifact",
    "DeleteServiceAction",
    "DeleteTagOption",
    "DisableAWSOrganizationsAccess",
    "DisassociateBudgetFromResource",
    "DisassociateProductFromPortfolio",
    "DisassociateServiceActionFromProvisioningArtifact",
    "DisassociateTagOptionFromResource",
    "EnableAWSOrganizationsAccess",
    "RejectPortfolioShare",
    "UpdateConstraint",
    "UpdatePortfolio",
    "UpdatePortfolioShare",
    "UpdateProduct",
    "UpdateProvisioningArtifact",
    "UpdateServiceAction",
    "UpdateTagOption",
];

fn check_language(body: &Value, knobs: &Knobs) -> Result<(), Fault> {
    match body.get("AcceptLanguage").and_then(Value::as_str) {
        None | Some("en" | "jp" | "zh") => Ok(()),
        Some(other) => {
            Err(Fault::new(400, knobs.language_error.as_str(), format!("Invalid AcceptLanguage: {other}")))
        }
    }
}

fn run<Q: DeserializeOwned, A: Serialize>(
    session: &mut Session<'_>,
    body: Value,
    operation: fn(&mut Session<'_>, Q) -> Result<A, Fault>,
) -> Result<Vec<u8>, Fault> {
    let request = serde_json::from_value(body).map_err(|error| Fault::serialization(error.to_string()))?;
    let answer = operation(session, request)?;
    serde_json::to_vec(&answer).map_err(|error| Fault::new(500, "InternalFailure", error.to_string()))
}

/// One row: name, kind, member table, function.
macro_rules! rows {
    ($($name:literal $kind:ident $members:ident $function:path),* $(,)?) => {
        &[$(Operation {
            name: $name,
            members: wire::$members,
            run: |session, body| run(session, body, $function),
            writes: rows!(@ $kind),
        }),*]
    };
    (@ reads) => { false };
    (@ writes) => { true };
}

static OPERATIONS: &[Operation] = rows![
    "ProvisionProduct" writes PROVISION_PRODUCT change::provision::provision_product,
    "UpdateProvisionedProduct" writes UPDATE_PROVISIONED_PRODUCT change::update::update_provisioned_product,
    "TerminateProvisionedProduct" writes TERMINATE_PROVISIONED_PRODUCT
        change::terminate::terminate_provisioned_product,
    "DescribeRecord" reads DESCRIBE_RECORD follow::provisioned::describe_record,
    "DescribeProvisionedProduct" reads DESCRIBE_PROVISIONED_PRODUCT
        follow::provisioned::describe_provisioned_product,
    "GetProvisionedProductOutputs" reads GET_PROVISIONED_PRODUCT_OUTPUTS
        follow::provisioned::get_provisioned_product_outputs,
    "SearchProvisionedProducts" reads SEARCH_PROVISIONED_PRODUCTS follow::search::search_provisioned_products,
    "ScanProvisionedProducts" reads SCAN_PROVISIONED_PRODUCTS follow::search::scan_provisioned_products,
    "ListRecordHistory" reads LIST_RECORD_HISTORY follow::history::list_record_history,
    "DescribeProvisioningParameters" reads DESCRIBE_PROVISIONING_PARAMETERS
        browse::products::describe_provisioning_parameters,
    "DescribeProduct" reads DESCRIBE_PRODUCT browse::products::describe_product,
    "DescribeProductView" reads DESCRIBE_BY_ID browse::products::describe_product_view,
    "SearchProducts" reads SEARCH_PRODUCTS browse::search::search_products,
    "SearchProductsAsAdmin" reads SEARCH_PRODUCTS_AS_ADMIN browse::search::search_products_as_admin,
    "ListLaunchPaths" reads LIST_LAUNCH_PATHS browse::products::list_launch_paths,
    "DescribeProductAsAdmin" reads DESCRIBE_PRODUCT_AS_ADMIN admin::products::describe_product_as_admin,
    "ListProvisioningArtifacts" reads LIST_PROVISIONING_ARTIFACTS
        admin::products::list_provisioning_artifacts,
    "DescribeProvisioningArtifact" reads DESCRIBE_PROVISIONING_ARTIFACT
        admin::products::describe_provisioning_artifact,
    "ListPortfolios" reads LIST_PORTFOLIOS admin::portfolios::list_portfolios,
    "ListPortfoliosForProduct" reads LIST_PORTFOLIOS_FOR_PRODUCT admin::portfolios::list_portfolios,
    "DescribePortfolio" reads DESCRIBE_BY_ID admin::portfolios::describe_portfolio,
    "ListConstraintsForPortfolio" reads LIST_CONSTRAINTS_FOR_PORTFOLIO admin::portfolios::list_constraints,
    "DescribeConstraint" reads DESCRIBE_BY_ID admin::portfolios::describe_constraint,
    "ListTagOptions" reads LIST_TAG_OPTIONS admin::portfolios::list_tag_options,
    "DescribeTagOption" reads DESCRIBE_BY_ID admin::portfolios::describe_tag_option,
    "ListResourcesForTagOption" reads LIST_RESOURCES_FOR_TAG_OPTION
        admin::portfolios::list_resources_for_tag_option,
    "ListBudgetsForResource" reads LIST_BUDGETS_FOR_RESOURCE admin::sharing::list_budgets_for_resource,
    "ListPrincipalsForPortfolio" reads LIST_PRINCIPALS_FOR_PORTFOLIO
        admin::sharing::list_principals_for_portfolio,
    "AssociatePrincipalWithPortfolio" writes ASSOCIATE_PRINCIPAL admin::sharing::associate_principal,
    "DisassociatePrincipalFromPortfolio" writes DISASSOCIATE_PRINCIPAL
        admin::sharing::disassociate_principal,
    "ListPortfolioAccess" reads LIST_PORTFOLIO_ACCESS admin::sharing::list_portfolio_access,
    "ListOrganizationPortfolioAccess" reads LIST_ORGANIZATION_PORTFOLIO_ACCESS
        admin::sharing::list_organization_portfolio_access,
    "ListAcceptedPortfolioShares" reads LIST_ACCEPTED_PORTFOLIO_SHARES
        admin::sharing::list_accepted_portfolio_shares,
    "DescribePortfolioShares" reads DESCRIBE_PORTFOLIO_SHARES admin::sharing::describe_portfolio_shares,
    "DescribePortfolioShareStatus" reads DESCRIBE_PORTFOLIO_SHARE_STATUS admin::sharing::nothing_under_way,
    "DescribeCopyProductStatus" reads DESCRIBE_COPY_PRODUCT_STATUS admin::sharing::nothing_under_way,
    "GetAWSOrganizationsAccessStatus" reads NOTHING admin::sharing::organizations_access_status,
    "ListServiceActions" reads LIST_ALL_SERVICE_ACTIONS admin::service_actions::list_all_service_actions,
    "DescribeServiceAction" reads DESCRIBE_BY_ID admin::service_actions::describe_service_action,
    "ListProvisioningArtifactsForServiceAction" reads LIST_ARTIFACTS_FOR_SERVICE_ACTION
        admin::service_actions::list_artifacts_for_service_action,
    "ListStackInstancesForProvisionedProduct" reads LIST_STACK_INSTANCES
        follow::stack_instances::list_stack_instances,
    "CreateProvisionedProductPlan" writes CREATE_PROVISIONED_PRODUCT_PLAN plans::create_plan,
    "DescribeProvisionedProductPlan" reads DESCRIBE_PROVISIONED_PRODUCT_PLAN plans::describe_plan,
    "ListProvisionedProductPlans" reads LIST_PROVISIONED_PRODUCT_PLANS plans::list_plans,
    "ExecuteProvisionedProductPlan" writes EXECUTE_PROVISIONED_PRODUCT_PLAN plans::execute_plan,
    "DeleteProvisionedProductPlan" writes DELETE_PROVISIONED_PRODUCT_PLAN plans::delete_plan,
    "ImportAsProvisionedProduct" writes IMPORT_AS_PROVISIONED_PRODUCT
        change::import::import_as_provisioned_product,
    "UpdateProvisionedProductProperties" writes UPDATE_PROPERTIES change::properties::update_properties,
    "ListServiceActionsForProvisioningArtifact" reads LIST_SERVICE_ACTIONS
        browse::service_actions::list_service_actions,
    "DescribeServiceActionExecutionParameters" reads DESCRIBE_ACTION_PARAMETERS
        browse::service_actions::describe_action_parameters,
    "NotifyProvisionProductEngineWorkflowResult" writes NOTIFY_PROVISION engines::notify_provision,
    "NotifyUpdateProvisionedProductEngineWorkflowResult" writes NOTIFY_UPDATE engines::notify_update,
    "NotifyTerminateProvisionedProductEngineWorkflowResult" writes NOTIFY_TERMINATE engines::notify_terminate,
    "ExecuteProvisionedProductServiceAction" writes EXECUTE_ACTION change::properties::execute_action,
];

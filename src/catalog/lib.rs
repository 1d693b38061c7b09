//! The first port: what the program asks of Service Catalog, in plain types. Batches only: every item names its
//! location, the adapter routes, paces and runs them concurrently. No SDK type appears here.

pub mod aws;
mod call;
mod connection;
mod error;
mod permissions;
mod preview;
mod product;
mod provisioned;
mod record;
mod request;
mod rules;
mod stack;
mod time;

use provisor_model::access::AccessLevel;
use provisor_model::endpoint::CatalogKind;
use provisor_model::ids::{AccountId, LocationName, ProductId};

pub use self::call::{CallListener, CallNote};
pub use self::connection::{Configured, Connection};
pub use self::error::{CatalogError, CatalogErrorKind};
pub use self::permissions::{PERMISSIONS, Permission, Purpose, statement};
pub use self::preview::{
    OpenedPreview, Preview, PreviewProgress, PreviewRef, PreviewRequest, Recreation, ResourceAction,
    ResourceChange, ResourceDetail,
};
pub use self::product::{
    Artifact, Interface, LaunchPath, Offering, OfferingRef, ParameterRule, Product, ProductRef, StackSet,
};
pub use self::provisioned::{
    ACCOUNTS_AT_ONCE, Existing, ExistingTag, FindBy, Found, PendingPlan, PlansOf, Seen, Status,
};
pub use self::record::{HistoryRef, Progress, Record, RecordAuthor, RecordError, RecordRef};
pub use self::request::{Operation, Payload, Request, Sent};
pub use self::rules::{RuleAssertion, RuleExpression, TemplateRule, TemplateRules};
pub use self::stack::{Stack, StackDrift, StackImport, StackInstances, StackParameter, StackRef};
pub use self::time::{Pacing, ServiceTime};

/// One answer per item, in the items' order.
pub type Answers<T> = Vec<Result<T, CatalogError>>;

/// Who answers for a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account that the credentials belong to.
    pub account: AccountId,
    /// Whose they are: the ARN of a user, or of a session of a role.
    pub arn: Option<String>,
    /// What answers for AWS there.
    pub catalog: CatalogKind,
}

/// Everything that can be asked. Never changes the cloud.
pub trait CatalogRead {
    /// `sts:GetCallerIdentity`: whose each location's credentials are, and what answers there.
    fn identities(&self, of: &[LocationName]) -> Answers<Identity>;
    /// How each location is reached, for people. A catalog that is in this process is not reached at all.
    fn connections(&self, of: &[LocationName]) -> Answers<Connection> {
        of.iter().map(|_| Ok(Connection::default())).collect()
    }
    /// The names and ids of all products a caller sees (`SearchProducts`); for suggestions and browsing.
    fn catalogue(&self, of: &[LocationName]) -> Answers<Vec<(ProductId, String)>>;
    /// `DescribeProduct`
    fn products(&self, of: &[ProductRef]) -> Answers<Product>;
    /// `DescribeProvisioningParameters`
    fn offerings(&self, of: &[OfferingRef]) -> Answers<Offering>;
    /// `SearchProvisionedProducts` at the location's access level, all pages, sorted, de-duplicated and counted.
    fn search(&self, of: &[LocationName]) -> Answers<Vec<Existing>>;
    /// `DescribeProvisionedProduct`; absence is `Ok` with nothing in it, and so is what the access level hides.
    fn find(&self, of: &[FindBy]) -> Answers<Found>;
    /// `DescribeRecord` with all pages of outputs.
    fn records(&self, of: &[RecordRef]) -> Answers<Record>;
    /// `ListRecordHistory` of one provisioned product at the location's access level, newest first.
    fn history(&self, of: &[HistoryRef]) -> Answers<Vec<Record>>;
    /// `ListProvisionedProductPlans` of one provisioned product at the location's access level. A catalog without such plans has none.
    fn plans(&self, of: &[PlansOf]) -> Answers<Vec<PendingPlan>> {
        of.iter().map(|_| Ok(Vec::new())).collect()
    }
    /// `ListProvisionedProductPlans` of a whole location, at its access level.
    fn plans_at(&self, of: &[LocationName]) -> Answers<Vec<PendingPlan>> {
        of.iter().map(|_| Ok(Vec::new())).collect()
    }
    /// `DescribeProvisionedProductPlan` with all pages of resource changes.
    fn previews(&self, of: &[PreviewRef]) -> Answers<PreviewProgress> {
        of.iter().map(|_| Err(CatalogError::without_plans())).collect()
    }
    /// `cloudformation:DescribeStacks`, or `DescribeStackSet` and `ListStackInstances`: the parameters of what is provisioned.
    /// A catalog that nothing stands behind has no stacks.
    fn stacks(&self, of: &[StackRef]) -> Answers<Stack> {
        of.iter().map(|item| Err(no_stack(&item.arn))).collect()
    }
    /// Whose provisioned products these answers are about: what is beyond that is not found.
    fn access_level(&self, _: &LocationName) -> AccessLevel {
        AccessLevel::default()
    }
    /// How many answers of a location's service have said so far that it is asked too often, those included that a second
    /// attempt made good. Reads nothing.
    fn throttled(&self, _: &LocationName) -> usize {
        0
    }
    /// The time of a location's service; reads nothing but what was heard with earlier answers.
    fn time(&self, of: &LocationName) -> ServiceTime;
}

/// Everything that changes the cloud: one door.
pub trait Catalog: CatalogRead {
    /// Sends each request once, or not at all: what cannot be signed by its `sign_by` is `NotSent`.
    fn submit(&self, requests: &[Request]) -> Answers<Record>;
    /// `ImportAsProvisionedProduct`, each sent once, or not at all. The service takes one after the other, and a stack becomes
    /// one provisioned product, however often it is asked for. A catalog that nothing stands behind has no stacks.
    fn import_stacks(&self, of: &[StackImport]) -> Answers<Record> {
        of.iter().map(|item| Err(no_stack(&item.stack))).collect()
    }
    /// `CreateProvisionedProductPlan`: each request is sent once, or not at all, as with [`Catalog::submit`].
    fn open_previews(&self, requests: &[PreviewRequest]) -> Answers<OpenedPreview> {
        requests.iter().map(|_| Err(CatalogError::without_plans())).collect()
    }
    /// `DeleteProvisionedProductPlan`
    fn close_previews(&self, of: &[PreviewRef]) -> Answers<()> {
        of.iter().map(|_| Err(CatalogError::without_plans())).collect()
    }
}

fn no_stack(arn: &str) -> CatalogError {
    let message = format!("there is no stack `{arn}`");
    CatalogError { kind: CatalogErrorKind::NotFound, code: String::new(), message, hint: None }
}

//! The first port: what the program asks of Service Catalog, in plain types. Batches only: every item names its
//! location, the adapter routes, paces and runs them concurrently. No SDK type appears here.

pub mod aws;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::ids::{
    AccountId, ArtifactId, LocationName, PathId, ProductId, ProvisionedId, RecordId, Token,
};
use crate::model::product::{Language, Preferences, Selector, StackSetOperation};
use crate::model::time::Timestamp;
use crate::model::value::Secret;

pub use crate::model::time::Pacing;

/// Asks for one product of one location.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProductRef {
    /// Where.
    pub location: LocationName,
    /// Which product, by name or id.
    pub product: Selector,
}

/// `DescribeProduct`: a product with its versions and launch paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// `CLOUD_FORMATION_TEMPLATE`, `TERRAFORM_OPEN_SOURCE`, … an open set.
    pub kind: String,
    /// The active versions.
    pub artifacts: Vec<Artifact>,
    /// The launch paths this caller has.
    pub paths: Vec<LaunchPath>,
}

/// One version of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Its id.
    pub id: ArtifactId,
    /// Its name; a version may have none.
    pub name: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Guidance `DEPRECATED`: may be kept and updated, not launched anew.
    pub deprecated: bool,
}

/// One way to launch a product: its name is the portfolio's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchPath {
    /// Its id; changes when the portfolio association is made again.
    pub id: PathId,
    /// Its name.
    pub name: String,
}

/// Asks what one version of one product takes, through one launch path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfferingRef {
    /// Where.
    pub location: LocationName,
    /// The product.
    pub product: ProductId,
    /// The version.
    pub artifact: ArtifactId,
    /// The launch path.
    pub path: PathId,
}

/// `DescribeProvisioningParameters`: what may be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offering {
    /// The parameters by key.
    pub parameters: BTreeMap<String, ParameterRule>,
    /// Tag options: allowed values by key; empty values are a conflict.
    pub tag_options: BTreeMap<String, Vec<String>>,
    /// `tagUpdateOnProvisionedProduct` is `ALLOWED`.
    pub tag_update: bool,
    /// The output keys, where the service lists them.
    pub output_keys: Option<BTreeSet<String>>,
    /// The STACKSET constraint's accounts and regions; `None` for products that are not stack sets.
    pub stack_set: Option<StackSet>,
}

/// What a STACKSET constraint allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackSet {
    /// Accounts.
    pub accounts: Vec<String>,
    /// Regions.
    pub regions: Vec<String>,
}

/// One provisioning parameter's rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterRule {
    /// `String`, `Number`, `CommaDelimitedList`, `AWS::EC2::VPC::Id`, …
    pub kind: String,
    /// The template's default; without one the parameter is required.
    pub default: Option<String>,
    /// The value is never shown.
    pub no_echo: bool,
    /// What it is for.
    pub description: String,
    /// Empty: anything.
    pub allowed_values: Vec<String>,
    /// Must match the whole value.
    pub allowed_pattern: Option<String>,
    /// The template author's words for a broken rule.
    pub constraint_description: Option<String>,
    /// Least characters.
    pub min_length: Option<u64>,
    /// Most characters.
    pub max_length: Option<u64>,
    /// Least number, as written.
    pub min_value: Option<String>,
    /// Greatest number, as written.
    pub max_value: Option<String>,
}

/// A provisioned product as `SearchProvisionedProducts` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// Its id.
    pub id: ProvisionedId,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `CFN_STACK`, `CFN_STACKSET`, `CONTROL_TOWER_ACCOUNT`, … an open set.
    pub kind: String,
    /// Its status.
    pub status: Status,
    /// The catalog's words for the status.
    pub status_message: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// The token of the provisioning that made it.
    pub token: Option<Token>,
    /// The last record of any kind.
    pub last_record: Option<RecordId>,
    /// The last provision or update.
    pub last_provisioning_record: Option<RecordId>,
    /// The last provision or update that succeeded.
    pub last_successful_record: Option<RecordId>,
    /// Its product: the *attempted* one after a failed update.
    pub product: Option<ProductId>,
    /// Its version: the *attempted* one after a failed update.
    pub artifact: Option<ArtifactId>,
    /// Its tags; `None` where the call that found it does not tell.
    pub tags: Option<BTreeMap<String, String>>,
    /// Who made it.
    pub user_arn: Option<String>,
    /// The server's clock when it answered.
    pub asked: Timestamp,
}

/// The status of a provisioned product.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Stable; the last operation succeeded.
    Available,
    /// An operation is running.
    UnderChange,
    /// Stable; what is there is not what was asked for.
    Tainted,
    /// Exists, but its creation failed.
    Error,
    /// A change-set plan for a new product exists.
    PlanInProgress,
    /// One we do not know: taken as in motion.
    Unknown(String),
}

/// One record as `DescribeRecord` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// What kind of operation, as the API writes it: `PROVISION_PRODUCT`, `UPDATE_PROVISIONED_PRODUCT`, …
    pub kind: String,
    /// The provisioned product it is about.
    pub provisioned: ProvisionedId,
    /// Its product.
    pub product: Option<ProductId>,
    /// Its version.
    pub artifact: Option<ArtifactId>,
    /// Its launch path.
    pub path: Option<PathId>,
    /// When it began, by the server's clock.
    pub created: Timestamp,
    /// When it last changed: the end of what is over.
    pub updated: Timestamp,
    /// The server's clock when it answered.
    pub asked: Timestamp,
    /// How it goes.
    pub progress: Progress,
}

/// How an operation goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// `CREATED`, `IN_PROGRESS`, or a status we do not know.
    Running,
    /// `IN_PROGRESS_IN_ERROR`: it failed and is being rolled back.
    Unwinding,
    /// `SUCCEEDED`, with all outputs.
    Succeeded(BTreeMap<String, String>),
    /// `FAILED`
    Failed(Vec<RecordError>),
}

/// Why a record failed, in the catalog's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// The service's code.
    pub code: String,
    /// The service's text.
    pub description: String,
}

/// Names a record; `outputs` says whether they are wanted when it has succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRef {
    /// Where.
    pub location: LocationName,
    /// Which.
    pub record: RecordId,
}

/// Looks for one provisioned product, past the search index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindBy {
    /// Where.
    pub location: LocationName,
    /// By name or id (`DescribeProvisionedProduct`).
    pub by: Selector,
}

/// What [`CatalogRead::find`] found, with the server's clock: absence is proof only together with a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The product, if it is there.
    pub existing: Option<Existing>,
    /// The server's clock when it answered.
    pub asked: Timestamp,
}

/// One request that changes the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where.
    pub location: LocationName,
    /// Its idempotency token.
    pub token: Token,
    /// The language of messages.
    pub language: Language,
    /// What it asks for.
    pub operation: Operation,
}

/// The three operations that change the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `ProvisionProduct`
    Provision {
        /// `ProvisionedProductName`
        name: String,
        /// What is provisioned.
        payload: Payload,
        /// `NotificationArns`
        notification_arns: Vec<String>,
    },
    /// `UpdateProvisionedProduct`, by id.
    Update {
        /// `ProvisionedProductId`
        id: ProvisionedId,
        /// What it becomes.
        payload: Payload,
    },
    /// `TerminateProvisionedProduct`, by id.
    Terminate {
        /// `ProvisionedProductId`
        id: ProvisionedId,
        /// `RetainPhysicalResources`
        retain: bool,
    },
}

/// What provisioning and updating have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// `ProductId`
    pub product: ProductId,
    /// `ProvisioningArtifactId`
    pub artifact: ArtifactId,
    /// `PathId`
    pub path: PathId,
    /// `ProvisioningParameters`
    pub parameters: BTreeMap<String, Sent>,
    /// `Tags`; `None` leaves the member out (updates where tags cannot change).
    pub tags: Option<BTreeMap<String, String>>,
    /// `ProvisioningPreferences`
    pub preferences: Option<Preferences>,
    /// `StackSetOperationType`; `None` leaves the member out, which means `UPDATE`.
    pub stack_set: Option<StackSetOperation>,
}

/// One parameter on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// `Value`
    Value(String),
    /// `Value` that must not be logged.
    Secret(Secret),
    /// `UsePreviousValue`, without a value.
    Previous,
}

/// What went wrong at the catalog's door.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CatalogError {
    /// What it means for us.
    pub kind: CatalogErrorKind,
    /// The service's error code, as it came; empty if there was none.
    pub code: String,
    /// The service's text, or the transport's.
    pub message: String,
}

/// What an error means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatalogErrorKind {
    /// The request never left this process: safe to make again.
    NotSent,
    /// It may or may not have been taken: time-outs, lost connections, 5xx, throttling.
    Ambiguous,
    /// The service refused it in a way that cannot have had an effect.
    Refused,
    /// The service refused it, naming a state or a name: look before believing.
    Conflict,
    /// The named thing is not there, or not for this caller.
    NotFound,
    /// The service says: later (busy account operations, concurrency limits).
    Later,
    /// Credentials are missing, expired or not allowed to do this.
    Denied,
}

impl CatalogErrorKind {
    /// Whether asking again may help.
    #[must_use]
    pub fn is_transient(self) -> bool {
        matches!(self, Self::NotSent | Self::Ambiguous | Self::Later)
    }
}

/// One answer per item, in the items' order.
pub type Answers<T> = Vec<Result<T, CatalogError>>;

/// Everything that can be asked. Never changes the cloud.
pub trait CatalogRead {
    /// `sts:GetCallerIdentity`: the account that each location's credentials belong to.
    fn identities(&self, of: &[LocationName]) -> Answers<AccountId>;
    /// The names and ids of all products a caller sees (`SearchProducts`); for suggestions and browsing.
    fn catalogue(&self, of: &[LocationName]) -> Answers<Vec<(ProductId, String)>>;
    /// `DescribeProduct`
    fn products(&self, of: &[ProductRef]) -> Answers<Product>;
    /// `DescribeProvisioningParameters`
    fn offerings(&self, of: &[OfferingRef]) -> Answers<Offering>;
    /// `SearchProvisionedProducts` at account level, all pages, sorted, de-duplicated and counted.
    fn search(&self, of: &[LocationName]) -> Answers<Vec<Existing>>;
    /// `DescribeProvisionedProduct`; absence is `Ok` with nothing in it.
    fn find(&self, of: &[FindBy]) -> Answers<Found>;
    /// `DescribeRecord` with all pages of outputs.
    fn records(&self, of: &[RecordRef]) -> Answers<Record>;
    /// `ListRecordHistory` of one provisioned product at account level, newest first, down to (not including) `since`.
    fn history(&self, of: &[(LocationName, ProvisionedId, Option<RecordId>)]) -> Answers<Vec<Record>>;
    /// How patient to be with a location.
    fn pacing(&self, of: &LocationName) -> Pacing;
    /// The server's clock, as far as it was ever heard.
    fn server_time(&self, of: &LocationName) -> Option<Timestamp>;
}

/// Everything that changes the cloud: one door.
pub trait Catalog: CatalogRead {
    /// Sends each request once. What cannot be signed by `sign_by[i]` (the server's clock) is not sent: `NotSent`.
    fn submit(&self, requests: &[Request], sign_by: &[Option<Timestamp>]) -> Answers<Record>;
}

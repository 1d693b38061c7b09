//! What is provisioned: provisioned products as the catalog shows them, and how one of them is looked for.

use std::sync::Arc;

use provisor_model::ids::{ArtifactId, LocationName, ProductId, ProvisionedId, RecordId, Token};
use provisor_model::kinds::ProvisionedType;
use provisor_model::product::Selector;
use provisor_model::time::Timestamp;

/// A provisioned product as `SearchProvisionedProducts` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// `Id`
    pub id: ProvisionedId,
    /// `Name`, which is unique in an account and region.
    pub name: String,
    /// `Arn`
    pub arn: String,
    /// Who says all this, and the product's type where the service does.
    pub seen: Seen,
    /// `Status`
    pub status: Status,
    /// The catalog's words for the status.
    pub status_message: Option<String>,
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
    /// What that version is called, also where it is no longer offered; `None` where the call that found it does not tell.
    pub artifact_name: Option<Arc<str>>,
    /// Its tags but AWS's own; `None` where the call that found it does not tell, or nobody needs them.
    pub tags: Option<Vec<ExistingTag>>,
    /// Who made it; `None` where the call that found it does not tell.
    pub user_arn: Option<String>,
    /// `PhysicalId`: the ARN of its stack or stack set, or an account; `None` where the call that found it does not tell.
    pub physical_id: Option<String>,
    /// The server's clock when it answered.
    pub asked: Timestamp,
}

impl Existing {
    /// Puts every text that somebody else wrote through this: the tags and the words for the status. Names tell it apart.
    pub fn reword(&mut self, reword: &mut dyn FnMut(&str) -> String) {
        if let Some(message) = &mut self.status_message {
            *message = reword(message);
        }
        for tag in self.tags.iter_mut().flatten() {
            for text in [&mut tag.key, &mut tag.value] {
                let told = reword(text);
                if told != **text {
                    *text = told.into();
                }
            }
        }
    }
}

/// A tag of a provisioned product. Thousands of products share its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistingTag {
    /// `Key`
    pub key: Arc<str>,
    /// `Value`
    pub value: Arc<str>,
}

/// Account Factory's quota: so many account operations at a time, in one landing zone.
/// <https://docs.aws.amazon.com/controltower/latest/userguide/limits.html>
pub const ACCOUNTS_AT_ONCE: usize = 5;

/// How what is known of a provisioned product is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The service told, and the product is of this type.
    Read(ProvisionedType),
    /// Nobody asked (`--no-refresh`): what is recorded stands in for an answer, and the type is not known.
    Recorded,
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

/// Looks for one provisioned product, past the search index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindBy {
    /// The catalog that is asked.
    pub location: LocationName,
    /// By name or id (`DescribeProvisionedProduct`).
    pub by: Selector,
}

/// Names the change-set plans of one provisioned product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlansOf {
    /// The catalog that is asked.
    pub location: LocationName,
    /// The provisioned product.
    pub provisioned: ProvisionedId,
}

/// A change-set plan that nobody has executed or deleted so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingPlan {
    /// `PlanId`
    pub id: String,
    /// `PlanName`
    pub name: String,
    /// `ProvisionProductId`
    pub provisioned: Option<ProvisionedId>,
}

/// What [`CatalogRead::find`] found, with the server's clock: absence is proof only together with a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The product, if it is there.
    pub existing: Option<Existing>,
    /// The server's clock when it answered.
    pub asked: Timestamp,
}

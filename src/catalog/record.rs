//! How operations go: records, and how they are asked for.

use std::collections::BTreeMap;

use provisor_model::ids::{ArtifactId, LocationName, PathId, ProductId, ProvisionedId, RecordId};
use provisor_model::kinds::RecordKind;
use provisor_model::time::Timestamp;

/// One record as `DescribeRecord` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// `RecordId`
    pub id: RecordId,
    /// What kind of operation it is of.
    pub kind: RecordKind,
    /// The provisioned product it is about.
    pub provisioned: ProvisionedId,
    /// `ProductId`, where the record names one.
    pub product: Option<ProductId>,
    /// `ProvisioningArtifactId`, where the record names one.
    pub artifact: Option<ArtifactId>,
    /// `PathId`, where the record names one.
    pub path: Option<PathId>,
    /// When it began, by the server's clock.
    pub created: Timestamp,
    /// When it last changed: the end of what is over.
    pub updated: Timestamp,
    /// The server's clock when it answered.
    pub asked: Timestamp,
    /// How it goes.
    pub progress: Progress,
    /// On whose behalf it was; boxed, as few records are asked for that.
    pub author: Option<Box<RecordAuthor>>,
}

impl Record {
    /// Puts the texts of what went wrong through this.
    pub fn reword(&mut self, reword: &mut dyn FnMut(&str) -> String) {
        if let Progress::Failed(errors) | Progress::PutOff(errors) = &mut self.progress {
            errors.iter_mut().for_each(|error| error.description = reword(&error.description));
        }
    }
}

/// On whose behalf an operation was, as far as its record tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordAuthor {
    /// `LaunchRoleArn`
    pub launch_role: Option<String>,
    /// `aws:servicecatalog:provisioningPrincipalArn`, of its tags: who provisioned the product, whatever the operation.
    pub principal: Option<String>,
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
    /// `FAILED`, because the service was too busy for it: it may be asked for again later. What was to be made holds its
    /// name all the same.
    PutOff(Vec<RecordError>),
}

/// Why a record failed, in the catalog's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordError {
    /// The service's code.
    pub code: String,
    /// The service's text.
    pub description: String,
    /// What to do about it, where the adapter knows that better than anybody else.
    pub hint: Option<&'static str>,
}

/// Names a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRef {
    /// The catalog that wrote the record.
    pub location: LocationName,
    /// `RecordId`
    pub record: RecordId,
}

/// Names the records of one provisioned product that came after one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRef {
    /// The catalog whose records are looked through.
    pub location: LocationName,
    /// The provisioned product.
    pub provisioned: ProvisionedId,
    /// The last record that is not wanted any more; `None`: all of them are.
    pub since: Option<RecordId>,
}

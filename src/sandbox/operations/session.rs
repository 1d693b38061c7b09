//! What an operation works on, and what it leaves for the request log.

use crate::catalog::CatalogView;
use crate::clock::Millis;
use crate::faults::Faults;
use crate::ids;
use crate::wire::Fault;
use crate::world::{Entry, Record, World};
use crate::world_file::Knobs;

/// One call: the caller's view of the catalog, the world it changes, and the moment.
pub(crate) struct Session<'a> {
    pub catalog: CatalogView<'a>,
    pub world: &'a mut World,
    pub faults: &'a mut Faults,
    pub lags: &'a mut Lags,
    pub caller: &'a Caller,
    /// The API operation.
    pub operation: &'static str,
    pub now: Millis,
    /// Of the request's body; tells a repeated token from a reused one.
    pub digest: &'a str,
    pub request_id: &'a str,
    pub notes: Notes,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Caller {
    pub account_id: String,
    pub region: String,
    /// The user, or the session of a role.
    pub user_arn: String,
    /// Access levels do not hold for it.
    pub is_everywhere: bool,
}

/// Calls that eventual consistency still refuses; counted in memory only.
#[derive(Debug, Default)]
pub(crate) struct Lags {
    pub path: u64,
    pub launch_role: u64,
}

/// What the request log says about a call.
#[derive(Debug, Default, Clone)]
pub(crate) struct Notes {
    pub provisioned_name: Option<String>,
    pub provisioned_id: Option<String>,
    pub record_id: Option<String>,
    pub product_id: Option<String>,
    pub artifact_id: Option<String>,
    pub faults: Vec<String>,
}

impl Session<'_> {
    pub(crate) fn knobs(&self) -> &Knobs {
        &self.catalog.whole.knobs
    }

    /// A new id; the same calls in the same order get the same ids.
    pub(crate) fn fresh_id(&self, prefix: &str, salt: &str) -> String {
        let count = self.world.records().len().to_string();
        let place = [self.catalog.account_id, self.catalog.region];
        ids::derive(prefix, &[&self.catalog.whole.seed, place[0], place[1], &count, salt])
    }

    /// Remembers what the call was about.
    pub(crate) fn note(&mut self, record: &Record) {
        self.notes.provisioned_name = Some(record.provisioned_name.clone());
        self.notes.provisioned_id = Some(record.provisioned_id.clone());
        self.notes.record_id = Some(record.id.clone());
        self.notes.product_id = Some(record.product_id.clone());
        self.notes.artifact_id = Some(record.artifact_id.clone());
    }

    /// Puts a record into the world and the log.
    pub(crate) fn put_record(&mut self, record: Record) -> Record {
        self.note(&record);
        self.world.put(Entry::Record(Box::new(record.clone())));
        record
    }

    /// The record of an earlier call with the same token: that call again, or another call in its name.
    pub(crate) fn replay(&self, operation: &str, token: &str) -> Result<Option<Record>, Fault> {
        let known = |record: &&Record| match self.knobs().token_lifetime {
            Some(lifetime) => self.now < record.timeline.created + lifetime.0,
            None => true,
        };
        match self.world.record_of_token(operation, token).filter(known) {
            None => Ok(None),
            Some(record) if record.digest == self.digest => Ok(Some(record.clone())),
            Some(_) => {
                let code = self.knobs().token_reuse_error.as_str();
                let message = format!("Idempotency token {token} was used with different parameters");
                Err(Fault::new(400, code, message))
            }
        }
    }
}

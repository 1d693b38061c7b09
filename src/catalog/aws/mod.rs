//! The catalog as the AWS SDK speaks to it: the only code that names `aws_sdk_*`. It owns the tokio runtime, keeps
//! clients, a server clock and a pace for each location, and runs a batch concurrently. It decides nothing: what an
//! answer means for a plan or an apply is said elsewhere.

mod batch;
mod clients;
mod clock;
mod connection;
mod convert;
mod credentials;
mod delivery;
mod endpoints;
mod errors;
mod failures;
mod interface;
mod login;
mod offers;
mod pacing;
mod pages;
mod plans;
mod reads;
mod rules;
mod sdk;
mod stacks;
mod submit;
mod transport;
mod trust;

use std::time::Duration;

use super::{
    Answers, Catalog, CatalogRead, Connection, Existing, FindBy, Found, HistoryRef, Identity, Offering,
    OfferingRef, OpenedPreview, Pacing, PendingPlan, PlansOf, PreviewProgress, PreviewRef, PreviewRequest,
    Product, ProductRef, Record, RecordRef, Request, ServiceTime, Stack, StackImport, StackRef,
};
use provisor_model::access::AccessLevel;
use provisor_model::ids::{AccountId, LocationName, ProductId, Region};

use batch::AwsLocation;

pub use batch::AwsCatalog;
pub use delivery::Delivery;
pub use interface::interface as template_interface;
pub use rules::rules as template_rules;

/// One location as the adapter needs it.
#[derive(Clone, Debug)]
pub struct LocationConfig {
    /// Its name: the route of every item of a batch.
    pub name: LocationName,
    /// Its region, always set in code.
    pub region: Region,
    /// Whose catalog it is.
    pub access: AccessConfig,
    /// Whose provisioned products are asked for.
    pub access_level: AccessLevel,
    /// How patient to be with it.
    pub pacing: Pacing,
}

/// How a location is reached.
#[derive(Clone, Debug)]
pub enum AccessConfig {
    /// AWS, or something that speaks as AWS does.
    Aws {
        /// A profile of the shared configuration; otherwise the SDK's default chain.
        profile: Option<String>,
        /// A role to assume with those credentials.
        role: Option<Role>,
        /// Another endpoint, for all services.
        endpoint_url: Option<String>,
        /// Whether endpoints may be used that are not the service's own, whoever names them.
        allow_custom_endpoint: bool,
    },
    /// A simulated catalog on loopback.
    Sandbox {
        /// Where it listens, such as `http://127.0.0.1:4566`.
        url: String,
        /// The account it plays: sent as the access key id.
        account_id: AccountId,
    },
}

/// A role to assume.
#[derive(Clone, Debug)]
pub struct Role {
    /// `RoleArn`
    pub arn: String,
    /// `ExternalId`
    pub external_id: Option<String>,
    /// `RoleSessionName`; `provisor` where none is given.
    pub session_name: Option<String>,
}

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until a connection stands.
    pub connect: Duration,
    /// One attempt of a read.
    pub read_attempt: Duration,
    /// A read with the SDK's retries.
    pub read: Duration,
    /// A request that changes the cloud: there is one attempt.
    pub mutation: Duration,
}

impl Default for Patience {
    /// 5 s, 30 s, 120 s, 60 s.
    fn default() -> Self {
        let [connect, read_attempt, read, mutation] = [5, 30, 120, 60].map(Duration::from_secs);
        Self { connect, read_attempt, read, mutation }
    }
}

impl CatalogRead for AwsCatalog {
    fn identities(&self, of: &[LocationName]) -> Answers<Identity> {
        self.batch(of, |location| location, offers::identity)
    }

    fn connections(&self, of: &[LocationName]) -> Answers<Connection> {
        self.batch(of, |location| location, connection::connection)
    }

    fn catalogue(&self, of: &[LocationName]) -> Answers<Vec<(ProductId, String)>> {
        self.batch(of, |location| location, offers::catalogue)
    }

    fn products(&self, of: &[ProductRef]) -> Answers<Product> {
        self.batch(of, |item| &item.location, offers::product)
    }

    fn offerings(&self, of: &[OfferingRef]) -> Answers<Offering> {
        self.batch(of, |item| &item.location, offers::offering)
    }

    fn search(&self, of: &[LocationName]) -> Answers<Vec<Existing>> {
        self.batch(of, |location| location, reads::search)
    }

    fn find(&self, of: &[FindBy]) -> Answers<Found> {
        self.batch(of, |item| &item.location, reads::find)
    }

    fn records(&self, of: &[RecordRef]) -> Answers<Record> {
        self.batch(of, |item| &item.location, reads::record)
    }

    fn history(&self, of: &[HistoryRef]) -> Answers<Vec<Record>> {
        self.batch(of, |item| &item.location, reads::history)
    }

    fn plans(&self, of: &[PlansOf]) -> Answers<Vec<PendingPlan>> {
        self.batch(of, |item| &item.location, plans::of_product)
    }

    fn plans_at(&self, of: &[LocationName]) -> Answers<Vec<PendingPlan>> {
        self.batch(of, |location| location, plans::of_location)
    }

    fn previews(&self, of: &[PreviewRef]) -> Answers<PreviewProgress> {
        self.batch(of, |item| &item.location, plans::describe)
    }

    fn stacks(&self, of: &[StackRef]) -> Answers<Stack> {
        stacks::read(self, of)
    }

    fn access_level(&self, of: &LocationName) -> AccessLevel {
        self.location(of).map(|location| location.config.access_level).unwrap_or_default()
    }

    fn throttled(&self, of: &LocationName) -> usize {
        self.location(of).map_or(0, |location| location.clock.throttled())
    }

    fn time(&self, of: &LocationName) -> ServiceTime {
        let heard = |location: &AwsLocation| ServiceTime::new(location.clock.now(), location.config.pacing);
        self.location(of).map(heard).unwrap_or_default()
    }
}

impl Catalog for AwsCatalog {
    fn submit(&self, requests: &[Request]) -> Answers<Record> {
        self.batch(requests, |request| &request.location, submit::send)
    }

    fn import_stacks(&self, of: &[StackImport]) -> Answers<Record> {
        self.batch(of, |item| &item.location, submit::import)
    }

    fn open_previews(&self, requests: &[PreviewRequest]) -> Answers<OpenedPreview> {
        self.batch(requests, |request| &request.location, submit::plan)
    }

    fn close_previews(&self, of: &[PreviewRef]) -> Answers<()> {
        self.batch(of, |item| &item.location, plans::delete)
    }
}

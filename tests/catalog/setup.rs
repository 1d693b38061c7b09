//! An adapter that looks at one scripted server, and the pieces of answers that several tests need.

use std::time::Duration;

use provisor::catalog::aws::{AccessConfig, AwsCatalog, LocationConfig, Patience};
use provisor::catalog::{CatalogRead, Pacing, RecordRef};
use provisor::model::access::AccessLevel;
use provisor::model::ids::{LocationName, Region};
use serde_json::{Value, json};

use super::server::{CLOCK, Server};

pub(super) fn here() -> LocationName {
    LocationName::from("here")
}

/// A location on the scripted server, as a sandbox.
pub(super) fn sandbox(url: &str) -> LocationConfig {
    LocationConfig {
        name: here(),
        region: Region::from("eu-west-1"),
        access: AccessConfig::Sandbox { url: url.to_owned(), account_id: "111122223333".into() },
        access_level: AccessLevel::Account,
        // a fast clock keeps the pauses of throttled reads short
        pacing: Pacing { time_scale: 100.0, ..Pacing::default() },
    }
}

/// An adapter whose patience is short.
pub(super) fn adapter(location: LocationConfig) -> AwsCatalog {
    let [connect, attempt, read] = [250, 500, 5_000].map(Duration::from_millis);
    let patience = Patience { connect, read_attempt: attempt, read, mutation: attempt };
    AwsCatalog::with_patience(vec![location], patience).unwrap()
}

pub(super) fn catalog(server: &Server) -> AwsCatalog {
    adapter(sandbox(&server.url))
}

/// The same, with a clock that was heard: without one nothing is signed.
pub(super) fn heard(location: LocationConfig) -> AwsCatalog {
    let catalog = adapter(location);
    only(catalog.records(&[record_ref(CLOCK)])).unwrap();
    catalog
}

/// The only answer to a batch of one.
pub(super) fn only<T>(answers: Vec<T>) -> T {
    assert_eq!(answers.len(), 1);
    answers.into_iter().next().unwrap()
}

pub(super) fn record_ref(record: &str) -> RecordRef {
    RecordRef { location: here(), record: record.into() }
}

/// A `RecordDetail` of one status.
pub(super) fn detail(record: &str, status: &str) -> Value {
    json!({
        "RecordId": record, "ProvisionedProductName": "net", "Status": status, "CreatedTime": 1_577_222_793.362,
        "UpdatedTime": 1_577_222_793.362, "ProvisionedProductType": "CFN_STACK", "RecordType": "PROVISION_PRODUCT",
        "ProvisionedProductId": "pp-1", "ProductId": "prod-1", "ProvisioningArtifactId": "pa-1", "PathId": "lpv3-1",
        "RecordErrors": [], "RecordTags": []
    })
}

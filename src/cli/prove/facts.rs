//! What both sides say, read from outside: the state as `provisor state pull` prints it, the catalog over the wire.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::judge::{AppliedClaim, BothSides, CatalogFact, RecordFact, RowClaim, ShownContent};
use super::wire::Wire;

/// The rows of an exported state.
pub fn claims(state: &Value) -> Option<Vec<RowClaim>> {
    Some(state["rows"].as_array()?.iter().map(claim).collect())
}

fn claim(row: &Value) -> RowClaim {
    let key = text(&row["address"]).split('@').next().unwrap_or_default().to_owned();
    let own = row["tokens"].as_array().into_iter().flatten().map(|pair| &pair[1]);
    let earlier = row["earlier"].as_array().into_iter().flatten();
    let applied = &row["applied"];
    RowClaim {
        key,
        id: row["binding"]["id"].as_str().map(ToOwned::to_owned),
        tokens: own.chain(earlier).filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        open: row["intent"]["token"].as_str().map(ToOwned::to_owned),
        applied: applied.is_object().then(|| AppliedClaim {
            record: text(&applied["record"]),
            content: ShownContent {
                version: text(&applied["content"]["artifact_name"]),
                note: text(&applied["content"]["parameters"]["Note"]["text"]),
            },
        }),
    }
}

/// Records that have ended: each is read once.
#[derive(Default)]
pub struct Records(BTreeMap<String, RecordFact>);

impl Records {
    /// What the catalog shows, of products and of the records that they and the claims name.
    pub fn seen(&mut self, wire: &Wire, claims: Vec<RowClaim>) -> Option<BothSides> {
        let there = wire.products()?;
        let mut records = BTreeMap::new();
        let applied = claims.iter().filter_map(|claim| Some(claim.applied.as_ref()?.record.clone()));
        let last = there.iter().map(|product| text(&product["LastProvisioningRecordId"]));
        for id in applied.chain(last).collect::<BTreeSet<_>>() {
            let record = self.record(wire, &id)?;
            records.insert(id, record);
        }
        let facts = there.iter().map(|product| fact(product, &records)).collect();
        Some(BothSides { claims, facts, records })
    }

    fn record(&mut self, wire: &Wire, id: &str) -> Option<RecordFact> {
        if let Some(known) = self.0.get(id) {
            return Some(known.clone());
        }
        let answer = wire.ask("DescribeRecord", &json!({"Id": id}))?;
        let status = text(&answer["RecordDetail"]["Status"]);
        let mut outputs = answer["RecordOutputs"].as_array().into_iter().flatten();
        let note = outputs.find(|output| output["OutputKey"] == "Note");
        let note = note.map(|output| text(&output["OutputValue"]));
        let record = RecordFact { status, note };
        if record.has_ended() {
            self.0.insert(id.to_owned(), record.clone());
        }
        Some(record)
    }
}

fn fact(product: &Value, records: &BTreeMap<String, RecordFact>) -> CatalogFact {
    let record = text(&product["LastProvisioningRecordId"]);
    let note = records.get(&record).and_then(|record| record.note.clone());
    let version = text(&product["ProvisioningArtifactName"]);
    let is_available = product["Status"] == "AVAILABLE";
    CatalogFact {
        id: text(&product["Id"]),
        name: text(&product["Name"]),
        token: text(&product["IdempotencyToken"]),
        record,
        content: note.filter(|_| is_available).map(|note| ShownContent { version, note }),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

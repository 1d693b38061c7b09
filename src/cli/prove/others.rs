//! Another user of the catalog: updates, terminates, and makes products under our names, over the wire.

use serde_json::{Value, json};

use super::dice::Dice;
use super::judge::Deeds;
use super::wire::Wire;

/// A request that got no answer is sent again with its token, so often.
const TRIES: usize = 50;

/// What their tokens begin with.
pub const MARK: &str = "by-hand-";

/// Somebody else.
#[derive(Default)]
pub struct Others {
    /// What came of it.
    pub deeds: Deeds,
    /// How many operations were taken.
    pub done: usize,
    /// How many requests were sent.
    pub sent: usize,
}

impl Others {
    /// Does something to one of the names.
    pub fn act(&mut self, wire: &Wire, dice: &mut Dice, names: &[String]) {
        let Some(name) = names.get(dice.below(names.len())) else { return };
        let operation = match dice.below(4) {
            0 => "TerminateProvisionedProduct",
            1 => "ProvisionProduct",
            _ => "UpdateProvisionedProduct",
        };
        let version = if dice.below(2) == 0 { "v1" } else { "v2" };
        self.operate(wire, operation, name, version);
    }

    /// Terminates what is theirs, so that its names are free.
    pub fn leave(&mut self, wire: &Wire, there: &[Value]) {
        for product in there {
            let (id, name) = (product["Id"].as_str(), product["Name"].as_str().unwrap_or_default());
            if id.is_some_and(|id| self.deeds.made.contains(id)) {
                self.operate(wire, "TerminateProvisionedProduct", name, "");
            }
        }
    }

    fn operate(&mut self, wire: &Wire, operation: &str, name: &str, version: &str) {
        let token = format!("{MARK}{}", self.sent);
        let mut body = json!({"ProvisionedProductName": name});
        match operation {
            "TerminateProvisionedProduct" => body["TerminateToken"] = json!(token),
            _ => {
                let key = if operation == "ProvisionProduct" { "ProvisionToken" } else { "UpdateToken" };
                body[key] = json!(token);
                body["ProductName"] = json!("box");
                body["ProvisioningArtifactName"] = json!(version);
                body["ProvisioningParameters"] =
                    json!([{"Key": "Name", "Value": name}, {"Key": "Note", "Value": token}]);
            }
        }
        for _ in 0..TRIES {
            self.sent += 1;
            if let Some(answer) = wire.ask(operation, &body) {
                return self.taken(operation, &answer["RecordDetail"]);
            }
        }
    }

    /// Notes what was taken; what was refused has no record.
    fn taken(&mut self, operation: &str, record: &Value) {
        let text = |key: &str| record[key].as_str().map(ToOwned::to_owned);
        let (Some(id), Some(record)) = (text("ProvisionedProductId"), text("RecordId")) else { return };
        self.done += 1;
        self.deeds.records.insert(record);
        match operation {
            "TerminateProvisionedProduct" => self.deeds.ended.insert(id),
            "ProvisionProduct" => self.deeds.made.insert(id),
            _ => false,
        };
    }
}

//! Another user of the catalog: updates, terminates, and makes products under our names, over the wire.

use serde_json::{Value, json};

use super::dice::Dice;
use super::judge::Deeds;
use super::wire::Wire;

/// A request that got no answer is sent again with its token, so often.
const TRIES: usize = 50;

/// What their tokens begin with.
const MARK: &str = "by-hand-";

/// Somebody else.
#[derive(Default)]
pub struct Others {
    /// What came of it.
    pub deeds: Deeds,
    /// How many requests were sent.
    sent: usize,
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
            if wire.ask(operation, &body).is_some() {
                return;
            }
        }
    }

    /// Notes what of the sandbox's log was theirs and was taken. Answers would not tell all: whoever asks again after a termination whose
    /// answer was lost hears that there is no such product.
    pub fn note(&mut self, calls: &[Value]) {
        for call in calls.iter().filter(|call| Self::is_theirs(call)) {
            let text = |key: &str| call[key].as_str().map(ToOwned::to_owned);
            let (Some(id), Some(record)) = (text("provisioned_product_id"), text("record_id")) else {
                continue;
            };
            self.deeds.records.insert(record);
            match call["operation"].as_str() {
                Some("TerminateProvisionedProduct") => self.deeds.ended.insert(id),
                Some("ProvisionProduct") => self.deeds.made.insert(id),
                _ => false,
            };
        }
    }

    /// Whether they asked for it.
    pub fn is_theirs(call: &Value) -> bool {
        call["token"].as_str().is_some_and(|token| token.starts_with(MARK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_theirs_though_no_answer_came() {
        let call = |operation: &str, token: &str, record: Option<&str>| {
            json!({"operation": operation, "token": token, "record_id": record,
                "provisioned_product_id": format!("pp-{operation}"), "error_code": "drop_response"})
        };
        let mut others = Others::default();
        others.note(&[
            call("TerminateProvisionedProduct", "by-hand-1", Some("rec-1")),
            call("TerminateProvisionedProduct", "by-hand-1", None),
            call("ProvisionProduct", "by-hand-2", Some("rec-2")),
            call("UpdateProvisionedProduct", "by-hand-3", Some("rec-3")),
            call("ProvisionProduct", "p-4", Some("rec-4")),
        ]);
        let set = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        assert_eq!(others.deeds.records, set(&["rec-1", "rec-2", "rec-3"]));
        assert_eq!(others.deeds.ended, set(&["pp-TerminateProvisionedProduct"]));
        assert_eq!(others.deeds.made, set(&["pp-ProvisionProduct"]));
    }
}

//! Somebody else who updates or terminates a provisioned product just before a call.

use serde_json::{Value, json};

use super::{Call, Engine, Request};
use crate::clock::Millis;
use crate::faults::{Strike, glob};
use crate::operations::{self, Caller, Notes};
use crate::partition::partition;
use crate::world::ProvisionedProduct;
use crate::world_file::OutcomeName;

/// Acts on every provisioned product that the fault's pattern names.
pub(super) fn act(engine: &mut Engine, call: &Call<'_>, now: Millis, fired: &Strike) {
    let (operation, token) = match fired.outcome {
        OutcomeName::ForeignUpdate => ("UpdateProvisionedProduct", "UpdateToken"),
        OutcomeName::ForeignTerminate => ("TerminateProvisionedProduct", "TerminateToken"),
        _ => return,
    };
    let Some(operation) = operations::find(operation) else {
        return;
    };
    let scope = (call.caller.account_id.clone(), call.caller.region.clone());
    let pattern = fired.pattern.as_deref().unwrap_or("*");
    let Some(location) = engine.locations.get(&scope) else {
        return;
    };
    let targets = location.world.all_provisioned().filter(|product| glob(pattern, &product.name));
    let version = fired.version.as_deref();
    let bodies: Vec<Value> = match fired.outcome {
        OutcomeName::ForeignUpdate => targets.map(|product| update(product, version)).collect(),
        _ => targets.map(|product| subject(product, token)).collect(),
    };
    let user_arn = format!("arn:{}:iam::{}:user/foreign", partition(&scope.1), scope.0);
    let caller = Caller { user_arn, is_everywhere: true, ..call.caller.clone() };
    for body in bodies {
        let request_id = engine.request_id();
        let mine = Call { caller: &caller, body: &[], ..*call };
        // a refusal is fine: the foreigner came too late
        let request = Request { call: &mine, operation, body: &body, now, id: &request_id };
        let _ = engine.operate(&request, &mut Notes::default());
    }
}

fn subject(product: &ProvisionedProduct, token: &str) -> Value {
    let id = format!("foreign-{}", product.state.last_record);
    json!({ "ProvisionedProductId": product.id, token: id })
}

/// Everything stays as it is, except perhaps the version.
fn update(product: &ProvisionedProduct, version: Option<&str>) -> Value {
    let mut body = subject(product, "UpdateToken");
    let keys = product.state.parameters.keys();
    body["ProvisioningParameters"] =
        keys.map(|key| json!({ "Key": key, "UsePreviousValue": true })).collect();
    body["PathId"] = json!(product.state.path_id);
    if let Some(version) = version {
        body["ProvisioningArtifactName"] = json!(version);
    }
    body
}

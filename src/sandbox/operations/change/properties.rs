//! Operations that deploy nothing: UpdateProvisionedProductProperties and ExecuteProvisionedProductServiceAction.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::record::{NewRecord, begin};
use crate::operations::browse::service_actions::{OnServiceAction, action};
use crate::operations::change::execution::steady;
use crate::operations::follow::provisioned::record_detail;
use crate::operations::resolve;
use crate::operations::session::Session;
use crate::wire::{Fault, PropertiesAnswer, RecordAnswer};
use crate::world::{After, ProvisionedProduct, Record, RecordEnd, State, Status};

/// The request of UpdateProvisionedProductProperties.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct UpdateProperties {
    provisioned_product_id: String,
    provisioned_product_properties: BTreeMap<String, String>,
    idempotency_token: String,
}

pub(crate) fn update_properties(
    session: &mut Session<'_>,
    request: UpdateProperties,
) -> Result<PropertiesAnswer, Fault> {
    const OPERATION: &str = "UpdateProvisionedProductProperties";
    let record = match session.replay(OPERATION, &request.idempotency_token)? {
        Some(record) => record,
        None => {
            let mut current = stable(session, &request.provisioned_product_id)?;
            for (key, value) in &request.provisioned_product_properties {
                set(&mut current.state, key, value)?;
            }
            let step =
                Step { operation: OPERATION, kind: "UPDATE_PROVISIONED_PRODUCT_PROPERTIES", span: 2_000 };
            interlude(session, current, step, request.idempotency_token)
        }
    };
    Ok(PropertiesAnswer {
        provisioned_product_id: request.provisioned_product_id,
        provisioned_product_properties: request.provisioned_product_properties,
        status: record.status(session.now),
        record_id: record.id,
    })
}

fn set(state: &mut State, key: &str, value: &str) -> Result<(), Fault> {
    let is_role = value.starts_with("arn:") && value.contains(":role/");
    match key {
        "LAUNCH_ROLE" if is_role => state.launch_role = Some(value.to_owned()),
        "OWNER" if value.starts_with("arn:") => state.owner_arn = Some(value.to_owned()),
        _ => {
            return Err(Fault::invalid(format!("Invalid value for property {key}: {value}")));
        }
    }
    Ok(())
}

/// A provisioned product that nothing else is happening to.
fn stable(session: &Session<'_>, id: &str) -> Result<ProvisionedProduct, Fault> {
    let current = resolve::provisioned_by_id(session, id)?;
    match current.state.status {
        Status::Available | Status::Tainted => Ok(current.clone()),
        status => {
            let message = format!("ProvisionedProduct product {id} is in status {}", status.as_str());
            Err(Fault::new(400, session.knobs().plan_state_error.as_str(), message))
        }
    }
}

struct Step {
    operation: &'static str,
    kind: &'static str,
    span: i64,
}

/// An operation that deploys nothing: a while under change, then as before.
fn interlude(session: &mut Session<'_>, current: ProvisionedProduct, step: Step, token: String) -> Record {
    let timeline = steady(session.now, step.span);
    let after = After {
        status: current.state.status,
        status_message: current.state.status_message.clone(),
        deployed: None,
    };
    let during = State {
        status: Status::UnderChange,
        status_message: None,
        last_record: session.fresh_id("rec-", &token),
        ..current.state.clone()
    };
    let new_record = NewRecord {
        operation: step.operation,
        kind: step.kind,
        token,
        tags: BTreeMap::new(),
        timeline,
        end: RecordEnd::Succeeded { outputs: Vec::new() },
    };
    begin(session, ProvisionedProduct { state: during, ..current }, Some(after), new_record)
}

pub(crate) fn execute_action(
    session: &mut Session<'_>,
    request: OnServiceAction,
) -> Result<RecordAnswer, Fault> {
    const OPERATION: &str = "ExecuteProvisionedProductServiceAction";
    let record = match session.replay(OPERATION, &request.execute_token)? {
        Some(record) => record,
        None => {
            action(session, &request)?;
            let current = stable(session, &request.provisioned_product_id)?;
            let step = Step {
                operation: OPERATION,
                kind: "EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION",
                span: 10_000,
            };
            interlude(session, current, step, request.execute_token)
        }
    };
    Ok(RecordAnswer { record_detail: record_detail(&record, session.now) })
}

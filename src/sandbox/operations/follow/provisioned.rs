//! Reads of one record or one provisioned product.

use serde::Deserialize;

use crate::clock::Millis;
use crate::operations::resolve::{self, NameOrId};
use crate::operations::session::Session;
use crate::operations::tags;
use crate::wire::{
    DescribeProvisionedAnswer, DescribeRecordAnswer, Fault, Moment, OutputShape, OutputsAnswer,
    ProvisionedProductDetail, RecordDetail, RecordErrorShape, page,
};
use crate::world::{Output, ProvisionedProduct, Record, Status};

/// The request of DescribeRecord.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DescribeRecord {
    id: String,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn describe_record(
    session: &mut Session<'_>,
    request: DescribeRecord,
) -> Result<DescribeRecordAnswer, Fault> {
    let none = || Fault::not_found(format!("Record {} not found.", request.id));
    let record = session.world.record(&request.id).cloned().ok_or_else(none)?;
    // whoever gave a product away does not see its records any more
    let product = session.world.provisioned(&record.provisioned_id);
    session.may_reach(product.map_or(&record.user_arn, |product| product.owner()), none)?;
    session.note(&record);
    let outputs = record.outputs(session.now);
    let page = page(outputs, request.page_size, request.page_token.as_deref(), 20, &record.id)?;
    Ok(DescribeRecordAnswer {
        record_detail: record_detail(&record, session.now),
        record_outputs: page.items.iter().map(output_shape).collect(),
        next_page_token: page.next,
    })
}

/// A record as every answer shows it.
pub(crate) fn record_detail(record: &Record, now: Millis) -> RecordDetail {
    let started = record.status(now) != "CREATED";
    let error = |error: &crate::world::RecordError| RecordErrorShape {
        code: error.code.clone(),
        description: error.description.clone(),
    };
    RecordDetail {
        record_id: record.id.clone(),
        provisioned_product_name: record.provisioned_name.clone(),
        status: record.status(now),
        created_time: Moment(record.timeline.created),
        updated_time: Moment(record.updated(now)),
        provisioned_product_type: record.provisioned_kind.clone(),
        record_type: record.kind.clone(),
        provisioned_product_id: record.provisioned_id.clone(),
        product_id: record.product_id.clone(),
        provisioning_artifact_id: record.artifact_id.clone(),
        path_id: record.path_id.clone(),
        record_errors: record.errors(now).iter().map(error).collect(),
        record_tags: if started { tags::shown(&record.tags) } else { Vec::new() },
        launch_role_arn: record.launch_role.clone(),
    }
}

fn output_shape(output: &Output) -> OutputShape {
    OutputShape {
        output_key: output.key.clone(),
        output_value: output.value.clone(),
        description: output.description.clone(),
    }
}

/// The request of DescribeProvisionedProduct.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DescribeProvisionedProduct {
    id: Option<String>,
    name: Option<String>,
}

pub(crate) fn describe_provisioned_product(
    session: &mut Session<'_>,
    request: DescribeProvisionedProduct,
) -> Result<DescribeProvisionedAnswer, Fault> {
    let wanted = NameOrId::new(&request.id, &request.name);
    let product = resolve::provisioned(session, wanted, ["Id", "Name"], false)?;
    let detail = provisioned_detail(session, product);
    session.notes.provisioned_id = Some(detail.id.clone());
    session.notes.provisioned_name = Some(detail.name.clone());
    Ok(DescribeProvisionedAnswer { provisioned_product_detail: detail, cloud_watch_dashboards: Vec::new() })
}

/// A provisioned product as Describe and Scan show it.
pub(crate) fn provisioned_detail(
    session: &Session<'_>,
    product: &ProvisionedProduct,
) -> ProvisionedProductDetail {
    let state = &product.state;
    let (product_id, artifact_id) = shown_version(session, product);
    ProvisionedProductDetail {
        name: product.name.clone(),
        arn: product.arn.clone(),
        kind: product.kind.clone(),
        id: product.id.clone(),
        status: state.status.as_str(),
        status_message: state.status_message.clone(),
        created_time: Moment(product.created),
        idempotency_token: product.token.clone(),
        last_record_id: state.last_record.clone(),
        last_provisioning_record_id: state.last_provisioning.clone(),
        last_successful_provisioning_record_id: state.last_successful.clone(),
        product_id: product_id.to_owned(),
        provisioning_artifact_id: artifact_id.to_owned(),
        launch_role_arn: state.launch_role.clone(),
    }
}

/// Product and version as reads show them: those that a change leads to from its start on, unless a knob says otherwise.
pub(crate) fn shown_version<'a>(
    session: &Session<'_>,
    product: &'a ProvisionedProduct,
) -> (&'a str, &'a str) {
    let state = &product.state;
    if state.status == Status::UnderChange && session.knobs().changes_show_late {
        (&state.running_product_id, &state.running_artifact_id)
    } else {
        (&state.product_id, &state.artifact_id)
    }
}

/// The request of GetProvisionedProductOutputs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct GetProvisionedProductOutputs {
    provisioned_product_id: Option<String>,
    provisioned_product_name: Option<String>,
    output_keys: Vec<String>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn get_provisioned_product_outputs(
    session: &mut Session<'_>,
    request: GetProvisionedProductOutputs,
) -> Result<OutputsAnswer, Fault> {
    let wanted = NameOrId::new(&request.provisioned_product_id, &request.provisioned_product_name);
    let members = ["ProvisionedProductId", "ProvisionedProductName"];
    let product = resolve::provisioned(session, wanted, members, false)?;
    let query = format!("outputs {} {:?}", product.id, request.output_keys);
    let (id, name) = (product.id.clone(), product.name.clone());
    let record = product.state.last_successful.as_ref().and_then(|id| session.world.record(id));
    let record =
        record.ok_or_else(|| Fault::invalid("Last Successful Provisioning Record doesn't exist."))?;
    let outputs = selected(record.outputs(session.now), &request.output_keys).map_err(|key| {
        let code = session.knobs().unknown_output_error.as_str();
        Fault::new(400, code, format!("Invalid output key: {key}"))
    })?;
    let page = page(&outputs, request.page_size, request.page_token.as_deref(), 20, &query)?;
    let answer = OutputsAnswer {
        outputs: page.items.iter().map(|output| output_shape(output)).collect(),
        next_page_token: page.next,
    };
    session.notes.provisioned_id = Some(id);
    session.notes.provisioned_name = Some(name);
    Ok(answer)
}

/// The outputs of these keys, or the first key that is none's.
fn selected<'a, 'k>(outputs: &'a [Output], keys: &'k [String]) -> Result<Vec<&'a Output>, &'k str> {
    if let Some(key) = keys.iter().find(|key| outputs.iter().all(|output| &output.key != *key)) {
        return Err(key);
    }
    Ok(outputs.iter().filter(|output| keys.is_empty() || keys.contains(&output.key)).collect())
}

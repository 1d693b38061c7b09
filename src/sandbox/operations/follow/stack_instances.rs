//! ListStackInstancesForProvisionedProduct.

use serde::Deserialize;

use crate::operations::resolve;
use crate::operations::session::Session;
use crate::wire::{Fault, StackInstanceShape, StackInstancesAnswer, page};
use crate::world::{Instance, Status};

/// The request of ListStackInstancesForProvisionedProduct.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListStackInstances {
    provisioned_product_id: String,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn list_stack_instances(
    session: &mut Session<'_>,
    request: ListStackInstances,
) -> Result<StackInstancesAnswer, Fault> {
    let id = &request.provisioned_product_id;
    let product = resolve::provisioned_by_id(session, id)?;
    if product.kind != "CFN_STACKSET" {
        return Err(Fault::invalid(format!("ProvisionedProduct product {id} is not a stack set")));
    }
    let stack_instance_status = match product.state.status {
        Status::UnderChange | Status::Tainted => "OUTDATED",
        _ => "CURRENT",
    };
    let page = page(&product.state.instances, request.page_size, request.page_token.as_deref(), 20, id)?;
    let shape = |instance: &Instance| StackInstanceShape {
        account: instance.account.clone(),
        region: instance.region.clone(),
        stack_instance_status,
    };
    Ok(StackInstancesAnswer {
        stack_instances: page.items.iter().map(shape).collect(),
        next_page_token: page.next,
    })
}

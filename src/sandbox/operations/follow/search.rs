//! SearchProvisionedProducts and ScanProvisionedProducts.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ids;
use crate::operations::access::{AccessLevelFilter, Reach, role_of};
use crate::operations::follow::provisioned::{provisioned_detail, shown_version};
use crate::operations::follow::queries::{self, Query};
use crate::operations::session::Session;
use crate::operations::tags;
use crate::wire::{
    Fault, Moment, ProvisionedProductAttribute, ScanAnswer, SearchAnswer, token_of, tokens_cursor,
};
use crate::world::{Cursor, Order, ProvisionedProduct, Sort, page_of};
use crate::world_file::AccessLevel;

/// The request of SearchProvisionedProducts.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct SearchProvisionedProducts {
    access_level_filter: Option<AccessLevelFilter>,
    filters: BTreeMap<String, Vec<String>>,
    sort_by: Option<String>,
    sort_order: Option<String>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn search_provisioned_products(
    session: &mut Session<'_>,
    request: SearchProvisionedProducts,
) -> Result<SearchAnswer, Fault> {
    let reach = session.reach(request.access_level_filter.as_ref(), AccessLevel::Account)?;
    let queries = Query::all(request.filters.get("SearchQuery"));
    let descending = request.sort_order.as_deref() == Some("DESCENDING");
    let sort = sort(request.sort_by.as_deref())?;
    let query = format!("search {reach:?} {:?} {sort:?} {descending}", request.filters);
    let cursor = match request.page_token.as_deref().filter(|token| !token.is_empty()) {
        None => None,
        Some(token) => Some(tokens_cursor(token, &query)?),
    };
    let visible_from = session.now - session.knobs().search_lag.0;
    let keep = |product: &ProvisionedProduct| {
        product.created <= visible_from
            && reach.covers(product.owner())
            && queries::fits(session, &queries, product)
    };
    let size = request.page_size.filter(|&size| size > 0).unwrap_or(100);
    let unstable = request.sort_by.is_none() && session.knobs().unstable_search && size > 1;
    let cursor = if unstable && coin(session) { cursor.map(a_step_back) } else { cursor };
    let only = if cursor.is_none() { queries::only(session, &queries) } else { None };
    let (page, next) = match only {
        Some(only) => (only.into_iter().filter(|product| keep(product)).collect(), None),
        None => page_of(session.world, Order { sort, descending }, cursor.as_ref(), size, keep),
    };
    let total = if only.is_some() {
        page.len()
    } else if queries.is_empty() && reach == Reach::Account && session.knobs().search_lag.0 == 0 {
        session.world.count()
    } else {
        session.world.all_provisioned().filter(|product| keep(product)).count()
    };
    Ok(SearchAnswer {
        provisioned_products: page.into_iter().map(|product| attribute(session, product)).collect(),
        total_results_count: total,
        next_page_token: next.map(|cursor| token_of(&cursor, &query)),
    })
}

/// A place before the last one shown, and after the one before it: ids share no long beginnings.
fn a_step_back((time, key, mut id): Cursor) -> Cursor {
    id.pop();
    (time, key, id)
}

/// Without an order the service's pages may overlap; this makes them.
fn coin(session: &Session<'_>) -> bool {
    ids::fraction(&["unstable", session.request_id]) < 0.5
}

fn sort(field: Option<&str>) -> Result<Sort, Fault> {
    match field {
        None | Some("id") => Ok(Sort::Id),
        Some("name") => Ok(Sort::Name),
        Some("arn") => Ok(Sort::Arn),
        Some("createdTime") => Ok(Sort::CreatedTime),
        Some("lastRecordId") => Ok(Sort::LastRecordId),
        Some(other) => Err(Fault::invalid(format!("Invalid sort field: {other}"))),
    }
}

fn attribute(session: &Session<'_>, product: &ProvisionedProduct) -> ProvisionedProductAttribute {
    let state = &product.state;
    let (product_name, provisioning_artifact_name) = queries::names(session, product);
    let (product_id, artifact_id) = shown_version(session, product);
    let owner = product.owner();
    ProvisionedProductAttribute {
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
        tags: tags::shown(&state.tags),
        physical_id: queries::physical_id(session, product),
        product_id: product_id.to_owned(),
        product_name: product_name.map(str::to_owned),
        provisioning_artifact_id: artifact_id.to_owned(),
        provisioning_artifact_name: provisioning_artifact_name.map(str::to_owned),
        user_arn: role_of(owner),
        user_arn_session: owner.to_owned(),
    }
}

/// The request of ScanProvisionedProducts.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ScanProvisionedProducts {
    access_level_filter: Option<AccessLevelFilter>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn scan_provisioned_products(
    session: &mut Session<'_>,
    request: ScanProvisionedProducts,
) -> Result<ScanAnswer, Fault> {
    let reach = session.reach(request.access_level_filter.as_ref(), AccessLevel::User)?;
    let query = format!("scan {reach:?}");
    let cursor = match request.page_token.as_deref().filter(|token| !token.is_empty()) {
        None => None,
        Some(token) => Some(tokens_cursor(token, &query)?),
    };
    let size = request.page_size.filter(|&size| size > 0).unwrap_or(20);
    let keep = |product: &ProvisionedProduct| reach.covers(product.owner());
    let (page, next) =
        page_of(session.world, Order { sort: Sort::Id, descending: false }, cursor.as_ref(), size, keep);
    Ok(ScanAnswer {
        provisioned_products: page.into_iter().map(|product| provisioned_detail(session, product)).collect(),
        next_page_token: next.map(|cursor| token_of(&cursor, &query)),
    })
}

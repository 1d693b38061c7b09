//! What exists and how it goes: provisioned products and records.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_servicecatalog::types::{
    AccessLevelFilter, AccessLevelFilterKey, ListRecordHistorySearchFilter, SortOrder,
};

use super::batch::Link;
use super::convert::{self, Outputs};
use super::errors::{garbled, missing};
use super::pages::Pages;
use crate::catalog::{
    CatalogError, CatalogErrorKind, Existing, FindBy, Found, HistoryRef, PendingPlan, PlansOf, Progress,
    Record, RecordRef,
};
use crate::model::ids::LocationName;
use crate::model::product::Selector;

/// The most that the service gives at once.
const SEARCH_PAGE: i32 = 100;
const RECORD_PAGE: i32 = 20;

/// Everything of the account, whoever made it: the service's default is the caller's own for some calls.
fn whole_account() -> AccessLevelFilter {
    AccessLevelFilter::builder().key(AccessLevelFilterKey::Account).value("self").build()
}

/// What pages are sorted by: unsorted ones may overlap. The first is what clients of AWS's own send, and stands on no list
/// of legal values; the second does.
const SORTS: [&str; 2] = ["createdTime", "id"];

/// `SearchProvisionedProducts`, all pages. Counted against the service's own total: when products are missing, or came or
/// went between two pages, one more full pass.
pub(super) async fn search(link: &Link, _: &LocationName) -> Result<Vec<Existing>, CatalogError> {
    let [usual, other] = SORTS;
    let (sort, first) = match search_once(link, usual).await {
        Err(error) if is_about_the_request(&error) => (other, search_once(link, other).await?),
        first => (usual, first?),
    };
    if first.is_whole() && !first.moved {
        return Ok(first.found);
    }
    let again = search_once(link, sort).await?;
    if again.is_whole() {
        return Ok(again.found);
    }
    let (seen, total) = (again.found.len(), again.total);
    Err(garbled(format!("the search gave {seen} provisioned products, but counts {total}: ask again later")))
}

/// Whether a read was refused for what it asks, and not for who asks.
fn is_about_the_request(error: &CatalogError) -> bool {
    let codes = ["InvalidParametersException", "ValidationException"];
    error.kind == CatalogErrorKind::Refused && codes.contains(&error.code.as_str())
}

/// One pass through all pages.
#[derive(Default)]
struct Pass {
    found: Vec<Existing>,
    /// How many there are, by the last page.
    total: usize,
    /// Two pages counted differently: tokens are offsets, so that a page may have left out what moved forward.
    moved: bool,
}

impl Pass {
    fn is_whole(&self) -> bool {
        self.found.len() >= self.total
    }
}

async fn search_once(link: &Link, sort: &str) -> Result<Pass, CatalogError> {
    let mut pass = Pass::default();
    let mut ids = BTreeSet::new();
    let mut pages = Pages::default();
    for page_number in 0.. {
        let (page, asked) = link
            .get(async |listener| {
                let call = link.clients.reader.search_provisioned_products();
                let call = call.access_level_filter(whole_account()).page_size(SEARCH_PAGE);
                let call = call.sort_by(sort).sort_order(SortOrder::Ascending);
                call.set_page_token(pages.token()).customize().interceptor(listener).send().await
            })
            .await?;
        for product in page.provisioned_products.unwrap_or_default() {
            let existing = convert::searched(product, asked)?;
            if ids.insert(existing.id.clone()) {
                pass.found.push(existing);
            }
        }
        // products come and go while pages are read: the last page's count is the one to hold
        let total = usize::try_from(page.total_results_count).unwrap_or(0);
        pass.moved |= page_number > 0 && total != pass.total;
        pass.total = total;
        if !pages.turn(page.next_page_token)? {
            break;
        }
    }
    Ok(pass)
}

/// `DescribeProvisionedProduct`; absence is an answer.
pub(super) async fn find(link: &Link, of: &FindBy) -> Result<Found, CatalogError> {
    let (answer, asked) = link
        .ask(async |listener| {
            let call = link.clients.reader.describe_provisioned_product();
            let call = match &of.by {
                Selector::Id(id) => call.id(id),
                Selector::Name(name) => call.name(name),
            };
            call.customize().interceptor(listener).send().await
        })
        .await;
    match answer {
        Ok(answer) => {
            let detail = answer.provisioned_product_detail;
            let detail = detail.ok_or_else(|| missing("ProvisionedProductDetail"))?;
            Ok(Found { existing: Some(convert::described(detail, asked)?), asked })
        }
        Err(error) if error.kind == CatalogErrorKind::NotFound => Ok(Found { existing: None, asked }),
        Err(error) => Err(error),
    }
}

/// `DescribeRecord`; when it succeeded, with all pages of outputs.
pub(super) async fn record(link: &Link, of: &RecordRef) -> Result<Record, CatalogError> {
    let mut outputs: Outputs = BTreeMap::new();
    let mut pages = Pages::default();
    loop {
        let (page, asked) = link
            .get(async |listener| {
                let call =
                    link.clients.reader.describe_record().id(of.record.as_str()).page_size(RECORD_PAGE);
                call.set_page_token(pages.token()).customize().interceptor(listener).send().await
            })
            .await?;
        let mut record = convert::record(page.record_detail, asked)?;
        if !matches!(record.progress, Progress::Succeeded(_)) {
            return Ok(record);
        }
        convert::add_outputs(&mut outputs, page.record_outputs);
        if !pages.turn(page.next_page_token)? {
            record.progress = Progress::Succeeded(outputs);
            return Ok(record);
        }
    }
}

/// `ListRecordHistory` of one provisioned product, newest first, down to `since`.
pub(super) async fn history(link: &Link, of: &HistoryRef) -> Result<Vec<Record>, CatalogError> {
    let of_product = ListRecordHistorySearchFilter::builder();
    let of_product = of_product.key("provisionedproduct").value(of.provisioned.as_str()).build();
    let mut records = Vec::new();
    let mut pages = Pages::default();
    loop {
        let (page, asked) = link
            .get(async |listener| {
                let call = link.clients.reader.list_record_history().access_level_filter(whole_account());
                let call = call.search_filter(of_product.clone()).page_size(RECORD_PAGE);
                call.set_page_token(pages.token()).customize().interceptor(listener).send().await
            })
            .await?;
        for detail in page.record_details.unwrap_or_default() {
            let record = convert::record(Some(detail), asked)?;
            if of.since.as_ref() == Some(&record.id) {
                return Ok(records);
            }
            records.push(record);
        }
        if !pages.turn(page.next_page_token)? {
            return Ok(records);
        }
    }
}

/// `ListProvisionedProductPlans` of one provisioned product, all pages.
pub(super) async fn plans(link: &Link, of: &PlansOf) -> Result<Vec<PendingPlan>, CatalogError> {
    let mut plans = Vec::new();
    let mut pages = Pages::default();
    loop {
        let (page, _) = link
            .get(async |listener| {
                let call = link.clients.reader.list_provisioned_product_plans();
                let call = call.access_level_filter(whole_account()).page_size(RECORD_PAGE);
                let call = call.provision_product_id(of.provisioned.as_str());
                call.set_page_token(pages.token()).customize().interceptor(listener).send().await
            })
            .await?;
        plans.extend(page.provisioned_product_plans.unwrap_or_default().into_iter().filter_map(|plan| {
            let id = plan.plan_id?;
            Some(PendingPlan { name: plan.plan_name.unwrap_or_else(|| id.clone()), id })
        }));
        if !pages.turn(page.next_page_token)? {
            return Ok(plans);
        }
    }
}

//! What exists and how it goes: provisioned products and records.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_servicecatalog::types::{
    AccessLevelFilter, AccessLevelFilterKey, ListRecordHistorySearchFilter, SortOrder,
};

use super::batch::Link;
use super::convert::{self, Outputs, SharedTexts};
use super::errors::{garbled, here, missing};
use super::pages::Pages;
use crate::{
    CatalogError, CatalogErrorKind, Existing, FindBy, Found, HistoryRef, Progress, Record, RecordRef,
};
use provisor_model::access::AccessLevel;
use provisor_model::ids::LocationName;
use provisor_model::product::Selector;

/// The most that the service gives at once.
const SEARCH_PAGE: i32 = 100;
pub(super) const RECORD_PAGE: i32 = 20;

/// What the location says, and never what the service makes of nothing: for some calls that is the caller's own.
pub(super) fn filter(level: AccessLevel) -> AccessLevelFilter {
    let key = match level {
        AccessLevel::Account => AccessLevelFilterKey::Account,
        AccessLevel::Role => AccessLevelFilterKey::Role,
        AccessLevel::User => AccessLevelFilterKey::User,
    };
    AccessLevelFilter::builder().key(key).value("self").build()
}

/// What a principal lacks that may not list at this level, and what may be written instead of granting it.
fn beyond(level: AccessLevel, action: &str, error: CatalogError) -> CatalogError {
    if error.kind != CatalogErrorKind::NotAllowed {
        return error;
    }
    let condition = format!("servicecatalog:{level}Level");
    let lower = match level {
        AccessLevel::Account => {
            "; or write `access_level: role` or `access_level: user` at the location: then only what the role, or the session, made is seen, and what is not found is unknown"
        }
        AccessLevel::Role => {
            "; or write `access_level: user` at the location: then only what the session made is seen"
        }
        AccessLevel::User => "",
    };
    let hint = format!(
        "the principal needs `servicecatalog:{action}` with the condition `{condition}: self`{lower}"
    );
    CatalogError { hint: Some(hint), ..error }
}

/// What pages are sorted by: unsorted ones may overlap. The first is what clients of AWS's own send, and stands on no list
/// of legal values; the second does.
const SORTS: [&str; 2] = ["createdTime", "id"];

/// `SearchProvisionedProducts`, all pages. Counted against the service's own total: when products are missing, or came or
/// went between two pages, one more full pass.
pub(super) async fn search(link: &Link, _: &LocationName) -> Result<Vec<Existing>, CatalogError> {
    let level = link.access_level;
    let denied = |error| beyond(level, "SearchProvisionedProducts", error);
    let [usual, other] = SORTS;
    let (sort, first) = match search_once(link, level, usual).await {
        Err(error) if is_about_the_request(&error) => {
            (other, search_once(link, level, other).await.map_err(denied)?)
        }
        first => (usual, first.map_err(denied)?),
    };
    if first.found.is_empty() && level.sees_all() && is_blind(link, sort).await.map_err(denied)? {
        return Err(denied(here(
            CatalogErrorKind::NotAllowed,
            "the search of the whole account shows nothing, and there are products of the caller's own",
        )));
    }
    if first.is_whole() && !first.moved {
        return Ok(first.found);
    }
    let again = search_once(link, level, sort).await.map_err(denied)?;
    if again.is_whole() {
        return Ok(again.found);
    }
    let (seen, total) = (again.found.len(), again.total);
    Err(garbled(format!("the search gave {seen} provisioned products, but counts {total}: ask again later")))
}

/// Whether an empty answer for the account is no answer: a service that does not say that more was asked for than is
/// permitted may show nothing instead, and then everything would be taken for gone.
async fn is_blind(link: &Link, sort: &str) -> Result<bool, CatalogError> {
    let own = match search_once(link, AccessLevel::User, sort).await {
        Err(error) if error.kind == CatalogErrorKind::NotAllowed => return Ok(false),
        answer => answer?,
    };
    // what was made between the two is in the third
    Ok(!own.found.is_empty() && search_once(link, AccessLevel::Account, sort).await?.found.is_empty())
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

async fn search_once(link: &Link, level: AccessLevel, sort: &str) -> Result<Pass, CatalogError> {
    let mut pass = Pass::default();
    let (mut ids, mut texts) = (BTreeSet::new(), SharedTexts::default());
    let mut pages = Pages::default();
    for page_number in 0.. {
        let (page, asked) = link
            .get(async |listener| {
                let call = link.clients.reader.search_provisioned_products();
                let call = call.access_level_filter(filter(level)).page_size(SEARCH_PAGE);
                let call = call.sort_by(sort).sort_order(SortOrder::Ascending);
                call.set_page_token(pages.token()).customize().interceptor(listener).send().await
            })
            .await?;
        for product in page.provisioned_products.unwrap_or_default() {
            let existing = convert::searched(product, asked, &mut texts)?;
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

/// Whether it is not there, or not for this caller: nobody knows how the service says the latter.
fn is_hidden(link: &Link, error: &CatalogError) -> bool {
    match error.kind {
        CatalogErrorKind::NotFound => true,
        CatalogErrorKind::NotAllowed => !link.access_level.sees_all(),
        _ => false,
    }
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
        Err(error) if is_hidden(link, &error) => Ok(Found { existing: None, asked }),
        Err(error) => Err(error),
    }
}

/// `DescribeRecord`; when it succeeded, with all pages of outputs. Below the account, one that may not be described is not
/// found: it is somebody else's.
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
            .await
            .map_err(|error| match is_hidden(link, &error) {
                true => CatalogError { kind: CatalogErrorKind::NotFound, ..error },
                false => error,
            })?;
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
                let call = link.clients.reader.list_record_history();
                let call = call.access_level_filter(filter(link.access_level));
                let call = call.search_filter(of_product.clone()).page_size(RECORD_PAGE);
                call.set_page_token(pages.token()).customize().interceptor(listener).send().await
            })
            .await
            .map_err(|error| beyond(link.access_level, "ListRecordHistory", error))?;
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

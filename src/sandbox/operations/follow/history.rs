//! ListRecordHistory.

use serde::Deserialize;

use crate::operations::access::AccessLevelFilter;
use crate::operations::follow::provisioned::record_detail;
use crate::operations::session::Session;
use crate::wire::{Fault, RecordsAnswer, token_of, tokens_cursor};
use crate::world::Record;
use crate::world_file::AccessLevel;

/// The request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListRecordHistory {
    access_level_filter: Option<AccessLevelFilter>,
    search_filter: Option<SearchFilter>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SearchFilter {
    key: Option<String>,
    value: Option<String>,
}

/// Newest first; a cursor is the place of the last record shown.
pub(crate) fn list_record_history(
    session: &mut Session<'_>,
    request: ListRecordHistory,
) -> Result<RecordsAnswer, Fault> {
    // as it was when it happened: whoever gave a product away still lists what was done before
    let reach = session.reach(request.access_level_filter.as_ref(), AccessLevel::User)?;
    let filter = request.search_filter.unwrap_or_default();
    let value = filter.value.unwrap_or_default();
    let query = format!("history {reach:?} {:?} {value}", filter.key);
    let before = match request.page_token.as_deref().filter(|token| !token.is_empty()) {
        None => usize::MAX,
        Some(token) => tokens_cursor(token, &query)?,
    };
    let size = request.page_size.filter(|&size| size > 0).unwrap_or(20);
    let seen = |record: &Record| reach.covers(&record.user_arn);
    let records = session.world.records();
    let at = |place: usize| records.get(place).filter(|record| seen(record)).map(|record| (place, record));
    let mut found: Vec<(usize, &Record)> = match filter.key.as_deref() {
        Some("provisionedproduct") => {
            let places = session.world.record_places(&value).iter().rev().copied();
            places.filter(|&place| place < before).filter_map(at).take(size + 1).collect()
        }
        Some("product") => {
            let places = (0..records.len().min(before)).rev();
            places.filter_map(at).filter(|(_, record)| record.product_id == value).take(size + 1).collect()
        }
        None => (0..records.len().min(before)).rev().filter_map(at).take(size + 1).collect(),
        Some(other) => return Err(Fault::invalid(format!("Invalid search filter key: {other}"))),
    };
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().map(|(place, _)| *place).filter(|_| more);
    Ok(RecordsAnswer {
        record_details: found.into_iter().map(|(_, record)| record_detail(record, session.now)).collect(),
        next_page_token: last.map(|place| token_of(&place, &query)),
    })
}

//! What we believe of the service, held against what one account answers. Reads only. Whoever sees a difference may paste
//! it into an issue: names and ids are not repeated.

use super::rounds::{NO_PRODUCT, NO_RECORD};
use crate::catalog::{
    CatalogError, CatalogErrorKind, CatalogRead, Existing, FindBy, HistoryRef, Progress, Record, RecordRef,
    Status,
};
use crate::model::ids::LocationName;
use crate::model::kinds::RecordKind;
use crate::model::product::Selector;

/// Something that we believe of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belief {
    /// What we believe, as a sentence.
    pub what: &'static str,
    /// Whether it is so here.
    pub agreement: Comparison,
    /// What was seen where it is not so.
    pub seen: String,
}

/// Whether something is as it is believed to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is.
    Agrees,
    /// It is not.
    Differs,
    /// There was nothing to see it by.
    Unseen,
}

impl Belief {
    /// Holds where nothing was seen against it.
    fn of(what: &'static str, against: Option<String>) -> Self {
        match against {
            None => Self { what, agreement: Comparison::Agrees, seen: String::new() },
            Some(seen) => Self { what, agreement: Comparison::Differs, seen },
        }
    }

    fn unseen(what: &'static str) -> Self {
        Self { what, agreement: Comparison::Unseen, seen: String::new() }
    }
}

/// All of them, at one location.
pub(super) fn beliefs(location: &LocationName, catalog: &dyn CatalogRead) -> Vec<Belief> {
    let found = catalog.search(std::slice::from_ref(location)).pop();
    let existing = found.and_then(Result::ok).unwrap_or_default();
    let mut all = absences(location, catalog);
    all.extend(listed(&existing));
    all.extend(one(location, catalog, existing.iter().find(|one| one.last_provisioning_record.is_some())));
    let heard = catalog.time(location).now().0 > 0;
    all.push(Belief::of(
        "every answer has a date and a request id",
        (!heard).then(|| "no date was heard".to_owned()),
    ));
    all
}

/// What is said of what is not there.
fn absences(location: &LocationName, catalog: &dyn CatalogRead) -> Vec<Belief> {
    let find = |by| catalog.find(&[FindBy { location: location.clone(), by }]).pop();
    let is_absent = |answer: Option<Result<crate::catalog::Found, CatalogError>>| match answer {
        Some(Ok(found)) if found.existing.is_none() => None,
        Some(Ok(_)) => Some("it exists".to_owned()),
        Some(Err(error)) => Some(error.code),
        None => Some("no answer".to_owned()),
    };
    let record = RecordRef { location: location.clone(), record: NO_RECORD.into() };
    let record = match catalog.records(&[record]).pop() {
        Some(Err(error)) if error.kind == CatalogErrorKind::NotFound => None,
        Some(Err(error)) => Some(error.code),
        Some(Ok(_)) | None => Some("it exists".to_owned()),
    };
    vec![
        Belief::of(
            "an unknown provisioned product id is ResourceNotFoundException",
            is_absent(find(Selector::Id(NO_PRODUCT.to_owned()))),
        ),
        Belief::of(
            "an unknown provisioned product name is ResourceNotFoundException",
            is_absent(find(Selector::Name("provisor-doctor-asks-for-nothing".to_owned()))),
        ),
        Belief::of("an unknown record is ResourceNotFoundException", record),
    ]
}

/// What is said of all that exists.
fn listed(existing: &[Existing]) -> Vec<Belief> {
    let believed = |what, against: &dyn Fn(&Existing) -> Option<String>| match existing {
        [] => Belief::unseen(what),
        some => Belief::of(what, some.iter().find_map(against)),
    };
    vec![
        believed("ids of provisioned products begin with pp-", &|one| {
            (!one.id.as_str().starts_with("pp-")).then(|| prefix(one.id.as_str()))
        }),
        believed("a provisioned product has one of five statuses", &|one| match &one.status {
            Status::Unknown(status) => Some(status.clone()),
            _ => None,
        }),
        believed("a provisioned product shows the token that made it", &|one| {
            one.token.is_none().then(|| "one has none".to_owned())
        }),
        believed("a provisioned product names its last record, and that begins with rec-", &|one| match one
            .last_record
            .as_ref()
        {
            Some(record) if record.as_str().starts_with("rec-") => None,
            Some(record) => Some(prefix(record.as_str())),
            None => Some("one has none".to_owned()),
        }),
    ]
}

/// So much of an id is the same everywhere.
fn prefix(id: &str) -> String {
    id.split_inclusive('-').next().unwrap_or_default().to_owned()
}

const SAME: &str = "search and describe agree about status and last record";
const RECORD: &str = "the last provisioning record is of this product, and no termination";
const SUCCEEDED: &str = "an available product's last provisioning record succeeded";
const ORDER: &str = "the record history begins with the newest record";

/// What is said of one product in several calls.
fn one(location: &LocationName, catalog: &dyn CatalogRead, existing: Option<&Existing>) -> Vec<Belief> {
    let Some((existing, last)) = existing.and_then(|one| Some((one, one.last_provisioning_record.clone()?)))
    else {
        return [SAME, RECORD, SUCCEEDED, ORDER].map(Belief::unseen).into();
    };
    let by = Selector::Id(existing.id.to_string());
    let found = catalog.find(&[FindBy { location: location.clone(), by }]).pop();
    let same = found.map(|answer| match answer.map(|found| found.existing) {
        Ok(Some(other))
            if (&other.status, &other.last_record) == (&existing.status, &existing.last_record) =>
        {
            None
        }
        Ok(Some(other)) => Some(format!("{:?} and {:?}", existing.status, other.status)),
        Ok(None) => Some("describe does not find it".to_owned()),
        Err(error) => Some(error.code),
    });
    let record = catalog.records(&[RecordRef { location: location.clone(), record: last }]).pop();
    let history = HistoryRef { location: location.clone(), provisioned: existing.id.clone(), since: None };
    let history = catalog.history(&[history]).pop();
    let mut all = vec![same.map_or_else(|| Belief::unseen(SAME), |against| Belief::of(SAME, against))];
    match record {
        Some(Ok(record)) => {
            let foreign = record.provisioned != existing.id || record.kind == RecordKind::Terminate;
            all.push(Belief::of(RECORD, foreign.then(|| record.kind.to_string())));
            let failed =
                existing.status == Status::Available && !matches!(record.progress, Progress::Succeeded(_));
            all.push(Belief::of(SUCCEEDED, failed.then(|| "it did not".to_owned())));
        }
        Some(Err(error)) => {
            all.extend([RECORD, SUCCEEDED].map(|what| Belief::of(what, Some(error.code.clone()))))
        }
        None => all.extend([RECORD, SUCCEEDED].map(Belief::unseen)),
    }
    all.push(match history {
        Some(Ok(records)) => Belief::of(ORDER, disorder(&records)),
        Some(Err(error)) => Belief::of(ORDER, Some(error.code)),
        None => Belief::unseen(ORDER),
    });
    all
}

fn disorder(records: &[Record]) -> Option<String> {
    let ordered = records.is_sorted_by(|newer, older| newer.created >= older.created);
    (!ordered).then(|| "it does not".to_owned())
}

//! What is provisioned when a world begins, with its names resolved. How it comes to be there is `operations`' business.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};

use super::{Artifact, Index, Portfolio, Product};
use crate::files::{Held, Room};
use crate::partition::partition;
use crate::template::{ParameterFault, Place};
use crate::world::Status;
pub(crate) use crate::world_file::ExistingStatus;
use crate::world_file::{
    ExistingEntry, FaultEntry, OperationName, OutcomeName, Problem, Source, Text, WorldFile, suggestion,
    version_suggestion,
};

/// A provisioned product that is there in the beginning.
pub(crate) struct Existing {
    pub name: String,
    pub account_id: String,
    pub region: String,
    pub owner_arn: String,
    /// Its place among the products.
    pub product: usize,
    /// Its place among the product's versions.
    pub version: usize,
    /// Whose launch path it has; the first one if absent.
    pub portfolio: Option<String>,
    pub parameters: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub status: ExistingStatus,
    /// What makes its status.
    pub faults: Vec<FaultEntry>,
    /// Where it stands, for what is found wrong with it later.
    pub place: Problem,
}

impl ExistingStatus {
    /// As reads show it.
    pub(crate) fn status(self) -> Status {
        match self {
            ExistingStatus::Available => Status::Available,
            ExistingStatus::Tainted => Status::Tainted,
            ExistingStatus::Error => Status::Error,
        }
    }
}

/// What the entries may name.
#[derive(Clone, Copy)]
pub(super) struct Places<'a> {
    pub products: &'a [Product],
    pub portfolios: &'a [Portfolio],
    pub index: &'a Index,
    pub held: &'a RefCell<Held>,
}

/// Finds what the entries name.
pub(super) fn resolve(
    file: &WorldFile,
    source: &Source,
    places: Places<'_>,
    found: &mut Vec<Problem>,
) -> Vec<Existing> {
    let Places { products, portfolios, .. } = places;
    let known: HashSet<&str> = portfolios.iter().map(|portfolio| portfolio.name.as_str()).collect();
    let entries = file.provisioned_products.iter().enumerate();
    let is_full = Cell::new(false);
    let resolved = entries.map(|(index, entry)| {
        let path = format!("provisioned_products[{index}]");
        let at = EntryAt { path: &path, source, index };
        let Choice { product: found, version } = choice(entry, places, &known, &at)?;
        let product = products.get(found);
        let kind = product.map_or("", |product| product.kind.as_str());
        let artifact = product.and_then(|product| product.versions.get(version));
        let none =
            |why: Option<String>| why.map(|why| source.problem(&path, why)).into_iter().collect::<Vec<_>>();
        begin(places.held, artifact, &is_full, || weight(entry, file, artifact)).map_err(none)?;
        if entry.status != ExistingStatus::Error {
            let wrong = product.map_or_else(Vec::new, |product| values(entry, product, version, &at));
            if !wrong.is_empty() {
                return Err(wrong);
            }
        }
        let (account_id, region) = scope(entry, file);
        let foreign = || format!("arn:{}:iam::{account_id}:user/foreign", partition(&region));
        Ok(Existing {
            name: entry.name.to_string(),
            owner_arn: entry.owner.as_ref().map_or_else(foreign, Text::to_string),
            product: found,
            version,
            portfolio: entry.portfolio.as_ref().map(Text::to_string),
            parameters: plain(&entry.parameters),
            tags: plain(&entry.tags),
            status: entry.status,
            faults: faults(entry.status, kind),
            place: source.problem(&path, ""),
            account_id,
            region,
        })
    });
    let resolved: Vec<Result<Existing, Vec<Problem>>> = resolved.collect();
    let mut existing = Vec::new();
    for one in resolved {
        one.map_or_else(|wrong| found.extend(wrong), |one| existing.push(one));
    }
    // without room for all, nothing is begun
    if is_full.get() { Vec::new() } else { existing }
}

/// What an entry is of, by the places of both.
struct Choice {
    product: usize,
    version: usize,
}

/// What an entry is of, or all that is wrong with how it says that. Of a version that is none, the parameters are held against
/// every one that there is.
fn choice(
    entry: &ExistingEntry,
    places: Places<'_>,
    known: &HashSet<&str>,
    at: &EntryAt<'_>,
) -> Result<Choice, Vec<Problem>> {
    let wrong = |key: &str, message| at.source.problem(&format!("{}.{key}", at.path), message);
    let mut found = Vec::new();
    let portfolio = entry.portfolio.as_ref().map(Text::as_str);
    let unknown = portfolio.filter(|name| !known.contains(name));
    if let Some(name) = unknown {
        let names = places.portfolios.iter().map(|portfolio| portfolio.name.as_str());
        let message = format!("there is no portfolio `{name}`{}", suggestion(name, few(names, at.index)));
        found.push(wrong("portfolio", message));
    }
    let product = match product(entry, places, at.index, portfolio.filter(|_| unknown.is_none())) {
        Ok(product) => product,
        Err(message) => {
            found.push(wrong("product", message));
            return Err(found);
        }
    };
    let Some(of) = places.products.get(product) else { return Err(found) };
    match version(entry, of) {
        Ok(version) if found.is_empty() => return Ok(Choice { product, version }),
        Ok(version) => found.extend(values(entry, of, version, at)),
        Err(message) => {
            found.push(wrong("version", message));
            if at.index < ADVISED {
                found.extend(whatever_version(entry, of, at));
            }
        }
    }
    Err(found)
}

/// What is wrong with the parameters of an entry in every version that there is.
fn whatever_version(entry: &ExistingEntry, product: &Product, at: &EntryAt<'_>) -> Vec<Problem> {
    let mut all = product.versions.iter().enumerate().filter(|(_, version)| !version.broken);
    let Some((last, _)) = all.next_back() else { return Vec::new() };
    let mut found = values(entry, product, last, at);
    for (version, _) in all {
        let here = values(entry, product, version, at);
        found.retain(|one| here.iter().any(|other| other.place == one.place));
    }
    found
}

/// The account and the region of an entry.
fn scope(entry: &ExistingEntry, file: &WorldFile) -> (String, String) {
    let own = |own: &Option<Text>, of_file: &Text| own.as_ref().unwrap_or(of_file).to_string();
    (own(&entry.account_id, &file.account_id), own(&entry.region, &file.region))
}

/// Takes the room of one more of a version; else why there can be none, where that is not told elsewhere.
fn begin(
    held: &RefCell<Held>,
    version: Option<&Artifact>,
    is_full: &Cell<bool>,
    weight: impl FnOnce() -> usize,
) -> Result<(), Option<String>> {
    let Some(version) = version else { return Ok(()) };
    if version.broken {
        // that its template is none is told
        return Err(None);
    }
    let most = Room::MOST_BEGUN;
    // where there is no room any more, nothing is written out
    let weight = if is_full.get() { usize::MAX } else { weight() };
    held.borrow_mut().begin(weight).ok_or_else(|| {
        // of all that there is no room for, the first is told
        (!is_full.replace(true)).then(|| {
            format!("the templates of all that is provisioned in the beginning have more than {most} values together: take fewer or smaller ones")
        })
    })
}

/// What a stack of an entry costs, in values.
fn weight(entry: &ExistingEntry, file: &WorldFile, version: Option<&Artifact>) -> usize {
    let (account_id, region) = scope(entry, file);
    let place = Place {
        account_id: &account_id,
        region: &region,
        stack_name: entry.name.as_str(),
        stack_id: "",
        notification_arns: &[],
    };
    version.map_or(0, |version| version.template.weight(&plain(&entry.parameters), &place))
}

/// So many entries get suggestions.
const ADVISED: usize = 100;

/// Where an entry stands.
struct EntryAt<'s> {
    path: &'s str,
    source: &'s Source,
    /// Which one it is.
    index: usize,
}

/// What is wrong with the parameters of an entry, each at its place; of other engines, nobody knows them.
fn values(entry: &ExistingEntry, product: &Product, version: usize, told: &EntryAt<'_>) -> Vec<Problem> {
    let EntryAt { path, source, index } = *told;
    let is_known = ["CLOUD_FORMATION_TEMPLATE", "MARKETPLACE"].contains(&product.kind.as_str());
    let Some(artifact) = product.versions.get(version).filter(|_| is_known) else { return Vec::new() };
    let keys = || artifact.template.parameters().iter().map(|parameter| parameter.key.as_str());
    let known = || few(keys(), index);
    let (name, label) = (&product.name, artifact.name.as_deref().unwrap_or(&artifact.id));
    let faults = artifact.template.wrong_values(&plain(&entry.parameters)).into_iter();
    let problem = |(key, fault): (String, ParameterFault)| {
        let at = format!("{path}.parameters.{key}");
        match fault {
            ParameterFault::Unknown => {
                let meant = suggestion(&key, known());
                source.problem_of_key(&at, format!("`{name}` {label} has no parameter `{key}`{meant}"))
            }
            ParameterFault::Missing => {
                let at = format!("{path}.parameters");
                let message = format!("`{}` needs the parameter `{key}` of `{name}` {label}", entry.name);
                source.problem_of_key(&at, message)
            }
            ParameterFault::Broken(message) => source.problem(&at, message),
        }
    };
    faults.map(problem).collect()
}

fn plain(texts: &BTreeMap<String, Text>) -> BTreeMap<String, String> {
    texts.iter().map(|(key, value)| (key.clone(), value.to_string())).collect()
}

/// What may have been meant: nobody reads that of thousands of entries.
fn few<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    index: usize,
) -> impl Iterator<Item = &'a str> + Clone {
    names.take(if index < ADVISED { usize::MAX } else { 0 })
}

/// The product that an entry, the so-manyeth, means, in a portfolio if it says so.
fn product(
    entry: &ExistingEntry,
    places: Places<'_>,
    nth: usize,
    portfolio: Option<&str>,
) -> Result<usize, String> {
    let Places { products, portfolios, index, .. } = places;
    let wanted = entry.product.as_str();
    let is_meant = |name: &str| portfolio.is_none_or(|portfolio| portfolio == name);
    let is_there = |product: &usize| {
        let mut homes = index.homes(*product).iter().filter_map(|home| portfolios.get(home.portfolio));
        homes.any(|portfolio| is_meant(&portfolio.name))
    };
    if let Some(product) = index.id(wanted).filter(is_there) {
        return Ok(product);
    }
    let there = index.named(wanted).iter().copied().filter(is_there);
    let named: Vec<(usize, &Product)> = there.filter_map(|it| Some((it, products.get(it)?))).collect();
    match named.as_slice() {
        [(index, _)] => Ok(*index),
        [] => {
            let names = products.iter().map(|product| product.name.as_str());
            Err(format!("there is no product `{wanted}` here{}", suggestion(wanted, few(names, nth))))
        }
        several => Err(ambiguous(wanted, several)),
    }
}

fn ambiguous(wanted: &str, several: &[(usize, &Product)]) -> String {
    let ids: Vec<String> = several.iter().map(|(_, product)| format!("`{}`", product.id)).collect();
    let ids = ids.join(", ");
    format!("several products are named `{wanted}`: name one by its id, {ids}, or by its `portfolio`")
}

fn version(entry: &ExistingEntry, product: &Product) -> Result<usize, String> {
    let names = product.versions.iter().filter_map(|version| version.name.as_deref());
    let Some(wanted) = entry.version.as_ref().map(Text::as_str) else {
        return match product.versions.len() {
            1 => Ok(0),
            _ => {
                Err(format!("`version` is missing: `{}` has several{}", product.name, suggestion("", names)))
            }
        };
    };
    let mut versions = product.versions.iter();
    versions.position(|version| version.name.as_deref() == Some(wanted) || version.id == wanted).ok_or_else(
        || format!("`{}` has no version `{wanted}`{}", product.name, version_suggestion(wanted, names)),
    )
}

/// What goes wrong on the way to a status.
fn faults(status: ExistingStatus, kind: &str) -> Vec<FaultEntry> {
    let fault = |operation, outcome| FaultEntry {
        operation: Some(operation),
        call: None,
        outcome,
        provisioned_product: None,
        product: None,
        version: None,
        times: None,
        skip: None,
        rate: None,
        message: None,
        after: None,
    };
    match (status, kind) {
        (ExistingStatus::Available, _) => Vec::new(),
        (ExistingStatus::Tainted, _) => vec![fault(OperationName::Update, OutcomeName::Rollback)],
        // what another engine rolls back is tainted
        (ExistingStatus::Error, "CLOUD_FORMATION_TEMPLATE" | "MARKETPLACE") => {
            vec![fault(OperationName::Provision, OutcomeName::Rollback)]
        }
        (ExistingStatus::Error, _) => vec![fault(OperationName::Provision, OutcomeName::Reject)],
    }
}

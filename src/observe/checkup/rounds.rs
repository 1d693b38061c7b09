//! The rounds of a checkup: each thing is asked of all locations at once.

use super::{CheckupRow, CheckupScope, Health, LocationCheckup};
use crate::catalog::{
    CatalogError, CatalogErrorKind, CatalogRead, Configured, Connection, Existing, FindBy, HistoryRef,
    Identity, OfferingRef, PlansOf, PreviewRef, Product, ProductRef, RecordRef, Seen, Status,
};
use crate::declare::{Access, Location};
use crate::model::access::AccessLevel;
use crate::model::ids::{LocationName, ProductId, ProvisionedId, RecordId};
use crate::model::kinds::ProvisionedType;
use crate::model::product::Selector;
use crate::model::text::{count, listed};
use crate::model::time::Timestamp;

/// The row that says whose the credentials are.
pub(super) const ACCOUNT: &str = "account";
/// Of so many products the launch paths are asked for.
const PRODUCTS_ASKED: usize = 10;
/// So many names are listed.
const NAMES: usize = 10;
/// A signature is taken within five minutes: this is what may be left of them.
const SKEWED: i64 = 240_000;
/// More than a person would call the same time.
const LATE: i64 = 5_000;
/// The shape of an id, and nobody's.
pub(super) const NO_PRODUCT: &str = "pp-aaaaaaaaaaaaa";
pub(super) const NO_RECORD: &str = "rec-aaaaaaaaaaaaa";
const NO_PLAN: &str = "plan-aaaaaaaaaaaaa";

/// What changes the cloud, and is not tried.
const CHANGES: [&str; 3] = [
    "servicecatalog:ProvisionProduct",
    "servicecatalog:UpdateProvisionedProduct",
    "servicecatalog:TerminateProvisionedProduct",
];

/// The same, and nobody needs it but for previews.
const PREVIEWS: [&str; 2] =
    ["servicecatalog:CreateProvisionedProductPlan", "servicecatalog:DeleteProvisionedProductPlan"];
/// What of those is a read.
const PREVIEW: &str = "servicecatalog:DescribeProvisionedProductPlan";
/// Who needs it.
const FOR_PREVIEWS: &str = "only `--preview` and `guards.replace_resources` need it";

/// One location on its way through the rounds.
pub(super) struct Patient {
    pub(super) name: LocationName,
    pub(super) rows: Vec<CheckupRow>,
    /// Whether its credentials are those of somebody who is answered.
    pub(super) is_known: bool,
    products: Vec<ProductId>,
    existing: Option<Existing>,
    /// Account Factory's operations that are under way.
    pub(super) accounts_under_way: usize,
    level: AccessLevel,
}

impl Patient {
    pub(super) fn seen(mut self) -> LocationCheckup {
        if self.is_known {
            let untried = "not tried: it changes the cloud";
            self.rows.extend(CHANGES.map(|action| CheckupRow::unclear(action, untried)));
            let untried = format!("{untried}; {FOR_PREVIEWS}");
            self.rows.extend(PREVIEWS.map(|action| CheckupRow::unclear(action, untried.as_str())));
        }
        LocationCheckup { location: self.name, rows: self.rows, beliefs: Vec::new() }
    }

    fn subject(&self) -> ProvisionedId {
        self.existing.as_ref().map_or_else(|| NO_PRODUCT.into(), |existing| existing.id.clone())
    }

    fn record(&self) -> RecordId {
        let last = self.existing.as_ref().and_then(|existing| existing.last_record.clone());
        last.unwrap_or_else(|| NO_RECORD.into())
    }

    /// Tells what a read gave; what is not there was looked for, and so may be.
    fn tried<T>(
        &mut self,
        what: &'static str,
        answer: &Result<T, CatalogError>,
        text: impl Fn(&T) -> String,
    ) {
        self.rows.push(match answer {
            Ok(found) => CheckupRow::good(what, text(found)),
            Err(error) if error.kind == CatalogErrorKind::NotFound => {
                CheckupRow::good(what, "permitted; there was nothing to read")
            }
            Err(error) => CheckupRow::failed(what, error, self.level),
        });
    }
}

/// How each location is reached, and whose the credentials are.
pub(super) fn patients(scope: CheckupScope<'_>, catalog: &dyn CatalogRead) -> Vec<Patient> {
    let names: Vec<LocationName> = scope.locations.keys().cloned().collect();
    let (identities, ways) = (catalog.identities(&names), catalog.connections(&names));
    let answers = scope.locations.values().zip(identities).zip(ways);
    let look = |((location, identity), way): ((&Location, Result<Identity, _>), Result<Connection, _>)| {
        let mut rows = vec![CheckupRow::good("region", location.region.as_str())];
        let level = catalog.access_level(&location.name);
        rows.push(CheckupRow::good("access_level", level.as_str()));
        let principal = way.as_ref().ok().and_then(|way| way.principal.clone());
        let simulated = matches!(location.access, Access::Sandbox { .. })
            || identity.as_ref().is_ok_and(|identity| identity.catalog.is_simulated());
        if !simulated {
            match &way {
                Ok(way) => rows.extend(reached(way)),
                Err(error) => rows.push(CheckupRow::failed("credentials", error, level)),
            }
        }
        rows.push(whose(scope, location, &identity, principal.as_deref()));
        if !simulated {
            rows.extend(clock(scope.now, catalog.time(&location.name).now()));
        }
        let (name, is_known) = (location.name.clone(), identity.is_ok());
        let (products, existing, accounts_under_way) = (Vec::new(), None, 0);
        Patient { name, rows, is_known, products, existing, accounts_under_way, level }
    };
    answers.map(look).collect()
}

fn reached(way: &Connection) -> Vec<CheckupRow> {
    let named = |one: &Option<Configured>, none: &str| match one {
        Some(Configured { text, by }) => format!("{text} (by {by})"),
        None => none.to_owned(),
    };
    let unnamed = way.credentials.is_empty();
    vec![
        CheckupRow::good("endpoint", named(&way.endpoint, "the service's own")),
        CheckupRow::good("certificates", named(&way.certificates, "those of this machine")),
        CheckupRow::good("proxy", named(&way.proxy, "none")),
        CheckupRow::good(
            "credentials",
            if unnamed { "of a source that does not say so" } else { &way.credentials },
        ),
    ]
}

fn whose(
    scope: CheckupScope<'_>,
    location: &Location,
    identity: &Result<Identity, CatalogError>,
    principal: Option<&str>,
) -> CheckupRow {
    let Identity { account, catalog, .. } = match identity {
        Ok(identity) => identity,
        Err(error) => return CheckupRow::failed(ACCOUNT, error, AccessLevel::default()),
    };
    let mut rows = scope.recorded.rows.iter().filter(|(address, _)| address.location == location.name);
    let recorded = rows.next().map(|(_, row)| &row.home.account);
    let expected = location.account_id.as_ref().or(recorded);
    let partition = principal.and_then(|arn| arn.split(':').nth(1));
    let partition = partition.map(|partition| format!(", partition {partition}")).unwrap_or_default();
    let principal = principal.map(|arn| format!(", as {arn}")).unwrap_or_default();
    let text = format!("{account} ({}){partition}{principal}", catalog.noun());
    match expected.filter(|expected| *expected != account) {
        None => CheckupRow::good(ACCOUNT, text),
        Some(expected) => CheckupRow::bad(ACCOUNT, format!("{text}; {expected} is expected"))
            .hint(Some("give the right profile or role".to_owned())),
    }
}

/// How far two clocks are apart; nothing while the service's was never heard.
fn clock(here: Timestamp, there: Timestamp) -> Option<CheckupRow> {
    let ahead = here.0.saturating_sub(there.0);
    let apart = ahead.saturating_abs();
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    let text = format!("{} s {side} the service's", apart / 1000);
    Some(match apart {
        _ if there == Timestamp::default() => return None,
        ..LATE => CheckupRow::good("clock", "as the service's"),
        LATE..SKEWED => CheckupRow::unclear("clock", text),
        _ => CheckupRow::bad("clock", text).hint(Some("set this machine's clock".to_owned())),
    })
}

/// What is granted: products, versions, launch paths, parameters.
pub(super) fn offered(patients: &mut [Patient], catalog: &dyn CatalogRead) {
    let mut asked: Vec<&mut Patient> = patients.iter_mut().filter(|patient| patient.is_known).collect();
    let names: Vec<LocationName> = asked.iter().map(|patient| patient.name.clone()).collect();
    for (patient, answer) in asked.iter_mut().zip(catalog.catalogue(&names)) {
        patient.tried("servicecatalog:SearchProducts", &answer, |found| count(found.len(), "product"));
        if matches!(&answer, Ok(found) if found.is_empty()) {
            patient.rows.push(
                CheckupRow::bad("portfolios", "none is granted to this principal").hint(Some(
                    "the owner of a portfolio associates the principal with it (AssociatePrincipalWithPortfolio)"
                        .to_owned(),
                )),
            );
        }
        let found = answer.unwrap_or_default().into_iter().map(|(id, _)| id);
        patient.products = found.take(PRODUCTS_ASKED).collect();
    }
    for patient in asked {
        let ask = |id: &ProductId| ProductRef {
            location: patient.name.clone(),
            product: Selector::Id(id.to_string()),
        };
        let answers = catalog.products(&patient.products.iter().map(ask).collect::<Vec<_>>());
        let wrong = answers.iter().find(|answer| answer.is_err());
        if let Some(answer) = wrong.or(answers.first()) {
            patient.tried("servicecatalog:DescribeProduct", answer, |product| format!("`{}`", product.name));
        }
        let products: Vec<Product> = answers.into_iter().flatten().collect();
        let mut paths: Vec<&str> =
            products.iter().flat_map(|product| &product.paths).map(|path| path.name.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        if !products.is_empty() {
            let row = if paths.is_empty() { CheckupRow::bad } else { CheckupRow::good };
            patient.rows.push(row("portfolios", listed(&paths, NAMES)));
        }
        let whole = products.iter().find_map(|product| {
            let (artifact, path) = (product.artifacts.first()?, product.paths.first()?);
            Some(OfferingRef {
                location: patient.name.clone(),
                product: product.id.clone(),
                artifact: artifact.id.clone(),
                path: path.id.clone(),
            })
        });
        let answers = whole.map(|whole| catalog.offerings(&[whole])).unwrap_or_default();
        for answer in &answers {
            patient.tried("servicecatalog:DescribeProvisioningParameters", answer, |offering| {
                count(offering.parameters.len(), "parameter")
            });
        }
    }
}

/// What exists, and what its records say.
pub(super) fn provisioned(patients: &mut [Patient], catalog: &dyn CatalogRead) {
    let mut asked: Vec<&mut Patient> = patients.iter_mut().filter(|patient| patient.is_known).collect();
    let names: Vec<LocationName> = asked.iter().map(|patient| patient.name.clone()).collect();
    for (patient, answer) in asked.iter_mut().zip(catalog.search(&names)) {
        patient.tried("servicecatalog:SearchProvisionedProducts", &answer, |found| {
            count(found.len(), "provisioned product")
        });
        let found = answer.unwrap_or_default();
        patient.accounts_under_way = found.iter().filter(|one| is_busy_account(one)).count();
        patient.existing = found.into_iter().next();
    }
    let location = |patient: &&mut Patient| (patient.name.clone(), patient.subject());
    let subjects: Vec<(LocationName, ProvisionedId)> = asked.iter().map(location).collect();
    let finds = subjects
        .iter()
        .map(|(location, id)| FindBy { location: location.clone(), by: Selector::Id(id.to_string()) });
    let found = catalog.find(&finds.collect::<Vec<_>>());
    let records: Vec<RecordRef> = asked
        .iter()
        .map(|patient| RecordRef { location: patient.name.clone(), record: patient.record() })
        .collect();
    let records = catalog.records(&records);
    let histories = subjects.iter().cloned().map(|(location, provisioned)| HistoryRef {
        location,
        provisioned,
        since: None,
    });
    let histories = catalog.history(&histories.collect::<Vec<_>>());
    let plans = subjects.into_iter().map(|(location, provisioned)| PlansOf { location, provisioned });
    let plans = catalog.plans(&plans.collect::<Vec<_>>());
    let answers = found.into_iter().zip(records).zip(histories).zip(plans);
    for (patient, (((found, record), history), plans)) in asked.into_iter().zip(answers) {
        patient.tried("servicecatalog:DescribeProvisionedProduct", &found, |found| match &found.existing {
            Some(existing) => format!("`{}`", existing.name),
            None => "permitted; there was nothing to read".to_owned(),
        });
        patient.tried("servicecatalog:DescribeRecord", &record, |record| format!("{}", record.id));
        patient.tried("servicecatalog:ListRecordHistory", &history, |records| count(records.len(), "record"));
        patient
            .tried("servicecatalog:ListProvisionedProductPlans", &plans, |plans| count(plans.len(), "plan"));
    }
}

/// What becomes of resources: a plan that is nobody's is asked for. Whoever may not ask does without previews.
pub(super) fn previewed(patients: &mut [Patient], catalog: &dyn CatalogRead) {
    let mut asked: Vec<&mut Patient> = patients.iter_mut().filter(|patient| patient.is_known).collect();
    let nobodys =
        |patient: &&mut Patient| PreviewRef { location: patient.name.clone(), plan: NO_PLAN.to_owned() };
    let answers = catalog.previews(&asked.iter().map(nobodys).collect::<Vec<_>>());
    for (patient, answer) in asked.iter_mut().zip(answers) {
        patient.tried(PREVIEW, &answer, |_| "permitted".to_owned());
        if let (Err(_), Some(row)) = (&answer, patient.rows.last_mut())
            && row.health == Health::Bad
        {
            row.health = Health::Unclear;
            row.text.push_str(&format!("; {FOR_PREVIEWS}"));
        }
    }
}

/// Whether an operation of Account Factory is under way.
fn is_busy_account(existing: &Existing) -> bool {
    existing.seen == Seen::Read(ProvisionedType::Account) && existing.status == Status::UnderChange
}

//! Saved plans on disk: written so that only their owner reads them; taken only if nothing they touch has moved.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::exit::Exit;
use super::fail::Fail;
use super::load::Declared;
use crate::catalog::{CatalogRead, Existing};
use crate::model::ids::{Address, LocationName, ProvisionedId};
use crate::model::value::DigestKey;
use crate::plan::file::{self, fill_secrets, stale};
use crate::plan::{Action, Plan};
use crate::state::Recorded;

/// Writes a plan.
pub fn save(path: &Path, plan: &Plan, key: &DigestKey) -> Result<(), Fail> {
    let unwritable = |error| Fail::error(format!("cannot write `{}`: {error}", path.display()));
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path).map_err(unwritable)?;
    file.write_all(file::save(plan, key).as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)
}

/// Reads a plan that was made from this state.
pub fn load(path: &Path, recorded: &Recorded, key: &DigestKey) -> Result<Plan, Fail> {
    let unreadable = |error| Fail::error(format!("cannot read `{}`: {error}", path.display()));
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8_lossy(&bytes);
    let header = file::peek(&text)?;
    if header.lineage != recorded.lineage {
        return Err(Fail::refused(
            format!("`{}` was made from another state ({})", path.display(), header.lineage),
            "plan again from this state",
        ));
    }
    Ok(file::load(&text, key)?)
}

/// Refuses a plan whose products have moved since: by the state's word, then by the catalog's.
pub fn check(plan: &Plan, recorded: &Recorded, catalog: &dyn CatalogRead) -> Result<(), Fail> {
    let mut moved: BTreeMap<Address, String> = stale(plan, recorded).into_iter().collect();
    if moved.is_empty() {
        moved = moved_outside(plan, catalog)?;
    }
    if moved.is_empty() {
        return Ok(());
    }
    let label = |address: &Address| plan.labels.label(address);
    let fail = Fail::refused("the saved plan is stale", "plan again: `provisor plan --out FILE`");
    Err(moved.iter().fold(fail, |fail, (address, why)| fail.because(format!("`{}`: {why}", label(address)))))
}

fn moved_outside(plan: &Plan, catalog: &dyn CatalogRead) -> Result<BTreeMap<Address, String>, Fail> {
    let touched: Vec<(&crate::plan::Step, &ProvisionedId)> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Update(id, _) | Action::Adopt(id, ..) => Some((step, id)),
            Action::Terminate(termination) => Some((step, &termination.id)),
            _ => None,
        })
        .collect();
    let locations: Vec<LocationName> =
        touched.iter().map(|(step, _)| step.address.location.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let mut there: BTreeMap<ProvisionedId, Existing> = BTreeMap::new();
    for (location, answer) in locations.iter().zip(catalog.search(&locations)) {
        let found = answer.map_err(|error| {
            Fail::Observe(vec![crate::observe::ObserveError::Catalog { location: location.clone(), error }])
        })?;
        there.extend(found.into_iter().map(|existing| (existing.id.clone(), existing)));
    }
    let moved = touched.into_iter().filter_map(|(step, id)| {
        let why = match there.get(id) {
            None => format!("{id} is gone"),
            Some(existing) if existing.last_record != step.base_record => {
                let last = existing.last_record.as_ref().map(ToString::to_string).unwrap_or_default();
                format!("{id} has been changed since the plan, by record {last}")
            }
            Some(_) => return None,
        };
        Some((step.address.clone(), why))
    });
    Ok(moved.collect())
}

/// Puts secrets back from the declarations, which must still say the same.
pub fn secrets(plan: &mut Plan, declared: &Declared, key: &DigestKey) -> Result<(), Fail> {
    let lookup = |address: &Address, parameter: &str| {
        declared.desired.products.get(address)?.parameters.get(parameter)?.value.clone()
    };
    fill_secrets(plan, &lookup, key).map_err(|problems| Fail::Plain {
        message: "secrets of the saved plan are missing or different now".to_owned(),
        causes: problems.iter().map(|problem| format!("`{}`: parameter `{}`", problem.address.key, problem.parameter)).collect(),
        hint: Some("give the same values as when it was planned (PROVISOR_VAR_…, --var-file), or plan again".to_owned()),
        exit: Exit::Refused,
    })
}

//! Saved plans on disk: written so that only their owner reads them; taken only if nothing they touch has moved.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::exit::Exit;
use super::fail::Fail;
use crate::catalog::{CatalogRead, Existing};
use crate::model::ids::{Address, LocationName, ProvisionedId};
use crate::model::template::Template;
use crate::model::value::DigestKey;
use crate::plan::file::{self, fill_secrets, stale};
use crate::plan::{Action, Plan, PlanInput, Step, facts_of};
use crate::state::Recorded;

/// Writes a plan.
pub fn save(path: &Path, plan: &Plan, key: &DigestKey) -> Result<(), Fail> {
    let unwritable = |error| Fail::error(format!("cannot write `{}`: {error}", path.display()));
    let mut options = std::fs::OpenOptions::new();
    let mut file =
        options.write(true).create(true).truncate(true).mode(0o600).open(path).map_err(unwritable)?;
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

/// What the catalog says of the plan's products. All locations that a call will change are asked, creations' too: a
/// request is signed by the server's clock, which has to be heard first.
fn moved_outside(plan: &Plan, catalog: &dyn CatalogRead) -> Result<BTreeMap<Address, String>, Fail> {
    let calling = plan
        .steps
        .iter()
        .filter(|step| !matches!(step.action, Action::Forget { .. } | Action::Remember | Action::Refused(_)));
    let calling: Vec<&Step> = calling.collect();
    let locations: BTreeSet<LocationName> =
        calling.iter().map(|step| step.address.location.clone()).collect();
    let locations: Vec<LocationName> = locations.into_iter().collect();
    let mut there: BTreeMap<LocationName, Vec<Existing>> = BTreeMap::new();
    for (location, answer) in locations.iter().zip(catalog.search(&locations)) {
        let found = answer.map_err(|error| {
            Fail::Observe(vec![crate::observe::ObserveError::Catalog { location: location.clone(), error }])
        })?;
        there.insert(location.clone(), found);
    }
    let ours: BTreeSet<&ProvisionedId> = calling.iter().filter_map(|step| touched(step)).collect();
    let moved = calling.iter().filter_map(|step| {
        let existing = there.get(&step.address.location)?;
        Some((step.address.clone(), moved(step, existing, &ours)?))
    });
    Ok(moved.collect())
}

/// The provisioned product that a step changes or takes over.
fn touched(step: &Step) -> Option<&ProvisionedId> {
    match &step.action {
        Action::Update(id, _) | Action::Adopt(id, ..) => Some(id),
        Action::Terminate(termination) => Some(&termination.id),
        _ => None,
    }
}

fn moved(step: &Step, there: &[Existing], ours: &BTreeSet<&ProvisionedId>) -> Option<String> {
    if let Action::Provision(spec) = &step.action {
        let holder = there.iter().find(|existing| existing.name == spec.name && !ours.contains(&existing.id));
        return holder.map(|holder| format!("its name `{}` is taken by {} now", spec.name, holder.id));
    }
    let id = touched(step)?;
    match there.iter().find(|existing| existing.id == *id) {
        None => Some(format!("{id} is gone")),
        Some(existing) if existing.last_record != step.base_record => {
            let last = existing.last_record.as_ref().map(ToString::to_string).unwrap_or_default();
            Some(format!("{id} has been changed since the plan, by record {last}"))
        }
        Some(_) => None,
    }
}

/// Puts secrets back from the declarations, which must still say the same. Holes that no step of the plan can change
/// are filled as they were when it was made.
pub fn secrets(plan: &mut Plan, input: &PlanInput<'_>) -> Result<(), Fail> {
    let moving: BTreeSet<Address> = plan.steps.iter().map(|step| step.address.clone()).collect();
    let lookup = |address: &Address, parameter: &str| {
        let template = input.desired.products.get(address)?.parameters.get(parameter)?.value.clone()?;
        if template.references().any(|reference| moving.contains(&reference.of)) {
            return Some(template);
        }
        template.fill(&facts_of(input, &template)).ok().map(Template::text)
    };
    let key = input.key;
    fill_secrets(plan, &lookup, key).map_err(|problems| Fail::Plain {
        message: "secrets of the saved plan are missing or different now".to_owned(),
        causes: problems
            .iter()
            .map(|problem| format!("`{}`: parameter `{}`", problem.address.key, problem.parameter))
            .collect(),
        hint: Some(
            "give the same values as when it was planned (PROVISOR_VAR_…, --var-file), or plan again"
                .to_owned(),
        ),
        exit: Exit::Refused,
    })
}

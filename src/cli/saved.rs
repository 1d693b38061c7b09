//! Saved plans on disk: written so that only their owner reads them; taken only if nothing they touch has moved.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::exit::Exit;
use super::fail::Fail;
use super::load::{self, Declared};
use super::planning::{self, Planned};
use crate::declare::Desired;
use crate::model::ids::{Address, ProvisionedId};
use crate::model::template::Template;
use crate::model::value::DigestKey;
use crate::observe::{Listing, Observed, Scope, observe, unstored};
use crate::plan::file::{self, fill_secrets, stale};
use crate::plan::{Action, Plan, PlanInput, Policy, Step, facts_of, hidden, known};
use crate::state::{Recorded, replace_file};

/// Writes a plan.
pub fn save(path: &Path, plan: &Plan, key: &DigestKey) -> Result<(), Fail> {
    replace_file(path, file::save(plan, key).as_bytes())
        .map_err(|error| Fail::error(format!("cannot save the plan: {error}")))
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

/// A saved plan that may be carried out: nothing it touches has moved since, neither by the state's word nor by the
/// catalog's, and its secrets are the same.
pub fn prepare(
    mut plan: Plan,
    declared: &Declared,
    recorded: &Recorded,
    key: &DigestKey,
) -> Result<Planned, Fail> {
    not_stale(&plan, stale(&plan, recorded))?;
    let policy = Policy::default();
    let unasked = Observed::default();
    let desired = &declared.desired;
    let mut input = PlanInput { desired, recorded, observed: &unasked, policy: &policy, key };
    // what depends on nothing is compared before anything is asked
    secrets(&mut plan.clone(), &input, &|template| template.is_none_or(|t| t.as_text().is_some()))?;
    let locations = &declared.repo.settings.locations;
    let touched: BTreeSet<Address> = plan.steps.iter().map(|step| step.address.clone()).collect();
    let is_frozen = |address: &Address| locations.get(&address.location).is_some_and(|l| l.frozen);
    let frozen = touched.iter().filter(|address| is_frozen(address));
    not_stale(
        &plan,
        frozen.map(|address| (address.clone(), "its location is frozen now".to_owned())).collect(),
    )?;
    let needs = plan.steps.iter().flat_map(|step| &step.needs).filter(|address| !is_frozen(address));
    let selected = needs.chain(&touched).cloned().collect();
    let catalog = load::catalog(&declared.repo, &selected)?;
    // nothing is chosen any more: what is declared is read for its secrets alone
    let nothing = Desired::nothing();
    let scope = Scope { desired: &nothing, recorded, locations, selected: &selected, refresh: true };
    let mut observed = observe(scope, &catalog).map_err(Fail::Observe)?;
    observed.outputs =
        unstored(Scope { desired, selected: &touched, ..scope }, &catalog).map_err(Fail::Observe)?;
    input.observed = &observed;
    secrets(&mut plan, &input, &|_| true)?;
    not_stale(&plan, moved_outside(&plan, &observed))?;
    let (known, hidden) = (known(&input, &plan), hidden(&input, &plan));
    let mut account_products = planning::account_products(&observed, recorded);
    account_products.extend(planning::account_products_of(&plan, recorded, &catalog));
    Ok(Planned { plan, known, hidden, catalog, account_products, renamed: Vec::new() })
}

fn not_stale(plan: &Plan, moved: Vec<(Address, String)>) -> Result<(), Fail> {
    if moved.is_empty() {
        return Ok(());
    }
    let label = |address: &Address| plan.labels.label(address);
    let fail = Fail::refused("the saved plan is stale", "plan again: `provisor plan --out FILE`");
    Err(moved.iter().fold(fail, |fail, (address, why)| fail.because(format!("`{}`: {why}", label(address)))))
}

/// What the catalog says of the plan's products.
fn moved_outside(plan: &Plan, observed: &Observed) -> Vec<(Address, String)> {
    let ours: BTreeSet<&ProvisionedId> = plan.steps.iter().filter_map(touched).collect();
    let moved = plan.steps.iter().filter_map(|step| {
        let there = observed.existing.get(&step.address.location)?;
        Some((step.address.clone(), moved(step, there, &ours)?))
    });
    let moved: BTreeMap<Address, String> = moved.collect();
    moved.into_iter().collect()
}

/// The provisioned product that a step changes or takes over.
fn touched(step: &Step) -> Option<&ProvisionedId> {
    match &step.action {
        Action::Update(id, _) | Action::Adopt(id, ..) | Action::Accept(id, ..) => Some(id),
        Action::Terminate(termination) => Some(&termination.id),
        _ => None,
    }
}

fn moved(step: &Step, there: &Listing, ours: &BTreeSet<&ProvisionedId>) -> Option<String> {
    if let Action::Provision(spec) = &step.action {
        let holder = there.name(&spec.name).filter(|existing| !ours.contains(&existing.id));
        return holder.map(|holder| format!("its name `{}` is taken by {} now", spec.name, holder.id));
    }
    let id = touched(step)?;
    match there.id(id) {
        None => Some(format!("{id} is gone")),
        Some(existing) if existing.last_record != step.base_record => {
            let last = existing.last_record.as_ref().map(ToString::to_string).unwrap_or_default();
            Some(format!("{id} has been changed since the plan, by record {last}"))
        }
        Some(_) => None,
    }
}

/// Puts secrets back from the declarations, which must still say the same. Holes that no step of the plan can change
/// are filled as they were when it was made. `judged` says whose difference counts.
fn secrets(
    plan: &mut Plan,
    input: &PlanInput<'_>,
    judged: &dyn Fn(Option<&Template>) -> bool,
) -> Result<(), Fail> {
    let moving: BTreeSet<Address> = plan.steps.iter().map(|step| step.address.clone()).collect();
    let declared = |address: &Address, parameter: &str| {
        input.desired.products.get(address)?.parameters.get(parameter)?.value.as_ref()
    };
    let lookup = |address: &Address, parameter: &str| {
        let template = declared(address, parameter)?;
        if template.references().any(|reference| moving.contains(&reference.of)) {
            return Some(template.clone());
        }
        template.fill(&facts_of(input, template)).ok().map(Template::text)
    };
    let problems = fill_secrets(plan, &lookup, input.key).err().unwrap_or_default().into_iter();
    let problems: Vec<String> = problems
        .filter(|problem| judged(declared(&problem.address, &problem.parameter)))
        .map(|problem| format!("`{}`: parameter `{}`", problem.address.key, problem.parameter))
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(Fail::Plain {
        message: "secrets of the saved plan are missing or different now".to_owned(),
        causes: problems,
        hint: Some(
            "give the same values as when it was planned (PROVISOR_VAR_…, --var-file), or plan again"
                .to_owned(),
        ),
        exit: Exit::Refused,
    })
}

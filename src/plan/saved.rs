//! Whether a saved plan still holds: by the state's word first (`file/stale.rs`), then by the declarations', whose secrets
//! it needs back, and last by the catalog's. Reads through the port; makes no new plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::file::{About, Mismatch, SecretProblem, fill_secrets, stale};
use super::{Action, Adoption, Filler, Parameter, Plan, PlanInput, Planned, Policy, Step, facts_of};
use crate::catalog::CatalogRead;
use crate::declare::{Desired, External, Import, ImportOf, Location, Rough};
use crate::model::diagnostic::Place;
use crate::model::ids::{Address, LocationName, ProvisionedId};
use crate::model::product::Selector;
use crate::model::secret::DigestKey;
use crate::model::template::Template;
use crate::observe::{Listing, ObserveError, Observed, Scope, observe, unstored};
use crate::state::{CatalogKind, Recorded};

/// What a saved plan is held against.
#[derive(Clone, Copy)]
pub struct Present<'a> {
    /// What is declared now for the products that have secrets.
    pub declared: &'a Rough,
    /// What is remembered now.
    pub recorded: &'a Recorded,
    /// The settings' locations.
    pub locations: &'a BTreeMap<LocationName, Location>,
    /// For the digests of secrets.
    pub key: &'a DigestKey,
}

/// Why a saved plan does not hold. Nothing was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// What it touches has moved: the address as people write it, and what became of it.
    Moved(Vec<(String, String)>),
    /// Secrets are missing, or not the ones that it was made with: the address as people write it, and what is wrong.
    Secrets(Vec<(String, String)>),
    /// The catalog could not be read.
    Unread(Vec<ObserveError>),
}

impl From<Vec<ObserveError>> for Unfit {
    fn from(errors: Vec<ObserveError>) -> Self {
        Self::Unread(errors)
    }
}

impl<'a> Present<'a> {
    /// All that can be told without asking the catalog; then the addresses that it has to be asked about.
    ///
    /// # Errors
    /// [`Unfit::Moved`], [`Unfit::Secrets`]
    pub fn allows(&self, plan: &Plan, about: &About) -> Result<BTreeSet<Address>, Unfit> {
        unmoved(plan, stale(plan, self.recorded))?;
        let detours = about.detours(self.locations, self.key).into_iter();
        let detours = detours.map(|(location, why)| (plan.labels.location(&location).to_owned(), why));
        none(detours.collect())?;
        let unasked = Observed::default();
        // what depends on nothing is compared before anything is asked
        let is_whole = |template: Option<&Template>| template.is_none_or(|t| t.as_text().is_some());
        self.fill(&mut plan.clone(), &unasked, &is_whole)?;
        let touched: BTreeSet<Address> = plan.steps.iter().map(|step| step.address.clone()).collect();
        let frozen = touched.iter().filter(|address| self.is_frozen(address)).cloned();
        unmoved(plan, frozen.map(|address| (address, "its location is frozen now".to_owned())).collect())?;
        let needs = plan.steps.iter().flat_map(|step| &step.needs).filter(|address| !self.is_frozen(address));
        Ok(needs.chain(&touched).cloned().collect())
    }

    /// Asks the catalog, and puts the secrets back. What was read is what the plan's open values are filled from.
    ///
    /// # Errors
    /// See [`Unfit`].
    pub fn hold(
        &self,
        plan: &mut Plan,
        asked: &BTreeSet<Address>,
        catalog: &dyn CatalogRead,
    ) -> Result<Observed, Unfit> {
        // nothing is chosen any more: what is declared is read for its secrets alone
        let chosen =
            Desired { imports: adoptions(plan), externals: self.fillers(plan), ..Desired::nothing() };
        let scope = Scope {
            desired: &chosen,
            recorded: self.recorded,
            locations: self.locations,
            selected: asked,
            refresh: true,
            deep: &BTreeSet::new(),
        };
        let mut observed = observe(scope, catalog).map_err(|errors| unmet(plan, errors))?;
        unmoved(plan, relocated(plan, &observed))?;
        let touched: BTreeSet<Address> = plan.steps.iter().map(|step| step.address.clone()).collect();
        let declared = Scope { desired: &self.declared.desired, selected: &touched, ..scope };
        observed.outputs = unstored(declared, catalog)?;
        self.fill(plan, &observed, &|_| true)?;
        unmoved(plan, moved_outside(plan, &observed))?;
        Ok(observed)
    }

    /// The provisioned products of others that the plan was made with, by their ids.
    fn fillers(&self, plan: &Plan) -> BTreeMap<Address, External> {
        let filler = |(address, filler): (&Address, &Filler)| {
            let place = Place::File(Arc::from(""));
            (address.clone(), External { product: Selector::Id(filler.id.to_string()), place })
        };
        plan.externals.iter().map(filler).collect()
    }

    fn is_frozen(&self, address: &Address) -> bool {
        self.locations.get(&address.location).is_some_and(|location| location.frozen)
    }

    /// Puts secrets back from the declarations, which must still say the same. Holes that no step of the plan can change
    /// are filled as they were when it was made. `judged` says whose difference counts.
    fn fill(
        &self,
        plan: &mut Plan,
        observed: &Observed,
        judged: &dyn Fn(Option<&Template>) -> bool,
    ) -> Result<(), Unfit> {
        let Self { declared, recorded, key, .. } = *self;
        let desired = &declared.desired;
        let policy = Policy::default();
        let input = PlanInput { desired, recorded, observed, policy: &policy, key };
        let moving = plan.steps.iter().filter(|step| !stays(step)).map(|step| step.address.clone());
        let moving: BTreeSet<Address> = moving.collect();
        let written = |address: &Address, parameter: &str| {
            desired.products.get(address)?.parameters.get(parameter)?.value.as_ref()
        };
        let lookup = |address: &Address, parameter: &str| {
            let template = written(address, parameter)?;
            if template.references().any(|reference| moving.contains(&reference.of)) {
                return Some(template.clone());
            }
            template.fill(&facts_of(&input, template)).ok().map(Template::text)
        };
        let mut problems = fill_secrets(plan, &lookup, key).err().unwrap_or_default();
        problems.retain(|problem| judged(written(&problem.address, &problem.parameter)));
        let told = problems.iter().map(|problem| (plan.labels.label(&problem.address), self.why(problem)));
        if problems.is_empty() { Ok(()) } else { Err(Unfit::Secrets(told.collect())) }
    }

    /// What is wrong with a secret; of one that is missing, which variable has no value.
    fn why(&self, problem: &SecretProblem) -> String {
        let SecretProblem { address, parameter, mismatch } = problem;
        let unknown = self.declared.unknown.get(address).and_then(|unknown| unknown.get(parameter));
        match (mismatch, unknown) {
            (Mismatch::Missing, Some(why)) => format!("parameter `{parameter}`: {why}"),
            _ => format!("parameter `{parameter}` {mismatch}"),
        }
    }
}

/// The addresses of a plan's steps that have secrets.
pub fn with_secrets(plan: &Plan) -> impl Iterator<Item = &Address> {
    let is_secret = |value: &Planned| matches!(value, Planned::Secret { .. } | Planned::Kept(_));
    let has_secrets = move |step: &&Step| {
        step.spec().is_some_and(|spec| spec.parameters.values().any(|parameter| is_secret(&parameter.value)))
    };
    plan.steps.iter().filter(has_secrets).map(|step| &step.address)
}

/// What the steps of a plan adopt, as if it were declared so.
#[must_use]
pub fn adoptions(plan: &Plan) -> BTreeMap<Address, Import> {
    let adopted = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Adopt(adoption) => {
            let of = match adoption.stack() {
                Some(stack) => ImportOf::Stack(stack.to_owned()),
                None => ImportOf::Product(Selector::Id(adoption.id.to_string())),
            };
            Some((step.address.clone(), Import { of, place: None, may_be_absent: false }))
        }
        _ => None,
    });
    adopted.collect()
}

fn unmoved(plan: &Plan, moved: Vec<(Address, String)>) -> Result<(), Unfit> {
    let label = |(address, why): (Address, String)| (plan.labels.label(&address), why);
    none(moved.into_iter().map(label).collect())
}

fn none(moved: Vec<(String, String)>) -> Result<(), Unfit> {
    if moved.is_empty() { Ok(()) } else { Err(Unfit::Moved(moved)) }
}

/// Locations that are not what they were; where one could not be read, nothing is known of it.
fn unmet(plan: &Plan, errors: Vec<ObserveError>) -> Unfit {
    let moved = |error: &ObserveError| {
        let (location, why) = match error {
            ObserveError::Catalog { .. } | ObserveError::Level { .. } => return None,
            ObserveError::Dropped { location, .. } => {
                (location, "the settings do not name it any more".to_owned())
            }
            ObserveError::WrongAccount { location, found, expected, said } => {
                (location, format!("its credentials belong to account {found}, {} {expected}", said.told()))
            }
            ObserveError::OtherCatalog { location, found, expected, .. } => {
                (location, format!("it is {found} now, and the state was made when it was {expected}"))
            }
        };
        Some((plan.labels.location(location).to_owned(), why))
    };
    errors.iter().map(moved).collect::<Option<Vec<_>>>().map_or(Unfit::Unread(errors), Unfit::Moved)
}

/// The steps whose location is another account, region or kind of catalog than the plan was made for.
fn relocated(plan: &Plan, observed: &Observed) -> Vec<(Address, String)> {
    let moved = plan.steps.iter().filter_map(|step| {
        let (then, now) = (&step.place, observed.places.get(&step.address.location)?);
        let is_known = then.catalog != CatalogKind::Unknown && now.catalog != CatalogKind::Unknown;
        let why = if then.account != now.account {
            format!(
                "its location is account {} now, and was {} when the plan was made",
                now.account, then.account
            )
        } else if then.region != now.region {
            format!(
                "its location is region {} now, and was {} when the plan was made",
                now.region, then.region
            )
        } else if is_known && then.catalog != now.catalog {
            "its location is another kind of catalog now than when the plan was made".to_owned()
        } else {
            return None;
        };
        Some((step.address.clone(), why))
    });
    let moved: BTreeMap<Address, String> = moved.collect();
    moved.into_iter().collect()
}

/// What the catalog says of the plan's products.
fn moved_outside(plan: &Plan, observed: &Observed) -> Vec<(Address, String)> {
    let ours: BTreeSet<&ProvisionedId> = plan.steps.iter().filter_map(touched).collect();
    let moved = plan.steps.iter().filter_map(|step| {
        let there = observed.existing.get(&step.address.location)?;
        let why = match &step.action {
            Action::Adopt(adoption) if adoption.stack().is_some() => stack_moved(step, adoption, observed),
            _ => moved(step, there, &ours),
        };
        Some((step.address.clone(), why?))
    });
    let others = plan.externals.iter().filter_map(|(address, then)| {
        let why = match observed.externals.get(address).map(|found| &found.existing) {
            None => format!("{} is gone, and the plan was filled with its values", then.id),
            Some(now) if now.last_successful_record != then.record => {
                format!("{} has been changed since the plan was filled with its values", then.id)
            }
            Some(_) => return None,
        };
        Some((address.clone(), why))
    });
    let moved: BTreeMap<Address, String> = moved.chain(others).collect();
    moved.into_iter().collect()
}

/// Whether a step leaves a product as it is: the plan was filled with what that gives.
fn stays(step: &Step) -> bool {
    match &step.action {
        Action::Adopt(adoption) => adoption.record.is_some() || adoption.stack().is_some(),
        Action::Remember | Action::Accept(..) | Action::Forget { .. } => true,
        Action::Provision(_)
        | Action::Update(..)
        | Action::Settle(..)
        | Action::Terminate(_)
        | Action::Refused(_) => false,
    }
}

/// The provisioned product that a step changes or takes over.
fn touched(step: &Step) -> Option<&ProvisionedId> {
    match &step.action {
        Action::Update(id, _) | Action::Accept(id, ..) | Action::Adopt(Adoption { id, .. }) => Some(id),
        Action::Terminate(termination) => Some(&termination.id),
        _ => None,
    }
}

/// Why a stack is not what the plan would import.
fn stack_moved(step: &Step, adoption: &Adoption, observed: &Observed) -> Option<String> {
    match observed.raw_stacks.get(&step.address) {
        Some(Err(why)) => return Some(why.message.clone()),
        Some(Ok(_)) => {}
        None => return Some("its stack is a provisioned product by now".to_owned()),
    }
    let stack = observed.adoptable.get(&adoption.id)?.stack.as_ref()?.as_ref().ok()?;
    let is_other = |(key, parameter): (&String, &Parameter)| match &parameter.value {
        Planned::Known(then) => stack.parameters.get(key).is_none_or(|now| now.value != *then),
        _ => false,
    };
    adoption.spec.parameters.iter().any(is_other).then(|| "its stack has other parameters by now".to_owned())
}

fn moved(step: &Step, there: &Listing, ours: &BTreeSet<&ProvisionedId>) -> Option<String> {
    if let Action::Provision(spec) = &step.action {
        let holder = there.name(&spec.target.name).filter(|existing| !ours.contains(&existing.id));
        return holder.map(|holder| format!("its name `{}` is taken by {} now", spec.target.name, holder.id));
    }
    let id = touched(step)?;
    match there.id(id) {
        None if there.level.sees_all() => Some(format!("{id} is gone")),
        None => Some(format!("{id} is not visible at access level `{}`", there.level)),
        Some(existing) if existing.last_record != step.base_record => {
            let last = existing.last_record.as_ref().map(ToString::to_string).unwrap_or_default();
            Some(format!("{id} has been changed since the plan, by record {last}"))
        }
        Some(_) => None,
    }
}

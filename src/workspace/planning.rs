//! A wish to a plan: the chain of stages, each called once.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::places::written;
use super::previewing::{FirstPlan, Previewed, Previewer};
use super::problem::Problem;
use super::wish::{Meant, Wish};
use super::{Repo, Workspace};
use crate::apply::Limits;
use crate::catalog::{Catalog, CatalogRead, ProductRef};
use crate::declare::Desired;
use crate::model::diagnostic::Diagnostics;
use crate::model::ids::{Address, LocationName};
use crate::model::secret::{DigestKey, Secret};
use crate::model::template::Known;
use crate::observe::{Scope, ask_what_is_meant, observe};
use crate::plan::{self, LateChecks, Plan, PlanInput, Policy, concurrency, rekeyed, renamed};
use crate::state::{Group, Home, Recorded};

/// A plan with all that carrying it out needs.
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    /// How much is in flight at a time: as the settings say; whoever applies may say otherwise.
    pub limits: Limits,
    /// What became of asking what it would do to resources.
    pub previewed: Previewed,
    /// What its open values are filled from.
    pub(super) known: Known,
    /// What they are held against then.
    pub(super) checks: LateChecks,
    /// The sensitive clear texts, to be redacted from what the catalog says.
    pub(super) secrets: Vec<Secret>,
    /// The catalog that it was made with.
    pub(super) catalog: Rc<dyn Catalog>,
    /// Keys that were renamed: written down when the plan is applied.
    pub(super) renamed: Vec<Group>,
    /// Where its locations are: what rows do not know of that yet is written down after the steps.
    pub(super) places: BTreeMap<LocationName, Home>,
}

/// Why there is no plan.
pub(super) enum Unplanned {
    /// What the catalog says of declarations that are wrong.
    Wrong(Diagnostics),
    /// Whatever else.
    Other(Problem),
}

impl Unplanned {
    fn told(self, workspace: &Workspace<'_>) -> Problem {
        match self {
            Self::Wrong(found) => {
                let found = workspace.repo.with_origins(found, workspace.desired.products.keys());
                Problem::findings(found, &workspace.repo.sources)
            }
            Self::Other(problem) => problem,
        }
    }
}

impl From<Diagnostics> for Unplanned {
    fn from(found: Diagnostics) -> Self {
        Self::Wrong(found)
    }
}

impl<P: Into<Problem>> From<P> for Unplanned {
    fn from(problem: P) -> Self {
        Self::Other(problem.into())
    }
}

impl Workspace<'_> {
    /// Plans what is wished. Nothing is changed, neither in the cloud nor in the state.
    ///
    /// # Errors
    /// Patterns that name nothing, a catalog that cannot be read, declarations that are wrong as the catalog sees them.
    pub fn plan(&self, wish: &Wish, recorded: &Recorded, key: &DigestKey) -> Result<Prepared, Problem> {
        self.planned(wish, recorded, key, None).map_err(|why| why.told(self))
    }

    /// The same, and what it would do to resources, where that is wished: for that, provisioned product plans are made in the
    /// catalog and taken away again.
    ///
    /// # Errors
    /// As [`Workspace::plan`].
    pub fn plan_previewed(
        &self,
        wish: &Wish,
        recorded: &Recorded,
        key: &DigestKey,
        with: &mut Previewer<'_>,
    ) -> Result<Prepared, Problem> {
        self.planned(wish, recorded, key, Some(with)).map_err(|why| why.told(self))
    }

    /// The same; what the catalog says of declarations that are wrong is told apart from all else.
    pub(super) fn planned(
        &self,
        wish: &Wish,
        recorded: &Recorded,
        key: &DigestKey,
        with: Option<&mut Previewer<'_>>,
    ) -> Result<Prepared, Unplanned> {
        if self.problems.has_errors() {
            return Err(self.everything_wrong(wish, recorded, key).into());
        }
        let desired = if wish.destroy { &Desired::nothing() } else { &self.desired };
        let moves = rekeyed(desired, recorded).map_err(|found| {
            self.with_the_rest(Problem::findings(found, &self.repo.sources), wish, recorded, key)
        })?;
        let (recorded, mut renamed) = renamed(moves, recorded)?;
        let recorded = &*recorded;
        let beside = |problem: Problem| self.with_the_rest(problem, wish, recorded, key);
        let desired = &*wish.importing(desired, recorded).map_err(beside)?;
        let Meant { policy, left } = wish.meant(self, desired, recorded).map_err(beside)?;
        let asked = policy.selected.iter().chain(desired.externals.keys());
        let catalog = self.repo.catalog(asked).map_err(beside)?;
        let reader: &dyn CatalogRead = &*catalog;
        let deep = self.deep(wish);
        let scope =
            Scope { refresh: !wish.no_refresh, ..self.scope(desired, recorded, &policy.selected, &deep) };
        let mut observed = observe(scope, reader)
            .map_err(|errors| beside(Problem::unread(&errors, self.repo.stands(), &self.repo.sources)))?;
        let input = PlanInput { desired, recorded, observed: &observed, policy: &policy, key };
        plan::read_veiled(&input, self.repo.given_secrets()).over(&mut observed);
        let input = PlanInput { desired, recorded, observed: &observed, policy: &policy, key };
        let desired = &*plan::veiled(desired, &input);
        let mut previewed = Previewed::default();
        if let Some((with, scope)) = with.and_then(|with| Some((with, wish.previewed(&self.repo.settings)?)))
        {
            // what a guard refuses for want of a preview is previewed first; what is wrong is told by the second plan
            let policy = Policy { replace_resources: None, ..policy.clone() };
            let input = PlanInput { desired, recorded, observed: &observed, policy: &policy, key };
            if let Ok(plan) = plan::plan(&input) {
                let secrets = self.secrets(&input, &plan);
                let first = FirstPlan { plan: &plan, scope, secrets, catalog: &*catalog };
                observed.previews = self.repo.preview(&input, &first, with, &mut previewed)?;
            }
        }
        let planned = plan::plan(&PlanInput { desired, recorded, observed: &observed, policy: &policy, key });
        // now it is worth asking what else is wrong
        planned.as_ref().err().iter().for_each(|_| ask_what_is_meant(reader, &mut observed));
        let input = PlanInput { desired, recorded, observed: &observed, policy: &policy, key };
        let mut plan = planned.or_else(|_| in_full(&input))?;
        renamed.retain(|group| group.reads.iter().all(|read| plan.knows(&read.address)));
        plan.tell_renamed(&renamed);
        plan.notes.extend(left.into_iter().chain(plan::unfitting(desired, recorded)));
        let mut accounts = concurrency::account_products(&observed, recorded);
        let unasked =
            if wish.no_refresh { account_products(&plan, recorded, reader) } else { BTreeSet::new() };
        accounts.extend(unasked);
        let (known, secrets) = (plan::known(&input, &plan), self.secrets(&input, &plan));
        let checks = LateChecks::read(&input, &plan, written(&self.repo.sources));
        let (limits, places) = (limits(&self.repo, accounts), observed.places);
        Ok(Prepared { plan, limits, known, checks, secrets, catalog, renamed, places, previewed })
    }
}

impl Workspace<'_> {
    /// What is looked at in the catalog, freshly.
    pub(super) fn scope<'s>(
        &'s self,
        desired: &'s Desired,
        recorded: &'s Recorded,
        selected: &'s BTreeSet<Address>,
        deep: &'s BTreeSet<LocationName>,
    ) -> Scope<'s> {
        let locations = &self.repo.settings.locations;
        Scope { desired, recorded, locations, selected, refresh: true, deep }
    }

    /// The sensitive clear texts that its steps may meet.
    pub(super) fn secrets(&self, input: &PlanInput<'_>, plan: &Plan) -> Vec<Secret> {
        let mut secrets = plan::sensitive(input, plan);
        secrets.extend(self.repo.given_secrets());
        secrets
    }

    /// The locations where the parameters of what is there are read too: all of them, or as the settings say.
    pub(super) fn deep(&self, wish: &Wish) -> BTreeSet<LocationName> {
        let settings = &self.repo.settings;
        let deep = settings
            .locations
            .values()
            .filter(|location| wish.deep || location.deep.unwrap_or(settings.deep));
        deep.filter(|_| !wish.no_refresh).map(|location| location.name.clone()).collect()
    }
}

/// The plan, or all that is wrong: also what is only seen once the rest is right.
fn in_full(input: &PlanInput<'_>) -> Result<Plan, Diagnostics> {
    plan::plan(input).map_err(|_| plan::wrong(input, &BTreeSet::new()))
}

/// The limits of the settings, and of what is known to take only so many operations at a time.
pub(super) fn limits(repo: &Repo<'_>, accounts: BTreeSet<String>) -> Limits {
    let products = concurrency::product_limits(&repo.settings.product_limits, &accounts);
    Limits { parallelism: repo.settings.parallelism, products, no_wait: false }
}

/// The names of the Account Factory products in a plan that was saved, or made without a refresh: the catalog is asked.
pub(super) fn account_products(
    plan: &Plan,
    recorded: &Recorded,
    catalog: &dyn CatalogRead,
) -> BTreeSet<String> {
    let untyped = concurrency::untyped(plan, recorded);
    let asked: Vec<ProductRef> = untyped.iter().map(|untyped| untyped.product.clone()).collect();
    concurrency::account_products_among(untyped.into_iter().zip(catalog.products(&asked)))
}

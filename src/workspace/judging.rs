//! All that is wrong, told together: the declarations, the wish, and what the catalog says of all that can be asked.
//! Nothing is planned here.

use std::collections::BTreeSet;

use super::problem::Problem;
use super::wish::{Meant, Wish};
use super::{Remembered, Workspace};
use crate::catalog::CatalogRead;
use crate::declare::Desired;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::ids::{Address, LocationName};
use crate::model::secret::DigestKey;
use crate::observe::{ObserveError, Observed, Scope, observe};
use crate::plan::{self, PlanInput, Policy, may_mean};
use crate::state::Recorded;

/// What the catalog says of a declaration that is only read in part, and would say of the whole.
const CERTAIN: [&str; 8] = [
    "parameter-value",
    "unknown-parameter",
    "unknown-product",
    "unknown-version",
    "unknown-output",
    "tag-value",
    "stack-set-constraint",
    "deprecated-version",
];

/// Whoever reads in rounds meets a location that cannot be read in any of them.
const ROUNDS: usize = 4;

impl Workspace<'_> {
    /// Whether nothing is wrong with what is written down, as far as it can be told without asking anybody.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.problems.has_errors()
    }

    /// All that is wrong where something is, for whoever holds no store: what the state and the catalog say is asked too.
    #[must_use]
    pub fn wrong(&self, wish: &Wish) -> Problem {
        match self.repo.remembered() {
            Ok(Remembered { recorded, key, .. }) => self.everything_wrong(wish, &recorded, &key),
            Err(problem) => problem.beside(self.problems.clone(), &self.repo.sources),
        }
    }

    /// What is wrong with the declarations and with the wish, and what the catalog says of those with which nothing is. A
    /// catalog that cannot be read says nothing.
    pub(super) fn everything_wrong(&self, wish: &Wish, recorded: &Recorded, key: &DigestKey) -> Problem {
        let mut found = self.problems.clone();
        found.extend(self.asked(recorded, key));
        let declared = Problem::findings(found.clone(), &self.repo.sources);
        match self.missed(wish, recorded) {
            Some(missed) => Problem { kind: declared.kind, ..missed.beside(found, &self.repo.sources) },
            None => declared,
        }
    }

    /// The problem together with all that can be found beside it.
    pub(super) fn with_the_rest(
        &self,
        problem: Problem,
        wish: &Wish,
        recorded: &Recorded,
        key: &DigestKey,
    ) -> Problem {
        let found = if wish.destroy { Diagnostics::default() } else { self.asked(recorded, key) };
        problem.beside(found, &self.repo.sources)
    }

    /// The patterns that name nothing, whatever becomes of declarations that are wrong.
    fn missed(&self, wish: &Wish, recorded: &Recorded) -> Option<Problem> {
        let desired = if wish.destroy { Desired::nothing() } else { self.everything_read() };
        let mut missed = wish.missed(&desired, recorded);
        if let (false, Some(keys)) = (wish.destroy, &self.keys) {
            missed.retain(|one| !keys.iter().any(|key| may_mean(&one.pattern, key)));
        } else if !wish.destroy {
            missed.clear();
        }
        (!missed.is_empty()).then(|| missed.into())
    }

    /// What can be read of all declarations.
    fn everything_read(&self) -> Desired {
        let products = self.desired.products.iter().chain(&self.partial.products);
        let products = products.map(|(address, product)| (address.clone(), product.clone()));
        Desired { products: products.collect(), ..self.desired.clone() }
    }

    /// What the catalog says of all declarations, wherever it can be asked.
    fn asked(&self, recorded: &Recorded, key: &DigestKey) -> Diagnostics {
        let desired = &self.everything_read();
        let Ok(Meant { policy, .. }) = Wish::default().meant(self, desired, recorded) else {
            return Diagnostics::default();
        };
        let declared = |address: &&Address| desired.products.contains_key(*address);
        let selected: BTreeSet<Address> = policy.selected.iter().filter(declared).cloned().collect();
        let mut policy = Policy { selected, ..policy };
        let Some(observed) = self.observed(desired, recorded, &mut policy) else {
            return Diagnostics::default();
        };
        let input = PlanInput { desired, recorded, observed: &observed, policy: &policy, key };
        let keys: BTreeSet<&str> = self.partial.products.keys().map(|address| address.key.as_str()).collect();
        let holds = |one: &Diagnostic| {
            let about = one.found.as_ref().map(|found| found.declaration.as_str());
            CERTAIN.contains(&one.code) || about.is_some_and(|key| !keys.contains(key))
        };
        let found = plan::checked(&input).into_iter().filter(|one| keys.is_empty() || holds(one));
        Diagnostics(found.collect())
    }

    /// What the catalogs that can be read say; of others, nothing is selected any more.
    fn observed(&self, desired: &Desired, recorded: &Recorded, policy: &mut Policy) -> Option<Observed> {
        for _ in 0..ROUNDS {
            let catalog = self.repo.catalog(policy.selected.iter().chain(desired.externals.keys())).ok()?;
            let reader: &dyn CatalogRead = &*catalog;
            let scope = Scope {
                desired,
                recorded,
                locations: &self.repo.settings.locations,
                selected: &policy.selected,
                refresh: true,
                deep: &BTreeSet::new(),
            };
            let errors = match observe(scope, reader) {
                Ok(observed) => return Some(observed),
                Err(errors) => errors,
            };
            let unread: BTreeSet<&LocationName> = errors.iter().map(ObserveError::location).collect();
            let before = policy.selected.len();
            policy.selected.retain(|address| !unread.contains(&address.location));
            if policy.selected.len() == before || policy.selected.is_empty() {
                return None;
            }
        }
        None
    }
}

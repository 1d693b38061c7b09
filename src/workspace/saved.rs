//! A saved plan: read from its text, and held against the present, which must be what it was made for.

use super::Workspace;
use super::planning::{Prepared, account_products, limits};
use super::problem::{Problem, ProblemKind};
use crate::catalog::CatalogRead;
use crate::model::diagnostic::Source;
use crate::model::secret::DigestKey;
use crate::plan::{self, Plan, PlanInput, Policy, Present, concurrency, file, renamed};
use crate::state::Recorded;

/// The plan that a text holds; it must have been made from this state.
///
/// # Errors
/// A text that is no saved plan, was changed, or is about another state.
pub fn read_saved(text: &Source, recorded: &Recorded, key: &DigestKey) -> Result<Plan, Problem> {
    let header = file::peek(&text.text)?;
    if header.lineage != recorded.lineage {
        let message = format!("`{}` was made from another state ({})", text.path, header.lineage);
        return Err(Problem::new(ProblemKind::SavedPlan, message).hint("plan again from this state"));
    }
    Ok(file::load(&text.text, key)?)
}

impl Workspace<'_> {
    /// Makes a saved plan ready to be carried out exactly as it is: nothing it touches may have moved since, neither by
    /// the state's word nor by the catalog's, and its secrets are put back from what is declared.
    ///
    /// # Errors
    /// [`ProblemKind::SavedPlan`] where it does not fit any more; a catalog that cannot be read.
    pub fn hold(&self, mut plan: Plan, recorded: &Recorded, key: &DigestKey) -> Result<Prepared, Problem> {
        let desired = &self.desired;
        let (recorded, renamed) = renamed(desired, recorded, |address| plan.knows(address))?;
        let recorded = &*recorded;
        let present = Present { desired, recorded, locations: &self.repo.settings.locations, key };
        let asked = present.allows(&plan)?;
        let catalog = self.repo.catalog(&asked)?;
        let reader: &dyn CatalogRead = &*catalog;
        let observed = present.hold(&mut plan, &asked, reader)?;
        let policy = Policy::default();
        let input = PlanInput { desired, recorded, observed: &observed, policy: &policy, key };
        let (known, secrets) = (plan::known(&input, &plan), plan::sensitive(&input, &plan));
        let mut accounts = concurrency::account_products(&observed, recorded);
        accounts.extend(account_products(&plan, recorded, reader));
        let limits = limits(&self.repo, accounts);
        Ok(Prepared { plan, limits, known, secrets, catalog, renamed })
    }
}

//! What a new version would do to all who run its product: planned as if they named it. Nothing is written, neither here nor there.

use std::path::Path;

use super::Workspace;
use super::files::Files;
use super::problem::{Complaint, Problem, ProblemKind};
use super::wish::{Meant, Wish};
use crate::catalog::CatalogRead;
use crate::model::diagnostic::Source;
use crate::model::secret::DigestKey;
use crate::model::text::{did_you_mean, listed, quote, quoted};
use crate::observe::{Candidates, Scope, observe, offer_again};
use crate::plan::supposed::{
    Supposed, SupposedVersion, Supposition, as_if, running, suppose, template_offers, unoffered,
};
use crate::plan::{PlanInput, rekeyed, renamed};
use crate::state::Recorded;

/// So many names are told.
const FEW: usize = 20;

impl Workspace<'_> {
    /// Plans every declaration that runs one of these products as if it named the supposed version.
    ///
    /// # Errors
    /// As [`Workspace::plan`]; a product that nobody runs, and a version that is nowhere.
    pub fn suppose(
        &self,
        suppositions: Vec<Supposition>,
        wish: &Wish,
        recorded: &Recorded,
        key: &DigestKey,
    ) -> Result<Supposed, Problem> {
        let findings = |found| Problem::findings(found, &self.repo.sources);
        let (recorded, _) = renamed(rekeyed(&self.desired, recorded).map_err(findings)?, recorded)?;
        let recorded = &*recorded;
        let Meant { policy, .. } = wish.meant(self, &self.desired, recorded)?;
        let catalog = self.repo.catalog(policy.selected.iter().chain(self.desired.externals.keys()))?;
        let reader: &dyn CatalogRead = &*catalog;
        let deep = self.deep(wish);
        let scope = Scope {
            desired: &self.desired,
            recorded,
            locations: &self.repo.settings.locations,
            selected: &policy.selected,
            refresh: !wish.no_refresh,
            deep: &deep,
        };
        let mut observed = observe(scope, reader)
            .map_err(|errors| Problem::unread(&errors, |location| self.repo.stands(location)))?;
        let mut desired = self.desired.clone();
        let (mut who, mut offers) = (Vec::new(), Vec::new());
        for one in &suppositions {
            let before =
                PlanInput { desired: &self.desired, recorded, observed: &observed, policy: &policy, key };
            let runs = running(&before, &one.product);
            if runs.is_empty() {
                return Err(self.nobody(&one.product));
            }
            desired = as_if(&desired, &runs, &one.version);
            offers.push(template_offers(&before, &desired, &one.version));
            who.push(runs);
        }
        if suppositions.iter().any(|one| matches!(one.version, SupposedVersion::Published(_))) {
            offer_again(Scope { desired: &desired, ..scope }, reader, &mut observed);
        }
        offers.into_iter().for_each(|offers| observed.offers.extend(offers));
        let after = PlanInput { desired: &desired, recorded, observed: &observed, policy: &policy, key };
        for (one, runs) in suppositions.iter().zip(&who) {
            if let Some(instead) = unoffered(&after, runs) {
                return Err(nowhere(one, &instead));
            }
        }
        let all = who.into_iter().flatten().collect();
        Ok(Supposed { suppositions, ..suppose(&after, &all).map_err(findings)? })
    }

    /// A template of the checkout.
    ///
    /// # Errors
    /// A file that is not there, or leads out of the checkout.
    pub fn template(&self, named: &Path) -> Result<Source, Problem> {
        Files { checkout: &self.repo.checkout }.source(named)
    }

    fn nobody(&self, product: &str) -> Problem {
        let mut names: Vec<&str> = self.desired.products.values().map(|one| one.product.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let message = format!("no declaration that is selected runs `{product}`");
        let notes = vec![format!("there are declarations of {}", listed(names.iter().map(quote), FEW))];
        let hint = did_you_mean(product, names.iter().copied());
        Problem::of(ProblemKind::Input, Complaint { message, causes: Vec::new(), notes, hint })
    }
}

fn nowhere(of: &Supposition, instead: &Candidates) -> Problem {
    let version = of.version.name();
    let message = format!("`{}` has no active version `{version}`", of.product);
    let notes = match instead.is_empty() {
        true => Vec::new(),
        false => vec![format!("there is {}", quoted(instead.iter().take(FEW)))],
    };
    let hint = "a version that is not published yet is `file:` and the path of its template";
    let hint = Some(hint.to_owned());
    Problem::of(ProblemKind::Input, Complaint { message, causes: Vec::new(), notes, hint })
}

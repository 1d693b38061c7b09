//! What a new version would do to all who run its product: planned as if they named it. Nothing is written, neither here nor there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::files::Files;
use super::previewing::{FirstPlan, Previewed, Previewer};
use super::problem::{Complaint, Problem, ProblemKind};
use super::wish::{Meant, Wish};
use super::{Remembered, Workspace};
use crate::catalog::CatalogRead;
use crate::declare::Desired;
use crate::model::diagnostic::Source;
use crate::model::ids::Address;
use crate::model::text::{did_you_mean, listed, quote, quoted};
use crate::observe::{Candidates, Choice, Offer, Scope, Unresolved, observe, offer_again};
use crate::plan::supposed::{
    Supposed, SupposedVersion, Supposition, as_if, running, suppose, template_offers, unoffered,
};
use crate::plan::{PlanInput, read_veiled, rekeyed, renamed};

/// Declarations as if they named the supposed versions.
struct Versions {
    desired: Desired,
    /// Who runs each product.
    who: Vec<BTreeSet<Address>>,
    /// What the templates offer.
    offers: BTreeMap<Choice, Result<Offer, Unresolved>>,
}

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
        remembered: &Remembered,
        with: Option<&mut Previewer<'_>>,
    ) -> Result<(Supposed, Previewed), Problem> {
        let Remembered { recorded, key, .. } = remembered;
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
            .map_err(|errors| Problem::unread(&errors, self.repo.stands(), &self.repo.sources))?;
        let before =
            PlanInput { desired: &self.desired, recorded, observed: &observed, policy: &policy, key };
        let veiled = read_veiled(&before, self.repo.given_secrets());
        let Versions { desired, who, offers } = self.versions(&suppositions, &before);
        veiled.over(&mut observed);
        if suppositions.iter().any(|one| matches!(one.version, SupposedVersion::Published(_))) {
            offer_again(Scope { desired: &desired, ..scope }, reader, &mut observed);
        }
        observed.offers.extend(offers);
        let after = PlanInput { desired: &desired, recorded, observed: &observed, policy: &policy, key };
        let nobody = suppositions.iter().zip(&who).filter(|(_, runs)| runs.is_empty());
        let nobody = nobody.map(|(one, _)| self.nobody(&one.product));
        let unoffered = suppositions
            .iter()
            .zip(&who)
            .filter_map(|(one, runs)| unoffered(&after, runs).map(|instead| nowhere(one, &instead)));
        if let Some(all) = nobody.chain(unoffered).reduce(Problem::with) {
            return Err(all);
        }
        let all = who.into_iter().flatten().collect();
        let supposed = Supposed { suppositions, ..suppose(&after, &all).map_err(findings)? };
        let mut previewed = Previewed::default();
        let asked = with.and_then(|with| Some((with, wish.previewed(&self.repo.settings)?)));
        let Some((with, scope)) = asked else { return Ok((supposed, previewed)) };
        let first = FirstPlan {
            plan: &supposed.plan,
            scope,
            secrets: self.secrets(&after, &supposed.plan),
            catalog: &*catalog,
        };
        observed.previews = self.repo.preview(&after, &first, with, &mut previewed)?;
        let after = PlanInput { desired: &desired, recorded, observed: &observed, policy: &policy, key };
        let suppositions = supposed.suppositions;
        Ok((Supposed { suppositions, ..suppose(&after, &all).map_err(findings)? }, previewed))
    }

    /// The declarations with the supposed versions.
    fn versions(&self, suppositions: &[Supposition], before: &PlanInput<'_>) -> Versions {
        let mut all = Versions { desired: self.desired.clone(), who: Vec::new(), offers: BTreeMap::new() };
        for one in suppositions {
            let runs = running(before, &one.product);
            all.desired = as_if(&all.desired, &runs, &one.version);
            all.offers.extend(template_offers(before, &all.desired, &one.version));
            all.who.push(runs);
        }
        all
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

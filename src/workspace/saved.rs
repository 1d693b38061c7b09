//! A saved plan: made from a plan, read from its text, and held against the present, which must be what it was made for.
//! It stands alone: of what is declared now, it needs its secrets back, and the way to its locations.

use std::collections::BTreeSet;
use std::time::Duration;

use super::planning::{Prepared, account_products, limits};
use super::previewing::Previewed;
use super::problem::{Problem, ProblemKind};
use super::{GivenValues, Repo};
use crate::catalog::CatalogRead;
use crate::declare::{Limit, Rough, names_given, rough};
use crate::files::SettingsHome;
use crate::model::diagnostic::{Diagnostic, Severity, Source};
use crate::model::ids::Address;
use crate::model::secret::{DigestKey, Secret, Secrets};
use crate::model::time::Timestamp;
use crate::plan::file::{About, Header, PlanFileError, Saved};
use crate::plan::{
    self, LateChecks, Plan, PlanInput, Policy, Present, Unfit, adoptions, breach, concurrency, file, guarded,
    read_veiled, renamed, with_secrets,
};
use crate::state::{Author, Recorded};

/// How old a saved plan may be where nobody says otherwise.
pub const MAX_AGE: Duration = Duration::from_secs(24 * 3600);

/// What a text says of itself that claims to be a saved plan; nothing of it is proven.
///
/// # Errors
/// A text that is no saved plan, or one of another format.
pub fn claimed(text: &Source) -> Result<Header, Problem> {
    file::peek(&text.text).map_err(|error| unreadable(text, &error))
}

/// The plan that a text holds; it must have been made from this state.
///
/// # Errors
/// A text that is no saved plan, was changed, or is about another state.
pub fn read_saved(text: &Source, recorded: &Recorded, key: &DigestKey) -> Result<Saved, Problem> {
    let header = claimed(text)?;
    if header.lineage != recorded.lineage {
        let message = format!("`{}` was made from another state ({})", text.path, header.lineage);
        return Err(Problem::new(ProblemKind::SavedPlan, message).hint("plan again from this state"));
    }
    file::load(&text.text, key).map_err(|error| unreadable(text, &error))
}

/// Why a text cannot be used as a saved plan, with its name.
fn unreadable(text: &Source, error: &PlanFileError) -> Problem {
    let name = &text.path;
    let message = match error {
        PlanFileError::NotAPlan => format!("`{name}` is {error}"),
        _ => format!("`{name}`: {error}"),
    };
    Problem::new(ProblemKind::SavedPlan, message).hint(error.hint())
}

/// Whether a saved plan may still be carried out, by the clock of this machine.
///
/// # Errors
/// [`ProblemKind::SavedPlan`] where it is too old, or from the future.
pub fn in_time(about: &About, now: Timestamp, may_be: Duration) -> Result<(), Problem> {
    Ok(about.in_time(now, may_be)?)
}

impl Repo<'_> {
    /// Drops what is wrong with the settings because a variable has no value, or was given one that it cannot have: a saved
    /// plan does without it, or says that it needs it.
    ///
    /// # Errors
    /// Everything else that is wrong with them.
    pub fn for_saved(mut self) -> Result<Self, Problem> {
        let tolerated = |one: &Diagnostic| match one.code {
            "no-value" | "unknown-variable" => true,
            // of no place: in the environment or an argument
            "bad-value" | "wrong-type" => one.place.is_none(),
            _ => false,
        };
        self.problems.0.retain(|one| one.severity != Severity::Error || !tolerated(one));
        if self.problems.has_errors() {
            return Err(Problem::findings(self.problems, &self.sources));
        }
        Ok(self)
    }

    /// Refuses values that would not count: a saved plan keeps those that it was made with, and lacks nothing but secrets.
    ///
    /// # Errors
    /// [`ProblemKind::Usage`] where a value is given that is no secret.
    pub fn only_secrets(&self, given: &GivenValues) -> Result<(), Problem> {
        let is_open = |name: &str| !self.settings.variables.get(name).is_some_and(|one| one.sensitive);
        let one = given.arguments.iter().find(|(name, _)| is_open(name));
        let gives = |file: &&Source| names_given(file).iter().any(|name| is_open(name));
        let file = given.files.iter().filter_map(|file| file.as_ref().ok()).find(gives);
        let one = one.map(|(name, _)| format!("--var {name}"));
        let Some(flag) = one.or_else(|| Some(format!("--var-file {}", file?.path))) else { return Ok(()) };
        let message = format!("`{flag}`: a saved plan is applied with the values that it was made with");
        Err(Problem::usage(message)
            .hint("leave it out, or plan again with it: only secrets may be given here"))
    }

    /// What is saved beside the steps of a plan that was made now.
    #[must_use]
    pub fn about(&self, prepared: &Prepared, made: Made, key: &DigestKey) -> About {
        let Made { at, by, skips_refused, max_terminate, destroys } = made;
        let sensitive = self.settings.variables.values().filter(|variable| variable.sensitive);
        let declared = sensitive.filter_map(|variable| Some(Secret::new(variable.value.as_ref()?)));
        let secrets: Secrets = prepared.secrets.iter().cloned().chain(declared).collect();
        let mut variables = self.written_with();
        variables.retain(|_, value| !secrets.are_in(value));
        let routes = file::routes(&prepared.plan, &self.settings.locations, key);
        About { at, by, skips_refused, max_terminate, destroys, variables, routes }
    }

    /// Makes a saved plan ready to be carried out exactly as it is: nothing it touches may have moved since, neither by
    /// the state's word nor by the catalog's, and its secrets are put back from what is declared.
    ///
    /// # Errors
    /// [`ProblemKind::SavedPlan`] where it does not fit any more; a catalog that cannot be read.
    pub fn hold(
        mut self,
        saved: Saved,
        recorded: &Recorded,
        key: &DigestKey,
        raised: Option<Limit>,
    ) -> Result<Prepared, Problem> {
        let Saved { mut plan, about } = saved;
        let limit = self.may_terminate(&about, raised);
        let renames = plan.renamed.iter().map(|(to, from)| (from.clone(), to.clone()));
        let (recorded, renamed) = renamed(renames, recorded)?;
        let recorded = &*recorded;
        let mut declared = self.declared(&plan);
        declared.desired.imports = adoptions(&plan);
        let locations = &self.settings.locations;
        let present = Present { declared: &declared, recorded, locations, key };
        let asked = present.allows(&plan, &about)?;
        let catalog = self.catalog(asked.iter().chain(plan.externals.keys()))?;
        let reader: &dyn CatalogRead = &*catalog;
        let mut observed = present.hold(&mut plan, &asked, reader)?;
        let replace_resources = self.settings.replace_resources.clone();
        let policy = Policy { replace_resources, applies: true, ..Policy::default() };
        let desired = &declared.desired;
        let input = PlanInput { desired, recorded, observed: &observed, policy: &policy, key };
        read_veiled(&input, self.given_secrets()).over(&mut observed);
        let input = PlanInput { desired, recorded, observed: &observed, policy: &policy, key };
        guarded(&input, &mut plan);
        plan.breach = limit.and_then(|limit| breach(&plan.steps, recorded, limit));
        let (known, mut secrets) = (plan::known(&input, &plan), plan::sensitive(&input, &plan));
        secrets.extend(self.given_secrets());
        let checks = LateChecks::asked(&plan, reader).map_err(Unfit::from)?;
        let mut accounts = concurrency::account_products(&observed, recorded);
        accounts.extend(account_products(&plan, recorded, reader));
        let limits = limits(&self, accounts);
        let (places, previewed) = (observed.places, Previewed::default());
        Ok(Prepared { plan, limits, known, checks, secrets, catalog, renamed, places, previewed })
    }

    /// How much a saved plan may terminate: what is said now, else what was said when it was made, else by the settings of now.
    /// Under trusted ones, what was said elsewhere raises nothing.
    fn may_terminate(&self, about: &About, raised: Option<Limit>) -> Option<Limit> {
        let is_trusted = matches!(self.home, SettingsHome::Operator { .. });
        let then = about.max_terminate.as_deref().filter(|_| !is_trusted).and_then(Limit::parse);
        let is_free = about.destroys && !self.settings.max_terminate_is_written;
        raised.or(then).or_else(|| (!is_free).then_some(self.settings.max_terminate))
    }

    /// What is declared for the products of a plan that has secrets; nothing is read where there is none.
    fn declared(&mut self, plan: &Plan) -> Rough {
        let wanted: BTreeSet<Address> = with_secrets(plan).cloned().collect();
        if wanted.is_empty() {
            return Rough::default();
        }
        let sources = self.declarations();
        rough(&sources, &self.settings, &wanted)
    }
}

/// When a plan was made, by whom, and what was said of its refused steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// By this machine's clock.
    pub at: Timestamp,
    /// Who made it.
    pub by: Option<Author>,
    /// Its refused steps are left out, and the others done.
    pub skips_refused: bool,
    /// `--max-terminate`
    pub max_terminate: Option<String>,
    /// It is of `destroy`.
    pub destroys: bool,
}

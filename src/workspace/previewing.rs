//! What a plan would do to resources: asked of the catalog between a first plan and the one that is shown; and what dead runs have left
//! there, taken away before anything is planned.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::problem::Problem;
use super::{Repo, Wish};
use crate::apply::Wake;
use crate::apply::preview::{LeftOpen, PreviewJob, PreviewPorts, PreviewReport, preview, sweep};
use crate::catalog::{Catalog, Identity, Preview};
use crate::declare::Settings;
use crate::model::ids::{Address, LocationName};
use crate::model::random::Random;
use crate::model::secret::Secret;
use crate::plan::{Plan, PlanInput, PreviewScope, Previewable, known, previewable};
use crate::state::{CatalogKind, LeftBehind, OpenPreview, PreviewJournal, Previews, StateError};

/// Who watches while the catalog is asked.
pub struct Previewer<'w> {
    /// Time since the command began.
    pub clock: &'w dyn Fn() -> Duration,
    /// Where names come from: a seed that was never used before.
    pub random: Random,
    /// Waits; tells when somebody wants it to stop. After that it only waits.
    pub wait: &'w mut dyn FnMut(Duration) -> Wake,
    /// Is told how many steps are asked about, before that takes its time.
    pub tell: &'w dyn Fn(usize),
}

/// A plan that is not previewed yet.
pub(super) struct FirstPlan<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Which of its steps are asked about.
    pub scope: PreviewScope,
    /// The sensitive clear texts that its steps may meet.
    pub secrets: Vec<Secret>,
    /// The catalog that it was made with.
    pub catalog: &'p dyn Catalog,
}

/// What became of the asking.
#[derive(Debug, Default)]
pub struct Previewed {
    /// How many plans of dead runs were taken away.
    pub swept: usize,
    /// What is still open in the catalog.
    pub left: Vec<LeftOpen>,
    /// Why a journal cannot be read or written.
    pub unwritten: Vec<StateError>,
    /// Somebody wanted it to stop.
    pub interrupted: bool,
}

impl Previewed {
    fn take(&mut self, report: PreviewReport) -> BTreeMap<Address, Preview> {
        self.left.extend(report.left);
        self.unwritten.extend(report.unwritten);
        self.interrupted |= report.interrupted;
        report.previews
    }
}

impl Wish {
    /// Which steps the catalog is asked about; `None`: none.
    #[must_use]
    pub fn previewed(&self, settings: &Settings) -> Option<PreviewScope> {
        let is_guarded = self.is_applied && settings.replace_resources.is_some();
        match self.preview {
            true => Some(PreviewScope::All),
            false => is_guarded.then_some(PreviewScope::Updates),
        }
    }
}

impl Repo<'_> {
    /// What the steps of a plan would do to resources.
    pub(super) fn preview(
        &self,
        input: &PlanInput<'_>,
        first: &FirstPlan<'_>,
        with: &mut Previewer<'_>,
        told: &mut Previewed,
    ) -> Result<BTreeMap<Address, Preview>, Problem> {
        let Previewable { targets, unknown } = previewable(input, first.plan, first.scope);
        let mut previews: BTreeMap<Address, Preview> =
            unknown.into_iter().map(|(address, why)| (address, Preview::Unknown(why))).collect();
        if targets.is_empty() {
            return Ok(previews);
        }
        (with.tell)(targets.len());
        let mut journal = self.previews()?.begin(with.random.draw())?;
        let job = PreviewJob {
            targets: &targets,
            known: &known(input, first.plan),
            recorded: input.recorded,
            key: input.key,
            secrets: &first.secrets.iter().cloned().collect(),
            parallelism: self.settings.parallelism,
        };
        let report = preview(&job, with.ports(first.catalog, &mut *journal));
        previews.extend(told.take(report));
        told.unwritten.extend(journal.end().err());
        Ok(previews)
    }

    /// Takes away what the previews of dead runs have left in catalogs; what living runs have there is theirs.
    ///
    /// # Errors
    /// A state that cannot be used, a location that cannot be reached at all.
    pub fn sweep(&self, with: &mut Previewer<'_>) -> Result<Previewed, Problem> {
        let LeftBehind { journals, unread } = self.previews()?.left_behind()?;
        let mut previewed = Previewed { unwritten: unread, ..Previewed::default() };
        if journals.is_empty() {
            return Ok(previewed);
        }
        let open: Vec<OpenPreview> =
            journals.iter().flat_map(|journal| journal.open().values().cloned()).collect();
        let locations: BTreeSet<&LocationName> = open.iter().map(|open| &open.address.location).collect();
        let is_thawed =
            |name: &&&LocationName| self.settings.locations.get(**name).is_some_and(|one| !one.frozen);
        let catalog = self.catalog_of(&locations.iter().filter(is_thawed).copied().collect())?;
        let reached = self.reached(locations, &*catalog);
        let hindrance = |open: &OpenPreview| hindrance(open, &reached);
        for open in &open {
            previewed.left.extend(hindrance(open).map(|why| LeftOpen { open: open.clone(), why }));
        }
        for mut journal in journals {
            let before = journal.open().len();
            let report = sweep(|open| hindrance(open).is_none(), with.ports(&*catalog, &mut *journal));
            drop(previewed.take(report));
            previewed.swept += before.saturating_sub(journal.open().len());
            previewed.unwritten.extend(journal.end().err());
        }
        Ok(previewed)
    }

    /// Who answers at these locations, or why nobody is asked there.
    fn reached(
        &self,
        locations: BTreeSet<&LocationName>,
        catalog: &dyn Catalog,
    ) -> BTreeMap<LocationName, Result<Identity, String>> {
        let mut reached = BTreeMap::new();
        let mut asked = Vec::new();
        for name in locations {
            match self.settings.locations.get(name) {
                None => {
                    drop(reached.insert(
                        name.clone(),
                        Err("the settings do not name its location any more".to_owned()),
                    ))
                }
                Some(location) if location.frozen => {
                    reached.insert(name.clone(), Err("its location is frozen".to_owned()));
                }
                Some(_) => asked.push(name.clone()),
            }
        }
        let answers = if asked.is_empty() { Vec::new() } else { catalog.identities(&asked) };
        let answers = answers.into_iter().map(|answer| answer.map_err(|error| error.message));
        reached.extend(asked.into_iter().zip(answers));
        reached
    }
}

/// Why nothing is done about what was left open: it must be the very catalog that it was made in.
fn hindrance(
    open: &OpenPreview,
    reached: &BTreeMap<LocationName, Result<Identity, String>>,
) -> Option<String> {
    let home = &open.home;
    match reached.get(&open.address.location)? {
        Err(why) => Some(why.clone()),
        Ok(now) if now.account != home.account && !home.account.as_str().is_empty() => {
            Some(format!("its location is account {} now, and was {}", now.account, home.account))
        }
        Ok(now) => {
            let are_known = [now.catalog, home.catalog].iter().all(|kind| *kind != CatalogKind::Unknown);
            (are_known && now.catalog != home.catalog).then(|| {
                format!("its location is {} now, and was {}", now.catalog.noun(), home.catalog.noun())
            })
        }
    }
}

impl Previewer<'_> {
    fn ports<'p>(
        &'p mut self,
        catalog: &'p dyn Catalog,
        journal: &'p mut dyn PreviewJournal,
    ) -> PreviewPorts<'p> {
        PreviewPorts { catalog, journal, random: &mut self.random, clock: self.clock, wait: &mut *self.wait }
    }
}

impl Repo<'_> {
    fn previews(&self) -> Result<Box<dyn Previews>, Problem> {
        self.adapters.previews(&self.home, &self.settings)
    }
}

//! What there is to foresee of a run before it begins: what each step comes after, and how long such operations took
//! before. For people, never for decisions. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::run::product_name;
use crate::catalog::ServiceTime;
use crate::model::ids::{Address, LocationName};
use crate::plan::{Act, Action, Plan, Step, StepIx};
use crate::state::{Kind, Past, Recorded};

/// So many of the last operations of a kind say how long the next one takes.
const RECENT: usize = 9;

/// What there is to foresee of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foresight {
    /// One for each step of the plan, in its order.
    pub steps: Vec<Ahead>,
    /// Operations in flight per location.
    pub parallelism: usize,
}

/// What there is to foresee of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahead {
    /// The location as people write it.
    pub location: String,
    /// The product that it is about; empty where nobody knows it.
    pub product: String,
    /// What it does.
    pub act: Act,
    /// What must be over first.
    pub after: BTreeSet<StepIx>,
    /// How long such an operation took before, by the service's clock.
    pub expected: Option<Duration>,
    /// The service's time where it is carried out.
    pub time: ServiceTime,
}

impl Foresight {
    /// Of a plan; `past` is what became of operations, oldest first, and `time` the time of a location's service.
    #[must_use]
    pub fn of(
        plan: &Plan,
        recorded: &Recorded,
        past: &[Past],
        parallelism: usize,
        time: impl Fn(&LocationName) -> ServiceTime,
    ) -> Self {
        let durations = Durations::of(past, recorded);
        let ahead = |step: &Step| {
            let product = product_name(step, recorded);
            Ahead {
                location: plan.labels.location(&step.address.location).to_owned(),
                product: product.to_owned(),
                act: step.act(),
                after: step.after.clone(),
                expected: kind(step).and_then(|kind| durations.of_next(&step.address, product, kind)),
                time: time(&step.address.location),
            }
        };
        Self { steps: plan.steps.iter().map(ahead).collect(), parallelism }
    }

    /// What there is to foresee of one step.
    #[must_use]
    pub fn step(&self, ix: StepIx) -> Option<&Ahead> {
        self.steps.get(ix.0)
    }
}

impl Ahead {
    /// Whether it is an operation in the cloud, which takes its time.
    #[must_use]
    pub fn is_operation(&self) -> bool {
        matches!(self.act, Act::Provision | Act::Update | Act::Replace | Act::Terminate | Act::Settle)
    }
}

/// The operation that a step is or follows.
fn kind(step: &Step) -> Option<Kind> {
    match &step.action {
        Action::Provision(_) => Some(Kind::Provision),
        Action::Update(..) => Some(Kind::Update),
        Action::Terminate(gone) if gone.retain => Some(Kind::Retain),
        Action::Terminate(_) => Some(Kind::Terminate),
        Action::Settle(intent, _) => Some(intent.kind),
        _ => None,
    }
}

/// How long operations that ended well took, oldest first.
#[derive(Default)]
struct Durations<'a> {
    by_address: BTreeMap<(&'a Address, Kind), Vec<Duration>>,
    by_product: BTreeMap<(&'a str, Kind), Vec<Duration>>,
}

impl<'a> Durations<'a> {
    fn of(past: &'a [Past], recorded: &'a Recorded) -> Self {
        let mut all = Self::default();
        for one in past.iter().filter(|one| matches!(one.event.as_str(), "succeeded" | "gone")) {
            let (Some(kind), Some(took)) = (one.kind, one.took()) else { continue };
            all.by_address.entry((&one.address, kind)).or_default().push(took);
            let applied = recorded.rows.get(&one.address).and_then(|row| row.applied.as_ref());
            if let Some(applied) = applied {
                let product = applied.content.target.product.name.as_str();
                all.by_product.entry((product, kind)).or_default().push(took);
            }
        }
        all
    }

    /// What it took itself tells more than what others of its product took.
    fn of_next(&self, address: &Address, product: &str, kind: Kind) -> Option<Duration> {
        let own = self.by_address.get(&(address, kind));
        own.or_else(|| self.by_product.get(&(product, kind))).and_then(|all| typical(all))
    }
}

/// The median of the last ones.
fn typical(durations: &[Duration]) -> Option<Duration> {
    let mut last = durations[durations.len().saturating_sub(RECENT)..].to_vec();
    last.sort_unstable();
    last.get(last.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_the_last_ones_is_typical() {
        let seconds = |all: &[u64]| typical(&all.iter().map(|n| Duration::from_secs(*n)).collect::<Vec<_>>());
        assert_eq!(seconds(&[]), None);
        assert_eq!(seconds(&[7]), Some(Duration::from_secs(7)));
        assert_eq!(seconds(&[30, 10, 20]), Some(Duration::from_secs(20)));
        let old_ones = [900, 900, 900, 900, 900, 900, 900, 900, 900, 900, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        assert_eq!(seconds(&old_ones), Some(Duration::from_secs(5)));
    }
}

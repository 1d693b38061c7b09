//! When a run may be over: what is still to be done after what, how long that usually takes, and how much of it fits beside
//! each other. For people only.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::apply::{Ahead, Foresight};
use crate::plan::{Act, StepIx};
use crate::report::view::Remaining;

/// How far a step is from its end, and what was learnt on the way.
#[derive(Debug)]
pub(super) struct Forecast<'o> {
    outlook: &'o Foresight,
    /// What is over.
    over: Vec<bool>,
    /// How long operations of this run took, by the service's clock.
    learnt: BTreeMap<(&'o str, Act), Mean>,
}

/// The mean of some durations.
#[derive(Debug, Default)]
struct Mean {
    sum: Duration,
    count: u32,
}

impl Mean {
    fn add(&mut self, one: Duration) {
        self.sum = self.sum.saturating_add(one);
        self.count += 1;
    }

    fn get(&self) -> Option<Duration> {
        self.sum.checked_div(self.count)
    }
}

impl<'o> Forecast<'o> {
    pub(super) fn of(outlook: &'o Foresight) -> Self {
        Self { outlook, over: vec![false; outlook.steps.len()], learnt: BTreeMap::new() }
    }

    /// A step is over; how long its operation ran, if it ended well.
    pub(super) fn settled(&mut self, ix: StepIx, took: Option<Duration>) {
        if let Some(over) = self.over.get_mut(ix.0) {
            *over = true;
        }
        let Some((ahead, took)) = self.outlook.step(ix).zip(took) else { return };
        self.learnt.entry((&ahead.product, ahead.act)).or_default().add(took);
    }

    /// How long an operation takes: as its history says, else as others of its product in this run.
    fn expected(&self, ahead: &'o Ahead) -> Option<Duration> {
        if !ahead.is_operation() {
            return Some(Duration::ZERO);
        }
        let learnt = || self.learnt.get(&(ahead.product.as_str(), ahead.act)).and_then(Mean::get);
        ahead.expected.or_else(learnt)
    }

    /// How long it may take until all is over, by our clock; `ran` says how long an operation in flight has run. Nothing while
    /// nobody knows of any step.
    pub(super) fn left(&self, ran: impl Fn(StepIx) -> Option<Duration>) -> Option<Remaining> {
        let mut ends: Vec<Option<Duration>> = vec![None; self.outlook.steps.len()];
        let mut load: BTreeMap<&str, Duration> = BTreeMap::new();
        let mut last = Duration::ZERO;
        let (mut known, mut at_least) = (false, false);
        for ix in self.in_order() {
            let ahead = self.outlook.step(ix)?;
            let is_over = self.over.get(ix.0).copied().unwrap_or(false);
            let whole = if is_over { Some(Duration::ZERO) } else { self.expected(ahead) };
            at_least |= whole.is_none();
            known |= !is_over && ahead.is_operation() && whole.is_some();
            let rest = whole.unwrap_or_default().saturating_sub(ran(ix).unwrap_or_default());
            let needs = ahead.time.ours(rest);
            let starts =
                ahead.after.iter().filter_map(|before| *ends.get(before.0)?).max().unwrap_or_default();
            let end = if is_over { Duration::ZERO } else { starts.saturating_add(needs) };
            if let Some(slot) = ends.get_mut(ix.0) {
                *slot = Some(end);
            }
            let busy = load.entry(&ahead.location).or_default();
            *busy = busy.saturating_add(needs);
            last = last.max(end);
        }
        let room = u32::try_from(self.outlook.parallelism).unwrap_or(u32::MAX);
        let fullest = load.into_values().max().and_then(|busy| busy.checked_div(room));
        known.then(|| Remaining { time: last.max(fullest.unwrap_or_default()), at_least })
    }

    /// The steps, each after all that it comes after.
    fn in_order(&self) -> Vec<StepIx> {
        let steps = &self.outlook.steps;
        let mut awaits: Vec<usize> = steps.iter().map(|ahead| ahead.after.len()).collect();
        let mut followers: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
        for (n, ahead) in steps.iter().enumerate() {
            for before in &ahead.after {
                if let Some(all) = followers.get_mut(before.0) {
                    all.push(n);
                }
            }
        }
        let mut order: Vec<usize> = (0..steps.len()).filter(|n| awaits[*n] == 0).collect();
        let mut done = 0;
        while let Some(n) = order.get(done).copied() {
            done += 1;
            for next in std::mem::take(&mut followers[n]) {
                awaits[next] -= 1;
                if awaits[next] == 0 {
                    order.push(next);
                }
            }
        }
        order.into_iter().map(StepIx).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Pacing, ServiceTime};

    fn ahead(after: &[usize], expected: Option<u64>) -> Ahead {
        Ahead {
            location: "hub".to_owned(),
            product: "vpc".to_owned(),
            act: Act::Provision,
            after: after.iter().copied().map(StepIx).collect(),
            expected: expected.map(Duration::from_secs),
            time: ServiceTime::default(),
        }
    }

    fn left(forecast: &Forecast<'_>, ran: &[(usize, u64)]) -> Option<u64> {
        let of = |ix: StepIx| ran.iter().find(|(n, _)| *n == ix.0).map(|(_, s)| Duration::from_secs(*s));
        forecast.left(of).map(|left| left.time.as_secs())
    }

    #[test]
    fn the_longest_chain_says_when_all_is_over() {
        let steps = vec![ahead(&[], Some(60)), ahead(&[0], Some(30)), ahead(&[], Some(80))];
        let outlook = Foresight { steps, parallelism: 50 };
        let mut forecast = Forecast::of(&outlook);
        assert_eq!(left(&forecast, &[]), Some(90));
        assert_eq!(left(&forecast, &[(0, 20), (2, 20)]), Some(70));
        assert_eq!(left(&forecast, &[(0, 500), (2, 80)]), Some(30), "what is overdue may end at any time");
        forecast.settled(StepIx(0), Some(Duration::from_secs(60)));
        assert_eq!(left(&forecast, &[(1, 10), (2, 70)]), Some(20));
    }

    #[test]
    fn what_has_no_room_takes_longer() {
        let outlook = Foresight { steps: vec![ahead(&[], Some(60)); 10], parallelism: 2 };
        assert_eq!(left(&Forecast::of(&outlook), &[]), Some(300));
    }

    #[test]
    fn this_run_teaches_what_the_history_does_not_know() {
        let outlook = Foresight { steps: vec![ahead(&[], None), ahead(&[0], None)], parallelism: 50 };
        let mut forecast = Forecast::of(&outlook);
        assert_eq!(left(&forecast, &[]), None, "nobody knows anything");
        forecast.settled(StepIx(0), Some(Duration::from_secs(40)));
        assert_eq!(left(&forecast, &[(1, 10)]), Some(30));
    }

    #[test]
    fn what_nobody_knows_of_makes_it_at_least_so_long() {
        let other = Ahead { product: "db".to_owned(), ..ahead(&[0], None) };
        let outlook = Foresight { steps: vec![ahead(&[], Some(60)), other], parallelism: 50 };
        let left = Forecast::of(&outlook).left(|_| None);
        assert_eq!(left, Some(Remaining { time: Duration::from_secs(60), at_least: true }));
    }

    #[test]
    fn a_simulated_minute_is_over_sooner() {
        let time = ServiceTime::new(None, Pacing { time_scale: 60.0, ..Pacing::default() });
        let steps = vec![Ahead { time, ..ahead(&[], Some(60)) }];
        assert_eq!(left(&Forecast::of(&Foresight { steps, parallelism: 1 }), &[]), Some(1));
    }
}

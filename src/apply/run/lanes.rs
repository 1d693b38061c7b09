//! Who may begin: one lane for each location, with room for so many operations at once, and in it a queue for each
//! product that has a limit of its own. A change costs what it changes: nothing here looks at all steps.

use std::collections::{BTreeMap, BTreeSet};

use crate::apply::Limits;
use crate::model::ids::LocationName;
use crate::plan::{Step, StepIx};
use crate::state::Recorded;

/// The lanes of one run.
#[derive(Debug)]
pub(super) struct Lanes {
    limits: Limits,
    numbers: BTreeMap<LocationName, usize>,
    lanes: Vec<Lane>,
    /// The lanes in which room or a step has come since they were last looked at.
    stirred: BTreeSet<usize>,
}

#[derive(Debug, Default)]
struct Lane {
    busy: usize,
    queues: BTreeMap<usize, Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    /// `None`: only the lane's own limit holds.
    most: Option<usize>,
    busy: usize,
    waiting: BTreeSet<StepIx>,
}

/// Where a step waits, and where it counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct QueueIx {
    lane: usize,
    queue: usize,
}

/// The queue of all products that have no limit of their own.
const UNLIMITED: usize = 0;

impl Lanes {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, numbers: BTreeMap::new(), lanes: Vec::new(), stirred: BTreeSet::new() }
    }

    /// The queue of everything that is done with a product at a location.
    pub(super) fn queue_of(&mut self, location: &LocationName, product: &str) -> QueueIx {
        let lane = *self.numbers.entry(location.clone()).or_insert(self.lanes.len());
        if lane == self.lanes.len() {
            self.lanes.push(Lane::default());
        }
        let own = self.limits.products.iter().position(|(name, _)| name == product);
        let queue = own.map_or(UNLIMITED, |number| number + 1);
        let most = self.limits.products.get(product).copied();
        self.lanes[lane].queues.entry(queue).or_insert_with(|| Queue { most, ..Queue::default() });
        QueueIx { lane, queue }
    }

    /// A step waits until there is room for it.
    pub(super) fn wait(&mut self, at: QueueIx, ix: StepIx) {
        self.change(at, |_, queue| queue.waiting.insert(ix));
    }

    /// A step does not wait any more.
    pub(super) fn leave(&mut self, at: QueueIx, ix: StepIx) {
        self.change(at, |_, queue| queue.waiting.remove(&ix));
    }

    /// An operation is under way, whether there was room for it or not.
    pub(super) fn occupy(&mut self, at: QueueIx) {
        self.change(at, Lane::occupy);
    }

    /// An operation is over.
    pub(super) fn free(&mut self, at: QueueIx) {
        self.change(at, |busy, queue| {
            *busy = busy.saturating_sub(1);
            queue.busy = queue.busy.saturating_sub(1);
        });
    }

    /// An operation is over because others take the room that its product has: fewer of that product may begin.
    pub(super) fn crowd(&mut self, at: QueueIx) {
        self.change(at, |busy, _| *busy = busy.saturating_sub(1));
    }

    fn change<T>(&mut self, at: QueueIx, change: impl FnOnce(&mut usize, &mut Queue) -> T) {
        let lane = &mut self.lanes[at.lane];
        if let Some(queue) = lane.queues.get_mut(&at.queue) {
            change(&mut lane.busy, queue);
            self.stirred.insert(at.lane);
        }
    }

    /// The steps that there is room for, in the plan's order; from here on they count as under way.
    pub(super) fn admit(&mut self) -> Vec<StepIx> {
        let stirred = std::mem::take(&mut self.stirred);
        let lanes = stirred.into_iter().flat_map(|lane| self.lanes[lane].admit(self.limits.parallelism));
        let mut admitted: Vec<StepIx> = lanes.collect();
        admitted.sort_unstable();
        admitted
    }

    /// Everybody who waits, in the plan's order: nobody does any more.
    pub(super) fn dismiss(&mut self) -> Vec<StepIx> {
        let queues = self.lanes.iter_mut().flat_map(|lane| lane.queues.values_mut());
        let mut dismissed: Vec<StepIx> =
            queues.flat_map(|queue| std::mem::take(&mut queue.waiting)).collect();
        dismissed.sort_unstable();
        dismissed
    }
}

impl Lane {
    fn occupy(busy: &mut usize, queue: &mut Queue) {
        *busy += 1;
        queue.busy += 1;
    }

    fn admit(&mut self, most: usize) -> Vec<StepIx> {
        let mut admitted = Vec::new();
        while self.busy < most {
            let open =
                self.queues.values_mut().filter(|queue| queue.most.is_none_or(|most| queue.busy < most));
            let first =
                open.filter_map(|queue| Some((*queue.waiting.first()?, queue))).min_by_key(|(ix, _)| *ix);
            let Some((ix, queue)) = first else { break };
            queue.waiting.remove(&ix);
            Self::occupy(&mut self.busy, queue);
            admitted.push(ix);
        }
        admitted
    }
}

/// The product a step is about, for the limits of products.
pub(in crate::apply) fn product_name<'a>(step: &'a Step, recorded: &'a Recorded) -> &'a str {
    let applied = || {
        recorded.rows.get(&step.address)?.applied.as_ref().map(|applied| &applied.content.target.product.name)
    };
    step.spec().map(|spec| &spec.target.product.name).or_else(applied).map(String::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(parallelism: usize, products: &[(&str, usize)]) -> Lanes {
        let products = products.iter().map(|(name, most)| ((*name).to_owned(), *most)).collect();
        Lanes::new(Limits { parallelism, products, no_wait: false })
    }

    fn numbers(steps: Vec<StepIx>) -> Vec<usize> {
        steps.into_iter().map(|ix| ix.0).collect()
    }

    #[test]
    fn each_location_has_room_of_its_own_and_the_plan_s_order_holds() {
        let mut lanes = lanes(2, &[]);
        let queues = [lanes.queue_of(&"a".into(), "p"), lanes.queue_of(&"b".into(), "p")];
        for ix in (0..8).rev() {
            lanes.wait(queues[ix % 2], StepIx(ix));
        }
        assert_eq!(numbers(lanes.admit()), [0, 1, 2, 3]);
        assert_eq!(numbers(lanes.admit()), [0_usize; 0]);
        lanes.free(queues[1]);
        assert_eq!(numbers(lanes.admit()), [5]);
        assert_eq!(numbers(lanes.dismiss()), [4, 6, 7]);
        lanes.free(queues[0]);
        assert_eq!(numbers(lanes.admit()), [0_usize; 0], "nobody is left");
    }

    #[test]
    fn a_limited_product_lets_others_pass() {
        let mut lanes = lanes(3, &[("account", 1)]);
        let (account, other) = (lanes.queue_of(&"a".into(), "account"), lanes.queue_of(&"a".into(), "vpc"));
        for ix in 0..3 {
            lanes.wait(account, StepIx(ix));
        }
        lanes.wait(other, StepIx(3));
        assert_eq!(numbers(lanes.admit()), [0, 3]);
        lanes.free(account);
        assert_eq!(numbers(lanes.admit()), [1]);
        assert_eq!(numbers(lanes.dismiss()), [2]);
    }

    #[test]
    fn room_that_others_take_of_a_limited_product_is_left_to_them() {
        let mut lanes = lanes(2, &[("account", 2)]);
        let (account, other) = (lanes.queue_of(&"a".into(), "account"), lanes.queue_of(&"a".into(), "vpc"));
        for (ix, queue) in [account, account, account, account, other, other].into_iter().enumerate() {
            lanes.wait(queue, StepIx(ix));
        }
        assert_eq!(numbers(lanes.admit()), [0, 1]);
        lanes.crowd(account);
        assert_eq!(
            numbers(lanes.admit()),
            [4],
            "one account is under way, and room for one is somebody else's"
        );
        lanes.free(account);
        assert_eq!(numbers(lanes.admit()), [2]);
        lanes.crowd(account);
        lanes.free(other);
        assert_eq!(numbers(lanes.admit()), [5], "whoever has no limit goes on");
        assert_eq!(numbers(lanes.dismiss()), [3]);
    }

    #[test]
    fn what_was_under_way_before_takes_room() {
        let mut lanes = lanes(1, &[]);
        let queue = lanes.queue_of(&"a".into(), "p");
        lanes.occupy(queue);
        lanes.wait(queue, StepIx(0));
        assert_eq!(numbers(lanes.admit()), [0_usize; 0]);
        lanes.free(queue);
        assert_eq!(numbers(lanes.admit()), [0]);
    }
}

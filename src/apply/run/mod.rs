//! The schedule of one run: how far each step is, who may begin, what is due. Pure: it is told what happened, one
//! transition at a time, and knows neither catalog nor store nor clock. Each transition costs what it changes.

mod admission;
mod blocked;
mod due;
mod lanes;
mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use self::admission::Admission;
use self::lanes::{Lanes, QueueIx};
use self::stage::Stage;
use super::Limits;
use super::event::At;
use super::report::{Ended, Outcome, Report};
use crate::catalog::Request;
use crate::model::ids::{Address, RecordId};
use crate::model::time::Timestamp;
use crate::plan::{Action, Plan, Step, StepIx};
use crate::state::{Recorded, StateError};

pub(super) use self::lanes::product_name;
pub(super) use self::stage::Why;

/// One step on its way.
#[derive(Debug)]
struct Track {
    stage: Stage,
    /// When its turn came, in the run's own time.
    begun: Option<Duration>,
    /// Its address as people write it.
    label: String,
    queue: QueueIx,
    /// Whether it counts as under way in its lane.
    has_room: bool,
    /// How many steps that it comes after have not ended well so far.
    awaits: usize,
    /// Its request was sent without an answer, and is sent again though nobody knows what became of that.
    is_doubtful: bool,
    /// That its record is ours is told by the record's kind and time alone.
    is_unproven: bool,
}

/// One run of one plan.
#[derive(Debug)]
pub(super) struct Run<'p> {
    plan: &'p Plan,
    tracks: Vec<Track>,
    followers: Vec<Vec<StepIx>>,
    lanes: Lanes,
    /// Interrupted operations whose turn has come: they have their room already.
    resumable: BTreeSet<StepIx>,
    /// Steps that come after one that did not end well.
    blocked: BTreeSet<StepIx>,
    due: BTreeSet<(Duration, StepIx)>,
    /// How many steps of an address are not over.
    moving: BTreeMap<&'p Address, usize>,
    open: usize,
    denied: Option<String>,
    interrupted: bool,
}

impl<'p> Run<'p> {
    /// A run of `plan`, with nothing begun; `recorded` is the state that it begins from.
    pub(super) fn new(plan: &'p Plan, recorded: &Recorded, limits: Limits) -> Self {
        let mut lanes = Lanes::new(limits);
        let mut followers = vec![Vec::new(); plan.steps.len()];
        let mut moving = BTreeMap::new();
        for (ix, step) in plan.numbered() {
            *moving.entry(&step.address).or_default() += 1;
            for before in &step.after {
                followers[before.0].push(ix);
            }
        }
        let track = |step: &Step| Track {
            stage: Stage::Waiting,
            begun: None,
            label: plan.labels.label(&step.address),
            queue: lanes.queue_of(&step.address.location, product_name(step, recorded)),
            has_room: false,
            awaits: step.after.len(),
            is_doubtful: false,
            is_unproven: false,
        };
        let mut run = Self {
            tracks: plan.steps.iter().map(track).collect(),
            plan,
            followers,
            lanes,
            resumable: BTreeSet::new(),
            blocked: BTreeSet::new(),
            due: BTreeSet::new(),
            moving,
            open: plan.steps.len(),
            denied: None,
            interrupted: false,
        };
        run.line_up();
        run
    }

    /// What was interrupted takes its room before anything else does; what comes after nothing waits for room.
    fn line_up(&mut self) {
        for (ix, step) in self.plan.numbered() {
            if matches!(step.action, Action::Settle(..)) {
                self.take_room(ix);
            }
            if step.after.is_empty() {
                self.wait(ix);
            }
        }
    }

    fn take_room(&mut self, ix: StepIx) {
        self.tracks[ix.0].has_room = true;
        self.lanes.occupy(self.tracks[ix.0].queue);
    }

    fn wait(&mut self, ix: StepIx) {
        if self.tracks[ix.0].has_room {
            self.resumable.insert(ix);
        } else {
            self.lanes.wait(self.tracks[ix.0].queue, ix);
        }
    }

    pub(super) fn step(&self, ix: StepIx) -> &'p Step {
        &self.plan.steps[ix.0]
    }

    /// The steps of these addresses, with what is said of each.
    pub(super) fn steps_of<'a, T>(&self, said: &'a BTreeMap<Address, T>) -> Vec<(StepIx, &'a T)> {
        self.plan.numbered().filter_map(|(ix, step)| Some((ix, said.get(&step.address)?))).collect()
    }

    /// Whether every step has ended.
    pub(super) fn is_over(&self) -> bool {
        self.open == 0
    }

    /// Whether nothing new is to be begun.
    fn is_stopping(&self) -> bool {
        self.interrupted || self.denied.is_some()
    }

    /// Whether some step of this address has still to end.
    pub(super) fn is_moving(&self, address: &Address) -> bool {
        self.moving.get(address).is_some_and(|open| *open > 0)
    }

    /// Whether a step has ended.
    pub(super) fn has_ended(&self, ix: StepIx) -> bool {
        matches!(self.tracks[ix.0].stage, Stage::Over(..))
    }

    /// How long ago a step began.
    pub(super) fn since_begun(&self, ix: StepIx, now: Duration) -> Duration {
        now.saturating_sub(self.tracks[ix.0].begun.unwrap_or_default())
    }

    /// A step as events name it.
    pub(super) fn at(&self, ix: StepIx, now: Duration) -> At<'_> {
        let step = self.step(ix);
        At {
            step: ix,
            address: &step.address,
            label: &self.tracks[ix.0].label,
            location: self.plan.labels.location(&step.address.location),
            simulated: step.place.catalog.is_simulated(),
            act: step.act(),
            elapsed: now,
            began: self.tracks[ix.0].begun,
        }
    }

    /// What becomes of steps that wait, in the plan's order. Those that begin are to be told what they do next.
    pub(super) fn admit(&mut self, now: Duration) -> Admission {
        let mut admission = Admission::default();
        for ix in std::mem::take(&mut self.blocked) {
            admission.never.extend(self.fate(ix).map(|outcome| (ix, outcome)));
        }
        if self.is_stopping() {
            admission.dismiss(std::mem::take(&mut self.resumable));
            admission.dismiss(self.lanes.dismiss());
        } else {
            admission.begin = self.let_begin(now);
            // whatever takes the room is left to run: nobody waits for it to be free
            if admission.begin.is_empty() && self.due.is_empty() {
                admission.dismiss(self.lanes.dismiss());
            }
        }
        admission.never.sort_unstable_by_key(|(ix, _)| *ix);
        admission
    }

    fn let_begin(&mut self, now: Duration) -> Vec<StepIx> {
        let mut admitted = self.lanes.admit();
        admitted.extend(std::mem::take(&mut self.resumable));
        admitted.sort_unstable();
        for ix in &admitted {
            let track = &mut self.tracks[ix.0];
            track.has_room = true;
            track.begun = Some(now);
            track.stage = Stage::Beginning;
        }
        admitted
    }

    /// An operation that begins has a durable intent: its request is to be sent.
    pub(super) fn intended(&mut self, ix: StepIx, request: Request, due: Duration) {
        self.change(ix, |_| Stage::Sending { request, tries: 0, throttled: 0, due });
    }

    /// An operation was begun by a run that did not see it through: it is to be found out what became of it.
    pub(super) fn interrupted(&mut self, ix: StepIx, request: Option<Request>, due: Duration) {
        self.change(ix, |_| Stage::Looking { request, why: Why::Unanswered, throttled: 0, due });
    }

    /// The service took the request, or turned out to have taken it: the record is to be asked after.
    pub(super) fn accepted(&mut self, ix: StepIx, record: RecordId, due: Duration) {
        self.change(ix, |_| Stage::Running { record, asked: 0, due });
    }

    /// A request was sent, and what became of it is not clear: it is to be looked for.
    pub(super) fn lost(&mut self, ix: StepIx, why: Why, due: Duration) {
        self.change(ix, |stage| match stage {
            Stage::Sending { request, throttled, .. } => {
                let throttled = throttled + u32::from(matches!(why, Why::Throttled(_)));
                Stage::Looking { request: Some(request), why, throttled, due }
            }
            other => other,
        });
    }

    /// A request that was looked for was never taken, or that is in doubt: the same is to be sent again.
    pub(super) fn send_again(&mut self, ix: StepIx, sign_by: Timestamp, due: Duration, is_doubtful: bool) {
        self.tracks[ix.0].is_doubtful = is_doubtful;
        self.change(ix, |stage| match stage {
            Stage::Looking { request: Some(request), throttled, .. } => {
                Stage::Sending { request: Request { sign_by, ..request }, tries: 1, throttled, due }
            }
            other => other,
        });
    }

    /// A request that waited for its turn may be signed until later.
    pub(super) fn renewed(&mut self, ix: StepIx, until: Timestamp) {
        self.change(ix, |mut stage| {
            if let Stage::Sending { request, .. } = &mut stage {
                request.sign_by = until;
            }
            stage
        });
    }

    /// A request cannot have been taken: the same is to be sent later.
    pub(super) fn refused_for_now(&mut self, ix: StepIx, later: Duration) {
        self.change(ix, |mut stage| {
            if let Stage::Sending { tries, due, .. } = &mut stage {
                (*tries, *due) = (*tries + 1, later);
            }
            stage
        });
    }

    /// The operation is still running: its record is to be asked after later.
    pub(super) fn still_running(&mut self, ix: StepIx, later: Duration) {
        self.change(ix, |mut stage| {
            if let Stage::Running { asked, due, .. } = &mut stage {
                (*asked, *due) = (*asked + 1, later);
            }
            stage
        });
    }

    /// A question got no answer, or none that decides: the same is to be asked later.
    pub(super) fn undecided(&mut self, ix: StepIx, later: Duration) {
        self.change(ix, |mut stage| {
            if let Stage::Looking { due, .. } | Stage::Running { due, .. } = &mut stage {
                *due = later;
            }
            stage
        });
    }

    /// A step has ended; what comes after it may begin, or never will.
    pub(super) fn end(&mut self, ix: StepIx, outcome: Outcome, took: Option<Duration>) {
        if self.has_ended(ix) {
            return;
        }
        let leaves = self.tracks[ix.0].stage.leaves(&outcome);
        self.close(ix, outcome, took, leaves);
    }

    /// Somebody else has written the row of a step, which is over with that. Its operation may run on in the cloud.
    pub(super) fn overtaken(&mut self, ix: StepIx, outcome: Outcome) {
        if self.has_ended(ix) {
            return;
        }
        let leaves = self.tracks[ix.0].stage.is_sent();
        self.close(ix, outcome, None, leaves);
    }

    /// `leaves`: an operation of it runs on in the cloud, and keeps its room there.
    fn close(&mut self, ix: StepIx, outcome: Outcome, took: Option<Duration>, leaves: bool) {
        let is_good = outcome.is_good();
        let is_put_off = matches!(outcome, Outcome::PutOff(_));
        self.change(ix, |_| Stage::Over(outcome, took));
        self.open -= 1;
        if let Some(open) = self.moving.get_mut(&self.step(ix).address) {
            *open -= 1;
        }
        let Track { queue, has_room, .. } = self.tracks[ix.0];
        if !has_room {
            self.lanes.leave(queue, ix);
        } else if is_put_off {
            self.lanes.crowd(queue);
        } else if !leaves {
            self.lanes.free(queue);
        }
        self.resumable.remove(&ix);
        self.release(ix, is_good);
    }

    fn release(&mut self, ended: StepIx, is_good: bool) {
        for ix in std::mem::take(&mut self.followers[ended.0]) {
            if self.has_ended(ix) {
                continue;
            }
            if !is_good {
                self.blocked.insert(ix);
                continue;
            }
            self.tracks[ix.0].awaits -= 1;
            if self.tracks[ix.0].awaits == 0 {
                self.wait(ix);
            }
        }
    }

    /// What is over stays over.
    fn change(&mut self, ix: StepIx, change: impl FnOnce(Stage) -> Stage) {
        if self.has_ended(ix) {
            return;
        }
        let track = &mut self.tracks[ix.0];
        let before = std::mem::replace(&mut track.stage, Stage::Waiting);
        if let Some(due) = before.due() {
            self.due.remove(&(due, ix));
        }
        track.stage = change(before);
        if let Some(due) = track.stage.due() {
            self.due.insert((due, ix));
        }
    }

    /// Credentials are no longer any: nothing new is begun.
    pub(super) fn deny(&mut self, message: String) {
        self.denied = Some(message);
    }

    /// A signal came: nothing new is begun. Says whether it was the first.
    pub(super) fn interrupt(&mut self) -> bool {
        !std::mem::replace(&mut self.interrupted, true)
    }

    /// Leaves what runs in the cloud to the next run; after a signal also what is looked for.
    pub(super) fn leave_in_flight(&mut self) {
        for ix in self.in_order(self.due.iter()) {
            let outcome = match &self.tracks[ix.0].stage {
                Stage::Running { record, .. } => Outcome::InFlight(record.clone()),
                Stage::Looking { .. } if self.interrupted => Outcome::Unknown,
                _ => continue,
            };
            self.end(ix, outcome, None);
        }
    }

    /// When the next thing is due.
    pub(super) fn next_due(&self) -> Option<Duration> {
        self.due.first().map(|(due, _)| *due)
    }

    fn in_order<'d>(&self, due: impl Iterator<Item = &'d (Duration, StepIx)>) -> Vec<StepIx> {
        let mut steps: Vec<StepIx> = due.map(|(_, ix)| *ix).collect();
        steps.sort_unstable();
        steps
    }

    /// Everything that is due, as far as `pick` takes it.
    fn due<T>(&self, now: Duration, pick: impl Fn(&Stage) -> Option<T>) -> Vec<(StepIx, T)> {
        let due = self.due.range(..=(now, StepIx(usize::MAX)));
        let steps = self.in_order(due).into_iter();
        steps.filter_map(|ix| Some((ix, pick(&self.tracks[ix.0].stage)?))).collect()
    }

    /// Whether the request that is looked for is still at hand.
    pub(super) fn can_send_again(&self, ix: StepIx) -> bool {
        matches!(self.tracks[ix.0].stage, Stage::Looking { request: Some(_), .. })
    }

    /// Whether an earlier sending of its request may have been taken: a refusal of this one says nothing of that.
    pub(super) fn is_doubtful(&self, ix: StepIx) -> bool {
        self.tracks[ix.0].is_doubtful
    }

    /// Its record was found, or comes from a run that may have found it so: nothing but kind and time says that it is ours.
    pub(super) fn unproven(&mut self, ix: StepIx) {
        self.tracks[ix.0].is_unproven = true;
    }

    /// Whether nobody has proven that its record is ours.
    pub(super) fn is_unproven(&self, ix: StepIx) -> bool {
        self.tracks[ix.0].is_unproven
    }

    /// How often a request was tried in vain, or a record asked after.
    pub(super) fn tries(&self, ix: StepIx) -> u32 {
        self.tracks[ix.0].stage.tries()
    }

    /// How often the service said that it is asked too often for this request.
    pub(super) fn throttled(&self, ix: StepIx) -> u32 {
        self.tracks[ix.0].stage.throttled()
    }

    /// An address as people write it.
    pub(super) fn label(&self, address: &Address) -> String {
        self.plan.labels.label(address)
    }

    /// How a step ended, and how long its operation ran, if that is known.
    pub(super) fn ending(&self, ix: StepIx) -> Option<(&Outcome, Option<Duration>)> {
        match &self.tracks[ix.0].stage {
            Stage::Over(outcome, took) => Some((outcome, *took)),
            _ => None,
        }
    }

    /// How everything ended; with what was the end of it, if the state could no longer be written.
    pub(super) fn into_report(self, unwritten: Option<StateError>) -> Report {
        let plan = self.plan;
        let ended = plan.steps.iter().zip(self.tracks).map(|(step, track)| ended(plan, step, track));
        Report {
            ended: ended.collect(),
            moved: 0,
            simulated: plan.simulated.iter().map(|at| plan.labels.location(at).to_owned()).collect(),
            interrupted: self.interrupted,
            denied: self.denied,
            unwritten: unwritten.map(|error| error.to_string()),
        }
    }
}

fn ended(plan: &Plan, step: &Step, track: Track) -> Ended {
    let (outcome, took) = track.stage.ending(&step.action);
    Ended { label: track.label, outcome, took, ..Ended::untouched(plan, step) }
}

#[cfg(test)]
mod tests;

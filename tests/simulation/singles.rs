//! L1: every single fault at every step of a story; L6: the same with an end user's rights; L5: the same with a defect, which has to show.

use super::EIGHT_HOURS;
use super::drive::simulate;
use super::fault::{Edge, Fault, GAPS, Schedule};
use super::figures::figures;
use super::mutants::{self, Mutant};
use super::story::{self, Story};
use super::tally::{Reference, Tally, crowd};

/// A story in a world where nothing strikes, and which of all single faults are tried on it.
struct Course<'s> {
    story: &'s Story,
    base: Schedule,
    edges: Vec<Edge>,
    reference: Reference,
    gaps: Vec<i64>,
    /// Of so many, one.
    every: usize,
    only: fn(Fault) -> bool,
}

/// One fault at one step, with each gap until all went well.
struct Blow {
    step: usize,
    fault: Fault,
    gaps: Vec<i64>,
}

impl<'s> Course<'s> {
    fn of(story: &'s Story, base: Schedule, gaps: &[i64]) -> Self {
        let clean = simulate(story, &base, None, false);
        let reference = Reference::of(&clean);
        Self { story, base, edges: clean.edges, reference, gaps: gaps.to_vec(), every: 1, only: |_| true }
    }

    fn every(self, every: usize) -> Self {
        Self { every, ..self }
    }

    fn sampled(self) -> Self {
        let figures = figures();
        let every = if figures.all_gaps { 1 } else { self.every * figures.single_in };
        Self { every, ..self }
    }

    fn blows(&self) -> Vec<Blow> {
        let mut blows = Vec::new();
        for (step, edge) in self.edges.iter().enumerate() {
            let faults = edge.faults().enumerate().filter(|(_, fault)| (self.only)(*fault));
            for (n, fault) in faults.filter(|(n, _)| (step + n).is_multiple_of(self.every)) {
                blows.push(Blow { step, fault, gaps: self.gaps(step + n, fault) });
            }
        }
        blows
    }

    /// The gaps with which a fault is tried: the first one, and one of the others; if everything is asked for, each. Who else
    /// is at work does not wait for the next run: there, the first will do.
    fn gaps(&self, n: usize, fault: Fault) -> Vec<i64> {
        let full = figures().all_gaps;
        let another = 1 + n % self.gaps.len().saturating_sub(1).max(1);
        let is_tried = |gap: usize| gap == 0 || full || gap == another && !fault.is_of_others();
        self.gaps.iter().enumerate().filter(|(gap, _)| is_tried(*gap)).map(|(_, gap)| *gap).collect()
    }

    fn live(&self, blow: &Blow, mutant: Option<Mutant>, tally: &mut Tally) {
        for gap in &blow.gaps {
            let schedule =
                Schedule { faults: [(blow.step, blow.fault)].into(), gap: *gap, ..self.base.clone() };
            let well = tally.live(self.story, &schedule, mutant, &self.reference);
            if well || mutant.is_some() && tally.failed() {
                break;
            }
        }
    }
}

/// All blows of all courses.
fn all(level: &'static str, courses: &[Course<'_>]) -> Tally {
    let of = |course| Course::blows(course).into_iter().map(move |blow| (course, blow));
    let blows: Vec<(&Course<'_>, Blow)> = courses.iter().flat_map(of).collect();
    crowd(level, &blows, |(course, blow), tally| course.live(blow, None, tally))
}

#[test]
fn every_single_fault() {
    let full = figures().all_gaps;
    let stories = story::all();
    let mut courses = Vec::new();
    for story in &stories {
        let fails = !story.failing.is_empty();
        let alone = !fails && story.configs.iter().all(|config| config.len() < 2);
        let gaps = match (alone || full, fails) {
            (true, _) => GAPS.to_vec(),
            (false, true) => vec![GAPS[0], GAPS[3]],
            (false, false) => vec![GAPS[0], GAPS[1], GAPS[3]],
        };
        let base = Schedule::clean();
        courses.push(Course::of(story, base.clone(), &gaps));
        let hasty = Schedule { hasty: true, ..base.clone() };
        courses.push(Course::of(story, hasty, &GAPS[1..2]).every(4));
        if alone || full {
            let honoured = Schedule { window: EIGHT_HOURS, ..base };
            courses.push(Course::of(story, honoured.clone(), &gaps[..2]).every(3));
            let same = Schedule { same_draws: true, ..honoured };
            courses.push(Course::of(story, same, &gaps[1..2]).every(3));
        }
    }
    let courses: Vec<Course<'_>> = courses.into_iter().map(Course::sampled).collect();
    all("L1", &courses).report(figures().singles());
}

/// An end user's rights, and other products hidden in each run.
#[test]
fn every_single_fault_with_invisible_products() {
    let stories = &story::all()[..2];
    let sights = 1..=figures().sights;
    let of = |sight| {
        let base = Schedule { sight, ..Schedule::clean() };
        stories.iter().map(move |story| Course::of(story, base.clone(), &GAPS[3..4]).every(3).sampled())
    };
    let courses: Vec<Course<'_>> = sights.flat_map(of).collect();
    all("L6", &courses).report(1);
}

#[test]
fn mutants_die() {
    crowd("L5", &mutants::ALL, |mutant, tally| dies(*mutant, tally));
}

/// Its first life that breaks an invariant, of all single faults.
fn dies(mutant: Mutant, all: &mut Tally) {
    let mut tally = Tally::new("L5");
    let mut stories = story::all();
    // all are tried until one tells; those that begin with a termination tell of it soonest
    stories.rotate_left(mutants::first(mutant));
    let bases = mutants::schedules(mutant);
    for (story, base) in stories.iter().flat_map(|story| bases.iter().map(move |base| (story, base))) {
        let only = mutants::faults(mutant);
        let course = Course { only, ..Course::of(story, base.clone(), &GAPS[..2]) };
        for blow in course.blows() {
            course.live(&blow, Some(mutant), &mut tally);
            if let Some(schedule) = tally.first_failed() {
                // it is the defect that is noticed: without it, the same life is a good one
                let sound = simulate(story, schedule, None, false);
                assert!(sound.broken.is_empty(), "{mutant:?}: {schedule}: {:?}", sound.broken);
                println!("L5: {mutant:?} dies after {}: {}", tally.summary(), tally.first_failure());
                return all.add(tally);
            }
        }
    }
    panic!("{mutant:?} lives after {}: the simulation would not notice it", tally.summary());
}

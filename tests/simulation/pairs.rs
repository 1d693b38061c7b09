//! L2: two faults in one life.

use super::EIGHT_HOURS;
use super::dice::Dice;
use super::drive::{Trace, simulate};
use super::fault::{Edge, Fault, GAPS, Schedule};
use super::figures::figures;
use super::story::{self, Story};
use super::tally::{Reference, Tally, crowd};

/// Pairs of faults, drawn evenly from all there are: the second strikes up to so many steps after the first.
struct Pairs {
    stories: Vec<Story>,
    clean: Vec<Trace>,
    /// All that may be first: the story, the step, the fault.
    firsts: Vec<(usize, usize, Fault)>,
}

const BEHIND: usize = 40;
/// More than there are faults at any place.
const PICKS: usize = 48;

impl Pairs {
    fn of(stories: Vec<Story>) -> Self {
        let clean: Vec<Trace> =
            stories.iter().map(|story| simulate(story, &Schedule::clean(), None, false)).collect();
        let mut firsts = Vec::new();
        for (ix, trace) in clean.iter().enumerate() {
            for (step, edge) in trace.edges.iter().enumerate() {
                firsts.extend(edge.faults().map(|fault| (ix, step, fault)));
            }
        }
        Self { stories, clean, firsts }
    }

    fn count(&self) -> usize {
        self.firsts.len() * BEHIND * PICKS
    }

    fn live(&self, n: usize, tally: &mut Tally) {
        let (ix, step, fault) = self.firsts[n / (BEHIND * PICKS)];
        let mut dice = Dice::new(n as u64);
        let schedule = Schedule {
            faults: [(step, fault)].into(),
            picks: [(step + 1 + n / PICKS % BEHIND, n % PICKS)].into(),
            gap: dice.pick(&GAPS[..3]),
            window: dice.pick(&[0, EIGHT_HOURS]),
            hasty: dice.one_in(4),
            ..Schedule::clean()
        };
        tally.live(&self.stories[ix], &schedule, None, &Reference::of(&self.clean[ix]));
    }
}

#[test]
fn pairs_of_faults() {
    let pairs = Pairs::of(story::all().into_iter().filter(Story::is_for_pairs).collect());
    // steps of the golden section: however many are taken, they lie evenly
    let all = pairs.count();
    let step = (all as f64 * 0.618_033_988_75) as usize;
    let step = (step..).find(|step| is_coprime(*step, all)).unwrap_or(1);
    let chosen: Vec<usize> = (0..figures().pairs.min(all)).map(|n| n * step % all).collect();
    let tally = crowd("L2", &chosen, |n, tally| pairs.live(*n, tally));
    println!("L2: of {all} pairs");
    tally.report(chosen.len());
}

fn is_coprime(a: usize, b: usize) -> bool {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

/// Somebody dies around a request, and hours later, before or while the next run looks, somebody else was there.
#[test]
fn silence_and_somebody_else() {
    let stories: Vec<Story> = story::all().into_iter().filter(Story::is_for_pairs).collect();
    let mut lives = Vec::new();
    for story in &stories {
        let clean = simulate(story, &Schedule::clean(), None, false);
        let sends = clean.edges.iter().enumerate().filter(|(_, edge)| **edge == Edge::Submit);
        for (step, _) in sends {
            for death in [Fault::CrashBefore, Fault::CrashAfter] {
                let theirs = [Fault::ForeignUpdate, Fault::ForeignTerminate];
                let second = (1..12).flat_map(|n| theirs.map(|fault| (step + n, fault)));
                lives.extend(second.map(|second| (story, [(step, death), second])));
            }
        }
    }
    let tally = crowd("L2 in silence", &lives, |(story, faults), tally| {
        let schedule = Schedule { faults: (*faults).into(), gap: GAPS[3], ..Schedule::clean() };
        tally.live(story, &schedule, None, &Reference::unknown());
    });
    tally.report(lives.len());
}

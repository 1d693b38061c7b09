//! What can go wrong, and where: the alphabet of faults, and schedules that say which strikes at which step.

use std::collections::BTreeMap;
use std::fmt;

use super::world::SECOND;

/// A place where the program touches the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Identities, products, offerings.
    Who,
    Search,
    Find,
    Records,
    History,
    Submit,
    Commit,
    Wait,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The process dies before the call has an effect.
    CrashBefore,
    /// It dies after the effect, before it hears of it.
    CrashAfter,
    LoseRequest,
    LoseResponse,
    /// The caller hears nothing, and the request arrives shortly before its signature expires.
    Late,
    /// It is answered, and a copy of it arrives minutes later.
    Duplicate,
    Throttle,
    /// The service says that it is asked too often, and took it all the same.
    ThrottleTaken,
    /// The next calls are all throttled.
    Storm,
    /// An internal error of the service, without an effect.
    Broken,
    /// From here to the end of the run, every call of this kind ends in an internal error, without an effect.
    Outage,
    NotSent,
    /// The service asks to come back later.
    Busy,
    /// Credentials have expired.
    Denied,
    /// The credentials hold, and do not permit this call.
    NotAllowed,
    /// A grant has not spread yet.
    Ungranted,
    /// A launch role has not spread yet.
    Roleless,
    /// The operation is accepted, and rolled back later.
    Fails,
    /// As `Fails`, of an engine that taints even what it could not create.
    Taints,
    /// It is accepted, and fails because something else is busy.
    PutOff,
    /// The answer is as old as reads may be.
    Stale,
    /// The search leaves out a product.
    Missing,
    /// The record is gone for good.
    Vanishes,
    ForeignUpdate,
    ForeignTerminate,
    /// Somebody else sends the tags again: a record, and nothing that differs.
    ForeignTag,
    /// Somebody else makes a product under our name.
    Squat,
    /// Somebody else imports a stack under our name.
    ForeignImport,
    /// The request is lost, and somebody else does the like of it.
    Supplanted,
    /// The process is suspended for hours, and only then the request is on its way, and late.
    Stalled,
    /// An internal error without an effect, and for two minutes reads are as old as they may be.
    Fog,
    /// Another copy of the state, as it was when this run began, applies the same to its end.
    Twin,
    /// The process dies, and the whole state is put back as it was when the run before began.
    PutBack,
    /// The process dies, and with it all of the state.
    Lost,
    /// The disk is full: nothing was written.
    Full,
    /// Everything was written, and the last call to the disk failed.
    FullAfter,
    /// Another run writes the row first, and changes nothing else of it.
    Rewritten,
    /// Another run writes a row first that an intent was computed from.
    InputRewritten,
    /// Another run begins the same operation first, with a token of its own, and dies before it sends anything.
    Raced,
    /// A signal.
    Stop,
    /// The process is suspended for hours, just before the call.
    Pause,
}

use Fault::*;

const READ: &[Fault] = &[CrashBefore, LoseRequest];
const SEARCH: &[Fault] = &[CrashBefore, LoseRequest, Stale, Missing];
const FIND: &[Fault] = &[CrashBefore, LoseRequest, Throttle, Outage, Stale, Denied, Pause];
const HISTORY: &[Fault] = &[CrashBefore, LoseRequest, Outage, Stale];
const RECORDS: &[Fault] = &[CrashBefore, LoseRequest, Throttle, Storm, Outage, Stale, Denied, Vanishes];
const SUBMIT: &[Fault] = &[
    CrashBefore,
    CrashAfter,
    LoseRequest,
    LoseResponse,
    Late,
    Duplicate,
    Throttle,
    ThrottleTaken,
    Storm,
    Broken,
    Outage,
    NotSent,
    Busy,
    Denied,
    NotAllowed,
    Ungranted,
    Roleless,
    Fails,
    Taints,
    PutOff,
    Pause,
    Supplanted,
    Stalled,
    Fog,
];
const COMMIT: &[Fault] = &[CrashBefore, CrashAfter, Full, FullAfter, Pause, Rewritten, InputRewritten, Raced];
const WAIT: &[Fault] = &[CrashBefore, Stop];
/// Who else may be at work, at every place.
const OTHERS: &[Fault] =
    &[ForeignUpdate, ForeignTerminate, ForeignTag, Squat, ForeignImport, Twin, PutBack, Lost];

impl Edge {
    /// The faults that make sense here.
    pub fn faults(self) -> impl Iterator<Item = Fault> {
        self.own().iter().chain(OTHERS).copied()
    }

    /// One of them, by any number.
    fn picked(self, pick: usize) -> Fault {
        let own = self.own();
        let n = pick % (own.len() + OTHERS.len());
        own.get(n).copied().unwrap_or_else(|| OTHERS[n - own.len()])
    }

    fn own(self) -> &'static [Fault] {
        match self {
            Self::Who => READ,
            Self::Search => SEARCH,
            Self::Find => FIND,
            Self::Records => RECORDS,
            Self::History => HISTORY,
            Self::Submit => SUBMIT,
            Self::Commit => COMMIT,
            Self::Wait => WAIT,
        }
    }
}

impl Fault {
    /// Somebody else's doing, or the service's: afterwards more operations than planned may be right.
    pub fn moves_the_world(self) -> bool {
        matches!(self, Fails | Taints | PutOff | Vanishes | Supplanted) || self.is_of_others()
    }
}

impl Fault {
    /// Somebody else's doing, which makes sense everywhere.
    pub fn is_of_others(self) -> bool {
        OTHERS.contains(&self)
    }

    /// Another state of the same repo was at work, or this one is not what it was.
    pub fn has_other_states(self) -> bool {
        matches!(self, Twin | PutBack | Lost)
    }
}

/// Which fault strikes at which step, and what the world is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub faults: BTreeMap<usize, Fault>,
    /// Steps where one of the faults that make sense there strikes: which, by number.
    pub picks: BTreeMap<usize, usize>,
    /// Between the end of one run and the next.
    pub gap: i64,
    /// How long tokens are honoured.
    pub window: i64,
    /// The declarations go on to their next version as soon as a run did not end well.
    pub hasty: bool,
    pub tokens_move: bool,
    pub runs_for: i64,
    pub parallelism: usize,
    pub no_wait: bool,
    /// Runs have an end user's rights: of which products they see something, other ones in each run. 0: of all.
    pub sight: u64,
    /// What processes draw depends on nothing but the serial of their state: one that is put back draws the same again.
    pub same_draws: bool,
}

pub const GAPS: [i64; 5] = [SECOND, 200 * SECOND, 400 * SECOND, 7200 * SECOND, 144_000 * SECOND];

impl Schedule {
    pub fn clean() -> Self {
        Self {
            faults: BTreeMap::new(),
            picks: BTreeMap::new(),
            gap: SECOND,
            window: 0,
            hasty: false,
            tokens_move: false,
            runs_for: 40 * SECOND,
            parallelism: 10,
            no_wait: false,
            sight: 0,
            same_draws: false,
        }
    }

    /// What strikes at this step.
    pub fn strikes(&self, step: usize, edge: Edge) -> Option<Fault> {
        let picked = self.picks.get(&step).map(|pick| edge.picked(*pick));
        self.faults.get(&step).copied().or(picked)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            gap, window, hasty, tokens_move, runs_for, parallelism, no_wait, sight, same_draws, ..
        } = self;
        let seconds = [gap, window, runs_for].map(|ms| ms / SECOND);
        write!(f, "gap={} window={} runs={}", seconds[0], seconds[1], seconds[2])?;
        write!(f, " hasty={} moves={}", u8::from(*hasty), u8::from(*tokens_move))?;
        write!(f, " parallelism={parallelism} nowait={} sight={sight}", u8::from(*no_wait))?;
        write!(f, " draws={}", u8::from(*same_draws))?;
        self.faults.iter().try_for_each(|(step, fault)| write!(f, " {step}:{fault:?}"))
    }
}

/// Reads what `Display` wrote.
pub fn parse(text: &str) -> Schedule {
    let mut schedule = Schedule::clean();
    let all = [READ, SEARCH, FIND, HISTORY, RECORDS, SUBMIT, COMMIT, WAIT, OTHERS].concat();
    for word in text.split_whitespace() {
        let number = |text: &str| text.parse::<i64>().expect("a number");
        match word.split_once(['=', ':']).expect("name=value or step:Fault") {
            ("gap", value) => schedule.gap = number(value) * SECOND,
            ("window", value) => schedule.window = number(value) * SECOND,
            ("runs", value) => schedule.runs_for = number(value) * SECOND,
            ("hasty", value) => schedule.hasty = value == "1",
            ("moves", value) => schedule.tokens_move = value == "1",
            ("parallelism", value) => schedule.parallelism = value.parse().expect("a number"),
            ("nowait", value) => schedule.no_wait = value == "1",
            ("draws", value) => schedule.same_draws = value == "1",
            ("sight", value) => schedule.sight = value.parse().expect("a number"),
            (step, name) => {
                let fault = all.iter().find(|fault| format!("{fault:?}") == name).expect("a fault");
                schedule.faults.insert(step.parse().expect("a step"), *fault);
            }
        }
    }
    schedule
}

//! One pattern against one value, byte by byte, every step counted: a pattern that a stranger wrote may have thousands of states,
//! and thousands of values. How much is too much is decided in `patterns`.

use std::collections::BTreeMap;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, NFA, State, WhichCaptures};
use regex_automata::{Anchored, Input};

/// No automaton is larger, in bytes: `\w{1,128}` has a tenth of that.
const LARGEST: usize = 4 << 20;
/// What one pattern remembers of earlier values, in bytes.
const REMEMBERED: usize = 256 << 10;
/// To make a state is as much as so many steps.
const MADE: usize = 16;
/// The bytes of a state.
const STATE: usize = 24;

/// How many steps are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steps(pub usize);

impl Steps {
    pub fn take(&mut self, steps: usize) -> Option<()> {
        let left = self.0.checked_sub(steps);
        self.0 = left.unwrap_or_default();
        left.map(drop)
    }
}

/// Why a text is no automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoAutomaton {
    /// It is in another dialect.
    Foreign,
    /// It would be too large.
    TooLarge,
}

/// A pattern that neither looks around nor back: one step for a byte that was seen there before, else as many as there are
/// places in the pattern where it may stand.
pub(super) struct Automaton {
    dfa: DFA,
    cache: Cache,
    /// How much there is to look at in each state, as far as it is remembered.
    places: BTreeMap<LazyStateID, usize>,
    /// Branches, which are followed at every new step.
    branches: usize,
    /// The bytes of a row of the table.
    row: usize,
}

impl Automaton {
    /// Takes the steps that it is to make it.
    pub fn new(pattern: &str, steps: &mut Steps) -> Result<Self, NoAutomaton> {
        let config = thompson::Config::new()
            .nfa_size_limit(Some(LARGEST.min(steps.0.saturating_mul(STATE) / MADE)))
            .which_captures(WhichCaptures::None);
        let nfa = NFA::compiler().configure(config).build(pattern).map_err(|error| {
            let Some(bytes) = error.size_limit() else { return NoAutomaton::Foreign };
            // it was made as far as that
            let _ = steps.take(bytes / STATE * MADE);
            NoAutomaton::TooLarge
        })?;
        let branches = nfa.states().iter().map(branches).sum();
        steps.take(nfa.memory_usage() / STATE * MADE).ok_or(NoAutomaton::TooLarge)?;
        let config = DFA::config().cache_capacity(REMEMBERED).skip_cache_capacity_check(true);
        // `\b` is told of ASCII texts
        let config = config.unicode_word_boundary(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).map_err(|_| NoAutomaton::Foreign)?;
        let (cache, row) = (dfa.create_cache(), dfa.byte_classes().alphabet_len().next_power_of_two() * 4);
        Ok(Self { dfa, cache, places: BTreeMap::new(), branches, row })
    }

    /// Whether it matches from the beginning of the text; `None` where that takes too many steps.
    pub fn is_match(&mut self, text: &str, steps: &mut Steps) -> Option<bool> {
        let input = Input::new(text).anchored(Anchored::Yes);
        steps.take(self.branches)?;
        let mut at = self.dfa.start_state_forward(&mut self.cache, &input).ok()?;
        for byte in text.bytes() {
            at = self.next(at, byte, steps)?;
            if at.is_dead() {
                return Some(false);
            }
            if at.is_quit() {
                return None;
            }
        }
        steps.take(self.cost(at))?;
        let end = self.dfa.next_eoi_state(&mut self.cache, at).ok()?;
        Some(end.is_match())
    }

    /// What is remembered of values, in bytes.
    pub fn remembers(&self) -> usize {
        self.cache.memory_usage()
    }

    pub fn forget(&mut self) {
        self.cache.reset(&self.dfa);
        self.places.clear();
    }

    fn next(&mut self, at: LazyStateID, byte: u8, steps: &mut Steps) -> Option<LazyStateID> {
        if !at.is_tagged() {
            let known = self.dfa.next_state_untagged(&self.cache, at, byte);
            if !known.is_unknown() {
                steps.take(1)?;
                return Some(known);
            }
        }
        steps.take(self.cost(at))?;
        let (cleared, before) = (self.cache.clear_count(), self.cache.memory_usage());
        let next = self.dfa.next_state(&mut self.cache, at, byte).ok()?;
        if self.cache.clear_count() > cleared {
            self.places.clear();
        }
        let made = self.cache.memory_usage().saturating_sub(before).saturating_sub(self.row);
        let places = *self.places.entry(next).or_insert(made);
        steps.take(places)?;
        Some(next)
    }

    fn cost(&self, at: LazyStateID) -> usize {
        1 + self.branches + self.places.get(&at).copied().unwrap_or_default()
    }
}

/// The ways on from a state that read nothing.
fn branches(state: &State) -> usize {
    match state {
        State::Union { alternates } => alternates.len(),
        State::BinaryUnion { .. } => 2,
        State::Look { .. } | State::Capture { .. } => 1,
        _ => 0,
    }
}

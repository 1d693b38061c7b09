//! What goes wrong when: the `faults:` of the world file and those injected while it runs. First match wins;
//! counters are handed out to be persisted. Coins are seeded, never random.

mod check;

use serde::{Deserialize, Serialize};

pub(crate) use check::{CallNames, Names, check};

use crate::ids;
use crate::world_file::{FaultEntry, OperationName, OutcomeName, Text};

/// How often a fault has fired and been considered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultCount {
    pub key: String,
    pub fired: u64,
    pub drawn: u64,
}

/// A fault that strikes now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Strike {
    pub outcome: OutcomeName,
    pub message: Option<String>,
    pub after: f64,
    /// The provisioned products it is about.
    pub pattern: Option<String>,
    /// The version that a foreign update moves to.
    pub version: Option<String>,
    /// `faults[2]: throttle`, for the log.
    pub label: String,
}

/// All faults with their counters.
#[derive(Default)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    seed: String,
    changed: Vec<FaultCount>,
}

struct Rule {
    entry: FaultEntry,
    count: FaultCount,
    label: String,
    injected: bool,
}

/// A fault as the control endpoint lists it.
#[derive(Serialize)]
pub(crate) struct Listed<'a> {
    /// As in the request log.
    label: &'a str,
    entry: &'a FaultEntry,
    struck: u64,
    /// `None`: it strikes always.
    left: Option<u64>,
}

/// What is about to happen.
#[derive(Clone, Copy, Default)]
pub(crate) struct Occasion<'a> {
    pub call: Option<&'a str>,
    pub operation: Option<OperationName>,
    pub provisioned_product: &'a str,
    pub product: &'a str,
    /// Only faults that name the call strike, not those for `*`.
    pub exact: bool,
    /// Whether there is a provisioned product whose name fits a pattern: somebody for a foreigner to act on.
    pub anyone: Option<&'a dyn Fn(&str) -> bool>,
}

impl Faults {
    pub(crate) fn new(entries: &[FaultEntry], seed: &str) -> Faults {
        let mut faults = Faults { rules: Vec::new(), seed: seed.to_owned(), changed: Vec::new() };
        for (index, entry) in entries.iter().enumerate() {
            faults.add(entry.clone(), format!("faults[{index}]"), false);
        }
        faults
    }

    /// Adds one at run time; it comes before those of the file.
    pub(crate) fn inject(&mut self, entry: FaultEntry) {
        let label = format!("injected[{}]", self.injected().len());
        self.add(entry, label, true);
        self.rules.rotate_right(1);
    }

    /// The file has changed. Entries that are as they were keep their counters; what was injected stays.
    pub(crate) fn reload(&mut self, entries: &[FaultEntry], seed: &str) {
        let fresh = Faults::new(entries, seed);
        let (injected, before): (Vec<Rule>, Vec<Rule>) =
            std::mem::take(&mut self.rules).into_iter().partition(|rule| rule.injected);
        self.rules = injected;
        self.rules.extend(fresh.rules);
        self.seed = fresh.seed;
        for rule in before {
            self.restore(rule.count);
        }
    }

    /// Every fault with what has become of it, in the order in which they are asked.
    pub(crate) fn listing(&self) -> Vec<Listed<'_>> {
        let listed = self.rules.iter().map(|Rule { entry, count, label, .. }| {
            let left = entry.times.map(|times| times.saturating_sub(count.fired));
            Listed { label, entry, struck: count.fired, left }
        });
        listed.collect()
    }

    /// What was injected, oldest first.
    pub(crate) fn injected(&self) -> Vec<&FaultEntry> {
        self.rules.iter().rev().filter(|rule| rule.injected).map(|rule| &rule.entry).collect()
    }

    /// Takes back what was injected.
    pub(crate) fn withdraw(&mut self) {
        self.rules.retain(|rule| !rule.injected);
    }

    /// Counts from the start again.
    pub(crate) fn restart(&mut self) {
        for rule in &mut self.rules {
            rule.count.fired = 0;
            rule.count.drawn = 0;
        }
    }

    fn add(&mut self, entry: FaultEntry, label: String, injected: bool) {
        let text = format!("{entry:?}");
        // what the file says must not change the key of what was injected, nor the other way round
        let of_a_kind = self.rules.iter().filter(|rule| rule.injected == injected);
        let twins = of_a_kind.filter(|rule| format!("{:?}", rule.entry) == text).count();
        let prefix = if injected { "injected-" } else { "fault-" };
        let key = ids::derive(prefix, &[&text, &twins.to_string()]);
        self.rules.push(Rule { entry, count: FaultCount { key, fired: 0, drawn: 0 }, label, injected });
    }

    /// Takes up a counter from the journal; one of a fault that is no longer there is dropped.
    pub(crate) fn restore(&mut self, count: FaultCount) {
        if let Some(rule) = self.rules.iter_mut().find(|rule| rule.count.key == count.key) {
            rule.count = count;
        }
    }

    /// The first fault that strikes on this occasion.
    pub(crate) fn strike(&mut self, occasion: Occasion<'_>) -> Option<Strike> {
        for rule in &mut self.rules {
            if !rule.fits(occasion) {
                continue;
            }
            rule.count.drawn += 1;
            let skipped = rule.entry.skip.unwrap_or(0);
            let drawn = rule.count.drawn.to_string();
            let lucky = rule
                .entry
                .rate
                .is_some_and(|rate| ids::fraction(&[&self.seed, &rule.count.key, &drawn]) >= rate);
            if rule.count.drawn > skipped && !lucky {
                rule.count.fired += 1;
                self.changed.push(rule.count.clone());
                return Some(rule.fired());
            }
            if skipped > 0 {
                self.changed.push(rule.count.clone());
            }
        }
        None
    }

    /// Counters that moved since the last call.
    pub(crate) fn take_changed(&mut self) -> Vec<FaultCount> {
        std::mem::take(&mut self.changed)
    }

    /// Every counter that is not at its start.
    pub(crate) fn counts(&self) -> impl Iterator<Item = &FaultCount> {
        self.rules.iter().map(|rule| &rule.count).filter(|count| count.drawn > 0)
    }
}

impl Rule {
    fn fits(&self, occasion: Occasion<'_>) -> bool {
        let entry = &self.entry;
        if entry.times.is_some_and(|times| self.count.fired >= times) {
            return false;
        }
        let named = match (&entry.call, entry.operation) {
            (Some(call), _) if occasion.exact => occasion.call == Some(call.as_str()),
            (Some(call), _) => occasion.call.is_some_and(|name| glob(call.as_str(), name)),
            (None, operation) => operation.is_some() && operation == occasion.operation,
        };
        let fits =
            |pattern: &Option<Text>, name: &str| pattern.as_ref().is_none_or(|p| glob(p.as_str(), name));
        // a search is about nobody in particular: then it is enough that the foreigner finds somebody
        let about = match occasion
            .anyone
            .filter(|_| entry.outcome.is_foreign() && occasion.provisioned_product.is_empty())
        {
            Some(any) => any(entry.provisioned_product.as_ref().map_or("*", Text::as_str)),
            None => fits(&entry.provisioned_product, occasion.provisioned_product),
        };
        named && about && fits(&entry.product, occasion.product)
    }

    fn fired(&self) -> Strike {
        Strike {
            outcome: self.entry.outcome,
            message: self.entry.message.as_ref().map(Text::to_string),
            after: self.entry.after.unwrap_or(0.5),
            pattern: self.entry.provisioned_product.as_ref().map(Text::to_string),
            version: self.entry.version.as_ref().map(Text::to_string),
            label: format!("{}: {}", self.label, self.entry.outcome.as_str()),
        }
    }
}

/// `*` stands for any text.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece).filter(|_| !piece.is_empty()) else {
            if piece.is_empty() { continue } else { return false }
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{Faults, Occasion, glob};
    use crate::world_file::FaultEntry;

    fn entry(yaml: &str) -> FaultEntry {
        serde_yaml::from_str(yaml).unwrap()
    }

    #[test]
    fn globs() {
        let rows = [
            ("*", "", true),
            ("db-*", "db-", true),
            ("db-*", "xdb-1", false),
            ("*-prod", "a-prod", true),
            ("a**c", "abc", true),
            ("ab*b", "ab", false),
            ("a*b*c", "a1b2b3c", true),
            ("a*b*c", "a1b2b3", false),
            ("same", "same", true),
        ];
        for (pattern, text, expected) in rows {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn times_count_down_and_the_first_match_wins() {
        let entries = [
            entry("{call: Describe*, outcome: throttle, times: 2}"),
            entry("{call: '*', outcome: error_500}"),
        ];
        let mut faults = Faults::new(&entries, "1");
        let occasion = Occasion { call: Some("DescribeRecord"), ..Occasion::default() };
        let fired: Vec<String> =
            (0..3).filter_map(|_| faults.strike(occasion)).map(|fired| fired.label).collect();
        assert_eq!(fired, ["faults[0]: throttle", "faults[0]: throttle", "faults[1]: error_500"]);
        let mut again = Faults::new(&entries, "1");
        for count in faults.take_changed() {
            again.restore(count);
        }
        assert_eq!(again.strike(occasion).unwrap().label, "faults[1]: error_500");
    }

    #[test]
    fn a_rate_is_a_seeded_coin() {
        let entries = [entry("{call: '*', outcome: throttle, rate: 0.25}")];
        let occasion = Occasion { call: Some("X"), ..Occasion::default() };
        let run = |seed: &str| {
            let mut faults = Faults::new(&entries, seed);
            (0..4000).filter(|_| faults.strike(occasion).is_some()).count()
        };
        assert_eq!(run("a"), run("a"));
        assert!((850..1150).contains(&run("a")), "{}", run("a"));
    }
}

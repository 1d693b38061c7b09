//! What a step does, in a word: one enum, its words in one table, and how many steps of a plan do it.

use std::collections::BTreeMap;

use super::{Action, Plan, Step};
use crate::model::ids::Address;

/// What a step does, in the order in which a plan's legend lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// `ProvisionProduct`
    Provision,
    /// `UpdateProvisionedProduct`
    Update,
    /// A termination and the provisioning that follows it, where the two are shown as one; no single step does it.
    Replace,
    /// `TerminateProvisionedProduct`
    Terminate,
    /// Finds out how an interrupted operation went.
    Settle,
    /// Takes a provisioned product that nobody of ours made.
    Adopt,
    /// Takes what somebody else made of a product of ours.
    Accept,
    /// Drops it from state.
    Forget,
    /// Remembers edits of what only the state holds.
    Remember,
    /// Nothing: it cannot be done, or must not.
    Refuse,
    /// Nothing yet: it is left to a later run.
    Defer,
}

impl Act {
    /// As plans name it, in JSON; where nothing else is said, to people too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let [word, ..] = self.words();
        word
    }

    /// The operation behind it, as events name it in JSON; `record` for what only changes the state.
    #[must_use]
    pub fn operation(self) -> &'static str {
        let [_, operation, ..] = self.words();
        operation
    }

    /// What is under way.
    #[must_use]
    pub fn doing(self) -> &'static str {
        let [.., doing, _] = self.words();
        doing
    }

    /// What ended well, or failed.
    #[must_use]
    pub fn noun(self) -> &'static str {
        let [.., noun] = self.words();
        noun
    }

    /// In the order of the functions above.
    fn words(self) -> [&'static str; 4] {
        match self {
            Self::Provision => ["create", "provision", "provisioning", "provisioning"],
            Self::Update => ["update", "update", "updating", "update"],
            Self::Replace => ["replace", "terminate", "terminating", "termination"],
            Self::Terminate => ["destroy", "terminate", "terminating", "termination"],
            Self::Settle => ["resume", "settle", "resuming", "interrupted operation"],
            Self::Adopt => ["import", "record", "recording", "recording"],
            Self::Accept => ["accept", "record", "recording", "recording"],
            Self::Forget => ["forget", "record", "recording", "recording"],
            Self::Remember => ["remember", "record", "recording", "recording"],
            Self::Refuse => ["refuse", "record", "recording", "recording"],
            Self::Defer => ["defer", "record", "recording", "recording"],
        }
    }
}

impl Step {
    /// What it does.
    #[must_use]
    pub fn act(&self) -> Act {
        match &self.action {
            Action::Provision(_) => Act::Provision,
            Action::Update(..) => Act::Update,
            Action::Terminate(_) => Act::Terminate,
            Action::Settle(..) => Act::Settle,
            Action::Adopt(..) => Act::Adopt,
            Action::Accept(..) => Act::Accept,
            Action::Forget { .. } => Act::Forget,
            Action::Remember => Act::Remember,
            Action::Refused(refusal) if refusal.defers() => Act::Defer,
            Action::Refused(_) => Act::Refuse,
        }
    }
}

/// To how many products steps do what; the two halves of a replacement count as one of each, several operations of one update
/// as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    acts: BTreeMap<Act, usize>,
    may_change: usize,
    renamed: usize,
}

impl Counts {
    /// To how many products this is done.
    #[must_use]
    pub fn of(&self, act: Act) -> usize {
        self.acts.get(&act).copied().unwrap_or_default()
    }

    /// How many updates there will be for certain.
    #[must_use]
    pub fn change(&self) -> usize {
        self.of(Act::Update).saturating_sub(self.may_change)
    }

    /// How many more there may be: only if their inputs turn out to differ.
    #[must_use]
    pub fn may_change(&self) -> usize {
        self.may_change
    }

    /// How many keys are moved.
    #[must_use]
    pub fn moved(&self) -> usize {
        self.renamed
    }

    /// How many edits of what only the state holds: lifecycles, and keys that are renamed.
    #[must_use]
    pub fn remember(&self) -> usize {
        self.of(Act::Remember) + self.renamed
    }
}

impl Plan {
    /// How many of its steps do what.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { renamed: self.renamed.len(), ..Counts::default() };
        let mut unsure: BTreeMap<(Act, &Address), bool> = BTreeMap::new();
        for step in &self.steps {
            let of = unsure.entry((step.act(), &step.address)).or_insert(true);
            *of &= step.only_if_inputs_differ;
        }
        for ((act, _), is_unsure) in unsure {
            *counts.acts.entry(act).or_default() += 1;
            counts.may_change += usize::from(act == Act::Update && is_unsure);
        }
        counts
    }

    /// Whether something would be done if it were applied: what is refused or deferred is not.
    #[must_use]
    pub fn does_something(&self) -> bool {
        !self.renamed.is_empty() || self.steps.iter().any(|step| !matches!(step.action, Action::Refused(_)))
    }
}

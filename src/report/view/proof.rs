//! What there is to tell of a trial in which applies were killed.

/// How it went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProofView {
    /// The dice.
    pub seed: u32,
    /// How many products were declared.
    pub products: u16,
    /// For how long applies were killed.
    pub seconds: u16,
    /// How many applies were started.
    pub applies: usize,
    /// How many of them were killed.
    pub kills: usize,
    /// How many operations a death left open, each of which a later apply has to take over.
    pub takeovers: usize,
    /// How many operations a row gave up in doubt that were done all the same: the next plan saw that.
    pub given_up: usize,
    /// What somebody else did.
    pub deeds: usize,
    /// The calls of the applies.
    pub calls: usize,
    /// Those of them that change something.
    pub changing_calls: usize,
    /// How often the state was held against the catalog.
    pub looks: usize,
    /// At the end, what is declared is there.
    pub is_settled: bool,
    /// A signal ended it.
    pub interrupted: bool,
    /// Products of ours that the state does not know.
    pub lost: Vec<String>,
    /// Addresses with more than one product.
    pub doubled: Vec<String>,
    /// What the state calls applied, and is not so.
    pub untrue: Vec<String>,
    /// How applies ended that did not even begin.
    pub stuck: Vec<String>,
}

impl ProofView {
    /// The three kinds of what must not be.
    #[must_use]
    pub fn counts(&self) -> [Count<'_>; 3] {
        [
            Count {
                name: "lost",
                meaning: "products that an apply made and no row of the state knows",
                found: &self.lost,
            },
            Count { name: "doubled", meaning: "addresses with more than one product", found: &self.doubled },
            Count {
                name: "untrue",
                meaning: "rows that call something applied that the catalog shows otherwise, and nobody else did it",
                found: &self.untrue,
            },
        ]
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.stuck.is_empty() && self.counts().iter().all(|count| count.found.is_empty())
    }

    /// Whether nothing was found, and the end was reached.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.is_settled && self.is_clean()
    }
}

/// One kind of what must not be.
#[derive(Clone, Copy, Debug)]
pub struct Count<'v> {
    /// Its name.
    pub name: &'static str,
    /// What is counted.
    pub meaning: &'static str,
    /// A line each.
    pub found: &'v [String],
}

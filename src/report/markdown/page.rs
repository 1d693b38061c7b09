//! A page that grows as long as there is room.

/// How large a page may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Of a comment, in characters as those count them that allow the fewest: one beyond the first 65,536 of Unicode counts twice.
    Characters(usize),
    /// Of a file, in bytes.
    Bytes(usize),
}

impl Budget {
    fn size(self, text: &str) -> usize {
        match self {
            Self::Characters(_) => text.encode_utf16().count(),
            Self::Bytes(_) => text.len(),
        }
    }

    const fn most(self) -> usize {
        match self {
            Self::Characters(most) | Self::Bytes(most) => most,
        }
    }

    /// For people.
    pub(super) fn words(self) -> String {
        match self {
            Self::Characters(most) => format!("{most} characters"),
            Self::Bytes(most) => format!("{most} bytes"),
        }
    }
}

/// So much is kept for what says that something is left out.
const KEPT: usize = 250;

/// A page, and what is left of its room.
pub(super) struct Page {
    /// What stands on it.
    pub(super) text: String,
    budget: Budget,
    used: usize,
}

impl Page {
    pub(super) fn new(budget: Budget) -> Self {
        Self { text: String::new(), budget, used: 0 }
    }

    /// Whether a text fills no more than half of what there is.
    pub(super) fn takes_half(&self, text: &str) -> bool {
        self.budget.size(text) <= self.budget.most() / 2
    }

    /// Adds what has to be there.
    pub(super) fn must(&mut self, text: &str) {
        self.used += self.budget.size(text);
        self.text += text;
    }

    /// Adds a text whole, or not at all: whether it was.
    pub(super) fn may(&mut self, text: &str) -> bool {
        let fits = self.used + self.budget.size(text) + KEPT <= self.budget.most();
        if fits {
            self.must(text);
        }
        fits
    }

    /// Adds a table as far as there is room for its rows: how many are left.
    pub(super) fn rows(&mut self, head: &str, rows: &[String]) -> usize {
        if rows.is_empty() || !self.may(head) {
            return rows.len();
        }
        let told = rows.iter().take_while(|row| self.may(row)).count();
        rows.len() - told
    }
}

//! How much declarations come to, while they are read: defaults count for each declaration, and a declaration for each of its
//! locations. What is too much is refused before it is made.

use super::desired::{DesiredParameter, DesiredProduct};
use provisor_model::diagnostic::Diagnostic;
use provisor_model::template::Template;

/// So many instances at most: declarations, each on each of its locations.
const INSTANCES: usize = 100_000;
/// So many steps at most for finding out on which locations overrides hold.
const STEPS: usize = 10_000_000;
/// So many comparisons at most of patterns, conditions and moves with locations, declarations and each other.
const COMPARISONS: usize = 10_000_000;
/// So many bytes at most for what all instances are to be.
const BYTES: usize = 192 << 20;
/// What something sensitive counts for, however long it is: the sum is told by what is too much and what is not.
const SECRET: usize = 1024;
/// What a parameter, a tag or an item costs beside its text.
const ENTRY: usize = 320;

/// What was taken up so far.
#[derive(Debug, Default)]
pub(super) struct Burden {
    instances: usize,
    steps: usize,
    comparisons: usize,
    bytes: usize,
}

/// It is too much: nothing more is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum TooMuch {
    Instances,
    Overrides,
    Comparisons,
    Values,
}

impl Burden {
    /// Takes up a declaration that stands on so many locations.
    pub fn stands(&mut self, locations: usize) -> Result<(), TooMuch> {
        add(&mut self.instances, locations, INSTANCES).ok_or(TooMuch::Instances)
    }

    /// Takes up so many steps for one override.
    pub fn holds(&mut self, steps: usize) -> Result<(), TooMuch> {
        add(&mut self.steps, steps, STEPS).ok_or(TooMuch::Overrides)
    }

    /// Takes up so many comparisons.
    pub fn compares(&mut self, comparisons: usize) -> Result<(), TooMuch> {
        add(&mut self.comparisons, comparisons, COMPARISONS).ok_or(TooMuch::Comparisons)
    }

    /// Takes up what one instance is to be.
    pub fn is_to_be(&mut self, product: &DesiredProduct) -> Result<(), TooMuch> {
        add(&mut self.bytes, weight(product), BYTES).ok_or(TooMuch::Values)
    }
}

fn add(to: &mut usize, more: usize, most: usize) -> Option<()> {
    *to = to.saturating_add(more);
    (*to <= most).then_some(())
}

impl TooMuch {
    pub fn diagnostic(self) -> Diagnostic {
        let (message, hint) = match self {
            Self::Instances => (
                format!("the declarations come to more than {INSTANCES} provisioned products"),
                "each declaration counts on each of its locations: take several repos",
            ),
            Self::Overrides => (
                format!("the overrides come to more than {STEPS} pairs of an override and a location"),
                "each override counts for each location that there is, those of `defaults` for each declaration too",
            ),
            Self::Comparisons => (
                format!("patterns, conditions and moves come to more than {COMPARISONS} comparisons"),
                "each pattern counts for each location, each declaration and whatever else it may meet: write names in place of patterns, or fewer",
            ),
            Self::Values => (
                format!("the values of all provisioned products come to more than {} MiB", BYTES >> 20),
                "defaults count for each declaration, on each of its locations: take several repos",
            ),
        };
        Diagnostic::error("too-much", message).hint(hint)
    }
}

/// What a product costs in memory, about.
fn weight(product: &DesiredProduct) -> usize {
    let parameters = product.parameters.iter();
    let value = |one: &DesiredParameter| one.value.as_ref().map_or(0, Template::len);
    let value = |one: &DesiredParameter| if one.sensitive { SECRET } else { value(one) };
    let parameters = parameters.map(|(key, one)| key.len() + value(one));
    let tags = product.tags.iter().map(|(key, value)| key.len() + value.len());
    let listed = product.options.texts().map(String::len);
    let others = (product.depends_on.len() + product.ignore_changes.len()) * ENTRY;
    parameters.chain(tags).chain(listed).map(|bytes| bytes + ENTRY).sum::<usize>() + others
}

//! What failed in an apply, what failed in the same words together: they are told once.

use super::report::{EndedView, FailureView, ReportView};

/// A step that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedView<'v, 'a> {
    /// Its number in the plan.
    pub number: usize,
    /// How it ended.
    pub ended: &'v EndedView<'a>,
    /// Why.
    pub failure: FailureView<'a>,
}

impl<'a> ReportView<'a> {
    /// What failed, in the order of the plan; what failed in the same words stands together.
    #[must_use]
    pub fn failures(&self) -> Vec<Vec<FailedView<'_, 'a>>> {
        let mut alike: Vec<Vec<FailedView<'_, 'a>>> = Vec::new();
        for (number, ended) in self.ended.iter().enumerate() {
            let Some(failure) = ended.failure() else { continue };
            let one = FailedView { number, ended, failure };
            match alike.iter_mut().find(|group| group.first().is_some_and(|first| first.is_like(&one))) {
                Some(group) => group.push(one),
                None => alike.push(vec![one]),
            }
        }
        alike
    }
}

impl FailedView<'_, '_> {
    fn is_like(&self, other: &Self) -> bool {
        (&self.failure.errors, self.failure.hint) == (&other.failure.errors, other.failure.hint)
    }
}

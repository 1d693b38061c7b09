//! Calls to services, counted, for people.

use crate::model::text::count;
use crate::report::view::{CallsView, OperationCalls};

/// One line for all, and one for each operation, the most frequent first.
#[must_use]
pub fn calls(view: &CallsView) -> String {
    let sum = |of: fn(&OperationCalls) -> usize| view.operations.values().map(of).sum::<usize>();
    let (calls, attempts, throttled) = (sum(|of| of.calls), sum(|of| of.attempts), sum(|of| of.throttled));
    let again = attempts - calls.min(attempts);
    let took = view.took.as_millis();
    let mut text =
        format!("{} in {took} ms, {again} sent again, {throttled} throttled\n", count(calls, "call"));
    let mut operations: Vec<(&String, usize)> =
        view.operations.iter().map(|(name, of)| (name, of.calls)).collect();
    operations.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    for (name, calls) in operations {
        text += &format!("{calls:>7}  {name}\n");
    }
    text
}

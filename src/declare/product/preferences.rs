//! `provisioning_preferences` of a CFN_STACKSET product: what the API asks of its members together.

use super::Composer;
use super::content::PreferencesContent;
use crate::layers::Merged;
use crate::origin::Layer;
use provisor_model::diagnostic::{Diagnostic, Part};
use provisor_model::product::Bound;

impl<'c> Composer<'c> {
    /// The service takes at most one account more at a time than may fail.
    pub(super) fn concurrency(&mut self, preferences: &PreferencesContent, merged: &Merged<'c, Layer>) {
        let Some(Bound::Count(at_once)) = preferences.max_concurrency() else {
            return;
        };
        let tolerated = match preferences.failure_tolerance() {
            Some(Bound::Count(tolerated)) => tolerated,
            None => 0,
            Some(Bound::Percentage(_)) => return,
        };
        let path = ["provisioning_preferences", "stack_set_max_concurrency_count"];
        let most = tolerated.saturating_add(1);
        if at_once > most {
            let message = format!(
                "`stack_set_max_concurrency_count` is {at_once}, and with a failure tolerance of {tolerated} at most {most} are allowed"
            );
            let layer = merged.find(&path).map(|leaf| leaf.layer).unwrap_or_default();
            let place = self.origin.place(layer, &path, Part::Value);
            self.problems.push(Diagnostic::error("bad-value", message).at(place));
        }
    }
}

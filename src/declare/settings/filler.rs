//! Fills the texts of settings and locations with the values of variables and the facts of a location.

use crate::layers::{Fill, Leaf};
use crate::references::Context;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place};

/// Fills texts; layers are told apart by their places.
pub(super) struct TextFiller<'f> {
    /// What can be referred to.
    pub context: Context<'f>,
    /// What was found.
    pub problems: &'f mut Diagnostics,
}

impl<'t, 'p> Fill<'t, &'p Place> for TextFiller<'_> {
    fn fill(&mut self, leaf: &Leaf<'t, &'p Place>, item: Option<usize>, text: &'t str) -> Option<String> {
        match self.context.known(leaf.field.name, text) {
            Ok(known) => Some(known.into_owned()),
            Err(fault) => {
                for fault in fault.all() {
                    let place = leaf.layer.clone().below(leaf.segments(item), Part::Value);
                    let place = leaf.tree.pinpoint(place, fault.nth);
                    self.problems.push(fault.diagnostic().at(place));
                }
                None
            }
        }
    }

    fn wrong(&mut self, leaf: &Leaf<'t, &'p Place>, item: Option<usize>, diagnostic: Diagnostic) {
        self.problems.push(diagnostic.at(leaf.layer.clone().below(leaf.segments(item), Part::Value)));
    }
}

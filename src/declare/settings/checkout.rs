//! What a checkout says for itself beside trusted settings, and what it may not say.

use std::collections::btree_map::Entry;

use super::Settings;
use super::content::CheckoutContent;
use super::document::Document;
use super::draft::{SettingsDraft, is_meant, no_project};
use super::variables::VariableTable;
use crate::fields::CHECKOUT;
use provisor_model::diagnostic::{Diagnostic, Diagnostics, Part, Place};

impl SettingsDraft<'_> {
    /// All that are declared; no one twice.
    pub(super) fn variables(&self, problems: &mut Diagnostics) -> VariableTable {
        let mut all = self.own.variables(problems);
        let others = self.checkout.as_ref().map(|checkout| checkout.variables(problems));
        for (name, variable) in others.into_iter().flatten() {
            match all.entry(name) {
                Entry::Vacant(free) => drop(free.insert(variable)),
                Entry::Occupied(taken) => problems.push(self.twice(&["variables", taken.key()])),
            }
        }
        all
    }

    /// That the checkout says what the trusted settings say.
    fn twice(&self, path: &[&str]) -> Diagnostic {
        let place = |document: &Document<'_>| Place::key(&document.tree.source.path, path, Part::Key);
        let what = path.iter().last().copied().unwrap_or_default();
        let message = format!("`{what}` stands in the trusted settings too: only one may say it");
        let found = Diagnostic::error("both-given", message).related(place(&self.own), "the other one");
        self.checkout.iter().fold(found, |found, checkout| found.at(place(checkout)))
    }

    /// The variables that trusted settings may refer to: their own. `None`: the settings are the checkout's.
    pub(super) fn trusted(&self, variables: &VariableTable) -> Option<VariableTable> {
        self.checkout.as_ref()?;
        let own = self.own.written("variables");
        let is_own = |name: &str| own.is_some_and(|map| self.own.tree.get(map, name).is_some());
        Some(
            variables
                .iter()
                .filter(|(name, _)| is_own(name))
                .map(|(name, one)| (name.clone(), one.clone()))
                .collect(),
        )
    }

    /// The settings with what a checkout says for itself beside trusted ones.
    pub(super) fn checked_out(
        &self,
        mut rest: Settings,
        variables: &VariableTable,
        problems: &mut Diagnostics,
    ) -> Settings {
        let Some(checkout) = &self.checkout else { return rest };
        let Some(content) = checkout.content::<CheckoutContent>(&CHECKOUT, variables, problems) else {
            return rest;
        };
        if !self.own.gives("declarations") {
            rest.declarations = content.declarations;
        } else if checkout.gives("declarations") {
            problems.push(self.twice(&["declarations"]));
        }
        match content.project {
            Some(project) if !rest.project.is_empty() && rest.project != project => {
                let message =
                    format!("the trusted settings are those of `{}`, not of `{project}`", rest.project);
                let hint = format!(
                    "write `project: {}`, or have `--settings` or PROVISOR_SETTINGS name those of this project",
                    rest.project
                );
                let found = Diagnostic::error("other-project", message).hint(hint);
                problems.push(found.at(checkout.place("project")));
            }
            Some(project) => rest.project = project,
            None if rest.project.is_empty()
                && !self.own.gives("project")
                && !checkout.gives("project")
                && !is_meant("project", problems) =>
            {
                problems.push(no_project().at(checkout.place("project")));
            }
            None => {}
        }
        rest
    }
}

//! Values that locations have for declared variables: the defaults', the entry's, the region's.

use super::locations::{Reader, ValuesAt};
use super::{Location, ValueOrigin};
use super::{typed, variables};
use crate::references::{Context, unknown_variable};
use crate::yaml::{MapPair, Shape, Tree};
use provisor_model::diagnostic::{Diagnostic, Part, Segment};
use provisor_model::text::quote;

/// So many locations are named.
const FEW: usize = 5;

impl Reader<'_> {
    /// Takes values over into a location, above those that it has.
    pub(super) fn take(&mut self, at: ValuesAt<'_>, location: &mut Location) {
        let ValuesAt { tree, node, place } = at;
        if !matches!(tree.node(node).shape, Shape::Map(_)) && !tree.node(node).is_null() {
            let message = format!("values for variables are a map, not {}", tree.node(node).kind());
            self.problems
                .push(Diagnostic::error("wrong-type", message).at(place.clone().below([], Part::Value)));
        }
        for pair in tree.pairs(node).iter().filter(|pair| !pair.key.starts_with("x-")) {
            match self.value(tree, pair, location) {
                Ok(Some(value)) => {
                    let key = Segment::Key(pair.key.to_string());
                    location.origins.insert(pair.key.to_string(), place.clone().below([key], Part::Value));
                    location.variables.insert(pair.key.to_string(), value);
                }
                Ok(None) => {}
                // the first location that sets it stands for all of them, which are named
                Err(diagnostic) if diagnostic.code == "both-given" && self.is_said(&diagnostic, location) => {
                }
                Err(diagnostic) => {
                    let sensitive =
                        self.values.variables.get(&*pair.key).is_some_and(|variable| variable.sensitive);
                    let step = Some(Segment::Key(pair.key.to_string()));
                    let key = sensitive || diagnostic.code == "unknown-variable";
                    let part = if key { Part::Key } else { Part::Value };
                    let redacted = diagnostic.redacted;
                    let redacted = diagnostic.redact(sensitive || redacted);
                    self.problems.push(redacted.at(place.clone().below(step, part)));
                }
            }
        }
    }

    /// Whether it was said of another location, which says then that it holds of this one too.
    fn is_said(&mut self, diagnostic: &Diagnostic, location: &Location) -> bool {
        let is_same =
            |one: &&mut Diagnostic| one.code == diagnostic.code && one.message == diagnostic.message;
        let Some(said) = self.problems.0.iter_mut().find(is_same) else { return false };
        let name = quote(&location.written);
        match said.notes.last_mut() {
            None => said.notes.push(format!("also set by {name}")),
            Some(note) if note.ends_with('…') || note.contains(&name) => {}
            Some(note) if note.matches('`').count() < 2 * FEW => note.push_str(&format!(", {name}")),
            Some(note) => note.push_str(", …"),
        }
        true
    }

    fn value(
        &self,
        tree: &Tree<'_>,
        pair: &MapPair<'_>,
        location: &Location,
    ) -> Result<Option<String>, Diagnostic> {
        let name = &*pair.key;
        let variables = self.values.variables;
        let variable = variables.get(name).ok_or_else(|| unknown_variable(name))?;
        if let Some(by) = self.values.by_hand.get(name) {
            let message =
                format!("the variable `{name}` is set by locations, so it cannot also be given by `{by}`");
            let found =
                Diagnostic::error("both-given", message).hint(format!("leave `{by}` out, or this value"));
            return Err(match self.values.written.get(name) {
                // a line of a file of values is shown nobody
                Some(ValueOrigin::Place(place)) => found.related(place.clone(), "the other one").redact(true),
                _ => found,
            });
        }
        if variable.sensitive && !tree.node(pair.value).is_null() {
            // it is not even looked at: whatever would be said of it could show it
            return Err(variables::in_git(name, "value"));
        }
        let Some(text) = typed::written(tree, pair.value, name, variable)? else { return Ok(None) };
        let context = Context { location: Some(location), ..Context::of(self.values.referable) };
        let known = context.known(name, &text).map_err(|fault| fault.diagnostic())?;
        variables::check(name, variable, &known, &variable.shown(&known))?;
        Ok(Some(known.into_owned()))
    }
}

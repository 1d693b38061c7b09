//! Secrets that nobody has given when something is adopted: what they would fill stays as it is there. And how they come to be
//! declared.

use std::io;
use std::path::Path;

use super::Repo;
use super::files::{Files, SETTINGS};
use super::problem::{Problem, ProblemKind};
use crate::declare::{Desired, DesiredParameter, Variable, VariableKind, with_variables};
use crate::files::WriteTarget;
use crate::model::template::Piece;

/// Stands for a secret that nobody has given: no value of anybody's holds this.
const NOT_GIVEN: &str = "\u{f8ff}not given\u{f8ff}";

impl Repo<'_> {
    /// Goes on without the values of sensitive variables that have none: what they would fill is kept as it is there. Nor need
    /// there be declarations yet.
    #[must_use]
    pub fn adopting(mut self) -> Self {
        self.is_being_written = true;
        for variable in self.settings.variables.values_mut().filter(|variable| variable.sensitive) {
            variable.value.get_or_insert_with(|| NOT_GIVEN.to_owned());
        }
        self
    }

    /// Declares sensitive variables that no settings file declares yet.
    #[must_use]
    pub fn with_variables<'n>(mut self, names: impl IntoIterator<Item = &'n String>) -> Self {
        for name in names {
            let variable = Variable {
                kind: VariableKind::String,
                value: None,
                allowed: Vec::new(),
                description: String::new(),
                sensitive: true,
            };
            self.settings.variables.entry(name.clone()).or_insert(variable);
        }
        self
    }

    /// Puts variables into the checkout's settings file, each a line; `false` where that is not safe to do.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn add_variables(&self, entries: &[String]) -> Result<bool, Problem> {
        let files = Files { checkout: &self.checkout };
        let source = files.source(Path::new(SETTINGS))?;
        let Some(text) = with_variables(&source, entries) else { return Ok(false) };
        let target = WriteTarget::at(&self.checkout.folder().join(SETTINGS), &self.checkout.given());
        let written = target.map_err(io::Error::from).and_then(|target| target.amend(text.as_bytes()));
        let unwritable =
            |error| Problem::new(ProblemKind::Output, format!("cannot write `{SETTINGS}`: {error}"));
        written.map(|()| true).map_err(unwritable)
    }
}

/// Whether a value stands for one that nobody has given.
pub(super) fn is_open(value: &str) -> bool {
    value == NOT_GIVEN
}

/// What a secret would fill that was not given stays as it is there.
pub(super) fn keep(desired: &mut Desired) {
    let parameters = desired.products.values_mut().flat_map(|product| product.parameters.values_mut());
    let is_filled = |parameter: &&mut DesiredParameter| {
        parameter.value.as_ref().is_some_and(|value| {
            value.pieces().iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(NOT_GIVEN)))
        })
    };
    parameters.filter(is_filled).for_each(|parameter| parameter.value = None);
}

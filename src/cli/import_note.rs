//! The note of an import that has not written all of its files: where it lies, and that it is there.

use crate::files::{Checkout, WriteTarget};
use crate::model::diagnostic::Diagnostic;
use crate::workspace::{Problem, ProblemKind};

/// Beside the settings.
pub const NAME: &str = ".provisor-import.json";

const TAKE_AWAY: &str = "take it away, and import again";

/// That an import has not written all of its files, to whoever reads those that are there.
pub fn left(checkout: &Checkout) -> Option<Diagnostic> {
    let (message, hint) = match is_there(checkout) {
        Ok(false) => return None,
        Ok(true) => (
            format!("an import died while it wrote its files: `{NAME}` holds the rest"),
            "`provisor import --declared` writes them, and imports what they declare; to do without them, take that file away",
        ),
        Err(_) => (format!("`{NAME}`, which says what an import writes, cannot be used"), TAKE_AWAY),
    };
    Some(Diagnostic::warning("unfinished-import", message).hint(hint))
}

/// Whether there is one.
///
/// # Errors
/// Something else in its place.
pub fn is_there(checkout: &Checkout) -> Result<bool, Problem> {
    let bytes = target(checkout)?.content().map_err(|error| unusable(&error.to_string()))?;
    Ok(!bytes.is_empty())
}

/// Where it is written.
pub fn target(checkout: &Checkout) -> Result<WriteTarget, Problem> {
    WriteTarget::at(&checkout.folder().join(NAME), &checkout.given())
        .map_err(|error| unusable(&error.to_string()))
}

/// That nothing can be made of it.
pub fn unusable(why: &str) -> Problem {
    Problem::new(
        ProblemKind::Output,
        format!("`{NAME}`, which says what an import writes, cannot be used: {why}"),
    )
    .hint(TAKE_AWAY)
}

//! What goes wrong at the catalog's door, and what it means for us.

/// What went wrong at the catalog's door.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CatalogError {
    /// What it means for us.
    pub kind: CatalogErrorKind,
    /// The service's error code, as it came; empty if there was none.
    pub code: String,
    /// The service's text, or the transport's.
    pub message: String,
    /// What to do about it, where the adapter knows that better than anybody else.
    pub hint: Option<String>,
}

impl CatalogError {
    /// What a catalog says that has no provisioned product plans.
    #[must_use]
    pub(super) fn without_plans() -> Self {
        let message = "this catalog has no provisioned product plans".to_owned();
        Self { kind: CatalogErrorKind::Refused, code: String::new(), message, hint: None }
    }

    /// Whether it says that the name is taken. For words only: what is to be done never depends on a text.
    #[must_use]
    pub fn says_taken(&self) -> bool {
        let of_a_name = ["DuplicateResourceException", "InvalidParametersException"];
        of_a_name.contains(&&*self.code) && self.message.trim_end_matches('.').ends_with("already exists")
    }
}

/// What an error means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatalogErrorKind {
    /// The request never left this process, or was turned away at the door for its signature's time: safe to make again.
    NotSent,
    /// It may or may not have been taken: time-outs, lost connections, 5xx.
    Ambiguous,
    /// The service says that it is asked too often. That is an answer: what was asked cannot arrive any more.
    Throttled,
    /// The service refused it in a way that cannot have had an effect.
    Refused,
    /// The service refused it, naming a state or a name: look before believing.
    Conflict,
    /// The named thing is not there, or not for this caller.
    NotFound,
    /// The service says: later (busy account operations, concurrency limits).
    Later,
    /// The service refused it because something that was made just now has not spread yet.
    NotYet,
    /// Credentials are missing, or are not accepted (any more): no other call with them is.
    Denied,
    /// The credentials hold, and do not permit this call: others may be permitted.
    NotAllowed,
}

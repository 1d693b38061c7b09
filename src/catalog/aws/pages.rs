//! Walking the pages of an answer: every token once.

use std::collections::BTreeSet;

use super::errors::garbled;
use crate::CatalogError;

/// Where a walk stands.
#[derive(Debug, Default)]
pub(super) struct Pages {
    seen: BTreeSet<String>,
    next: Option<String>,
}

impl Pages {
    /// The token of the page to ask for; none for the first.
    pub(super) fn token(&self) -> Option<String> {
        self.next.clone()
    }

    /// Turns the page; `false` at the last one.
    pub(super) fn turn(&mut self, next: Option<String>) -> Result<bool, CatalogError> {
        self.next = next.filter(|token| !token.is_empty());
        match &self.next {
            None => Ok(false),
            Some(token) if self.seen.insert(token.clone()) => Ok(true),
            Some(_) => Err(garbled("the service repeats a page token: its pages never end".to_owned())),
        }
    }
}

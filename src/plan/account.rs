//! What is peculiar to accounts of the Account Factory, and is said beside the plan: what is known to break its operations,
//! and what a termination means there.

use super::decide::is_account;
use super::refusals::UNENROLS;
use super::verdict::Verdict;
use crate::catalog::{Existing, Status};
use crate::declare::DesiredProduct;
use crate::model::kinds::ProductType;
use crate::observe::Offer;

/// One address that may be an account.
pub(super) struct Account<'a> {
    /// What it is declared to be, and what that resolved to.
    pub declared: Option<(&'a DesiredProduct, &'a Offer)>,
    /// What is there.
    pub existing: Option<&'a Existing>,
}

impl Account<'_> {
    /// What is said of it beside what is done; nothing of other products.
    pub fn notes(&self, verdict: &Verdict) -> Vec<String> {
        if !self.is_account() {
            return Vec::new();
        }
        let sends = matches!(verdict, Verdict::Provision(_) | Verdict::Update(_) | Verdict::Replace { .. });
        let mut notes = Vec::new();
        if let Some((product, offer)) = self.declared.filter(|_| sends) {
            if product.options.notifies() {
                notes.push("notification ARNs are known to break operations of the Account Factory");
            }
            if !offer.offering.tag_options.is_empty() {
                notes.push(
                    "tag options are known to break operations of the Account Factory: the product's owner can take them off",
                );
            }
        }
        if matches!(verdict, Verdict::Update(_)) && self.is_tainted() {
            notes.push(
                "the Account Factory may refuse to update a tainted account until the cause is gone: Control Tower tells it",
            );
        }
        let mut notes: Vec<String> = notes.into_iter().map(str::to_owned).collect();
        if matches!(verdict, Verdict::Terminate { .. } | Verdict::Replace { .. }) {
            notes.push(format!("it is terminated: {UNENROLS}"));
        }
        notes
    }

    fn is_account(&self) -> bool {
        self.existing.is_some_and(is_account)
            || self.declared.is_some_and(|(_, offer)| offer.kind == ProductType::Account)
    }

    fn is_tainted(&self) -> bool {
        self.existing.is_some_and(|existing| existing.status == Status::Tainted)
    }
}

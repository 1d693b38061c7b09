//! Looking things up in what planning may read: what a declaration resolved to, and what the catalog shows of it.

use super::PlanInput;
use crate::catalog::{Existing, Seen, Status};
use crate::declare::DesiredProduct;
use crate::model::ids::Address;
use crate::model::template::{Attribute, Reference};
use crate::observe::{Choice, Listing, Offer, Unresolved};
use crate::state::Row;

impl<'a> PlanInput<'a> {
    /// What the state remembers of an address.
    pub(super) fn row(&self, address: &Address) -> Option<&'a Row> {
        self.recorded.rows.get(address)
    }

    /// The provisioned products of an address's location.
    pub(super) fn listing(&self, address: &Address) -> Option<&'a Listing> {
        self.observed.existing.get(&address.location)
    }

    /// What the catalog shows of the product that the state binds to an address.
    pub(super) fn existing(&self, address: &Address) -> Option<&'a Existing> {
        let id = &self.row(address)?.binding.as_ref()?.id;
        self.listing(address)?.id(id)
    }

    /// What the choice of a declaration resolved to; `None` where it was not asked for.
    pub(super) fn resolved(&self, address: &Address) -> Option<&'a Result<Offer, Unresolved>> {
        let product = self.desired.products.get(address)?;
        self.observed.offers.get(&self.choice(address, product))
    }

    /// The offer that a declaration resolved to, if it did.
    pub(super) fn offer(&self, address: &Address) -> Option<&'a Offer> {
        self.resolved(address)?.as_ref().ok()
    }

    fn choice(&self, address: &Address, product: &DesiredProduct) -> Choice {
        if self.is_made_anew(address) {
            Choice::anew(address, product)
        } else {
            Choice::of(address, product, self.row(address), self.existing(address))
        }
    }

    /// Whether a declaration is provisioned, not updated: nothing of ours is there, or what is there is replaced.
    pub(super) fn is_made_anew(&self, address: &Address) -> bool {
        let Some(row) = self.row(address) else { return true };
        match self.existing(address) {
            _ if row.intent.is_some() => false,
            None => !self.is_hidden(address),
            Some(_) if self.policy.replace.contains(address) => true,
            Some(existing) => {
                let is_stack = matches!(&existing.seen, Seen::Read(kind) if kind.is_cloudformation());
                row.applied.is_none() && existing.status == Status::Error && is_stack
            }
        }
    }

    /// Whether what is referred to is a sensitive output: by what is declared now, or by what the state remembers.
    pub(super) fn is_sensitive(&self, reference: &Reference) -> bool {
        let Attribute::Output { key, .. } = &reference.what else { return false };
        let declared = self.desired.products.get(&reference.of);
        let recorded = self.row(&reference.of).and_then(|row| row.applied.as_ref());
        declared.is_some_and(|product| product.options.sensitive_outputs.contains(key))
            || recorded.is_some_and(|applied| applied.sensitive_outputs.contains_key(key))
    }
}

//! Looking things up in what planning may read: what a declaration resolved to, and what the catalog shows of it.

use std::collections::{BTreeMap, BTreeSet};

use super::spec::version;
use super::{Concern, PlanInput, Step};
use crate::catalog::{Existing, Seen, Status};
use crate::declare::{DesiredProduct, ImportOf};
use crate::model::ids::{Address, ArtifactId, ProductId, ProvisionedId};
use crate::model::product::Selector;
use crate::model::target::Named;
use crate::model::template::{Attribute, Reference};
use crate::observe::{Choice, Listing, Offer, Unresolved};
use crate::state::{Content, Row};

impl<'a> PlanInput<'a> {
    /// What the state remembers of an address.
    pub(super) fn row(&self, address: &Address) -> Option<&'a Row> {
        self.recorded.rows.get(address)
    }

    /// The provisioned products of an address's location.
    pub(super) fn listing(&self, address: &Address) -> Option<&'a Listing> {
        self.observed.existing.get(&address.location)
    }

    /// What is known of those that are not made into anything: what is declared, else what was applied.
    pub(super) fn concerns(&self, steps: &[Step]) -> BTreeMap<Address, Concern> {
        let bare = steps.iter().filter(|step| step.spec().is_none());
        bare.filter_map(|step| Some((step.address.clone(), self.concern(&step.address)?))).collect()
    }

    /// What an address is about, by the names that people know.
    fn concern(&self, address: &Address) -> Option<Concern> {
        let declared = self.desired.products.get(address).map(|declared| match self.offer(address) {
            Some(offer) => Concern {
                name: declared.name.clone(),
                product: offer.product_name.clone(),
                version: offer.version().to_string(),
            },
            None => Concern {
                name: declared.name.clone(),
                product: declared.product.to_string(),
                version: declared.artifact.to_string(),
            },
        });
        let applied = || {
            let target = &self.row(address)?.applied.as_ref()?.content.target;
            let (id, version) = (target.artifact.id.as_str(), target.artifact.name.as_str());
            Some(Concern {
                name: target.name.clone(),
                product: target.product.name.clone(),
                version: if version.is_empty() { id } else { version }.to_owned(),
            })
        };
        declared.or_else(applied)
    }

    /// A product with what it is called, as far as that is known.
    pub(super) fn product_named(&self, address: &Address, id: &ProductId) -> Named<ProductId> {
        let applied = self.row(address).and_then(|row| row.applied.as_ref());
        let applied = applied.map(|applied| &applied.content.target.product).filter(|known| known.id == *id);
        let offered = || self.offer(address).filter(|offer| offer.product == *id);
        let other = || self.observed.others.get(id).map(|other| other.name.as_str());
        // what another declaration runs was not asked for again
        let elsewhere = || {
            let of_others = self.observed.offers.values().flatten();
            of_others.into_iter().find(|offer| offer.product == *id).map(|offer| offer.product_name.as_str())
        };
        match (applied, offered()) {
            (Some(known), _) => known.clone(),
            (None, Some(offer)) => Named::new(id.clone(), &offer.product_name),
            (None, None) => Named::new(id.clone(), other().or_else(elsewhere).unwrap_or(id.as_str())),
        }
    }

    /// A version with what it is called, as far as that is known; it may be one of another product.
    pub(super) fn version_named(
        &self,
        address: &Address,
        before: &Content,
        id: &ArtifactId,
    ) -> Named<ArtifactId> {
        match self.version_of_others(id) {
            Some(name) => Named::new(id.clone(), name),
            None => version(before, self.offer(address), id),
        }
    }

    /// What a version is called of a product that is not ours.
    pub(super) fn version_of_others(&self, id: &ArtifactId) -> Option<&'a str> {
        let mut others = self.observed.others.values().flat_map(|product| &product.artifacts);
        others.find(|artifact| artifact.id == *id)?.name.as_deref()
    }

    /// What the catalog shows of the product that the state binds to an address, or that is to be adopted there.
    pub(super) fn existing(&self, address: &Address) -> Option<&'a Existing> {
        let bound = self.row(address).and_then(|row| row.binding.as_ref());
        let there = bound.and_then(|bound| self.listing(address)?.id(&bound.id));
        there.or_else(|| self.adopted(address))
    }

    /// The product that is to be adopted at an address: nothing of ours is there, and nothing was begun.
    pub(super) fn adopted(&self, address: &Address) -> Option<&'a Existing> {
        let import = self.desired.imports.get(address).filter(|_| !self.policy.refresh_only)?;
        let listing = self.listing(address).filter(|listing| !listing.is_remembered)?;
        let is_free = self.row(address).is_none_or(|row| {
            let is_there = row.binding.as_ref().is_some_and(|bound| listing.id(&bound.id).is_some());
            let is_gone = row.binding.is_none() || listing.level.sees_all();
            // what has the name of something that is gone is another one: an entry that was done long ago does not mean it
            let is_meant = row.binding.is_none()
                || import.place.is_none()
                || matches!(import.of, ImportOf::Product(Selector::Id(_)));
            row.intent.is_none() && !is_there && is_gone && is_meant
        });
        let raw = || self.observed.raw_stacks.get(address)?.as_ref().ok();
        is_free.then(|| listing.imported(&import.of).or_else(raw)).flatten()
    }

    /// Whether something is to be adopted at an address, and nobody has asked whether it is there.
    pub(super) fn is_unasked(&self, address: &Address) -> bool {
        let is_bound = self.row(address).is_some_and(|row| row.binding.is_some());
        let is_remembered = self.listing(address).is_some_and(|listing| listing.is_remembered);
        self.desired.imports.contains_key(address) && is_remembered && !is_bound
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

    /// All that a declaration may mean whose choice leads nowhere, as far as that was asked for.
    pub(super) fn meant(&self, address: &Address) -> &'a [Offer] {
        let product = self.desired.products.get(address);
        let meant = product.and_then(|product| self.observed.meant.get(&self.choice(address, product)));
        meant.map(Vec::as_slice).unwrap_or_default()
    }

    fn choice(&self, address: &Address, product: &DesiredProduct) -> Choice {
        if self.is_made_anew(address) || self.adopted(address).is_some() {
            Choice::anew(address, product)
        } else {
            Choice::of(address, product, self.row(address), self.existing(address))
        }
    }

    /// Whether a declaration is provisioned, not updated: nothing of ours is there, or what is there is replaced.
    pub(super) fn is_made_anew(&self, address: &Address) -> bool {
        if self.adopted(address).is_some() {
            return false;
        }
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

    /// What is said of provisioned products of others that a declaration refers to and that are not at rest, or not well.
    pub(super) fn unsettled(&self, product: &DesiredProduct) -> Vec<String> {
        let referred: BTreeSet<&Address> = product.references().map(|reference| &reference.of).collect();
        let found =
            referred.into_iter().filter_map(|of| Some((of, &self.observed.externals.get(of)?.existing)));
        let told = found.filter_map(|(of, existing)| {
            let how = match &existing.status {
                Status::Available => return None,
                Status::UnderChange => "is under change",
                Status::Tainted => "is tainted",
                Status::Error => "is in error",
                Status::PlanInProgress => "waits for somebody's plan",
                Status::Unknown(_) => "has a status that this version does not know",
            };
            Some(format!("`{}` ({}) {how}: its values are those of its last success", of.key, existing.id))
        });
        told.collect()
    }

    /// Whether what is referred to is a sensitive output: by what is declared now, by what the state remembers, or as it was read.
    pub(super) fn is_sensitive(&self, reference: &Reference) -> bool {
        let Attribute::Output { key, .. } = &reference.what else { return false };
        let declared = self.desired.products.get(&reference.of);
        let recorded = self.row(&reference.of).and_then(|row| row.applied.as_ref());
        declared.is_some_and(|product| product.options.sensitive_outputs.contains(key))
            || recorded.is_some_and(|applied| applied.sensitive_outputs.contains_key(key))
            || self.observed.veiled.outputs.get(&reference.of).is_some_and(|veiled| veiled.contains(key))
    }
    /// Whether a parameter, as its stack has it, holds a secret that is known in clear.
    pub(super) fn shows_secret(&self, id: &ProvisionedId, key: &str) -> bool {
        self.observed.veiled.parameters.get(id).is_some_and(|veiled| veiled.contains(key))
    }
}

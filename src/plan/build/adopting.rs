//! The walk at what is to be adopted: it is taken as it is, and what the next plan would find is said.

use super::Walk;
use crate::catalog::Existing;
use crate::declare::DesiredProduct;
use crate::model::ids::Address;
use crate::model::secret::Redactor;
use crate::plan::adopt::{Appraisal, Candidate};
use crate::plan::decide::{Case, decide};
use crate::plan::sensitive::written;
use crate::plan::spec::{Subject, facts};

impl<'a> Walk<'a> {
    /// A declaration that is to adopt something.
    pub(super) fn adopted(
        &mut self,
        address: &'a Address,
        product: &'a DesiredProduct,
        existing: &'a Existing,
    ) {
        let input = self.input;
        // without an offer, what is wrong has been said
        let retired = input.retired_there(address);
        let Some(offer) = input.offer(address).or(retired.as_ref()) else { return };
        let subject = Subject { input, address, product, offer, row: None, existing: Some(existing) };
        let read = input.observed.adoptable.get(&existing.id);
        let candidate = Candidate { subject, existing, read };
        let Appraisal { adoption, difference } = match candidate.judge(&self.outlook) {
            Ok(appraisal) => appraisal,
            Err(missing) => return self.unfillable(address, missing),
        };
        let differs = !difference.reasons.is_empty();
        let verdict = decide(&Case {
            adoption: Some(&adoption),
            existing: Some(existing),
            holder: Some(existing),
            pending: self.pending(Some(existing)),
            reasons: &difference.reasons,
            spec: Some(&adoption.spec),
            ..self.case(address, &self.labels.label(address), product)
        });
        if verdict.adopts() {
            let unread = candidate.unread().filter(|_| !adoption.spec.parameters.is_empty());
            self.note(address, unread.map(|why| {
                format!("its parameters cannot be read{why}: they are taken to be as declared, and unverified until an update makes them sure")
            }));
            let differing = match &difference.other_product {
                Some(there) => format!(
                    "it runs the product `{}`, and `{}` is declared: after the import, that change is refused until it is decided",
                    there.name, offer.product_name
                ),
                None => {
                    "it is not as it is declared: after the import, `provisor plan` updates it".to_owned()
                }
            };
            self.note(address, differs.then_some(differing));
            let before = input.row(address).and_then(|row| row.binding.as_ref());
            self.note(
                address,
                before.map(|bound| {
                    format!("it was {}, and that is gone: {} takes its place", bound.id, existing.id)
                }),
            );
            self.note(address, difference.notes);
        }
        let clear = written(product, Some(offer));
        let redactor = Redactor { clear: &clear, digests: Vec::new(), key: input.key };
        let verdict = verdict.redacted(|text| redactor.redact(&input.observed.veiled.told(text)));
        self.take(address, None, verdict);
    }

    /// What an import leaves alone: who refers to it finds what is known of it.
    pub(super) fn passed(&mut self, address: &Address) {
        let is_there = self.input.row(address).is_some_and(|row| row.applied.is_some());
        if !is_there {
            self.outlook.moving.insert(address.clone());
        } else if self.referred.contains(address) {
            self.outlook.settled.insert(address.clone(), facts(self.input, address));
        }
    }
}

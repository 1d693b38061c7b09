//! Tags that the catalog does not have as they were applied: said beside the plan, and no reason for an update, which would
//! change them no more than the last one did.

use super::PlanInput;
use crate::catalog::{Existing, Status};
use crate::model::ids::Address;
use crate::model::product::Ignored;
use crate::model::text::listed;
use crate::state::Applied;

/// So many of them are told.
const SHOWN: usize = 5;

impl PlanInput<'_> {
    /// What is said of the tags of an address, where the last thing that happened there was ours.
    pub(super) fn untaken_tags(&self, address: &Address) -> Option<String> {
        let (row, existing) = (self.row(address)?, self.existing(address)?);
        let applied = row.applied.as_ref()?;
        let is_ours = row.intent.is_none()
            && existing.status == Status::Available
            && existing.last_provisioning_record.as_ref() == Some(&applied.record)
            && applied.unverified.is_empty();
        let untaken = if is_ours { self.differing(address, applied, existing) } else { Vec::new() };
        (!untaken.is_empty()).then(|| {
            let untaken = self.observed.veiled.told(&listed(untaken, SHOWN));
            format!("{untaken}: a tag-update constraint that is newer than the product may not reach it")
        })
    }

    /// A tag option's value is its owner's matter, and one that is ignored is nobody's.
    fn differing(&self, address: &Address, applied: &Applied, existing: &Existing) -> Vec<String> {
        let Some(there) = &existing.tags else { return Vec::new() };
        let product = self.desired.products.get(address);
        let is_ignored = |key: &str| {
            product.is_some_and(|product| {
                product.ignore_changes.iter().any(|ignored: &Ignored| ignored.is_tag(key))
            })
        };
        let options = self.offer(address).map(|offer| &offer.offering.tag_options);
        let is_option = |key: &String| options.is_some_and(|options| options.contains_key(key));
        let ours = applied.content.tags.iter().filter(|(key, _)| !is_ignored(key) && !is_option(key));
        let differing = ours.filter_map(|(key, value)| {
            match there.iter().find(|tag| *tag.key == **key).map(|tag| &*tag.value) {
                Some(other) if other == value => None,
                Some(other) => {
                    Some(format!("tag `{key}` is `{other}` in the catalog, `{value}` was applied"))
                }
                None => Some(format!("tag `{key}` is not in the catalog, `{value}` was applied")),
            }
        });
        differing.collect()
    }
}

//! What is to be adopted: whether it is there, whether it is free, and whether its declaration can be what it is.

use std::collections::BTreeMap;

use super::Checker;
use crate::catalog::Existing;
use crate::declare::Import;
use crate::model::diagnostic::Diagnostic;
use crate::model::ids::{Address, Labels, ProvisionedId};
use crate::model::product::Selector;
use crate::model::text::did_you_mean;
use crate::observe::Listing;
use crate::plan::{Note, PlanInput};

/// What is wrong with the imports of what is selected. One that is done already is silent.
pub(super) fn check(input: &PlanInput<'_>, labels: &Labels, checker: &mut Checker) {
    if input.policy.refresh_only {
        return;
    }
    let mut taken: BTreeMap<&ProvisionedId, Sought<'_>> = BTreeMap::new();
    let selected =
        input.desired.imports.iter().filter(|(address, _)| input.policy.selected.contains(*address));
    for (address, import) in selected {
        let sought = Sought { input, labels, address, import };
        let found = match sought.existing() {
            Some(existing) => match taken.insert(&existing.id, sought) {
                Some(first) => Some(sought.twice(existing, first)),
                None => sought.refused(existing, &mut checker.notes),
            },
            None => sought.missing(),
        };
        checker.found.extend(found);
    }
}

/// One import.
#[derive(Clone, Copy)]
struct Sought<'a> {
    input: &'a PlanInput<'a>,
    labels: &'a Labels,
    address: &'a Address,
    import: &'a Import,
}

impl<'a> Sought<'a> {
    fn listing(&self) -> Option<&'a Listing> {
        self.input.listing(self.address)
    }

    fn existing(&self) -> Option<&'a Existing> {
        self.listing()?.selected(&self.import.product)
    }

    /// What it is bound to, if that may still be there.
    fn bound(&self) -> Option<&'a ProvisionedId> {
        let bound = self.input.row(self.address)?.binding.as_ref()?;
        let listing = self.listing()?;
        let may_be = listing.id(&bound.id).is_some() || !listing.level.sees_all();
        may_be.then_some(&bound.id)
    }

    fn wrong(&self, code: &'static str, message: String) -> Diagnostic {
        let found = Diagnostic::error(code, message);
        match &self.import.place {
            Some(place) => found.at(place.clone()),
            None => found,
        }
    }

    fn label(&self) -> String {
        self.labels.label(self.address)
    }

    fn twice(&self, existing: &Existing, first: Sought<'_>) -> Diagnostic {
        let message =
            format!("`{}` and `{}` cannot both become {}", first.label(), self.label(), existing.id);
        let found = self.wrong("contradiction", message);
        match &first.import.place {
            Some(place) => found.related(place.clone(), "the other one"),
            None => found,
        }
    }

    fn refused(&self, existing: &Existing, notes: &mut Vec<Note>) -> Option<Diagnostic> {
        match self.bound() {
            Some(bound) if *bound == existing.id => {
                let text = format!("{bound} is imported already");
                let note = Note { address: self.address.clone(), text };
                notes.extend(
                    self.import.place.is_none().then_some(note).filter(|_| !self.import.may_be_absent),
                );
                return None;
            }
            Some(bound) => {
                let message = format!(
                    "`{}` stands for {bound} already, and cannot become {}",
                    self.label(),
                    existing.id
                );
                return Some(
                    self.wrong("bound", message)
                        .hint("leave the import out, or declare the product under a key of its own"),
                );
            }
            None => {}
        }
        let elsewhere = |(_, row): &(&'a Address, &crate::state::Row)| {
            row.binding.as_ref().is_some_and(|binding| binding.id == existing.id)
        };
        if let Some((other, _)) = self.input.recorded.rows.iter().find(elsewhere) {
            return Some(self.ours(existing, other));
        }
        let declared = self.input.desired.products.get(self.address)?;
        (declared.name != existing.name).then(|| {
            let message = format!(
                "{} is named `{}`, and `{}` is declared with the name `{}`, which cannot be changed in place",
                existing.id,
                existing.name,
                self.label(),
                declared.name
            );
            self.wrong("other-name", message)
                .hint(format!("write `provisioned_product_name: {}` in its declaration", existing.name))
        })
    }

    /// It stands for something of ours already.
    fn ours(&self, existing: &Existing, other: &Address) -> Diagnostic {
        let message = format!("{} belongs to `{}` already", existing.id, self.labels.label(other));
        let found = self.wrong("bound", message);
        if self.input.desired.products.contains_key(other) {
            return found.hint("a provisioned product belongs to one declaration: leave the import out");
        }
        let (from, to) = (self.labels.label(other), self.label());
        found.hint(format!("`moved: [{{from: {from}, to: {to}}}]` gives it its new key"))
    }

    /// It is not there, unless that is no matter, or nobody sought.
    fn missing(&self) -> Option<Diagnostic> {
        let listing = self.listing()?;
        // what it became may be gone by now
        let bound = self.input.row(self.address).and_then(|row| row.binding.as_ref());
        let is_done = bound.is_some_and(|bound| match &self.import.product {
            Selector::Id(id) => bound.id.as_str() == id,
            Selector::Name(name) => bound.name == *name,
        });
        if self.import.may_be_absent || listing.is_remembered || is_done {
            return None;
        }
        let (location, product) = (self.labels.location(&self.address.location), &self.import.product);
        let message = match product {
            Selector::Name(name) => format!("there is no provisioned product named `{name}` on {location}"),
            Selector::Id(id) => format!("there is no provisioned product {id} on {location}"),
        };
        let near = match product {
            Selector::Name(name) => did_you_mean(name, listing.names()),
            Selector::Id(id) => did_you_mean(id, listing.ids()),
        };
        let found = self.wrong("not-there", message).maybe_hint(near);
        match listing.level.sees_all() {
            true => Some(found),
            false => {
                Some(found.note(format!("not everything is visible at access level `{}`", listing.level)))
            }
        }
    }
}

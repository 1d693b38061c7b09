//! What is to be adopted: whether it is there, whether it is free, and whether its declaration can be what it is.

use std::collections::{BTreeMap, BTreeSet};

use super::Checker;
use crate::catalog::Existing;
use crate::declare::{Import, ImportOf};
use crate::model::diagnostic::Diagnostic;
use crate::model::ids::{Address, Labels, ProvisionedId};
use crate::model::product::Selector;
use crate::model::text::{did_you_mean, likest, listed, quote, quoted};
use crate::observe::{Listing, Unimportable};
use crate::plan::{Note, PlanInput};

/// So many parameters are named.
const FEW: usize = 10;

/// So many names are offered where nothing near is called so.
const NAMED: usize = 5;

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
            Some(existing) if sought.bound() == Some(&existing.id) => {
                checker.notes.extend(sought.done(existing));
                None
            }
            Some(existing) => match taken.insert(&existing.id, sought) {
                Some(first) => Some(sought.twice(existing, first)),
                None => sought.refused(existing),
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
        self.listing()?.imported(&self.import.of).or_else(|| self.raw()?.as_ref().ok())
    }

    /// The stack that it is to become, where that is no provisioned product yet.
    fn raw(&self) -> Option<&'a Result<Existing, Unimportable>> {
        self.input.observed.raw_stacks.get(self.address)
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
            Some(place) => found.at(place.clone()).found(self.address.key.as_str(), None),
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

    /// It is what it stands for already: said to who asks for that one.
    fn done(&self, existing: &Existing) -> Option<Note> {
        let is_asked = self.import.place.is_none() && !self.import.may_be_absent;
        let text = format!("{} is imported already", existing.id);
        is_asked.then(|| Note { address: self.address.clone(), text })
    }

    fn refused(&self, existing: &Existing) -> Option<Diagnostic> {
        if let Some(bound) = self.bound() {
            let message =
                format!("`{}` stands for {bound} already, and cannot become {}", self.label(), existing.id);
            let hint = "leave the import out, or declare the product under a key of its own";
            return Some(self.wrong("bound", message).hint(hint));
        }
        let elsewhere = |(_, row): &(&'a Address, &crate::state::Row)| {
            row.binding.as_ref().is_some_and(|binding| binding.id == existing.id)
        };
        if let Some((other, _)) = self.input.recorded.rows.iter().find(elsewhere) {
            return Some(self.ours(existing, other));
        }
        let declared = self.input.desired.products.get(self.address)?;
        if self.raw().is_some() {
            return self.unlike(existing, &declared.name);
        }
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

    /// Why the service would not make a provisioned product of this stack, under that name.
    fn unlike(&self, stack: &Existing, name: &str) -> Option<Diagnostic> {
        let of = &self.import.of;
        if let Some(holder) = self.listing().and_then(|listing| listing.name(name)) {
            let message = format!("{of} cannot become `{name}`: {} has that name already", holder.id);
            return Some(
                self.wrong("name-taken", message).hint("declare it under another `provisioned_product_name`"),
            );
        }
        let read = self.input.observed.adoptable.get(&stack.id)?;
        let offer = self.input.offer(self.address).filter(|offer| !offer.takes_any_parameter())?;
        let has: BTreeSet<&str> =
            read.stack.as_ref()?.as_ref().ok()?.parameters.keys().map(String::as_str).collect();
        let takes: BTreeSet<&str> = offer.offering.parameters.keys().map(String::as_str).collect();
        if has == takes {
            return None;
        }
        let told = |names: Vec<&&str>| listed(names.into_iter().map(quote), FEW);
        let (more, less): (Vec<_>, Vec<_>) =
            (has.difference(&takes).collect(), takes.difference(&has).collect());
        let why = match (more.is_empty(), less.is_empty()) {
            (false, true) => format!("it has {}", told(more)),
            (true, _) => format!("it lacks {}", told(less)),
            (false, false) => format!("it has {}, and lacks {}", told(more), told(less)),
        };
        let message = format!(
            "{of} was not made from version `{}` of `{}`: of the parameters, {why}",
            offer.version(),
            offer.product_name
        );
        let hint =
            "declare the version that has the stack's template: the catalog compares the two as a whole";
        Some(self.wrong("other-template", message).hint(hint))
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
        let product = match &self.import.of {
            ImportOf::Product(product) => product,
            ImportOf::Stack(_) => {
                let Some(Err(why)) = self.raw() else { return None };
                return Some(self.wrong("stack", why.message.clone()).maybe_hint(why.hint.clone()));
            }
        };
        let is_done = bound.is_some_and(|bound| match product {
            Selector::Id(id) => bound.id.as_str() == id,
            Selector::Name(name) => bound.name == *name,
        });
        if self.import.may_be_absent || listing.is_remembered || is_done {
            return None;
        }
        let location = self.labels.location(&self.address.location);
        let message = match product {
            Selector::Name(name) => format!("there is no provisioned product named `{name}` on {location}"),
            Selector::Id(id) => format!("there is no provisioned product {id} on {location}"),
        };
        let near = match product {
            Selector::Name(name) => did_you_mean(name, listing.names()),
            Selector::Id(id) => did_you_mean(id, listing.ids()),
        };
        let hint = near.or_else(|| self.elsewhere()).or_else(|| self.there_are(listing));
        let found = self.wrong("not-there", message).maybe_hint(hint);
        match listing.level.sees_all() {
            true => Some(found),
            false => {
                Some(found.note(format!("not everything is visible at access level `{}`", listing.level)))
            }
        }
    }

    /// On which other locations something is called so.
    fn elsewhere(&self) -> Option<String> {
        let ImportOf::Product(Selector::Name(name)) = &self.import.of else { return None };
        let others = self.input.observed.existing.iter().filter(|(at, _)| **at != self.address.location);
        let has = others.filter(|(_, listing)| listing.name(name).is_some());
        let at: Vec<&str> = has.map(|(at, _)| self.labels.location(at)).collect();
        (!at.is_empty()).then(|| format!("there is one on {}", listed(at, NAMED)))
    }

    /// What there is to be imported, what is most alike first.
    fn there_are(&self, listing: &Listing) -> Option<String> {
        let ImportOf::Product(Selector::Name(name)) = &self.import.of else { return None };
        let rows = self.input.recorded.rows.values();
        let bound: BTreeSet<&ProvisionedId> =
            rows.filter_map(|row| row.binding.as_ref()).map(|binding| &binding.id).collect();
        let is_free = |name: &&str| listing.name(name).is_some_and(|existing| !bound.contains(&existing.id));
        let free: Vec<&str> = listing.names().filter(is_free).collect();
        let nearest = likest(name, free.iter().copied(), NAMED);
        let more = free.len().saturating_sub(nearest.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!free.is_empty()).then(|| format!("there is {}{more}", quoted(nearest)))
    }
}

//! `imports:`: which provisioned products that exist become which declarations.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{HeadReader, Item};
use crate::declarations::DeclarationsFile;
use crate::desired::{Import, ImportOf};
use crate::fields::IMPORT;
use provisor_model::diagnostic::{Diagnostic, Part, Place};
use provisor_model::ids::{Address, LocationName};
use provisor_model::product::Selector;

impl HeadReader<'_> {
    /// What is to be adopted, by the declaration that it becomes.
    pub fn imports(&mut self, files: &[DeclarationsFile<'_>]) -> BTreeMap<Address, Import> {
        let mut imports: BTreeMap<Address, Import> = BTreeMap::new();
        let mut taken: BTreeMap<(LocationName, ImportOf), Item<'_>> = BTreeMap::new();
        for item in Item::all(files, "imports", &IMPORT) {
            let Some((to, of)) = self.import(item) else { continue };
            let place = Self::named(item);
            if let Some(first) = taken.insert((to.location.clone(), of.clone()), item) {
                let message = format!("{of} is imported twice");
                let wrong = Diagnostic::error("contradiction", message).at(place);
                self.problems.push(wrong.related(Self::named(first), "the other one"));
                continue;
            }
            let import = Import { of, place: Some(place), may_be_absent: false };
            match imports.entry(to) {
                Entry::Vacant(free) => drop(free.insert(import)),
                Entry::Occupied(first) => {
                    let message = format!(
                        "`{}` cannot become two provisioned products: {} and {}",
                        first.key().key,
                        first.get().of,
                        import.of
                    );
                    let to = item.place(Some("to"), Part::Value);
                    let mut wrong = Diagnostic::error("contradiction", message).at(to);
                    if let Some(other) = &first.get().place {
                        wrong = wrong.related(other.clone(), "the other one");
                    }
                    self.problems.push(wrong);
                }
            }
        }
        imports
    }

    /// Where it is said which product or stack it is.
    fn named(item: Item<'_>) -> Place {
        let fields = ["provisioned_product_id", "provisioned_product_name", "stack"];
        item.place(fields.into_iter().find(|field| item.is_given(field)), Part::Value)
    }

    fn import(&mut self, item: Item<'_>) -> Option<(Address, ImportOf)> {
        let is_whole = self.is_whole(item, &["to"]);
        let to = self.declared(item, "to").filter(|_| is_whole)?;
        let here = self.at(&to);
        let by_id = self.text(item, "provisioned_product_id", here).map(Selector::Id);
        let product = by_id.or_else(|| self.text(item, "provisioned_product_name", here).map(Selector::Name));
        let of = product.map(ImportOf::Product);
        of.or_else(|| self.text(item, "stack", here).map(ImportOf::Stack)).map(|of| (to.clone(), of))
    }
}

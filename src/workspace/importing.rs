//! What a command adopts beside what the declarations say, put to that: declarations are what planning reads.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::problem::Problem;
use super::wish::Wish;
use crate::declare::{Desired, Import, ImportOf};
use crate::model::ids::Address;
use crate::model::product::Selector;
use crate::plan::addresses;
use crate::state::Recorded;

impl Wish {
    /// The declarations, with what is to be adopted by this wish.
    pub(super) fn importing<'d>(
        &self,
        desired: &'d Desired,
        recorded: &Recorded,
    ) -> Result<Cow<'d, Desired>, Problem> {
        if self.imports.is_empty() && !self.import_declared {
            return Ok(Cow::Borrowed(desired));
        }
        let mut with = desired.clone();
        for (text, product) in &self.imports {
            let address = only(text, desired, recorded)?;
            let of = ImportOf::Product(product.clone());
            let import = Import { of: of.clone(), place: None, may_be_absent: false };
            if let Some(written) = with.imports.insert(address, import).filter(|one| one.of != of) {
                let message = format!("`imports:` says that `{text}` becomes {}, not {of}", written.of);
                return Err(Problem::input(message).hint("take the one or the other"));
            }
        }
        if self.import_declared {
            // what stands for something that is there is left alone: only the catalog knows whether it is
            for (address, product) in &desired.products {
                let of = ImportOf::Product(Selector::Name(product.name.clone()));
                let import = || Import { of, place: None, may_be_absent: true };
                with.imports.entry(address.clone()).or_insert_with(import);
            }
        }
        Ok(Cow::Owned(with))
    }

    /// What of a selection a wish is about: where it only says what is to be adopted, that.
    pub(super) fn narrowed(
        &self,
        mut selected: BTreeSet<Address>,
        desired: &Desired,
        recorded: &Recorded,
    ) -> Result<BTreeSet<Address>, Problem> {
        if self.import_only && !self.imports.is_empty() {
            let imported = self.imports.iter().map(|(text, _)| only(text, desired, recorded));
            let imported: BTreeSet<Address> = imported.collect::<Result<_, _>>()?;
            selected.retain(|address| imported.contains(address));
        }
        Ok(selected)
    }
}

/// The one declaration that a text names.
fn only(text: &str, desired: &Desired, recorded: &Recorded) -> Result<Address, Problem> {
    let declared: BTreeSet<Address> = desired.products.keys().cloned().collect();
    let labels = desired.labels(recorded.rows.keys());
    let found = addresses(&[text.to_owned()], &declared, &labels);
    let mut found = found?.into_iter();
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(first), Some(_)) => {
            let message =
                format!("`{text}` names several addresses: a provisioned product becomes one of them");
            Err(Problem::input(message).hint(format!("say which one, such as `{}`", labels.label(&first))))
        }
        (None, _) => Err(Problem::input(format!("`{text}` is not declared"))),
    }
}

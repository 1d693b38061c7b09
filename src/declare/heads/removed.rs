//! `removed:`: what becomes of provisioned products whose declarations are gone, whatever was remembered.

use super::{HeadReader, Item};
use crate::declare::check::flag;
use crate::declare::declarations::DeclarationsFile;
use crate::declare::desired::{Desired, Removal};
use crate::declare::fields::REMOVAL;
use crate::model::diagnostic::{Diagnostic, Part};
use crate::model::product::OnRemoval;

impl HeadReader<'_> {
    /// What is said of removals, in the order of the files.
    pub fn removals(&mut self, files: &[DeclarationsFile<'_>], declared: &Desired) -> Vec<Removal> {
        let items = Item::all(files, "removed", &REMOVAL);
        items.filter_map(|item| self.removal(item, declared)).collect()
    }

    fn removal(&mut self, item: Item<'_>, declared: &Desired) -> Option<Removal> {
        if !self.is_whole(item, &["address"]) {
            return None;
        }
        let pattern = self.text(item, "address", self.anywhere())?;
        let at = pattern.split_once('@').map(|(_, at)| at).filter(|at| !at.contains(['*', '?']));
        if let Some(at) = at.filter(|at| self.settings.named(at).is_none()) {
            let found = self.settings.unknown_location(at).at(item.place(Some("address"), Part::Value));
            self.problems.push(found);
            return None;
        }
        let on_removal = self.text(item, "on_removal", self.anywhere()).as_deref().and_then(OnRemoval::parse);
        let given = item.file.tree.given(item.node, "prevent_terminate");
        let prevent_terminate = given.and_then(|node| flag(&item.file.tree, node));
        if !item.is_given("on_removal") && !item.is_given("prevent_terminate") {
            let message = format!("item {} of `removed` says nothing of `{pattern}`", item.nth + 1);
            let found = Diagnostic::error("missing", message).at(item.place(None, Part::Value));
            self.problems.push(found.hint("write `on_removal` or `prevent_terminate`"));
            return None;
        }
        if let Some(there) = declared.products.keys().find(|address| address.is_named(&pattern)) {
            let message = format!("`{}` is still declared", there.key);
            let found =
                Diagnostic::error("contradiction", message).at(item.place(Some("address"), Part::Value));
            self.problems.push(found.hint("what holds for it stands in its declaration, under `lifecycle`"));
            return None;
        }
        Some(Removal { pattern, on_removal, prevent_terminate, place: item.place(None, Part::Value) })
    }
}

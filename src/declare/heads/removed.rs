//! `removed:`: what becomes of provisioned products whose declarations are gone, whatever was remembered.

use super::{HeadReader, Item};
use crate::burden::TooMuch;
use crate::check::flag;
use crate::declarations::DeclarationsFile;
use crate::desired::{Desired, Move, Removal};
use crate::fields::REMOVAL;
use provisor_model::diagnostic::{Diagnostic, Part, Place};
use provisor_model::ids::Address;
use provisor_model::product::OnRemoval;

/// So many provisioned products a state may hold for which patterns of removals are still cheap.
const REMEMBERED: usize = 10_000;

impl HeadReader<'_> {
    /// What is said of removals, in the order of the files.
    pub fn removals(
        &mut self,
        files: &[DeclarationsFile<'_>],
        declared: &Desired,
    ) -> Result<Vec<Removal>, (TooMuch, Place)> {
        let mut removals = Vec::new();
        for item in Item::all(files, "removed", &REMOVAL) {
            let is_pattern = item.written("address").is_some_and(|text| text.contains(['*', '$']));
            // what is remembered is held against it too, and that may be more than what is declared
            let cost = if is_pattern { declared.products.len().max(REMEMBERED) } else { 1 };
            let cost = cost.saturating_add(declared.moves.len());
            let much = self.burden.compares(cost);
            much.map_err(|much| (much, item.place(None, Part::Value)))?;
            removals.extend(self.removal(item, declared));
        }
        Ok(removals)
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
            let found = found.hint("write `on_removal` or `prevent_terminate`");
            self.problems.extend((!item.has_unknown()).then_some(found));
            return None;
        }
        if let Some(there) = still_there(&pattern, declared) {
            let message = format!("`{}` is still declared", there.key);
            let found =
                Diagnostic::error("contradiction", message).at(item.place(Some("address"), Part::Value));
            self.problems.push(found.hint("what holds for it stands in its declaration, under `lifecycle`"));
            return None;
        }
        if let Some(moved) = declared.moves.iter().find(|moved| is_moved(&pattern, moved)) {
            let message = format!("`{}` is moved to `{}`, and not removed", moved.from, moved.to);
            let found =
                Diagnostic::error("contradiction", message).at(item.place(Some("address"), Part::Value));
            let found = found.related(moved.place.clone(), "moved here");
            self.problems.push(found.hint("take the one or the other: what is moved stays"));
            return None;
        }
        Some(Removal { pattern, on_removal, prevent_terminate, place: item.place(None, Part::Value) })
    }
}

/// Whether a removal names just what a move takes elsewhere, wherever it stands. Patterns may mean others.
fn is_moved(pattern: &str, moved: &Move) -> bool {
    let (key, at) = pattern.split_once('@').map_or((pattern, None), |(key, at)| (key, Some(at)));
    moved.from.as_str() == key
        && match (at, &moved.at) {
            (None, _) | (_, None) => true,
            (Some(at), Some(places)) => {
                places.iter().any(|place| place.as_str() == at || place.account() == at)
            }
        }
}

/// A declaration that a pattern names.
fn still_there<'d>(pattern: &str, declared: &'d Desired) -> Option<&'d Address> {
    let key = pattern.split_once('@').map_or(pattern, |(key, _)| key);
    if key.contains('*') {
        return declared.products.keys().find(|address| address.is_named(pattern));
    }
    let of_key = declared.products.range(Address::new(key, "")..).map(|(address, _)| address);
    of_key.take_while(|address| address.key.as_str() == key).find(|address| address.is_named(pattern))
}

//! One file of settings: its tree, what of it has the wrong shape, and what stands at its top.

use serde::de::DeserializeOwned;

use super::filler::TextFiller;
use super::variables::{VariableTable, declared};
use crate::check::{Misshapen, check_kind};
use crate::decode::decoded;
use crate::fields::{FieldKind, Table};
use crate::layers::{Merged, Sheet};
use crate::references::Context;
use crate::yaml::{self, NodeId, Tree};
use provisor_model::diagnostic::{Diagnostics, Part, Place, Source};

/// A file that was read and checked.
pub(super) struct Document<'s> {
    pub tree: Tree<'s>,
    /// What of it has the wrong shape.
    pub misshapen: Misshapen,
}

impl<'s> Document<'s> {
    /// A document of this kind; `None` where it is no YAML, or of another kind as a whole.
    pub fn read(source: &'s Source, kind: &'static FieldKind, problems: &mut Diagnostics) -> Option<Self> {
        let tree = yaml::read(source, problems)?;
        let misshapen = check_kind(&tree, kind, problems);
        (!misshapen.whole()).then_some(Self { tree, misshapen })
    }

    /// What stands under a key at the top.
    pub fn written(&self, key: &str) -> Option<NodeId> {
        self.tree.given(self.tree.root?, key)
    }

    /// Whether something does.
    pub fn gives(&self, key: &str) -> bool {
        self.written(key).is_some()
    }

    /// The variables that it declares, with their defaults.
    pub fn variables(&self, problems: &mut Diagnostics) -> VariableTable {
        let entries = self.written("variables").map_or(&[][..], |map| self.tree.pairs(map));
        declared(&self.tree, entries, problems)
    }

    /// A key at the top, which need not be written.
    pub fn place(&self, key: &str) -> Place {
        Place::key(&self.tree.source.path, &[key], Part::Value)
    }

    /// What it says, its texts filled; nothing if it cannot be told.
    pub fn content<T: DeserializeOwned>(
        &self,
        table: &'static Table,
        variables: &VariableTable,
        problems: &mut Diagnostics,
    ) -> Option<T> {
        let top = Place::key(&self.tree.source.path, &[], Part::Value);
        let sheet = self.tree.root.map(|node| Sheet { layer: &top, tree: &self.tree, node });
        let merged = Merged::of(table, sheet.as_slice());
        let value = merged.value(&mut TextFiller { context: Context::of(variables), problems });
        let undecoded = decoded(value);
        undecoded
            .map_err(|undecoded| {
                problems.push(undecoded.diagnostic.at(top.clone().below(undecoded.path, Part::Value)))
            })
            .ok()
    }
}

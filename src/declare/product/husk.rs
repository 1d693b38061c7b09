//! A product of which only the parameters are read, each for itself.

use std::collections::{BTreeMap, BTreeSet};

use super::Composer;
use super::text::parameter;
use crate::desired::{DesiredParameter, DesiredProduct, OpenChoice};
use crate::layers::by_key;
use crate::references::Filling;
use crate::rough::Husk;
use provisor_model::product::{ArtifactSelector, Lifecycle, Selector};
use provisor_model::target::Options;

impl Composer<'_> {
    /// The parameters that can be read, and why others cannot.
    pub(crate) fn husk(self, key: &str) -> Husk {
        let (mut parameters, mut unknown) = (BTreeMap::new(), BTreeMap::new());
        for (key, sheet) in by_key(&self.sheets, "parameters") {
            match parameter(self.tree, sheet.node, &self.context) {
                Ok(filled) => {
                    let sensitive = filled.as_ref().is_some_and(|filled| filled.sensitive.is_some());
                    let value = filled.map(Filling::template);
                    let (mixed, layer) = (sensitive, sheet.layer);
                    let declared = DesiredParameter { value, sensitive, mixed, torn: false, layer };
                    parameters.insert(key.to_owned(), declared);
                }
                Err(wrong) => {
                    let first = wrong.into_iter().next().map(|wrong| wrong.fault.diagnostic().message);
                    unknown.insert(key.to_owned(), first.unwrap_or_default());
                }
            }
        }
        let product = DesiredProduct {
            origin: self.origin,
            name: key.to_owned(),
            product: Selector::Name(String::new()),
            artifact: ArtifactSelector::OnlyActive,
            path: None,
            unread: OpenChoice::default(),
            parameters,
            tags: BTreeMap::new(),
            options: Options::default(),
            depends_on: BTreeMap::new(),
            timeouts: self.timeouts,
            lifecycle: Lifecycle::default(),
            ignore_changes: BTreeSet::new(),
        };
        Husk { product, unknown }
    }
}

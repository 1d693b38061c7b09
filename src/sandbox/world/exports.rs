//! What stacks export to the other stacks of their account and region.

use std::collections::BTreeMap;

use super::{Output, ProvisionedProduct, RecordEnd, World};
use crate::clock::Millis;

/// An export's name is taken by a stack; its value can be had once the stack is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Export<'a> {
    pub stack: &'a str,
    pub stack_id: &'a str,
    pub value: Option<&'a str>,
}

impl World {
    /// Everything that is exported, but by the stack behind `except`.
    pub(crate) fn exports(&self, now: Millis, except: &str) -> BTreeMap<&str, Export<'_>> {
        let retained = self.stacks.values().flat_map(|stack| named(&stack.outputs, &stack.id, true));
        let others = self.exporting.iter().filter(|id| *id != except);
        let products = others.filter_map(|id| self.provisioned.get(id));
        let held = products.flat_map(|product| self.exported(product, now));
        retained.chain(held).collect()
    }

    /// What the stack behind a provisioned product exports.
    pub(crate) fn exports_of<'a>(
        &'a self,
        product: &'a ProvisionedProduct,
        now: Millis,
    ) -> BTreeMap<&'a str, Export<'a>> {
        self.exported(product, now).into_iter().filter(|(_, export)| export.value.is_some()).collect()
    }

    /// The name of a stack that imports `export`, or is about to.
    pub(crate) fn importer(&self, export: &str) -> Option<&str> {
        let imports = |product: &&ProvisionedProduct| {
            let coming = product.pending.as_ref().and_then(|it| it.after.as_ref()?.deployed.as_ref());
            let coming = coming.map_or(&[][..], |deployed| &deployed.imports);
            product.state.imports.iter().chain(coming).any(|name| name == export)
        };
        let id = self.provisioned.values().find(imports)?.state.physical_id.as_deref()?;
        Some(name_of(id))
    }

    fn exported<'a>(&'a self, product: &'a ProvisionedProduct, now: Millis) -> Vec<(&'a str, Export<'a>)> {
        let Some(id) = product.state.physical_id.as_deref() else {
            return Vec::new();
        };
        let there = product.state.last_successful.as_ref().and_then(|id| self.record(id));
        let there = there.map_or(&[][..], |record| record.outputs(now));
        let coming = product.pending.as_ref().and_then(|_| self.record(&product.state.last_record));
        let coming = coming.map_or(&[][..], |record| match &record.end {
            RecordEnd::Succeeded { outputs } => outputs,
            RecordEnd::Failed { .. } => &[],
        });
        named(coming, id, false).chain(named(there, id, true)).collect()
    }
}

fn named<'a>(
    outputs: &'a [Output],
    stack_id: &'a str,
    there: bool,
) -> impl Iterator<Item = (&'a str, Export<'a>)> {
    let stack = name_of(stack_id);
    outputs.iter().filter_map(move |output| {
        let export = Export { stack, stack_id, value: there.then_some(output.value.as_str()) };
        Some((output.export.as_deref()?, export))
    })
}

fn name_of(stack_id: &str) -> &str {
    stack_id.split('/').nth(1).unwrap_or_default()
}

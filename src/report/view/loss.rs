//! What a plan destroys, in sentences that no reader may miss.

use super::block::{Block, instances_gone};
use super::plan::PlanView;
use crate::model::text::count;
use crate::plan::Act;

/// Something that is destroyed, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// `2 provisioned products will be destroyed, 1 of them to be replaced`
    pub text: String,
    /// The addresses, in the order of the plan.
    pub addresses: Vec<String>,
}

impl PlanView<'_> {
    /// What is destroyed: products, and stack instances of products that stay.
    #[must_use]
    pub fn losses(&self) -> Vec<Loss> {
        let gone = |block: &Block<'_>| matches!(block.act, Act::Terminate | Act::Replace);
        let products: Vec<Block<'_>> = self.blocks().filter(gone).collect();
        products_lost(&products).into_iter().chain(self.instances_lost()).collect()
    }

    /// The stack instances that go, with products that are only changed by that.
    pub(super) fn instances_lost(&self) -> Option<Loss> {
        let losing = self.steps.iter().filter(|step| instances_gone(step.step) > 0);
        let n: usize = losing.clone().map(|step| instances_gone(step.step)).sum();
        // accounts go by one operation, and regions by another
        let mut addresses: Vec<String> = losing.map(|step| step.address.clone()).collect();
        addresses.dedup();
        let (instances, products) = (count(n, "stack instance"), count(addresses.len(), "product"));
        let text = format!("{instances} of {products} will be destroyed, with everything in them");
        (n > 0).then_some(Loss { text, addresses })
    }
}

fn products_lost(gone: &[Block<'_>]) -> Option<Loss> {
    let replaced = gone.iter().filter(|block| block.act == Act::Replace).count();
    let anew = if replaced > 0 { format!(", {replaced} of them to be replaced") } else { String::new() };
    let products = count(gone.len(), "provisioned product");
    let addresses = gone.iter().map(|block| block.address.clone()).collect();
    (!gone.is_empty()).then(|| Loss { text: format!("{products} will be destroyed{anew}"), addresses })
}

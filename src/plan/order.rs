//! Order: create after inputs, terminate before inputs, and the same for the same input every time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Action, Allowed, Rule, Spec, Step, StepIx};
use crate::declare::Desired;
use crate::model::graph::Graph;
use crate::model::ids::Address;
use crate::model::template::Template;
use crate::state::Recorded;

/// Which step of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Slot {
    /// The termination that begins a replacement.
    First,
    /// An operation that an update begins with, by its number.
    Part(usize),
    /// The step, or what a replacement ends in.
    Main,
}

/// A step before it has a number.
pub(super) struct Draft {
    pub slot: Slot,
    /// What its row was made after, before this plan.
    pub formerly: BTreeSet<Address>,
    /// What `--allow` must name; `None`: nothing in the cloud changes.
    pub allowed: Option<Allowed>,
    /// Whether it counts against `guards.max_terminate`.
    pub is_counted: bool,
    /// Nothing is declared there any more: it is to go, if that is not refused.
    pub is_unwanted: bool,
    pub step: Step,
}

/// No address has two drafts in one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct DraftId<'d> {
    address: &'d Address,
    slot: Slot,
}

impl Draft {
    fn id(&self) -> DraftId<'_> {
        DraftId { address: &self.step.address, slot: self.slot }
    }

    /// Whether nothing of it is left in the state: no step needs it any more.
    pub(super) fn leaves(&self) -> bool {
        match &self.step.action {
            Action::Terminate(termination) => !termination.replacing,
            Action::Forget { .. } => true,
            _ => false,
        }
    }
}

/// The selected declarations, each after everything it needs. Declarations hold no cycle.
pub(super) fn inputs_first<'d>(desired: &'d Desired, selected: &BTreeSet<Address>) -> Vec<&'d Address> {
    let wanted = || desired.products.iter().filter(|(address, _)| selected.contains(*address));
    let mut graph = Graph::new(wanted().map(|(address, _)| address));
    for (address, product) in wanted() {
        for input in &product.needs() {
            graph.wait(address, input);
        }
    }
    graph.order(|_| ())
}

/// Numbers the steps so that each comes after everything it waits for. Where rows remember a circle, or something goes that
/// still holds up what it was made after, terminations of replacements go first.
pub(super) fn number(drafts: Vec<Draft>) -> Vec<Draft> {
    let graph = Rules::of(&drafts).graph;
    let order = graph.order(|id| id.slot);
    let numbers: HashMap<DraftId<'_>, StepIx> =
        order.into_iter().enumerate().map(|(n, id)| (id, StepIx(n))).collect();
    let numbered = drafts.iter().map(|draft| {
        let own = numbers.get(&draft.id()).copied().unwrap_or(StepIx(0));
        let before = graph.inputs(draft.id()).filter_map(|input| numbers.get(&input).copied());
        // where a circle was broken, what should have come before comes later, and is not waited for
        (own, before.filter(|before| *before < own).collect())
    });
    let numbered: Vec<(StepIx, BTreeSet<StepIx>)> = numbered.collect();
    let mut drafts: Vec<(StepIx, Draft)> = drafts
        .into_iter()
        .zip(numbered)
        .map(|(draft, (own, after))| (own, Draft { step: Step { after, ..draft.step }, ..draft }))
        .collect();
    drafts.sort_by_key(|(own, _)| *own);
    drafts.into_iter().map(|(_, draft)| draft).collect()
}

/// What waits for what, one function a rule. What was interrupted waits for nothing: it was decided before.
struct Rules<'d> {
    drafts: BTreeMap<DraftId<'d>, &'d Draft>,
    graph: Graph<DraftId<'d>>,
}

impl<'d> Rules<'d> {
    fn of(drafts: &'d [Draft]) -> Self {
        let drafts: BTreeMap<DraftId<'d>, &'d Draft> =
            drafts.iter().map(|draft| (draft.id(), draft)).collect();
        let mut rules = Self { graph: Graph::new(drafts.keys().copied()), drafts };
        for draft in rules.drafts.clone().into_values() {
            rules.dependents_first(draft);
            if !matches!(draft.step.action, Action::Settle(..)) {
                rules.one_after_the_other(draft);
                rules.inputs_first(draft);
            }
        }
        rules
    }

    /// What goes, goes after what was made after it. A replacement is torn down after the replacements of what was made after
    /// it, and after what of that is to go for good, be that refused.
    fn dependents_first(&mut self, dependent: &'d Draft) {
        for input in &dependent.formerly {
            let (first, last) =
                (DraftId { address: input, slot: Slot::First }, DraftId { address: input, slot: Slot::Main });
            if dependent.slot == Slot::Main && self.leaves(last) {
                self.wait(last, dependent);
            }
            if dependent.slot == Slot::First || dependent.slot == Slot::Main && dependent.is_unwanted {
                self.wait(first, dependent);
            }
        }
    }

    /// The operations of one address keep their order.
    fn one_after_the_other(&mut self, draft: &'d Draft) {
        let first = DraftId { slot: Slot::First, ..draft.id() };
        let earlier: Vec<&Draft> =
            self.drafts.range(first..draft.id()).map(|(_, earlier)| *earlier).collect();
        for earlier in earlier {
            self.wait(draft.id(), earlier);
        }
    }

    /// What is made or changed waits for what it needs, unless that goes. So do terminations of a replacement: nothing is
    /// torn down that cannot be built again. Where an input is replaced too, its turn comes in between.
    fn inputs_first(&mut self, draft: &'d Draft) {
        if draft.is_unwanted || draft.slot == Slot::First && self.has_replaced_input(draft) {
            return;
        }
        for input in &draft.step.needs {
            let input = DraftId { address: input, slot: Slot::Main };
            if !self.leaves(input) && input != draft.id() {
                self.graph.wait(&draft.id(), &input);
            }
        }
    }

    fn has_replaced_input(&self, draft: &Draft) -> bool {
        let mut inputs = draft.formerly.iter().chain(&draft.step.needs);
        inputs.any(|input| self.drafts.contains_key(&DraftId { address: input, slot: Slot::First }))
    }

    fn leaves(&self, id: DraftId<'d>) -> bool {
        self.drafts.get(&id).is_some_and(|draft| draft.leaves())
    }

    fn wait(&mut self, id: DraftId<'d>, before: &'d Draft) {
        if id != before.id() {
            self.graph.wait(&id, &before.id());
        }
    }
}

/// What is refused stays as it is: steps that need it do not wait for it, if it is there, at rest, and nothing of theirs is
/// filled from what it would have become. What tears something down goes on waiting.
pub(super) fn release(steps: &mut [Step], recorded: &Recorded) {
    let all: &[Step] = steps;
    let free = |step: &Step, ix: &StepIx| all.get(ix.0).is_some_and(|before| is_free(step, before, recorded));
    let freed = all.iter().map(|step| step.after.iter().copied().filter(|ix| free(step, ix)).collect());
    let freed: Vec<BTreeSet<StepIx>> = freed.collect();
    for (step, freed) in steps.iter_mut().zip(freed) {
        step.after.retain(|ix| !freed.contains(ix));
    }
}

/// Whether a step need not wait for another that is refused.
pub(super) fn is_free(step: &Step, refused: &Step, recorded: &Recorded) -> bool {
    let pending = || step.spec().into_iter().flat_map(Spec::templates).flat_map(Template::references);
    builds(step)
        && stands(refused, recorded)
        && refused.address != step.address
        && pending().all(|reference| reference.of != refused.address)
}

/// Whether a step is refused, and what it is about is there and at rest.
fn stands(step: &Step, recorded: &Recorded) -> bool {
    let Action::Refused(refusal) = &step.action else { return false };
    let row = recorded.rows.get(&step.address);
    !refusal.defers()
        && !matches!(refusal.rule, Rule::Exists | Rule::UnknownStatus)
        && row.is_some_and(|row| row.applied.is_some() && row.intent.is_none())
}

fn builds(step: &Step) -> bool {
    match &step.action {
        Action::Provision(_)
        | Action::Update(..)
        | Action::Adopt(..)
        | Action::Accept(..)
        | Action::Remember => true,
        Action::Settle(..) | Action::Terminate(_) | Action::Forget { .. } | Action::Refused(_) => false,
    }
}

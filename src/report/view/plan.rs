//! A plan as its readers see it: step by step as it is carried out, and block by block as it is read.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::block::Block;
use super::finding::FindingView;
use super::group::BlockGroup;
use super::heading::spanned;
use super::moved::{MoveGroup, MoveView};
use super::note::{NoteGroup, NoteView};
use super::resources;
use super::state::RowView;
use super::step::{StepView, is_doomed};
use crate::model::ids::{Address, Labels};
use crate::model::text::{count, listed};
use crate::model::time::duration;
use crate::plan::file::{About, OutOfTime};
use crate::plan::{Act, Breach, Counts, Coverage, Plan};
use crate::state::Recorded;

/// A plan as its readers see it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanView<'a> {
    /// What reviewers approve.
    pub fingerprint: &'a str,
    /// The state it was made from.
    pub lineage: &'a str,
    /// That state's serial.
    pub serial: u64,
    /// To how many products is done what.
    pub counts: Counts,
    /// Nothing would change, not even what is remembered.
    pub is_empty: bool,
    /// What it speaks of.
    pub coverage: Coverage,
    /// The steps, in the order of the plan.
    pub steps: Vec<StepView<'a>>,
    /// Keys that are moved, by the new one.
    pub moved: Vec<MoveView>,
    /// What is as it should be, by address.
    pub unchanged: Vec<String>,
    /// What is worth knowing, and not worth a step.
    pub notes: Vec<NoteView<'a>>,
    /// Why the plan as a whole is refused.
    pub breach: Option<BreachView>,
    /// Where each declaration stands, as far as the plan knows.
    pub standing_on: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// How addresses are written.
    pub labels: &'a Labels,
    /// Somebody said that refused steps are left out, and the rest done.
    pub skips_refused: bool,
    /// The command can be told to do that.
    pub can_skip: bool,
    /// The locations where nothing that happens is real, as people write them.
    pub simulated: Vec<&'a str>,
    /// What is odd about the texts that it was made from, for programs: people are told beside the plan.
    pub diagnostics: Vec<FindingView>,
    /// Of a plan that was saved: what it says of its making.
    pub saved: Option<SavedView<'a>>,
    /// What the state holds of the addresses that the plan names, where somebody gave it.
    pub rows: Vec<RowView<'a>>,
}

/// What a saved plan says of its making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView<'a> {
    /// When, by whom, and what was said of refused steps.
    pub about: &'a About,
    /// How old it is.
    pub age: Duration,
    /// Why it is not taken where nobody says otherwise: its age, or that it is from the future.
    pub out_of_time: Option<OutOfTime>,
}

impl SavedView<'_> {
    /// When it was made: `2026-11-29T14:31:18Z`.
    #[must_use]
    pub fn at(&self) -> String {
        self.about.at.utc()
    }

    /// The same for people, with how long ago that was, who made it, and of which commit.
    #[must_use]
    pub fn text(&self) -> String {
        let ago = match self.out_of_time {
            Some(OutOfTime::Future { .. }) => String::new(),
            Some(OutOfTime::Expired { .. }) | None => format!("{} ago, ", duration(self.age)),
        };
        format!("made {ago}{}", self.making())
    }

    /// When it was made, by whom, and of which commit.
    #[must_use]
    pub fn making(&self) -> String {
        let by = self.about.by.as_ref();
        let who = by.map(|by| format!(", by {by}")).unwrap_or_default();
        let commit = by.and_then(|by| by.commit.as_ref());
        let commit = commit.map(|commit| format!(", of commit {commit}")).unwrap_or_default();
        format!("at {}{who}{commit}", self.at())
    }
}

/// The plan has more terminations than the guard allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreachView {
    /// How many it has.
    pub planned: usize,
    /// How many are allowed.
    pub limit: usize,
    /// How it may happen all the same.
    pub hint: String,
}

/// That nothing is real at these locations, of all that there are.
pub(super) fn simulation<'p>(
    locations: &[&'p str],
    among: impl IntoIterator<Item = &'p str>,
) -> Option<String> {
    let named = spanned(locations, among);
    (!locations.is_empty()).then(|| format!("Nothing is real on {named} (simulated)."))
}

impl<'a> PlanView<'a> {
    /// Looks at a plan.
    #[must_use]
    pub fn of(plan: &'a Plan, fingerprint: &'a str) -> Self {
        let label = |address| plan.labels.label(address);
        let doomed: BTreeSet<&Address> =
            plan.steps.iter().filter(|step| is_doomed(step)).map(|step| &step.address).collect();
        let step = |(number, step)| StepView::of(number, step, &doomed, plan);
        Self {
            fingerprint,
            lineage: plan.basis.lineage.as_str(),
            serial: plan.basis.serial,
            counts: plan.counts(),
            is_empty: plan.is_empty(),
            coverage: plan.coverage,
            steps: plan.steps.iter().enumerate().map(step).collect(),
            moved: plan.renamed.iter().map(|(to, from)| MoveView::of(from, to, &plan.labels)).collect(),
            unchanged: plan.unchanged.iter().map(label).collect(),
            notes: plan.notes.iter().map(|note| NoteView::of(note, &plan.labels)).collect(),
            breach: plan.breach.as_ref().map(BreachView::of),
            standing_on: standing_on(plan),
            labels: &plan.labels,
            skips_refused: false,
            can_skip: true,
            simulated: plan.simulated.iter().map(|location| plan.labels.location(location)).collect(),
            diagnostics: Vec::new(),
            saved: None,
            rows: Vec::new(),
        }
    }

    /// The same beside the state that it was made from.
    #[must_use]
    pub fn beside(mut self, recorded: &'a Recorded) -> Self {
        let births = recorded.births();
        let rows = recorded.rows.iter();
        self.rows = rows.map(|(address, row)| RowView::of(address, row, self.labels, &births)).collect();
        self
    }

    /// `Plan: 1 to add, 2 to change, 0 to destroy.`: tools around Terraform read it. Edits of lifecycles only are no
    /// changes.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.is_empty && self.steps.is_empty() && self.unchanged.is_empty() {
            return match self.notes.is_empty() {
                true => "No changes. There was nothing to compare.".to_owned(),
                false => "No changes. What was noted is left as it is.".to_owned(),
            };
        }
        if self.is_empty {
            let matches = match self.coverage {
                Coverage::Whole => "Your infrastructure matches the configuration.",
                Coverage::Part => "What was selected matches the configuration.",
                Coverage::Outside => "Nothing was changed outside that is not recorded.",
            };
            return format!("No changes. {matches}");
        }
        let n = |act| self.counts.of(act);
        let import = if n(Act::Adopt) > 0 { format!("{} to import, ", n(Act::Adopt)) } else { String::new() };
        let (add, change, destroy) = (n(Act::Provision), self.counts.change(), n(Act::Terminate));
        let forget =
            if n(Act::Forget) > 0 { format!(", {} to forget", n(Act::Forget)) } else { String::new() };
        format!("Plan: {import}{add} to add, {change} to change, {destroy} to destroy{forget}.")
    }

    /// How many resources it does what to, where somebody asked.
    #[must_use]
    pub fn resources(&self) -> Option<String> {
        let asked = |steps: Vec<&StepView<'a>>| steps.into_iter().find_map(|step| step.preview);
        resources::totals(self.strands().into_iter().filter_map(asked))
    }

    /// What that sentence has no words for, in sentences of their own.
    #[must_use]
    pub fn aside(&self) -> Vec<String> {
        let n = |act| self.counts.of(act);
        let among = self.standing_on.values().flatten().copied();
        let simulated = simulation(&self.simulated, among);
        let also = counted([
            (self.counts.moved(), "to move (in the state only)"),
            (n(Act::Settle), "to resume (interrupted or in progress)"),
            (n(Act::Remember), "to remember (in the state only)"),
            (n(Act::Refuse), "refused"),
            (n(Act::Defer), "deferred"),
        ]);
        let (accepted, unchanged, may) = (n(Act::Accept), self.unchanged.len(), self.counts.may_change());
        let gone = self.instances_lost().map(|loss| format!("{}.", loss.text));
        let resources = self.resources().into_iter().chain(gone);
        let cases = [
            (may > 0, format!("{may} more may change.")),
            (!also.is_empty(), format!("Also: {also}.")),
            (accepted > 0, format!("Accepted as it is now: {accepted}.")),
            (!self.is_empty && unchanged > 0, format!("Unchanged: {unchanged}.")),
        ];
        let told = cases.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text);
        resources.chain(told).chain(simulated).collect()
    }

    /// What refused and deferred steps mean for the rest.
    #[must_use]
    pub fn standing(&self) -> Vec<String> {
        // as they are counted: by product
        let refusals = || self.strands().into_iter().filter_map(|steps| steps.first()?.refusal);
        let unseen = refusals().filter(|refusal| refusal.is_blind()).count();
        let blocked = refusals().filter(|refusal| refusal.is_blocked()).count();
        let (refused, deferred) =
            (self.counts.of(Act::Refuse), self.counts.of(Act::Defer) - unseen - blocked);
        let (needs, them) = if refused == 1 { ("needs", "it") } else { ("need", "them") };
        let refused_steps = count(refused, "refused step");
        let skipped = match (self.skips_refused, self.can_skip) {
            (true, _) => format!("{refused_steps} {needs} a decision: the rest is done without {them}."),
            (false, true) => format!(
                "{refused_steps} {needs} a decision: nothing of this plan is applied until then; `--skip-refused` does the rest."
            ),
            (false, false) => {
                format!("{refused_steps} {needs} a decision: nothing of this plan is done until then.")
            }
        };
        let (needs, them) = if deferred == 1 { ("needs", "it") } else { ("need", "them") };
        let deferred_steps = count(deferred, "deferred step");
        let waits = format!(
            "{deferred_steps} {needs} only time: the rest is done without {them}, and a later run does {them}."
        );
        let (is, them) = if unseen == 1 { ("is", "it") } else { ("are", "them") };
        let unseen_steps = count(unseen, "deferred step");
        let blind =
            format!("{unseen_steps} {is} about what is not visible: the rest is done without {them}.");
        let (comes, they) = if blocked == 1 { ("comes", "it") } else { ("come", "them") };
        let blocked_steps = count(blocked, "deferred step");
        let after = format!(
            "{blocked_steps} {comes} after what is refused or deferred: a later run does {they}, once that is settled."
        );
        let cases =
            [(refused > 0, skipped), (deferred > 0, waits), (unseen > 0, blind), (blocked > 0, after)];
        cases.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect()
    }

    /// The keys that are moved, one that stands on several locations once.
    #[must_use]
    pub fn moves(&self) -> Vec<MoveGroup> {
        MoveGroup::all(&self.moved, &self.standing_on)
    }

    /// What is worth knowing, and not worth a step; what holds of several once.
    #[must_use]
    pub fn remarks(&self) -> Vec<NoteGroup> {
        NoteGroup::all(&self.notes, &self.standing_on)
    }

    /// What becomes of each product, those that are alike together, in the order in which they are read.
    #[must_use]
    pub fn groups(&self) -> Vec<BlockGroup<'a>> {
        BlockGroup::of(self.reading(), &self.standing_on)
    }

    /// What becomes of each product, one by one, in the order in which it is read: what needs attention first, then
    /// declaration by declaration, as the plan comes to them.
    #[must_use]
    pub fn reading(&self) -> Vec<Block<'a>> {
        let mut blocks: Vec<Block<'a>> = self.blocks().collect();
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for block in &blocks {
            first.entry(block.key).or_insert(block.number);
        }
        blocks.sort_by_key(|block| (block.urgency(), first.get(block.key).copied(), block.number));
        blocks
    }

    /// What becomes of each product, one by one, in the order of the plan: the members of all groups. A replacement is one
    /// block, which stands where its termination does, and so is an update that takes several operations. A block is made when
    /// it is asked for: a large plan has many.
    pub fn blocks(&self) -> impl Iterator<Item = Block<'a>> {
        self.strands().into_iter().filter_map(|steps| Block::of(&steps))
    }

    /// The steps of each block, in their order.
    fn strands(&self) -> Vec<Vec<&StepView<'a>>> {
        let mut strands: Vec<Vec<&StepView<'a>>> = Vec::new();
        let mut known: BTreeMap<(Act, &Address), usize> = BTreeMap::new();
        for (step, creation) in self.pairs() {
            let n = *known.entry((step.act, &step.step.address)).or_insert(strands.len());
            match strands.get_mut(n) {
                Some(steps) => steps.push(step),
                None => strands.push(std::iter::once(step).chain(creation).collect()),
            }
        }
        strands
    }

    /// Its steps, a termination with the creation that replaces what goes.
    pub(super) fn pairs(&self) -> Vec<(&StepView<'a>, Option<&StepView<'a>>)> {
        let creations = self.creations();
        let creation =
            |step: &StepView<'a>| creations.get(&step.step.address).copied().filter(|_| step.replacing);
        let first = self.steps.iter().filter(|step| !is_creation(step));
        first.map(|step| (step, creation(step))).collect()
    }

    /// The second halves of replacements.
    fn creations(&self) -> BTreeMap<&'a Address, &StepView<'a>> {
        let creations = self.steps.iter().filter(|step| is_creation(step));
        creations.map(|step| (&step.step.address, step)).collect()
    }
}

/// Where each declaration stands of which a plan says anything.
fn standing_on(plan: &Plan) -> BTreeMap<&str, BTreeSet<&str>> {
    let steps = plan.steps.iter().map(|step| &step.address);
    let noted = plan.notes.iter().map(|note| &note.address);
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for address in steps.chain(noted).chain(&plan.unchanged).chain(plan.renamed.keys()) {
        all.entry(address.key.as_str()).or_default().insert(plan.labels.location(&address.location));
    }
    all
}

/// Whether it is the second half of a replacement.
fn is_creation(step: &StepView<'_>) -> bool {
    step.replacing && step.act == Act::Provision
}

/// `1 failed, 2 blocked`: without what there is none of.
pub(super) fn counted<const N: usize>(parts: [(usize, &str); N]) -> String {
    let some = parts.into_iter().filter(|(n, _)| *n > 0);
    listed(some.map(|(n, what)| format!("{n} {what}")), usize::MAX)
}

impl BreachView {
    /// Of a plan that was made just now.
    #[must_use]
    pub fn of(breach: &Breach) -> Self {
        let Breach { planned, limit } = *breach;
        let hint = format!("if all of that is meant, `--max-terminate {planned}` allows it this once");
        Self { planned, limit, hint }
    }

    /// What is wrong, as the rest of a sentence about the plan.
    #[must_use]
    pub fn text(&self) -> String {
        let products = count(self.planned, "provisioned product");
        format!("it destroys {products}, and `guards.max_terminate` allows {}", self.limit)
    }
}

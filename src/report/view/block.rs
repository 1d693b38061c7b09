//! What becomes of one provisioned product: one step, the two halves of a replacement, or the operations of one update.

use super::cause::{Cause, causes};
use super::changes::changes;
use super::diff::Mark;
use super::own::{Own, Pattern};
use super::property::Property;
use super::resources::ResourcesView;
use super::step::StepView;
use super::values::ValuesView;
use crate::model::product::StackSetOperation;
use crate::plan::{Act, Action, Reason, Refusal, Step};

/// What becomes of one provisioned product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// The number of its first step, by which blocks stand in a plan.
    pub number: usize,
    /// The address as people write it.
    pub address: String,
    /// The key of the declaration.
    pub key: &'a str,
    /// What is done; a replacement is one act of two steps.
    pub act: Act,
    /// The same as the rest of a sentence that begins with the address. The last word says it all.
    pub fate: &'static str,
    /// What there is to say of the product itself.
    pub title: Title<'a>,
    /// Why.
    pub causes: Vec<Cause<'a>>,
    /// Of something new, all members; otherwise only those that change or may change.
    pub properties: Vec<Property>,
    /// What it does to resources, where that was asked for.
    pub resources: Option<ResourcesView<'a>>,
    /// How many stack instances go, with everything in them.
    pub instances_gone: usize,
    /// Why an update has no properties.
    pub aside: Option<&'static str>,
    /// Why it cannot or must not be done.
    pub refusal: Option<&'a Refusal>,
    /// Whom its texts are about.
    pub(super) own: Own,
    /// What they say of anybody.
    pub(super) pattern: Pattern,
}

/// What there is to say of a product itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// Its id, if it exists.
    pub id: Option<&'a str>,
    /// The ARN of the stack that becomes it.
    pub stack: Option<&'a str>,
    /// The product and the version that it is to be made from.
    pub product: Option<String>,
    /// The location as people write it.
    pub location: &'a str,
    /// The account's number; empty if nobody knows it yet.
    pub account: &'a str,
    /// Nothing that happens there is real.
    pub simulated: bool,
}

impl<'a> Block<'a> {
    /// Of one step; of a termination and the creation that follows it; or of several that do the same to one product, each with
    /// a part of that. Nothing of no step.
    pub(super) fn of(of: &[&StepView<'a>]) -> Option<Self> {
        let (first, last) = (of.first()?, of.last()?);
        let wanted = last.values();
        let preview = of.iter().find_map(|step| step.preview);
        let act = if first.act == last.act { first.act } else { Act::Replace };
        let steps: Vec<&Step> = of.iter().map(|step| step.step).collect();
        let properties = wanted.as_ref().map(|wanted| properties(act, &steps, wanted)).unwrap_or_default();
        let outside = |reason: &Reason| matches!(reason, Reason::Outside { .. });
        let (title, causes) = (title(first, wanted.as_ref()), causes(&steps));
        let own = own(first, &title);
        let pattern = own.pattern(texts(first.refusal, &causes));
        Some(Self {
            number: first.number,
            address: first.address.clone(),
            key: first.key,
            act,
            fate: fate(act, &steps),
            title,
            causes,
            aside: (act == Act::Update && properties.is_empty())
                .then(|| nothing_differs(steps.iter().any(|step| step.reasons.iter().any(outside)))),
            properties,
            instances_gone: steps.iter().map(|step| instances_gone(step)).sum(),
            resources: preview.map(ResourcesView::of),
            refusal: first.refusal,
            own,
            pattern,
        })
    }

    /// Whether two blocks say the same but for names, ids and values.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let rule = |of: &Self| of.refusal.map(|refusal| (refusal.rule, refusal.hint.is_some()));
        let causes = |of: &Self| of.causes.iter().map(|cause| cause.names.len()).collect::<Vec<_>>();
        (self.act, self.fate, self.aside, rule(self)) == (other.act, other.fate, other.aside, rule(other))
            && self.title.product == other.title.product
            && self.title.simulated == other.title.simulated
            && causes(self) == causes(other)
            && self.pattern.said == other.pattern.said
            && told(&self.resources).eq(told(&other.resources))
            && self.properties.iter().map(kind).eq(other.properties.iter().map(kind))
    }
}

/// Every pair of the accounts and regions that a stack set leaves.
pub(super) fn instances_gone(step: &Step) -> usize {
    let instances = step.spec().and_then(|spec| spec.instances.as_ref());
    let gone = instances.filter(|instances| instances.operation == StackSetOperation::Delete);
    gone.map_or(0, |gone| gone.accounts.len() * gone.regions.len())
}

/// Why it is done, or is not, text by text.
fn texts<'t>(refusal: Option<&'t Refusal>, causes: &'t [Cause<'_>]) -> impl Iterator<Item = &'t str> {
    let hint = refusal.and_then(|refusal| refusal.hint.as_deref());
    let refusal = refusal.map(|refusal| refusal.message.as_str());
    refusal.into_iter().chain(hint).chain(causes.iter().flat_map(Cause::texts))
}

fn own(of: &StepView<'_>, title: &Title<'_>) -> Own {
    Own::at(&[of.step.address.location.as_str(), of.location])
        .and("ACCOUNT", &[of.account])
        .and("REGION", &[of.region])
        .and("NAME", &[title.name.unwrap_or_default()])
}

/// What becomes of resources, whatever they are called where they are.
fn told<'v>(of: &'v Option<ResourcesView<'_>>) -> impl Iterator<Item = &'v str> {
    let lines = |one: &'v ResourcesView<'_>| {
        one.unknown.into_iter().chain(one.changes.iter().map(|change| change.text.as_str()))
    };
    of.iter().flat_map(lines)
}

fn kind(of: &Property) -> (&str, Mark) {
    (&of.key, of.mark)
}

fn fate(act: Act, steps: &[&Step]) -> &'static str {
    let may = steps.iter().all(|step| step.only_if_inputs_differ);
    let is_requested = |step: &&Step| step.reasons.contains(&Reason::Requested);
    let is_gone = |step: &&Step| matches!(step.action, Action::Forget { leaves: None });
    match act {
        Act::Provision => "will be created",
        Act::Update if may => "may be updated, if its inputs change",
        Act::Update => "will be updated in-place",
        Act::Replace if steps.first().is_some_and(is_requested) => "will be replaced, as requested",
        Act::Replace => "must be replaced",
        Act::Terminate => "will be destroyed",
        Act::Settle => "will be resumed",
        Act::Accept => "will be accepted as it is now",
        Act::Adopt => "will be imported",
        Act::Forget if steps.iter().any(is_gone) => "will be forgotten: its provisioned product is gone",
        Act::Forget => "will be forgotten, and its provisioned product left alone",
        Act::Remember => "will be remembered: only the state changes",
        Act::Refuse => "is refused",
        Act::Defer => "is deferred",
    }
}

fn nothing_differs(outside: bool) -> &'static str {
    if outside {
        "what was changed cannot be read: the declarations are applied once more"
    } else {
        "nothing differs from the declarations: they are applied once more"
    }
}

fn title<'a>(of: &StepView<'a>, wanted: Option<&ValuesView<'a>>) -> Title<'a> {
    let name = match &of.step.action {
        Action::Terminate(gone) => Some(gone.name.as_str()),
        Action::Settle(intent, _) => intent.content.as_ref().map(|content| content.target.name.as_str()),
        _ => wanted.map(|wanted| wanted.target.name.as_str()),
    };
    let name = name.or(of.concern.map(|concern| concern.name.as_str()));
    let product = wanted.map(|wanted| format!("{} {}", wanted.target.product.name, wanted.version()));
    let product =
        product.or_else(|| of.concern.map(|concern| format!("{} {}", concern.product, concern.version)));
    Title {
        name,
        id: of.id,
        stack: of.stack,
        product,
        location: of.location,
        account: of.account,
        simulated: of.simulated,
    }
}

/// Everything of what is made anew, unless it only replaces something else and that differs; otherwise what changes.
fn properties(act: Act, steps: &[&Step], wanted: &ValuesView<'_>) -> Vec<Property> {
    match act {
        Act::Provision => wanted.properties(),
        Act::Accept | Act::Adopt => changes(steps, wanted),
        Act::Update | Act::Replace => {
            let failed = |reason: &Reason| matches!(reason, Reason::FailedCreation { .. });
            let anew = act == Act::Replace || steps.iter().any(|step| step.reasons.iter().any(failed));
            let changes = changes(steps, wanted);
            if changes.is_empty() && anew { wanted.properties() } else { changes }
        }
        Act::Terminate | Act::Settle | Act::Forget | Act::Remember | Act::Refuse | Act::Defer => Vec::new(),
    }
}

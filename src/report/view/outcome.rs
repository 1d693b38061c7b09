//! What a product is before a plan and after it, whole: for readers that compare two sides by themselves, such as policies. Where the
//! state is at hand it says what there was, and the plan's own reasons have the last word; otherwise they alone tell.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::plan::PlanView;
use super::property::redacted;
use super::state::RowView;
use super::step::StepView;
use super::values::{ParameterView, ValuesView};
use crate::model::target::Target;
use crate::plan::{Act, Action, Reason, Sending, Shown};
use crate::state::Kind;

/// What becomes of one product, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeView<'a> {
    /// The address as people write it.
    pub address: Cow<'a, str>,
    /// The address that it had, where its key is moved.
    pub previous: Option<&'a str>,
    /// The region; empty where nobody knows it.
    pub region: &'a str,
    /// What is done; nothing where all is as it should be.
    pub act: Option<Act>,
    /// Why; of a replacement, why it goes.
    pub reasons: Vec<Cow<'a, Reason>>,
    /// What it is.
    pub before: Option<Side<'a>>,
    /// What it is to be.
    pub after: Option<Side<'a>>,
    /// What is taken as it is: the id of the product, or the ARN of the stack.
    pub imports: Option<&'a str>,
}

/// A product on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side<'a> {
    /// Its id, where it has one by then.
    pub id: Option<&'a str>,
    /// Its name; empty where nobody knows it.
    pub name: &'a str,
    /// What it is made from, where that is known.
    pub target: Option<Cow<'a, Target>>,
    /// Every parameter in force.
    pub parameters: BTreeMap<Cow<'a, str>, ParameterView>,
    /// The declared tags.
    pub tags: BTreeMap<Cow<'a, str>, Shown>,
}

impl<'a> Side<'a> {
    fn bare(id: Option<&'a str>, name: &'a str) -> Self {
        Self { id, name, target: None, parameters: BTreeMap::new(), tags: BTreeMap::new() }
    }

    fn of(values: ValuesView<'a>, id: Option<&'a str>) -> Self {
        let parameters = values.parameters.into_iter();
        let tags = values.tags.into_iter();
        Self {
            id,
            name: &values.target.name,
            target: Some(Cow::Borrowed(values.target)),
            parameters: parameters.map(|(key, one)| (Cow::Borrowed(key), one)).collect(),
            tags: tags.map(|(key, one)| (Cow::Borrowed(key), one)).collect(),
        }
    }

    /// The same as it was before what a reason tells.
    fn undo(&mut self, reason: &'a Reason) {
        match reason {
            Reason::Parameter { key, before, .. } => self.set(key, before),
            Reason::Tag { key, before, .. } => self.tag(key, before),
            Reason::Drifted { key, applied, there } => {
                let (_, there) = redacted(applied, there);
                match key.strip_prefix("tags.") {
                    Some(key) => self.tag(key, &there),
                    None => self.set(key, &there),
                }
            }
            Reason::Version { before, .. } => self.target(|target| target.artifact = before.clone()),
            Reason::Product { before, .. } => self.target(|target| target.product = before.clone()),
            Reason::Path { before, .. } => self.target(|target| target.path.name.clone_from(before)),
            Reason::Preferences { before, .. } => {
                self.target(|target| target.options.preferences.clone_from(before));
            }
            _ => {}
        }
    }

    fn target(&mut self, change: impl FnOnce(&mut Target)) {
        if let Some(target) = &mut self.target {
            change(target.to_mut());
        }
    }

    fn set(&mut self, key: &'a str, value: &Shown) {
        if *value == Shown::Absent {
            self.parameters.remove(key);
            return;
        }
        let one = ParameterView { value: value.clone(), sent: Sending::Value, label: None, group: None };
        self.parameters.insert(Cow::Borrowed(key), one);
    }

    fn tag(&mut self, key: &'a str, value: &Shown) {
        match value {
            Shown::Absent => drop(self.tags.remove(key)),
            value => drop(self.tags.insert(Cow::Borrowed(key), value.clone())),
        }
    }

    /// What is sensitive on one side is not told on the other either.
    fn redact(&mut self, other: &mut Self) {
        for (key, one) in &mut self.parameters {
            if let Some(other) = other.parameters.get_mut(key) {
                (one.value, other.value) = redacted(&one.value, &other.value);
            }
        }
    }

    fn hide<'k>(&mut self, keys: impl IntoIterator<Item = &'k String>) {
        for key in keys {
            if let Some(one) = self.parameters.get_mut(key.as_str()) {
                one.value = Shown::Sensitive;
            }
        }
    }
}

impl<'a> RowView<'a> {
    /// What is there, as far as it is remembered.
    #[must_use]
    pub fn side(&self) -> Option<Side<'a>> {
        let id = self.binding.map(|binding| binding.id.as_str());
        match &self.applied {
            Some(applied) => Some(Side::of(applied.values.clone(), id)),
            None => self.binding.map(|binding| Side::bare(id, &binding.name)),
        }
    }
}

impl<'a> OutcomeView<'a> {
    /// Of one step; or of a termination and the creation that follows it.
    fn of(first: &StepView<'a>, creation: Option<&StepView<'a>>, row: Option<&RowView<'a>>) -> Self {
        let wanted = creation.unwrap_or(first).values();
        let held = row.and_then(RowView::side);
        let act = if creation.is_some() { Act::Replace } else { first.act };
        let id = first.id.or_else(|| held.as_ref().and_then(|held| held.id));
        let (mut before, mut after) = match (act, &first.step.action) {
            (Act::Provision, _) => (None, wanted.map(|wanted| Side::of(wanted, None))),
            (Act::Update, _) => {
                let wanted = wanted.map(|wanted| Side::of(wanted, id));
                (held.or_else(|| wanted.clone()), wanted)
            }
            (Act::Replace | Act::Terminate, Action::Terminate(gone)) => {
                let bare = || Side::bare(Some(gone.id.as_str()), &gone.name);
                (held.or_else(|| Some(bare())), wanted.map(|wanted| Side::of(wanted, None)))
            }
            (Act::Forget, _) => (held.or_else(|| id.map(|id| Side::bare(Some(id), ""))), None),
            (Act::Adopt | Act::Accept, _) => {
                let is = wanted.map(|wanted| Side::of(wanted, id));
                (is.clone(), is)
            }
            (Act::Settle, Action::Settle(intent, _)) if !ends(intent.kind) => {
                let is = wanted.map(|wanted| Side::of(wanted, id)).or(held);
                (is.clone(), is)
            }
            _ => (held.clone(), held),
        };
        let reasons: Vec<Cow<'a, Reason>> = first.step.reasons.iter().map(Cow::Borrowed).collect();
        if matches!(act, Act::Update | Act::Replace | Act::Terminate)
            && let Some(before) = &mut before
        {
            first.step.reasons.iter().for_each(|reason| before.undo(reason));
        }
        for side in before.iter_mut().chain(&mut after) {
            side.hide(&first.step.sensitive_parameters);
        }
        if let (Some(before), Some(after)) = (&mut before, &mut after) {
            before.redact(after);
        }
        let imports = (act == Act::Adopt).then_some(first.id.or(first.stack)).flatten();
        let address = Cow::Owned(first.address.clone());
        Self {
            address,
            previous: None,
            region: first.region,
            act: Some(act),
            reasons,
            before,
            after,
            imports,
        }
    }

    /// The same after another step on it, such as one for each kind of stack instances that come or go. One that is refused or
    /// deferred leaves what there is by then.
    fn then(&mut self, next: Self) {
        let is_idle = |act: Option<Act>| matches!(act, None | Some(Act::Refuse | Act::Defer));
        self.reasons.extend(next.reasons);
        if is_idle(self.act) || !is_idle(next.act) {
            self.act = next.act;
            self.after = next.after;
        }
    }

    /// Of what is as it should be.
    fn unchanged(address: &'a str, row: Option<&RowView<'a>>) -> Self {
        let held = row.and_then(RowView::side);
        Self {
            address: Cow::Borrowed(address),
            previous: None,
            region: row.map(|row| row.region).unwrap_or_default(),
            act: None,
            reasons: Vec::new(),
            before: held.clone(),
            after: held,
            imports: None,
        }
    }
}

/// Whether nothing is to be there when it is over.
fn ends(kind: Kind) -> bool {
    matches!(kind, Kind::Terminate | Kind::Retain)
}

impl<'a> PlanView<'a> {
    /// What becomes of every product that the plan knows of, whole, by address: one entry each, a replacement included.
    #[must_use]
    pub fn outcomes(&'a self) -> Vec<OutcomeView<'a>> {
        let rows: BTreeMap<&str, &RowView<'a>> =
            self.rows.iter().map(|row| (row.address.as_str(), row)).collect();
        let came: BTreeMap<&str, &str> =
            self.moved.iter().map(|one| (one.to.as_str(), one.from.as_str())).collect();
        let row = |address: &str| {
            let from = came.get(address).copied().unwrap_or(address);
            rows.get(from).or_else(|| rows.get(address)).copied()
        };
        let pairs = self.pairs();
        let steps =
            pairs.iter().map(|(first, creation)| OutcomeView::of(first, *creation, row(&first.address)));
        let rest = self.unchanged.iter().map(|address| OutcomeView::unchanged(address, row(address)));
        let mut each: Vec<OutcomeView<'a>> = steps.chain(rest).collect();
        each.sort_by(|one, other| one.address.cmp(&other.address));
        let mut all: Vec<OutcomeView<'a>> = Vec::new();
        for mut one in each {
            one.previous = came.get(&*one.address).copied();
            match all.last_mut().filter(|last| last.address == one.address) {
                Some(last) => last.then(one),
                None => all.push(one),
            }
        }
        all
    }
}

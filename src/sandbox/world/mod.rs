//! One account's provisioned products, records and plans in one region. Pure: time comes in, every change goes
//! out through `outbox` as an `Entry`, and replaying entries gives the same world again.

mod entity;
mod exports;
mod index;
mod stacks;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(crate) use entity::{
    After, Deployed, Entry, Instance, Output, Pending, Plan, PlanDetail, PlannedChange, Principal,
    ProvisionedProduct, Record, RecordEnd, RecordError, RetainedStack, State, Status, Timeline,
};
pub(crate) use exports::Export;
pub(crate) use index::{Cursor, Order, Sort, page_of};
pub(crate) use stacks::StackState;

use crate::clock::Millis;

/// The world of one account and region.
#[derive(Default)]
pub(crate) struct World {
    provisioned: BTreeMap<String, ProvisionedProduct>,
    by_name: BTreeMap<String, String>,
    by_token: BTreeSet<(String, String)>,
    ending: BTreeSet<(Millis, String)>,
    records: Vec<Record>,
    record_index: HashMap<String, usize>,
    history: HashMap<String, Vec<usize>>,
    tokens: HashMap<(String, String), usize>,
    plans: BTreeMap<String, Plan>,
    plan_endings: BTreeSet<(Millis, String)>,
    stacks: BTreeMap<String, RetainedStack>,
    /// ProvisionedProduct products that export something, or will.
    exporting: BTreeSet<String>,
    /// Those that were associated by a call.
    principals: BTreeSet<Principal>,
    outbox: Vec<Entry>,
}

impl World {
    /// Brings every operation that is over by `now` to its end.
    pub(crate) fn advance(&mut self, now: Millis) {
        while let Some((ends, id)) = self.ending.first().cloned() {
            if ends > now {
                break;
            }
            self.ending.remove(&(ends, id.clone()));
            self.settle(&id);
        }
        while let Some((ends, id)) = self.plan_endings.first().cloned() {
            if ends > now {
                break;
            }
            self.plan_endings.remove(&(ends, id.clone()));
            if let Some(plan) = self.plans.get_mut(&id) {
                plan.settle();
            }
        }
    }

    fn settle(&mut self, id: &str) {
        let Some(product) = self.provisioned.get_mut(id) else {
            return;
        };
        let Some(pending) = product.pending.take() else {
            return;
        };
        match pending.after {
            Some(after) => product.state = product.state.clone().settled(after),
            None => self.forget(id),
        }
    }

    fn forget(&mut self, id: &str) {
        let Some(product) = self.provisioned.remove(id) else {
            return;
        };
        self.unindex(&product);
        if self.by_name.get(&product.name).is_some_and(|holder| holder == id) {
            self.by_name.remove(&product.name);
        }
        self.exporting.remove(id);
        self.plans.retain(|_, plan| plan.provisioned_id != id);
    }

    fn unindex(&mut self, product: &ProvisionedProduct) {
        let id = || product.id.clone();
        self.by_token.remove(&(product.token.clone(), id()));
        if let Some(ends) = product.pending.as_ref().and_then(|pending| pending.ends) {
            self.ending.remove(&(ends, id()));
        }
    }

    /// Changes the world and remembers the change for the journal.
    pub(crate) fn put(&mut self, entry: Entry) {
        self.apply(entry.clone());
        self.outbox.push(entry);
    }

    /// Takes the changes made since the last call.
    pub(crate) fn take_outbox(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.outbox)
    }

    /// Applies a change that the journal holds already.
    pub(crate) fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Provisioned(product) => self.apply_provisioned(*product),
            Entry::Record(record) => self.apply_record(*record),
            Entry::Plan(plan) => self.apply_plan(*plan),
            Entry::Gone(id) => self.forget(&id),
            Entry::PlanGone(id) => {
                self.plans.remove(&id);
            }
            Entry::StackGone(id) => {
                self.stacks.remove(&id);
            }
            Entry::Stack(stack) => {
                self.stacks.insert(stack.id.clone(), *stack);
            }
            Entry::Principal(principal) => {
                self.principals.insert(principal);
            }
            Entry::PrincipalGone(principal) => {
                self.principals.remove(&principal);
            }
        }
    }

    fn apply_provisioned(&mut self, product: ProvisionedProduct) {
        if let Some(old) = self.provisioned.remove(&product.id) {
            self.unindex(&old);
        }
        let id = || product.id.clone();
        if let Some(ends) = product.pending.as_ref().and_then(|pending| pending.ends) {
            self.ending.insert((ends, id()));
        }
        self.by_name.insert(product.name.clone(), id());
        self.by_token.insert((product.token.clone(), id()));
        self.provisioned.insert(id(), product);
    }

    fn apply_record(&mut self, record: Record) {
        if matches!(&record.end, RecordEnd::Succeeded { outputs } if outputs.iter().any(|it| it.export.is_some()))
        {
            self.exporting.insert(record.provisioned_id.clone());
        }
        if let Some(&at) = self.record_index.get(&record.id) {
            if let Some(slot) = self.records.get_mut(at) {
                *slot = record;
            }
            return;
        }
        let at = self.records.len();
        self.record_index.insert(record.id.clone(), at);
        self.history.entry(record.provisioned_id.clone()).or_default().push(at);
        self.tokens.insert((record.operation.clone(), record.token.clone()), at);
        self.records.push(record);
    }

    fn apply_plan(&mut self, plan: Plan) {
        if let Some(ends) = self.plans.get(&plan.id).and_then(|old| old.ends) {
            self.plan_endings.remove(&(ends, plan.id.clone()));
        }
        if let Some(ends) = plan.ends {
            self.plan_endings.insert((ends, plan.id.clone()));
        }
        self.plans.insert(plan.id.clone(), plan);
    }

    pub(crate) fn provisioned(&self, id: &str) -> Option<&ProvisionedProduct> {
        self.provisioned.get(id)
    }

    pub(crate) fn provisioned_named(&self, name: &str) -> Option<&ProvisionedProduct> {
        self.provisioned.get(self.by_name.get(name)?)
    }

    pub(crate) fn count(&self) -> usize {
        self.provisioned.len()
    }

    /// All of them, by id.
    pub(crate) fn all_provisioned(&self) -> impl Iterator<Item = &ProvisionedProduct> {
        self.provisioned.values()
    }

    pub(crate) fn record(&self, id: &str) -> Option<&Record> {
        self.records.get(*self.record_index.get(id)?)
    }

    /// The record of an earlier call with this token.
    pub(crate) fn record_of_token(&self, operation: &str, token: &str) -> Option<&Record> {
        self.records.get(*self.tokens.get(&(operation.to_owned(), token.to_owned()))?)
    }

    /// All records, oldest first, with their places.
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    /// The places of one provisioned product's records, oldest first.
    pub(crate) fn record_places(&self, provisioned_id: &str) -> &[usize] {
        self.history.get(provisioned_id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn plan(&self, id: &str) -> Option<&Plan> {
        self.plans.get(id)
    }

    pub(crate) fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.plans.values()
    }

    pub(crate) fn stacks(&self) -> impl Iterator<Item = &RetainedStack> {
        self.stacks.values()
    }

    pub(crate) fn principals(&self) -> impl Iterator<Item = &Principal> {
        self.principals.iter()
    }

    /// Every entity as it stands: what a compacted journal holds.
    pub(crate) fn snapshot(&self) -> impl Iterator<Item = Entry> {
        let records = self.records.iter().map(|record| Entry::Record(Box::new(record.clone())));
        let products = self.provisioned.values().map(|product| Entry::Provisioned(Box::new(product.clone())));
        let plans = self.plans.values().map(|plan| Entry::Plan(Box::new(plan.clone())));
        let stacks = self.stacks.values().map(|stack| Entry::Stack(Box::new(stack.clone())));
        let principals = self.principals.iter().cloned().map(Entry::Principal);
        records.chain(products).chain(plans).chain(stacks).chain(principals)
    }

    /// How many entities a compacted journal would hold.
    pub(crate) fn size(&self) -> usize {
        let principals = self.principals.len();
        self.records.len() + self.provisioned.len() + self.plans.len() + self.stacks.len() + principals
    }
}

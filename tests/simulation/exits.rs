//! What exit 0 promises, and what a plan has to tell: of the world as it is at that moment, whoever else is at work.

use std::collections::{BTreeMap, BTreeSet};

use provisor::model::access::AccessLevel;
use provisor::plan::{Action, Plan};
use provisor::state::Recorded;

use super::check::difference;
use super::fault::Fault;
use super::ghosts::{Entry, Product};
use super::others::{is_stray, knows};
use super::ports::Sim;
use super::story::{Config, name_of};
use super::world::World;

/// After exit 0: all is as declared, or was changed by somebody else after our last look at it (I13).
pub fn kept(sim: &Sim, recorded: &Recorded, config: &Config, began: i64) {
    let copies = sim.fired.borrow().iter().any(|(_, fault)| *fault == Fault::Duplicate);
    let world = sim.world.borrow();
    if copies {
        return;
    }
    let alive = alive(&world);
    let excused = excused(sim, recorded, &world, began);
    for key in
        config.keys().copied().filter(|key| !reach(config, key).iter().any(|key| excused.contains(key)))
    {
        if let Some(why) = difference(&alive, config, key) {
            sim.breaks("I13", format!("exit 0, and {why}"));
        }
    }
    let ours = world.products.values().filter(|one| one.alive && !is_stray(recorded, one));
    for product in ours.filter(|one| one.token.is_some()) {
        if !config.keys().any(|key| name_of(key) == product.name) {
            sim.breaks("I13", format!("exit 0, and {} ({}) is there still", product.id, product.name));
        }
    }
}

/// The products that are there, by name, whoever made them.
pub fn alive(world: &World) -> BTreeMap<&str, &Product> {
    let alive = world.products.values().filter(|product| product.alive);
    alive.map(|product| (product.name.as_str(), product)).collect()
}

/// A declaration, and all that it is filled from.
fn reach(config: &Config, key: &'static str) -> BTreeSet<&'static str> {
    let mut reached = BTreeSet::from([key]);
    let mut next = vec![key];
    while let Some(declared) = next.pop().and_then(|key| config.get(key)) {
        next.extend(declared.needs().filter(|need| reached.insert(*need)));
    }
    reached
}

/// What somebody else has changed since we looked at it; below the account, since whenever.
fn excused<'w>(sim: &Sim, recorded: &Recorded, world: &'w World, began: i64) -> BTreeSet<&'w str> {
    let looked = sim.looked.borrow();
    let sees_all = sim.level.get() == AccessLevel::Account;
    let is_late = |entry: &&Entry| {
        let last = looked.get(&entry.name).copied().unwrap_or_default().max(began);
        let is_theirs = entry.token.as_ref().is_none_or(|token| !knows(recorded, token));
        is_theirs && entry.created > last || !sees_all && entry.token.is_none()
    };
    let late = world.ghosts.iter().filter(is_late);
    late.filter_map(|entry| entry.name.strip_prefix("pp-of-")).collect()
}

/// What this very state made and does not know is named by every plan, unless something strikes before it is made.
pub fn noticed(sim: &Sim, recorded: &Recorded, plan: &Plan) {
    let struck = sim.fired.borrow().iter().any(|(step, _)| *step >= sim.run_began.get());
    if struck || sim.level.get() != AccessLevel::Account || plan.steps.is_empty() && plan.unchanged.is_empty()
    {
        return;
    }
    let own = recorded.lineage.as_str();
    let made = sim.others.lineages.borrow();
    let world = sim.world.borrow();
    let strays = world.products.values().filter(|one| one.alive && is_stray(recorded, one));
    for product in strays {
        let Some(token) = &product.shown_token else { continue };
        let is_own = made.get(token).is_some_and(|lineage| lineage.as_str() == own);
        if is_own && !names(plan, product) {
            sim.breaks(
                "A",
                format!(
                    "{} ({}) is of this state, and the plan says nothing of it",
                    product.id, product.name
                ),
            );
        }
    }
}

fn names(plan: &Plan, product: &Product) -> bool {
    let id = product.id.as_str();
    let told = |action: &Action| match action {
        Action::Refused(refusal) => refusal.message.contains(id),
        Action::Adopt(adoption) => adoption.id.as_str() == id,
        _ => false,
    };
    plan.notes.iter().any(|note| note.text.contains(id)) || plan.steps.iter().any(|step| told(&step.action))
}

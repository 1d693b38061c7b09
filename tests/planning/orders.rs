//! Order as a property of random plans: rows with and without declarations, replaced, tainted, gone, in motion, interrupted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use provisor::model::ids::Address;
use provisor::plan::{Action, Plan, Rule, Step, StepIx};

use super::fixture::{Given, address, render};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Nine keys; each may have a row, a declaration, both or neither; all need keys with lower numbers only.
fn random(seed: u64) -> Given {
    let mut dice = Dice(seed);
    let (mut yaml, mut rows, mut world, mut replace) =
        ("provisioned_products:\n".to_owned(), String::new(), String::new(), Vec::new());
    let mut declared: Vec<usize> = Vec::new();
    let mut recorded: Vec<usize> = Vec::new();
    for n in 0..9 {
        let key = format!("k{}", (n * 4) % 9);
        let mut some = |of: &[usize]| of.iter().copied().filter(|_| dice.roll(3) == 0).collect::<Vec<_>>();
        let keys =
            |of: Vec<usize>| of.iter().map(|m| format!("k{}", (m * 4) % 9)).collect::<Vec<_>>().join(",");
        let (needs, after) = (keys(some(&declared)), keys(some(&recorded)));
        let (has_row, is_declared) = (dice.roll(4) > 0, dice.roll(3) > 0);
        if is_declared {
            declared.push(n);
            let _ = writeln!(
                yaml,
                "  {key}: {{product_name: vpc, provisioning_artifact_name: v1, depends_on: [{needs}]}}"
            );
        }
        if has_row {
            recorded.push(n);
            let after = if after.is_empty() { String::new() } else { format!("after:{after}") };
            let open = if dice.roll(8) == 0 { ["updating", "terminating=rec-9"][dice.roll(2)] } else { "" };
            let _ = writeln!(rows, "{key} vpc/v1 Cidr=10.0.0.0/16 Zones=a,b {after} {open}");
            let status =
                ["tainted", "changing", "error", "available", "available", "available"][dice.roll(6)];
            if open.is_empty() {
                let _ = writeln!(world, "is pp-{key} {status}");
            }
            if dice.roll(3) == 0 {
                replace.push(key);
            }
        }
    }
    let flags = if replace.is_empty() { String::new() } else { format!("--replace {}", replace.join(",")) };
    let yaml = if declared.is_empty() { super::NOTHING.to_owned() } else { yaml };
    Given::new(&flags, &yaml, &rows, &world)
}

fn is_end(step: &Step) -> bool {
    matches!(step.action, Action::Terminate(_) | Action::Forget { .. })
}

/// The place of an address's last step.
fn last(plan: &Plan) -> BTreeMap<&Address, StepIx> {
    plan.numbered().map(|(ix, step)| (&step.address, ix)).collect()
}

/// All steps that a step waits for, directly or not.
fn before(plan: &Plan, ix: StepIx) -> BTreeSet<StepIx> {
    let mut found = BTreeSet::new();
    let mut open = vec![ix];
    while let Some(at) = open.pop() {
        open.extend(plan.step(at).unwrap().after.iter().filter(|one| found.insert(**one)));
    }
    found
}

fn waits(given: &Given, plan: &Plan, ix: StepIx, step: &Step) -> Result<(), String> {
    let waited = before(plan, ix);
    let last = last(plan);
    if step.after.iter().any(|one| *one >= ix) {
        return Err("waits for a later step".to_owned());
    }
    if matches!(step.action, Action::Settle(..)) {
        return if step.after.is_empty() { Ok(()) } else { Err("what was interrupted waits".to_owned()) };
    }
    let dependents = given.recorded.rows.iter().filter(|(_, row)| {
        given.recorded.birth(&step.address).is_some_and(|birth| row.after.contains(&birth))
    });
    for (dependent, row) in dependents.filter(|_| is_end(step)) {
        let Some(its) = last.get(dependent).copied() else { continue };
        let replaced = matches!(&step.action, Action::Terminate(t) if t.replacing);
        let ends =
            plan.numbered().find(|(_, one)| one.address == *dependent && is_end(one)).map(|(ix, _)| ix);
        // what can end only after the new one is there cannot be waited for
        let ends =
            ends.filter(|end| last.get(&step.address).is_none_or(|new| !before(plan, *end).contains(new)));
        let awaited = if replaced { ends } else { Some(its) };
        if awaited.is_some_and(|awaited| !waited.contains(&awaited)) {
            return Err(format!("does not wait for {dependent}, made after it"));
        }
        let makes = row.intent.as_ref().is_some_and(|intent| intent.content.is_some());
        if makes && !replaced && matches!(step.action, Action::Terminate(_)) {
            return Err(format!("goes although {dependent} may yet be made"));
        }
    }
    if matches!(step.action, Action::Provision(_) | Action::Update(..)) {
        // nothing here is filled from another: what is refused and at rest holds nobody up
        let rests = |its: &StepIx| match &plan.step(*its).unwrap().action {
            Action::Refused(refusal) => refusal.rule == Rule::ErrorStatus,
            _ => false,
        };
        let missing = step
            .needs
            .iter()
            .find(|need| last.get(need).is_some_and(|its| !rests(its) && !waited.contains(its)));
        return missing.map_or(Ok(()), |need| Err(format!("does not wait for {need}, which it needs")));
    }
    Ok(())
}

#[test]
fn every_step_waits_for_what_it_must() {
    let mut steps = 0;
    for seed in 0..400 {
        let given = random(seed);
        let plan = given.plan().unwrap();
        steps += plan.steps.len();
        for (ix, step) in plan.numbered() {
            if let Err(why) = waits(&given, &plan, ix, step) {
                panic!(
                    "seed {seed}: {}: {why}\n{}\n{:?}",
                    step.address,
                    render::plan(&plan),
                    given.recorded.rows
                );
            }
        }
        let told: BTreeSet<&Address> =
            plan.steps.iter().map(|step| &step.address).chain(&plan.unchanged).collect();
        assert_eq!(told.len(), 9 - silent(&given), "seed {seed}:\n{}", render::plan(&plan));
    }
    assert!(steps > 2000, "{steps}");
}

/// Keys with neither row nor declaration: nothing is said of them.
fn silent(given: &Given) -> usize {
    let desired = given.desired().unwrap();
    let known = |n: &usize| {
        let address = address(&format!("k{n}"));
        desired.products.contains_key(&address) || given.recorded.rows.contains_key(&address)
    };
    9 - (0..9).filter(known).count()
}

#[test]
fn refusals_are_of_the_rules_that_these_plans_can_break() {
    let rules: BTreeSet<Rule> = (0..400)
        .flat_map(|seed| random(seed).plan().unwrap().steps)
        .filter_map(|step| match step.action {
            Action::Refused(refusal) => Some(refusal.rule),
            _ => None,
        })
        .collect();
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), [Rule::InMotion, Rule::ErrorStatus, Rule::Blocked]);
}

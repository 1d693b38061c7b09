//! The accounts and regions of a stack set: its instances come and go by operations of their own, each on every pair of some
//! accounts and some regions. Pure; whether they are to come or go is decided elsewhere.

use std::collections::BTreeSet;

use super::{Instances, Reason, Spec};
use crate::catalog::StackSet;
use crate::model::product::{Preferences, StackSetOperation};

/// One of the operations that an update takes.
pub(super) struct UpdatePart {
    pub spec: Spec,
    pub reasons: Vec<Reason>,
    pub only_if_inputs_differ: bool,
}

/// Accounts and regions, the constraint's where none are named.
#[derive(Clone)]
struct Reach {
    accounts: BTreeSet<String>,
    regions: BTreeSet<String>,
}

impl Reach {
    fn of(preferences: Option<&Preferences>, allowed: &StackSet) -> Self {
        let chosen = |wanted: Option<&Vec<String>>, all: &[String]| -> BTreeSet<String> {
            wanted.filter(|wanted| !wanted.is_empty()).map_or(all, Vec::as_slice).iter().cloned().collect()
        };
        Self {
            accounts: chosen(preferences.map(|p| &p.accounts), &allowed.accounts),
            regions: chosen(preferences.map(|p| &p.regions), &allowed.regions),
        }
    }
}

/// The operations of an update, in order: what else differs first, on the instances there are; then accounts come and
/// go, then regions. After each, what is applied is every pair of some accounts and regions again, and there is always one.
pub(super) fn operations(
    update: UpdatePart,
    before: Option<&Preferences>,
    allowed: &StackSet,
) -> Vec<UpdatePart> {
    let wanted = update.spec.target.options.preferences.as_ref();
    let (from, to) = (Reach::of(before, allowed), Reach::of(wanted, allowed));
    let moves = moves(&from, &to);
    let Some(last) = moves.len().checked_sub(1) else { return vec![update] };
    let UpdatePart { spec, reasons, .. } = update;
    let other: Vec<Reason> =
        reasons.into_iter().filter(|reason| !matches!(reason, Reason::Preferences { .. })).collect();
    let mut all = Vec::new();
    if !other.is_empty() {
        all.push(UpdatePart {
            spec: spec.with_preferences(before.cloned()),
            only_if_inputs_differ: other.iter().all(|reason| matches!(reason, Reason::InputMayChange { .. })),
            reasons: other,
        });
    }
    let mut was = before.cloned();
    for (n, (instances, reach)) in moves.into_iter().enumerate() {
        let wanted = spec.target.options.preferences.as_ref();
        let becomes = if n == last { wanted.cloned() } else { Some(reach.preferences(wanted)) };
        all.push(UpdatePart {
            reasons: vec![Reason::Preferences { before: was, after: becomes.clone() }],
            spec: Spec { instances: Some(instances), ..spec.with_preferences(becomes.clone()) },
            only_if_inputs_differ: false,
        });
        was = becomes;
    }
    all
}

impl Spec {
    fn with_preferences(&self, preferences: Option<Preferences>) -> Self {
        let mut spec = self.clone();
        spec.target.options.preferences = preferences;
        spec
    }
}

impl Reach {
    /// As it is written down between two operations.
    fn preferences(self, wanted: Option<&Preferences>) -> Preferences {
        let (accounts, regions) = (self.accounts.into_iter().collect(), self.regions.into_iter().collect());
        Preferences { accounts, regions, ..wanted.cloned().unwrap_or_default() }
    }
}

/// What comes and goes, and what there is after it.
fn moves(from: &Reach, to: &Reach) -> Vec<(Instances, Reach)> {
    use StackSetOperation::{Create, Delete};
    let all = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.union(other).cloned().collect();
    let wider = Reach { accounts: all(&from.accounts, &to.accounts), regions: from.regions.clone() };
    let moved = Reach { accounts: to.accounts.clone(), regions: from.regions.clone() };
    let longer = Reach { accounts: to.accounts.clone(), regions: all(&from.regions, &to.regions) };
    let less = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect();
    let list = |texts: &BTreeSet<String>| texts.iter().cloned().collect::<Vec<_>>();
    let steps: [(_, Vec<String>, Vec<String>, Reach); 4] = [
        (Create, less(&to.accounts, &from.accounts), list(&from.regions), wider),
        (Delete, less(&from.accounts, &to.accounts), list(&from.regions), moved),
        (Create, list(&to.accounts), less(&to.regions, &from.regions), longer),
        (Delete, list(&to.accounts), less(&from.regions, &to.regions), to.clone()),
    ];
    let real =
        steps.into_iter().filter(|(_, accounts, regions, _)| !accounts.is_empty() && !regions.is_empty());
    real.map(|(operation, accounts, regions, reach)| (Instances { operation, accounts, regions }, reach))
        .collect()
}

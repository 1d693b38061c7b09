//! One expression of a template's rules with the values that will be in force: three-valued, since what hangs on something
//! unknown is held against nobody. Bounded in all by the steps that one run may take.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::RuleExpression;

/// So many expressions are judged in one run; beyond it, whatever is asked is unknown.
const STEPS: usize = 10_000_000;

/// What an expression comes to.
#[derive(Clone, Debug)]
pub(super) enum Worth<'a> {
    /// Not known here, or not yet.
    Unknown,
    /// A text, or a truth value as the text it is.
    Text(&'a str),
    /// The items of a list.
    List(Vec<Worth<'a>>),
}

/// How much was judged so far.
#[derive(Debug, Default)]
pub(super) struct Effort(usize);

/// Judges the rules of one product.
pub(super) struct Judge<'a, 'e> {
    /// What is referred to: parameters and pseudo parameters.
    pub values: BTreeMap<&'a str, Worth<'a>>,
    /// Shared by all products of a run.
    pub effort: &'e mut Effort,
}

impl Effort {
    fn spend(&mut self, steps: usize) -> bool {
        self.0 = self.0.saturating_add(steps);
        !self.is_spent()
    }

    /// Whether nothing more is judged.
    pub fn is_spent(&self) -> bool {
        self.0 > STEPS
    }
}

impl<'a> Judge<'a, '_> {
    /// Whether an expression holds, if that is known.
    pub fn holds(&mut self, expression: &'a RuleExpression) -> Option<bool> {
        match self.worth(expression) {
            Worth::Text("true") => Some(true),
            Worth::Text("false") => Some(false),
            Worth::Text(_) | Worth::List(_) | Worth::Unknown => None,
        }
    }

    fn worth(&mut self, expression: &'a RuleExpression) -> Worth<'a> {
        if !self.effort.spend(1) {
            return Worth::Unknown;
        }
        match expression {
            RuleExpression::Text(text) => Worth::Text(text),
            RuleExpression::List(items) => Worth::List(items.iter().map(|item| self.worth(item)).collect()),
            RuleExpression::Ref(name) => self.value(name),
            RuleExpression::If(parts) => {
                let [condition, then, other] = &**parts;
                match self.holds(condition) {
                    Some(true) => self.worth(then),
                    Some(false) => self.worth(other),
                    None => Worth::Unknown,
                }
            }
            call => self
                .call(call)
                .map_or(Worth::Unknown, |holds| Worth::Text(if holds { "true" } else { "false" })),
        }
    }

    fn value(&mut self, name: &str) -> Worth<'a> {
        let value = self.values.get(name);
        let items = value.map_or(0, |value| if let Worth::List(items) = value { items.len() } else { 0 });
        if self.effort.spend(items) { value.cloned().unwrap_or(Worth::Unknown) } else { Worth::Unknown }
    }

    fn call(&mut self, call: &'a RuleExpression) -> Option<bool> {
        match call {
            RuleExpression::And(all) => self.all(all, true),
            // one that holds decides, as one that does not decides for all
            RuleExpression::Or(any) => self.all(any, false).map(|none| !none),
            RuleExpression::Not(inner) => self.holds(inner).map(|holds| !holds),
            RuleExpression::Equals(two) => self.both(two, |left, right| same(&left, &right)),
            RuleExpression::Contains(two) => self.both(two, |list, wanted| {
                let each = items(list)?.into_iter().map(|item| same(&item, &wanted));
                every(each.map(|same| same.map(|same| !same))).map(|none| !none)
            }),
            RuleExpression::EachMemberEquals(two) => {
                self.both(two, |list, wanted| every(items(list)?.iter().map(|item| same(item, &wanted))))
            }
            RuleExpression::EachMemberIn(two) => {
                self.both(two, |list, allowed| each_member_in(&items(list)?, &items(allowed)?))
            }
            _ => None,
        }
    }

    fn both(
        &mut self,
        [left, right]: &'a [RuleExpression; 2],
        judged: impl FnOnce(Worth<'a>, Worth<'a>) -> Option<bool>,
    ) -> Option<bool> {
        let left = self.worth(left);
        judged(left, self.worth(right))
    }

    /// Whether all of them are as wanted.
    fn all(&mut self, expressions: &'a [RuleExpression], wanted: bool) -> Option<bool> {
        every(expressions.iter().map(|one| self.holds(one).map(|holds| holds == wanted)))
    }
}

/// Whether all hold: one that does not decides, whatever is unknown.
fn every(each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for one in each {
        match one {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// Whether both are one value. A text beside a list is left to the service.
fn same(left: &Worth<'_>, right: &Worth<'_>) -> Option<bool> {
    match (left, right) {
        (Worth::Text(left), Worth::Text(right)) => Some(left == right),
        (Worth::List(left), Worth::List(right)) if left.len() != right.len() => Some(false),
        (Worth::List(left), Worth::List(right)) => every(left.iter().zip(right).map(|(l, r)| same(l, r))),
        _ => None,
    }
}

fn items(list: Worth<'_>) -> Option<Vec<Worth<'_>>> {
    match list {
        Worth::Unknown => None,
        Worth::List(items) => Some(items),
        one @ Worth::Text(_) => Some(vec![one]),
    }
}

fn each_member_in(list: &[Worth<'_>], allowed: &[Worth<'_>]) -> Option<bool> {
    let text =
        |worth: &Worth<'_>| if let Worth::Text(text) = worth { Some((*text).to_owned()) } else { None };
    let known: BTreeSet<String> = allowed.iter().filter_map(text).collect();
    let is_open = allowed.iter().any(|one| text(one).is_none());
    every(list.iter().map(|item| match text(item) {
        Some(item) if known.contains(&item) => Some(true),
        Some(_) if !is_open => Some(false),
        _ => None,
    }))
}

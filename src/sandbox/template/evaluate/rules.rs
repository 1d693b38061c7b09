//! Whether parameter values satisfy the `Rules` section. What only the account knows (values that Systems Manager holds,
//! attributes of existing resources) is unknown here, and what hangs on it is not held against anyone. The section's
//! form is checked in `read`.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html>

use std::collections::BTreeMap;

use serde_json::Value;

use super::pseudo;
use crate::template::parameters;
use crate::template::place::Place;
use crate::template::sections::{Assertion, Sections};
use crate::tree::{Data, Node};

/// Which rules are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that look at no secret.
    Open,
    /// Those that do: to be judged while the true values are at hand.
    Secret,
}

/// Judges the values; the error is what the stack operation is rejected with.
pub(crate) fn judge(
    sections: &Sections,
    values: &BTreeMap<String, String>,
    place: Option<&Place<'_>>,
    which: Which,
) -> Result<(), String> {
    let judgement = Judgement { sections, values, place };
    for rule in sections.checks.iter().filter(|rule| rule.secret == (which == Which::Secret)) {
        let applies =
            rule.condition.as_ref().is_none_or(|condition| judgement.holds(condition) == Some(true));
        let broken = |assertion: &&Assertion| applies && judgement.holds(&assertion.assert) == Some(false);
        if let Some(assertion) = rule.assertions.iter().find(broken) {
            let why = assertion.description.as_deref().unwrap_or("an assertion is false");
            return Err(format!("Template error: Rule {} is not satisfied: {}", rule.name, why.trim_end()));
        }
    }
    Ok(())
}

struct Judgement<'t> {
    sections: &'t Sections,
    values: &'t BTreeMap<String, String>,
    place: Option<&'t Place<'t>>,
}

impl Judgement<'_> {
    /// Whether an expression holds; none if that is not known here.
    fn holds(&self, node: &Node) -> Option<bool> {
        match self.value(node)?.as_str() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        }
    }

    fn value(&self, node: &Node) -> Option<Value> {
        match (node.function(), &node.data) {
            (Some(("Ref", name)), _) => self.reference(name.text()?),
            (Some(("Fn::If", argument)), _) => match argument.list()? {
                [condition, when_true, when_false] => {
                    self.value(if self.holds(condition)? { when_true } else { when_false })
                }
                _ => None,
            },
            (Some((name, argument)), _) => {
                self.call(name, argument.list()?).map(|holds| Value::String(holds.to_string()))
            }
            (None, Data::Text(text)) => Some(Value::String(text.clone())),
            (None, Data::List(items)) => items.iter().map(|item| self.value(item)).collect(),
            (None, Data::Null | Data::Map(_)) => None,
        }
    }

    fn reference(&self, name: &str) -> Option<Value> {
        let Some(parameter) = self.sections.parameter(name) else {
            return pseudo(self.place?, name);
        };
        let value = self.values.get(name)?;
        match parameters::resolved_type(&parameter.kind) {
            Some(_) => None,
            None if parameters::is_list(&parameter.kind) => {
                Some(parameters::items(value).into_iter().collect())
            }
            None => Some(Value::String(value.clone())),
        }
    }

    fn call(&self, name: &str, items: &[Node]) -> Option<bool> {
        match (name, items) {
            ("Fn::And", items) => all(items.iter().map(|item| self.holds(item))),
            ("Fn::Or", items) => {
                all(items.iter().map(|item| self.holds(item).map(|holds| !holds))).map(|no| !no)
            }
            ("Fn::Not", [item]) => self.holds(item).map(|holds| !holds),
            ("Fn::Equals", [left, right]) => Some(self.value(left)? == self.value(right)?),
            ("Fn::Contains", [list, value]) => Some(self.items(list)?.contains(&self.value(value)?)),
            ("Fn::EachMemberEquals", [list, value]) => {
                let wanted = self.value(value)?;
                Some(self.items(list)?.into_iter().all(|item| item == wanted))
            }
            ("Fn::EachMemberIn", [list, allowed]) => {
                let allowed = self.items(allowed)?;
                Some(self.items(list)?.iter().all(|item| allowed.contains(item)))
            }
            // `Fn::RefAll`, `Fn::ValueOf`, `Fn::ValueOfAll`: what the account holds
            _ => None,
        }
    }

    fn items(&self, node: &Node) -> Option<Vec<Value>> {
        match self.value(node)? {
            Value::Array(items) => Some(items),
            one => Some(vec![one]),
        }
    }
}

/// Whether all hold: one that does not decides, whatever is unknown.
fn all(each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let each: Vec<Option<bool>> = each.collect();
    if each.contains(&Some(false)) {
        return Some(false);
    }
    if each.contains(&None) { None } else { Some(true) }
}

//! Conditions: the `Conditions` section, `Fn::If`, and the functions that are true or false.

use serde_json::Value;

use super::{Evaluation, functions};
use crate::template::unresolved::{self, Block};
use crate::tree::Node;

impl<'t> Evaluation<'t> {
    /// Evaluates every condition, as CloudFormation does before anything else.
    pub fn all_conditions(&mut self) -> Result<(), String> {
        let sections = self.sections;
        let mut names: Vec<&String> = sections.conditions.keys().collect();
        names.sort();
        for name in names {
            self.condition(name)?;
        }
        Ok(())
    }

    /// Whether a condition of the `Conditions` section holds.
    pub fn condition(&mut self, name: &str) -> Result<bool, String> {
        if let Some(known) = self.conditions.get(name) {
            return Ok(*known);
        }
        let sections = self.sections;
        let Some((name, node)) = sections.conditions.get_key_value(name) else {
            return Err(unresolved::condition(name, self.block));
        };
        if self.begun.contains(&name.as_str()) {
            return Err(circular_conditions(&self.begun));
        }
        let block = std::mem::replace(&mut self.block, Block::Conditions);
        self.begun.push(name);
        let holds = self.deeper(2, |evaluation| evaluation.holds(node))?;
        self.begun.pop();
        self.block = block;
        self.conditions.insert(name, holds);
        Ok(holds)
    }

    /// Whether an expression holds.
    fn holds(&mut self, node: &'t Node) -> Result<bool, String> {
        match node.function() {
            Some(("Condition", name)) => self.condition(name.text().unwrap_or_default()),
            Some((name @ ("Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals"), argument)) => {
                self.call_condition(name, argument)
            }
            _ => match self.value(node)? {
                Value::String(text) if text == "true" => Ok(true),
                Value::String(text) if text == "false" => Ok(false),
                _ => Err("Template format error: Conditions can only be boolean operations on parameters and other \
                    conditions"
                    .to_owned()),
            },
        }
    }

    /// `Fn::And`, `Fn::Or`, `Fn::Not` or `Fn::Equals`.
    pub fn call_condition(&mut self, name: &str, argument: &'t Node) -> Result<bool, String> {
        let items = argument.list().unwrap_or_default();
        match (name, items) {
            ("Fn::Equals", [left, right]) => Ok(self.value(left)? == self.value(right)?),
            ("Fn::Equals", _) => Err(functions::EQUALS.to_owned()),
            ("Fn::Not", [item]) => self.holds(item).map(|holds| !holds),
            ("Fn::Not", _) => Err(functions::NOT.to_owned()),
            (_, items) if (2..=10).contains(&items.len()) => {
                // all of them: what is wrong in the last one is an error even if the first decides
                let each = items.iter().map(|item| self.holds(item)).collect::<Result<Vec<_>, _>>()?;
                Ok(if name == "Fn::And" { each.into_iter().all(|holds| holds) } else { each.contains(&true) })
            }
            _ => Err(functions::and_or(name)),
        }
    }

    /// The branch of an `Fn::If` that counts.
    pub fn branch(&mut self, argument: &'t Node) -> Result<&'t Node, String> {
        let Some([name, when_true, when_false]) = argument.list() else {
            return Err(functions::IF.to_owned());
        };
        let name =
            name.text().or_else(|| name.function().and_then(|(_, name)| name.text())).unwrap_or_default();
        if !self.sections.conditions.contains_key(name) {
            return Err(unresolved::condition_of_if(name));
        }
        Ok(if self.condition(name)? { when_true } else { when_false })
    }
}

/// CloudFormation's words for conditions that need each other.
pub(crate) fn circular_conditions(names: &[&str]) -> String {
    format!("Template error: Found circular condition dependency: [{}]", names.join(", "))
}

//! The `Rules` section: its form, and whether parameter values satisfy it. What only the account knows (values that
//! Systems Manager holds, attributes of existing resources) is unknown here, and what hangs on it is not held against
//! anyone. <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html>

use std::collections::BTreeMap;

use serde_json::Value;

use super::evaluate::pseudo;
use super::parameters;
use super::sections::{Sections, wrong};
use super::tree::{Data, Node};
use super::{Place, TemplateError};

/// One entry of `Rules`.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    name: String,
    condition: Option<Node>,
    assertions: Vec<Assertion>,
    /// Whether it looks at a `NoEcho` parameter.
    secret: bool,
}

#[derive(Debug, Clone)]
struct Assertion {
    assert: Node,
    description: Option<String>,
}

/// Which rules are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that look at no secret.
    Open,
    /// Those that do: to be judged while the true values are at hand.
    Secret,
}

/// Reads the section. Where a macro rewrites the template, nothing is said about its form.
pub(super) fn read(section: Option<&Node>, sections: &Sections) -> Result<Vec<Rule>, TemplateError> {
    let Some(section) = section else { return Ok(Vec::new()) };
    if !matches!(section.data, Data::Map(_)) {
        return Err(wrong(section, "[/Rules] Every Rules section must be a map."));
    }
    let rules = section.entries().iter().map(|(name, body)| rule(name, body, sections));
    if sections.transforms.other { Ok(rules.filter_map(Result::ok).collect()) } else { rules.collect() }
}

fn rule(name: &str, body: &Node, sections: &Sections) -> Result<Rule, TemplateError> {
    let path = format!("[/Rules/{name}]");
    if !name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return Err(wrong(body, &format!("Rule name {name} is non alphanumeric.")));
    }
    let known = |key: &str| ["RuleCondition", "Assertions"].contains(&key);
    if let Some((key, node)) = body.entries().iter().find(|(key, _)| !known(key)) {
        return Err(wrong(node, &format!("{path} Invalid rule property '{key}'")));
    }
    let condition = body.get("RuleCondition").cloned();
    let Some(items) = body.get("Assertions").and_then(Node::list).filter(|items| !items.is_empty()) else {
        return Err(wrong(body, &format!("{path} Every Rules object must contain a list of Assertions.")));
    };
    let mut assertions = Vec::with_capacity(items.len());
    for item in items {
        let Some(assert) = item.get("Assert").cloned() else {
            return Err(wrong(
                item,
                &format!("{path} Every Assertions member must contain an Assert object."),
            ));
        };
        assertions.push(Assertion { assert, description: item.get_text("AssertDescription") });
    }
    let mut secret = false;
    for node in condition.iter().chain(assertions.iter().map(|assertion| &assertion.assert)) {
        secret |= form(node, sections).map_err(|(node, what)| wrong(node, &format!("{path} {what}")))?;
    }
    Ok(Rule { name: name.to_owned(), condition, assertions, secret })
}

/// Checks an expression's form; whether it looks at a secret.
fn form<'n>(node: &'n Node, sections: &Sections) -> Result<bool, (&'n Node, String)> {
    let Some((name, argument)) = node.function() else {
        let inner: Vec<&Node> = match &node.data {
            Data::List(items) => items.iter().collect(),
            Data::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
            Data::Null | Data::Text(_) => Vec::new(),
        };
        return inner.into_iter().try_fold(false, |secret, node| Ok(form(node, sections)? | secret));
    };
    let items = argument.list().map(<[Node]>::len);
    let fits = match name {
        "Fn::And" | "Fn::Or" => items.is_some_and(|count| (2..=10).contains(&count)),
        "Fn::Not" => items == Some(1),
        "Fn::If" => items == Some(3),
        "Fn::Contains" | "Fn::EachMemberEquals" | "Fn::EachMemberIn" | "Fn::Equals" => items == Some(2),
        "Fn::ValueOf" | "Fn::ValueOfAll" => {
            argument.list().is_some_and(|parts| parts.len() == 2 && parts.iter().all(|p| p.text().is_some()))
        }
        "Ref" | "Fn::RefAll" => argument.text().is_some(),
        _ => return Err((node, format!("Function {name} is not supported in Rules"))),
    };
    if !fits {
        return Err((node, format!("{name} does not have the arguments it takes")));
    }
    match (name, argument.text().or_else(|| argument.list()?.first()?.text())) {
        ("Ref" | "Fn::ValueOf", Some(key)) => match sections.parameter(key) {
            Some(parameter) => Ok(parameter.no_echo && name == "Ref"),
            None if name == "Ref" && key.starts_with("AWS::") => Ok(false),
            None => Err((node, format!("Unresolved dependency {key}: Rules can only refer to parameters"))),
        },
        ("Fn::RefAll" | "Fn::ValueOfAll", _) => Ok(false),
        _ => argument
            .list()
            .unwrap_or_default()
            .iter()
            .try_fold(false, |secret, node| Ok(form(node, sections)? | secret)),
    }
}

/// Judges the values; the error is what the stack operation is rejected with.
pub(super) fn judge(
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

//! The usage instruction `rules`, a JSON text, to the port's types. What is not understood is unknown, never wrong.

use serde_json::{Map, Value};

use crate::{RuleAssertion, RuleExpression, TemplateRule, TemplateRules};

/// No template is longer.
const LONGEST: usize = 1_000_000;
/// Longer descriptions are cut.
const WORDS: usize = 1000;

/// The rules that a text tells: the section's map, or one that holds it as `Rules`, as template constraints do. How deep
/// JSON may be is bounded by its reader.
#[must_use]
pub fn rules(text: &str) -> TemplateRules {
    let unread = TemplateRules { rules: Vec::new(), unread: true };
    if text.trim().is_empty() {
        return TemplateRules::default();
    }
    if text.len() > LONGEST {
        return unread;
    }
    let Ok(Value::Object(mut section)) = serde_json::from_str(text) else { return unread };
    if let (1, Some(Value::Object(inner))) = (section.len(), section.get_mut("Rules"))
        && !inner.contains_key("Assertions")
    {
        section = std::mem::take(inner);
    }
    let all: Vec<Option<TemplateRule>> = section.into_iter().map(|(name, body)| rule(name, body)).collect();
    TemplateRules { unread: all.contains(&None), rules: all.into_iter().flatten().collect() }
}

fn rule(name: String, body: Value) -> Option<TemplateRule> {
    let Value::Object(mut body) = body else { return None };
    let Value::Array(assertions) = body.remove("Assertions")? else { return None };
    Some(TemplateRule {
        name: cut(name),
        condition: body.remove("RuleCondition").map(expression),
        assertions: assertions.into_iter().map(assertion).collect::<Option<_>>()?,
    })
}

fn assertion(body: Value) -> Option<RuleAssertion> {
    let Value::Object(mut body) = body else { return None };
    let description = match body.remove("AssertDescription") {
        Some(Value::String(text)) => Some(cut(text)).filter(|text| !text.trim().is_empty()),
        _ => None,
    };
    Some(RuleAssertion { assert: expression(body.remove("Assert")?), description })
}

fn cut(mut text: String) -> String {
    if text.len() > WORDS {
        text.truncate(text.floor_char_boundary(WORDS));
        text.push('…');
    }
    text
}

fn expression(value: Value) -> RuleExpression {
    match value {
        Value::String(text) => RuleExpression::Text(text),
        Value::Bool(holds) => RuleExpression::Text(holds.to_string()),
        // of a fraction, the text that was written is not known any more
        Value::Number(number) if !number.is_f64() => RuleExpression::Text(number.to_string()),
        Value::Array(items) => RuleExpression::List(all(items)),
        Value::Object(map) => call(map).unwrap_or(RuleExpression::Unknown),
        Value::Number(_) | Value::Null => RuleExpression::Unknown,
    }
}

fn all(items: Vec<Value>) -> Vec<RuleExpression> {
    items.into_iter().map(expression).collect()
}

/// A function with its arguments, if it is one of those that are known.
fn call(map: Map<String, Value>) -> Option<RuleExpression> {
    let mut entries = map.into_iter();
    let (Some((name, argument)), None) = (entries.next(), entries.next()) else { return None };
    let items = match (name.as_str(), argument) {
        ("Ref", Value::String(of)) => return Some(RuleExpression::Ref(of)),
        (_, Value::Array(items)) => all(items),
        _ => return None,
    };
    let expression = match name.as_str() {
        "Fn::And" => RuleExpression::And(items),
        "Fn::Or" => RuleExpression::Or(items),
        "Fn::Not" => RuleExpression::Not(Box::new(<[_; 1]>::try_from(items).ok()?.into_iter().next()?)),
        "Fn::If" => RuleExpression::If(Box::new(items.try_into().ok()?)),
        "Fn::Equals" => RuleExpression::Equals(two(items)?),
        "Fn::Contains" => RuleExpression::Contains(two(items)?),
        "Fn::EachMemberEquals" => RuleExpression::EachMemberEquals(two(items)?),
        "Fn::EachMemberIn" => RuleExpression::EachMemberIn(two(items)?),
        _ => return None,
    };
    Some(expression)
}

fn two(items: Vec<RuleExpression>) -> Option<Box<[RuleExpression; 2]>> {
    items.try_into().ok().map(Box::new)
}

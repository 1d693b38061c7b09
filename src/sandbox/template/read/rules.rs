//! The form of the `Rules` section. Whether parameter values satisfy its rules is judged in `evaluate::rules`.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html>

use crate::template::error::TemplateError;
use crate::template::sections::{Assertion, Rule, Sections};
use crate::tree::{Data, Node};

/// Reads the section. Where a macro rewrites the template, nothing is said about its form.
pub(crate) fn read(section: Option<&Node>, sections: &Sections) -> Result<Vec<Rule>, TemplateError> {
    let Some(section) = section else { return Ok(Vec::new()) };
    if !matches!(section.data, Data::Map(_)) {
        return Err(TemplateError::format(section, "[/Rules] Every Rules section must be a map."));
    }
    let rules = section.entries().iter().map(|(name, body)| rule(name, body, sections));
    if sections.transforms.other { Ok(rules.filter_map(Result::ok).collect()) } else { rules.collect() }
}

fn rule(name: &str, body: &Node, sections: &Sections) -> Result<Rule, TemplateError> {
    let path = format!("[/Rules/{name}]");
    if !name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return Err(TemplateError::format(body, &format!("Rule name {name} is non alphanumeric.")));
    }
    let known = |key: &str| ["RuleCondition", "Assertions"].contains(&key);
    if let Some((key, node)) = body.entries().iter().find(|(key, _)| !known(key)) {
        return Err(TemplateError::format(node, &format!("{path} Invalid rule property '{key}'")));
    }
    let condition = body.get("RuleCondition").cloned();
    let Some(items) = body.get("Assertions").and_then(Node::list).filter(|items| !items.is_empty()) else {
        return Err(TemplateError::format(
            body,
            &format!("{path} Every Rules object must contain a list of Assertions."),
        ));
    };
    let mut assertions = Vec::with_capacity(items.len());
    for item in items {
        let Some(assert) = item.get("Assert").cloned() else {
            return Err(TemplateError::format(
                item,
                &format!("{path} Every Assertions member must contain an Assert object."),
            ));
        };
        assertions.push(Assertion { assert, description: item.get_text("AssertDescription") });
    }
    let mut secret = false;
    for node in condition.iter().chain(assertions.iter().map(|assertion| &assertion.assert)) {
        secret |= form(node, sections)
            .map_err(|(node, what)| TemplateError::format(node, &format!("{path} {what}")))?;
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

//! The `Rules` of a template with the values that will be sent: what breaks one would be refused by CloudFormation minutes
//! later. What cannot be judged yet is named, so that nobody takes silence for a pass.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::{Judge, Worth};
use super::rules::is_list;
use super::{Check, Checker};
use crate::catalog::{Offering, RuleAssertion, RuleExpression, TemplateRule};
use crate::model::diagnostic::{Diagnostic, Part, Place};
use crate::model::text::listed;
use crate::plan::sensitive::is_sensitive;
use crate::plan::{Planned, Spec};

/// So many findings of one product are told, and so many names of one.
const FEW: usize = 10;

/// A rule that nothing can be said of, and the parameters that it looks at.
pub(super) struct OpenRule<'a> {
    pub name: &'a str,
    pub looks_at: BTreeSet<&'a str>,
}

/// All assertions that the values break are found; returned are the rules that cannot be judged.
pub(super) fn check<'a>(of: &Check<'a>, spec: &'a Spec, checker: &mut Checker) -> Vec<OpenRule<'a>> {
    let values = values(of, spec);
    let mut judge = Judge { values, effort: &mut checker.effort };
    let (mut broken, mut open) = (Vec::new(), Vec::new());
    for rule in &of.offer.offering.rules.rules {
        let applies = rule.condition.as_ref().map_or(Some(true), |condition| judge.holds(condition));
        if applies == Some(false) {
            continue;
        }
        let mut is_open = false;
        for assertion in &rule.assertions {
            match (applies, judge.holds(&assertion.assert)) {
                (_, Some(true)) => {}
                (Some(true), Some(false)) if broken.len() < FEW => broken.push((rule, assertion)),
                (Some(true), Some(false)) => {}
                _ => is_open = true,
            }
        }
        if is_open {
            open.push(OpenRule { name: &rule.name, looks_at: looks_at(rule) });
        }
    }
    checker.found.extend(broken.into_iter().map(|(rule, assertion)| told(of, rule, assertion)));
    open
}

/// What rules may refer to, as CloudFormation sees it: trimmed, lists by item, and never what SSM holds.
fn values<'a>(of: &Check<'a>, spec: &'a Spec) -> BTreeMap<&'a str, Worth<'a>> {
    let mut values: BTreeMap<&str, Worth<'_>> = pseudo(of).into_iter().collect();
    for (key, parameter) in &spec.parameters {
        let text = match &parameter.value {
            Planned::Known(text) => Some(text.as_str()),
            Planned::Secret { template: Some(template), .. } => template.as_text(),
            Planned::Secret { .. } | Planned::Pending(_) | Planned::Unknown | Planned::Kept(_) => None,
        };
        let kind = of.offer.offering.parameters.get(key).map_or("", |rule| rule.kind.as_str());
        let worth = match text.map(str::trim) {
            Some(_) if of.mixes(key) => Worth::Unknown,
            Some(_) if kind.starts_with("AWS::SSM::Parameter::Value<") => Worth::Unknown,
            Some("") if is_list(kind) => Worth::List(Vec::new()),
            Some(text) if is_list(kind) => {
                Worth::List(text.split(',').map(|item| Worth::Text(item.trim())).collect())
            }
            Some(text) => Worth::Text(text),
            None => Worth::Unknown,
        };
        values.insert(key, worth);
    }
    values
}

/// Where the stack will stand; those of a stack set stand elsewhere.
fn pseudo<'a>(of: &Check<'a>) -> Vec<(&'a str, Worth<'a>)> {
    let place = of.input.observed.places.get(&of.address.location);
    let place = place.filter(|_| of.offer.offering.stack_set.is_none());
    place.map_or_else(Vec::new, |place| {
        vec![
            ("AWS::AccountId", Worth::Text(place.account.as_str())),
            ("AWS::Region", Worth::Text(place.region.as_str())),
        ]
    })
}

fn told(of: &Check<'_>, rule: &TemplateRule, assertion: &RuleAssertion) -> Diagnostic {
    let (product, version) = (&of.offer.product_name, of.offer.version());
    let mut names = BTreeSet::new();
    mentioned(&assertion.assert, &mut names);
    let offering = &of.offer.offering;
    let about: Vec<&str> = parameters(&names, offering).collect();
    let says = assertion.description.as_deref().map(|words| words.trim().trim_end_matches('.'));
    let says = says.map(|words| format!(": {words}")).unwrap_or_default();
    let message = format!("the parameters break the rule `{}` of `{product}` {version}{says}", rule.name);
    let diagnostic = Diagnostic::error("template-rule", message);
    let (place, redacted) = place(of, &about);
    let label = if about.is_empty() {
        String::new()
    } else {
        format!("the rule looks at {}", listed(about.iter().map(|key| format!("`{key}`")), FEW))
    };
    let diagnostic = diagnostic.at(place).redact(redacted).label(label);
    match &rule.condition {
        Some(condition) => {
            let mut names = BTreeSet::new();
            mentioned(condition, &mut names);
            let on: Vec<String> = parameters(&names, offering).map(|key| format!("`{key}`")).collect();
            if on.is_empty() {
                diagnostic
            } else {
                diagnostic.hint(format!("it applies because of {}", listed(on, FEW)))
            }
        }
        None => diagnostic,
    }
}

/// The only declared parameter that it is about, else all parameters; and whether the text there is sensitive.
fn place(of: &Check<'_>, about: &[&str]) -> (Place, bool) {
    let mut declared = about.iter().filter(|key| of.product.parameters.contains_key(**key));
    match (declared.next(), declared.next()) {
        (Some(key), None) => {
            let spec = is_sensitive(of.product, Some(of.offer), key);
            (of.parameter_place(key, if spec { Part::Key } else { Part::Value }), spec)
        }
        _ => (of.product.origin.field("parameters", Part::Key), false),
    }
}

fn parameters<'n>(names: &'n BTreeSet<&str>, offering: &Offering) -> impl Iterator<Item = &'n str> {
    names.iter().copied().filter(|name| offering.parameters.contains_key(*name))
}

fn looks_at(rule: &TemplateRule) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let asserted = rule.assertions.iter().map(|assertion| &assertion.assert);
    for expression in rule.condition.iter().chain(asserted) {
        mentioned(expression, &mut names);
    }
    names
}

/// What an expression refers to.
fn mentioned<'a>(expression: &'a RuleExpression, names: &mut BTreeSet<&'a str>) {
    let inner: &[RuleExpression] = match expression {
        RuleExpression::Ref(name) => {
            names.insert(name);
            &[]
        }
        RuleExpression::List(items) | RuleExpression::And(items) | RuleExpression::Or(items) => items,
        RuleExpression::Not(inner) => std::slice::from_ref(&**inner),
        RuleExpression::If(three) => &**three,
        RuleExpression::Equals(two)
        | RuleExpression::Contains(two)
        | RuleExpression::EachMemberEquals(two)
        | RuleExpression::EachMemberIn(two) => &**two,
        RuleExpression::Text(_) | RuleExpression::Unknown => &[],
    };
    for one in inner {
        mentioned(one, names);
    }
}

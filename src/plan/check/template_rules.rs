//! The `Rules` of a template with the values that will be sent: what breaks one would be refused by CloudFormation minutes
//! later. What cannot be judged yet is named, so that nobody takes silence for a pass.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::{Effort, Judge, Worth};
use super::parameters::known_text;
use super::rules::is_list;
use super::{Check, Checker};
use crate::catalog::{Offering, RuleAssertion, RuleExpression, TemplateRule};
use crate::model::diagnostic::{Diagnostic, Part, Place};
use crate::model::template::Template;
use crate::model::text::listed;
use crate::plan::Spec;
use crate::plan::sensitive::is_sensitive;
use crate::state::Home;

/// So many findings of one product are told, and so many names of one.
const FEW: usize = 10;

/// A rule that nothing can be said of, and the parameters that it looks at.
pub(super) struct OpenRule<'a> {
    pub name: &'a str,
    pub looks_at: BTreeSet<&'a str>,
}

/// All assertions that the values break are found; returned are the rules that cannot be judged.
pub(super) fn check<'a>(of: &Check<'a>, spec: &'a Spec, checker: &mut Checker) -> Vec<OpenRule<'a>> {
    let mut texts = known_texts(spec);
    // a rule would tell what the secret in it is
    texts.iter_mut().filter(|(key, _)| of.mixes(key)).for_each(|(_, text)| *text = None);
    tell(of, &texts, checker)
}

/// What the values that are written break, beside `wrong`, which is told already. What is not written may be what is wrong: it is not
/// known, and neither is a value that is wrong by itself.
pub(super) fn check_written(of: &Check<'_>, wrong: &[&Place], checker: &mut Checker) {
    let text = |key: &str| {
        let own = of.parameter_place(key, Part::Value);
        if wrong.iter().any(|place| own.holds(place)) {
            return None;
        }
        let declared = of.product.parameters.get(key).filter(|declared| !declared.torn && of.takes(key))?;
        declared.value.as_ref().and_then(Template::as_text).filter(|_| !of.mixes(key))
    };
    let names = of.offer.offering.parameters.keys();
    let texts: BTreeMap<&str, Option<&str>> = names.map(|key| (key.as_str(), text(key))).collect();
    tell(of, &texts, checker);
}

fn tell<'a>(
    of: &Check<'a>,
    texts: &BTreeMap<&'a str, Option<&'a str>>,
    checker: &mut Checker,
) -> Vec<OpenRule<'a>> {
    let judged = judged(&of.offer.offering, of.place(), texts, &mut checker.effort);
    let (product, version) = (&of.offer.product_name, of.offer.version());
    let told = judged.broken.into_iter().map(|(rule, assertion)| {
        let about = about(assertion, &of.offer.offering);
        let (place, redacted) = place(of, &about);
        told([product, version], &of.offer.offering, rule, assertion).at(place).redact(redacted)
    });
    checker.found.extend(told);
    judged.open
}

/// What became of all rules.
pub(super) struct Judged<'a> {
    pub broken: Vec<(&'a TemplateRule, &'a RuleAssertion)>,
    pub open: Vec<OpenRule<'a>>,
}

/// Judges all rules with the texts that parameters will have, as far as they are known.
pub(super) fn judged<'a>(
    offering: &'a Offering,
    place: Option<&'a Home>,
    texts: &BTreeMap<&'a str, Option<&'a str>>,
    effort: &mut Effort,
) -> Judged<'a> {
    let mut judge = Judge { values: values(offering, place, texts), effort };
    let (mut broken, mut open) = (Vec::new(), Vec::new());
    for rule in &offering.rules.rules {
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
    Judged { broken, open }
}

/// The texts of parameters that are known.
pub(super) fn known_texts(spec: &Spec) -> BTreeMap<&str, Option<&str>> {
    spec.parameters.iter().map(|(key, parameter)| (key.as_str(), known_text(&parameter.value))).collect()
}

/// What rules may refer to, as CloudFormation sees it: trimmed, lists by item, and never what SSM holds.
fn values<'a>(
    offering: &Offering,
    place: Option<&'a Home>,
    texts: &BTreeMap<&'a str, Option<&'a str>>,
) -> BTreeMap<&'a str, Worth<'a>> {
    let mut values: BTreeMap<&str, Worth<'_>> = place.map(pseudo).into_iter().flatten().collect();
    for (key, text) in texts {
        let kind = offering.parameters.get(*key).map_or("", |rule| rule.kind.as_str());
        let worth = match text.map(str::trim) {
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

/// Where the stack will stand.
fn pseudo(place: &Home) -> [(&str, Worth<'_>); 2] {
    [
        ("AWS::AccountId", Worth::Text(place.account.as_str())),
        ("AWS::Region", Worth::Text(place.region.as_str())),
    ]
}

/// The parameters that an assertion looks at.
fn about<'a>(assertion: &'a RuleAssertion, offering: &Offering) -> Vec<&'a str> {
    let mut names = BTreeSet::new();
    mentioned(&assertion.assert, &mut names);
    parameters(&names, offering).collect()
}

/// That a rule is broken, without a place.
pub(super) fn told(
    [product, version]: [&str; 2],
    offering: &Offering,
    rule: &TemplateRule,
    assertion: &RuleAssertion,
) -> Diagnostic {
    let about = about(assertion, offering);
    let says = assertion.description.as_deref().map(|words| words.trim().trim_end_matches('.'));
    let says = says.map(|words| format!(": {words}")).unwrap_or_default();
    let message = format!("the parameters break the rule `{}` of `{product}` {version}{says}", rule.name);
    let diagnostic = Diagnostic::error("template-rule", message);
    let label = if about.is_empty() {
        String::new()
    } else {
        format!("the rule looks at {}", listed(about.iter().map(|key| format!("`{key}`")), FEW))
    };
    let diagnostic = diagnostic.label(label);
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

fn parameters<'n>(names: &BTreeSet<&'n str>, offering: &Offering) -> impl Iterator<Item = &'n str> {
    names.iter().copied().filter(|name| offering.parameters.contains_key(*name))
}

/// The names that a rule is about.
pub(super) fn looks_at(rule: &TemplateRule) -> BTreeSet<&str> {
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

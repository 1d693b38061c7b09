//! One value against one parameter's rules, as CloudFormation checks them.

use super::broken::{Broken, Tried, nth, shown};
use super::patterns::Patterns;
use super::types;
use crate::catalog::ParameterRule;
use crate::model::text::{did_you_mean, quoted};

/// How many bytes CloudFormation takes for a value.
pub(super) const LONGEST: usize = 4096;

/// So many wrong items of one list are told.
pub(super) const ITEMS: usize = 50;

/// So many allowed values are compared with a wrong one.
const FEW: usize = 500;

impl Patterns {
    /// All rules that a value breaks.
    pub fn broken(&mut self, tried: Tried<'_>) -> Vec<Broken> {
        let Tried { rule, sensitive, .. } = tried;
        let value = tried.text.trim();
        if let Some(broken) = not_texts(rule, value) {
            return vec![broken];
        }
        let items: Vec<&str> =
            if is_list(&rule.kind) { value.split(',').map(str::trim).collect() } else { vec![value] };
        // which items of a secret are wrong, and how many, is told nobody
        let most = if sensitive { 1 } else { ITEMS };
        let wrong = items.iter().enumerate().map(|(n, item)| (nth(n, &items), self.item(tried, item)));
        let mut wrong = wrong.filter(|(_, broken)| !broken.is_empty());
        let told = wrong.by_ref().take(most).collect::<Vec<_>>();
        let mut told: Vec<Broken> = told
            .into_iter()
            .flat_map(|(item, broken)| broken.into_iter().map(move |broken| Broken { item, ..broken }))
            .collect();
        if !sensitive && wrong.next().is_some() {
            told.last_mut().into_iter().for_each(|last| last.label += ", as are further items");
        }
        let own_words = rule.constraint_description.as_ref();
        length(rule, value, sensitive)
            .into_iter()
            .chain(told)
            .map(|broken| Broken { hint: broken.hint.or_else(|| own_words.cloned()), ..broken })
            .collect()
    }

    /// All rules that one item breaks.
    fn item(&mut self, tried: Tried<'_>, item: &str) -> Vec<Broken> {
        let Tried { rule, sensitive, .. } = tried;
        let pattern = self.pattern(rule, item, sensitive);
        let number = number(rule, item, sensitive);
        // what is no number is none of the allowed ones either
        let allowed = if number.is_some() { None } else { allowed(rule, item, sensitive) };
        // the template's own words say it better
        let is_said = pattern.is_some() || allowed.is_some();
        let shape = if is_said { None } else { types::shape(tried, item) };
        [number, allowed, shape, pattern].into_iter().flatten().collect()
    }

    fn pattern(&mut self, rule: &ParameterRule, item: &str, sensitive: bool) -> Option<Broken> {
        let pattern = rule.allowed_pattern.as_ref()?;
        (self.fits(pattern, item) == Some(false)).then(|| Broken {
            message: format!("must match the pattern `{pattern}`"),
            label: format!("{} does not match", shown(item, sensitive)),
            hint: None,
            item: None,
        })
    }
}

/// Whether values of this type are comma-separated lists.
pub(super) fn is_list(kind: &str) -> bool {
    kind == "CommaDelimitedList" || kind.starts_with("List<")
}

/// Whether a list became JSON because not all of its items are texts: cut at its commas, nobody would know it again.
fn not_texts(rule: &ParameterRule, value: &str) -> Option<Broken> {
    let within = |open: char, close: char| value.strip_prefix(open)?.strip_suffix(close);
    let is_list_of_others = within('[', ']').is_some_and(|inside| inside.contains(['{', '[', '"']));
    let is_json = is_list_of_others || within('{', '}').is_some();
    (is_list(&rule.kind) && is_json).then(|| Broken {
        message: format!("takes a list of texts (`{}`)", rule.kind),
        label: "this is JSON: maps and lists cannot be items".to_owned(),
        hint: Some("write a list of plain values, or one text with commas".to_owned()),
        item: nested(value),
    })
}

/// Which item of a JSON list is the first one that is no text, and of how many.
fn nested(value: &str) -> Option<(usize, usize)> {
    let inside = value.strip_prefix('[')?.strip_suffix(']')?;
    let (mut depth, mut is_quoted, mut is_escaped) = (0usize, false, false);
    let (mut items, mut first) = (1, None);
    for c in inside.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '[' | '{' => {
                first = first.or((depth == 0).then_some(items - 1));
                depth += 1;
            }
            ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => items += 1,
            _ => {}
        }
    }
    first.filter(|_| items > 1).map(|first| (first, items))
}

/// How long a secret is, is not told.
fn length(rule: &ParameterRule, value: &str, sensitive: bool) -> Option<Broken> {
    let length = value.chars().count() as u64;
    let (message, found) = match (rule.min_length, rule.max_length) {
        _ if value.len() > LONGEST => {
            (format!("must have at most {LONGEST} bytes"), format!("{} bytes", value.len()))
        }
        (Some(least), _) if length < least => {
            (format!("must have at least {least} characters"), format!("{length} characters"))
        }
        (_, Some(most)) if length > most => {
            (format!("must have at most {most} characters"), format!("{length} characters"))
        }
        _ => return None,
    };
    Some(Broken { message, label: if sensitive { String::new() } else { found }, hint: None, item: None })
}

fn number(rule: &ParameterRule, item: &str, sensitive: bool) -> Option<Broken> {
    if rule.kind != "Number" && rule.kind != "List<Number>" {
        return None;
    }
    let bound = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<f64>().ok());
    let (least, most) = (bound(&rule.min_value), bound(&rule.max_value));
    let message = match item.parse::<f64>() {
        Err(_) => "must be a number".to_owned(),
        Ok(n) if !n.is_finite() => "must be a number".to_owned(),
        Ok(n) if least.is_some_and(|least| n < least) => {
            format!("must be at least {}", least.unwrap_or_default())
        }
        Ok(n) if most.is_some_and(|most| n > most) => {
            format!("must be at most {}", most.unwrap_or_default())
        }
        Ok(_) => return None,
    };
    let label = if item.is_empty() { "empty".to_owned() } else { shown(item, sensitive) };
    Some(Broken { label, message, hint: None, item: None })
}

fn allowed(rule: &ParameterRule, item: &str, sensitive: bool) -> Option<Broken> {
    if rule.allowed_values.is_empty() || rule.allowed_values.iter().any(|allowed| allowed == item) {
        return None;
    }
    let near = || did_you_mean(item, rule.allowed_values.iter().take(FEW).map(String::as_str));
    Some(Broken {
        message: format!("must be one of {}", quoted(rule.allowed_values.iter().take(30))),
        label: format!("{} is not allowed", shown(item, sensitive)),
        hint: if sensitive { None } else { near() },
        item: None,
    })
}

//! Values for a declaration that somebody begins: of those that each parameter takes, some that keep the template's rules
//! together. Bounded: a rule for which none were found by then is named, and so is one that cannot be judged yet.

use std::collections::{BTreeMap, BTreeSet};

use super::fits;
use super::judge::Effort;
use super::template_rules::{Judged, judged, looks_at};
use crate::catalog::{Offering, ParameterRule, RuleExpression, TemplateRule};
use crate::state::Home;

/// So many ways to fill them in are tried.
const TRIES: usize = 512;

/// So many texts of a template's rules are tried for one parameter.
const WORDS: usize = 20;

/// The texts that were found, and the rules that may not be kept by them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FittingTexts {
    /// By key; those whose value is not known are left out.
    pub texts: BTreeMap<String, String>,
    /// No texts were found that keep these rules.
    pub broken: Vec<RuleInDoubt>,
    /// Whether these are kept depends on what is not known.
    pub open: Vec<RuleInDoubt>,
}

/// A rule that has to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleInDoubt {
    /// Its name.
    pub name: String,
    /// The template author's words.
    pub says: Vec<String>,
    /// The parameters that it looks at.
    pub looks_at: Vec<String>,
}

/// Texts that keep the rules of a version: the preferred ones where they do. A parameter without one is not known.
#[must_use]
pub fn keeping(
    offering: &Offering,
    preferred: &BTreeMap<String, Option<String>>,
    place: Option<&Home>,
) -> FittingTexts {
    let region = place.map(|place| place.region.as_str());
    let words = words(offering);
    let texts = preferred.iter().filter_map(|(key, text)| {
        let (rule, text) = (offering.parameters.get(key)?, text.clone()?);
        Some((key.as_str(), choices(rule, text, &words, region)))
    });
    let mut search =
        RuleSearch { offering, place, choices: texts.collect(), effort: Effort::default(), tries: 0 };
    search.run()
}

/// What a parameter may be, the preferred text first.
fn choices(rule: &ParameterRule, preferred: String, words: &[&str], region: Option<&str>) -> Vec<String> {
    let is_free = rule.allowed_values.is_empty() && matches!(rule.kind.as_str(), "String" | "Number");
    let allowed = rule.allowed_values.iter().map(String::as_str);
    let words = words.iter().copied().filter(|_| is_free && !rule.no_echo);
    let others = allowed.chain(words).filter(|text| fits(rule, text, region) == Some(true)).take(WORDS);
    let mut all = vec![preferred];
    for other in others {
        if !all.iter().any(|known| known == other) {
            all.push(other.to_owned());
        }
    }
    all
}

struct RuleSearch<'a> {
    offering: &'a Offering,
    place: Option<&'a Home>,
    choices: BTreeMap<&'a str, Vec<String>>,
    effort: Effort,
    tries: usize,
}

/// What becomes of the rules.
struct RulesJudged<'a> {
    broken: Vec<&'a TemplateRule>,
    open: Vec<&'a TemplateRule>,
}

/// Which of its choices each parameter has that is chosen otherwise.
type Picks<'a> = BTreeMap<&'a str, usize>;

impl<'a> RuleSearch<'a> {
    /// What broken rules look at is chosen otherwise; what that breaks is looked at next.
    fn run(&mut self) -> FittingTexts {
        let first = self.judge(&Picks::new());
        let mut free: BTreeSet<&str> = BTreeSet::new();
        let mut next = self.choosable(&first);
        while !next.is_subset(&free) {
            free.extend(&next);
            next.clear();
            // what has a default keeps it as long as it can
            let mut keys: Vec<&str> = free.iter().copied().collect();
            keys.sort_by_key(|key| {
                self.offering.parameters.get(*key).is_none_or(|rule| rule.default.is_none())
            });
            let mut picks: Picks<'_> = keys.iter().map(|key| (*key, 0)).collect();
            while self.tries < TRIES && !self.effort.is_spent() && self.advance(&keys, &mut picks) {
                self.tries += 1;
                let judged = self.judge(&picks);
                if judged.broken.is_empty() && !self.effort.is_spent() {
                    return self.found(&picks, judged);
                }
                next.extend(self.choosable(&judged));
            }
        }
        self.found(&Picks::new(), first)
    }

    /// The next way to pick, as an odometer goes; `false`: that was the last.
    fn advance(&self, keys: &[&'a str], picks: &mut Picks<'a>) -> bool {
        for key in keys.iter().rev() {
            let Some(pick) = picks.get_mut(key) else { continue };
            *pick += 1;
            if self.choices.get(key).is_some_and(|all| *pick < all.len()) {
                return true;
            }
            *pick = 0;
        }
        false
    }

    fn texts(&self, picks: &Picks<'a>) -> BTreeMap<String, String> {
        let text = |(key, all): (&&str, &Vec<String>)| {
            Some(((*key).to_owned(), all.get(picks.get(key).copied().unwrap_or(0))?.clone()))
        };
        self.choices.iter().filter_map(text).collect()
    }

    fn judge(&mut self, picks: &Picks<'a>) -> RulesJudged<'a> {
        let texts = self.texts(picks);
        let known =
            self.offering.parameters.keys().map(|key| (key.as_str(), texts.get(key).map(String::as_str)));
        let Judged { broken, open } = judged(self.offering, self.place, &known.collect(), &mut self.effort);
        let broken: BTreeSet<&str> = broken.iter().map(|(rule, _)| rule.name.as_str()).collect();
        let open: BTreeSet<&str> = open.iter().map(|rule| rule.name).collect();
        let of = |names: &BTreeSet<&str>| {
            self.offering.rules.rules.iter().filter(|rule| names.contains(rule.name.as_str())).collect()
        };
        RulesJudged { broken: of(&broken), open: of(&open) }
    }

    fn choosable(&self, judged: &RulesJudged<'a>) -> BTreeSet<&'a str> {
        let looked_at = judged.broken.iter().flat_map(|rule| looks_at(rule));
        looked_at.filter(|key| self.choices.get(key).is_some_and(|all| all.len() > 1)).collect()
    }

    fn found(&self, picks: &Picks<'a>, judged: RulesJudged<'_>) -> FittingTexts {
        let doubts = |rules: Vec<&TemplateRule>| rules.into_iter().map(|rule| self.doubt(rule)).collect();
        FittingTexts { texts: self.texts(picks), broken: doubts(judged.broken), open: doubts(judged.open) }
    }

    fn doubt(&self, rule: &TemplateRule) -> RuleInDoubt {
        let says = rule.assertions.iter().filter_map(|one| one.description.clone());
        let keys = looks_at(rule).into_iter().filter(|key| self.offering.parameters.contains_key(*key));
        RuleInDoubt {
            name: rule.name.clone(),
            says: says.collect(),
            looks_at: keys.map(str::to_owned).collect(),
        }
    }
}

/// The texts that the rules name.
fn words(offering: &Offering) -> Vec<&str> {
    let rules = offering.rules.rules.iter();
    let mut open: Vec<&RuleExpression> = rules
        .flat_map(|rule| rule.condition.iter().chain(rule.assertions.iter().map(|one| &one.assert)))
        .collect();
    open.reverse();
    let mut words = Vec::new();
    while let Some(expression) = open.pop() {
        match expression {
            RuleExpression::Text(text) => words.push(text.as_str()),
            RuleExpression::Ref(_) | RuleExpression::Unknown => {}
            RuleExpression::List(all) | RuleExpression::And(all) | RuleExpression::Or(all) => {
                open.extend(all.iter().rev());
            }
            RuleExpression::Not(inner) => open.push(inner),
            RuleExpression::If(three) => open.extend(three.iter().rev()),
            RuleExpression::Equals(two)
            | RuleExpression::Contains(two)
            | RuleExpression::EachMemberEquals(two)
            | RuleExpression::EachMemberIn(two) => open.extend(two.iter().rev()),
        }
    }
    words
}

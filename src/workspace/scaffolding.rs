//! One version of a product as a declaration that somebody edits: which values are known to be taken, and which are not.

use std::collections::{BTreeMap, BTreeSet};

use super::Workspace;
use super::browsing::Browsed;
use super::problem::Problem;
use crate::catalog::{Artifact, Offering, ParameterRule, Product};
use crate::import::{FoundValue, Scaffold, ScaffoldParameter, ScaffoldTag, ScaffoldValue};
use crate::model::endpoint::CatalogKind;
use crate::model::ids::LocationName;
use crate::model::product::{ArtifactSelector, Selector};
use crate::model::text::quoted;
use crate::observe::{CatalogProduct, VersionSheet};
use crate::plan::{FittingTexts, RuleInDoubt, fits, keeping};
use crate::state::{Home, Recorded};

/// Texts that say nothing, of which a rule may take one. None of them is an address, a network or a size.
const EXAMPLES: [&str; 7] =
    ["example", "Example", "EXAMPLE", "example-1", "Example1", "someone@example.com", "e"];

/// A rule that no single character keeps may be about the length.
const LONGEST: u64 = 64;

impl Workspace<'_> {
    /// What is to be written of one version of a product at the first of the locations that have it.
    ///
    /// # Errors
    /// A product, version or launch path that is nowhere; several products of one name; a key that is declared already.
    pub fn scaffold(
        &self,
        location: Option<&str>,
        of: Browsed<'_>,
        key: Option<&str>,
        recorded: &Recorded,
    ) -> Result<Scaffold, Problem> {
        if let Some(taken) = key.filter(|key| self.desired.products.keys().any(|at| at.key.as_str() == *key))
        {
            return Err(Problem::usage(format!("`--key {taken}`: that is declared already")));
        }
        let found = self.catalog_product(location, of, recorded)?;
        let has_sheet = found.iter().find(|(_, sheet)| sheet.is_some());
        let (first, sheet) =
            has_sheet.or(found.first()).ok_or_else(|| Problem::input("nothing is offered"))?;
        let is_there =
            |(other, _): &&(CatalogProduct, Option<VersionSheet>)| other.location == first.location;
        let namesakes: Vec<&str> =
            found.iter().filter(is_there).map(|(other, _)| other.product.id.as_str()).collect();
        if namesakes.len() > 1 {
            let message = format!("several products are called `{}`: {}", of.product, quoted(&namesakes));
            return Err(Problem::input(message).hint("name one of them by its id"));
        }
        let Some(sheet) = sheet else { return Err(unoffered(&first.product)) };
        let alike = found.iter().filter(|(other, its)| {
            let like = |its: &VersionSheet| {
                its.artifact.name == sheet.artifact.name && its.offering == sheet.offering
            };
            other.location != first.location && its.as_ref().is_some_and(like)
        });
        let alike: BTreeSet<&LocationName> = alike.map(|(other, _)| &other.location).collect();
        let mut scaffold = self.scaffold_of(first, sheet);
        if !alike.is_empty() {
            let places = quoted(alike.into_iter().map(|name| self.written_name(name)));
            scaffold.remarks.push(format!("offered alike at {places}: `locations:` takes a list"));
        }
        scaffold.key = key.unwrap_or(&first.product.name).to_owned();
        Ok(scaffold)
    }

    pub(super) fn written_name<'n>(&'n self, name: &'n LocationName) -> &'n str {
        self.repo.settings.locations.get(name).map_or(name.as_str(), |location| &location.written)
    }

    /// What must be given stands before what may be.
    fn scaffold_of(&self, of: &CatalogProduct, sheet: &VersionSheet) -> Scaffold {
        let CatalogProduct { product, namesakes, location, .. } = of;
        let offering = &sheet.offering;
        // a stack set stands in several
        let home = self.home(location).filter(|_| offering.stack_set.is_none());
        let region = self.repo.settings.locations.get(location).map(|location| location.region.as_str());
        let region = region.filter(|_| offering.stack_set.is_none());
        let found = keeping(offering, &preferred(offering, region), home.as_ref());
        let parameter = |(key, rule): (&String, &ParameterRule)| ScaffoldParameter {
            key: key.clone(),
            remarks: said(rule, offering.interface.labels.get(key)),
            ..written(rule, found.texts.get(key).map(String::as_str))
        };
        let mut parameters: Vec<ScaffoldParameter> = offering.parameters.iter().map(parameter).collect();
        parameters.sort_by_key(|one| matches!(one.value, ScaffoldValue::Default(_) | ScaffoldValue::Hidden));
        let options = offering.tag_options.iter();
        let tag =
            |(key, values): (&String, &Vec<String>)| ScaffoldTag { key: key.clone(), values: values.clone() };
        let several = self.repo.settings.locations.len() > 1;
        Scaffold {
            key: String::new(),
            name: product.name.clone(),
            product: if *namesakes > 1 {
                Selector::Id(product.id.to_string())
            } else {
                Selector::Name(product.name.clone())
            },
            artifact: version(product, &sheet.artifact),
            path: path(product, sheet),
            location: several.then(|| self.written_name(location).to_owned()),
            parameters,
            tags: options.filter(|(_, values)| !values.is_empty()).map(tag).collect(),
            spread: offering.stack_set.as_ref().map(|set| [set.accounts.clone(), set.regions.clone()]),
            remarks: Vec::new(),
            warnings: warnings(product, sheet, &found),
        }
    }

    /// Where its stack would stand, where the settings say which account that is.
    fn home(&self, location: &LocationName) -> Option<Home> {
        let location = self.repo.settings.locations.get(location)?;
        let (account, region) = (location.account_id.clone()?, location.region.clone());
        Some(Home { account, region, catalog: CatalogKind::Unknown })
    }
}

/// Why nothing of a product can be declared.
fn unoffered(product: &Product) -> Problem {
    let name = &product.name;
    if product.artifacts.is_empty() {
        let hint = "ask the platform team: a version has to be made active before anybody can provision it";
        return Problem::input(format!("`{name}` has no active version")).hint(hint);
    }
    Problem::input(format!("there is no launch path to `{name}` for this principal"))
        .hint("a launch path is what it takes: a portfolio that is granted")
}

/// What stands in the way of provisioning it as it is written.
fn warnings(product: &Product, sheet: &VersionSheet, found: &FittingTexts) -> Vec<String> {
    let name = sheet.artifact.label();
    let advice = match product.newest() {
        Some(newest) if !newest.deprecated => format!("`{}` is the newest that can", newest.label()),
        _ => "all its versions are".to_owned(),
    };
    let deprecated = sheet
        .artifact
        .deprecated
        .then(|| format!("Version `{name}` is deprecated and cannot be provisioned anew: {advice}"));
    let told = |rule: &RuleInDoubt| {
        let says = quoted(&rule.looks_at);
        let words = rule.says.iter().map(|text| text.trim().trim_end_matches('.'));
        let words: Vec<&str> = words.filter(|text| !text.is_empty()).collect();
        let words = if words.is_empty() { String::new() } else { format!(" ({})", words.join("; ")) };
        (format!("`{}`{words}", rule.name), says)
    };
    let broken = found.broken.iter().map(told).map(|(rule, keys)| {
        format!("No values were found that keep the template's rule {rule}: choose {keys}")
    });
    let open = found.open.iter().map(told).map(|(rule, keys)| {
        format!(
            "Not known is whether the template's rule {rule} will be kept: see to it when you choose {keys}"
        )
    });
    deprecated.into_iter().chain(broken).chain(open).collect()
}

/// The texts that come first to mind; `None`: nobody knows one.
fn preferred(offering: &Offering, region: Option<&str>) -> BTreeMap<String, Option<String>> {
    let one = |rule: &ParameterRule| match &rule.default {
        Some(default) if rule.no_echo || fits(rule, default, region) != Some(false) => Some(default.clone()),
        _ if rule.no_echo => None,
        _ => example(rule, region),
    };
    offering.parameters.iter().map(|(key, rule)| (key.clone(), one(rule))).collect()
}

fn version(product: &Product, artifact: &Artifact) -> ArtifactSelector {
    let namesakes = product.artifacts.iter().filter(|other| other.name == artifact.name).count();
    match &artifact.name {
        Some(name) if namesakes == 1 => ArtifactSelector::Name(name.clone()),
        _ => ArtifactSelector::Id(artifact.id.to_string()),
    }
}

/// Needed only where there are several.
fn path(product: &Product, sheet: &VersionSheet) -> Option<Selector> {
    let namesakes = product.paths.iter().filter(|other| other.name == sheet.path.name).count();
    (product.paths.len() > 1).then(|| match namesakes {
        1 => Selector::Name(sheet.path.name.clone()),
        _ => Selector::Id(sheet.path.id.to_string()),
    })
}

/// What its author says of a parameter.
fn said(rule: &ParameterRule, label: Option<&String>) -> Vec<String> {
    let texts = label.into_iter().chain([&rule.description]);
    texts.filter(|text| !text.trim().is_empty()).cloned().collect()
}

/// What is written of a parameter, if that text was chosen: its key and what is said of it come on top. A default that breaks a
/// rule, its own or one of the template, is not left to take effect.
fn written(rule: &ParameterRule, chosen: Option<&str>) -> ScaffoldParameter {
    let parameter =
        |value, choice| ScaffoldParameter { key: String::new(), remarks: Vec::new(), value, choice };
    let told = Some(rule.told()).filter(|told| !told.is_empty()).map(|told| told.join("; "));
    let choice = || told.clone().map_or_else(|| rule.kind.clone(), |told| format!("{} ({told})", rule.kind));
    let found = |text: &str| FoundValue::of(&rule.kind, text);
    match (&rule.default, chosen) {
        (Some(_), _) if rule.no_echo => {
            parameter(ScaffoldValue::Hidden, Some("it is sensitive, and has a default".to_owned()))
        }
        (Some(default), Some(chosen)) if default == chosen => {
            parameter(ScaffoldValue::Default(found(default)), told)
        }
        (None, _) if rule.no_echo => parameter(ScaffoldValue::Given(FoundValue::Sensitive), told),
        // the only value that is allowed is no choice
        (_, Some(text)) if rule.allowed_values.len() == 1 => {
            parameter(ScaffoldValue::Given(found(text)), None)
        }
        (_, Some(text)) => parameter(ScaffoldValue::Given(found(text)), Some(choice())),
        (_, None) => parameter(ScaffoldValue::Open, Some(choice())),
    }
}

/// A value that keeps all rules, where one is plain to see: nothing that names something which must exist is made up.
fn example(rule: &ParameterRule, region: Option<&str>) -> Option<String> {
    let fitting = |text: &String| fits(rule, text, region) == Some(true);
    if !rule.allowed_values.is_empty() {
        return rule.allowed_values.iter().find(|text| fitting(text)).cloned();
    }
    match rule.kind.as_str() {
        "Number" | "List<Number>" => {
            let bounds = [&rule.min_value, &rule.max_value].into_iter().flatten().cloned();
            bounds.chain(["1".to_owned()]).find(fitting)
        }
        "String" | "CommaDelimitedList" | "List<String>" => {
            let least = usize::try_from(rule.min_length.unwrap_or(0).min(LONGEST)).unwrap_or(0);
            let examples = EXAMPLES.iter().map(|text| format!("{text:e<least$}"));
            examples.into_iter().find(fitting)
        }
        _ => None,
    }
}

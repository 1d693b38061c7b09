//! One version of a product as a declaration that somebody edits: which values are known to be taken, and which are not.

use std::collections::BTreeSet;

use super::Workspace;
use super::browsing::Browsed;
use super::problem::Problem;
use crate::catalog::{Artifact, ParameterRule, Product};
use crate::import::{FoundValue, Scaffold, ScaffoldParameter, ScaffoldTag, ScaffoldValue};
use crate::model::ids::LocationName;
use crate::model::product::{ArtifactSelector, Selector};
use crate::model::text::quoted;
use crate::observe::{CatalogProduct, VersionSheet};
use crate::plan::fits;
use crate::state::Recorded;

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
        let (first, sheet) = found.first().ok_or_else(|| Problem::input("nothing is offered"))?;
        let is_there =
            |(other, _): &&(CatalogProduct, Option<VersionSheet>)| other.location == first.location;
        let namesakes: Vec<&str> =
            found.iter().filter(is_there).map(|(other, _)| other.product.id.as_str()).collect();
        if namesakes.len() > 1 {
            let message = format!("several products are called `{}`: {}", of.product, quoted(&namesakes));
            return Err(Problem::input(message).hint("name one of them by its id"));
        }
        let Some(sheet) = sheet else {
            let message =
                format!("`{}` has no version that this principal can provision", first.product.name);
            return Err(
                Problem::input(message).hint("a launch path is what it takes: a portfolio that is granted")
            );
        };
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
        let region = self.repo.settings.locations.get(location).map(|location| location.region.to_string());
        let offering = &sheet.offering;
        let is_spread = offering.stack_set.is_some();
        let region = region.filter(|_| !is_spread);
        let parameter = |(key, rule): (&String, &ParameterRule)| ScaffoldParameter {
            key: key.clone(),
            remarks: said(rule, offering.interface.labels.get(key)),
            ..written(rule, region.as_deref())
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
        }
    }
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

/// What is written of a parameter: its key and what is said of it come on top.
fn written(rule: &ParameterRule, region: Option<&str>) -> ScaffoldParameter {
    let parameter =
        |value, choice| ScaffoldParameter { key: String::new(), remarks: Vec::new(), value, choice };
    let told = Some(rule.told()).filter(|told| !told.is_empty()).map(|told| told.join("; "));
    match &rule.default {
        Some(_) if rule.no_echo => {
            parameter(ScaffoldValue::Hidden, Some("it is sensitive, and has a default".to_owned()))
        }
        Some(default) => parameter(ScaffoldValue::Default(FoundValue::of(&rule.kind, default)), told),
        None if rule.no_echo => parameter(ScaffoldValue::Given(FoundValue::Sensitive), told),
        None => {
            let choice =
                || told.clone().map_or_else(|| rule.kind.clone(), |told| format!("{} ({told})", rule.kind));
            match example(rule, region) {
                // the only value that is allowed is no choice
                Some(text) if rule.allowed_values.len() == 1 => {
                    parameter(ScaffoldValue::Given(FoundValue::of(&rule.kind, &text)), None)
                }
                Some(text) => {
                    parameter(ScaffoldValue::Given(FoundValue::of(&rule.kind, &text)), Some(choice()))
                }
                None => parameter(ScaffoldValue::Open, Some(choice())),
            }
        }
    }
}

/// A value that keeps all rules, where one is plain to see: nothing that names something which must exist is made up.
fn example(rule: &ParameterRule, region: Option<&str>) -> Option<String> {
    let fitting = |text: &String| fits(rule, text, region);
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

//! The document of products, `provisor.catalog/v1`: `format` and `products`, each with its `name`, `ids` (by location), `type`,
//! `owner`, `versions` (`name`, `id`, `created`, `guidance`, the newest first; an id or a time that differs between locations is `null`), `launch_paths`,
//! `used_by` (`address`, `location`, `name`, `runs`, `declared`, `behind`) and, of `catalog show`, `sheet`: what one version takes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::printed;
use crate::model::time::Timestamp;
use crate::report::view::{CatalogView, ParameterSheet, ProductView, SheetView, UserView, VersionView};

/// Products as one document.
#[must_use]
pub fn catalog(view: &CatalogView) -> String {
    let products = view.products.iter().map(CatalogProductDoc::of).collect();
    printed(&CatalogDoc { format: "provisor.catalog/v1", products })
}

#[derive(Serialize)]
struct CatalogDoc<'a> {
    format: &'static str,
    products: Vec<CatalogProductDoc<'a>>,
}

#[derive(Serialize)]
struct CatalogProductDoc<'a> {
    name: &'a str,
    ids: &'a BTreeMap<String, String>,
    #[serde(rename = "type")]
    kind: &'a str,
    owner: &'a str,
    versions: Vec<VersionDoc<'a>>,
    launch_paths: &'a [String],
    used_by: Vec<UserDoc<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<SheetDoc<'a>>,
}

impl<'a> CatalogProductDoc<'a> {
    fn of(view: &'a ProductView) -> Self {
        Self {
            name: &view.name,
            ids: &view.ids,
            kind: &view.kind,
            owner: &view.owner,
            versions: view.versions.iter().map(VersionDoc::of).collect(),
            launch_paths: &view.paths,
            used_by: view.users.iter().map(UserDoc::of).collect(),
            sheet: view.sheet.as_ref().map(SheetDoc::of),
        }
    }
}

#[derive(Serialize)]
struct VersionDoc<'a> {
    name: &'a str,
    id: Option<&'a str>,
    created: Option<String>,
    guidance: &'static str,
}

impl<'a> VersionDoc<'a> {
    fn of(view: &'a VersionView) -> Self {
        Self {
            name: &view.name,
            id: view.id.as_deref(),
            created: view.created.map(Timestamp::utc),
            guidance: if view.deprecated { "DEPRECATED" } else { "DEFAULT" },
        }
    }
}

#[derive(Serialize)]
struct UserDoc<'a> {
    address: Option<&'a str>,
    location: &'a str,
    name: &'a str,
    runs: Option<&'a str>,
    declared: Option<&'a str>,
    behind: bool,
}

impl<'a> UserDoc<'a> {
    fn of(view: &'a UserView) -> Self {
        Self {
            address: view.address.as_deref(),
            location: &view.location,
            name: &view.name,
            runs: view.runs.as_deref(),
            declared: view.declared.as_deref(),
            behind: view.is_behind,
        }
    }
}

#[derive(Serialize)]
struct SheetDoc<'a> {
    version: &'a str,
    launch_path: &'a str,
    parameters: BTreeMap<&'a str, RuleDoc<'a>>,
    tag_options: &'a BTreeMap<String, Vec<String>>,
    tags_can_be_updated: bool,
    stack_set: Option<StackSetDoc<'a>>,
    outputs: Option<Vec<&'a str>>,
    rules: Vec<TemplateRuleDoc<'a>>,
}

#[derive(Serialize)]
struct StackSetDoc<'a> {
    accounts: &'a [String],
    regions: &'a [String],
}

#[derive(Serialize)]
struct TemplateRuleDoc<'a> {
    name: &'a str,
    descriptions: Vec<&'a str>,
}

impl<'a> SheetDoc<'a> {
    fn of(view: &'a SheetView) -> Self {
        let offering = &view.offering;
        let rules = offering.rules.rules.iter().map(|rule| TemplateRuleDoc {
            name: &rule.name,
            descriptions: rule.assertions.iter().filter_map(|one| one.description.as_deref()).collect(),
        });
        Self {
            version: &view.version,
            launch_path: &view.path,
            parameters: view.parameters().into_iter().map(|one| (one.key, RuleDoc::of(&one))).collect(),
            tag_options: &offering.tag_options,
            tags_can_be_updated: offering.tag_update,
            stack_set: offering
                .stack_set
                .as_ref()
                .map(|set| StackSetDoc { accounts: &set.accounts, regions: &set.regions }),
            outputs: offering.output_keys.as_ref().map(|keys| keys.iter().map(String::as_str).collect()),
            rules: rules.collect(),
        }
    }
}

/// A member that says nothing is left out, but for `required`.
#[derive(Serialize)]
struct RuleDoc<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    allowed_values: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_pattern: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_value: Option<&'a str>,
}

impl<'a> RuleDoc<'a> {
    fn of(view: &ParameterSheet<'a>) -> Self {
        let rule = view.rule;
        Self {
            kind: &rule.kind,
            required: rule.default.is_none(),
            default: rule.default.as_deref().filter(|_| !rule.no_echo),
            sensitive: rule.no_echo,
            label: view.label,
            group: view.group,
            description: &rule.description,
            allowed_values: &rule.allowed_values,
            allowed_pattern: rule.allowed_pattern.as_deref(),
            min_length: rule.min_length,
            max_length: rule.max_length,
            min_value: rule.min_value.as_deref(),
            max_value: rule.max_value.as_deref(),
        }
    }
}

//! What was asked for, as JSON: contents, parameter values, stack-set preferences. Shapes only; nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::product::{Bound, Language, Preferences};
use crate::model::value::KeyedDigest;
use crate::state::{Content, Stored};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContentDto {
    name: String,
    product: String,
    product_name: String,
    artifact: String,
    artifact_name: String,
    path: String,
    path_name: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<String, StoredDto>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notification_arns: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preferences: Option<PreferencesDto>,
    language: String,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    sensitive_outputs: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredDto {
    Text(String),
    Digest(String),
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PreferencesDto {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regions: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_tolerance: Option<BoundDto>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_concurrency: Option<BoundDto>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BoundDto {
    Count(u32),
    Percentage(u32),
}

impl From<&Content> for ContentDto {
    fn from(content: &Content) -> Self {
        Self {
            name: content.name.clone(),
            product: content.product.to_string(),
            product_name: content.product_name.clone(),
            artifact: content.artifact.to_string(),
            artifact_name: content.artifact_name.clone(),
            path: content.path.to_string(),
            path_name: content.path_name.clone(),
            parameters: content.parameters.iter().map(|(key, value)| (key.clone(), value.into())).collect(),
            tags: content.tags.clone(),
            notification_arns: content.notification_arns.clone(),
            preferences: content.preferences.as_ref().map(PreferencesDto::from),
            language: content.language.as_str().to_owned(),
            sensitive_outputs: content.sensitive_outputs.clone(),
        }
    }
}

impl TryFrom<ContentDto> for Content {
    type Error = String;

    fn try_from(dto: ContentDto) -> Result<Self, String> {
        let language =
            Language::parse(&dto.language).ok_or_else(|| format!("unknown language `{}`", dto.language))?;
        Ok(Self {
            name: dto.name,
            product: dto.product.into(),
            product_name: dto.product_name,
            artifact: dto.artifact.into(),
            artifact_name: dto.artifact_name,
            path: dto.path.into(),
            path_name: dto.path_name,
            parameters: dto.parameters.into_iter().map(|(key, value)| (key, value.into())).collect(),
            tags: dto.tags,
            notification_arns: dto.notification_arns,
            preferences: dto.preferences.map(Preferences::from),
            language,
            sensitive_outputs: dto.sensitive_outputs,
        })
    }
}

impl From<&Stored> for StoredDto {
    fn from(stored: &Stored) -> Self {
        match stored {
            Stored::Text(text) => Self::Text(text.clone()),
            Stored::Digest(digest) => Self::Digest(digest.0.clone()),
            Stored::Unknown => Self::Unknown,
        }
    }
}

impl From<StoredDto> for Stored {
    fn from(dto: StoredDto) -> Self {
        match dto {
            StoredDto::Text(text) => Self::Text(text),
            StoredDto::Digest(digest) => Self::Digest(KeyedDigest(digest)),
            StoredDto::Unknown => Self::Unknown,
        }
    }
}

impl From<&Preferences> for PreferencesDto {
    fn from(preferences: &Preferences) -> Self {
        Self {
            accounts: preferences.accounts.clone(),
            regions: preferences.regions.clone(),
            failure_tolerance: preferences.failure_tolerance.map(BoundDto::from),
            max_concurrency: preferences.max_concurrency.map(BoundDto::from),
        }
    }
}

impl From<PreferencesDto> for Preferences {
    fn from(dto: PreferencesDto) -> Self {
        Self {
            accounts: dto.accounts,
            regions: dto.regions,
            failure_tolerance: dto.failure_tolerance.map(Bound::from),
            max_concurrency: dto.max_concurrency.map(Bound::from),
        }
    }
}

impl From<Bound> for BoundDto {
    fn from(bound: Bound) -> Self {
        match bound {
            Bound::Count(count) => Self::Count(count),
            Bound::Percentage(percentage) => Self::Percentage(percentage),
        }
    }
}

impl From<BoundDto> for Bound {
    fn from(dto: BoundDto) -> Self {
        match dto {
            BoundDto::Count(count) => Self::Count(count),
            BoundDto::Percentage(percentage) => Self::Percentage(percentage),
        }
    }
}

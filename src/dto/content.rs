//! A target with its parameters and tags, flat. Saved plans write every member; the state leaves out what says nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use provisor_model::ids::{ArtifactId, PathId, ProductId};
use provisor_model::product::{Bound, Language, Preferences, StackSetOperation};
use provisor_model::target::{Named, Options, Target};

/// A target whose parameters are written as `P`, and its tags as `T`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentDto<P, T> {
    name: String,
    product: String,
    product_name: String,
    artifact: String,
    artifact_name: String,
    path: String,
    path_name: String,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    parameters: Option<BTreeMap<String, P>>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    tags: Option<BTreeMap<String, T>>,
    /// Plans only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_tags: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notification_arns: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preferences: Option<Option<PreferencesDto>>,
    /// Plans only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instances: Option<InstancesDto>,
    language: LanguageDto,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sensitive_outputs: Option<BTreeSet<String>>,
}

/// What a [`ContentDto`] is made of.
pub struct Parts<P, T> {
    /// The target.
    pub target: Target,
    /// Its parameters.
    pub parameters: BTreeMap<String, P>,
    /// Its tags.
    pub tags: BTreeMap<String, T>,
}

impl<P, T> ContentDto<P, T> {
    /// Every member.
    pub fn new(target: &Target, parameters: BTreeMap<String, P>, tags: BTreeMap<String, T>) -> Self {
        let Target { name, product, artifact, path, options } = target;
        let Options { notification_arns, preferences, language, sensitive_outputs } = options;
        Self {
            name: name.clone(),
            product: product.id.to_string(),
            product_name: product.name.clone(),
            artifact: artifact.id.to_string(),
            artifact_name: artifact.name.clone(),
            path: path.id.to_string(),
            path_name: path.name.clone(),
            parameters: Some(parameters),
            tags: Some(tags),
            send_tags: None,
            notification_arns: Some(notification_arns.clone()),
            preferences: Some(preferences.as_ref().map(PreferencesDto::from)),
            instances: None,
            language: LanguageDto::from(*language),
            sensitive_outputs: Some(sensitive_outputs.clone()),
        }
    }

    /// Without the members that say nothing.
    #[must_use]
    pub fn sparse(self) -> Self {
        Self {
            parameters: self.parameters.filter(|parameters| !parameters.is_empty()),
            tags: self.tags.filter(|tags| !tags.is_empty()),
            notification_arns: self.notification_arns.filter(|arns| !arns.is_empty()),
            preferences: self.preferences.flatten().map(|preferences| Some(preferences.sparse())),
            sensitive_outputs: self.sensitive_outputs.filter(|keys| !keys.is_empty()),
            ..self
        }
    }

    /// The parameters and tags, to be changed before they are written.
    pub fn values_mut(&mut self) -> (impl Iterator<Item = &mut P>, impl Iterator<Item = &mut T>) {
        let parameters = self.parameters.iter_mut().flat_map(BTreeMap::values_mut);
        (parameters, self.tags.iter_mut().flat_map(BTreeMap::values_mut))
    }

    /// What was written.
    pub fn parts(self) -> Parts<P, T> {
        let options = Options {
            notification_arns: self.notification_arns.unwrap_or_default(),
            preferences: self.preferences.flatten().map(Preferences::from),
            language: self.language.into(),
            sensitive_outputs: self.sensitive_outputs.unwrap_or_default(),
        };
        let target = Target {
            name: self.name,
            product: Named { id: ProductId::new(self.product), name: self.product_name },
            artifact: Named { id: ArtifactId::new(self.artifact), name: self.artifact_name },
            path: Named { id: PathId::new(self.path), name: self.path_name },
            options,
        };
        Parts { target, parameters: self.parameters.unwrap_or_default(), tags: self.tags.unwrap_or_default() }
    }
}

/// `ProvisioningPreferences`
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreferencesDto {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accounts: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    regions: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure_tolerance: Option<Option<BoundDto>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_concurrency: Option<Option<BoundDto>>,
}

impl PreferencesDto {
    fn sparse(self) -> Self {
        Self {
            accounts: self.accounts.filter(|accounts| !accounts.is_empty()),
            regions: self.regions.filter(|regions| !regions.is_empty()),
            failure_tolerance: self.failure_tolerance.filter(Option::is_some),
            max_concurrency: self.max_concurrency.filter(Option::is_some),
        }
    }
}

impl From<&Preferences> for PreferencesDto {
    fn from(preferences: &Preferences) -> Self {
        Self {
            accounts: Some(preferences.accounts.clone()),
            regions: Some(preferences.regions.clone()),
            failure_tolerance: Some(preferences.failure_tolerance.map(BoundDto::from)),
            max_concurrency: Some(preferences.max_concurrency.map(BoundDto::from)),
        }
    }
}

impl From<PreferencesDto> for Preferences {
    fn from(dto: PreferencesDto) -> Self {
        Self {
            accounts: dto.accounts.unwrap_or_default(),
            regions: dto.regions.unwrap_or_default(),
            failure_tolerance: dto.failure_tolerance.flatten().map(Bound::from),
            max_concurrency: dto.max_concurrency.flatten().map(Bound::from),
        }
    }
}

/// The stack instances that come or go.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstancesDto {
    /// Which of the two.
    pub operation: OperationDto,
    /// Their accounts.
    pub accounts: Vec<String>,
    /// Their regions.
    pub regions: Vec<String>,
}

/// Mirrors an enum without fields, or with one each: the two sides have the same variants.
macro_rules! twin {
    ($(#[$doc:meta])* $dto:ident of $model:ident { $($variant:ident $(($field:ident: $type:ty))?),* }) => {
        $(#[$doc])*
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $dto {
            $(#[allow(missing_docs, reason = "the model's variant says it")] $variant $(($type))?),*
        }

        impl From<$model> for $dto {
            fn from(model: $model) -> Self {
                match model {
                    $($model::$variant $(($field))? => Self::$variant $(($field))?),*
                }
            }
        }

        impl From<$dto> for $model {
            fn from(dto: $dto) -> Self {
                match dto {
                    $($dto::$variant $(($field))? => Self::$variant $(($field))?),*
                }
            }
        }
    };
}

twin!(
    /// A bound of a stack-set operation.
    BoundDto of Bound { Count(count: u32), Percentage(percentage: u32) }
);
twin!(
    /// The language of messages.
    LanguageDto of Language { En, Jp, Zh }
);
twin!(
    /// `StackSetOperationType`
    OperationDto of StackSetOperation { Create, Delete }
);

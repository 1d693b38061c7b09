//! Where a location's credentials on AWS come from: the SDK's chain, a profile, a role. Nothing of this is used on a
//! sandbox.

use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::identity::IdentityCache;
use aws_config::profile::{ProfileFileCredentialsProvider, load};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_types::os_shim_internal::{Env, Fs};

use super::Role;
use super::errors::here;
use super::sdk::{READ_ATTEMPTS, app_name, behavior};
use super::transport::{Secure, nowhere};
use crate::{CatalogError, CatalogErrorKind};

/// The SDK's configuration for one region, without credentials.
pub(super) async fn on_aws(profile: Option<&str>, region: Region) -> SdkConfig {
    let mut loader = aws_config::defaults(behavior())
        .region(region)
        // never from the environment: a bad value there makes the SDK panic
        .retry_config(RetryConfig::standard().with_max_attempts(READ_ATTEMPTS))
        .timeout_config(TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .no_credentials();
    if let Some(name) = app_name() {
        loader = loader.app_name(name);
    }
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    loader.load().await
}

/// The same, with the credentials of a profile or of the default chain.
pub(super) async fn with_credentials(base: SdkConfig, profile: Option<&str>, secure: &Secure) -> SdkConfig {
    let mut provider = ProviderConfig::without_region().with_region(base.region().cloned());
    if let Some(direct) = &secure.direct {
        provider = provider.with_http_client(direct.clone());
    }
    let credentials = match profile {
        // a written profile is meant: keys that happen to be in the environment do not win over it
        Some(profile) => {
            let of_profile = ProfileFileCredentialsProvider::builder().configure(&provider);
            let of_profile = of_profile.profile_name(profile).build();
            SharedCredentialsProvider::new(Profile { provider: of_profile, name: profile.to_owned() })
        }
        None => {
            let chain = DefaultCredentialsChain::builder().configure(provider).build().await;
            SharedCredentialsProvider::new(chain)
        }
    };
    base.into_builder()
        .credentials_provider(credentials)
        .identity_cache(IdentityCache::lazy().build())
        .http_client(secure.https.clone())
        .build()
}

/// A profile's credentials; when there are none, the error names the profile.
#[derive(Debug)]
struct Profile {
    name: String,
    provider: ProfileFileCredentialsProvider,
}

#[derive(Debug, thiserror::Error)]
#[error("profile `{name}` gives none")]
pub(super) struct NoneInProfile {
    pub(super) name: String,
    /// The profiles that there are.
    pub(super) known: Vec<String>,
    /// What the SDK says of it.
    pub(super) source: CredentialsError,
}

impl ProvideCredentials for Profile {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let found = self.provider.provide_credentials().await;
            match found {
                Ok(found) => Ok(found),
                Err(source) => {
                    let (name, known) = (self.name.clone(), known_profiles().await);
                    Err(CredentialsError::not_loaded(NoneInProfile { name, known, source }))
                }
            }
        })
    }
}

/// The profiles of the AWS configuration, as far as it can be read.
async fn known_profiles() -> Vec<String> {
    let found = load(&Fs::real(), &Env::real(), &Default::default(), None).await;
    found.map(|found| found.profiles().map(str::to_owned).collect()).unwrap_or_default()
}

/// The same, with the credentials of a role that those credentials may assume.
pub(super) async fn in_role(base: SdkConfig, role: &Role) -> SdkConfig {
    let mut provider = AssumeRoleProvider::builder(&role.arn).configure(&base);
    provider = provider.session_name(role.session_name.as_deref().unwrap_or("provisor"));
    if let Some(external_id) = &role.external_id {
        provider = provider.external_id(external_id);
    }
    let provider = SharedCredentialsProvider::new(provider.build().await);
    base.into_builder().credentials_provider(provider).identity_cache(IdentityCache::lazy().build()).build()
}

/// Whether the credentials that would be used are made up. Nobody is asked over the network: those that come from there are
/// real.
pub(super) async fn is_made_up(profile: Option<&str>) -> bool {
    let offline = ProviderConfig::without_region().with_http_client(nowhere());
    let of_profile = ProfileFileCredentialsProvider::builder().configure(&offline);
    let of_profile = match profile {
        Some(profile) => of_profile.profile_name(profile),
        None => of_profile,
    };
    let found = match (profile, EnvironmentVariableCredentialsProvider::new().provide_credentials().await) {
        (None, Ok(found)) => Ok(found),
        _ => of_profile.build().provide_credentials().await,
    };
    found.is_ok_and(|found| {
        let id = found.access_key_id().to_ascii_uppercase();
        !["AKIA", "ASIA"].iter().any(|real| id.starts_with(real))
    })
}

/// Refuses what the SDK would panic about.
pub(super) fn check_environment(variable: impl Fn(&str) -> Option<String>) -> Result<(), CatalogError> {
    let refuse = |name: &str, value: &str, hint: &str| {
        Err(here(CatalogErrorKind::Denied, format!("environment variable `{name}` is `{value}`: {hint}")))
    };
    if let Some(value) = variable("AWS_MAX_ATTEMPTS")
        && !value.trim().parse::<u32>().is_ok_and(|attempts| attempts > 0)
    {
        return refuse("AWS_MAX_ATTEMPTS", &value, "expected a whole number from 1");
    }
    if let Some(value) = variable("AWS_RETRY_MODE")
        && !["standard", "adaptive", "legacy"].contains(&value.trim().to_ascii_lowercase().as_str())
    {
        return refuse("AWS_RETRY_MODE", &value, "expected `standard`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str) -> Result<(), CatalogError> {
        check_environment(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn junk_in_the_environment_is_refused_by_name() {
        for (name, value) in
            [("AWS_MAX_ATTEMPTS", "0"), ("AWS_MAX_ATTEMPTS", "many"), ("AWS_RETRY_MODE", "hard")]
        {
            let error = check(name, value).unwrap_err();
            assert_eq!(error.kind, CatalogErrorKind::Denied);
            assert!(error.message.contains(name) && error.message.contains(value), "{error}");
        }
        for (name, value) in [("AWS_MAX_ATTEMPTS", "5"), ("AWS_RETRY_MODE", "Standard"), ("OTHER", "x")] {
            assert_eq!(check(name, value), Ok(()), "{name}={value}");
        }
    }
}

//! Where calls go: judged when every source has spoken (settings, environment, AWS configuration), before anything is
//! sent, and then the only place that they go to.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::errors::here;
use crate::catalog::{CatalogError, CatalogErrorKind, Configured};
use crate::model::endpoint::{is_callable, is_encrypted, is_loopback, is_own};

/// The id of Service Catalog in configuration files.
pub(super) const CATALOG: &str = "Service Catalog";

/// The id of the token service.
pub(super) const STS: &str = "STS";

/// Every service that something is sent to, credentials' own included.
const SERVICES: [&str; 5] = [CATALOG, STS, "CloudFormation", "SSO", "SSO OIDC"];

/// The endpoints of one location that are not left to the SDK, by the service's id.
#[derive(Clone, Debug, Default)]
pub(super) struct Endpoints(BTreeMap<&'static str, Endpoint>);

#[derive(Clone, Debug)]
struct Endpoint {
    url: String,
    /// Who names it.
    by: String,
}

/// What endpoints ask of the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// Any will do.
    Any,
    /// Only such as are made up: somebody else may listen there.
    MadeUp,
}

impl Endpoints {
    /// Those that the environment and the configuration name.
    pub(super) fn configured(base: &SdkConfig, variable: impl Fn(&str) -> Option<String>) -> Self {
        let found = SERVICES.into_iter().filter_map(|service| {
            // configuration files write `service_catalog`; this SDK looks for `service-catalog`
            let own = [&*service.replace(' ', "_"), service].into_iter().find_map(|service| {
                let key = ServiceConfigKey::builder().service_id(service).env("AWS_ENDPOINT_URL");
                base.service_config()?.load_config(key.profile("endpoint_url").build().ok()?)
            });
            let url = own.or_else(|| base.endpoint_url().map(str::to_owned))?;
            let of_service = format!("AWS_ENDPOINT_URL_{}", service.to_uppercase().replace(' ', "_"));
            let names = [of_service, "AWS_ENDPOINT_URL".to_owned()];
            let by = names.into_iter().find(|name| variable(name).as_ref() == Some(&url));
            let by = by.unwrap_or_else(|| "the AWS configuration file".to_owned());
            Some((service, Endpoint { url, by }))
        });
        Self(found.collect())
    }

    /// The same, with the one that the settings name for all services.
    pub(super) fn with(&self, written: Option<&str>) -> Self {
        let Some(url) = written else { return self.clone() };
        let endpoint = Endpoint { url: url.to_owned(), by: "`endpoint_url` of the settings".to_owned() };
        Self(SERVICES.into_iter().map(|service| (service, endpoint.clone())).collect())
    }

    /// What they ask of the credentials.
    ///
    /// # Errors
    /// One that nobody may be sent to.
    pub(super) fn judge(&self, allowed: bool) -> Result<Demand, CatalogError> {
        let mut demand = Demand::Any;
        for Endpoint { url, by } in self.0.values().filter(|endpoint| !is_own(&endpoint.url)) {
            let refused =
                |why: &str| Err(here(CatalogErrorKind::Refused, format!("endpoint `{url}` (by {by}) {why}")));
            if !is_callable(url) {
                return refused("is no http or https url");
            }
            match (is_loopback(url), allowed) {
                (false, _) if !is_encrypted(url) => {
                    return refused("is reached without encryption: plain http is for this machine only");
                }
                (false, false) => {
                    return refused(
                        "is not the service's own: if that is meant, write `allow_custom_endpoint: true` at the location",
                    );
                }
                (true, false) => demand = Demand::MadeUp,
                (_, true) => {}
            }
        }
        Ok(demand)
    }

    /// That credentials may be real, and one of the endpoints is not the service's own.
    pub(super) fn exposed(&self) -> CatalogError {
        let named: Vec<String> = self
            .0
            .values()
            .filter(|endpoint| !is_own(&endpoint.url))
            .take(1)
            .map(|Endpoint { url, by }| format!("`{url}` (by {by})"))
            .collect();
        let message = format!(
            "endpoint {} is not the service's own, and the credentials may be real: if that is meant, write `allow_custom_endpoint: true` at the location",
            named.concat()
        );
        here(CatalogErrorKind::Refused, message)
    }

    /// The same, for people, with who names it.
    pub(super) fn named(&self, service: &str) -> Option<Configured> {
        let Endpoint { url, by } = self.0.get(service)?;
        Some(Configured { text: url.clone(), by: by.clone() })
    }

    /// Where calls of a service go, if that is not left to the SDK.
    pub(super) fn url(&self, service: &str) -> Option<&str> {
        self.0.get(service).map(|endpoint| endpoint.url.as_str())
    }
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        (key.profile() == "endpoint_url").then(|| self.url(key.service_id()).map(str::to_owned)).flatten()
    }
}

//! Where calls go: judged when every source has spoken (settings, environment, AWS configuration file: in this order),
//! before anything is sent, and then the only place that they go to.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::errors::here;
use crate::{CatalogError, CatalogErrorKind, Configured};
use provisor_model::endpoint::{is_callable, is_encrypted, is_loopback, is_own};

/// The id of Service Catalog in configuration files.
pub(super) const CATALOG: &str = "Service Catalog";

/// The id of CloudFormation.
pub(super) const CLOUDFORMATION: &str = "CloudFormation";

/// The id of the token service.
pub(super) const STS: &str = "STS";

/// The services that we call.
const CALLED: [&str; 3] = [CATALOG, CLOUDFORMATION, STS];

/// The services that credentials come from.
const OF_CREDENTIALS: [&str; 3] = [STS, "SSO", "SSO OIDC"];

/// What every service's endpoint is named by in the environment, and in a configuration file.
const VARIABLE: &str = "AWS_ENDPOINT_URL";
const KEY: &str = "endpoint_url";

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

/// What the environment and the AWS configuration file say of endpoints.
pub(super) struct Machine<'m> {
    pub base: &'m SdkConfig,
    /// A variable of the environment.
    pub variable: &'m dyn Fn(&str) -> Option<String>,
}

impl Machine<'_> {
    /// The endpoint that it names for a service: a variable's, the service's own first, or else the file's.
    fn named(&self, service: &str) -> Option<Endpoint> {
        let of_service = format!("{VARIABLE}_{}", service.to_uppercase().replace(' ', "_"));
        let variables = [of_service, VARIABLE.to_owned()];
        let by_variable =
            variables.into_iter().find_map(|by| Some(Endpoint { url: (self.variable)(&by)?, by }));
        let of_file = || self.of_file(service);
        let by_file = || Some(Endpoint { url: of_file()?, by: "the AWS configuration file".to_owned() });
        by_variable.or_else(by_file)
    }

    /// The same, as long as it is not to be ignored (`AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`, or the profile's word for it).
    fn heeded(&self, service: &str) -> Option<Endpoint> {
        let is_heeded = spellings(service).iter().any(|service| self.load(service, VARIABLE).is_some());
        self.named(service).filter(|_| is_heeded)
    }

    fn of_file(&self, service: &str) -> Option<String> {
        // such a variable there cannot be: only the file is asked
        const NONE: &str = "=";
        let for_all = self.load("=", NONE);
        let own = spellings(service)
            .iter()
            .find_map(|service| self.load(service, NONE).filter(|url| Some(url) != for_all.as_ref()));
        own.or(for_all)
    }

    fn load(&self, service: &str, variable: &str) -> Option<String> {
        let key = ServiceConfigKey::builder().service_id(service).env(variable).profile(KEY);
        self.base.service_config()?.load_config(key.build().ok()?)
    }
}

/// Configuration files write `service_catalog`; this SDK looks for `service-catalog`.
fn spellings(service: &str) -> [String; 2] {
    [service.replace(' ', "_"), service.to_owned()]
}

impl Endpoints {
    /// Where our own calls go: to the endpoint of the settings, else to what the machine names, unless it says that this is
    /// to be ignored.
    pub(super) fn called(written: Option<&str>, machine: &Machine<'_>) -> Self {
        let by_settings = written
            .map(|url| Endpoint { url: url.to_owned(), by: "`endpoint_url` of the settings".to_owned() });
        let of = |service| by_settings.clone().or_else(|| machine.heeded(service));
        Self(CALLED.into_iter().filter_map(|service| Some((service, of(service)?))).collect())
    }

    /// Where credentials are asked for: the SDK's providers heed neither the settings nor that something is to be ignored.
    pub(super) fn of_credentials(machine: &Machine<'_>) -> Self {
        let named = |service| Some((service, machine.named(service)?));
        Self(OF_CREDENTIALS.into_iter().filter_map(named).collect())
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
        (key.profile() == KEY).then(|| self.url(key.service_id()).map(str::to_owned)).flatten()
    }
}

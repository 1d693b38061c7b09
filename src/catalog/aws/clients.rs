//! The SDK's clients of one location, and how they are configured. On a sandbox
//! nothing of this machine is read: no environment, no configuration file, no metadata service.

use std::sync::Arc;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{Region, SdkConfig};
use aws_sdk_servicecatalog::Client;
use aws_sdk_servicecatalog::config::interceptors::InterceptorContext;
use aws_sdk_servicecatalog::config::retry::{ClassifyRetry, RetryAction, RetryPartition};
use aws_sdk_servicecatalog::config::{Credentials, SharedCredentialsProvider, SharedHttpClient};

use super::clock::{ServerClock, SigningTime};
use super::credentials::{check_environment, in_role, is_made_up, on_aws, with_credentials};
use super::endpoints::{CATALOG, CLOUDFORMATION, Demand, Endpoints, Machine, STS};
use super::errors::{QUOTA, here, wire_code};
use super::sdk::{READ_ATTEMPTS, app_name, behavior};
use super::transport::{Transport, proxy};
use super::trust::Bundle;
use super::{AccessConfig, LocationConfig, Patience};
use crate::{CatalogError, CatalogErrorKind, Connection};
use provisor_model::endpoint::{CatalogKind, is_callable, is_own};
use provisor_model::ids::AccountId;

/// The clients of one location.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    pub(super) reader: Client,
    pub(super) writer: Client,
    pub(super) cloudformation: aws_sdk_cloudformation::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) credentials: Option<SharedCredentialsProvider>,
    /// What is known of the way before anything was sent.
    pub(super) connection: Connection,
    /// What answers for AWS there, as far as its endpoint tells.
    pub(super) catalog: CatalogKind,
}

impl Clients {
    /// Reads what has to be read, and opens no connection yet.
    pub(super) async fn open(
        location: &LocationConfig,
        patience: &Patience,
        transport: &Transport,
        clock: &Arc<ServerClock>,
    ) -> Result<Self, CatalogError> {
        let region = Region::new(location.region.as_str().to_owned());
        let (base, way) = match &location.access {
            AccessConfig::Sandbox { url, account_id } => {
                check_url(Some(url))?;
                let way = Way {
                    http: transport.plain(),
                    stacks: transport.plain(),
                    catalog: CatalogKind::Sandbox,
                    connection: Connection::default(),
                };
                (sandbox(url, account_id, region, transport), way)
            }
            AccessConfig::Aws { profile, role, endpoint_url, allow_custom_endpoint } => {
                check_url(endpoint_url.as_deref())?;
                let variable = |name: &str| std::env::var(name).ok();
                check_environment(variable)?;
                let base = on_aws(profile.as_deref(), region).await;
                let bundle = Bundle::configured(&base, variable);
                let certificates = bundle.as_ref().map(Bundle::named);
                let secure = transport.secure(bundle)?;
                let base = with_credentials(base, profile.as_deref(), &secure).await;
                let machine = Machine { base: &base, variable: &variable };
                let endpoints = Endpoints::called(endpoint_url.as_deref(), &machine);
                let of_credentials = Endpoints::of_credentials(&machine);
                for endpoints in [&endpoints, &of_credentials] {
                    let demand = endpoints.judge(*allow_custom_endpoint)?;
                    if demand == Demand::MadeUp && !is_made_up(profile.as_deref()).await {
                        return Err(endpoints.exposed());
                    }
                }
                let url = endpoints.url(CATALOG);
                let own = url.is_none_or(is_own);
                let catalog = if own { CatalogKind::Aws } else { CatalogKind::Custom };
                let connection = Connection {
                    endpoint: endpoints.named(CATALOG),
                    certificates,
                    proxy: proxy(variable),
                    ..Connection::default()
                };
                let http = transport.to(url, &secure);
                let stacks = transport.to(endpoints.url(CLOUDFORMATION), &secure);
                let way = Way { http, stacks, catalog, connection };
                let token_service = transport.to(endpoints.url(STS), &secure);
                let base = at(base, endpoints, token_service);
                match role {
                    Some(role) => (in_role(base, role).await, way),
                    None => (base, way),
                }
            }
        };
        Ok(Self::of(&base, way, location, patience, clock))
    }

    /// The token service has the way of the configuration.
    fn of(
        base: &SdkConfig,
        way: Way,
        location: &LocationConfig,
        patience: &Patience,
        clock: &Arc<ServerClock>,
    ) -> Self {
        let reads = RetryConfig::standard().with_max_attempts(READ_ATTEMPTS);
        let reads = match location.access {
            AccessConfig::Aws { .. } => reads,
            // nobody's service is spared by waiting
            AccessConfig::Sandbox { .. } => reads.with_initial_backoff(Duration::from_millis(10)),
        };
        let reader = aws_sdk_servicecatalog::config::Builder::from(base)
            .http_client(way.http.clone())
            .retry_config(reads.clone())
            .retry_partition(RetryPartition::custom(location.name.as_str().to_owned()).build())
            .retry_classifier(QuotaIsFinal)
            .timeout_config(read_timeouts(patience));
        let mut writer = aws_sdk_servicecatalog::config::Builder::from(base)
            .http_client(way.http)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts(patience).operation_attempt_timeout(patience.mutation).build());
        if matches!(location.access, AccessConfig::Aws { .. }) {
            writer = writer.time_source(SigningTime(Arc::clone(clock))).disable_clock_skew_correction(true);
        }
        let cloudformation = aws_sdk_cloudformation::config::Builder::from(base)
            .http_client(way.stacks)
            .retry_config(reads.clone())
            .timeout_config(read_timeouts(patience));
        let sts = aws_sdk_sts::config::Builder::from(base)
            .retry_config(reads)
            .timeout_config(read_timeouts(patience));
        Self {
            reader: Client::from_conf(reader.build()),
            writer: Client::from_conf(writer.build()),
            cloudformation: aws_sdk_cloudformation::Client::from_conf(cloudformation.build()),
            sts: aws_sdk_sts::Client::from_conf(sts.build()),
            credentials: base.credentials_provider(),
            connection: way.connection,
            catalog: way.catalog,
        }
    }
}

/// How Service Catalog is reached.
struct Way {
    http: SharedHttpClient,
    /// How CloudFormation is.
    stacks: SharedHttpClient,
    /// What answers there.
    catalog: CatalogKind,
    /// The same, for people.
    connection: Connection,
}

fn timeouts(patience: &Patience) -> aws_config::timeout::TimeoutConfigBuilder {
    TimeoutConfig::builder().connect_timeout(patience.connect)
}

fn read_timeouts(patience: &Patience) -> TimeoutConfig {
    timeouts(patience)
        .operation_attempt_timeout(patience.read_attempt)
        .operation_timeout(patience.read)
        .build()
}

fn sandbox(url: &str, account: &AccountId, region: Region, transport: &Transport) -> SdkConfig {
    let credentials = Credentials::new(account.as_str(), "sandbox", None, None, "sandbox");
    let mut base = SdkConfig::builder()
        .behavior_version(behavior())
        .region(region)
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .identity_cache(IdentityCache::lazy().build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(transport.plain());
    base.set_app_name(app_name());
    base.build()
}

/// The configuration with these endpoints, and no others.
fn at(base: SdkConfig, endpoints: Endpoints, token_service: SharedHttpClient) -> SdkConfig {
    let mut base = base.into_builder().service_config(endpoints).http_client(token_service);
    base.set_endpoint_url(None);
    base.build()
}

fn check_url(url: Option<&str>) -> Result<(), CatalogError> {
    match url {
        Some(url) if !is_callable(url) => {
            Err(here(CatalogErrorKind::Refused, format!("endpoint `{url}` is no http or https url")))
        }
        _ => Ok(()),
    }
}

/// A quota is not a rate: asking at once again cannot help.
#[derive(Debug)]
struct QuotaIsFinal;

impl ClassifyRetry for QuotaIsFinal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().and_then(wire_code) {
            Some(QUOTA) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "quota is final"
    }
}

//! The two HTTP clients that all locations share: one with TLS, which honours the machine's proxy settings, and a
//! plain one that talks to loopback and never to a proxy.

use std::sync::OnceLock;

use aws_sdk_servicecatalog::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;

use crate::model::endpoint::{is_encrypted, is_loopback};

/// Makes each client when it is first wanted: certificates are not loaded for a sandbox.
#[derive(Debug, Default)]
pub(super) struct Transport {
    https: OnceLock<SharedHttpClient>,
    plain: OnceLock<SharedHttpClient>,
}

impl Transport {
    /// The client for an endpoint; `None`: the service's own.
    pub(super) fn to(&self, url: Option<&str>) -> SharedHttpClient {
        match url {
            Some(url) if is_loopback(url) && !is_encrypted(url) => self.plain(),
            _ => self.https(),
        }
    }

    /// The client for AWS's endpoints, over TLS.
    pub(super) fn https(&self) -> SharedHttpClient {
        self.https.get_or_init(https_by_proxy).clone()
    }

    /// The client for loopback addresses, without TLS.
    pub(super) fn plain(&self) -> SharedHttpClient {
        self.plain.get_or_init(|| Builder::new().build_http()).clone()
    }
}

/// A client that reaches nothing.
pub(super) fn nowhere() -> SharedHttpClient {
    http_client_fn(|_, _| SharedHttpConnector::new(Nowhere))
}

#[derive(Debug)]
struct Nowhere;

impl HttpConnector for Nowhere {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Err(ConnectorError::user("nothing may be asked yet".into())))
    }
}

fn https_by_proxy() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = ConnectorBuilder::default()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.build()
    })
}

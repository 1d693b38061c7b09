//! The two HTTP clients that all locations share: one with TLS, which honours the machine's proxy settings, and a
//! plain one that talks to loopback and never to a proxy.

use std::sync::OnceLock;

use aws_sdk_servicecatalog::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, ConnectorBuilder};

/// Makes each client when it is first wanted: certificates are not loaded for a sandbox.
#[derive(Debug, Default)]
pub(super) struct Transport {
    https: OnceLock<SharedHttpClient>,
    plain: OnceLock<SharedHttpClient>,
}

impl Transport {
    /// The client for AWS's endpoints, over TLS.
    pub(super) fn https(&self) -> SharedHttpClient {
        self.https.get_or_init(https_by_proxy).clone()
    }

    /// The client for loopback addresses, without TLS.
    pub(super) fn plain(&self) -> SharedHttpClient {
        self.plain.get_or_init(|| Builder::new().build_http()).clone()
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

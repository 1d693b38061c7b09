//! The HTTP clients that locations share: for each bundle of certificates one with TLS, which honours the machine's proxy
//! settings, and a plain one that talks to loopback and never to a proxy.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use aws_sdk_servicecatalog::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use http::Uri;

use super::errors::here;
use super::trust::Bundle;
use crate::{CatalogError, CatalogErrorKind, Configured};
use provisor_model::endpoint::{is_encrypted, is_loopback};

/// What a client for TLS takes its proxy from: the first of these that is there.
const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Makes each client when it is first wanted: certificates are not loaded for a sandbox.
#[derive(Debug, Default)]
pub(super) struct Transport {
    secure: Mutex<BTreeMap<Option<Bundle>, Secure>>,
    plain: OnceLock<SharedHttpClient>,
}

/// The clients that trust the same certificates.
#[derive(Clone, Debug)]
pub(super) struct Secure {
    /// For AWS's endpoints, by the machine's proxy.
    pub(super) https: SharedHttpClient,
    /// For the sources of credentials, which no proxy setting leads astray; `None`: the SDK's own will do.
    pub(super) direct: Option<SharedHttpClient>,
}

impl Transport {
    /// The client for an endpoint; `None`: the service's own.
    pub(super) fn to(&self, url: Option<&str>, secure: &Secure) -> SharedHttpClient {
        match url {
            Some(url) if is_loopback(url) && !is_encrypted(url) => self.plain(),
            _ => secure.https.clone(),
        }
    }

    /// The clients that trust a bundle; `None`: what the machine trusts.
    ///
    /// # Errors
    /// A bundle that cannot be used.
    pub(super) fn secure(&self, bundle: Option<Bundle>) -> Result<Secure, CatalogError> {
        let mut made = self.secure.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secure) = made.get(&bundle) {
            return Ok(secure.clone());
        }
        let store = bundle.as_ref().map(Bundle::store).transpose()?;
        let direct = store.clone().map(|store| trusting(Some(store), ProxyConfig::disabled)).transpose()?;
        let secure = Secure { https: trusting(store, ProxyConfig::from_env)?, direct };
        made.insert(bundle, secure.clone());
        Ok(secure)
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

/// A client that trusts these certificates; `None`: the machine's.
fn trusting(store: Option<TrustStore>, proxy: fn() -> ProxyConfig) -> Result<SharedHttpClient, CatalogError> {
    let context = TlsContext::builder().with_trust_store(store.unwrap_or_default()).build();
    let context = context.map_err(|error| here(CatalogErrorKind::Refused, error.to_string()))?;
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = ConnectorBuilder::default()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context.clone())
            .proxy_config(proxy());
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.build()
    }))
}

/// The proxy that calls over TLS go through, without its user and password.
pub(super) fn proxy(variable: impl Fn(&str) -> Option<String>) -> Option<Configured> {
    let named = |name| Some((name, variable(name).filter(|url| !url.is_empty())?));
    let (by, url) = PROXY.into_iter().find_map(named)?;
    let parsed: Option<Uri> = url.parse().ok();
    let host = parsed.as_ref().and_then(Uri::authority).map(|authority| {
        let port = authority.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", authority.host())
    });
    // what cannot be read may hold a password anywhere
    let text = host.unwrap_or_else(|| "something that is no URL".to_owned());
    Some(Configured { text, by: by.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_told_without_its_password() {
        let told = |name: &str, url: &str| {
            proxy(|asked| (asked == name).then(|| url.to_owned())).map(|named| (named.text, named.by))
        };
        let here = |text: &str, by: &str| Some((text.to_owned(), by.to_owned()));
        assert_eq!(
            told("HTTPS_PROXY", "http://me:hunter2@proxy.corp:3128/"),
            here("proxy.corp:3128", "HTTPS_PROXY")
        );
        assert_eq!(told("all_proxy", "http://proxy.corp"), here("proxy.corp", "all_proxy"));
        assert_eq!(told("HTTPS_PROXY", ""), None);
        assert_eq!(told("HTTP_PROXY", "http://proxy.corp"), None, "calls go over TLS");
        assert_eq!(
            told("https_proxy", "me:hunter2@@ proxy"),
            here("something that is no URL", "https_proxy")
        );
    }
}

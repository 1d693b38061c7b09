//! The two HTTP clients that all locations share: one with TLS, which honours the machine's proxy settings, and a
//! plain one that talks to loopback and never to a proxy.

use std::net::IpAddr;
use std::sync::OnceLock;

use aws_sdk_servicecatalog::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use http::Uri;

/// Makes each client when it is first wanted: certificates are not loaded for a sandbox.
#[derive(Debug, Default)]
pub(super) struct Transport {
    https: OnceLock<SharedHttpClient>,
    plain: OnceLock<SharedHttpClient>,
}

impl Transport {
    /// For AWS.
    pub(super) fn https(&self) -> SharedHttpClient {
        self.https.get_or_init(https_by_proxy).clone()
    }

    /// For loopback.
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

/// Whether a URL leads to this machine.
pub(super) fn is_loopback(url: &str) -> bool {
    host(url).is_some_and(|host| {
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
    })
}

/// Whether the SDK can call this URL. When it cannot, its error prints the request that was to be sent.
pub(super) fn is_callable(url: &str) -> bool {
    host(url).is_some()
}

/// The host of an http or https URL that names one, with at most a port: no user, no password.
fn host(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let host = uri.host().filter(|host| !host.is_empty())?;
    let bare = uri.authority()?.as_str() == host;
    let with_port =
        uri.port().is_some_and(|port| uri.authority().is_some_and(|all| *all == format!("{host}:{port}")));
    let scheme = uri.scheme_str()?;
    (["http", "https"].contains(&scheme) && (bare || with_port)).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{is_callable, is_loopback};

    #[test]
    fn loopback_is_told_from_the_rest() {
        for url in [
            "http://127.0.0.1:80",
            "http://127.8.0.1/x",
            "https://localhost",
            "http://[::1]:9/",
            "http://LOCALHOST:1?x",
        ] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "http://127.0.0.1@evil.example/",
            "http://127.0.0.1.example",
            "127.0.0.1",
            "https://10.0.0.1",
            "http://",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[test]
    fn what_the_sdk_cannot_call_is_told_before() {
        for url in ["http://127.0.0.1:80", "https://vpce-1.example.com/path", "http://[::1]:9"] {
            assert!(is_callable(url), "{url}");
        }
        for url in [
            "",
            "not a url",
            "127.0.0.1:80",
            "ftp://a",
            "http://",
            "http://:80",
            "http://a:99999",
            "http://me:pw@a",
            "/x",
        ] {
            assert!(!is_callable(url), "{url}");
        }
    }
}

//! A document handed to somebody who is no service of AWS, such as a collector of traces, by the client that calls go by.

use std::error::Error;
use std::time::Duration;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use provisor_model::endpoint::{is_encrypted, is_loopback};

/// What is sent, and where to.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The address; over TLS the machine's proxy settings and certificates count.
    pub url: &'a str,
    /// Headers beside the kind of the document, such as a key.
    pub headers: &'a [(String, String)],
    /// How long all of it may take.
    pub timeout: Duration,
}

impl Delivery<'_> {
    /// Posts documents in JSON, one after another.
    ///
    /// # Errors
    /// Why one did not arrive; those after it are not sent.
    pub fn post(&self, documents: &[String]) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        runtime.block_on(async {
            let all = self.post_all(documents);
            let late = format!("no answer within {} ms", self.timeout.as_millis());
            tokio::time::timeout(self.timeout, all).await.map_err(|_| late)?
        })
    }

    async fn post_all(&self, documents: &[String]) -> Result<(), String> {
        let connector = self.connector()?;
        for document in documents {
            let request = self.request(document)?;
            let answer = connector.call(request).await;
            let answer = answer.map_err(|error| innermost(&error))?;
            if !answer.status().is_success() {
                return Err(format!("it answered with status {}", answer.status().as_u16()));
            }
        }
        Ok(())
    }

    fn request(&self, document: &str) -> Result<HttpRequest, String> {
        let mut request = HttpRequest::new(SdkBody::from(document));
        request.set_method("POST").map_err(|error| error.to_string())?;
        request.set_uri(self.url).map_err(|error| error.to_string())?;
        let kind = ("content-type".to_owned(), "application/json".to_owned());
        for (name, value) in [kind].iter().chain(self.headers) {
            let added = request.headers_mut().try_append(name.clone(), value.clone());
            added.map_err(|_| format!("`{name}` cannot be sent as a header"))?;
        }
        Ok(request)
    }

    fn connector(&self) -> Result<Connector, String> {
        if !is_encrypted(self.url) {
            return Ok(ConnectorBuilder::default().build_http());
        }
        let context = TlsContext::builder().with_trust_store(TrustStore::default()).build();
        let proxy = if is_loopback(self.url) { ProxyConfig::disabled() } else { ProxyConfig::from_env() };
        Ok(ConnectorBuilder::default()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context.map_err(|error| error.to_string())?)
            .proxy_config(proxy)
            .build())
    }
}

/// What lies beneath an error of a client: what wraps it says only who passed it on.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut beneath = error;
    while let Some(source) = beneath.source() {
        beneath = source;
    }
    beneath.to_string()
}

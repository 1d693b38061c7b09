//! Requests to a sandbox on loopback, as any client would make them: nothing of the program's own adapter is used.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// Whoever asks, in a sandbox: the account is the key.
pub const ACCOUNT: &str = "111122223333";
const PATIENCE: Duration = Duration::from_secs(30);

/// A sandbox that serves.
pub struct Wire {
    host: String,
}

impl Wire {
    /// The one at a URL.
    pub fn new(url: &str) -> Self {
        Self { host: url.trim().trim_start_matches("http://").trim_end_matches('/').to_owned() }
    }

    /// One request of Service Catalog; `None` if no answer came.
    pub fn ask(&self, operation: &str, body: &Value) -> Option<Value> {
        let head = format!(
            "content-type: application/x-amz-json-1.1\r\nx-amz-date: 20260101T000000Z\r\nx-amz-target: \
             AWS242ServiceCatalogService.{operation}\r\nauthorization: AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/eu-west-1/\
             servicecatalog/aws4_request, SignedHeaders=host;x-amz-date, Signature={:064}\r\n",
            0
        );
        self.send("POST", "/", &head, &body.to_string())
    }

    /// All provisioned products there are.
    pub fn products(&self) -> Option<Vec<Value>> {
        let (mut all, mut page) = (Vec::new(), Value::Null);
        loop {
            let mut body = json!({"AccessLevelFilter": {"Key": "Account", "Value": "self"}, "PageSize": 100});
            if page.is_string() {
                body["PageToken"] = page;
            }
            let mut answer = self.ask("SearchProvisionedProducts", &body)?;
            all.append(answer["ProvisionedProducts"].as_array_mut()?);
            page = answer["NextPageToken"].take();
            if page.as_str().is_none_or(str::is_empty) {
                return Some(all);
            }
        }
    }

    /// What the sandbox was asked since it was last asked for that.
    pub fn calls(&self) -> Vec<Value> {
        let calls = self.send("GET", "/_sandbox/calls", "", "");
        let _ = self.send("DELETE", "/_sandbox/calls", "", "");
        calls.and_then(|mut all| all["calls"].as_array_mut().map(std::mem::take)).unwrap_or_default()
    }

    fn send(&self, method: &str, path: &str, head: &str, body: &str) -> Option<Value> {
        let mut stream = TcpStream::connect(&self.host).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let (host, length) = (&self.host, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        stream.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
    }
}

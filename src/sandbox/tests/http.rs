//! A client of few lines, so that nothing of an SDK stands between a test and the bytes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// Speaks AWS JSON 1.1 to one endpoint as one caller.
#[derive(Clone)]
pub struct Client {
    pub address: String,
    pub key: String,
    pub region: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub text: String,
    pub body: Value,
}

impl Client {
    pub fn new(url: &str) -> Client {
        let address = url.trim_start_matches("http://").to_owned();
        Client { address, key: "sandbox".into(), region: "eu-west-1".into() }
    }

    /// Any request; `None` when the connection ends without an answer.
    pub fn send(&self, head: &str, body: &str) -> Option<Answer> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let length = body.len();
        write!(stream, "{head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer {
            status,
            head: head.to_owned(),
            text: body.to_owned(),
            body: serde_json::from_str(body).unwrap_or(Value::Null),
        })
    }

    /// A Service Catalog call.
    pub fn try_call(&self, operation: &str, body: Value) -> Option<Answer> {
        let (key, region) = (&self.key, &self.region);
        let head = format!(
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.1\r\n\
             X-Amz-Target: AWS242ServiceCatalogService.{operation}\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/servicecatalog/aws4_request\r\n"
        );
        self.send(&head, &body.to_string())
    }

    /// A call over the Query protocol.
    pub fn query(&self, service: &str, form: &str) -> Option<Answer> {
        let (key, region) = (&self.key, &self.region);
        let head = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request\r\n"
        );
        self.send(&head, form)
    }

    pub fn call(&self, operation: &str, body: Value) -> Answer {
        self.try_call(operation, body).expect("an answer")
    }

    /// A call that must succeed.
    pub fn ok(&self, operation: &str, body: Value) -> Value {
        let answer = self.call(operation, body);
        assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
        answer.body
    }

    /// The control endpoint.
    pub fn control(&self, method: &str, path: &str, body: Value) -> Value {
        let head = format!("{method} /_sandbox/{path} HTTP/1.1\r\nHost: localhost\r\n");
        let answer = self.send(&head, &body.to_string()).expect("an answer");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// Lets virtual time pass.
    pub fn pass(&self, seconds: u64) {
        self.control("POST", "advance", json!({ "seconds": seconds }));
    }

    /// Starts a provisioning; gives the record.
    pub fn provision(&self, product: &str, name: &str, parameters: &[(&str, &str)]) -> Value {
        let request = json!({
            "ProductName": product,
            "ProvisioningArtifactName": "v1",
            "ProvisionedProductName": name,
            "ProvisionToken": format!("token-{name}"),
            "ProvisioningParameters": pairs(parameters),
        });
        self.ok("ProvisionProduct", request)["RecordDetail"].clone()
    }

    pub fn describe(&self, name: &str) -> Value {
        self.ok("DescribeProvisionedProduct", json!({ "Name": name }))["ProvisionedProductDetail"].clone()
    }

    pub fn record(&self, id: &Value) -> Value {
        self.ok("DescribeRecord", json!({ "Id": id }))
    }

    pub fn output(&self, record: &Value, key: &str) -> String {
        let found =
            record["RecordOutputs"].as_array().unwrap().iter().find(|output| output["OutputKey"] == key);
        found.unwrap()["OutputValue"].as_str().unwrap().to_owned()
    }
}

pub fn pairs(parameters: &[(&str, &str)]) -> Vec<Value> {
    parameters.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

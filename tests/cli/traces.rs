//! Traces by OpenTelemetry: off unless asked for; a span for the run, its phases and its steps, in the trace of whoever began it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

use super::support::{Repo, boxed};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A collector: its address, and what it is sent.
pub(super) fn collector() -> (String, Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = text.trim().parse().unwrap();
                }
                head += &line;
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            // whoever has its answer may be over: what it sent is there by then
            let _ = send.send((head, serde_json::from_slice(&body).unwrap()));
            let answer = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, receive)
}

/// The attributes of a span; numbers are texts in this JSON.
fn attributes(span: &Value) -> BTreeMap<&str, &Value> {
    let all = span["attributes"].as_array().unwrap().iter();
    all.map(|one| (one["key"].as_str().unwrap(), one["value"].as_object().unwrap().values().next().unwrap()))
        .collect()
}

#[test]
fn a_run_its_phases_and_its_steps_are_spans_of_the_pipelines_trace() {
    let vault = "  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\"}}\n";
    let repo = Repo::new(&(boxed("one", "Note: remarkable") + &boxed("two", "Note: other") + vault));
    let settings = repo.read("provisor.yaml") + "variables: {pw: {sensitive: true}}\n";
    repo.write("provisor.yaml", &settings);
    repo.faults(&[
        "{call: ProvisionProduct, provisioned_product: one, outcome: throttle, times: 1}",
        "{operation: provision, provisioned_product: two, outcome: rollback}",
    ]);
    let (url, sent) = collector();
    let mut apply = repo.command(&["apply", "--auto-approve"]);
    apply.env("PROVISOR_SECRET_pw", "hunter2hunter2").env("OTEL_EXPORTER_OTLP_HEADERS", "api-key=k%20y");
    apply
        .env("OTEL_TRACES_EXPORTER", "otlp")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &url)
        .env("TRACEPARENT", PARENT);
    let apply = apply.output().unwrap();
    assert_eq!(apply.status.code(), Some(3), "{}", String::from_utf8_lossy(&apply.stderr));
    let (head, document) = sent.recv().unwrap();
    assert!(head.starts_with("POST /v1/traces ") && head.contains("api-key: k y"), "{head}");
    let text = document.to_string();
    assert!(!text.contains("hunter2") && !text.contains("remarkable"), "{text}");

    let spans = document["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap();
    let named = |name: &str| {
        spans.iter().find(|span| span["name"] == name).unwrap_or_else(|| panic!("{name}: {text}"))
    };
    let root = named("provisor apply");
    assert_eq!(root["parentSpanId"], "b7ad6b7169203331");
    assert_eq!((attributes(root)["process.exit.code"], &root["status"]["code"]), (&"3".into(), &2.into()));
    for phase in ["read", "plan", "apply"] {
        assert_eq!(named(phase)["parentSpanId"], root["spanId"], "{phase}");
    }
    for span in spans {
        assert_eq!(span["traceId"], "0af7651916cd43dd8448eb211c80319c");
        assert!(span["startTimeUnixNano"].as_str() <= span["endTimeUnixNano"].as_str(), "{span}");
    }
    let one = named("provision one");
    assert_eq!(one["parentSpanId"], named("apply")["spanId"]);
    let one = attributes(one);
    assert_eq!((one["provisor.product"], one["provisor.version"]), (&"box".into(), &"v1".into()));
    assert_eq!((one["provisor.outcome"], one["provisor.attempts"]), (&"done".into(), &"2".into()));
    assert!(one["provisor.record_id"].as_str().unwrap().starts_with("rec-"));
    assert_ne!(one["provisor.throttled_ms"], &Value::from("0"));
    let two = named("provision two");
    assert_eq!((attributes(two)["provisor.outcome"], &two["status"]["code"]), (&"failed".into(), &2.into()));
}

#[test]
fn nothing_is_sent_unasked_and_a_collector_that_is_gone_changes_nothing() {
    let repo = Repo::new(&boxed("one", "Note: a"));
    let (url, sent) = collector();
    let quiet = repo.command(&["plan"]).env("OTEL_EXPORTER_OTLP_ENDPOINT", &url).output().unwrap();
    assert!(quiet.status.success() && sent.try_recv().is_err());
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut plan = repo.command(&["plan", "--detailed-exitcode"]);
    plan.env("OTEL_TRACES_EXPORTER", "otlp").env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{gone}"));
    let plan = plan.output().unwrap();
    let said = String::from_utf8_lossy(&plan.stderr);
    assert_eq!(plan.status.code(), Some(2), "{said}");
    assert!(
        said.contains(&format!("Warning: the trace was not sent to `http://{gone}/v1/traces`: ")),
        "{said}"
    );
    assert!(said.lines().all(|line| line.len() < 200), "{said}");
}

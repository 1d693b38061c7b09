//! What a run did and when, as spans of OpenTelemetry: the JSON of OTLP, as collectors take it over HTTP.
//! <https://opentelemetry.io/docs/specs/otlp/>

use serde_json::{Value, json};

/// How many spans stand in one document at most, as OpenTelemetry's own exporters send them.
const AT_ONCE: usize = 512;

/// What spans have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceView<'a> {
    /// The trace that they belong to.
    pub id: [u8; 16],
    /// What others have written into it (`tracestate`).
    pub state: &'a str,
    /// What the spans are about: the service, and what the environment adds.
    pub resource: &'a [(String, String)],
    /// The program's version.
    pub version: &'a str,
}

/// A piece of work, with its beginning and its end.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSpan {
    /// Its own id.
    pub id: [u8; 8],
    /// The span that it is a part of.
    pub parent: Option<[u8; 8]>,
    /// What was done.
    pub name: String,
    /// When, in nanoseconds since 1970.
    pub began: u64,
    /// Until when.
    pub ended: u64,
    /// What there is to know of it.
    pub attributes: Vec<(&'static str, Value)>,
    /// Why it did not end well.
    pub error: Option<String>,
}

/// The documents that tell these spans; none for none.
#[must_use]
pub fn otlp(of: &TraceView<'_>, spans: &[TraceSpan]) -> Vec<String> {
    spans.chunks(AT_ONCE).map(|spans| document(of, spans).to_string()).collect()
}

fn document(of: &TraceView<'_>, spans: &[TraceSpan]) -> Value {
    let resource = of.resource.iter().map(|(key, value)| attribute(key, &Value::from(value.as_str())));
    json!({"resourceSpans": [{
        "resource": {"attributes": resource.collect::<Vec<_>>()},
        "scopeSpans": [{
            "scope": {"name": "provisor", "version": of.version},
            "spans": spans.iter().map(|one| span(of, one)).collect::<Vec<_>>(),
        }],
    }]})
}

fn span(of: &TraceView<'_>, span: &TraceSpan) -> Value {
    let attributes = span.attributes.iter().map(|(key, value)| attribute(key, value));
    let mut document = json!({
        "traceId": hex(&of.id),
        "spanId": hex(&span.id),
        "parentSpanId": span.parent.as_ref().map(|parent| hex(parent)).unwrap_or_default(),
        "traceState": of.state,
        "name": span.name,
        // internal: the calls that it makes are not spans of their own
        "kind": 1,
        "startTimeUnixNano": span.began.to_string(),
        "endTimeUnixNano": span.ended.to_string(),
        "attributes": attributes.collect::<Vec<_>>(),
    });
    if let Some(message) = &span.error {
        document["status"] = json!({"code": 2, "message": message});
    }
    document
}

/// A number of 64 bits is a text in this JSON.
fn attribute(key: &str, value: &Value) -> Value {
    let value = match value {
        Value::Bool(flag) => json!({"boolValue": flag}),
        Value::Number(number) => json!({"intValue": number.to_string()}),
        Value::String(text) => json!({"stringValue": text}),
        other => json!({"stringValue": other.to_string()}),
    };
    json!({"key": key, "value": value})
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_as_collectors_take_it() {
        let resource = [("service.name".to_owned(), "provisor".to_owned())];
        let of = TraceView { id: [0xab; 16], state: "a=1", resource: &resource, version: "0.1.0" };
        let span = TraceSpan {
            id: [1; 8],
            parent: Some([2; 8]),
            name: "update network@dev".into(),
            began: 1_700_000_000_000_000_001,
            ended: 1_700_000_000_000_000_002,
            attributes: vec![("provisor.attempts", json!(2)), ("provisor.simulated", json!(true))],
            error: Some("no".into()),
        };
        let told = otlp(&of, &[span]);
        let told: Value = serde_json::from_str(&told[0]).unwrap();
        let scope = &told["resourceSpans"][0]["scopeSpans"][0];
        assert_eq!(scope["scope"], json!({"name": "provisor", "version": "0.1.0"}));
        assert_eq!(
            told["resourceSpans"][0]["resource"]["attributes"],
            json!([{"key": "service.name", "value": {"stringValue": "provisor"}}])
        );
        assert_eq!(
            scope["spans"],
            json!([{
                "traceId": "abababababababababababababababab",
                "spanId": "0101010101010101",
                "parentSpanId": "0202020202020202",
                "traceState": "a=1",
                "name": "update network@dev",
                "kind": 1,
                "startTimeUnixNano": "1700000000000000001",
                "endTimeUnixNano": "1700000000000000002",
                "attributes": [
                    {"key": "provisor.attempts", "value": {"intValue": "2"}},
                    {"key": "provisor.simulated", "value": {"boolValue": true}},
                ],
                "status": {"code": 2, "message": "no"},
            }])
        );
    }

    #[test]
    fn many_spans_are_several_documents() {
        let of = TraceView { id: [1; 16], state: "", resource: &[], version: "0" };
        let span = TraceSpan {
            id: [1; 8],
            parent: None,
            name: "x".into(),
            began: 0,
            ended: 0,
            attributes: Vec::new(),
            error: None,
        };
        assert_eq!(otlp(&of, &vec![span; 1025]).len(), 3);
        assert!(otlp(&of, &[]).is_empty());
    }
}

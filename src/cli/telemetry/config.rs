//! Whether and where traces are sent, by OpenTelemetry's own variables, as Terraform and OpenTofu read them.

use std::collections::BTreeMap;
use std::time::Duration;

use percent_encoding::percent_decode_str;

/// As the specification has it where nothing is said.
const ENDPOINT: &str = "http://localhost:4318";
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where traces are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceConfig {
    /// The address that takes them.
    pub url: String,
    /// What is sent beside each.
    pub headers: Vec<(String, String)>,
    /// How long sending may take.
    pub timeout: Duration,
    /// What the spans are about.
    pub resource: Vec<(String, String)>,
    /// The span that the whole run is a part of.
    pub parent: Option<TraceParent>,
    /// `TRACESTATE`, handed on.
    pub state: String,
}

/// Whose part a run is, by W3C's Trace Context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace.
    pub trace: [u8; 16],
    /// The span in it.
    pub span: [u8; 8],
    /// Whether anybody keeps it.
    pub is_sampled: bool,
}

/// Where traces are sent, if anybody wants them.
///
/// # Errors
/// What is asked for and cannot be had, in a sentence.
pub fn trace_config(variable: impl Fn(&str) -> Option<String>) -> Result<Option<TraceConfig>, String> {
    let given =
        |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let either = |name: &str| {
        given(&format!("OTEL_EXPORTER_OTLP_TRACES_{name}"))
            .or_else(|| given(&format!("OTEL_EXPORTER_OTLP_{name}")))
    };
    let Some(exporters) = given("OTEL_TRACES_EXPORTER") else { return Ok(None) };
    if given("OTEL_SDK_DISABLED").is_some_and(|flag| flag.eq_ignore_ascii_case("true")) || exporters == "none"
    {
        return Ok(None);
    }
    if !exporters.split(',').any(|exporter| exporter.trim() == "otlp") {
        return Err(format!(
            "`OTEL_TRACES_EXPORTER` is `{exporters}`: traces are sent by `otlp` only, and none are sent"
        ));
    }
    match either("PROTOCOL").as_deref() {
        // the same address takes JSON as well, by the specification
        None | Some("http/json" | "http/protobuf") => {}
        Some(other) => {
            return Err(format!(
                "traces are sent as `http/json`, and not as `{other}`, which `OTEL_EXPORTER_OTLP_PROTOCOL` asks for: none are sent"
            ));
        }
    }
    let parent = given("TRACEPARENT").as_deref().and_then(trace_parent);
    if parent.is_some_and(|parent| !parent.is_sampled) {
        return Ok(None);
    }
    let timeout = either("TIMEOUT").and_then(|text| text.parse().ok()).map_or(TIMEOUT, Duration::from_millis);
    let state = if parent.is_some() { given("TRACESTATE").unwrap_or_default() } else { String::new() };
    Ok(Some(TraceConfig {
        url: url(given),
        headers: either("HEADERS").map(|text| pairs(&text)).unwrap_or_default(),
        timeout,
        resource: resource(given),
        parent,
        state,
    }))
}

/// An address for traces is taken as it is, one for everything gets their path.
fn url(given: impl Fn(&str) -> Option<String>) -> String {
    given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").unwrap_or_else(|| {
        let base = given("OTEL_EXPORTER_OTLP_ENDPOINT").unwrap_or_else(|| ENDPOINT.to_owned());
        format!("{}/v1/traces", base.trim_end_matches('/'))
    })
}

fn resource(given: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let mut resource = BTreeMap::from([
        ("service.name".to_owned(), "provisor".to_owned()),
        ("service.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
    ]);
    resource.extend(given("OTEL_RESOURCE_ATTRIBUTES").map(|text| pairs(&text)).unwrap_or_default());
    resource.extend(given("OTEL_SERVICE_NAME").map(|name| ("service.name".to_owned(), name)));
    resource.into_iter().collect()
}

/// `key=value,key=value`, with values percent-encoded; what is no pair is left out.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (key, value) = part.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        Some((key.trim().to_owned(), value.into_owned())).filter(|(key, _)| !key.is_empty())
    };
    text.split(',').filter_map(pair).collect()
}

/// What cannot be read starts a trace of its own, as the specification says.
fn trace_parent(text: &str) -> Option<TraceParent> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let [version] = bytes(version)?;
    let [flags] = bytes(flags)?;
    let (trace, span) = (bytes(trace)?, bytes(span)?);
    // later versions may add parts
    let is_whole = version != 0xff && (version != 0 || parts.next().is_none());
    (is_whole && trace != [0; 16] && span != [0; 8]).then_some(TraceParent {
        trace,
        span,
        is_sampled: flags & 1 == 1,
    })
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if hex.len() != 2 * N || !hex.bytes().all(is_hex) {
        return None;
    }
    let mut bytes = [0; N];
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<TraceConfig>, String> {
        let all: BTreeMap<&str, &str> = variables.iter().copied().collect();
        trace_config(|name| all.get(name).map(|text| (*text).to_owned()))
    }

    fn on(variables: &[(&str, &str)]) -> TraceConfig {
        let all: Vec<_> = variables.iter().copied().chain([("OTEL_TRACES_EXPORTER", "otlp")]).collect();
        read(&all).unwrap().unwrap()
    }

    #[test]
    fn nothing_is_sent_unless_it_is_asked_for() {
        let joined = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        for off in [
            &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")][..],
            &[("OTEL_TRACES_EXPORTER", "")],
            &[("OTEL_TRACES_EXPORTER", "none")],
            &[("OTEL_TRACES_EXPORTER", "otlp"), ("OTEL_SDK_DISABLED", "true")],
            // whoever began the trace does not keep it
            &[("OTEL_TRACES_EXPORTER", "otlp"), ("TRACEPARENT", joined)],
        ] {
            assert_eq!(read(off), Ok(None), "{off:?}");
        }
        for (name, value) in [("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")] {
            let said = read(&[("OTEL_TRACES_EXPORTER", "otlp"), (name, value)]).unwrap_err();
            assert!(said.contains(name) && said.contains(value) && said.ends_with("none are sent"), "{said}");
        }
    }

    #[test]
    fn where_to_is_as_the_specification_says() {
        assert_eq!(on(&[]).url, "http://localhost:4318/v1/traces");
        assert_eq!(on(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c/x/")]).url, "https://c/x/v1/traces");
        let own = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/"),
        ];
        assert_eq!(on(&own).url, "https://t/");
        assert_eq!(on(&[("OTEL_EXPORTER_OTLP_TIMEOUT", "250")]).timeout, Duration::from_millis(250));
        assert_eq!(
            on(&[("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, x = y,nothing")]).headers,
            [("api-key".to_owned(), "a b".to_owned()), ("x".to_owned(), "y".to_owned())]
        );
    }

    #[test]
    fn what_it_is_about_may_be_said() {
        let named = |of: &TraceConfig, key: &str| {
            of.resource.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
        };
        assert_eq!(named(&on(&[]), "service.name").unwrap(), "provisor");
        let said =
            on(&[("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,team=net%2Fops"), ("OTEL_SERVICE_NAME", "b")]);
        assert_eq!(named(&said, "service.name").unwrap(), "b");
        assert_eq!(named(&said, "team").unwrap(), "net/ops");
    }

    #[test]
    fn a_trace_is_joined_or_begun() {
        let parent = |text: &str| on(&[("TRACEPARENT", text), ("TRACESTATE", "a=1")]);
        let joined = parent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assert_eq!(joined.state, "a=1");
        assert_eq!(joined.parent.unwrap().span, [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]);
        for wrong in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            let begun = parent(wrong);
            assert_eq!((begun.parent, begun.state.as_str()), (None, ""), "{wrong}");
        }
        assert!(parent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more").parent.is_some());
    }
}

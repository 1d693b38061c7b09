//! From a request's head and body to the engine, and back to a response.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};

use super::guard::{self, Credential};
use crate::clock::{Millis, http_date};
use crate::engine::{Call, Engine, Reply};
use crate::query::{self, QueryAnswer};
use crate::wire::Fault;

const JSON: &str = "application/x-amz-json-1.1";
const TARGET: &str = "AWS242ServiceCatalogService.";

/// What is sent back: status, content type, body.
struct Out {
    status: u16,
    kind: &'static str,
    code: Option<String>,
    body: Vec<u8>,
}

impl Out {
    fn fault(fault: &Fault) -> Out {
        Out { status: fault.status, kind: JSON, code: Some(fault.code.clone()), body: fault.body() }
    }

    fn xml(answer: QueryAnswer) -> Out {
        Out { status: answer.status, kind: "text/xml", code: None, body: answer.xml.into_bytes() }
    }
}

/// `None` ends the connection without an answer.
pub(super) fn answer(
    head: &Parts,
    body: &Bytes,
    engine: &mut Engine,
    wall: Millis,
) -> Option<Response<Full<Bytes>>> {
    if let Some(fault) = guard::foreign(head) {
        let id = engine.request_id();
        return Some(response(refused(head, &fault, &id), &id, engine.now(wall)));
    }
    let path = head.uri.path();
    if path.starts_with("/_sandbox/") {
        let (status, json) = engine.control(head.method.as_str(), path, body, wall);
        // people read it in a terminal
        let body = format!("{json}\n").into_bytes();
        let out = Out { status, kind: "application/json", code: None, body };
        let id = engine.request_id();
        return Some(response(out, &id, engine.now(wall)));
    }
    let (out, id, now) = match guard::credential(&head.headers, &engine.catalog.account_id) {
        Err(fault) => {
            let id = engine.request_id();
            (refused(head, &fault, &id), id, engine.now(wall))
        }
        Ok(credential) => protocol(head, body, engine, wall, &credential)?,
    };
    Some(response(out, &id, now))
}

/// In the protocol that the client speaks.
fn refused(head: &Parts, fault: &Fault, request_id: &str) -> Out {
    if is_form(head) { Out::xml(query::refusal(fault, request_id)) } else { Out::fault(fault) }
}

fn header<'a>(head: &'a Parts, name: &str) -> &'a str {
    head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn is_form(head: &Parts) -> bool {
    header(head, "content-type").starts_with("application/x-www-form-urlencoded")
}

fn protocol(
    head: &Parts,
    body: &Bytes,
    engine: &mut Engine,
    wall: Millis,
    credential: &Credential,
) -> Option<(Out, String, Millis)> {
    let spoken = head.method == Method::POST
        && head.uri.path() == "/"
        && !header(head, "smithy-protocol").contains("cbor")
        && !header(head, "content-type").contains("cbor");
    if spoken && is_form(head) {
        let form = query::form(body);
        let call = Call { operation: "", body, caller: &credential.caller, wall };
        let (answer, id) = engine.query(&credential.service, &form, &call)?;
        return Some((Out::xml(answer), id, engine.now(wall)));
    }
    if !spoken {
        let message = format!(
            "This endpoint speaks AWS JSON 1.1 only: POST / with Content-Type {JSON} and X-Amz-Target"
        );
        let fault = Fault::new(400, "UnsupportedProtocolException", message);
        return Some((Out::fault(&fault), engine.request_id(), engine.now(wall)));
    }
    if credential.service != "servicecatalog" {
        let message = "Credential should be scoped to correct service: 'servicecatalog'.";
        let fault = Fault::new(403, "InvalidSignatureException", message);
        return Some((Out::fault(&fault), engine.request_id(), engine.now(wall)));
    }
    let operation = header(head, "x-amz-target").strip_prefix(TARGET).unwrap_or_default();
    let answer = engine.call(&Call { operation, body, caller: &credential.caller, wall });
    let out = match answer.reply {
        Reply::Dropped => return None,
        Reply::Json(body) => Out { status: 200, kind: JSON, code: None, body },
        Reply::Fault(fault) => Out::fault(&fault),
    };
    Some((out, answer.request_id, answer.now))
}

fn response(out: Out, request_id: &str, now: Millis) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(out.body)));
    *response.status_mut() = StatusCode::from_u16(out.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(out.kind));
    let date = http_date(now);
    let texts = [
        (DATE, Some(date.as_str())),
        (HeaderName::from_static("x-amzn-requestid"), Some(request_id)),
        (HeaderName::from_static("x-amzn-errortype"), out.code.as_deref()),
        (HeaderName::from_static("x-sandbox"), Some("provisor")),
    ];
    for (name, text) in texts {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

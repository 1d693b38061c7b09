//! Who is let in: loopback names only, no browsers, no real keys.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::http::HeaderMap;
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};

use crate::operations::Caller;
use crate::partition::partition;
use crate::wire::Fault;

/// Whether a request is refused by its head alone.
pub(super) fn is_refused(head: &Parts) -> bool {
    let is_ours = head.uri.path().starts_with("/_sandbox/");
    foreign(head).is_some() || !is_ours && credential(&head.headers, "").is_err()
}

/// Refuses what a web page could have sent: another host's name, an origin, or what only browsers say. Reading needs no origin: an
/// image of another site asks without one.
pub(super) fn foreign(head: &Parts) -> Option<Fault> {
    let named = head.headers.get_all("host").iter().map(|value| value.to_str().unwrap_or_default());
    let hosts: Vec<&str> = named.chain(head.uri.host()).collect();
    if let Some(host) = hosts.iter().find(|host| !is_loopback(host)).or(hosts.is_empty().then_some(&"")) {
        let message = format!("Host {host} is not this machine's loopback");
        return Some(Fault::new(403, "AccessDeniedException", message));
    }
    let sent = BROWSERS.iter().find(|name| {
        let values = head.headers.get_all(**name);
        // who types the address into a browser comes from no page
        values.iter().any(|value| **name != "sec-fetch-site" || value.as_bytes() != b"none")
    });
    sent.map(|name| {
        let message = format!("Requests from web pages (with the header `{name}`) are refused");
        Fault::new(403, "AccessDeniedException", message)
    })
}

/// What browsers say, and no client of ours.
const BROWSERS: [&str; 3] = ["origin", "sec-fetch-site", "referer"];

fn is_loopback(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').unwrap_or_default(),
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if !(port.is_empty() || port.strip_prefix(':').is_some_and(is_port)) {
        return false;
    }
    ["localhost", "127.0.0.1", "::1"].iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// What the Authorization header says: who calls, from where, for which service.
pub(super) struct Credential {
    pub caller: Caller,
    pub service: String,
}

/// Reads the credential scope. The signature itself is not checked: there is no secret to check it with.
pub(super) fn credential(headers: &HeaderMap, default_account: &str) -> Result<Credential, Fault> {
    let missing = || Fault::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    if headers.get_all("authorization").iter().count() > 1 {
        return Err(incomplete());
    }
    let header = headers.get("authorization").and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let signed = header.strip_prefix("AWS4-HMAC-SHA256 ").ok_or_else(incomplete)?;
    let part = |name: &str| signed.split([',', ' ']).find_map(|part| part.strip_prefix(name));
    let scope = part("Credential=").ok_or_else(incomplete)?;
    let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if part("Signature=").is_some_and(|signature| !is_hex(signature)) {
        return Err(incomplete());
    }
    let parts: Vec<&str> = scope.split('/').collect();
    let [key, day, region, service, "aws4_request"] = *parts else {
        return Err(incomplete());
    };
    if day.len() != 8 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(incomplete());
    }
    if looks_real(key) {
        let message = "This is the provisor sandbox, not AWS, and the access key looks like a real one. \
                       Use any other, for example `sandbox`.";
        return Err(Fault::new(403, "UnrecognizedClientException", message));
    }
    if !plain(region) || key.is_empty() {
        return Err(incomplete());
    }
    Ok(Credential { caller: caller(key, region, default_account), service: service.to_owned() })
}

fn incomplete() -> Fault {
    Fault::new(
        403,
        "IncompleteSignatureException",
        "Credential must have the form key/date/region/service/aws4_request",
    )
}

fn plain(region: &str) -> bool {
    !region.is_empty() && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// As keys and ids of AWS begin, in whatever case somebody has copied them; as they are written, a part is enough.
fn looks_real(key: &str) -> bool {
    let is_of = |prefix: &str| {
        let begins = |start: &str| start.eq_ignore_ascii_case(prefix) && key.len() >= 16 || start == prefix;
        key.get(..4).is_some_and(begins)
    };
    ["AKIA", "ASIA", "AROA", "AIDA"].into_iter().any(is_of)
}

/// A key of twelve digits names an account; any other names a user of the world file's account. What comes after a colon
/// names a session, and makes the user a role.
fn caller(key: &str, region: &str, default_account: &str) -> Caller {
    let (name, session) = key.split_once(':').map_or((key, None), |(name, session)| (name, Some(session)));
    let is_account = name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit());
    let (account, user) =
        if is_account { (name, "sandbox".to_owned()) } else { (default_account, user(name)) };
    let partition = partition(region);
    Caller {
        account_id: account.to_owned(),
        region: region.to_owned(),
        user_arn: match session.map(self::user) {
            Some(session) => format!("arn:{partition}:sts::{account}:assumed-role/{user}/{session}"),
            None => format!("arn:{partition}:iam::{account}:user/{user}"),
        },
        is_everywhere: false,
    }
}

/// A user name keeps to the characters that IAM allows.
fn user(key: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    key.chars().map(|c| if allowed(c) { c } else { '_' }).take(64).collect()
}

pub(super) fn too_large() -> Response<Full<Bytes>> {
    closing(&Fault::new(413, "RequestEntityTooLargeException", "The request is larger than 16 MiB"))
}

/// A body whose chunks or length are wrong, or that did not come in time.
pub(super) fn broken() -> Response<Full<Bytes>> {
    closing(&Fault::serialization("The request's body is incomplete or malformed"))
}

/// There was no room for a body in all the time that it may take.
pub(super) fn crowded() -> Response<Full<Bytes>> {
    closing(&Fault::new(503, "ServiceUnavailableException", "Too many large requests at a time"))
}

/// What follows on such a connection cannot be told from the body.
fn closing(fault: &Fault) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(fault.body())));
    *response.status_mut() = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::BAD_REQUEST);
    last(response)
}

/// The same, as the last one on its connection.
pub(super) fn last(mut response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use super::{caller, credential, is_loopback, looks_real};
    use hyper::header::AUTHORIZATION;
    use hyper::http::{HeaderMap, HeaderValue};

    #[test]
    fn only_loopback_names() {
        let rows = [
            ("127.0.0.1:80", true),
            ("localhost", true),
            ("LocalHost:1", true),
            ("[::1]:9", true),
            ("evil.example", false),
            ("localhost:80@evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ];
        for (host, expected) in rows {
            assert_eq!(is_loopback(host), expected, "{host}");
        }
    }

    #[test]
    fn real_looking_keys() {
        let rows = [
            ("AKIAIOSFODNN7EXAMPLE", true),
            ("ASIAIOSFODNN7EXAMPLE", true),
            ("AKIA", true),
            ("ASIA1", true),
            ("asian-team", false),
            ("sandbox", false),
            ("AKIAiosfodnn7example", true),
            ("akiaIOSFODNN7EXAMPLE", true),
            ("AROAIOSFODNN7EXAMPLE", true),
        ];
        for (key, expected) in rows {
            assert_eq!(looks_real(key), expected, "{key}");
        }
    }

    #[test]
    fn keys_name_accounts_or_users() {
        assert_eq!(caller("410000000001", "eu-west-1", "111122223333").account_id, "410000000001");
        let user = caller("a/b", "eu-west-1", "111122223333");
        assert_eq!(user.user_arn, "arn:aws:iam::111122223333:user/a_b");
        let session = caller("deploy:run/1", "eu-west-1", "111122223333");
        assert_eq!(session.user_arn, "arn:aws:sts::111122223333:assumed-role/deploy/run_1");
        let session = caller("410000000001:ci", "eu-west-1", "111122223333");
        assert_eq!(session.user_arn, "arn:aws:sts::410000000001:assumed-role/sandbox/ci");
    }

    #[test]
    fn the_scope_is_read_from_the_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(credential(&headers, "1").err().unwrap().code, "MissingAuthenticationTokenException");
        let text = "AWS4-HMAC-SHA256 Credential=a/20260101/eu-north-1/servicecatalog/aws4_request, S=h";
        headers.insert("authorization", HeaderValue::from_static(text));
        for wrong in [
            "Credential=a/20260101/eu-north-1/servicecatalog/aws4_request",
            "Bearer Credential=a/20260101/eu-north-1/servicecatalog/aws4_request",
            "AWS4-HMAC-SHA256 Credential=a/20260101/eu-north-1/servicecatalog/aws4_request, Signature=none",
            "AWS4-HMAC-SHA256 Credential=a/20260101/eu-north-1/servicecatalog/aws4_request, Signature=",
            "AKIAIOSFODNN7EXAMPLE",
        ] {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(wrong))]);
            assert_eq!(
                credential(&headers, "1").err().unwrap().code,
                "IncompleteSignatureException",
                "{wrong}"
            );
        }
        let found = credential(&headers, "111122223333").ok().unwrap();
        assert_eq!((found.service.as_str(), found.caller.region.as_str()), ("servicecatalog", "eu-north-1"));
    }
}

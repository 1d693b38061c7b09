//! What the service's error codes mean for us: one table. Nothing else reads an error's text to find out what
//! happened. Codes, not variants: most errors of this service are not modelled.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::catalog::{CatalogError, CatalogErrorKind};

/// Whether the call could have changed the cloud: the same code then means "look before believing".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Read,
    Mutation,
}

const THROTTLED: [&str; 9] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "BandwidthLimitExceeded",
    "SlowDown",
];

const LOST: [&str; 7] = [
    "RequestTimeout",
    "RequestTimeoutException",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
];

const DENIED: [&str; 15] = [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "OptInRequired",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// What IAM does not permit: said of one call, by credentials that hold.
const NOT_ALLOWED: [&str; 3] = ["AccessDenied", "AccessDeniedException", "NotAuthorized"];

const MALFORMED: [&str; 4] = [
    "SerializationException",
    "UnknownOperationException",
    "OperationNotSupportedException",
    "InvalidAction",
];

/// A quota, and not a rate: the SDK takes it for throttling.
pub(super) const QUOTA: &str = "LimitExceededException";

/// Codes whose text may say that the account is busy.
const MAY_BE_BUSY: [&str; 5] = [
    "InvalidParametersException",
    "InvalidStateException",
    "ResourceInUseException",
    "ValidationException",
    "ConflictException",
];

/// What a busy account says, in lower case.
const BUSY: [&str; 5] = [
    "operation is in progress",
    "operation in progress",
    "try again",
    "concurrent operation",
    "concurrency limit",
];

/// Whether the code says that we ask too often.
pub(super) fn is_throttled(code: &str) -> bool {
    THROTTLED.contains(&code)
}

/// What a failed call means: the first row that fits the call, the HTTP status, the code and the message.
pub(super) fn kind_of(call: Call, status: u16, code: &str, message: &str) -> CatalogErrorKind {
    use CatalogErrorKind::{Ambiguous, Conflict, Denied, Later, NotAllowed, NotFound, Refused};
    if code.is_empty() || status >= 500 || is_throttled(code) || LOST.contains(&code) {
        return Ambiguous;
    }
    if code == QUOTA || code == "ServiceQuotaExceededException" || says_busy(code, message) {
        return Later;
    }
    match code {
        "ResourceNotFoundException" => NotFound,
        _ if DENIED.contains(&code) => Denied,
        _ if NOT_ALLOWED.contains(&code) => NotAllowed,
        _ if MALFORMED.contains(&code) => Refused,
        "ValidationException" | "ValidationError" if names_a_constraint(message) => Refused,
        _ if call == Call::Read => Refused,
        // a name, a state, or something unheard of
        _ => Conflict,
    }
}

fn says_busy(code: &str, message: &str) -> bool {
    let text = message.to_lowercase();
    MAY_BE_BUSY.contains(&code) && BUSY.iter().any(|words| text.contains(words))
}

/// A malformed request names the constraint that it breaks; a forbidden state has other words.
fn names_a_constraint(message: &str) -> bool {
    message.contains("validation error") || message.contains("failed to satisfy constraint")
}

/// The error code of an answer as it came over the wire.
pub(super) fn wire_code(answer: &HttpResponse) -> Option<&str> {
    if answer.status().is_success() {
        return None;
    }
    let code = match answer.headers().get("x-amzn-errortype") {
        Some(header) => header,
        None => {
            let body = std::str::from_utf8(answer.body().bytes()?).ok()?;
            let (_, rest) = body.split_once("\"__type\"")?;
            rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split('"').next()?
        }
    };
    let code = code.split_once('#').map_or(code, |(_, name)| name);
    Some(code.split_once(':').map_or(code, |(name, _)| name))
}

/// An answer without a member that it must have.
pub(super) fn missing(member: &str) -> CatalogError {
    garbled(format!("the answer has no `{member}`"))
}

/// An answer that makes no sense.
pub(super) fn garbled(message: String) -> CatalogError {
    CatalogError { kind: CatalogErrorKind::Ambiguous, code: String::new(), message, hint: None }
}

/// A fault on our side of the wire: nothing was asked.
pub(super) fn here(kind: CatalogErrorKind, message: impl Into<String>) -> CatalogError {
    CatalogError { kind, code: String::new(), message: message.into(), hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CatalogErrorKind::{Ambiguous, Conflict, Denied, Later, NotAllowed, NotFound, Refused};

    /// Rows: code, http status, text, meaning for a read, meaning for a mutation.
    const ROWS: [(&str, u16, &str, CatalogErrorKind, CatalogErrorKind); 24] = [
        ("ThrottlingException", 400, "Rate exceeded", Ambiguous, Ambiguous),
        ("TooManyRequestsException", 429, "", Ambiguous, Ambiguous),
        ("RequestLimitExceeded", 400, "", Ambiguous, Ambiguous),
        ("InternalFailure", 500, "", Ambiguous, Ambiguous),
        ("InvalidParametersException", 503, "", Ambiguous, Ambiguous),
        ("", 400, "<html>", Ambiguous, Ambiguous),
        ("RequestTimeout", 400, "", Ambiguous, Ambiguous),
        ("ResourceNotFoundException", 400, "No launch paths found for resource: prod-1", NotFound, NotFound),
        ("AccessDeniedException", 400, "not authorized", NotAllowed, NotAllowed),
        ("AccessDenied", 403, "", NotAllowed, NotAllowed),
        ("NotAuthorized", 400, "", NotAllowed, NotAllowed),
        ("UnrecognizedClientException", 400, "", Denied, Denied),
        ("ExpiredTokenException", 400, "", Denied, Denied),
        ("SignatureDoesNotMatch", 403, "", Denied, Denied),
        ("ValidationException", 400, "1 validation error detected: Value 'a'", Refused, Refused),
        ("ValidationException", 400, "cannot terminate in status UNDER_CHANGE", Refused, Conflict),
        ("SerializationException", 400, "", Refused, Refused),
        ("InvalidParametersException", 400, "A stack named a already exists.", Refused, Conflict),
        ("DuplicateResourceException", 400, "", Refused, Conflict),
        ("InvalidStateException", 400, "", Refused, Conflict),
        ("LimitExceededException", 400, "too many", Later, Later),
        (
            "InvalidParametersException",
            400,
            "another AWS Control Tower operation is in progress",
            Later,
            Later,
        ),
        ("ValidationException", 400, "Please try again later", Later, Later),
        ("SomethingNew", 400, "?", Refused, Conflict),
    ];

    #[test]
    fn the_table() {
        for (code, status, text, read, mutation) in ROWS {
            assert_eq!(kind_of(Call::Read, status, code, text), read, "read {code} {text}");
            assert_eq!(kind_of(Call::Mutation, status, code, text), mutation, "mutation {code} {text}");
        }
    }

    #[test]
    fn a_busy_text_never_overrides_a_lost_answer_or_a_denial() {
        assert_eq!(kind_of(Call::Mutation, 500, "InternalFailure", "try again"), Ambiguous);
        assert_eq!(kind_of(Call::Mutation, 400, "AccessDeniedException", "try again"), NotAllowed);
        assert_eq!(kind_of(Call::Mutation, 400, "ExpiredTokenException", "try again"), Denied);
    }
}

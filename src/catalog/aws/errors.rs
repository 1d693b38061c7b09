//! What the service's error codes mean for us: one table. Nothing else reads an error's text to find out what
//! happened. Codes, not variants: most errors of this service are not modelled.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::{CatalogError, CatalogErrorKind};

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

const DENIED: [&str; 13] = [
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
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// What was signed by a clock that is not the service's.
const SKEWED: [&str; 3] = ["RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"];

/// What the text begins with that says the same under the code of a bad signature.
const SKEWED_SIGNATURE: [&str; 2] = ["Signature expired", "Signature not yet current"];

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

/// How the list of a stack's events begins.
const FROM_CLOUDFORMATION: &str = "Errors from CloudFormation";

/// Codes whose text may say that the account is busy.
const MAY_BE_BUSY: [&str; 5] = [
    "InvalidParametersException",
    "InvalidStateException",
    "ResourceInUseException",
    "ValidationException",
    "ConflictException",
];

/// What is busy and asks to come back later says, in lower case. "Try again" alone may also come after a cause that
/// somebody has to repair.
const BUSY: [&str; 2] = ["try again later", "is in progress"];

/// Whether the code says that we ask too often.
pub(super) fn is_throttled(code: &str) -> bool {
    THROTTLED.contains(&code)
}

/// What a failed call means: the first row that fits the call, the HTTP status, the code and the message.
pub(super) fn kind_of(call: Call, status: u16, code: &str, message: &str) -> CatalogErrorKind {
    use CatalogErrorKind::{
        Ambiguous, Conflict, Denied, Later, NotAllowed, NotFound, NotSent, NotYet, Refused, Throttled,
    };
    if code.is_empty() || status >= 500 || LOST.contains(&code) {
        return Ambiguous;
    }
    match code {
        _ if is_throttled(code) => Throttled,
        _ if is_skewed(code, message) => NotSent,
        "ResourceNotFoundException" => NotFound,
        QUOTA | "ServiceQuotaExceededException" => Later,
        _ if DENIED.contains(&code) => Denied,
        _ if NOT_ALLOWED.contains(&code) => NotAllowed,
        _ if MALFORMED.contains(&code) => Refused,
        "ValidationException" | "ValidationError" if names_a_constraint(message) => Refused,
        _ if MAY_BE_BUSY.contains(&code) && says_busy(message) => Later,
        _ if call == Call::Read => Refused,
        "InvalidParametersException" if message.contains("profile does not exist") => NotYet,
        // a name, a state, or something unheard of
        _ => Conflict,
    }
}

/// Whether the service takes the signature for one of another time: nothing was looked at.
pub(super) fn is_skewed(code: &str, message: &str) -> bool {
    let is_of_another_time = || SKEWED_SIGNATURE.iter().any(|words| message.contains(words));
    SKEWED.contains(&code) || DENIED.contains(&code) && is_of_another_time()
}

/// Whether a text says that something else runs, and that only time is needed.
fn says_busy(message: &str) -> bool {
    let text = message.to_lowercase();
    // other limits than those on what runs at once are exceeded until somebody does something
    let is_crowded = text.contains("is exceeded") && text.contains("concurrent");
    is_crowded || BUSY.iter().any(|words| text.contains(words))
}

/// Whether a failed record of the Account Factory says so. What it tells of a stack that was rolled back is no matter of
/// time, whatever its resources say.
pub(super) fn is_busy_record(is_account: bool, description: &str) -> bool {
    let is_account = is_account || description.contains("Account Factory");
    is_account && !description.contains(FROM_CLOUDFORMATION) && says_busy(description)
}

/// What to do about it, where the words tell a cause that the code does not.
pub(super) fn advice(message: &str) -> Option<&'static str> {
    if message.contains("Invalid PathId") {
        Some("the launch path changed since the plan: plan again")
    } else if message.contains("LaunchRoleArn is required") {
        Some(
            "products of this engine need a launch constraint with a launch role: ask the platform team to give this one to the product in its portfolio",
        )
    } else {
        None
    }
}

/// What to do about a failed record of a termination: a stack that somebody deleted behind the catalog's back cannot be
/// deleted, and the provisioned product stays.
pub(super) fn termination_advice(description: &str) -> Option<&'static str> {
    is_stack_missing(description).then_some(
        "its stack is gone: `on_removal: retain_physical_resources` in the declaration's `lifecycle` lets the provisioned product go without it",
    )
}

/// So many words before "does not exist" may tell what.
const SUBJECT: usize = 5;

/// What a provisioned product plan fails with that would change nothing.
const UNCHANGED: [&str; 2] = ["No updates are to be performed", "didn't contain changes"];

/// Whether a provisioned product plan failed because it would change nothing.
pub(super) fn is_unchanged(message: &str) -> bool {
    UNCHANGED.iter().any(|words| message.contains(words))
}

/// Whether `CloudFormation` says that there is no such stack or stack set.
pub(super) fn is_missing_stack(code: &str, message: &str) -> bool {
    code == "StackSetNotFoundException" || code == "ValidationError" && is_stack_missing(message)
}

fn is_stack_missing(description: &str) -> bool {
    let text = description.to_lowercase().replace("doesn't exist", "does not exist");
    text.match_indices("does not exist").any(|(at, _)| {
        let before = text[..at].split_whitespace().rev().take(SUBJECT);
        let words: Vec<&str> = before.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
        words.contains(&"stack") && !words.contains(&"role")
    })
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
mod tests;

//! What comes back from a call.

use crate::clock::Millis;
use crate::faults::Strike;
use crate::wire::Fault;
use crate::world_file::OutcomeName;

/// A reply with its request id and virtual time.
pub(crate) struct Answer {
    pub reply: Reply,
    pub request_id: String,
    pub now: Millis,
}

/// A reply.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Json(Vec<u8>),
    Fault(Fault),
    /// The connection ends without an answer.
    Dropped,
}

impl Reply {
    /// HTTP status and error code, for the log.
    pub(crate) fn outcome(&self) -> (Option<u16>, Option<&str>) {
        match self {
            Reply::Json(_) => (Some(200), None),
            Reply::Fault(fault) => (Some(fault.status), Some(&fault.code)),
            Reply::Dropped => (None, None),
        }
    }
}

/// The reply of a fault that strikes after the operation, in the place of its answer.
pub(super) fn late(fired: &Strike) -> Option<Reply> {
    match fired.outcome {
        OutcomeName::DropResponse => Some(Reply::Dropped),
        OutcomeName::ThrottleTaken => {
            let message = fired.message.clone().unwrap_or_else(|| "Rate exceeded".to_owned());
            Some(Reply::Fault(Fault { message, ..throttling() }))
        }
        _ => None,
    }
}

pub(super) fn throttling() -> Fault {
    Fault::new(400, "ThrottlingException", "Rate exceeded")
}

/// The reply of a fault that strikes before the operation.
pub(super) fn early(fired: &Strike) -> Option<Reply> {
    let text = |default: &str| fired.message.clone().unwrap_or_else(|| default.to_owned());
    let fault = match fired.outcome {
        OutcomeName::DropRequest => return Some(Reply::Dropped),
        OutcomeName::Throttle => Fault { message: text("Rate exceeded"), ..throttling() },
        OutcomeName::Error500 => Fault::new(500, "InternalFailure", text("An internal error occurred")),
        OutcomeName::AccessDenied => {
            Fault::new(400, "AccessDeniedException", text("User is not authorized to perform this action"))
        }
        OutcomeName::ExpiredToken => Fault::new(
            400,
            "ExpiredTokenException",
            text("The security token included in the request is expired"),
        ),
        OutcomeName::SignatureExpired => Fault::new(
            400,
            "InvalidSignatureException",
            text(
                "Signature expired: 20260101T000000Z is now earlier than 20260101T001032Z (20260101T001532Z - 5 min.)",
            ),
        ),
        OutcomeName::NotFound => Fault::not_found(text("Resource not found.")),
        _ => return None,
    };
    Some(Reply::Fault(fault))
}

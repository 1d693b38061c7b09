//! An entry of `faults:`: its shape, and which outcomes go with what. When it strikes is decided in `faults`.

use serde::{Deserialize, Serialize};

use super::Text;

/// One line of `faults:`. Exactly one of `operation` and `call` is given.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultEntry {
    /// Strikes what a provisioned product goes through …
    pub operation: Option<OperationName>,
    /// … or the API call itself, `*` is any; those of STS and CloudFormation must be named.
    pub call: Option<Text>,
    /// What happens then.
    pub outcome: OutcomeName,
    /// Only those whose name this pattern fits; `*` is any text.
    pub provisioned_product: Option<Text>,
    /// Only those of products whose name this pattern fits.
    pub product: Option<Text>,
    /// The version that a `foreign_update` moves to; the same one if absent.
    pub version: Option<Text>,
    /// How often it strikes; always if absent.
    pub times: Option<u64>,
    /// How many occasions it lets pass first.
    pub skip: Option<u64>,
    /// With what probability it strikes.
    pub rate: Option<f64>,
    /// The catalog's words.
    pub message: Option<Text>,
    /// At which part of the duration it goes wrong; 0.5 if absent.
    pub after: Option<f64>,
}

/// What a provisioned product goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OperationName {
    Provision,
    Update,
    Terminate,
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeName {
    Reject,
    Rollback,
    Hang,
    DeleteFails,
    DropRequest,
    DropResponse,
    Throttle,
    ThrottleTaken,
    #[serde(rename = "error_500")]
    Error500,
    AccessDenied,
    ExpiredToken,
    SignatureExpired,
    NotFound,
    ForeignUpdate,
    ForeignTerminate,
}

impl OutcomeName {
    pub(crate) const ALL: [OutcomeName; 15] = [
        OutcomeName::Reject,
        OutcomeName::Rollback,
        OutcomeName::Hang,
        OutcomeName::DeleteFails,
        OutcomeName::DropRequest,
        OutcomeName::DropResponse,
        OutcomeName::Throttle,
        OutcomeName::ThrottleTaken,
        OutcomeName::Error500,
        OutcomeName::AccessDenied,
        OutcomeName::ExpiredToken,
        OutcomeName::SignatureExpired,
        OutcomeName::NotFound,
        OutcomeName::ForeignUpdate,
        OutcomeName::ForeignTerminate,
    ];

    /// As the world file writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            OutcomeName::Reject => "reject",
            OutcomeName::Rollback => "rollback",
            OutcomeName::Hang => "hang",
            OutcomeName::DeleteFails => "delete_fails",
            OutcomeName::DropRequest => "drop_request",
            OutcomeName::DropResponse => "drop_response",
            OutcomeName::Throttle => "throttle",
            OutcomeName::ThrottleTaken => "throttle_taken",
            OutcomeName::Error500 => "error_500",
            OutcomeName::AccessDenied => "access_denied",
            OutcomeName::ExpiredToken => "expired_token",
            OutcomeName::SignatureExpired => "signature_expired",
            OutcomeName::NotFound => "not_found",
            OutcomeName::ForeignUpdate => "foreign_update",
            OutcomeName::ForeignTerminate => "foreign_terminate",
        }
    }

    /// Whether an operation, or (`None`) a call, can go so.
    pub(crate) fn fits(self, operation: Option<OperationName>) -> bool {
        match self {
            OutcomeName::Reject | OutcomeName::Rollback | OutcomeName::Hang => operation.is_some(),
            OutcomeName::DeleteFails => operation == Some(OperationName::Terminate),
            _ => operation.is_none(),
        }
    }

    /// Whether somebody else acts.
    pub(crate) fn is_foreign(self) -> bool {
        matches!(self, OutcomeName::ForeignUpdate | OutcomeName::ForeignTerminate)
    }
}

impl OperationName {
    /// As the world file writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            OperationName::Provision => "provision",
            OperationName::Update => "update",
            OperationName::Terminate => "terminate",
        }
    }

    pub(crate) fn from_text(text: &str) -> Option<OperationName> {
        let all = [OperationName::Provision, OperationName::Update, OperationName::Terminate];
        all.into_iter().find(|operation| operation.as_str() == text)
    }
}

//! An error as the service answers it.

/// HTTP status, code and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub status: u16,
    pub code: String,
    pub message: String,
}

impl Fault {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Fault {
        Fault { status, code: code.to_owned(), message: message.into() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Fault {
        Fault::new(400, "InvalidParametersException", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Fault {
        Fault::new(400, "ResourceNotFoundException", message)
    }

    pub(crate) fn validation(message: impl Into<String>) -> Fault {
        Fault::new(400, "ValidationException", message)
    }

    pub(crate) fn serialization(message: impl Into<String>) -> Fault {
        Fault::new(400, "SerializationException", message)
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Vec<u8> {
        let body = serde_json::json!({ "__type": self.code, "Message": self.message });
        body.to_string().into_bytes()
    }
}

//! Requests and answers as a line of the trace.

use provisor::catalog::{CatalogError, Operation, Record, Request};

/// What is asked for.
pub fn operation(request: &Request) -> String {
    match &request.operation {
        Operation::Provision { payload } => {
            format!("provision {} {:?}", payload.target.name, payload.parameters)
        }
        Operation::Update { id, payload } => {
            format!("update {id} {} {:?}", payload.target.artifact.id, payload.parameters)
        }
        Operation::Terminate { id, .. } => format!("terminate {id}"),
    }
}

/// What came back.
pub fn outcome(answer: &Result<Record, CatalogError>) -> String {
    match answer {
        Ok(record) => format!("{} on {}", record.id, record.provisioned),
        Err(error) => format!("{:?} {}", error.kind, error.message),
    }
}

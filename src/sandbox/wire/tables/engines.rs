//! Requests by which provisioning engines report.

use super::{ANY, FREE, ID, TOKEN};
use crate::wire::members::{Member, Shape, list, may, must, patterned};
use crate::wire::patterns::Pattern;

const STATUS: Shape = Shape::Choice(&["SUCCEEDED", "FAILED"]);
const WORKFLOW_TOKEN: Shape = patterned(1, 20000, Pattern::WorkflowToken);
const REASON: Shape = patterned(1, 2048, Pattern::PageToken);
const OUTPUTS: Shape = list(
    ANY,
    &Shape::Structure(&[may("OutputKey", &FREE), may("OutputValue", &FREE), may("Description", &FREE)]),
);
const TAG: Shape = Shape::Structure(&[
    may("Key", &patterned(1, 128, Pattern::UniqueTag)),
    may("Value", &patterned(1, 256, Pattern::UniqueTag)),
]);
const RESOURCE: Shape = Shape::Structure(&[may("UniqueTag", &TAG)]);

pub(crate) static NOTIFY_PROVISION: &[Member] = &[
    must("WorkflowToken", &WORKFLOW_TOKEN),
    must("RecordId", &ID),
    must("Status", &STATUS),
    may("FailureReason", &REASON),
    may("ResourceIdentifier", &RESOURCE),
    may("Outputs", &OUTPUTS),
    must("IdempotencyToken", &TOKEN),
];

pub(crate) static NOTIFY_UPDATE: &[Member] = &[
    must("WorkflowToken", &WORKFLOW_TOKEN),
    must("RecordId", &ID),
    must("Status", &STATUS),
    may("FailureReason", &REASON),
    may("Outputs", &OUTPUTS),
    must("IdempotencyToken", &TOKEN),
];

pub(crate) static NOTIFY_TERMINATE: &[Member] = &[
    must("WorkflowToken", &WORKFLOW_TOKEN),
    must("RecordId", &ID),
    must("Status", &STATUS),
    may("FailureReason", &REASON),
    must("IdempotencyToken", &TOKEN),
];

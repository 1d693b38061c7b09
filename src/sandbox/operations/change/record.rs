//! Writing down what was accepted: a record about a provisioned product as the operation would have it.

use crate::operations::session::Session;
use crate::operations::tags::Tags;
use crate::world::{After, Entry, Pending, ProvisionedProduct, Record, RecordEnd, Timeline};

/// What a record says beside its subject.
pub(crate) struct NewRecord {
    /// The API operation.
    pub operation: &'static str,
    /// The record type.
    pub kind: &'static str,
    pub token: String,
    pub tags: Tags,
    pub timeline: Timeline,
    pub end: RecordEnd,
}

/// Puts a provisioned product on its execution and the record of that into the world. `product` has the state that
/// the operation aims at, with its last record's id; `after` is what is left when the operation is over.
pub(crate) fn begin(
    session: &mut Session<'_>,
    product: ProvisionedProduct,
    after: Option<After>,
    new_record: NewRecord,
) -> Record {
    let record = Record {
        id: product.state.last_record.clone(),
        operation: new_record.operation.to_owned(),
        token: new_record.token,
        digest: session.digest.to_owned(),
        kind: new_record.kind.to_owned(),
        provisioned_id: product.id.clone(),
        provisioned_name: product.name.clone(),
        provisioned_kind: product.kind.clone(),
        product_id: product.state.product_id.clone(),
        artifact_id: product.state.artifact_id.clone(),
        path_id: product.state.path_id.clone(),
        launch_role: product.state.launch_role.clone(),
        tags: new_record.tags,
        user_arn: session.caller.user_arn.clone(),
        timeline: new_record.timeline,
        end: new_record.end,
    };
    let pending = Some(Pending { ends: new_record.timeline.ends, after });
    session.world.put(Entry::Provisioned(Box::new(ProvisionedProduct { pending, ..product })));
    session.put_record(record)
}

//! Writing down what was accepted: a record about a provisioned product as the operation would have it.

use super::Session;
use super::tags::Tags;
use crate::world::{After, Entry, Pending, Provisioned, Record, RecordEnd, Timeline};

/// What a record says beside its subject.
pub(crate) struct Deed {
    /// The API operation.
    pub operation: &'static str,
    /// The record type.
    pub kind: &'static str,
    pub token: String,
    pub tags: Tags,
    pub timeline: Timeline,
    pub end: RecordEnd,
}

/// Puts a provisioned product on its course and the record of that into the world. `product` has the state that
/// the operation aims at, with its last record's id; `after` is what is left when the operation is over.
pub(crate) fn enter(
    session: &mut Session<'_>,
    product: Provisioned,
    after: Option<After>,
    deed: Deed,
) -> Record {
    let record = Record {
        id: product.state.last_record.clone(),
        operation: deed.operation.to_owned(),
        token: deed.token,
        digest: session.digest.to_owned(),
        kind: deed.kind.to_owned(),
        provisioned_id: product.id.clone(),
        provisioned_name: product.name.clone(),
        provisioned_kind: product.kind.clone(),
        product_id: product.state.product_id.clone(),
        artifact_id: product.state.artifact_id.clone(),
        path_id: product.state.path_id.clone(),
        launch_role: product.state.launch_role.clone(),
        tags: deed.tags,
        user_arn: session.caller.user_arn.clone(),
        timeline: deed.timeline,
        end: deed.end,
    };
    let pending = Some(Pending { ends: deed.timeline.ends, after });
    session.world.put(Entry::Provisioned(Box::new(Provisioned { pending, ..product })));
    session.put_record(record)
}

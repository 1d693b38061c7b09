//! `SearchQuery`: which provisioned products its entries fit.

use crate::clock::{Millis, rfc3339};
use crate::operations::access::role_of;
use crate::operations::follow::provisioned::shown_version;
use crate::operations::session::Session;
use crate::world::ProvisionedProduct;

/// Whether a field of a provisioned product has a value.
type Test = fn(&Session<'_>, &ProvisionedProduct, &str) -> bool;

const FIELDS: [(&str, Test); 18] = [
    ("arn", |_, it, value| it.arn == value),
    ("createdTime", |_, it, value| is_time(it.created, value)),
    ("id", |_, it, value| it.id == value),
    ("lastRecordId", |_, it, value| it.state.last_record == value),
    ("idempotencyToken", |_, it, value| it.token == value),
    ("name", |_, it, value| it.name == value),
    ("physicalId", |session, it, value| physical_id(session, it).as_deref() == Some(value)),
    ("productId", |session, it, value| shown_version(session, it).0 == value),
    ("provisioningArtifactId", |session, it, value| shown_version(session, it).1 == value),
    ("type", |_, it, value| it.kind == value),
    ("status", |_, it, value| it.state.status.as_str() == value),
    ("tags", |_, it, value| it.state.tags.iter().any(|(key, tag)| tag_fits(key, tag, value))),
    ("userArn", |_, it, value| role_of(it.owner()) == value),
    ("userArnSession", |_, it, value| it.owner() == value),
    ("lastProvisioningRecordId", |_, it, value| it.state.last_provisioning == value),
    ("lastSuccessfulProvisioningRecordId", |_, it, value| it.state.last_successful.as_deref() == Some(value)),
    ("productName", |session, it, value| names(session, it).0 == Some(value)),
    ("provisioningArtifactName", |session, it, value| names(session, it).1 == Some(value)),
];

/// What stands behind it: of the Account Factory, the account; else the stack, once its first operation has begun.
pub(crate) fn physical_id(session: &Session<'_>, product: &ProvisionedProduct) -> Option<String> {
    let state = &product.state;
    if product.kind == "CONTROL_TOWER_ACCOUNT" {
        let record = session.world.record(state.last_successful.as_deref()?)?;
        let mut outputs = record.outputs(session.now).iter();
        return outputs.find(|output| output.key == "AccountId").map(|output| output.value.clone());
    }
    let begun = state.last_successful.is_some()
        || session
            .world
            .record(&state.last_record)
            .is_none_or(|record| record.status(session.now) != "CREATED");
    state.physical_id.clone().filter(|_| begun)
}

/// One entry: `field:value`, or text that any field may hold.
pub(crate) struct Query<'a> {
    field: Option<(&'static str, Test)>,
    value: &'a str,
}

impl<'a> Query<'a> {
    pub fn all(entries: Option<&'a Vec<String>>) -> Vec<Query<'a>> {
        entries.into_iter().flatten().map(|entry| Query::new(entry)).collect()
    }

    fn new(entry: &'a str) -> Query<'a> {
        let plain = |text: &'a str| text.trim().trim_matches('"');
        let named = entry.split_once(':').and_then(|(name, value)| {
            let field = FIELDS.iter().find(|(field, _)| *field == name)?;
            // an ARN by itself looks like the field `arn`
            let is_field = name != "arn" || value.trim_start().starts_with("arn:");
            is_field.then_some((*field, plain(value)))
        });
        match named {
            Some((field, value)) => Query { field: Some(field), value },
            None => Query { field: None, value: plain(entry) },
        }
    }

    fn fits(&self, session: &Session<'_>, product: &ProvisionedProduct) -> bool {
        match self.field {
            Some((_, test)) => test(session, product, self.value),
            None if self.value.is_empty() => true,
            None => FIELDS.iter().any(|(_, test)| test(session, product, self.value)),
        }
    }

    /// The only one that can fit, if the world knows it without looking at them all; an inner `None` is nobody.
    fn only<'w>(&self, session: &'w Session<'_>) -> Option<Option<&'w ProvisionedProduct>> {
        let world = &*session.world;
        match self.field?.0 {
            "id" => Some(world.provisioned(self.value)),
            "name" => Some(world.provisioned_named(self.value)),
            "arn" => Some(self.value.rsplit('/').next().and_then(|id| world.provisioned(id))),
            "lastRecordId" | "lastProvisioningRecordId" | "lastSuccessfulProvisioningRecordId" => {
                let record = world.record(self.value);
                Some(record.and_then(|record| world.provisioned(&record.provisioned_id)))
            }
            "idempotencyToken" => world.only_of_token(self.value),
            _ => None,
        }
    }
}

/// Whether a provisioned product is among what is searched for.
pub(crate) fn fits(session: &Session<'_>, queries: &[Query<'_>], product: &ProvisionedProduct) -> bool {
    let mut fitting = queries.iter().map(|query| query.fits(session, product));
    if session.knobs().any_search_query {
        queries.is_empty() || fitting.any(|fits| fits)
    } else {
        fitting.all(|fits| fits)
    }
}

/// The only one that can fit all queries, where one of them says so much; see [`Query::only`].
pub(crate) fn only<'w>(
    session: &'w Session<'_>,
    queries: &[Query<'_>],
) -> Option<Option<&'w ProvisionedProduct>> {
    let every = !session.knobs().any_search_query;
    queries.iter().filter(|_| every).find_map(|query| query.only(session))
}

/// A number of seconds as answers have it, or the beginning of a date in ISO 8601, at least its day.
fn is_time(time: Millis, value: &str) -> bool {
    match value.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _, ..] => {
            let value = value.trim_end_matches("+00:00").trim_end_matches('Z').replacen(' ', "T", 1);
            rfc3339(time).starts_with(&value)
        }
        [b'0'..=b'9', ..] => value.parse::<f64>().is_ok_and(|seconds| seconds == time as f64 / 1000.0),
        _ => false,
    }
}

fn tag_fits(key: &str, value: &str, wanted: &str) -> bool {
    key == wanted || value == wanted || wanted.split_once('=') == Some((key, value))
}

/// The names of product and version as the catalog has them now.
pub(crate) fn names<'a>(
    session: &Session<'a>,
    product: &ProvisionedProduct,
) -> (Option<&'a str>, Option<&'a str>) {
    let (product_id, artifact_id) = shown_version(session, product);
    let found = session.catalog.product(product_id);
    let artifact = found.and_then(|found| found.artifact(artifact_id)?.name.as_deref());
    (found.map(|found| found.name.as_str()), artifact)
}

#[cfg(test)]
mod tests {
    use super::is_time;

    #[test]
    fn times_are_numbers_or_dates() {
        let time = 784_111_777_250;
        let rows = [
            ("784111777.25", true),
            ("784111777", false),
            ("1994-11-06", true),
            ("1994-11-06T08:49", true),
            ("1994-11-06 08:49:37.25", true),
            ("1994-11-06T08:49:37.250Z", true),
            ("1994-11-06T08:49:37.250+00:00", true),
            ("1994-11-07", false),
            ("1994", false),
            ("some-thing", false),
        ];
        for (value, expected) in rows {
            assert_eq!(is_time(time, value), expected, "{value}");
        }
    }
}

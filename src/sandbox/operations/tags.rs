//! Tags of provisioned products: what is sent, what tag options add, what the service adds by itself.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::{CatalogView, LaunchPath, Product, TagRule};
use crate::operations::session::Session;
use crate::wire::{Fault, KeyValue};
use crate::world::ProvisionedProduct;
use crate::world_file::Knobs;

/// A tag as requests carry it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub key: String,
    pub value: String,
}

pub(crate) type Tags = BTreeMap<String, String>;

/// What the sandbox writes where a tag option allows nothing.
const CONFLICT: &str = "sc-tagconflict-portfolioid-productid";

/// The user's tags of a launch: the sent ones, checked against the tag options, and single-valued options.
pub(crate) fn launched(
    session: &Session<'_>,
    path: LaunchPath<'_>,
    product: &Product,
    sent: &[Tag],
) -> Result<Tags, Fault> {
    let mut tags = plain(sent)?;
    for rule in path.tag_rules(product) {
        apply(&rule, &mut tags, session.knobs())?;
    }
    Ok(tags)
}

fn apply(rule: &TagRule, tags: &mut Tags, knobs: &Knobs) -> Result<(), Fault> {
    let TagRule { key, values } = rule;
    match (tags.get(key), values.as_slice()) {
        (_, []) => {
            tags.insert(key.clone(), CONFLICT.to_owned());
        }
        (Some(value), _) if !values.contains(value) => {
            let message =
                format!("Tag {key}={value} is not allowed; allowed values: [{}]", values.join(", "));
            return Err(Fault::new(400, knobs.tag_option_error.as_str(), message));
        }
        (None, [only]) => {
            tags.insert(key.clone(), only.clone());
        }
        (None, _) if knobs.tag_option_required => {
            return Err(Fault::invalid(format!("A value for TagOption {key} is required")));
        }
        _ => {}
    }
    Ok(())
}

fn plain(sent: &[Tag]) -> Result<Tags, Fault> {
    let mut tags = Tags::new();
    for tag in sent {
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Fault::invalid("Tag keys starting with aws: are reserved for system use"));
        }
        if tags.insert(tag.key.clone(), tag.value.clone()).is_some() {
            return Err(Fault::invalid(format!("Duplicate tag key: {}", tag.key)));
        }
    }
    Ok(tags)
}

/// The five tags that the service puts on everything but stack sets.
pub(crate) fn automatic(catalog: CatalogView<'_>, path: LaunchPath<'_>, about: &ProvisionedProduct) -> Tags {
    if about.kind == "CFN_STACKSET" {
        return Tags::new();
    }
    let rows = [
        ("portfolioArn", catalog.portfolio_arn(path.portfolio)),
        ("productArn", catalog.product_arn(&about.state.product_id)),
        ("provisionedProductArn", about.arn.clone()),
        ("provisioningArtifactIdentifier", about.state.artifact_id.clone()),
        ("provisioningPrincipalArn", about.user_arn.clone()),
    ];
    rows.into_iter().map(|(key, value)| (format!("aws:servicecatalog:{key}"), value)).collect()
}

/// The tags after an update. Without a constraint that allows it nothing changes; a removal alone changes
/// nothing either.
pub(crate) fn updated(
    session: &Session<'_>,
    path: LaunchPath<'_>,
    product: &Product,
    of: &ProvisionedProduct,
    sent: Option<&[Tag]>,
) -> Result<Tags, Fault> {
    let current = &of.state.tags;
    let is_spared = of.settled_tags && session.knobs().tag_update_spares_older;
    let Some(sent) = sent.filter(|_| path.constraints.tag_update == Some(true) && !is_spared) else {
        return Ok(current.clone());
    };
    let wanted = plain(sent)?;
    if wanted.iter().all(|(key, value)| current.get(key) == Some(value)) {
        return Ok(current.clone());
    }
    let mut tags = launched(session, path, product, sent)?;
    tags.extend(
        current.iter().filter(|(key, _)| key.starts_with("aws:")).map(|(k, v)| (k.clone(), v.clone())),
    );
    Ok(tags)
}

pub(crate) fn shown(tags: &Tags) -> Vec<KeyValue> {
    tags.iter().map(|(key, value)| KeyValue { key: key.clone(), value: value.clone() }).collect()
}

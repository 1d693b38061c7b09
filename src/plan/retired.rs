//! A version that is no longer offered, and that a product runs on: it stays, as long as nothing of the product changes.

use super::diff::Difference;
use super::{PlanInput, Reason};
use crate::catalog::{Artifact, LaunchPath, Offering, ParameterRule, Status};
use crate::declare::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Part};
use crate::model::ids::Address;
use crate::model::kinds::ProductType;
use crate::model::product::{ArtifactSelector, Ignored, Selector};
use crate::model::text::{listed, quote};
use crate::model::time::Timestamp;
use crate::observe::{Offer, Unresolved, version_in_force};
use crate::state::{Applied, Row, Stored};

/// So many of the versions that are offered instead are named.
const SHOWN: usize = 20;

impl<'a> PlanInput<'a> {
    /// What was applied, where the declared version is the one that it runs on, and is no longer offered.
    pub(super) fn retired(&self, address: &Address) -> Option<&'a Applied> {
        let product = self.desired.products.get(address)?;
        let Err(Unresolved::Version { .. }) = self.resolved(address)? else { return None };
        let (row, existing) = (self.row(address)?, self.existing(address)?);
        let applied = row.applied.as_ref()?;
        let is_ours = existing.status == Status::Available
            && existing.last_provisioning_record.as_ref() == Some(&applied.record)
            && row.intent.is_none()
            && !self.is_made_anew(address);
        (is_ours && is_meant(product, applied) && runs(row, applied, self, address)).then_some(applied)
    }
}

fn runs(row: &Row, applied: &Applied, input: &PlanInput<'_>, address: &Address) -> bool {
    version_in_force(row, input.existing(address)) == Some(&applied.content.target.artifact.id)
}

/// Whether the declaration means what was applied: the product, and the version or any.
fn is_meant(product: &DesiredProduct, applied: &Applied) -> bool {
    let target = &applied.content.target;
    let one_product = match &product.product {
        Selector::Name(name) => *name == target.product.name,
        Selector::Id(id) => *id == target.product.id.as_str(),
    };
    let one_version = match &product.artifact {
        ArtifactSelector::Name(name) => *name == target.artifact.name,
        ArtifactSelector::Id(id) => *id == target.artifact.id.as_str(),
        ArtifactSelector::OnlyActive => false,
    };
    one_product && (one_version || product.ignore_changes.contains(&Ignored::Artifact))
}

/// What the catalog would offer if it still did: what was applied, and nothing else.
pub(super) fn offer(applied: &Applied) -> Offer {
    let target = &applied.content.target;
    let artifact = Artifact {
        id: target.artifact.id.clone(),
        name: Some(target.artifact.name.clone()),
        created: Timestamp(0),
        deprecated: false,
    };
    let rule = |value: &Stored| ParameterRule {
        kind: "String".to_owned(),
        no_echo: matches!(value, Stored::Digest(_)),
        ..ParameterRule::default()
    };
    let path = LaunchPath { id: target.path.id.clone(), name: target.path.name.clone() };
    let parameters = applied.content.parameters.iter().map(|(key, value)| (key.clone(), rule(value)));
    let offering = Offering { parameters: parameters.collect(), tag_update: true, ..Offering::default() };
    Offer {
        product: target.product.id.clone(),
        product_name: target.product.name.clone(),
        kind: ProductType::Template,
        versions: [artifact.clone()].into(),
        artifact,
        paths: [path.clone()].into(),
        path,
        offering,
    }
}

/// What would change of a product whose version is no longer offered; nothing where it can stay as it is.
pub(super) fn changes(product: &DesiredProduct, applied: &Applied, difference: &Difference) -> Vec<String> {
    let before = &applied.content;
    let new = product.parameters.keys().filter(|key| !before.parameters.contains_key(*key));
    let mut changes: Vec<String> = new.map(|key| format!("parameter {}", quote(key))).collect();
    let same_path = match &product.path {
        None => true,
        Some(Selector::Name(name)) => *name == before.target.path.name,
        Some(Selector::Id(id)) => *id == before.target.path.id.as_str(),
    };
    if !same_path {
        changes.push("the launch path".to_owned());
    }
    changes.extend(difference.reasons.iter().chain(&difference.may).map(subject));
    changes
}

fn subject(reason: &Reason) -> String {
    match reason {
        Reason::Parameter { key, .. } | Reason::InputMayChange { key, .. } => {
            format!("parameter {}", quote(key))
        }
        Reason::Tag { key, .. } => format!("tag {}", quote(key)),
        Reason::Path { .. } => "the launch path".to_owned(),
        Reason::Preferences { .. } => "the stack-set preferences".to_owned(),
        _ => "what it is made from".to_owned(),
    }
}

/// A change of what can no longer be changed.
pub(super) fn unchangeable(
    product: &DesiredProduct,
    applied: &Applied,
    why: Option<&Unresolved>,
    changes: &[String],
) -> Diagnostic {
    let target = &applied.content.target;
    let field = super::check::artifact_field(product);
    let message = format!(
        "version `{}` of `{}` is no longer offered, and `{}`, which runs on it, would change",
        target.artifact.name,
        target.product.name,
        product.origin.key.as_ref().map_or(product.name.as_str(), |key| key.as_str())
    );
    let diagnostic = Diagnostic::error("retired-version", message)
        .at(product.origin.field(field, Part::Value))
        .label("deactivated, or deleted")
        .note(format!("what would change: {}", listed(changes, SHOWN)))
        .hint("name a version that is offered, or take the change back");
    match why {
        Some(Unresolved::Version { candidates }) if !candidates.is_empty() => {
            diagnostic.note(format!("there is {}", listed(candidates.iter().map(quote), SHOWN)))
        }
        _ => diagnostic,
    }
}

/// What is said of a product that stays as it is.
pub(super) fn note(applied: &Applied) -> String {
    let version = &applied.content.target.artifact.name;
    format!(
        "version `{version}` is no longer offered: it stays as it is, and only another version changes it"
    )
}

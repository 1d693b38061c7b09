//! A version that is no longer offered, and that a product runs on: it stays, as long as nothing of the product changes.

use std::collections::BTreeMap;

use super::diff::Difference;
use super::{PlanInput, Reason, Refusal, refusals};
use crate::catalog::{Artifact, Existing, LaunchPath, Offering, ParameterRule, Status};
use crate::declare::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Part, Segment};
use crate::model::ids::{Address, ArtifactId, ProductId};
use crate::model::kinds::ProductType;
use crate::model::product::{ArtifactSelector, Ignored, Selector};
use crate::model::target::Named;
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
        let Err(Unresolved::Version { product: of, .. }) = self.resolved(address)? else { return None };
        let (row, existing) = (self.row(address)?, self.existing(address)?);
        let applied = row.applied.as_ref()?;
        let is_ours = existing.status == Status::Available
            && existing.last_provisioning_record.as_ref() == Some(&applied.record)
            && row.intent.is_none()
            && !self.is_made_anew(address);
        (is_ours && is_meant(product, of, applied, existing) && runs(row, applied, self, address))
            .then_some(applied)
    }
}

impl PlanInput<'_> {
    /// What a product that is to be adopted was made from, where that is no longer offered: as it is there, and nothing else.
    pub(super) fn retired_there(&self, address: &Address) -> Option<Offer> {
        let Err(Unresolved::Version { product: of, .. }) = self.resolved(address)? else { return None };
        let (product, existing) = (self.desired.products.get(address)?, self.adopted(address)?);
        let read = self.observed.adoptable.get(&existing.id)?;
        let record = read.record.as_ref()?;
        let id = record.artifact.clone().filter(|_| record.product.as_ref() == Some(&of.id))?;
        let called = called(existing, &id);
        let is_meant = match &product.artifact {
            ArtifactSelector::Id(declared) => *declared == id.as_str(),
            ArtifactSelector::Name(name) => called == Some(name),
            ArtifactSelector::OnlyActive => false,
        };
        let values = read.stack.as_ref().and_then(|stack| stack.as_ref().ok());
        let values = values.into_iter().flat_map(|stack| &stack.parameters);
        let parameters = values.map(|(key, parameter)| (key.clone(), rule(parameter.is_masked())));
        let id_of_path = record.path.clone()?;
        // what it is called nobody tells for a version that is no longer offered: it is taken for the declared one
        let name_of_path = match &product.path {
            Some(Selector::Name(name)) => name.clone(),
            Some(Selector::Id(_)) | None => id_of_path.to_string(),
        };
        let path = LaunchPath { id: id_of_path, name: name_of_path };
        let artifact = Named::new(id.clone(), called.unwrap_or(id.as_str()));
        let made = MadeFrom { product: of.clone(), artifact, path };
        is_meant.then(|| made.offer(parameters.collect()))
    }
}

impl PlanInput<'_> {
    /// Whether a declared version that is not offered is no mistake of the declaration: what is there runs it, or may do so.
    pub(super) fn is_retired(&self, address: &Address) -> bool {
        let is_unfit = || {
            let Some(Err(Unresolved::Version { .. })) = self.resolved(address) else { return false };
            let is_moving = self.bound(address).is_some_and(|existing| !is_at_rest(existing));
            let is_passed = self.policy.import_only && self.bound(address).is_some();
            is_passed || is_moving || self.is_hidden(address) || self.is_held(address)
        };
        self.retired(address).is_some()
            || self.retired_there(address).is_some()
            || self.not_retired(address).is_some()
            || is_unfit()
    }

    /// Why nothing can be done about an address whose version is no longer offered.
    pub(super) fn not_retired(&self, address: &Address) -> Option<Refusal> {
        let Err(Unresolved::Version { product: of, .. }) = self.resolved(address)? else { return None };
        let product = self.desired.products.get(address)?;
        if let Some(existing) = self.adopted(address) {
            let record = self.observed.adoptable.get(&existing.id)?.record.as_ref()?;
            let id = record.artifact.as_ref().filter(|_| record.product.as_ref() == Some(&of.id))?;
            let is_named = matches!(product.artifact, ArtifactSelector::Name(_));
            return (is_named && called(existing, id).is_none())
                .then(|| refusals::unnamed_version(&existing.id, &product.artifact.to_string(), id));
        }
        if self.policy.import_only || self.policy.refresh_only {
            return None;
        }
        let (row, existing) = (self.row(address).filter(|row| row.intent.is_none())?, self.bound(address)?);
        let applied = row.applied.as_ref().filter(|applied| is_meant(product, of, applied, existing))?;
        let failed = matches!(existing.status, Status::Tainted | Status::Error);
        (failed && !self.is_made_anew(address))
            .then(|| refusals::failed_on_retired(&applied.content.target.artifact.name))
    }

    /// What the catalog shows of the product that a row is bound to.
    fn bound(&self, address: &Address) -> Option<&Existing> {
        let bound = self.row(address)?.binding.as_ref()?;
        self.listing(address)?.id(&bound.id)
    }

    /// Whether something that runs the declared version has the name of something that nobody has made here yet.
    fn is_held(&self, address: &Address) -> bool {
        let is_held = || {
            let Err(Unresolved::Version { product: of, .. }) = self.resolved(address)? else { return None };
            let product = self.desired.products.get(address)?;
            let holder = self.listing(address)?.name(&product.name)?;
            let id = holder.artifact.as_ref().filter(|_| holder.product.as_ref() == Some(&of.id))?;
            Some(match &product.artifact {
                ArtifactSelector::Id(declared) => *declared == id.as_str(),
                ArtifactSelector::Name(name) => called(holder, id).is_none_or(|known| known == name),
                ArtifactSelector::OnlyActive => false,
            })
        };
        self.row(address).is_none() && self.adopted(address).is_none() && is_held().unwrap_or_default()
    }
}

fn is_at_rest(existing: &Existing) -> bool {
    matches!(existing.status, Status::Available | Status::Tainted | Status::Error)
}

/// What a version is called that something runs, as the catalog says.
fn called<'e>(existing: &'e Existing, version: &ArtifactId) -> Option<&'e str> {
    existing.artifact_name.as_deref().filter(|_| existing.artifact.as_ref() == Some(version))
}

fn runs(row: &Row, applied: &Applied, input: &PlanInput<'_>, address: &Address) -> bool {
    version_in_force(row, input.existing(address)) == Some(&applied.content.target.artifact.id)
}

/// Whether the declaration, which means this product, means what was applied: the version, or any.
fn is_meant(product: &DesiredProduct, of: &Named<ProductId>, applied: &Applied, existing: &Existing) -> bool {
    let Named { id, name } = &applied.content.target.artifact;
    let one_version = match &product.artifact {
        ArtifactSelector::Name(declared) => declared == name || called(existing, id) == Some(declared),
        ArtifactSelector::Id(declared) => *declared == id.as_str(),
        ArtifactSelector::OnlyActive => false,
    };
    let is_one_product = applied.content.target.product.id == of.id;
    is_one_product && (one_version || product.ignore_changes.contains(&Ignored::Artifact))
}

/// What the catalog would offer if it still did: what was applied, and nothing else.
pub(super) fn offer(applied: &Applied) -> Offer {
    let target = &applied.content.target;
    let parameters = applied.content.parameters.iter();
    let parameters = parameters.map(|(key, value)| (key.clone(), rule(matches!(value, Stored::Digest(_)))));
    let path = LaunchPath { id: target.path.id.clone(), name: target.path.name.clone() };
    let made = MadeFrom { product: target.product.clone(), artifact: target.artifact.clone(), path };
    made.offer(parameters.collect())
}

fn rule(no_echo: bool) -> ParameterRule {
    ParameterRule { kind: "String".to_owned(), no_echo, ..ParameterRule::default() }
}

/// What something was made from.
struct MadeFrom {
    product: Named<ProductId>,
    artifact: Named<ArtifactId>,
    path: LaunchPath,
}

impl MadeFrom {
    fn offer(self, parameters: BTreeMap<String, ParameterRule>) -> Offer {
        let Self { product, artifact, path } = self;
        let artifact =
            Artifact { id: artifact.id, name: Some(artifact.name), created: Timestamp(0), deprecated: false };
        Offer {
            product: product.id,
            product_name: product.name,
            kind: ProductType::Template,
            versions: [artifact.clone()].into(),
            artifact,
            paths: [path.clone()].into(),
            path,
            offering: Offering { parameters, tag_update: true, ..Offering::default() }.into(),
        }
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
    let wrong = Diagnostic::error("retired-version", message)
        .note(format!("what would change: {}", listed(changes, SHOWN)));
    let diagnostic = if product.ignore_changes.contains(&Ignored::Artifact) {
        // whatever version is declared, the one that runs stays
        let item = Segment::Text("provisioning_artifact".to_owned());
        let ignored = product.origin.given(&["lifecycle", "ignore_changes"], Part::Value);
        wrong
            .at(ignored.below([item], Part::Value))
            .label("the version that runs stays, and it is deactivated, or deleted")
            .hint("take `provisioning_artifact` out of `ignore_changes` and declare a version that is offered, or take the change back")
    } else {
        wrong
            .at(product.origin.field(field, Part::Value))
            .label("deactivated, or deleted")
            .hint("name a version that is offered, or take the change back")
    };
    match why {
        Some(Unresolved::Version { candidates, .. }) if !candidates.is_empty() => {
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

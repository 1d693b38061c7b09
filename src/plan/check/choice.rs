//! What is said of a product, version or launch path that is not there, or not the only one.

use super::suggestions::Suggestions;
use crate::declare::DesiredProduct;
use crate::model::diagnostic::{Diagnostic, Part};
use crate::model::product::{ArtifactSelector, Selector};
use crate::model::text::{listed, quote};
use crate::observe::Unresolved;

/// So many letters and digits stand behind the prefix of an id.
const ID: usize = 13;

/// What is wrong with a choice: one finding for each field of it.
pub(super) fn unresolved(product: &DesiredProduct, why: &Unresolved, names: &Suggestions) -> Vec<Diagnostic> {
    let beside = match why {
        Unresolved::Version { path, .. } => path.as_deref(),
        _ => None,
    };
    // what cannot be read is told where it is written
    let is_told = |why: &&Unresolved| match why {
        Unresolved::Version { .. }
        | Unresolved::AmbiguousVersion { .. }
        | Unresolved::NotOnlyActive { .. } => product.unread.version,
        Unresolved::Path { .. } | Unresolved::AmbiguousPath { .. } | Unresolved::PathNeeded { .. } => {
            product.unread.path
        }
        _ => false,
    };
    let all = [Some(why), beside].into_iter().flatten().filter(|why| !is_told(why));
    all.map(|why| one(product, why, names)).collect()
}

/// The finding, with the nearest name and all there are.
fn one(product: &DesiredProduct, why: &Unresolved, names: &Suggestions) -> Diagnostic {
    let (code, message) = said(product, why);
    let (field, wrong) = wrong(product, why);
    let candidates = candidates(why);
    let diagnostic = Diagnostic::error(code, message)
        .at(product.origin.field(field, Part::Value))
        .maybe_hint(wrong.and_then(|wrong| meant(&wrong, why, names)));
    match (candidates.is_empty(), why) {
        (false, Unresolved::AmbiguousProduct { .. }) => {
            candidates.iter().take(20).fold(diagnostic, |told, one| told.note(one.clone())).hint(
                "name one of them by `product_id`, or by a `path_name` or a version that only one of them has",
            )
        }
        (false, Unresolved::AmbiguousVersion { .. }) => diagnostic
            .note(format!("there is {}", listed(candidates.iter().map(quote), 20)))
            .hint("name one of them by `provisioning_artifact_id`"),
        (false, Unresolved::NotOnlyActive { .. }) => diagnostic
            .note(format!("there is {}", listed(candidates.iter().map(quote), 20)))
            .maybe_hint(candidates.first().and_then(|one| one.split(" (").next()).map(|name| {
                format!("name the one that is meant, such as `provisioning_artifact_name: {name}`")
            })),
        (false, Unresolved::AmbiguousPath { .. }) => {
            diagnostic.note(format!("there is {}", listed(candidates.iter().map(quote), 20))).hint("name one of them by `path_id`")
        }
        (false, _) => diagnostic.note(format!("there is {}", listed(candidates.iter().map(quote), 20))),
        (true, Unresolved::Product { .. }) => diagnostic
            .note("no product at all is offered here: no portfolio is granted to this principal")
            .hint("ask the platform team to associate the principal with a portfolio; or check the credentials and the region of the location"),
        (true, Unresolved::NoPath) => {
            diagnostic.hint("ask the platform team to associate the principal with the portfolio")
        }
        (true, Unresolved::Catalog(error)) => diagnostic.maybe_hint(error.hint.clone()),
        (true, _) => diagnostic,
    }
}

/// The nearest candidate; an id stands beside a name. A version that only has other digits is another one, and not a slip.
fn meant(wrong: &str, why: &Unresolved, names: &Suggestions) -> Option<String> {
    let candidates = candidates(why);
    let is_version = matches!(why, Unresolved::Version { .. });
    let is_slip =
        |one: &&str| !is_version || undigited(one) != undigited(wrong) || one.eq_ignore_ascii_case(wrong);
    let known = candidates.iter().map(String::as_str);
    // what is told of a version beside its name is no part of it
    let known = known.map(|one| if is_version { one.split(" (").next().unwrap_or(one) } else { one });
    let whole = names.did_you_mean(wrong, known.filter(is_slip));
    let field = match why {
        Unresolved::Product { .. } if is_id_of(wrong, "prod-") => Some("product_id"),
        Unresolved::Version { .. } if is_id_of(wrong, "pa-") => Some("provisioning_artifact_id"),
        Unresolved::Path { .. } if wrong.starts_with("lpv") => Some("path_id"),
        _ => None,
    };
    let is_id = ["prod-", "pa-", "lpv"].iter().any(|prefix| wrong.starts_with(prefix));
    let ids = || candidates.iter().flat_map(|one| one.split([' ', '(', ')', ',']));
    let of_id = || field.map(|field| format!("an id stands under `{field}`"));
    whole.or_else(|| names.did_you_mean(wrong, ids()).filter(|_| is_id)).or_else(of_id)
}

/// Whether a text has the shape of an id; a name may begin as ids do.
fn is_id_of(text: &str, prefix: &str) -> bool {
    let rest = text.strip_prefix(prefix).unwrap_or_default();
    rest.len() == ID && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// A name with one sign in place of each number.
fn undigited(name: &str) -> String {
    let mut shape = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c.is_ascii_digit() {
            true if shape.ends_with('#') => {}
            true => shape.push('#'),
            false => shape.push(c),
        }
    }
    shape
}

/// Which field chooses the version.
pub(in crate::plan) fn artifact_field(product: &DesiredProduct) -> &'static str {
    match product.artifact {
        ArtifactSelector::Name(_) => "provisioning_artifact_name",
        ArtifactSelector::Id(_) => "provisioning_artifact_id",
        ArtifactSelector::OnlyActive => "provisioning_artifact",
    }
}

fn said(declared: &DesiredProduct, why: &Unresolved) -> (&'static str, String) {
    let (product, version) = (&declared.product, &declared.artifact);
    let path = declared.path.as_ref().map(ToString::to_string).unwrap_or_default();
    match why {
        Unresolved::Product { .. } => {
            ("unknown-product", format!("there is no product `{product}`, or no access to it"))
        }
        Unresolved::AmbiguousProduct { .. } => {
            ("ambiguous-product", format!("several products are named `{product}`"))
        }
        Unresolved::Version { .. } => {
            ("unknown-version", format!("`{product}` has no active version `{version}`"))
        }
        Unresolved::AmbiguousVersion { .. } => {
            ("ambiguous-version", format!("several versions of `{product}` are named `{version}`"))
        }
        Unresolved::NotOnlyActive { .. } => {
            ("not-only-active", format!("`{product}` does not have exactly one active version"))
        }
        Unresolved::Path { .. } => {
            ("unknown-path", format!("there is no launch path `{path}` to `{product}`"))
        }
        Unresolved::AmbiguousPath { .. } => {
            ("ambiguous-path", format!("several launch paths to `{product}` are named `{path}`"))
        }
        Unresolved::PathNeeded { .. } => {
            ("path-needed", format!("`{product}` has several launch paths: choose one with `path_name`"))
        }
        Unresolved::NoPath => {
            ("no-launch-path", format!("there is no launch path to `{product}` for these credentials"))
        }
        Unresolved::Catalog(error) => {
            ("catalog", format!("`{product}` could not be read: {}", error.message))
        }
    }
}

/// The field that is wrong, and its text where another one could have been meant.
fn wrong(declared: &DesiredProduct, why: &Unresolved) -> (&'static str, Option<String>) {
    let product = match declared.product {
        Selector::Name(_) => "product_name",
        Selector::Id(_) => "product_id",
    };
    let path = match declared.path {
        Some(Selector::Id(_)) => "path_id",
        _ => "path_name",
    };
    match why {
        Unresolved::Product { .. } => (product, Some(declared.product.to_string())),
        Unresolved::Version { .. } => (artifact_field(declared), Some(declared.artifact.to_string())),
        Unresolved::Path { .. } => (path, declared.path.as_ref().map(ToString::to_string)),
        Unresolved::AmbiguousVersion { .. } | Unresolved::NotOnlyActive { .. } => {
            (artifact_field(declared), None)
        }
        Unresolved::AmbiguousPath { .. } => (path, None),
        Unresolved::AmbiguousProduct { .. }
        | Unresolved::PathNeeded { .. }
        | Unresolved::NoPath
        | Unresolved::Catalog(_) => (product, None),
    }
}

fn candidates(why: &Unresolved) -> &[String] {
    match why {
        Unresolved::Product { candidates }
        | Unresolved::AmbiguousProduct { candidates }
        | Unresolved::Version { candidates, .. }
        | Unresolved::AmbiguousVersion { candidates }
        | Unresolved::NotOnlyActive { candidates }
        | Unresolved::Path { candidates }
        | Unresolved::AmbiguousPath { candidates }
        | Unresolved::PathNeeded { candidates } => candidates,
        Unresolved::NoPath | Unresolved::Catalog(_) => &[],
    }
}

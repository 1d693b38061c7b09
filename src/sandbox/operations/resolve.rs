//! From names and ids in a request to what they mean in the catalog and the world.

use crate::catalog::{Artifact, CatalogView, LaunchPath, Product};
use crate::operations::session::Session;
use crate::wire::Fault;
use crate::world::ProvisionedProduct;
use crate::world_file::Guidance;

/// A name or an id, never both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NameOrId<'a> {
    pub id: Option<&'a str>,
    pub name: Option<&'a str>,
}

impl<'a> NameOrId<'a> {
    pub(crate) fn new(id: &'a Option<String>, name: &'a Option<String>) -> NameOrId<'a> {
        NameOrId { id: id.as_deref(), name: name.as_deref() }
    }

    /// Only an id.
    pub(crate) fn id(id: &'a str) -> NameOrId<'a> {
        NameOrId { id: Some(id), name: None }
    }

    fn none(self) -> bool {
        self.id.is_none() && self.name.is_none()
    }
}

/// The product; both or neither of name and id is an error.
pub(crate) fn product<'a>(catalog: CatalogView<'a>, wanted: NameOrId<'_>) -> Result<&'a Product, Fault> {
    match (wanted.id, wanted.name) {
        (Some(id), None) => catalog.product(id).ok_or_else(|| no_product(id)),
        (None, Some(name)) => product_named(catalog, name),
        (Some(_), Some(_)) => Err(both(catalog, "ProductId", "ProductName")),
        (None, None) => Err(neither(catalog, "ProductId", "ProductName")),
    }
}

pub(crate) fn no_product(id: &str) -> Fault {
    Fault::not_found(format!("Product with id {id} does not exist or access was denied."))
}

fn product_named<'a>(catalog: CatalogView<'a>, name: &str) -> Result<&'a Product, Fault> {
    let mut found = catalog.offered_as(name);
    match (found.next(), found.next()) {
        (Some(product), None) => Ok(product),
        (Some(_), Some(_)) => Err(ambiguous(catalog, format!("Multiple products with name {name} found."))),
        (None, _) => {
            Err(Fault::not_found(format!("Product with name {name} does not exist or access was denied.")))
        }
    }
}

/// The provisioning artifact of a product, whatever its guidance.
pub(crate) fn artifact<'a>(
    catalog: CatalogView<'_>,
    product: &'a Product,
    wanted: NameOrId<'_>,
) -> Result<&'a Artifact, Fault> {
    match (wanted.id, wanted.name) {
        (Some(id), None) => product.artifact(id).ok_or_else(|| no_artifact(id, product)),
        (None, Some(name)) => {
            let mut found = product.versions.iter().filter(|version| version.name.as_deref() == Some(name));
            match (found.next(), found.next()) {
                (Some(artifact), None) => Ok(artifact),
                (Some(_), Some(_)) => {
                    Err(ambiguous(catalog, format!("Multiple Provisioning Artifact with name {name} found.")))
                }
                (None, _) => {
                    Err(Fault::not_found(format!("Provisioning Artifact with name {name} does not exist.")))
                }
            }
        }
        (Some(_), Some(_)) => Err(both(catalog, "ProvisioningArtifactId", "ProvisioningArtifactName")),
        (None, None) => Err(neither(catalog, "ProvisioningArtifactId", "ProvisioningArtifactName")),
    }
}

fn no_artifact(id: &str, product: &Product) -> Fault {
    Fault::not_found(format!("Provisioning Artifact {id} not found for product {}", product.id))
}

/// Only what may still be launched anew.
pub(crate) fn launchable(
    catalog: CatalogView<'_>,
    artifact: &Artifact,
    product: &Product,
) -> Result<(), Fault> {
    let knobs = &catalog.whole.knobs;
    if !artifact.active {
        return Err(Fault {
            code: knobs.inactive_version_error.to_string(),
            ..no_artifact(&artifact.id, product)
        });
    }
    match artifact.guidance {
        Guidance::Default => Ok(()),
        Guidance::Deprecated => {
            let message = format!(
                "Provisioning Artifact {} is deprecated and cannot be used to provision new products",
                artifact.id
            );
            Err(Fault::new(400, knobs.deprecated_version_error.as_str(), message))
        }
    }
}

/// The launch path: the only one there is, or the one that is asked for.
pub(crate) fn path<'a>(
    catalog: CatalogView<'a>,
    product: &'a Product,
    wanted: NameOrId<'_>,
) -> Result<LaunchPath<'a>, Fault> {
    let paths: Vec<LaunchPath<'a>> = catalog.paths(product).collect();
    if paths.is_empty() {
        return Err(no_paths(&product.id));
    }
    match (wanted.id, wanted.name) {
        (Some(_), Some(_)) => Err(both(catalog, "PathId", "PathName")),
        (Some(id), None) => {
            let found = paths.into_iter().find(|path| path.portfolio.path_id == id);
            found.ok_or_else(|| Fault::invalid(format!("Invalid PathId: {id}")))
        }
        (None, Some(name)) => {
            let found: Vec<LaunchPath<'a>> =
                paths.into_iter().filter(|path| path.portfolio.name == name).collect();
            match found.as_slice() {
                [one] => Ok(*one),
                [] => Err(Fault::invalid(format!("Invalid PathName: {name}"))),
                _ => Err(ambiguous(catalog, format!("Multiple launch paths with name {name} found."))),
            }
        }
        (None, None) => match paths.as_slice() {
            [one] => Ok(*one),
            _ => {
                Err(Fault::invalid("More than one launch path ids exist. Please specify the launch path id"))
            }
        },
    }
}

pub(crate) fn no_paths(product_id: &str) -> Fault {
    Fault::not_found(format!("No launch paths found for resource: {product_id}"))
}

/// The provisioned product by its id, its name, or (where `arns` are taken) its ARN.
pub(crate) fn provisioned<'a>(
    session: &'a Session<'_>,
    wanted: NameOrId<'_>,
    members: [&str; 2],
    arns: bool,
) -> Result<&'a ProvisionedProduct, Fault> {
    if wanted.none() {
        return Err(neither(session.catalog, members[0], members[1]));
    }
    if wanted.id.is_some() && wanted.name.is_some() {
        return Err(both(session.catalog, members[0], members[1]));
    }
    let (found, shown) = match (wanted.id, wanted.name) {
        (Some(id), _) => (session.world.provisioned(id), id),
        (_, Some(arn)) if arns && arn.starts_with("arn:") => (by_arn(session, arn), arn),
        (_, name) => (session.world.provisioned_named(name.unwrap_or_default()), name.unwrap_or_default()),
    };
    within(session, found, shown)
}

/// The provisioned product with this id.
pub(crate) fn provisioned_by_id<'a>(
    session: &'a Session<'_>,
    id: &str,
) -> Result<&'a ProvisionedProduct, Fault> {
    within(session, session.world.provisioned(id), id)
}

/// What was found, if there is something, and if the caller may have it.
fn within<'a>(
    session: &Session<'_>,
    found: Option<&'a ProvisionedProduct>,
    shown: &str,
) -> Result<&'a ProvisionedProduct, Fault> {
    let product = found.ok_or_else(|| no_provisioned(shown))?;
    session.may_reach(product.owner(), || no_provisioned(shown))?;
    Ok(product)
}

pub(crate) fn no_provisioned(shown: &str) -> Fault {
    Fault::not_found(format!("ProvisionedProduct product {shown} does not exist or access was denied."))
}

fn by_arn<'a>(session: &'a Session<'_>, arn: &str) -> Option<&'a ProvisionedProduct> {
    let id = arn.rsplit('/').next()?;
    session.world.provisioned(id).filter(|product| product.arn == arn)
}

fn both(catalog: CatalogView<'_>, one: &str, other: &str) -> Fault {
    let code = catalog.whole.knobs.selector_error.as_str();
    Fault::new(400, code, format!("Only one of {one} and {other} can be specified"))
}

fn neither(catalog: CatalogView<'_>, one: &str, other: &str) -> Fault {
    let code = catalog.whole.knobs.selector_error.as_str();
    Fault::new(400, code, format!("Either {one} or {other} must be specified"))
}

fn ambiguous(catalog: CatalogView<'_>, message: String) -> Fault {
    Fault::new(400, catalog.whole.knobs.ambiguous_name_error.as_str(), message)
}

//! What one stack means to another, and a new template to an old one: exports, imports, and resources that keep their
//! type. In CloudFormation's words.

use crate::operations::change::deployment::Deployment;
use crate::operations::session::Session;

use crate::operations::change::parameters::Values;
use crate::template::{Place, Stack};
use crate::world::{Export, ProvisionedProduct};

/// Why nothing comes of an operation.
pub(crate) enum Failure {
    /// CloudFormation takes no such deployment.
    Refused(String),
    /// It began, and was undone.
    RolledBack(String),
}

impl From<String> for Failure {
    fn from(text: String) -> Failure {
        Failure::Refused(text)
    }
}

/// The stack that the deployment asks for, among those that are there.
pub(crate) fn stack(
    session: &Session<'_>,
    deployment: &Deployment<'_>,
    values: &Values,
    place: &Place<'_>,
) -> Result<Stack, Failure> {
    let exports = session.world.exports(session.now, &deployment.provisioned_id);
    let mut there = session.catalog.whole.exports.clone();
    there.extend(
        exports.iter().filter_map(|(name, export)| Some(((*name).to_owned(), export.value?.to_owned()))),
    );
    let stack = deployment.artifact.template.create_importing(&values.values, place, &there)?;
    let mut unknown = stack.imports.iter().filter(|name| !there.contains_key(*name));
    if let Some(name) = unknown.next().filter(|_| session.knobs().unknown_imports_fail) {
        return Err(Failure::RolledBack(format!("No export named {name} found")));
    }
    same_types(session, deployment, values, place)?;
    exports_stay(session, deployment, &stack)?;
    let named = stack.outputs.iter().filter_map(|output| output.export.as_ref());
    match named.filter_map(|name| Some((name, exports.get(name.as_str())?))).next() {
        None => Ok(stack),
        Some((name, Export { stack, .. })) => {
            Err(Failure::RolledBack(format!("Export with name {name} is already exported by stack {stack}")))
        }
    }
}

/// What somebody imports stays as it is.
fn exports_stay(session: &Session<'_>, deployment: &Deployment<'_>, stack: &Stack) -> Result<(), Failure> {
    let current = session.world.provisioned(&deployment.provisioned_id);
    let own = current.map(|product| session.world.exports_of(product, session.now)).unwrap_or_default();
    for (name, export) in own {
        let verb = match stack.outputs.iter().find(|output| output.export.as_deref() == Some(name)) {
            Some(output) if export.value == Some(&output.value) => continue,
            Some(_) => "updated",
            None => "deleted",
        };
        if let Some(stack) = session.world.importer(name) {
            return Err(Failure::RolledBack(format!(
                "Export {name} cannot be {verb} as it is in use by {stack}"
            )));
        }
    }
    Ok(())
}

/// Why the stack behind a provisioned product cannot be deleted. The stack stays as it is then.
pub(crate) fn deletable(session: &Session<'_>, product: &ProvisionedProduct) -> Result<(), String> {
    let own = session.world.exports_of(product, session.now);
    let used = own.keys().find_map(|name| Some((name, session.world.importer(name)?)));
    used.map_or(Ok(()), |(name, stack)| {
        Err(format!("Delete canceled. Cannot delete export {name} as it is in use by {stack}."))
    })
}

/// A resource keeps its type as long as it keeps its name.
fn same_types(
    session: &Session<'_>,
    deployment: &Deployment<'_>,
    values: &Values,
    place: &Place<'_>,
) -> Result<(), String> {
    let current = session.world.provisioned(&deployment.provisioned_id);
    let Some(state) = current.map(|it| &it.state).filter(|state| state.last_successful.is_some()) else {
        return Ok(());
    };
    let running = session.catalog.artifact(&state.running_product_id, &state.running_artifact_id);
    let Some(running) =
        running.filter(|it| deployment.kind.starts_with("CFN_") && it.id != deployment.artifact.id)
    else {
        return Ok(());
    };
    let old = (&running.template, &state.parameters);
    deployment.artifact.template.changes(&values.values, Some(old), place).map(drop)
}

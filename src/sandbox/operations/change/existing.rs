//! What was there before anybody called: a provisioned product of the world file's, made by its owner before the world's
//! time began. It goes the way of a launch, but for what only somebody who launches today would be refused.

use crate::catalog::{Existing, ExistingStatus};
use crate::clock::Millis;
use crate::operations::change::deployment::{Deployment, Submission, physical_id};
use crate::operations::change::execution::Input;
use crate::operations::change::parameters::{Given, Previous};
use crate::operations::change::provision::{name_is_free, start_provisioning};
use crate::operations::change::stack_sets;
use crate::operations::change::update::start_update;
use crate::operations::session::Session;
use crate::operations::tags::{self, Tag};

/// So long ago it was made, in virtual milliseconds: no search lags behind it.
const AGE: Millis = 86_400_000;

/// Makes it. The error says why it cannot be as the file wants it.
pub(crate) fn exist(session: &mut Session<'_>, wanted: &Existing) -> Result<(), String> {
    let now = session.now;
    let deployment = deployment(session, wanted)?;
    let spans = deployment.product.durations;
    session.now = now - AGE - spans.provision - spans.update;
    name_is_free(session, &wanted.name).map_err(|_| format!("`{}` is there already", wanted.name))?;
    let tag = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
    let sent: Vec<Tag> = wanted.tags.iter().map(tag).collect();
    let tags = tags::launched(session, deployment.path, deployment.product, &sent);
    let tags = tags.map_err(|fault| fault.message)?;
    let instances = stack_sets::launched(deployment.path, None).map_err(|fault| fault.message)?;
    let token = |verb: &str| format!("{verb}-{}", deployment.provisioned_id);
    let given = |(key, value): (&String, &String)| Given {
        key: Some(key.clone()),
        value: Some(value.clone()),
        use_previous_value: false,
    };
    let given: Vec<Given> = wanted.parameters.iter().map(given).collect();
    let input = || Input::Given(&given, Previous::none());
    let (operation, instances_then) = ("ProvisionProduct", instances.clone());
    let submission = Submission { operation, token: token("provision"), tags, instances };
    start_provisioning(session, &deployment, input(), submission);
    session.now += spans.provision + AGE / 2;
    session.world.advance(session.now);
    let made = session.world.provisioned(&deployment.provisioned_id).cloned();
    if let Some(made) = made.filter(|_| wanted.status == ExistingStatus::Tainted) {
        let (operation, tags) = ("UpdateProvisionedProduct", made.state.tags.clone());
        let submission = Submission { operation, token: token("update"), tags, instances: instances_then };
        start_update(session, &deployment, made, input(), submission);
    }
    session.now = now;
    session.world.advance(now);
    is_as_wanted(session, wanted)
}

fn deployment<'a>(session: &Session<'a>, wanted: &Existing) -> Result<Deployment<'a>, String> {
    let catalog = session.catalog;
    let product = catalog.whole.products.get(wanted.product);
    let product = product.ok_or_else(|| "there is no such product".to_owned())?;
    let artifact = product.versions.get(wanted.version);
    let artifact = artifact.ok_or_else(|| "there is no such version".to_owned())?;
    let is_meant = |name: &str| wanted.portfolio.as_ref().is_none_or(|meant| meant == name);
    let path = catalog.paths(product).find(|path| is_meant(&path.portfolio.name)).ok_or_else(|| {
        let (account, region) = (catalog.account_id, catalog.region);
        format!("account {account} has no launch path to `{}` in {region}", product.name)
    })?;
    let kind = product.provisioned_kind(path);
    let provisioned_id = session.fresh_id("pp-", &wanted.name);
    Ok(Deployment {
        product,
        artifact,
        path,
        physical_id: physical_id(catalog, kind, &provisioned_id),
        provisioned_id,
        provisioned_name: wanted.name.clone(),
        kind: kind.to_owned(),
        notification_arns: Vec::new(),
    })
}

fn is_as_wanted(session: &Session<'_>, wanted: &Existing) -> Result<(), String> {
    let state = session.world.provisioned_named(&wanted.name).map(|product| &product.state);
    match state {
        Some(state) if state.status == wanted.status.status() => Ok(()),
        Some(state) => {
            let why = state.status_message.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
            Err(format!("`{}` would be {}{why}", wanted.name, state.status.as_str()))
        }
        None => Err(format!("`{}` would not be there", wanted.name)),
    }
}

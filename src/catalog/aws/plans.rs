//! Provisioned product plans: listed, read and taken away; how one is asked for stands in `submit`. None is ever executed, and none is deleted with `IgnoreErrors`.

use aws_sdk_servicecatalog::types::{
    ChangeAction, EvaluationType, ProvisionedProductPlanDetails, ProvisionedProductPlanStatus,
    ProvisionedProductPlanSummary, Replacement, RequiresRecreation, ResourceChange as SdkResourceChange,
    ResourceChangeDetail,
};

use super::batch::Link;
use super::errors::{is_unchanged, missing};
use super::pages::Pages;
use super::reads::{RECORD_PAGE, filter};
use crate::{
    CatalogError, CatalogErrorKind, PendingPlan, PlansOf, PreviewProgress, PreviewRef, Recreation,
    ResourceAction, ResourceChange, ResourceDetail,
};
use provisor_model::ids::{LocationName, ProvisionedId};
use provisor_model::time::Timestamp;

/// No template has more resources, and so no honest answer more changes.
const MOST: usize = 5_000;
/// Longer texts are cut.
const WORDS: usize = 1_024;
/// So many reasons of one change are told.
const REASONS: usize = 200;

/// `ListProvisionedProductPlans` of one provisioned product, all pages.
pub(super) async fn of_product(link: &Link, of: &PlansOf) -> Result<Vec<PendingPlan>, CatalogError> {
    list(link, Some(&of.provisioned)).await
}

/// `ListProvisionedProductPlans` without a provisioned product, all pages.
pub(super) async fn of_location(link: &Link, _: &LocationName) -> Result<Vec<PendingPlan>, CatalogError> {
    list(link, None).await
}

async fn list(link: &Link, of: Option<&ProvisionedId>) -> Result<Vec<PendingPlan>, CatalogError> {
    let mut plans = Vec::new();
    let mut pages = Pages::default();
    loop {
        let (page, _) = link
            .get(async |listener| {
                let call = link.clients.reader.list_provisioned_product_plans();
                let call = call.access_level_filter(filter(link.access_level)).page_size(RECORD_PAGE);
                let call = call.set_provision_product_id(of.map(ToString::to_string));
                call.set_page_token(pages.token()).customize().interceptor(listener).send().await
            })
            .await?;
        plans.extend(page.provisioned_product_plans.unwrap_or_default().into_iter().filter_map(pending));
        if !pages.turn(page.next_page_token)? {
            return Ok(plans);
        }
    }
}

fn pending(plan: ProvisionedProductPlanSummary) -> Option<PendingPlan> {
    let id = plan.plan_id?;
    let name = plan.plan_name.unwrap_or_else(|| id.clone());
    Some(PendingPlan { name, id, provisioned: plan.provision_product_id.map(ProvisionedId::from) })
}

/// `DescribeProvisionedProductPlan`; when it is worked out, with all pages of what it would do.
pub(super) async fn describe(link: &Link, of: &PreviewRef) -> Result<PreviewProgress, CatalogError> {
    let mut changes = Vec::new();
    let mut pages = Pages::default();
    loop {
        let (page, _) = link
            .get(async |listener| {
                let call = link.clients.reader.describe_provisioned_product_plan().plan_id(&of.plan);
                let call = call.page_size(RECORD_PAGE).set_page_token(pages.token());
                call.customize().interceptor(listener).send().await
            })
            .await?;
        let details = page.provisioned_product_plan_details;
        match progress(details.ok_or_else(|| missing("ProvisionedProductPlanDetails"))?) {
            PreviewProgress::Ready(_) => {}
            other => return Ok(other),
        }
        changes.extend(page.resource_changes.unwrap_or_default().into_iter().map(change));
        if changes.len() > MOST || !pages.turn(page.next_page_token)? {
            changes.truncate(MOST);
            return Ok(PreviewProgress::Ready(changes));
        }
    }
}

/// How far it is; what it would do comes with the pages.
fn progress(details: ProvisionedProductPlanDetails) -> PreviewProgress {
    use ProvisionedProductPlanStatus::{CreateFailed, CreateInProgress, CreateSuccess};
    let said = details.status_message.unwrap_or_default();
    match details.status {
        Some(CreateInProgress) => PreviewProgress::Running,
        Some(CreateSuccess) => PreviewProgress::Ready(Vec::new()),
        Some(CreateFailed) if is_unchanged(&said) => PreviewProgress::Ready(Vec::new()),
        Some(CreateFailed) => PreviewProgress::Failed(cut(said)),
        other => {
            let status = other.map(|status| status.as_str().to_owned()).unwrap_or_default();
            PreviewProgress::Failed(format!("its status is `{}`", cut(status)))
        }
    }
}

/// `DeleteProvisionedProductPlan`: of a plan only, whatever becomes of what it is about.
pub(super) async fn delete(link: &Link, of: &PreviewRef) -> Result<(), CatalogError> {
    let call = link.clients.writer.delete_provisioned_product_plan().plan_id(&of.plan);
    // what is there may always be taken away: no time is too late for it
    let any_time = Timestamp(i64::MAX);
    let answer =
        link.tell(any_time, async |listener| call.customize().interceptor(listener).send().await).await;
    match answer {
        Err(error) if error.kind == CatalogErrorKind::NotFound => Ok(()),
        answer => answer.map(drop),
    }
}

fn change(of: SdkResourceChange) -> ResourceChange {
    let details: Vec<ResourceDetail> =
        of.details.unwrap_or_default().into_iter().take(REASONS).map(detail).collect();
    let scope = of.scope.unwrap_or_default();
    ResourceChange {
        action: action(of.action, of.replacement),
        name: cut(of.logical_resource_id.unwrap_or_default()),
        physical_id: of.physical_resource_id.filter(|id| !id.is_empty()).map(cut),
        kind: cut(of.resource_type.unwrap_or_default()),
        scope: scope.into_iter().map(|scope| scope.as_str().to_owned()).collect(),
        details,
    }
}

/// What nobody told us of may be anything: it is taken for a replacement that may be.
fn action(action: Option<ChangeAction>, replacement: Option<Replacement>) -> ResourceAction {
    match (action, replacement) {
        (Some(ChangeAction::Add), _) => ResourceAction::Add,
        (Some(ChangeAction::Remove), _) => ResourceAction::Remove,
        (_, Some(Replacement::True)) => ResourceAction::Replace,
        (Some(ChangeAction::Modify), Some(Replacement::False) | None) => ResourceAction::Modify,
        _ => ResourceAction::MayReplace,
    }
}

fn detail(of: ResourceChangeDetail) -> ResourceDetail {
    let target = of.target;
    let attribute = target.as_ref().and_then(|target| target.attribute.as_ref());
    let recreation = match target.as_ref().and_then(|target| target.requires_recreation.as_ref()) {
        Some(RequiresRecreation::Always) => Recreation::Always,
        Some(RequiresRecreation::Never) | None => Recreation::Never,
        Some(_) => Recreation::Conditionally,
    };
    ResourceDetail {
        attribute: attribute.map(|attribute| attribute.as_str().to_owned()).unwrap_or_default(),
        recreation,
        is_sure: of.evaluation == Some(EvaluationType::Static),
        cause: of.causing_entity.filter(|cause| !cause.is_empty()).map(cut),
        name: target.and_then(|target| target.name).filter(|name| !name.is_empty()).map(cut),
    }
}

fn cut(text: String) -> String {
    if text.chars().nth(WORDS).is_none() { text } else { text.chars().take(WORDS).chain(['…']).collect() }
}

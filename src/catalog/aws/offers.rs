//! What may be launched, and by whom: products, versions, launch paths, provisioning parameters, and the account that
//! the credentials belong to.

use aws_sdk_servicecatalog::types::{ProductViewSortBy, SortOrder};

use super::batch::Link;
use super::convert;
use super::errors::missing;
use super::pages::Pages;
use crate::{
    CatalogError, CatalogErrorKind, Identity, LaunchPath, Offering, OfferingRef, Product, ProductRef,
};
use provisor_model::ids::{AccountId, LocationName, ProductId};
use provisor_model::product::Selector;

const PRODUCT_PAGE: i32 = 100;
const PATH_PAGE: i32 = 20;

/// `sts:GetCallerIdentity`
pub(super) async fn identity(link: &Link, _: &LocationName) -> Result<Identity, CatalogError> {
    let ask = async |listener| {
        link.clients.sts.get_caller_identity().customize().interceptor(listener).send().await
    };
    let (answer, _) = link.get(ask).await?;
    let account = answer.account.map(AccountId::from).ok_or_else(|| missing("Account"))?;
    Ok(Identity { account, arn: answer.arn, catalog: link.catalog() })
}

/// `SearchProducts`, all pages.
pub(super) async fn catalogue(
    link: &Link,
    _: &LocationName,
) -> Result<Vec<(ProductId, String)>, CatalogError> {
    let mut products = Vec::new();
    let mut pages = Pages::default();
    loop {
        let (page, _) = link
            .get(async |listener| {
                let call = link.clients.reader.search_products().page_size(PRODUCT_PAGE);
                let call = call.sort_by(ProductViewSortBy::CreationDate).sort_order(SortOrder::Ascending);
                call.set_page_token(pages.token()).customize().interceptor(listener).send().await
            })
            .await?;
        let page_products = page.product_view_summaries.unwrap_or_default();
        products.extend(page_products.into_iter().filter_map(convert::listed));
        if !pages.turn(page.next_page_token)? {
            products.sort();
            products.dedup();
            return Ok(products);
        }
    }
}

/// `DescribeProduct`, and `ListLaunchPaths` where the first does not tell them.
pub(super) async fn product(link: &Link, of: &ProductRef) -> Result<Product, CatalogError> {
    let (answer, _) = link
        .get(async |listener| {
            let call = link.clients.reader.describe_product();
            let call = match &of.product {
                Selector::Id(id) => call.id(id),
                Selector::Name(name) => call.name(name),
            };
            call.customize().interceptor(listener).send().await
        })
        .await?;
    let view = answer.product_view_summary.ok_or_else(|| missing("ProductViewSummary"))?;
    let mut product = convert::product(view, answer.provisioning_artifacts.unwrap_or_default())?;
    product.paths = match answer.launch_paths {
        Some(paths) => paths.into_iter().filter_map(|path| convert::path(path.id, path.name)).collect(),
        None => match launch_paths(link, &product.id).await {
            // no path is what the product then has; that it cannot be launched is for the plan to say
            Err(error) if error.kind == CatalogErrorKind::NotFound => Vec::new(),
            answer => answer?,
        },
    };
    Ok(product)
}

async fn launch_paths(link: &Link, product: &ProductId) -> Result<Vec<LaunchPath>, CatalogError> {
    let mut paths = Vec::new();
    let mut pages = Pages::default();
    loop {
        let (page, _) = link
            .get(async |listener| {
                let call = link.clients.reader.list_launch_paths().product_id(product.as_str());
                let call = call.page_size(PATH_PAGE).set_page_token(pages.token());
                call.customize().interceptor(listener).send().await
            })
            .await?;
        let summaries = page.launch_path_summaries.unwrap_or_default();
        paths.extend(summaries.into_iter().filter_map(|path| convert::path(path.id, path.name)));
        if !pages.turn(page.next_page_token)? {
            return Ok(paths);
        }
    }
}

/// `DescribeProvisioningParameters`
pub(super) async fn offering(link: &Link, of: &OfferingRef) -> Result<Offering, CatalogError> {
    let (answer, _) = link
        .get(async |listener| {
            let call = link.clients.reader.describe_provisioning_parameters().product_id(of.product.as_str());
            let call = call.provisioning_artifact_id(of.artifact.as_str()).path_id(of.path.as_str());
            call.customize().interceptor(listener).send().await
        })
        .await?;
    Ok(convert::offering(answer))
}

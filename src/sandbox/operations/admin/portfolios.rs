//! Portfolios, constraints and tag options as their administrator sees them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::json;

use crate::catalog::{CatalogView, Constraints, Portfolio};
use crate::ids;
use crate::operations::browse::products::{ById, tag_pairs};
use crate::operations::resolve;
use crate::operations::session::Session;
use crate::wire::{
    ConstraintDetail, ConstraintsAnswer, DescribeConstraintAnswer, DescribePortfolioAnswer, Fault, Moment,
    PortfolioDetail, PortfoliosAnswer, ResourceDetail, ResourcesAnswer, TagOptionAnswer, TagOptionDetail,
    TagOptionsAnswer, page,
};

/// The request of ListPortfolios and ListPortfoliosForProduct.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListPortfolios {
    product_id: Option<String>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn list_portfolios(
    session: &mut Session<'_>,
    request: ListPortfolios,
) -> Result<PortfoliosAnswer, Fault> {
    let catalog = session.catalog;
    let found: Vec<&Portfolio> = match &request.product_id {
        None => catalog.own_portfolios().collect(),
        Some(id) => {
            let product = catalog.product(id).ok_or_else(|| resolve::no_product(id))?;
            catalog.known_homes(&product.id).collect()
        }
    };
    let query = format!("portfolios {:?}", request.product_id);
    let page = page(&found, request.page_size, request.page_token.as_deref(), 100, &query)?;
    Ok(PortfoliosAnswer {
        portfolio_details: page.items.iter().map(|portfolio| detail(catalog, portfolio)).collect(),
        next_page_token: page.next,
    })
}

pub(crate) fn detail(catalog: CatalogView<'_>, portfolio: &Portfolio) -> PortfolioDetail {
    PortfolioDetail {
        id: portfolio.id.clone(),
        arn: catalog.portfolio_arn(portfolio),
        display_name: portfolio.name.clone(),
        description: portfolio.description.clone(),
        created_time: Moment(portfolio.created),
        provider_name: portfolio.provider.clone(),
    }
}

pub(crate) fn portfolio<'a>(catalog: CatalogView<'a>, id: &str) -> Result<&'a Portfolio, Fault> {
    let found = catalog.known_portfolios().find(|portfolio| portfolio.id == id);
    found.ok_or_else(|| Fault::not_found(format!("Portfolio {id} not found.")))
}

pub(crate) fn describe_portfolio(
    session: &mut Session<'_>,
    request: ById,
) -> Result<DescribePortfolioAnswer, Fault> {
    let catalog = session.catalog;
    let portfolio = portfolio(catalog, &request.id)?;
    Ok(DescribePortfolioAnswer {
        portfolio_detail: detail(catalog, portfolio),
        tags: tag_pairs(&portfolio.tags),
        tag_options: tag_option_details(catalog, &portfolio.tag_options),
        budgets: Vec::new(),
    })
}

/// The request of ListConstraintsForPortfolio.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListConstraints {
    portfolio_id: String,
    product_id: Option<String>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn list_constraints(
    session: &mut Session<'_>,
    request: ListConstraints,
) -> Result<ConstraintsAnswer, Fault> {
    let catalog = session.catalog;
    let portfolio = portfolio(catalog, &request.portfolio_id)?;
    let wanted =
        |detail: &ConstraintDetail| request.product_id.as_ref().is_none_or(|id| &detail.product_id == id);
    let all = constraints(catalog, portfolio).map(|(detail, _)| detail);
    let found: Vec<ConstraintDetail> = all.filter(wanted).collect();
    let query = format!("constraints {} {:?}", request.portfolio_id, request.product_id);
    let page = page(&found, request.page_size, request.page_token.as_deref(), 20, &query)?;
    Ok(ConstraintsAnswer { constraint_details: page.items.to_vec(), next_page_token: page.next })
}

pub(crate) fn describe_constraint(
    session: &mut Session<'_>,
    request: ById,
) -> Result<DescribeConstraintAnswer, Fault> {
    let catalog = session.catalog;
    let mut all = catalog.known_portfolios().flat_map(|portfolio| constraints(catalog, portfolio));
    let found = all.find(|(detail, _)| detail.constraint_id == request.id);
    let (detail, constraints) =
        found.ok_or_else(|| Fault::not_found(format!("Constraint {} not found.", request.id)))?;
    Ok(DescribeConstraintAnswer {
        constraint_parameters: constraint_parameters(detail.kind, constraints),
        constraint_detail: detail,
        status: "AVAILABLE",
    })
}

fn constraints<'a>(
    catalog: CatalogView<'a>,
    portfolio: &'a Portfolio,
) -> impl Iterator<Item = (ConstraintDetail, &'a Constraints)> {
    portfolio.products.iter().flat_map(move |place| {
        let product = catalog.whole.products.get(place.product);
        place.constraints.kinds().into_iter().filter_map(move |kind| {
            let product_id = product?.id.clone();
            let detail = ConstraintDetail {
                constraint_id: ids::derive("cons-", &[&portfolio.id, &product_id, kind]),
                kind,
                owner: catalog.owner(portfolio).to_owned(),
                product_id,
                portfolio_id: portfolio.id.clone(),
            };
            Some((detail, &place.constraints))
        })
    })
}

/// The JSON text of a constraint, as CreateConstraint would have taken it.
fn constraint_parameters(kind: &str, constraints: &Constraints) -> String {
    let value = match kind {
        "LAUNCH" => json!({ "RoleArn": constraints.launch_role }),
        "NOTIFICATION" => json!({ "NotificationArns": constraints.notification_arns }),
        "RESOURCE_UPDATE" => {
            let allowed = if constraints.tag_update == Some(true) { "ALLOWED" } else { "NOT_ALLOWED" };
            json!({ "Version": "2.0", "Properties": { "TagUpdateOnProvisionedProduct": allowed } })
        }
        "STACKSET" => {
            let set = constraints.stack_set.as_ref();
            let accounts = set.map(|set| set.accounts.clone());
            let regions = set.map(|set| set.regions.clone());
            json!({ "Version": "String", "Properties": { "AccountList": accounts, "RegionList": regions } })
        }
        _ => json!({ "Rules": {} }),
    };
    value.to_string()
}

/// The request of ListTagOptions.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListTagOptions {
    filters: TagOptionFilters,
    page_size: Option<usize>,
    page_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TagOptionFilters {
    key: Option<String>,
    value: Option<String>,
    active: Option<bool>,
}

pub(crate) fn list_tag_options(
    session: &mut Session<'_>,
    request: ListTagOptions,
) -> Result<TagOptionsAnswer, Fault> {
    let filters = &request.filters;
    let fits = |option: &TagOptionDetail| {
        filters.key.as_ref().is_none_or(|key| &option.key == key)
            && filters.value.as_ref().is_none_or(|value| &option.value == value)
            && filters.active.is_none_or(|active| option.active == active)
    };
    let found: Vec<TagOptionDetail> = every_tag_option(session.catalog).into_iter().filter(fits).collect();
    let page =
        page(&found, request.page_size, request.page_token.as_deref(), 20, &format!("tags {filters:?}"))?;
    Ok(TagOptionsAnswer { tag_option_details: page.items.to_vec(), page_token: page.next })
}

pub(crate) fn describe_tag_option(
    session: &mut Session<'_>,
    request: ById,
) -> Result<TagOptionAnswer, Fault> {
    let found = every_tag_option(session.catalog).into_iter().find(|option| option.id == request.id);
    let tag_option_detail =
        found.ok_or_else(|| Fault::not_found(format!("TagOption {} not found.", request.id)))?;
    Ok(TagOptionAnswer { tag_option_detail })
}

/// The request of ListResourcesForTagOption.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct OnTagOption {
    tag_option_id: String,
    resource_type: Option<String>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn list_resources_for_tag_option(
    session: &mut Session<'_>,
    request: OnTagOption,
) -> Result<ResourcesAnswer, Fault> {
    let (catalog, id, kind) = (session.catalog, &request.tag_option_id, request.resource_type.as_deref());
    if let Some(other) = kind.filter(|kind| !["Portfolio", "Product"].contains(kind)) {
        return Err(Fault::invalid(format!("Invalid resource type: {other}")));
    }
    let option = every_tag_option(catalog).into_iter().find(|option| option.id == *id);
    let option = option.ok_or_else(|| Fault::not_found(format!("TagOption {id} not found.")))?;
    let has = |options: &BTreeMap<String, Vec<String>>| {
        options.get(&option.key).is_some_and(|values| values.contains(&option.value))
    };
    let wanted = |one: &str| kind.is_none_or(|kind| kind == one);
    let portfolios = catalog.known_portfolios().filter(|it| wanted("Portfolio") && has(&it.tag_options));
    let products = catalog.whole.products.iter().filter(|it| wanted("Product") && has(&it.tag_options));
    let found: Vec<ResourceDetail> = portfolios
        .map(|it| ResourceDetail {
            id: it.id.clone(),
            arn: catalog.portfolio_arn(it),
            name: it.name.clone(),
            description: it.description.clone(),
            created_time: Moment(it.created),
        })
        .chain(products.map(|it| ResourceDetail {
            id: it.id.clone(),
            arn: catalog.product_arn(&it.id),
            name: it.name.clone(),
            description: it.description.clone(),
            created_time: Moment(it.created),
        }))
        .collect();
    let query = format!("resources {id} {kind:?}");
    let page = page(&found, request.page_size, request.page_token.as_deref(), 20, &query)?;
    Ok(ResourcesAnswer { resource_details: page.items.to_vec(), page_token: page.next })
}

/// One key and value is one tag option, wherever it is attached.
fn every_tag_option(catalog: CatalogView<'_>) -> Vec<TagOptionDetail> {
    let portfolios = catalog.whole.portfolios.iter().map(|portfolio| &portfolio.tag_options);
    let products = catalog.whole.products.iter().map(|product| &product.tag_options);
    let pairs: BTreeSet<(&String, &String)> = portfolios.chain(products).flat_map(pairs).collect();
    pairs.into_iter().map(|(key, value)| tag_option(catalog, key, value)).collect()
}

fn pairs(options: &BTreeMap<String, Vec<String>>) -> impl Iterator<Item = (&String, &String)> {
    options.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)))
}

pub(crate) fn tag_option_details(
    catalog: CatalogView<'_>,
    options: &BTreeMap<String, Vec<String>>,
) -> Vec<TagOptionDetail> {
    pairs(options).map(|(key, value)| tag_option(catalog, key, value)).collect()
}

fn tag_option(catalog: CatalogView<'_>, key: &str, value: &str) -> TagOptionDetail {
    TagOptionDetail {
        key: key.to_owned(),
        value: value.to_owned(),
        active: true,
        id: ids::derive("tag-", &[key, value]),
        owner: catalog.account_id.to_owned(),
    }
}

//! SearchProducts and SearchProductsAsAdmin.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::{CatalogView, Product};
use crate::operations::browse::products::view_summary;
use crate::operations::session::Session;
use crate::wire::{
    AggregationValue, Fault, Moment, ProductViewDetail, SearchProductsAnswer, SearchProductsAsAdminAnswer,
    page,
};

/// The request of both.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct SearchProducts {
    portfolio_id: Option<String>,
    filters: BTreeMap<String, Vec<String>>,
    sort_by: Option<String>,
    sort_order: Option<String>,
    page_size: Option<usize>,
    page_token: Option<String>,
}

pub(crate) fn search_products(
    session: &mut Session<'_>,
    request: SearchProducts,
) -> Result<SearchProductsAnswer, Fault> {
    let found = found(session.catalog.products(), &request);
    let query = query("search", &request);
    let page = page(&found, request.page_size, request.page_token.as_deref(), 100, &query)?;
    Ok(SearchProductsAnswer {
        product_view_summaries: page.items.iter().map(|product| view_summary(product)).collect(),
        product_view_aggregations: aggregations(&found),
        next_page_token: page.next,
    })
}

pub(crate) fn search_products_as_admin(
    session: &mut Session<'_>,
    request: SearchProducts,
) -> Result<SearchProductsAsAdminAnswer, Fault> {
    let catalog = session.catalog;
    let portfolio = request.portfolio_id.as_deref();
    if let Some(id) =
        portfolio.filter(|id| catalog.whole.portfolios.iter().all(|portfolio| portfolio.id != **id))
    {
        return Err(Fault::not_found(format!("Portfolio {id} not found.")));
    }
    let within = catalog.whole.products.iter().filter(|product| {
        portfolio.is_none_or(|id| catalog.paths(product).any(|path| path.portfolio.id == id))
    });
    let found = found(within, &request);
    let query = query("admin", &request);
    let page = page(&found, request.page_size, request.page_token.as_deref(), 20, &query)?;
    Ok(SearchProductsAsAdminAnswer {
        product_view_details: page.items.iter().map(|product| view_detail(catalog, product)).collect(),
        next_page_token: page.next,
    })
}

pub(crate) fn view_detail(catalog: CatalogView<'_>, product: &Product) -> ProductViewDetail {
    ProductViewDetail {
        product_view_summary: view_summary(product),
        // not in the API's own enumeration, and yet what the service answers
        status: "CREATED",
        product_arn: catalog.product_arn(&product.id),
        created_time: Moment(product.created),
    }
}

fn query(kind: &str, request: &SearchProducts) -> String {
    format!(
        "{kind} {:?} {:?} {:?} {:?}",
        request.portfolio_id, request.filters, request.sort_by, request.sort_order
    )
}

fn found<'a>(products: impl Iterator<Item = &'a Product>, request: &SearchProducts) -> Vec<&'a Product> {
    let mut found: Vec<&Product> = products.filter(|product| fits(product, &request.filters)).collect();
    match request.sort_by.as_deref() {
        Some("Title") => found.sort_by_key(|product| product.name.clone()),
        Some("VersionCount") => found.sort_by_key(|product| product.versions.len()),
        Some("CreationDate") => found.sort_by_key(|product| product.created),
        _ => {}
    }
    if request.sort_order.as_deref() == Some("DESCENDING") {
        found.reverse();
    }
    found
}

/// Every filter must hold; of a filter's values one is enough, except in a full text search.
fn fits(product: &Product, filters: &BTreeMap<String, Vec<String>>) -> bool {
    filters.iter().all(|(field, values)| match field.as_str() {
        "FullTextSearch" => values.iter().all(|value| mentions(product, value)),
        "Owner" => values.contains(&product.owner),
        "ProductType" => values.contains(&product.kind),
        "SourceProductId" => values.contains(&product.id),
        _ => false,
    })
}

fn mentions(product: &Product, text: &str) -> bool {
    let wanted = text.to_lowercase();
    let texts = [Some(&product.name), Some(&product.id), Some(&product.owner), product.description.as_ref()];
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(&wanted))
}

fn aggregations(found: &[&Product]) -> BTreeMap<&'static str, Vec<AggregationValue>> {
    let count = |of: fn(&Product) -> &String| {
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        for product in found {
            *counts.entry(of(product)).or_default() += 1;
        }
        let value = |(value, count): (&String, usize)| AggregationValue {
            value: value.clone(),
            approximate_count: count,
        };
        counts.into_iter().map(value).collect::<Vec<_>>()
    };
    BTreeMap::from([
        ("Owner", count(|product| &product.owner)),
        ("ProductType", count(|product| &product.kind)),
    ])
}

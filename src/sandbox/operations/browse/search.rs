//! SearchProducts and SearchProductsAsAdmin.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::catalog::{CatalogView, Found, Product};
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
    let catalog = session.catalog;
    let query = query("search", &request);
    let found = found(catalog, &query, &request, |product| catalog.paths(product).next().is_some());
    let page = page(&found.products, request.page_size, request.page_token.as_deref(), 100, &query)?;
    Ok(SearchProductsAnswer {
        product_view_summaries: these(catalog, page.items).map(view_summary).collect(),
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
    let query = query("admin", &request);
    let found = found(catalog, &query, &request, |product| {
        portfolio.is_none_or(|id| catalog.paths(product).any(|path| path.portfolio.id == id))
    });
    let page = page(&found.products, request.page_size, request.page_token.as_deref(), 20, &query)?;
    Ok(SearchProductsAsAdminAnswer {
        product_view_details: these(catalog, page.items).map(|it| view_detail(catalog, it)).collect(),
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

fn these<'a>(catalog: CatalogView<'a>, products: &[usize]) -> impl Iterator<Item = &'a Product> {
    products.iter().filter_map(move |index| catalog.whole.products.get(*index))
}

/// What a search finds in all; its further pages are cut from what its first one found.
fn found(
    catalog: CatalogView<'_>,
    query: &str,
    request: &SearchProducts,
    is_within: impl Fn(&Product) -> bool,
) -> Arc<Found> {
    let all = &catalog.whole.products;
    let asked = format!("{} {} {query}", catalog.account_id, catalog.region);
    catalog.whole.searches.found(&asked, all, || {
        let fitting = all.iter().enumerate().filter(|(_, it)| fits(it, &request.filters) && is_within(it));
        let mut found: Vec<(usize, &Product)> = fitting.collect();
        match request.sort_by.as_deref() {
            Some("Title") => found.sort_by_key(|(_, product)| &product.name),
            Some("VersionCount") => found.sort_by_key(|(_, product)| product.versions.len()),
            Some("CreationDate") => found.sort_by_key(|(_, product)| product.created),
            _ => {}
        }
        if request.sort_order.as_deref() == Some("DESCENDING") {
            found.reverse();
        }
        found.into_iter().map(|(index, _)| index).collect()
    })
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

fn aggregations(found: &Found) -> BTreeMap<&'static str, Vec<AggregationValue>> {
    let value = |(value, count): &(String, usize)| AggregationValue {
        value: value.clone(),
        approximate_count: *count,
    };
    found.counts.iter().map(|(of, counts)| (*of, counts.iter().map(value).collect())).collect()
}

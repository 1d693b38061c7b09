//! Requests that read the catalog.

use super::{
    ANY, ARTIFACT_NAME, FREE, FREE_LIST, ID, LANG, ORDER, PAGE_20, PAGE_100, PAGE_TOKEN, PATH_NAME,
    PRODUCT_NAME, TRUTH,
};
use crate::wire::members::{Member, Shape, may, must};

const FILTERS: Shape = Shape::Map {
    min: 0,
    max: ANY,
    key: &Shape::Choice(&["FullTextSearch", "Owner", "ProductType", "SourceProductId"]),
    of: &FREE_LIST,
};
const SORT: Shape = Shape::Choice(&["Title", "VersionCount", "CreationDate"]);

pub(crate) static DESCRIBE_PROVISIONING_PARAMETERS: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("ProductId", &ID),
    may("ProductName", &PRODUCT_NAME),
    may("ProvisioningArtifactId", &ID),
    may("ProvisioningArtifactName", &ARTIFACT_NAME),
    may("PathId", &ID),
    may("PathName", &PATH_NAME),
];

pub(crate) static DESCRIBE_PRODUCT: &[Member] =
    &[may("AcceptLanguage", &LANG), may("Id", &ID), may("Name", &PRODUCT_NAME)];

pub(crate) static DESCRIBE_BY_ID: &[Member] = &[may("AcceptLanguage", &LANG), must("Id", &ID)];

pub(crate) static DESCRIBE_PRODUCT_AS_ADMIN: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("Id", &ID),
    may("Name", &PRODUCT_NAME),
    may("SourcePortfolioId", &ID),
];

pub(crate) static DESCRIBE_PROVISIONING_ARTIFACT: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("ProvisioningArtifactId", &ID),
    may("ProductId", &ID),
    may("ProvisioningArtifactName", &ARTIFACT_NAME),
    may("ProductName", &PRODUCT_NAME),
    may("Verbose", &TRUTH),
    may("IncludeProvisioningArtifactParameters", &TRUTH),
];

pub(crate) static LIST_PROVISIONING_ARTIFACTS: &[Member] =
    &[may("AcceptLanguage", &LANG), must("ProductId", &ID)];

pub(crate) static SEARCH_PRODUCTS: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("Filters", &FILTERS),
    may("PageSize", &PAGE_100),
    may("SortBy", &SORT),
    may("SortOrder", &ORDER),
    may("PageToken", &PAGE_TOKEN),
];

pub(crate) static SEARCH_PRODUCTS_AS_ADMIN: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("PortfolioId", &ID),
    may("Filters", &FILTERS),
    may("SortBy", &SORT),
    may("SortOrder", &ORDER),
    may("PageToken", &PAGE_TOKEN),
    may("PageSize", &PAGE_20),
    may("ProductSource", &Shape::Choice(&["ACCOUNT"])),
];

pub(crate) static LIST_LAUNCH_PATHS: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("ProductId", &ID),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

pub(crate) static LIST_PORTFOLIOS: &[Member] =
    &[may("AcceptLanguage", &LANG), may("PageToken", &PAGE_TOKEN), may("PageSize", &PAGE_100)];

pub(crate) static LIST_PORTFOLIOS_FOR_PRODUCT: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("ProductId", &ID),
    may("PageToken", &PAGE_TOKEN),
    may("PageSize", &PAGE_100),
];

pub(crate) static LIST_CONSTRAINTS_FOR_PORTFOLIO: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("PortfolioId", &ID),
    may("ProductId", &ID),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

pub(crate) static LIST_TAG_OPTIONS: &[Member] = &[
    may("Filters", &Shape::Structure(&[may("Key", &FREE), may("Value", &FREE), may("Active", &TRUTH)])),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

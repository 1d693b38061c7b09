//! The members of every operation's request and what each may be. Written from the service's API reference:
//! <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_Reference.html>

mod admin;
mod catalog;
mod engines;
mod extras;

pub(crate) use admin::*;
pub(crate) use catalog::*;
pub(crate) use engines::*;
pub(crate) use extras::*;

use super::members::{ANY, Member, Shape, list, may, must, patterned, text};
use super::patterns::Pattern;

const LANG: Shape = text(0, 100);
const ID: Shape = patterned(1, 100, Pattern::Id);
const TOKEN: Shape = patterned(1, 128, Pattern::Token);
const PRODUCT_NAME: Shape = text(0, 8191);
const ARTIFACT_NAME: Shape = text(0, 8192);
const PATH_NAME: Shape = text(1, 100);
const NAME: Shape = patterned(1, 128, Pattern::Name);
const NAME_OR_ARN: Shape = patterned(1, 1224, Pattern::NameOrArn);
const SNS_ARN: Shape = patterned(1, 1224, Pattern::Arn);
const SNS_ARNS: Shape = list(5, &SNS_ARN);
const ACCOUNT: Shape = patterned(0, ANY, Pattern::Account);
const ACCOUNTS: Shape = list(ANY, &ACCOUNT);
const FREE: Shape = text(0, ANY);
const FREE_LIST: Shape = list(ANY, &FREE);
const PAGE_TOKEN: Shape = patterned(0, 2024, Pattern::PageToken);
const PAGE_20: Shape = Shape::Number { min: 0, max: 20 };
const PAGE_100: Shape = Shape::Number { min: 0, max: 100 };
const TRUTH: Shape = Shape::Truth;
const ORDER: Shape = Shape::Choice(&["ASCENDING", "DESCENDING"]);
const TAG: Shape = Shape::Structure(&[
    must("Key", &patterned(1, 128, Pattern::Tag)),
    must("Value", &patterned(1, 256, Pattern::Tag)),
]);
const TAGS: Shape = list(50, &TAG);
const PARAMETER_KEY: Shape = text(1, 1000);
const PARAMETER_VALUE: Shape = text(0, 4096);
const PARAMETERS: Shape =
    list(ANY, &Shape::Structure(&[may("Key", &PARAMETER_KEY), may("Value", &PARAMETER_VALUE)]));
const UPDATE_PARAMETERS: Shape = list(
    ANY,
    &Shape::Structure(&[
        may("Key", &PARAMETER_KEY),
        may("Value", &PARAMETER_VALUE),
        may("UsePreviousValue", &TRUTH),
    ]),
);
const COUNT_0: Shape = Shape::Number { min: 0, max: i32::MAX as i64 };
const COUNT_1: Shape = Shape::Number { min: 1, max: i32::MAX as i64 };
const PERCENT_0: Shape = Shape::Number { min: 0, max: 100 };
const PERCENT_1: Shape = Shape::Number { min: 1, max: 100 };
const PREFERENCES: Shape = Shape::Structure(&[
    may("StackSetAccounts", &ACCOUNTS),
    may("StackSetRegions", &FREE_LIST),
    may("StackSetFailureToleranceCount", &COUNT_0),
    may("StackSetFailureTolerancePercentage", &PERCENT_0),
    may("StackSetMaxConcurrencyCount", &COUNT_1),
    may("StackSetMaxConcurrencyPercentage", &PERCENT_1),
]);
const UPDATE_PREFERENCES: Shape = Shape::Structure(&[
    may("StackSetAccounts", &ACCOUNTS),
    may("StackSetRegions", &FREE_LIST),
    may("StackSetFailureToleranceCount", &COUNT_0),
    may("StackSetFailureTolerancePercentage", &PERCENT_0),
    may("StackSetMaxConcurrencyCount", &COUNT_1),
    may("StackSetMaxConcurrencyPercentage", &PERCENT_1),
    may("StackSetOperationType", &Shape::Choice(&["CREATE", "UPDATE", "DELETE"])),
]);
const ACCESS: Shape =
    Shape::Structure(&[may("Key", &Shape::Choice(&["Account", "Role", "User"])), may("Value", &FREE)]);

pub(crate) static PROVISION_PRODUCT: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("ProductId", &ID),
    may("ProductName", &PRODUCT_NAME),
    may("ProvisioningArtifactId", &ID),
    may("ProvisioningArtifactName", &ARTIFACT_NAME),
    may("PathId", &ID),
    may("PathName", &PATH_NAME),
    must("ProvisionedProductName", &NAME),
    may("ProvisioningParameters", &PARAMETERS),
    may("ProvisioningPreferences", &PREFERENCES),
    may("Tags", &TAGS),
    may("NotificationArns", &SNS_ARNS),
    must("ProvisionToken", &TOKEN),
];

pub(crate) static UPDATE_PROVISIONED_PRODUCT: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("ProvisionedProductName", &NAME_OR_ARN),
    may("ProvisionedProductId", &ID),
    may("ProductId", &ID),
    may("ProductName", &PRODUCT_NAME),
    may("ProvisioningArtifactId", &ID),
    may("ProvisioningArtifactName", &ARTIFACT_NAME),
    may("PathId", &ID),
    may("PathName", &PATH_NAME),
    may("ProvisioningParameters", &UPDATE_PARAMETERS),
    may("ProvisioningPreferences", &UPDATE_PREFERENCES),
    may("Tags", &TAGS),
    must("UpdateToken", &TOKEN),
];

pub(crate) static TERMINATE_PROVISIONED_PRODUCT: &[Member] = &[
    may("ProvisionedProductName", &NAME_OR_ARN),
    may("ProvisionedProductId", &ID),
    must("TerminateToken", &TOKEN),
    may("IgnoreErrors", &TRUTH),
    may("AcceptLanguage", &LANG),
    may("RetainPhysicalResources", &TRUTH),
];

pub(crate) static DESCRIBE_RECORD: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("Id", &ID),
    may("PageToken", &PAGE_TOKEN),
    may("PageSize", &PAGE_20),
];

pub(crate) static DESCRIBE_PROVISIONED_PRODUCT: &[Member] =
    &[may("AcceptLanguage", &LANG), may("Id", &ID), may("Name", &NAME)];

pub(crate) static SEARCH_PROVISIONED_PRODUCTS: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("AccessLevelFilter", &ACCESS),
    may("Filters", &Shape::Map { min: 0, max: ANY, key: &Shape::Choice(&["SearchQuery"]), of: &FREE_LIST }),
    may("SortBy", &FREE),
    may("SortOrder", &ORDER),
    may("PageSize", &PAGE_100),
    may("PageToken", &PAGE_TOKEN),
];

pub(crate) static SCAN_PROVISIONED_PRODUCTS: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("AccessLevelFilter", &ACCESS),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

pub(crate) static GET_PROVISIONED_PRODUCT_OUTPUTS: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("ProvisionedProductId", &ID),
    may("ProvisionedProductName", &NAME),
    may("OutputKeys", &list(60, &FREE)),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

pub(crate) static LIST_RECORD_HISTORY: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("AccessLevelFilter", &ACCESS),
    may("SearchFilter", &Shape::Structure(&[may("Key", &FREE), may("Value", &FREE)])),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

//! Requests by which an administrator looks at shares, principals, budgets and service actions.

use super::{FREE, ID, LANG, PAGE_20, PAGE_100, PAGE_TOKEN};
use crate::wire::members::{Member, Shape, may, must, text};

pub(crate) static NOTHING: &[Member] = &[];

pub(crate) static DESCRIBE_COPY_PRODUCT_STATUS: &[Member] =
    &[may("AcceptLanguage", &LANG), must("CopyProductToken", &ID)];

pub(crate) static DESCRIBE_PORTFOLIO_SHARE_STATUS: &[Member] = &[must("PortfolioShareToken", &ID)];

const SHARE_TYPE: Shape =
    Shape::Choice(&["ACCOUNT", "ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT"]);

pub(crate) static DESCRIBE_PORTFOLIO_SHARES: &[Member] = &[
    must("PortfolioId", &ID),
    must("Type", &SHARE_TYPE),
    may("PageToken", &PAGE_TOKEN),
    may("PageSize", &PAGE_100),
];

const PORTFOLIO_SHARE_TYPE: Shape = Shape::Choice(&["IMPORTED", "AWS_SERVICECATALOG", "AWS_ORGANIZATIONS"]);

pub(crate) static LIST_ACCEPTED_PORTFOLIO_SHARES: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("PageToken", &PAGE_TOKEN),
    may("PageSize", &PAGE_100),
    may("PortfolioShareType", &PORTFOLIO_SHARE_TYPE),
];

pub(crate) static LIST_PORTFOLIO_ACCESS: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("PortfolioId", &ID),
    may("OrganizationParentId", &ID),
    may("PageToken", &PAGE_TOKEN),
    may("PageSize", &PAGE_100),
];

const NODE_TYPE: Shape = Shape::Choice(&["ORGANIZATION", "ORGANIZATIONAL_UNIT", "ACCOUNT"]);

pub(crate) static LIST_ORGANIZATION_PORTFOLIO_ACCESS: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("PortfolioId", &ID),
    must("OrganizationNodeType", &NODE_TYPE),
    may("PageToken", &PAGE_TOKEN),
    may("PageSize", &PAGE_20),
];

pub(crate) static LIST_PRINCIPALS_FOR_PORTFOLIO: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("PortfolioId", &ID),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

const PRINCIPAL_TYPE: Shape = Shape::Choice(&["IAM", "IAM_PATTERN"]);

pub(crate) static ASSOCIATE_PRINCIPAL: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("PortfolioId", &ID),
    must("PrincipalARN", &text(1, 1000)),
    must("PrincipalType", &PRINCIPAL_TYPE),
];

pub(crate) static DISASSOCIATE_PRINCIPAL: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("PortfolioId", &ID),
    must("PrincipalARN", &text(1, 1000)),
    may("PrincipalType", &PRINCIPAL_TYPE),
];

pub(crate) static LIST_BUDGETS_FOR_RESOURCE: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("ResourceId", &ID),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

pub(crate) static LIST_ALL_SERVICE_ACTIONS: &[Member] =
    &[may("AcceptLanguage", &LANG), may("PageSize", &PAGE_20), may("PageToken", &PAGE_TOKEN)];

pub(crate) static LIST_ARTIFACTS_FOR_SERVICE_ACTION: &[Member] = &[
    must("ServiceActionId", &ID),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
    may("AcceptLanguage", &LANG),
];

pub(crate) static LIST_RESOURCES_FOR_TAG_OPTION: &[Member] = &[
    must("TagOptionId", &text(1, 100)),
    may("ResourceType", &FREE),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

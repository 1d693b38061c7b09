//! Requests about plans, imports, properties, stack instances and service actions.

use super::{
    ACCESS, FREE, ID, LANG, NAME, PAGE_20, PAGE_TOKEN, SNS_ARNS, TAGS, TOKEN, TRUTH, UPDATE_PARAMETERS,
};
use crate::wire::members::{Member, Shape, list, may, must, text};

pub(crate) static CREATE_PROVISIONED_PRODUCT_PLAN: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("PlanName", &FREE),
    must("PlanType", &Shape::Choice(&["CLOUDFORMATION"])),
    may("NotificationArns", &SNS_ARNS),
    may("PathId", &ID),
    must("ProductId", &ID),
    must("ProvisionedProductName", &NAME),
    must("ProvisioningArtifactId", &ID),
    may("ProvisioningParameters", &UPDATE_PARAMETERS),
    must("IdempotencyToken", &TOKEN),
    may("Tags", &TAGS),
];

pub(crate) static DESCRIBE_PROVISIONED_PRODUCT_PLAN: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("PlanId", &ID),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
];

pub(crate) static EXECUTE_PROVISIONED_PRODUCT_PLAN: &[Member] =
    &[may("AcceptLanguage", &LANG), must("PlanId", &ID), must("IdempotencyToken", &TOKEN)];

pub(crate) static DELETE_PROVISIONED_PRODUCT_PLAN: &[Member] =
    &[may("AcceptLanguage", &LANG), must("PlanId", &ID), may("IgnoreErrors", &TRUTH)];

pub(crate) static LIST_PROVISIONED_PRODUCT_PLANS: &[Member] = &[
    may("AcceptLanguage", &LANG),
    may("ProvisionProductId", &ID),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
    may("AccessLevelFilter", &ACCESS),
];

pub(crate) static IMPORT_AS_PROVISIONED_PRODUCT: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("ProductId", &ID),
    must("ProvisioningArtifactId", &ID),
    must("ProvisionedProductName", &NAME),
    must("PhysicalId", &FREE),
    must("IdempotencyToken", &TOKEN),
];

pub(crate) static LIST_STACK_INSTANCES: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("ProvisionedProductId", &ID),
    may("PageToken", &PAGE_TOKEN),
    may("PageSize", &PAGE_20),
];

const PROPERTY_KEY: Shape = Shape::Choice(&["OWNER", "LAUNCH_ROLE"]);

pub(crate) static UPDATE_PROPERTIES: &[Member] = &[
    may("AcceptLanguage", &LANG),
    must("ProvisionedProductId", &ID),
    must(
        "ProvisionedProductProperties",
        &Shape::Map { min: 1, max: 100, key: &PROPERTY_KEY, of: &text(0, 1024) },
    ),
    must("IdempotencyToken", &TOKEN),
];

pub(crate) static LIST_SERVICE_ACTIONS: &[Member] = &[
    must("ProductId", &ID),
    must("ProvisioningArtifactId", &ID),
    may("PageSize", &PAGE_20),
    may("PageToken", &PAGE_TOKEN),
    may("AcceptLanguage", &LANG),
];

pub(crate) static DESCRIBE_ACTION_PARAMETERS: &[Member] =
    &[must("ProvisionedProductId", &ID), must("ServiceActionId", &ID), may("AcceptLanguage", &LANG)];

pub(crate) static EXECUTE_ACTION: &[Member] = &[
    must("ProvisionedProductId", &ID),
    must("ServiceActionId", &ID),
    must("ExecuteToken", &TOKEN),
    may("AcceptLanguage", &LANG),
    may("Parameters", &Shape::Map { min: 1, max: 200, key: &text(1, 50), of: &list(25, &text(0, 512)) }),
];

//! The fields of a world file but those of faults and knobs.

use super::faults::FAULT;
use super::knobs::KNOBS;
use super::{ACCOUNTS, ANY, Field, ID, Kind, LISTS, NumberRule, REGIONS, TEXTS, Table, TextRule};

/// A whole world file.
pub(crate) static WORLD: Table = Table {
    example: "a map with `portfolios`",
    fields: &[
        Field::new("format", Kind::Whole(u32::MAX as u64), "The format of this file; there is one.").or("1"),
        Field::new(
            "account_id",
            Kind::Text(TextRule::Account),
            "The account of callers whose key names none.",
        )
        .or("\"111122223333\""),
        Field::new(
            "region",
            Kind::Text(TextRule::Region),
            "The region that a location gets if it names none; every region is served.",
        )
        .or("eu-west-1"),
        Field::new("time_scale", Kind::Number(NumberRule::TimeScale), "Virtual seconds per second.")
            .or("100"),
        Field::new(
            "seed",
            Kind::Whole(u64::MAX),
            "The seed of made-up ids and of the coins that `rate` tosses.",
        )
        .or("0"),
        Field::new(
            "durations",
            Kind::Map(&DURATIONS),
            "How long operations take on products that say nothing.",
        ),
        Field::new("portfolios", Kind::List(&Kind::Map(&PORTFOLIO)), "The portfolios; at least one.")
            .required(),
        Field::new(
            "faults",
            Kind::List(&Kind::Map(&FAULT)),
            "What goes wrong; the first entry that fits strikes.",
        ),
        Field::new("exports", TEXTS, "What stacks outside Service Catalog export, for `Fn::ImportValue`."),
        Field::new("knobs", Kind::Map(&KNOBS), "Behaviour that AWS does not document."),
        Field::new(
            "provisioned_products",
            Kind::List(&Kind::Map(&EXISTING)),
            "What is provisioned when the world begins: at the first start, and after a reset.",
        ),
    ],
};

static EXISTING: Table = Table {
    example: "a map such as {name: uploads, product: bucket, version: v1}",
    fields: &[
        Field::new("name", Kind::Text(TextRule::Name(128)), "The provisioned product's name.").required(),
        Field::text("product", "The name or id of its product.").required(),
        Field::text("version", "The name or id of its version; the only one if absent."),
        Field::text("portfolio", "The portfolio of its launch path; the first one if absent."),
        Field::new("parameters", TEXTS, "The values of its parameters."),
        Field::new("tags", TEXTS, "Its tags."),
        Field::new("owner", Kind::Text(TextRule::Arn), "Who launched it; user `foreign` if absent."),
        Field::new(
            "status",
            Kind::Choice(&["AVAILABLE", "TAINTED", "ERROR"]),
            "How it is: well, with an update that failed, or never made.",
        )
        .or("AVAILABLE"),
        Field::new("account_id", Kind::Text(TextRule::Account), "Its account; the file's if absent."),
        Field::new("region", Kind::Text(TextRule::Region), "Its region; the file's if absent."),
    ],
};

static DURATIONS: Table = Table {
    example: "a map such as {provision: 5m}",
    fields: &[
        Field::new("provision", Kind::Span, "How long provisioning takes.").or("60s"),
        Field::new("update", Kind::Span, "How long an update takes.").or("45s"),
        Field::new("terminate", Kind::Span, "How long a termination takes.").or("30s"),
    ],
};

static PORTFOLIO: Table = Table {
    example: "a map such as {name: platform, products: [...]}",
    fields: &[
        Field::new("name", Kind::Text(TextRule::Name(100)), "The portfolio's name, and its launch path's.")
            .required(),
        Field::new("id", ID, "The portfolio's id; made from the name if absent."),
        Field::text("description", "What the portfolio is for."),
        Field::text("provider", "Who provides the portfolio.").or("sandbox"),
        Field::new("accounts", ACCOUNTS, "The accounts that see it; all if absent, none if empty."),
        Field::new("regions", REGIONS, "The regions it is seen in; all if absent."),
        Field::new("tag_options", LISTS, "The values that tags of these keys may have."),
        Field::new("tags", TEXTS, "The tags that are shown with the launch path."),
        Field::new("products", Kind::List(&Kind::Map(&PRODUCT)), "The products in it.").required(),
    ],
};

static PRODUCT: Table = Table {
    example: "a map such as {name: bucket, versions: [...]}",
    fields: &[
        Field::new("name", Kind::Text(TextRule::Name(8191)), "The product's name.").required(),
        Field::new("id", ID, "The product's id; made from its portfolio's name and its own if absent."),
        Field::text(
            "shared_from",
            "The portfolio that defines the product; here it gets one more launch path.",
        ),
        Field::new("type", Kind::Text(TextRule::ProductType), "The product type, which decides the engine.")
            .or("CLOUD_FORMATION_TEMPLATE"),
        Field::text("owner", "Who owns the product.").or("sandbox"),
        Field::text("description", "What the product is."),
        Field::text("distributor", "Who distributes the product."),
        Field::text("support_email", "Where help can be had by e-mail."),
        Field::text("support_description", "What help there is."),
        Field::text("support_url", "Where help can be had on the web."),
        Field::new("versions", Kind::List(&Kind::Map(&VERSION)), "The provisioning artifacts; at least one."),
        Field::new("constraints", Kind::Map(&CONSTRAINTS), "What binds the product in this portfolio."),
        Field::new("tag_options", LISTS, "The values that tags of these keys may have."),
        Field::new("tags", TEXTS, "The tags of the product."),
        Field::new(
            "durations",
            Kind::Map(&DURATIONS),
            "How long operations take; the file's durations if absent.",
        ),
        Field::new(
            "organizational_units",
            Kind::List(&ANY),
            "What an Account Factory's `ManagedOrganizationalUnit` allows.",
        ),
        Field::new(
            "service_actions",
            Kind::List(&Kind::Map(&SERVICE_ACTION)),
            "Actions that every version offers.",
        ),
    ],
};

static VERSION: Table = Table {
    example: "a map such as {name: v1, template: bucket.yaml}",
    fields: &[
        Field::text("name", "The version's name; it need not be unique."),
        Field::new("id", ID, "The version's id; made from the product's id and its name if absent."),
        Field::text("description", "What is new in it."),
        Field::text("template", "A CloudFormation template in YAML or JSON, relative to the world file."),
        Field::new(
            "guidance",
            Kind::Choice(&["DEFAULT", "DEPRECATED"]),
            "Deprecated versions are not launched anew.",
        )
        .or("DEFAULT"),
        Field::new("active", Kind::Flag, "Inactive versions are hidden and not launched.").or("true"),
    ],
};

static CONSTRAINTS: Table = Table {
    example: "a map such as {tag_update: true}",
    fields: &[
        Field::new("launch_role", Kind::Text(TextRule::RoleArn), "LAUNCH: the role that launches it."),
        Field::new(
            "tag_update",
            Kind::Flag,
            "RESOURCE_UPDATE: without `true`, tags that are sent with an update are ignored.",
        ),
        Field::new("stack_set", Kind::Map(&STACK_SET), "STACKSET: launches become stack sets over these."),
        Field::new("notification_arns", Kind::List(&Kind::Text(TextRule::Arn)), "NOTIFICATION: the topics."),
        Field::new("template", Kind::Flag, "TEMPLATE is listed; its rules are the template's own `Rules`.")
            .or("false"),
    ],
};

static STACK_SET: Table = Table {
    example: "a map such as {accounts: [...], regions: [...]}",
    fields: &[
        Field::new("accounts", ACCOUNTS, "The accounts that stack instances may be in.").required(),
        Field::new("regions", REGIONS, "The regions that stack instances may be in.").required(),
    ],
};

static SERVICE_ACTION: Table = Table {
    example: "a map such as {name: Restart}",
    fields: &[
        Field::text("name", "The action's name.").required(),
        Field::text("description", "What the action does."),
        Field::new("parameters", LISTS, "The action's parameters with their default values."),
    ],
};

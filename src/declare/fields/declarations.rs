//! The fields of declarations files.

use super::{Field, FieldKind, Relation, Table, TextRule, Texts, Values};

/// A declarations file.
pub(crate) static DECLARATIONS: Table = Table::of(&[
    Field::new(
        "defaults",
        FieldKind::Layer(&DECLARED),
        "What holds for all declarations of this file that do not say otherwise.",
    ),
    Field::new(
        "provisioned_products",
        FieldKind::Named(&FieldKind::Layer(&DECLARED)),
        "The provisioned products that are wanted, by key.",
    ),
    Field::new(
        "external",
        FieldKind::Named(&FieldKind::Map(&EXTERNAL)),
        "Provisioned products of others, to be read only, by the name under which they are referred to.",
    ),
    Field::new("moved", FieldKind::Maps(&MOVE), "Declarations that have got another key."),
    Field::new("imports", FieldKind::Maps(&IMPORT), "Existing provisioned products to be adopted."),
    Field::new(
        "removed",
        FieldKind::Maps(&REMOVAL),
        "What to do with provisioned products whose declarations are gone.",
    ),
]);

/// A provisioned product of somebody else.
pub(crate) static EXTERNAL: Table = Table {
    fields: &[
        Field::text(
            "provisioned_product_id",
            TextRule::Id("a provisioned product"),
            "The provisioned product, by its id.",
        ),
        Field::text("provisioned_product_name", TextRule::Name, "The provisioned product, by its name."),
        Field::text(
            "location",
            TextRule::Free,
            "The location on which it stands; may be left out where there is only one.",
        ),
    ],
    relations: &[Relation::One {
        noun: "provisioned product",
        of: &["provisioned_product_id", "provisioned_product_name"],
    }],
    includes: &[],
};

/// A declaration that has got another key.
pub(crate) static MOVE: Table = Table::of(&[
    Field::text(
        "from",
        TextRule::Address,
        "The key that it had: on all its locations, or, with `@`, on one of them.",
    ),
    Field::text("to", TextRule::Address, "The key that it has now."),
]);

/// What becomes of something whose declaration is gone.
pub(crate) static REMOVAL: Table = Table::of(&[
    Field::text(
        "address",
        TextRule::Filled,
        "The key that it had, with `@` and a location for one of them; globs are allowed.",
    ),
    Field::text(
        "on_removal",
        TextRule::OneOf(&["terminate", "retain_physical_resources", "forget"]),
        "What happens to it, whatever was remembered.",
    ),
    Field::new(
        "prevent_terminate",
        FieldKind::Flag,
        "Whether it is never terminated, whatever was remembered: `false` releases it.",
    ),
]);

/// One provisioned product that is to be adopted.
pub(crate) static IMPORT: Table = Table {
    fields: &[
        Field::text(
            "to",
            TextRule::Address,
            "The declaration that it becomes: a key, with `@` and a location where it stands on several.",
        ),
        Field::text(
            "provisioned_product_id",
            TextRule::Id("a provisioned product"),
            "The provisioned product, by its id.",
        ),
        Field::text("provisioned_product_name", TextRule::Name, "The provisioned product, by its name."),
        Field::text(
            "stack",
            TextRule::Filled,
            "A stack that is none yet and is to become one, by its name or ARN; its template is that of the declared version.",
        ),
    ],
    relations: &[Relation::One {
        noun: "provisioned product",
        of: &["provisioned_product_id", "provisioned_product_name", "stack"],
    }],
    includes: &[],
};

/// One declaration, or the defaults of a file.
pub(crate) static DECLARED: Table =
    Table { fields: &[OVERRIDES, WHERE_ELSEWHERE], relations: &[], includes: &[&CONTENT, &PLACE] };

const OVERRIDES: Field =
    Field::new("overrides", FieldKind::Layers(&OVERRIDE), "What is different on some of the locations.");
const WHERE_ELSEWHERE: Field = Field::new(
    "where",
    FieldKind::Elsewhere("`where` stands below `locations`, or in an override"),
    "Values of variables by which locations are chosen.",
);
const WHERE: Field = Field::new(
    "where",
    FieldKind::Values(Values { key: TextRule::Free, value: None }),
    "Values of variables by which locations are chosen: a text or a list of texts each, in which `*` stands for anything.",
);

/// One override.
pub(crate) static OVERRIDE: Table = Table {
    fields: &[
        WHERE,
        Field::text("location", TextRule::Free, "A location, or an account with all its locations."),
        LOCATIONS,
        Field::new(
            "overrides",
            FieldKind::Elsewhere("an override has no overrides of its own"),
            "What is different on some of the locations.",
        ),
    ],
    relations: &[Relation::AtMostOne(&["where", "location", "locations"])],
    includes: &[&CONTENT],
};

/// Where a declaration stands.
static PLACE: Table = Table {
    fields: &[
        Field::text(
            "location",
            TextRule::Free,
            "The location on which it is wanted; may be left out where there is only one.",
        ),
        LOCATIONS,
    ],
    relations: &[Relation::AtMostOne(&["location", "locations"])],
    includes: &[],
};

const LOCATIONS: Field = Field::new(
    "locations",
    FieldKind::Either(CHOICE),
    "The locations on which it is wanted: names and globs, or a choice by values.",
);

const CHOICE: &[FieldKind] = &[
    FieldKind::Text(TextRule::Free),
    FieldKind::Texts(Texts::distinct(TextRule::Free, "location", usize::MAX)),
    FieldKind::Map(&SELECTOR),
];

static SELECTOR: Table = Table::of(&[
    WHERE,
    Field::new(
        "except",
        FieldKind::Texts(Texts::of(TextRule::Free)),
        "Locations that are left out, by names and globs.",
    ),
]);

/// What is wanted of a provisioned product. Each layer may say a part of it.
pub(crate) static CONTENT: Table = Table {
    fields: &[
        Field::text(
            "provisioned_product_name",
            TextRule::Name,
            "The name of the provisioned product; the key of the declaration where it is left out.",
        ),
        Field::text("product_name", TextRule::Length { least: 1, most: 8191 }, "The product, by its name."),
        Field::text("product_id", TextRule::Id("a product"), "The product, by its id."),
        Field::text(
            "provisioning_artifact_name",
            TextRule::Length { least: 1, most: 8192 },
            "The version of the product, by its name.",
        ),
        Field::text(
            "provisioning_artifact_id",
            TextRule::Id("a provisioning artifact"),
            "The version of the product, by its id.",
        ),
        Field::text(
            "provisioning_artifact",
            TextRule::Only {
                text: "active",
                otherwise: "a version is named by `provisioning_artifact_name`",
            },
            "The only active version there is.",
        ),
        Field::text(
            "path_name",
            TextRule::Length { least: 1, most: 100 },
            "The launch path, by its name; may be left out where there is only one.",
        ),
        Field::text("path_id", TextRule::Id("a launch path"), "The launch path, by its id."),
        Field::new(
            "parameters",
            FieldKind::Values(Values { key: TextRule::ParameterKey, value: None }),
            "Provisioning parameters: texts, lists that are sent comma-joined, or maps that are sent as JSON; `null` keeps what is there.",
        ),
        Field::new(
            "tags",
            FieldKind::Values(Values { key: TextRule::TagKey, value: Some(("the tag", TextRule::TagValue)) }),
            "Tags of the provisioned product, 50 at most.",
        ),
        Field::new(
            "notification_arns",
            FieldKind::Texts(Texts::distinct(TextRule::Topic, "notification ARN", 5)),
            "SNS topics that are told of the stack's events.",
        ),
        Field::new(
            "provisioning_preferences",
            FieldKind::Map(&PREFERENCES),
            "How a CFN_STACKSET product spreads over accounts and regions.",
        ),
        Field::text(
            "accept_language",
            TextRule::OneOf(&["en", "jp", "zh"]),
            "The language of the service's messages.",
        )
        .default("en"),
        Field::new(
            "depends_on",
            FieldKind::Texts(Texts::of(TextRule::Address)),
            "Declarations that come first, without a value being taken from them.",
        ),
        Field::new("timeouts", FieldKind::Map(&TIMEOUTS), "How long an apply waits for an operation."),
        Field::new(
            "sensitive_outputs",
            FieldKind::Texts(Texts::of(TextRule::Free)),
            "Outputs that are neither shown nor stored.",
        ),
        Field::new("lifecycle", FieldKind::Map(&LIFECYCLE), "What may happen to the provisioned product."),
    ],
    relations: &[
        Relation::One { noun: "product", of: &["product_name", "product_id"] },
        Relation::One {
            noun: "provisioning artifact",
            of: &["provisioning_artifact_name", "provisioning_artifact_id", "provisioning_artifact"],
        },
        Relation::AtMostOne(&["path_name", "path_id"]),
    ],
    includes: &[],
};

/// What the service takes an empty list for.
const ALL_OF_THEM: &str = "that would mean all that the constraint allows";

/// The service counts in signed integers of 32 bits.
const GREATEST: u32 = i32::MAX as u32;

static PREFERENCES: Table = Table {
    fields: &[
        Field::new(
            "stack_set_accounts",
            FieldKind::Texts(Texts::distinct(TextRule::Account, "account", usize::MAX).filled(ALL_OF_THEM)),
            "Accounts of the stack set; all that the constraint allows where it is left out.",
        ),
        Field::new(
            "stack_set_regions",
            FieldKind::Texts(Texts::distinct(TextRule::Region, "region", usize::MAX).filled(ALL_OF_THEM)),
            "Regions of the stack set; all that the constraint allows where it is left out.",
        ),
        Field::new(
            "stack_set_failure_tolerance_count",
            FieldKind::Number { least: 0, most: GREATEST },
            "In how many accounts of a region it may fail before it stops there.",
        ),
        Field::new(
            "stack_set_failure_tolerance_percentage",
            FieldKind::Number { least: 0, most: 100 },
            "In what share of the accounts of a region it may fail, in percent.",
        ),
        Field::new(
            "stack_set_max_concurrency_count",
            FieldKind::Number { least: 1, most: GREATEST },
            "In how many accounts it works at a time: one more than may fail, at most.",
        ),
        Field::new(
            "stack_set_max_concurrency_percentage",
            FieldKind::Number { least: 1, most: 100 },
            "In what share of the accounts it works at a time, in percent.",
        ),
    ],
    relations: &[
        Relation::AtMostOne(&["stack_set_failure_tolerance_count", "stack_set_failure_tolerance_percentage"]),
        Relation::AtMostOne(&["stack_set_max_concurrency_count", "stack_set_max_concurrency_percentage"]),
    ],
    includes: &[],
};

static TIMEOUTS: Table = Table::of(&[
    Field::text(
        "provision",
        TextRule::Duration,
        "How long an apply waits for provisioning; the settings' otherwise.",
    ),
    Field::text(
        "update",
        TextRule::Duration,
        "How long an apply waits for an update; the settings' otherwise.",
    ),
    Field::text(
        "terminate",
        TextRule::Duration,
        "How long an apply waits for termination; the settings' otherwise.",
    ),
]);

static LIFECYCLE: Table = Table::of(&[
    Field::new(
        "prevent_terminate",
        FieldKind::Flag,
        "Whether it is never terminated, not even when its declaration is gone.",
    )
    .default("false"),
    Field::text(
        "on_removal",
        TextRule::OneOf(&["terminate", "retain_physical_resources", "forget"]),
        "What happens to it when its declaration is gone.",
    )
    .default("terminate"),
    Field::new(
        "ignore_changes",
        FieldKind::Texts(Texts::of(TextRule::Ignored)),
        "What others may change: `parameters.<Key>`, `tags.<key>` (`*` in a key stands for anything), `parameters`, `tags`, `provisioning_artifact`.",
    ),
]);

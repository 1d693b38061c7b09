//! The fields of `provisor.yaml`, and of a file that holds the locations.

use super::{Field, FieldKind, Relation, Table, TextRule, Texts, Values};

/// A file that holds nothing but locations.
pub(crate) static LOCATIONS: FieldKind = FieldKind::Named(&FieldKind::Layer(&LOCATION));

/// A settings file as a whole.
pub(crate) static SETTINGS_FILE: FieldKind = FieldKind::Map(&SETTINGS);

/// `provisor.yaml` beside trusted settings, as a whole.
pub(crate) static CHECKOUT_FILE: FieldKind = FieldKind::Map(&CHECKOUT);

/// `provisor.yaml`, and trusted settings.
pub(crate) static SETTINGS: Table = Table {
    fields: &[
        Field::new("state", FieldKind::Map(&STATE), "Where it is remembered what was applied."),
        Field::new(
            "locations",
            FieldKind::Either(&[
                FieldKind::Literal(TextRule::Filled),
                FieldKind::Named(&FieldKind::Layer(&LOCATION)),
            ]),
            "Accounts with their regions, by name, or the name of a file that holds the same map.",
        ),
        Field::new(
            "location_defaults",
            FieldKind::Layer(&LOCATION_DEFAULTS),
            "What holds for all locations that do not say otherwise.",
        ),
        Field::new("limits", FieldKind::Map(&LIMITS), "How much is done at a time."),
        Field::new("guards", FieldKind::Map(&GUARDS), "What a plan may not do."),
        Field::new("timeouts", FieldKind::Map(&TIMEOUTS), "How long an apply waits for an operation."),
        Field::literal("drift", DRIFT, "What is looked at to find changes that were made outside: the records of the catalog, or the parameters of the stacks too (`deep`).")
            .default("records"),
        Field::new("rollouts", FieldKind::NotYet, "In which order locations are changed."),
    ],
    relations: &[],
    includes: &[&OWN],
};

/// What a checkout says for itself, whoever says the rest.
static OWN: Table = Table::of(&[
    Field::literal("format", TextRule::Format, "The format of this file.").default("1"),
    Field::text("project", TextRule::Project, "The name of the platform."),
    Field::new(
        "declarations",
        FieldKind::Texts(Texts::of(TextRule::Filled)),
        "Files and folders of declarations, relative to this file.",
    )
    .default("products"),
    Field::new("variables", FieldKind::Named(&FieldKind::Layer(&VARIABLE)), "Variables, by name."),
]);

/// `provisor.yaml` beside trusted settings: everything else stands there.
pub(crate) static CHECKOUT: Table = Table {
    fields: &[
        trusted("state"),
        trusted("locations"),
        trusted("location_defaults"),
        trusted("limits"),
        trusted("guards"),
        trusted("timeouts"),
        trusted("drift"),
        trusted("rollouts"),
    ],
    relations: &[],
    includes: &[&OWN],
};

const fn trusted(name: &'static str) -> Field {
    Field::new(name, FieldKind::Trusted, "A key of the trusted settings.")
}

const DRIFT: TextRule = TextRule::OneOf(&["records", "deep"]);

static STATE: Table = Table::of(&[
    Field::text("path", TextRule::Path, "The folder of the embedded store, relative to this file.")
        .default("state"),
    Field::new("dynamodb", FieldKind::NotYet, "A shared store."),
]);

/// One entry of `locations`.
pub(crate) static LOCATION: Table = Table {
    fields: &[
        Field::literal(
            "account_id",
            TextRule::Account,
            "The account; the sandbox file's where there is one.",
        ),
        Field::literal(
            "sandbox",
            TextRule::Free,
            "A file that describes a simulated catalog, relative to the settings.",
        ),
    ],
    relations: &[
        Relation::Excludes {
            by: "sandbox",
            fields: &["profile", "role_arn", "external_id", "session_name", "endpoint_url"],
            noun: "on a sandbox",
        },
        Relation::Needs { fields: &["external_id", "session_name"], needed: "role_arn" },
    ],
    includes: &[&ACCESS],
};

static LOCATION_DEFAULTS: Table = Table {
    fields: &[
        Field::new(
            "account_id",
            FieldKind::Elsewhere("`account_id` stands at one location, not in `location_defaults`"),
            "The account.",
        ),
        Field::new(
            "sandbox",
            FieldKind::Elsewhere("`sandbox` stands at one location, not in `location_defaults`"),
            "A file that describes a simulated catalog.",
        ),
    ],
    relations: &[],
    includes: &[&ACCESS],
};

/// What locations may have in common.
static ACCESS: Table = Table::of(&[
    Field::new(
        "regions",
        FieldKind::Either(&[
            FieldKind::Literal(TextRule::Region),
            FieldKind::Texts(Texts::distinct(TextRule::Region, "region", usize::MAX)),
            FieldKind::Values(Values { key: TextRule::Region, value: None }),
        ]),
        "The regions, as a list, or as a map with values for declared variables.",
    ),
    Field::new(
        "variables",
        FieldKind::Values(Values { key: TextRule::Free, value: None }),
        "Values for declared variables that hold here.",
    ),
    Field::text(
        "profile",
        TextRule::Filled,
        "A profile of the AWS configuration; the SDK's own chain otherwise.",
    ),
    Field::text("role_arn", TextRule::RoleArn, "A role to assume."),
    Field::text("external_id", TextRule::Filled, "The external id that the role asks for."),
    Field::text("session_name", TextRule::Filled, "The name of the role's session."),
    Field::literal(
        "access_level",
        TextRule::OneOf(&["account", "role", "user"]),
        "Whose provisioned products the principal may see; below `account`, what is not found is unknown, not absent.",
    )
    .default("account"),
    Field::literal("drift", DRIFT, "The same as `drift` at the top, for these locations."),
    Field::new("frozen", FieldKind::Flag, "Whether nothing is read or changed there.").default("false"),
    Field::text("endpoint_url", TextRule::Filled, "Another endpoint of the service."),
    Field::new(
        "allow_custom_endpoint",
        FieldKind::Flag,
        "Whether an endpoint that is not the service's own may be used, wherever it is named.",
    )
    .default("false"),
]);

/// One entry of `variables`.
pub(crate) static VARIABLE: Table = Table::of(&[
    Field::literal("type", TextRule::Type, "What it holds: `string`, `number`, `bool` or `list`.")
        .default("string"),
    Field::new("default", FieldKind::Anything, "The value where none is given: a text or a list of texts."),
    Field::new(
        "allowed",
        FieldKind::Texts(Texts::of(TextRule::Free).filled("nothing would be allowed")),
        "The values that are allowed; any where it is left out.",
    ),
    Field::literal("description", TextRule::Free, "What it is for.").default(""),
    Field::new("sensitive", FieldKind::Flag, "Whether its value is never shown or stored.").default("false"),
    Field::new("from", FieldKind::NotYet, "Where its value is read from."),
]);

static LIMITS: Table = Table::of(&[
    Field::new(
        "parallelism",
        FieldKind::Number { least: 1, most: u32::MAX },
        "Operations in flight per location.",
    )
    .default("50"),
    Field::new(
        "products",
        FieldKind::Named(&FieldKind::Number { least: 1, most: u32::MAX }),
        "Operations in flight per location, by the name of the product.",
    ),
]);

static GUARDS: Table = Table::of(&[
    Field::literal(
        "max_terminate",
        TextRule::Share,
        "How many terminations a plan may hold: a count, or a share of the bound products.",
    )
    .default("1"),
    Field::new(
        "replace_resources",
        FieldKind::Either(&[
            FieldKind::Literal(TextRule::OneOf(&["refuse"])),
            FieldKind::Map(&REPLACED_RESOURCES),
        ]),
        "Whether updates are refused that would replace resources: `refuse`, or of which types. What was not previewed is refused at apply.",
    ),
]);

static REPLACED_RESOURCES: Table = Table::of(&[Field::new(
    "refuse",
    FieldKind::Texts(Texts::of(TextRule::ResourceType).filled("no update would be refused")),
    "Types of resources, such as `AWS::RDS::*`.",
)]);

static TIMEOUTS: Table = Table::of(&[
    Field::literal("provision", TextRule::Duration, "How long an apply waits for provisioning.")
        .default("60m"),
    Field::literal("update", TextRule::Duration, "How long an apply waits for an update.").default("60m"),
    Field::literal("terminate", TextRule::Duration, "How long an apply waits for termination.")
        .default("60m"),
]);

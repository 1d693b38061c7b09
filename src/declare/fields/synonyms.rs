//! What people write who come from elsewhere, and what it is called here. Plain data; a word that is a key of the map it
//! stands in never comes here.

use provisor_model::text::nearest;

/// Words that name a field; the field as it is written in a map that has it.
const SYNONYMS: &[(&str, &str)] = &[
    ("product", "product_name"),
    ("version", "provisioning_artifact_name"),
    ("product_version", "provisioning_artifact_name"),
    ("artifact", "provisioning_artifact_name"),
    ("provisioning_artifact_version", "provisioning_artifact_name"),
    ("artifact_id", "provisioning_artifact_id"),
    ("version_id", "provisioning_artifact_id"),
    ("params", "parameters"),
    ("provisioning_parameters", "parameters"),
    ("inputs", "parameters"),
    ("values", "parameters"),
    ("vars", "variables"),
    ("variable", "variables"),
    ("name", "provisioned_product_name"),
    ("path", "path_name"),
    ("launch_path", "path_name"),
    ("launch_path_name", "path_name"),
    ("notifications", "notification_arns"),
    ("notification_topics", "notification_arns"),
    ("language", "accept_language"),
    ("dependencies", "depends_on"),
    ("requires", "depends_on"),
    ("needs", "depends_on"),
    ("timeout", "timeouts"),
    ("account", "account_id"),
    ("region", "regions"),
    ("role", "role_arn"),
    ("assume_role", "role_arn"),
    ("endpoint", "endpoint_url"),
    ("endpoints", "endpoint_url"),
    ("providers", "locations"),
    ("provider", "locations"),
    ("accounts", "locations"),
    ("targets", "locations"),
    ("resources", "provisioned_products"),
    ("products", "provisioned_products"),
    ("declarations", "provisioned_products"),
    ("exclude", "except"),
    ("prevent_destroy", "prevent_terminate"),
    ("create", "provision"),
    ("delete", "terminate"),
    ("destroy", "terminate"),
    ("deletion_policy", "on_removal"),
    ("removal_policy", "on_removal"),
    ("validation", "allowed"),
    ("allowed_values", "allowed"),
    ("enum", "allowed"),
    ("no_echo", "sensitive"),
    ("secret", "sensitive"),
    ("from", "address"),
    ("id", "provisioned_product_id"),
];

/// Words that name what lies deeper, or is done another way, and what to do instead.
const ADVICE: &[(&str, &str)] = &[
    ("prevent_destroy", "write `lifecycle: {prevent_terminate: true}`"),
    ("prevent_terminate", "write `lifecycle: {prevent_terminate: true}`"),
    ("ignore_changes", "write `lifecycle: {ignore_changes: […]}`"),
    ("on_removal", "write `lifecycle: {on_removal: …}`"),
    ("create_before_destroy", "a product is updated in place, or replaced with `--replace`"),
    (
        "for_each",
        "`locations` puts a declaration on several locations, and `overrides` says what differs there",
    ),
    ("count", "`locations` puts a declaration on several locations, and `overrides` says what differs there"),
    ("backend", "where the state is kept is said in `provisor.yaml`: `state: {path: …}`"),
    ("terraform", "where the state is kept is said in `provisor.yaml`: `state: {path: …}`"),
    ("module", "a declaration names a product of the catalog: `product_name`, `provisioning_artifact_name`"),
    ("data", "an output of another declaration is `${<declaration>.outputs.<Key>}`"),
    ("locals", "values are declared under `variables:` in `provisor.yaml`"),
    ("outputs", "outputs are the product's own; `provisor output` shows them"),
    ("output", "outputs are the product's own; `provisor output` shows them"),
    ("variable", "values are declared under `variables:` in `provisor.yaml`"),
    ("variables", "values are declared under `variables:` in `provisor.yaml`"),
    ("vars", "values are declared under `variables:` in `provisor.yaml`"),
    ("source", "a declaration names a product of the catalog: `product_name`, `provisioning_artifact_name`"),
    ("default_tags", "write `defaults: {tags: …}` in a file of declarations"),
    ("tags", "tags stand in each declaration, or in its file's `defaults:`"),
    ("parameters", "parameters stand in each declaration, or in its file's `defaults:`"),
    ("workspace", "each stage is a location of its own, under `locations:` in `provisor.yaml`"),
    ("workspaces", "each stage is a location of its own, under `locations:` in `provisor.yaml`"),
    ("environments", "each stage is a location of its own, under `locations:` in `provisor.yaml`"),
    ("region", "regions stand under `locations:` in `provisor.yaml`, and a declaration names its `location`"),
    (
        "regions",
        "regions stand under `locations:` in `provisor.yaml`, and a declaration names its `location`",
    ),
    (
        "account_id",
        "accounts stand under `locations:` in `provisor.yaml`, and a declaration names its `location`",
    ),
    (
        "profile",
        "it is said of a location, or of all of them: `location_defaults: {profile: …}` in `provisor.yaml`",
    ),
    (
        "role_arn",
        "it is said of a location, or of all of them: `location_defaults: {role_arn: …}` in `provisor.yaml`",
    ),
    (
        "assume_role",
        "it is said of a location, or of all of them: `location_defaults: {role_arn: …}` in `provisor.yaml`",
    ),
    ("triggers", "`provisor apply --replace ADDRESS` makes a provisioned product anew"),
    ("lifecycle", "write `lifecycle:` in each declaration, or in its file's `defaults:`"),
    ("create", "write `timeouts: {provision: …}`"),
    ("location", "write `location:` in each declaration, or in its file's `defaults:`"),
    ("provisioned_products", "declarations stand in the files that `declarations:` names"),
    (
        "locations",
        "the locations that there are stand in `provisor.yaml`; where something stands is said in each declaration, or in its file's `defaults:`",
    ),
    ("project", "it stands at the top of `provisor.yaml`"),
    ("state", "it stands at the top of `provisor.yaml`"),
    ("limits", "they stand at the top of `provisor.yaml`"),
    ("guards", "they stand at the top of `provisor.yaml`"),
    ("location_defaults", "they stand at the top of `provisor.yaml`"),
];

/// The field that a word means, among those that the map has.
pub(super) fn field(word: &str, has: impl Fn(&str) -> bool) -> Option<&'static str> {
    SYNONYMS.iter().find(|(synonym, field)| *synonym == word && has(field)).map(|(_, field)| *field)
}

/// The field that the nearest of these words means, among those that the map has.
pub(super) fn near(word: &str, has: impl Fn(&str) -> bool) -> Option<&'static str> {
    let known = SYNONYMS.iter().filter(|(synonym, field)| synonym.len() > 4 && has(field));
    let near = nearest(word, known.map(|(synonym, _)| *synonym))?;
    field(near, has)
}

/// What to do instead of writing this word here.
pub(super) fn advice(word: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(synonym, _)| *synonym == word).map(|(_, advice)| *advice)
}

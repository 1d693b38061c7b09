//! The shape of the files that people write: every key they may use, and nothing about what it means.

use super::record::{Entries, NotYet, Shape, Written, record};

record! {
    /// A declarations file.
    DeclarationsFile {
        defaults: Declaration,
        provisioned_products: Entries<Declaration>,
        external: NotYet,
        moved: NotYet,
        imports: NotYet,
        removed: NotYet,
    }
}

record! {
    /// One declaration, the `defaults:` of a file, or one of the `overrides:`.
    Declaration {
        provisioned_product_name: String,
        product_name: String,
        product_id: String,
        provisioning_artifact_name: String,
        provisioning_artifact_id: String,
        provisioning_artifact: String,
        path_name: String,
        path_id: String,
        location: String,
        locations: Shape<Selector>,
        selector as "where": Written,
        parameters: Written,
        tags: Written,
        notification_arns: Vec<String>,
        provisioning_preferences: Preferences,
        accept_language: String,
        depends_on: Vec<String>,
        timeouts: Timeouts,
        sensitive_outputs: Vec<String>,
        lifecycle: Lifecycle,
        overrides: Vec<Declaration>,
    }
}

record! {
    /// `locations: {where: …, except: …}`
    Selector {
        selector as "where": Written,
        except: Vec<String>,
    }
}

record! {
    /// `provisioning_preferences`
    Preferences {
        stack_set_accounts: Vec<String>,
        stack_set_regions: Vec<String>,
        stack_set_failure_tolerance_count: u32,
        stack_set_failure_tolerance_percentage: u32,
        stack_set_max_concurrency_count: u32,
        stack_set_max_concurrency_percentage: u32,
    }
}

record! {
    /// `timeouts`
    Timeouts {
        provision: String,
        update: String,
        terminate: String,
    }
}

record! {
    /// `lifecycle`
    Lifecycle {
        prevent_terminate: bool,
        on_removal: String,
        ignore_changes: Vec<String>,
    }
}

record! {
    /// `provisor.yaml`
    SettingsFile {
        format: String,
        project: String,
        declarations: Vec<String>,
        state: State,
        locations: Shape<Entries<Location>>,
        location_defaults: Location,
        variables: Entries<Variable>,
        limits: Limits,
        guards: Guards,
        timeouts: Timeouts,
        rollouts: NotYet,
    }
}

record! {
    /// `state`
    State {
        path: String,
        dynamodb: NotYet,
    }
}

record! {
    /// One entry of `locations`.
    Location {
        account_id: String,
        regions: Shape<Written>,
        variables: Written,
        profile: String,
        role_arn: String,
        external_id: String,
        session_name: String,
        frozen: bool,
        sandbox: String,
        endpoint_url: String,
        allow_custom_endpoint: bool,
    }
}

record! {
    /// One entry of `variables`.
    Variable {
        kind as "type": String,
        default: serde::de::IgnoredAny,
        allowed: Vec<String>,
        description: String,
        sensitive: bool,
        from: NotYet,
    }
}

record! {
    /// `limits`
    Limits {
        parallelism: usize,
        products: Entries<usize>,
    }
}

record! {
    /// `guards`
    Guards {
        max_terminate: String,
    }
}

//! The fields of `knobs:`. What they do is in `world_file::knobs`.

use super::{Field, Kind, NumberRule, Table, TextRule};

pub(super) static KNOBS: Table = Table {
    example: "a map such as {search_lag: 20s}",
    fields: &[
        code("token_reuse_error", "The code of the error when a provision token comes again with other parameters.").or("DuplicateResourceException"),
        code("update_state_error", "The code of the error when an update comes in a status that allows none.").or("InvalidParametersException"),
        code("terminate_state_error", "The code of the error when a termination comes in a status that allows none.").or("ValidationException"),
        code("plan_state_error", "The code of the error when a plan, a property or a service action comes in a status that allows none.").or("InvalidStateException"),
        code("selector_error", "The code of the error when name and id are given, or neither.").or("InvalidParametersException"),
        code("ambiguous_name_error", "The code of the error when a product's, version's or path's name stands for several.").or("InvalidParametersException"),
        code("inactive_version_error", "The code of the error when a version is launched that is not active.").or("ResourceNotFoundException"),
        code("deprecated_version_error", "The code of the error when a deprecated version is launched.").or("InvalidParametersException"),
        code("tag_option_error", "The code of the error when a tag is sent that its tag option does not allow.").or("InvalidParametersException"),
        code("unknown_output_error", "The code of the error when `OutputKeys` has a key that no output has.").or("InvalidParametersException"),
        code("language_error", "The code of the error when `AcceptLanguage` is not `en`, `jp` or `zh`.").or("InvalidParametersException"),
        code("unknown_operation_error", "The code of the error when an operation is called that is not here.").or("UnknownOperationException"),
        code("serialization_error", "The code of the error when a body is no JSON, or a value has the wrong type.").or("SerializationException"),
        code("record_error_code", "The `Code` of a failed record's errors; they have none if absent."),
        Field::new("access_level", Kind::Choice(&["account", "role", "user"]), "Whose provisioned products a caller may ask for, see and change: all of the account, those of its role's sessions, or its own.").or("account"),
        Field::new("denied_as", Kind::Choice(&["not_found", "access_denied", "empty"]), "How a caller hears that its access level is exceeded: something is not found, access is denied, or a list is empty.").or("access_denied"),
        flag("refuse_unknown_members", "Members that an operation does not have are an error, not ignored."),
        flag("first_violation_only", "A `ValidationException` names one violation, not all."),
        flag("ignore_unknown_parameters", "Parameters that the template does not have are left out; the record does not fail."),
        flag("tag_option_required", "Launches that leave out a tag option with several values are refused."),
        flag("updates_show_their_token", "After an update, `IdempotencyToken` is that update's token."),
        flag("changes_show_late", "Under change, product and version are those that still run."),
        flag("unchanged_update_fails", "An update that changes nothing fails: `No updates are to be performed.`"),
        flag("unknown_imports_fail", "A stack that imports what nobody exports fails; it is not made up."),
        flag("failed_account_is_error", "What Account Factory failed to create has status ERROR, not TAINTED."),
        flag("tag_update_spares_older", "What was provisioned without `tag_update` keeps its tags, also once the constraint allows updates of them."),
        flag("no_empty_constraints", "A parameter without a constraint has no `ParameterConstraints`, instead of an empty `AllowedValues`."),
        flag("engine_needs_launch_role", "DescribeProvisioningParameters refuses products of other engines that have no launch role."),
        flag("external_error_is_final", "What failed to launch in engine `EXTERNAL` and has status ERROR takes no update, as with CloudFormation; TAINTED, as after a `rollback`, still does."),
        flag("terminate_token_lasts", "A terminate token that comes again after the end gets its record, not `ResourceNotFoundException`."),
        Field::new("token_lifetime", Kind::Span, "How long a provision token is known; for ever if absent."),
        Field::new("terminated_name_lag", Kind::Span, "How long the name of something terminated stays taken.").or("0s"),
        flag("any_search_query", "One entry of a `SearchQuery` that fits will do, not all."),
        Field::new("search_lag", Kind::Span, "How long something new is missing from SearchProvisionedProducts.").or("0s"),
        flag("unstable_search", "Pages of searches without `SortBy` overlap."),
        Field::new("path_lag_calls", Kind::Whole(u64::MAX), "So many launches find no launch path first.").or("0"),
        Field::new("launch_role_lag_calls", Kind::Whole(u64::MAX), "So many launches do not know the launch role first.").or("0"),
        Field::new("read_rate", Kind::Number(NumberRule::Rate), "Reads per real second, account and region, with bursts of twice that; unlimited if absent."),
        Field::new("write_rate", Kind::Number(NumberRule::Rate), "Writes per real second, account and region, with bursts of twice that; unlimited if absent."),
    ],
};

const fn code(name: &'static str, doc: &'static str) -> Field {
    Field::new(name, Kind::Text(TextRule::ErrorCode), doc)
}

const fn flag(name: &'static str, doc: &'static str) -> Field {
    Field::new(name, Kind::Flag, doc).or("false")
}

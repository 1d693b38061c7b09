//! Behaviour that AWS does not document, or that is eventually consistent: each guess under a name, so that a test
//! can ask what its client does when the guess is wrong.

use serde::Deserialize;

use super::{Span, Text};
use crate::wire::Fault;

/// What `knobs:` holds. Whatever ends in `_error` is the code that an answer carries.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Knobs {
    /// A provision token that comes again with other parameters.
    pub token_reuse_error: Text,
    /// An update in a status that does not allow it.
    pub update_state_error: Text,
    /// A termination in a status that does not allow it.
    pub terminate_state_error: Text,
    /// The same for plans, properties and service actions.
    pub plan_state_error: Text,
    /// Name and id together, or neither.
    pub selector_error: Text,
    /// A name that several things have.
    pub ambiguous_name_error: Text,
    /// A launch of a version that is not active.
    pub inactive_version_error: Text,
    /// A launch of a version that is deprecated.
    pub deprecated_version_error: Text,
    /// A tag that its tag option does not allow.
    pub tag_option_error: Text,
    /// An output that is asked for and not there.
    pub unknown_output_error: Text,
    /// An `AcceptLanguage` that is not one of the three.
    pub language_error: Text,
    /// An operation that is not known.
    pub unknown_operation_error: Text,
    /// A body that is no JSON, or has the wrong types.
    pub serialization_error: Text,
    /// The `Code` of a record's errors; none if empty.
    pub record_error_code: Text,
    /// The most that callers may ask for and see.
    pub access_level: AccessLevel,
    /// How they hear that something is beyond that.
    pub denied_as: DeniedAs,
    /// Refuse requests with members that are not known.
    pub refuse_unknown_members: bool,
    /// Report the first violation of a request instead of all.
    pub first_violation_only: bool,
    /// Leave parameters that the template does not know out, instead of failing.
    pub ignore_unknown_parameters: bool,
    /// Refuse launches that leave out a tag option with several values.
    pub tag_option_required: bool,
    /// After an update, `IdempotencyToken` is that update's token.
    pub updates_show_their_token: bool,
    /// Under change, show product and version that still run.
    pub changes_show_late: bool,
    /// Fail updates that change nothing.
    pub unchanged_update_fails: bool,
    /// Fail stacks that import what nobody exports, instead of making it up.
    pub unknown_imports_fail: bool,
    /// What Account Factory failed to create has status ERROR, not TAINTED.
    pub failed_account_is_error: bool,
    /// What was made without a constraint that allows tag updates keeps its tags under a later one.
    pub tag_update_spares_older: bool,
    /// Tell no constraints of a parameter that has none, instead of empty ones.
    pub no_empty_constraints: bool,
    /// Tell the parameters of other engines' products only where there is a launch role.
    pub engine_needs_launch_role: bool,
    /// Refuse updates of what failed to launch in engine `EXTERNAL`.
    pub external_error_is_final: bool,
    /// Answer a terminate token after the termination with its record.
    pub terminate_token_lasts: bool,
    /// How long a provision token is known; for ever if absent.
    pub token_lifetime: Option<Span>,
    /// How long the name of something terminated stays taken.
    pub terminated_name_lag: Span,
    /// Let one entry of a `SearchQuery` do, instead of all.
    pub any_search_query: bool,
    /// How long something new stays missing from searches.
    pub search_lag: Span,
    /// Let pages of unsorted searches overlap.
    pub unstable_search: bool,
    /// How many launches find no launch path first.
    pub path_lag_calls: u64,
    /// How many launches do not know the launch role first.
    pub launch_role_lag_calls: u64,
    /// Reads per real second, with bursts of twice that; unlimited if absent.
    pub read_rate: Option<f64>,
    /// The same for writes.
    pub write_rate: Option<f64>,
}

/// Whose provisioned products a caller may have, from few to all: as an `AccessLevelFilter` asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccessLevel {
    User,
    Role,
    Account,
}

/// How a caller hears that something is somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeniedAs {
    NotFound,
    AccessDenied,
    Empty,
}

impl Default for Knobs {
    fn default() -> Knobs {
        let invalid = || Text::new("InvalidParametersException");
        Knobs {
            token_reuse_error: Text::new("DuplicateResourceException"),
            update_state_error: invalid(),
            terminate_state_error: Text::new("ValidationException"),
            plan_state_error: Text::new("InvalidStateException"),
            selector_error: invalid(),
            ambiguous_name_error: invalid(),
            inactive_version_error: Text::new("ResourceNotFoundException"),
            deprecated_version_error: invalid(),
            tag_option_error: invalid(),
            unknown_output_error: invalid(),
            language_error: invalid(),
            unknown_operation_error: Text::new("UnknownOperationException"),
            serialization_error: Text::new("SerializationException"),
            record_error_code: Text::new(""),
            access_level: AccessLevel::Account,
            denied_as: DeniedAs::AccessDenied,
            refuse_unknown_members: false,
            first_violation_only: false,
            ignore_unknown_parameters: false,
            tag_option_required: false,
            updates_show_their_token: false,
            changes_show_late: false,
            unchanged_update_fails: false,
            unknown_imports_fail: false,
            failed_account_is_error: false,
            tag_update_spares_older: false,
            no_empty_constraints: false,
            engine_needs_launch_role: false,
            external_error_is_final: false,
            terminate_token_lasts: false,
            token_lifetime: None,
            terminated_name_lag: Span::default(),
            any_search_query: false,
            search_lag: Span::default(),
            unstable_search: false,
            path_lag_calls: 0,
            launch_role_lag_calls: 0,
            read_rate: None,
            write_rate: None,
        }
    }
}

impl Knobs {
    /// The fault under the code that this world gives it: for those of the protocol, which are found before the world is.
    pub(crate) fn renamed(&self, fault: Fault) -> Fault {
        let code = match fault.code.as_str() {
            "UnknownOperationException" => &self.unknown_operation_error,
            "SerializationException" => &self.serialization_error,
            _ => return fault,
        };
        Fault { code: code.to_string(), ..fault }
    }
}

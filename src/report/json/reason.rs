//! Reasons and refusals as JSON: one flat shape, members only where they say something.

use std::fmt::Display;

use serde::Serialize;
use serde_json::{Value, json};

use super::value;
use crate::model::ids::{Labels, RecordId};
use crate::model::kinds::RecordKind;
use crate::model::product::Preferences;
use crate::model::target::Named;
use crate::plan::{Reason, Refusal, Rule, Shown};
use crate::report::view::preferences;
use crate::state::Kind;

#[derive(Default, Serialize)]
pub(super) struct ReasonDoc<'a> {
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_default: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    launch_role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provisioned_product_id: Option<&'a str>,
}

impl<'a> ReasonDoc<'a> {
    pub(super) fn of(reason: &'a Reason, labels: &Labels) -> Self {
        match reason {
            Reason::New => Self::plain("new"),
            Reason::Imported => Self::plain("imported"),
            Reason::StackImported => Self::plain("stack_imported"),
            Reason::Removed => Self::plain("removed"),
            Reason::Destroyed => Self::plain("destroyed"),
            Reason::Requested => Self::plain("requested"),
            Reason::Reapply => Self::plain("reapply"),
            Reason::Unproven { record } => Self { record: Some(record.as_str()), ..Self::plain("unproven") },
            Reason::LifecycleOnly => Self::plain("lifecycle_only"),
            Reason::Parameter { key, before, after, by_default } => {
                Self { by_default: Some(*by_default), ..Self::changed("parameter", key, before, after) }
            }
            Reason::Tag { key, before, after } => Self::changed("tag", key, before, after),
            Reason::Version { before, after } => Self::sides("version", named(before), named(after)),
            Reason::Product { before, after } => Self::sides("product", named(before), named(after)),
            Reason::Path { before, after } => Self::sides("path", json!(before), json!(after)),
            Reason::Preferences { before, after } => {
                Self::sides("preferences", fields(before.as_ref()), fields(after.as_ref()))
            }
            Reason::Outside { record, kind } => Self {
                kind: kind.as_ref().map(RecordKind::as_str),
                ..Self::recorded("outside", record.as_ref())
            },
            Reason::ChangedBy { at, launch_role, principal } => Self {
                at: Some(at.utc()),
                launch_role: launch_role.as_deref(),
                principal: principal.as_deref(),
                ..Self::plain("changed_by")
            },
            Reason::Drifted { key, applied, there } => Self::changed("drifted", key, applied, there),
            Reason::DriftedMember { member, applied, there } => {
                Self::changed("drifted_member", member, applied, there)
            }
            Reason::Tainted { message, record } => {
                Self { message: Some(message), ..Self::recorded("tainted", record.as_ref()) }
            }
            Reason::FailedCreation { message, record } => {
                Self { message: Some(message), ..Self::recorded("failed_creation", record.as_ref()) }
            }
            Reason::Interrupted { kind, record } => {
                Self { kind: Some(operation(*kind)), ..Self::recorded("interrupted", record.as_ref()) }
            }
            Reason::InputMayChange { key, from } => {
                let from = from.iter().map(|address| labels.label(address)).collect();
                Self { key: Some(key), from: Some(from), ..Self::plain("input_may_change") }
            }
            Reason::Vanished { id } => {
                Self { provisioned_product_id: Some(id.as_str()), ..Self::plain("vanished") }
            }
        }
    }

    fn plain(reason: &'static str) -> Self {
        Self { reason, ..Self::default() }
    }

    fn recorded(reason: &'static str, record: Option<&'a RecordId>) -> Self {
        Self { record: record.map(RecordId::as_str), ..Self::plain(reason) }
    }

    fn sides(reason: &'static str, before: Value, after: Value) -> Self {
        Self { before: Some(before), after: Some(after), ..Self::plain(reason) }
    }

    fn changed(reason: &'static str, key: &'a str, before: &Shown, after: &Shown) -> Self {
        Self { key: Some(key), ..Self::sides(reason, value(before), value(after)) }
    }
}

fn named<T: Display>(of: &Named<T>) -> Value {
    json!({ "name": of.name, "id": of.id.to_string() })
}

fn fields(of: Option<&Preferences>) -> Value {
    of.map_or(Value::Null, |of| json!(preferences(Some(of))))
}

/// An operation's kind, as JSON names it.
pub(super) fn operation(kind: Kind) -> &'static str {
    match kind {
        Kind::Provision => "provision",
        Kind::Update => "update",
        Kind::Terminate => "terminate",
        Kind::Retain => "terminate_retaining",
    }
}

#[derive(Serialize)]
pub(super) struct RefusalDoc<'a> {
    rule: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> RefusalDoc<'a> {
    pub(super) fn of(refusal: &'a Refusal) -> Self {
        Self { rule: rule(refusal.rule), message: &refusal.message, hint: refusal.hint.as_deref() }
    }
}

/// A refusal's rule, as JSON names it.
pub(in crate::report) fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Exists => "exists",
        Rule::PreventTerminate => "prevent_terminate",
        Rule::MaxTerminate => "max_terminate",
        Rule::InMotion => "in_motion",
        Rule::PlanInProgress => "plan_in_progress",
        Rule::NotVisible => "not_visible",
        Rule::UnknownStatus => "unknown_status",
        Rule::NeedsReplace => "needs_replace",
        Rule::ChangesProduct => "changes_product",
        Rule::ErrorStatus => "error_status",
        Rule::NotAllowed => "not_allowed",
        Rule::ReplacesResources => "replaces_resources",
        Rule::NotPreviewed => "not_previewed",
        Rule::Blocked => "blocked",
    }
}

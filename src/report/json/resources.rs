//! What a step does to resources, as JSON.

use serde::Serialize;

use crate::catalog::{Preview, Recreation, ResourceAction, ResourceChange, ResourceDetail};

#[derive(Serialize)]
pub(super) struct ResourceDoc<'a> {
    action: &'static str,
    logical_resource_id: &'a str,
    physical_resource_id: Option<&'a str>,
    resource_type: &'a str,
    scope: &'a [String],
    details: Vec<ResourceDetailDoc<'a>>,
}

#[derive(Serialize)]
struct ResourceDetailDoc<'a> {
    attribute: &'a str,
    name: Option<&'a str>,
    requires_recreation: &'static str,
    evaluation: &'static str,
    causing_entity: Option<&'a str>,
}

impl<'a> ResourceDoc<'a> {
    /// All that is told, what is replaced first; `None` where nothing is.
    pub(super) fn all(preview: &'a Preview) -> Option<Vec<Self>> {
        let Preview::Known(changes) = preview else { return None };
        let mut changes: Vec<&ResourceChange> = changes.iter().collect();
        changes.sort_by_key(|change| change.action);
        Some(changes.into_iter().map(Self::of).collect())
    }

    fn of(change: &'a ResourceChange) -> Self {
        let action = match change.action {
            ResourceAction::Replace => "replace",
            ResourceAction::MayReplace => "may_replace",
            ResourceAction::Remove => "remove",
            ResourceAction::Modify => "modify",
            ResourceAction::Add => "add",
        };
        Self {
            action,
            logical_resource_id: &change.name,
            physical_resource_id: change.physical_id.as_deref(),
            resource_type: &change.kind,
            scope: &change.scope,
            details: change.details.iter().map(ResourceDetailDoc::of).collect(),
        }
    }
}

impl<'a> ResourceDetailDoc<'a> {
    fn of(detail: &'a ResourceDetail) -> Self {
        Self {
            attribute: &detail.attribute,
            name: detail.name.as_deref(),
            requires_recreation: match detail.recreation {
                Recreation::Never => "never",
                Recreation::Conditionally => "conditionally",
                Recreation::Always => "always",
            },
            evaluation: if detail.is_sure { "static" } else { "dynamic" },
            causing_entity: detail.cause.as_deref(),
        }
    }
}

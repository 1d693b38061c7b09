//! The form of what steps would do to resources.
//! Part of the format: a change here is a change of it, and of its version.

use super::form::mirror;
use crate::catalog;

mirror!(enum Preview of catalog::Preview { Known[changes: Vec<ResourceChange>], Unknown[why: String] });

mirror!(struct ResourceChange of catalog::ResourceChange {
    action: ResourceAction,
    name: String,
    physical_id: Option<String>,
    kind: String,
    scope: Vec<String>,
    details: Vec<ResourceDetail>,
});

mirror!(enum ResourceAction of catalog::ResourceAction { Replace, MayReplace, Remove, Modify, Add });

mirror!(struct ResourceDetail of catalog::ResourceDetail {
    attribute: String,
    name: Option<String>,
    recreation: Recreation,
    is_sure: bool,
    cause: Option<String>,
});

mirror!(enum Recreation of catalog::Recreation { Never, Conditionally, Always });

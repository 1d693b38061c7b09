//! A policy that permits what the program calls.

use std::collections::BTreeMap;

use serde::Serialize;

use super::printed;
use crate::catalog::{PERMISSIONS, Permission, Purpose};
use crate::model::access::AccessLevel;

/// The policy of who plans, or of who applies as well.
#[must_use]
pub fn policy(applies: bool, level: AccessLevel) -> String {
    let mut statements: BTreeMap<Purpose, Vec<&Permission>> = BTreeMap::new();
    for one in PERMISSIONS.iter().filter(|one| applies || !one.purpose.is_change()) {
        statements.entry(one.purpose).or_default().push(one);
    }
    let statement = |(purpose, of): (Purpose, Vec<&Permission>)| StatementDoc {
        sid: purpose.word(),
        effect: "Allow",
        condition: of.iter().any(|one| one.by_level).then(|| ConditionDoc {
            string_equals: BTreeMap::from([(format!("servicecatalog:{level}Level"), "self")]),
        }),
        action: of.into_iter().map(|one| one.action).collect(),
        resource: "*",
    };
    printed(&PolicyDoc { version: "2012-10-17", statement: statements.into_iter().map(statement).collect() })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDoc {
    version: &'static str,
    statement: Vec<StatementDoc>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatementDoc {
    sid: &'static str,
    effect: &'static str,
    action: Vec<&'static str>,
    resource: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<ConditionDoc>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConditionDoc {
    string_equals: BTreeMap<String, &'static str>,
}

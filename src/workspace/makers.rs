//! Who made what exists: where that is somebody else than who asks, changes of it may not be permitted.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::CatalogRead;
use crate::model::ids::LocationName;
use crate::observe::InventoryItem;

/// Names by principal, but for those of who asks at each location.
pub(super) fn by_others(items: &[InventoryItem], catalog: &dyn CatalogRead) -> BTreeMap<String, Vec<String>> {
    let locations: BTreeSet<&LocationName> = items.iter().map(|item| &item.location).collect();
    let locations: Vec<LocationName> = locations.into_iter().cloned().collect();
    let callers = locations.iter().zip(catalog.identities(&locations));
    let callers: BTreeMap<&LocationName, String> =
        callers.filter_map(|(at, answer)| Some((at, principal(answer.ok()?.arn.as_deref()?)))).collect();
    let mut by_others: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in items {
        let Some(maker) = item.existing.user_arn.as_deref().map(principal) else { continue };
        if callers.get(&item.location).is_some_and(|caller| *caller != maker) {
            by_others.entry(maker).or_default().push(item.existing.name.clone());
        }
    }
    by_others
}

/// The user or the role behind an ARN: of a session, the role; a role's path is in none of its sessions' ARNs.
fn principal(arn: &str) -> String {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, partition, service, _, account, rest] = parts.as_slice() else { return arn.to_owned() };
    let names: Vec<&str> = rest.split('/').collect();
    let role = match names.as_slice() {
        ["assumed-role", role, ..] if *service == "sts" => role,
        ["role", .., role] => role,
        _ => return arn.to_owned(),
    };
    format!("arn:{partition}:iam::{account}:role/{role}")
}

#[cfg(test)]
mod tests {
    use super::principal;

    #[test]
    fn a_session_is_its_role() {
        let role = "arn:aws:iam::111122223333:role/deploy";
        for arn in [
            role,
            "arn:aws:iam::111122223333:role/a/deploy",
            "arn:aws:sts::111122223333:assumed-role/deploy/ci-7",
        ] {
            assert_eq!(principal(arn), role);
        }
        for arn in ["arn:aws:iam::111122223333:user/a", "arn:aws:iam::111122223333:root", "nobody"] {
            assert_eq!(principal(arn), arn);
        }
    }
}

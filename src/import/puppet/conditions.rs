//! Whether a launch is meant at all: its `status`, and its `condition`.

use super::item::{ItemPlace, PuppetItem};
use super::told::some;

/// Why a launch is not declared, if it is not.
pub(super) fn left_out(launch: &PuppetItem, root: &PuppetItem) -> Option<String> {
    let status = launch.get("status").and_then(PuppetItem::text).map(str::to_lowercase);
    match status.as_deref() {
        Some("terminated") => {
            return Some("it is `status: terminated`: what of it is still there stays".to_owned());
        }
        Some("ignored") => return Some("it is `status: ignored`".to_owned()),
        _ => {}
    }
    let condition = launch.get("condition")?;
    let holds = |name: &str| root.get("conditions").and_then(|all| all.get(name)).and_then(result);
    let mut names = condition.texts().peekable();
    names.peek()?;
    let all: Vec<(&str, Option<bool>)> = names.map(|name| (name, holds(name))).collect();
    // where one cannot be told, what is there tells
    let is_out = all.iter().all(|(_, holds)| *holds == Some(false));
    is_out.then(|| {
        let names: Vec<String> = all.iter().map(|(name, _)| format!("`{name}`")).collect();
        format!("its condition {} does not hold", names.join(", "))
    })
}

/// Whether the outcome of its condition is not certain.
pub(super) fn is_open(launch: &PuppetItem, root: &PuppetItem) -> bool {
    let Some(condition) = launch.get("condition") else { return false };
    let holds = |name: &str| root.get("conditions").and_then(|all| all.get(name)).and_then(result);
    !condition.texts().any(|name| holds(name) == Some(true))
}

/// Where that stands, and why it is not certain.
pub(super) fn open_condition(launch: &PuppetItem, root: &PuppetItem) -> Option<(ItemPlace, String)> {
    let condition = launch.get("condition").filter(|_| is_open(launch, root))?;
    let all = root.get("conditions");
    let names: Vec<&str> = condition.texts().collect();
    let missing: Vec<&str> =
        names.iter().copied().filter(|name| all.and_then(|all| all.get(name)).is_none()).collect();
    let why = match (names.is_empty(), missing.is_empty()) {
        (true, _) => "its condition names none of `conditions`".to_owned(),
        (_, false) => format!("its condition {} is none of `conditions`", some(missing.into_iter())),
        (_, true) => {
            let names = some(names.into_iter());
            format!("whether its condition {names} holds cannot be told from the manifest")
        }
    };
    Some((condition.at, why))
}

/// `!Equals [a, b]`, `!Not [!Equals …]`; `None` where it cannot be told.
fn result(condition: &PuppetItem) -> Option<bool> {
    match condition.tag.as_deref()? {
        "Equals" => {
            let (first, rest) = condition.items().split_first()?;
            let first = value(first)?;
            let all: Option<Vec<String>> = rest.iter().map(value).collect();
            Some(all?.iter().all(|other| *other == first))
        }
        "Not" => condition.items().first().and_then(result).map(|holds| !holds),
        _ => None,
    }
}

/// A value that no function is left open in.
fn value(item: &PuppetItem) -> Option<String> {
    if item.tag.is_some() {
        return result(item).map(|holds| holds.to_string());
    }
    item.as_leaf().map(|leaf| leaf.text.clone()).filter(|text| !text.contains("${"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_says_whether_a_launch_is_meant() {
        let root = "conditions:\n  dev: !Equals [dev, dev]\n  prod: !Equals [prod, dev]\n  other: !Not [!Equals [a, a]]\n  open: !Equals [\"${Custom::X}\", a]\n  odd: !If [a]\n";
        let root = PuppetItem::of_file(root, 0).unwrap();
        let check = |launch: &str, is_left: bool, is_unsure: bool| {
            let launch = PuppetItem::of_file(launch, 0).unwrap();
            assert_eq!(left_out(&launch, &root).is_some(), is_left, "{launch:?}");
            assert_eq!(is_open(&launch, &root), is_unsure, "{launch:?}");
        };
        check("a: 1", false, false);
        check("condition: dev", false, false);
        check("condition: prod", true, true);
        check("condition: other", true, true);
        check("condition: [prod, dev]", false, false);
        check("condition: [prod, other]", true, true);
        check("condition: open", false, true);
        check("condition: odd", false, true);
        check("condition: nowhere", false, true);
        check("status: terminated", true, false);
        check("status: Ignored", true, false);
    }
}

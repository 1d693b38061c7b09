//! What CloudFormation says of members that it cannot take, before it looks at anything else.

/// Every status that a stack can have.
pub(super) const STATUSES: [&str; 23] = [
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "CREATE_COMPLETE",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
    "DELETE_COMPLETE",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_COMPLETE",
];

fn refusal(value: &str, member: &str, constraint: &str) -> String {
    format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: Member must {constraint}"
    )
}

/// A stack's name or id.
pub(super) fn stack_name(name: Option<&str>) -> Result<&str, String> {
    let Some(name) = name else { return Err(refusal("null", "stackName", "not be null")) };
    let value = format!("'{name}'");
    if name.is_empty() {
        return Err(refusal(&value, "stackName", "have length greater than or equal to 1"));
    }
    let plain =
        |text: &str, others: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c));
    let fits = match name.strip_prefix("arn:") {
        Some(rest) => plain(rest, "-:/._+"),
        None => name.starts_with(|c: char| c.is_ascii_alphabetic()) && plain(name, "-"),
    };
    if fits {
        return Ok(name);
    }
    let pattern = "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*";
    Err(refusal(&value, "stackName", &format!("satisfy regular expression pattern: {pattern}")))
}

/// A stack set's name or id.
pub(super) fn stack_set_name(name: Option<&str>) -> Result<&str, String> {
    let name = name.ok_or_else(|| refusal("null", "stackSetName", "not be null"))?;
    let known = |c: char| c.is_ascii_alphanumeric() || "-:/._+".contains(c);
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(known) {
        return Ok(name);
    }
    let pattern = "[a-zA-Z][-a-zA-Z0-9]*(?::[a-zA-Z0-9]{8}-[a-zA-Z0-9]{4}-[a-zA-Z0-9]{4}-[a-zA-Z0-9]{4}-[a-zA-Z0-9]{12})?";
    Err(refusal(
        &format!("'{name}'"),
        "stackSetName",
        &format!("satisfy regular expression pattern: {pattern}"),
    ))
}

/// A value of an enumeration.
pub(super) fn one_of(member: &str, value: &str, known: &[&str]) -> Result<(), String> {
    if known.contains(&value) {
        return Ok(());
    }
    Err(refusal(&format!("'{value}'"), member, &enumeration(known)))
}

/// Values of an enumeration.
pub(super) fn each_of(member: &str, values: &[&str], known: &[&str]) -> Result<(), String> {
    if values.iter().all(|value| known.contains(value)) {
        return Ok(());
    }
    let constraint = format!("satisfy constraint: [Member must {}]", enumeration(known));
    Err(refusal(&format!("'[{}]'", values.join(", ")), member, &constraint))
}

fn enumeration(known: &[&str]) -> String {
    format!("satisfy enum value set: [{}]", known.join(", "))
}

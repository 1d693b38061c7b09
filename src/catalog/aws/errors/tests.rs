//! What the service was seen to say, and what it means: rows of our own, and whatever the maintainers' shared folder has.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::*;
use CatalogErrorKind::{
    Ambiguous, Conflict, Denied, Later, NotAllowed, NotFound, NotSent, NotYet, Refused, Throttled,
};

const INVALID: &str = "InvalidParametersException";

/// Rows: code, http status, text, meaning for a read, meaning for a mutation.
const ROWS: [(&str, u16, &str, CatalogErrorKind, CatalogErrorKind); 46] = [
    ("ThrottlingException", 400, "Rate exceeded", Throttled, Throttled),
    ("TooManyRequestsException", 429, "", Throttled, Throttled),
    ("TooManyRequestsException", 400, "another request is already in progress", Throttled, Throttled),
    ("RequestLimitExceeded", 400, "", Throttled, Throttled),
    ("ThrottlingException", 503, "Rate exceeded", Ambiguous, Ambiguous),
    ("InternalFailure", 500, "", Ambiguous, Ambiguous),
    (INVALID, 503, "", Ambiguous, Ambiguous),
    ("", 400, "<html>", Ambiguous, Ambiguous),
    ("", 429, "too many requests, says a proxy", Ambiguous, Ambiguous),
    ("RequestTimeout", 400, "", Ambiguous, Ambiguous),
    ("ResourceNotFoundException", 400, "No launch paths found for resource: prod-1", NotFound, NotFound),
    (
        "ResourceNotFoundException",
        400,
        "Provisioning artifact pa-1 does not exist or access was denied",
        NotFound,
        NotFound,
    ),
    ("ResourceNotFoundException", 400, "Resource not found", NotFound, NotFound),
    (
        "AccessDeniedException",
        400,
        "User: arn:aws:sts::111122223333:assumed-role/a/b is not authorized to perform: servicecatalog:X with an explicit deny",
        NotAllowed,
        NotAllowed,
    ),
    ("AccessDeniedException", 400, "You are not authorized to perform this action", NotAllowed, NotAllowed),
    ("AccessDenied", 403, "", NotAllowed, NotAllowed),
    ("NotAuthorized", 400, "", NotAllowed, NotAllowed),
    ("UnrecognizedClientException", 400, "", Denied, Denied),
    ("ExpiredTokenException", 400, "The security token included in the request is expired", Denied, Denied),
    ("SignatureDoesNotMatch", 403, "The request signature we calculated does not match", Denied, Denied),
    ("InvalidSignatureException", 400, "The request signature we calculated does not match", Denied, Denied),
    (
        "InvalidSignatureException",
        400,
        "Signature expired: 20310304T050607Z is now earlier than 20310304T051007Z (20310304T051507Z - 5 min.)",
        NotSent,
        NotSent,
    ),
    (
        "SignatureDoesNotMatch",
        403,
        "Signature not yet current: 20310304T060607Z is still later than 20310304T051007Z",
        NotSent,
        NotSent,
    ),
    ("RequestExpired", 400, "Request has expired.", NotSent, NotSent),
    ("RequestTimeTooSkewed", 403, "", NotSent, NotSent),
    ("ValidationException", 400, "1 validation error detected: Value 'a'", Refused, Refused),
    ("ValidationException", 400, "1 validation error detected: try again later", Refused, Refused),
    ("ValidationException", 400, "cannot terminate in status UNDER_CHANGE", Refused, Conflict),
    (
        "ValidationException",
        400,
        "Cannot delete ChangeSet in execution status EXECUTE_FAILED",
        Refused,
        Conflict,
    ),
    ("SerializationException", 400, "", Refused, Refused),
    (INVALID, 400, "A stack named a already exists.", Refused, Conflict),
    (INVALID, 400, "Invalid PathId: lpv3-abcdefghijklm", Refused, Conflict),
    (
        INVALID,
        400,
        "More than one launch path ids exist. Please specify the launch path id",
        Refused,
        Conflict,
    ),
    (INVALID, 400, "Last Successful Provisioning Record doesn't exist.", Refused, Conflict),
    (INVALID, 400, "arn:aws:iam::111122223333:role/launch profile does not exist", Refused, NotYet),
    ("DuplicateResourceException", 400, "", Refused, Conflict),
    ("InvalidStateException", 400, "", Refused, Conflict),
    ("LimitExceededException", 400, "too many", Later, Later),
    (INVALID, 400, "another AWS Control Tower operation is in progress", Later, Later),
    (
        INVALID,
        400,
        "because the allowed maximum of 5 concurrent account operations is exceeded.",
        Later,
        Later,
    ),
    ("ResourceInUseException", 400, "another execution is in progress. Try again later.", Later, Later),
    ("ValidationException", 400, "Please try again later", Later, Later),
    // somebody has to do something first
    (INVALID, 400, "delete the existing delivery channel and try again .", Refused, Conflict),
    (INVALID, 400, "The allowed maximum of 50 tags is exceeded.", Refused, Conflict),
    (INVALID, 400, "Correct the parameter, and try again.", Refused, Conflict),
    ("SomethingNew", 400, "?", Refused, Conflict),
];

/// Rows: what a failed record of the Account Factory says, and whether only time is needed.
const RECORDS: [(&str, bool); 9] = [
    (
        "ResourceInUseException  Account Factory cannot complete an operation on this account, because another AWS Control Tower operation is in progress. Try again later.",
        true,
    ),
    (
        "Account Factory cannot complete an operation on this account, because another AWS Control Tower operation is in progress. Try again later.",
        true,
    ),
    (
        "ResourceInUseException  Account Factory cannot create this enrolled account right now, because another execution is in progress. Try again later.",
        true,
    ),
    (
        "ResourceInUseException: Account Factory cannot complete an operation on this account, because the allowed maximum of 5 concurrent account operations is exceeded. Try again later.",
        true,
    ),
    (
        "AWS Control Tower cannot create an AWS Config delivery channel because one already exists. To continue, delete the existing delivery channel and try again .",
        false,
    ),
    (
        "AWS Control Tower could not baseline VPC in the managed account because of existing resource dependencies.",
        false,
    ),
    (
        "AWS Control Tower detects that your enrolled account has been moved to a new organizational unit.",
        false,
    ),
    ("AWSControlTowerExecution role can't be assumed on the account.", false),
    (
        "Errors from CloudFormation: [{LogicalResourceId : A, ResourceType : Custom::A, StatusReason : another build is in progress. Try again later.}]",
        false,
    ),
];

#[test]
fn the_table() {
    for (code, status, text, read, mutation) in ROWS {
        assert_eq!(kind_of(Call::Read, status, code, text), read, "read {code} {text}");
        assert_eq!(kind_of(Call::Mutation, status, code, text), mutation, "mutation {code} {text}");
    }
}

#[test]
fn a_busy_text_never_overrides_a_lost_answer_or_a_denial() {
    let text = "try again later";
    assert_eq!(kind_of(Call::Mutation, 500, "InternalFailure", text), Ambiguous);
    assert_eq!(kind_of(Call::Mutation, 400, "AccessDeniedException", text), NotAllowed);
    assert_eq!(kind_of(Call::Mutation, 400, "ExpiredTokenException", text), Denied);
}

#[test]
fn records_of_the_account_factory() {
    for (text, is_busy) in RECORDS {
        assert_eq!(is_busy_record(true, text), is_busy, "{text}");
        let names_it = text.contains("Account Factory");
        assert_eq!(is_busy_record(false, text), is_busy && names_it, "{text}");
    }
    assert!(is_busy_record(true, "AWS Control Tower is setting something up. Try again later."));
    assert!(
        !is_busy_record(false, "DB instance is being modified. Try again later."),
        "a stack was rolled back"
    );
}

#[test]
fn words_that_tell_what_to_do() {
    for path in ["lpv2-abcdefghijklm", "lpv3-abcdefghijklm"] {
        assert!(advice(&format!("Invalid PathId: {path}")).unwrap().contains("plan again"));
    }
    let engine = "Error occurred during parameter parsing: LaunchRoleArn is required and must be non empty";
    assert!(advice(engine).unwrap().contains("launch constraint"));
    assert_eq!(advice("A stack named my-product already exists."), None);
}

#[test]
fn a_stack_that_is_gone_is_told_from_what_else_does_not_exist() {
    for (text, is_gone) in [
        ("Stack [SC-111122223333-pp-abcdefghijklm] does not exist", true),
        (
            "Stack with id SC-111122223333-pp-abcdefghijklm does not exist (Service: AmazonCloudFormation)",
            true,
        ),
        ("AmazonCloudFormationException  Stack SC-111122223333-pp-abcdefghijklm doesn't exist", true),
        ("The stack named 'SC-1' does not exist.", true),
        (
            "ValidationException  Access denied while assuming the role arn:aws:iam::111122223333:role/launch",
            false,
        ),
        ("Role arn:aws:iam::111122223333:role/launch of the stack does not exist", false),
        ("Bucket b does not exist", false),
        ("Stack SC-1 cannot be deleted while in use", false),
    ] {
        assert_eq!(termination_advice(text).is_some(), is_gone, "{text}");
    }
}

/// The kinds that an entry's `expect` allows.
fn expected(text: &str) -> BTreeSet<String> {
    let of = |word: &str| match word {
        "Ambiguous (throttled)" => vec![Throttled],
        "sign again" => vec![NotSent],
        "Later (bounded)" => vec![NotYet],
        // what IAM does not permit has a kind of its own here
        "Denied" => vec![Denied, NotAllowed],
        "Conflict" => vec![Conflict],
        "NotFound" => vec![NotFound],
        "NotSent" => vec![NotSent],
        "Refused" => vec![Refused],
        other => panic!("`{other}` is no kind that this test knows"),
    };
    let kinds = text.split(':').next().unwrap_or_default();
    kinds.split(" or ").flat_map(of).map(|kind| format!("{kind:?}")).collect()
}

fn text<'a>(entry: &'a Value, member: &str) -> &'a str {
    entry[member].as_str().unwrap_or_default()
}

#[test]
fn what_the_service_really_answered_means_what_it_meant() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reality/answers.json");
    let Ok(answers) = std::fs::read(&file) else {
        return println!("skipped, no real answer is read: {} is not there", file.display());
    };
    let answers: Value = serde_json::from_slice(&answers).unwrap();
    let (mut errors, mut records, mut wrong) = (0, 0, Vec::new());
    for entry in answers["entries"].as_array().unwrap() {
        let (id, message, expect) = (text(entry, "id"), text(entry, "message"), &entry["expect"]);
        let code = text(entry, "code");
        if text(entry, "kind") == "record_error" {
            records += 1;
            let busy = expect["record"].as_str().is_some_and(|expected| expected.starts_with("busy"));
            if is_busy_record(false, message) != busy || is_busy_record(busy, message) != busy {
                wrong.push(format!("{id}: {expect}"));
            }
        }
        if text(entry, "kind") != "sync_error" || code.is_empty() || code.contains(' ') {
            continue;
        }
        errors += 1;
        let status = u16::try_from(entry["http_status"].as_u64().unwrap()).unwrap();
        for (call, member) in [(Call::Read, "read"), (Call::Mutation, "mutation")] {
            let Some(allowed) = expect[member].as_str() else { continue };
            let kind = format!("{:?}", kind_of(call, status, code, message));
            if !expected(allowed).contains(&kind) {
                wrong.push(format!("{id} as a {member}: {kind}, and not {allowed}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0], "of {errors} errors of calls and {records} of records");
    assert!(errors > 20 && records > 10, "{errors} errors, {records} records: too little was read");
}

//! Provisioned product plans: what is asked, once, and what each answer means.

use provisor::catalog::{
    Catalog, CatalogErrorKind, CatalogRead, OpenedPreview, PendingPlan, PlansOf, PreviewProgress, PreviewRef,
    PreviewRequest, Recreation, ResourceAction, ResourceChange, ResourceDetail,
};
use provisor::model::time::Timestamp;
use serde_json::{Value, json};

use super::server::{DATE_MS, Reply, Server};
use super::setup::{catalog, heard, here, only, sandbox};
use super::submit::payload;

fn request(creates: bool) -> PreviewRequest {
    PreviewRequest {
        location: here(),
        name: "provisor-preview-1".to_owned(),
        token: "tok-1".into(),
        sign_by: Timestamp(DATE_MS + 600_000),
        payload: payload(),
        creates,
    }
}

fn plan() -> PreviewRef {
    PreviewRef { location: here(), plan: "plan-1".to_owned() }
}

#[test]
fn a_plan_is_asked_for_once_with_all_that_an_operation_would_send() {
    let server = Server::start(|_| Reply::Json(json!({"PlanId": "plan-1", "ProvisionProductId": "pp-1"})));
    let catalog = heard(sandbox(&server.url));
    for creates in [false, true] {
        let opened = only(catalog.open_previews(&[request(creates)])).unwrap();
        assert_eq!(opened, OpenedPreview { plan: "plan-1".to_owned(), provisioned: Some("pp-1".into()) });
    }
    let [update, creation] = &server.seen()[..] else { panic!("{:?}", server.seen()) };
    let value = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let mut wanted = json!({
        "AcceptLanguage": "jp", "PlanName": "provisor-preview-1", "PlanType": "CLOUDFORMATION", "IdempotencyToken": "tok-1",
        "ProductId": "prod-1", "ProvisioningArtifactId": "pa-1", "PathId": "lpv3-1", "ProvisionedProductName": "net",
        "Tags": [value("env", "dev")],
        "ProvisioningParameters": [
            value("Cidr", "10.0.0.0/16"), value("Empty", ""), {"Key": "Kept", "UsePreviousValue": true}, value("Password", "s3cret"),
        ],
    });
    assert_eq!((&*update.operation, &update.body), ("CreateProvisionedProductPlan", &wanted));
    // what is new has no previous value, and is told to somebody
    wanted["ProvisioningParameters"].as_array_mut().unwrap().remove(2);
    wanted["NotificationArns"] = json!(["arn:aws:sns:eu-west-1:111122223333:events"]);
    assert_eq!(creation.body, wanted);
}

#[test]
fn a_request_without_an_answer_is_not_repeated_and_a_late_one_is_not_sent() {
    let server = Server::start(|_| Reply::Hangup);
    let catalog = heard(sandbox(&server.url));
    let lost = only(catalog.open_previews(&[request(true)])).unwrap_err();
    assert_eq!((lost.kind, server.count("CreateProvisionedProductPlan")), (CatalogErrorKind::Ambiguous, 1));
    let late = PreviewRequest { sign_by: Timestamp(DATE_MS - 1), ..request(true) };
    assert_eq!(only(catalog.open_previews(&[late])).unwrap_err().kind, CatalogErrorKind::NotSent);
    assert_eq!(server.count("CreateProvisionedProductPlan"), 1);
    assert_eq!(only(catalog.close_previews(&[plan()])).unwrap_err().kind, CatalogErrorKind::Ambiguous);
    assert_eq!(server.count("DeleteProvisionedProductPlan"), 1);
}

#[test]
fn what_is_gone_is_deleted_and_nothing_is_ever_forced() {
    let server = Server::start(|seen| match seen.before {
        0 => Reply::Json(json!({})),
        1 => Reply::Fault(400, "ResourceNotFoundException", "no plan".to_owned()),
        2 => Reply::Fault(
            400,
            "ValidationException",
            "Cannot delete ChangeSet in status CREATE_IN_PROGRESS".to_owned(),
        ),
        _ => Reply::Fault(400, "AccessDeniedException", "not authorized".to_owned()),
    });
    let catalog = heard(sandbox(&server.url));
    let close = || only(catalog.close_previews(&[plan()])).map_err(|error| error.kind);
    assert_eq!((close(), close()), (Ok(()), Ok(())));
    assert_eq!(close(), Err(CatalogErrorKind::Conflict));
    assert_eq!(close(), Err(CatalogErrorKind::NotAllowed));
    assert!(
        server.seen().iter().all(|seen| seen.body == json!({"PlanId": "plan-1"})),
        "never `IgnoreErrors`"
    );
}

fn described(status: &str, message: Value, changes: Value, next: Value) -> Reply {
    let details = json!({"PlanId": "plan-1", "Status": status, "StatusMessage": message});
    Reply::Json(
        json!({"ProvisionedProductPlanDetails": details, "ResourceChanges": changes, "NextPageToken": next}),
    )
}

#[test]
fn how_far_a_plan_is() {
    let ready = PreviewProgress::Ready(Vec::new());
    let failed = |said: &str| PreviewProgress::Failed(said.to_owned());
    let rows = [
        ("CREATE_IN_PROGRESS", None, PreviewProgress::Running),
        ("CREATE_SUCCESS", None, ready.clone()),
        ("CREATE_FAILED", Some("No updates are to be performed."), ready.clone()),
        (
            "CREATE_FAILED",
            Some(
                "The submitted information didn't contain changes. Submit different information to create a change set.",
            ),
            ready,
        ),
        (
            "CREATE_FAILED",
            Some("Parameters: [X] do not exist in the template"),
            failed("Parameters: [X] do not exist in the template"),
        ),
        ("EXECUTE_IN_PROGRESS", None, failed("its status is `EXECUTE_IN_PROGRESS`")),
        ("ODD", None, failed("its status is `ODD`")),
    ];
    for (status, message, expected) in rows {
        let server = Server::start(move |_| described(status, json!(message), json!([]), Value::Null));
        assert_eq!(only(catalog(&server).previews(&[plan()])).unwrap(), expected, "{status}");
    }
    let gone = Server::start(|_| Reply::Fault(400, "ResourceNotFoundException", "no plan".to_owned()));
    assert_eq!(only(catalog(&gone).previews(&[plan()])).unwrap_err().kind, CatalogErrorKind::NotFound);
}

#[test]
fn resource_changes_come_page_by_page() {
    let target = json!({"Attribute": "PROPERTIES", "Name": "Engine", "RequiresRecreation": "ALWAYS"});
    let replaced = json!({"Action": "MODIFY", "LogicalResourceId": "Db", "PhysicalResourceId": "db-1",
        "ResourceType": "AWS::RDS::DBInstance", "Replacement": "TRUE", "Scope": ["PROPERTIES", "TAGS"],
        "Details": [{"Target": target, "Evaluation": "STATIC", "CausingEntity": "Engine"}, {}]});
    let other = |action: Value, replacement: Value| json!({"Action": action, "LogicalResourceId": "X", "ResourceType": "T::T::T", "Replacement": replacement});
    let others = json!([
        other(json!("ADD"), Value::Null),
        other(json!("REMOVE"), Value::Null),
        other(json!("MODIFY"), json!("FALSE")),
        other(json!("MODIFY"), json!("CONDITIONAL")),
        other(json!("MODIFY"), json!("SOMEHOW")),
        other(json!("IMPORT"), Value::Null),
        json!({}),
    ]);
    let server = Server::start(move |seen| match seen.body["PageToken"].as_str() {
        None => described("CREATE_SUCCESS", Value::Null, json!([replaced]), json!("2")),
        Some(_) => described("CREATE_SUCCESS", Value::Null, others.clone(), Value::Null),
    });
    let PreviewProgress::Ready(changes) = only(catalog(&server).previews(&[plan()])).unwrap() else {
        panic!()
    };
    let detail = ResourceDetail {
        attribute: "PROPERTIES".to_owned(),
        name: Some("Engine".to_owned()),
        recreation: Recreation::Always,
        is_sure: true,
        cause: Some("Engine".to_owned()),
    };
    let nothing = ResourceDetail {
        attribute: String::new(),
        name: None,
        recreation: Recreation::Never,
        is_sure: false,
        cause: None,
    };
    let wanted = ResourceChange {
        action: ResourceAction::Replace,
        name: "Db".to_owned(),
        physical_id: Some("db-1".to_owned()),
        kind: "AWS::RDS::DBInstance".to_owned(),
        scope: vec!["PROPERTIES".to_owned(), "TAGS".to_owned()],
        details: vec![detail, nothing],
    };
    assert_eq!(changes[0], wanted);
    use ResourceAction::{Add, MayReplace, Modify, Remove};
    let actions: Vec<ResourceAction> = changes[1..].iter().map(|change| change.action).collect();
    // what nobody told us of may be anything
    assert_eq!(actions, [Add, Remove, Modify, MayReplace, MayReplace, MayReplace, MayReplace]);
}

/// A service that sends without end, or without measure.
#[test]
fn what_is_told_of_resources_is_bounded() {
    let long = "x".repeat(5_000);
    let one = json!({"Action": "ADD", "LogicalResourceId": long, "ResourceType": "T", "Details": vec![json!({}); 1_000]});
    let server = Server::start(move |seen| {
        let page = vec![one.clone(); 20];
        described("CREATE_SUCCESS", Value::Null, json!(page), json!(format!("{}", seen.before)))
    });
    let PreviewProgress::Ready(changes) = only(catalog(&server).previews(&[plan()])).unwrap() else {
        panic!()
    };
    assert_eq!(changes.len(), 5_000);
    assert!(changes.iter().all(|change| change.name.chars().count() == 1_025 && change.details.len() == 200));
}

#[test]
fn all_plans_of_a_location_or_of_one_product() {
    let server = Server::start(|seen| {
        let summary = |n: usize| json!({"PlanName": format!("p{n}"), "PlanId": format!("plan-{n}"), "ProvisionProductId": "pp-1"});
        match seen.body["PageToken"].as_str() {
            None => Reply::Json(json!({"ProvisionedProductPlans": [summary(1)], "NextPageToken": "2"})),
            Some(_) => Reply::Json(json!({"ProvisionedProductPlans": [summary(2), {"PlanName": "no id"}]})),
        }
    });
    let catalog = catalog(&server);
    let all = only(catalog.plans_at(&[here()])).unwrap();
    let plan = |n: usize| PendingPlan {
        id: format!("plan-{n}"),
        name: format!("p{n}"),
        provisioned: Some("pp-1".into()),
    };
    assert_eq!(all, [plan(1), plan(2)]);
    assert_eq!(
        only(catalog.plans(&[PlansOf { location: here(), provisioned: "pp-1".into() }])).unwrap(),
        all
    );
    let asked: Vec<Value> =
        server.seen().iter().map(|seen| seen.body["ProvisionProductId"].clone()).collect();
    assert_eq!(asked, [Value::Null, Value::Null, json!("pp-1"), json!("pp-1")]);
    assert!(server.seen().iter().all(|seen| seen.body["AccessLevelFilter"]["Key"] == "Account"));
}

//! The search for provisioned products and the history of one: pages, order, duplicates, counts, page tokens.

use provisor::catalog::{CatalogErrorKind, CatalogRead, HistoryRef, Status};
use provisor::model::ids::RecordId;
use serde_json::{Value, json};

use super::server::{DATE_MS, Reply, Seen, Server};
use super::setup::{catalog, detail, here, only};

fn product(n: usize) -> Value {
    json!({
        "Name": format!("net-{n}"), "Arn": format!("arn:{n}"), "Type": "CFN_STACK", "Id": format!("pp-{n}"),
        "Status": "AVAILABLE", "CreatedTime": 1_577_222_793.0, "IdempotencyToken": "tok", "LastRecordId": "rec-2",
        "LastProvisioningRecordId": "rec-2", "LastSuccessfulProvisioningRecordId": "rec-1", "PhysicalId": "stack",
        "Tags": [{"Key": "env", "Value": "dev"}, {"Key": "aws:servicecatalog:productArn", "Value": "arn"}],
        "ProductId": "prod-1", "ProvisioningArtifactId": "pa-1", "UserArn": "arn:user"
    })
}

/// The page that a request asks for: its token is the page's number.
fn page_of(seen: &Seen) -> usize {
    seen.body.get("PageToken").map_or(0, |token| token.as_str().unwrap().parse().unwrap())
}

fn page(products: impl Iterator<Item = usize>, total: usize, next: Option<usize>) -> Reply {
    Reply::Json(json!({
        "ProvisionedProducts": products.map(product).collect::<Vec<_>>(), "TotalResultsCount": total,
        "NextPageToken": next.map(|next| next.to_string())
    }))
}

#[test]
fn all_pages_are_read_in_one_order_at_account_level() {
    let server = Server::start(|seen| {
        let n = page_of(seen);
        page(n * 100..(n * 100 + 100).min(250), 250, (n < 2).then_some(n + 1))
    });
    let found = only(catalog(&server).search(&[here()])).unwrap();
    assert_eq!(found.len(), 250);
    assert_eq!(found[249].name, "net-249");
    let one = &found[0];
    assert_eq!((one.id.as_str(), &one.status, one.asked.0), ("pp-0", &Status::Available, DATE_MS));
    assert_eq!(one.user_arn.as_deref(), Some("arn:user"));
    assert_eq!(one.last_successful_record.as_ref().unwrap().as_str(), "rec-1");
    assert_eq!(server.count("SearchProvisionedProducts"), 3);
    let body = &server.seen()[1].body;
    assert_eq!(body["AccessLevelFilter"], json!({"Key": "Account", "Value": "self"}));
    assert_eq!(
        (&body["PageSize"], &body["SortBy"], &body["SortOrder"]),
        (&json!(100), &json!("createdTime"), &json!("ASCENDING"))
    );
}

#[test]
fn what_comes_twice_is_counted_once() {
    let server = Server::start(|seen| match page_of(seen) {
        0 => page(0..100, 150, Some(1)),
        _ => page(50..150, 150, None),
    });
    let found = only(catalog(&server).search(&[here()])).unwrap();
    assert_eq!(found.len(), 150);
    assert_eq!(server.count("SearchProvisionedProducts"), 2);
}

#[test]
fn a_count_that_does_not_come_true_is_checked_once_more() {
    let server = Server::start(|seen| page(0..(if seen.before == 0 { 9 } else { 10 }), 10, None));
    assert_eq!(only(catalog(&server).search(&[here()])).unwrap().len(), 10);
    let server = Server::start(|_| page(0..9, 10, None));
    let error = only(catalog(&server).search(&[here()])).unwrap_err();
    assert_eq!(error.kind, CatalogErrorKind::Ambiguous);
    assert!(error.message.contains('9') && error.message.contains("10"), "{error}");
    assert_eq!(server.count("SearchProvisionedProducts"), 2);
}

/// Tokens are offsets: when one of the first page goes, the second page leaves one out, and the count fits all the same.
#[test]
fn a_count_that_moves_between_two_pages_is_read_once_more() {
    let server = Server::start(|seen| match (page_of(seen), seen.before) {
        (0, 0) => page(0..100, 201, Some(1)),
        (0, _) => page(1..101, 200, Some(1)),
        _ => page(101..201, 200, None),
    });
    let found = only(catalog(&server).search(&[here()])).unwrap();
    assert_eq!(found.len(), 200);
    assert!(found.iter().any(|one| one.name == "net-100"), "what the first pass left out");
    assert!(found.iter().all(|one| one.name != "net-0"), "what is gone");
    assert_eq!(server.count("SearchProvisionedProducts"), 4);
}

#[test]
fn a_count_that_always_moves_is_read_twice_and_no_more() {
    let server = Server::start(|seen| match page_of(seen) {
        0 => page(0..100, 200, Some(1)),
        _ => page(100..199, 199, None),
    });
    assert_eq!(only(catalog(&server).search(&[here()])).unwrap().len(), 199);
    assert_eq!(server.count("SearchProvisionedProducts"), 4);
}

#[test]
fn a_sort_that_is_refused_falls_back_to_the_id() {
    for code in ["InvalidParametersException", "ValidationException"] {
        let server = Server::start(move |seen| match (&seen.body["SortBy"], page_of(seen)) {
            (Value::String(sort), 0) if sort == "id" => page(0..100, 150, Some(1)),
            (Value::String(sort), _) if sort == "id" => page(100..150, 150, None),
            _ => Reply::Fault(400, code, "1 validation error detected: SortBy".to_owned()),
        });
        assert_eq!(only(catalog(&server).search(&[here()])).unwrap().len(), 150, "{code}");
        assert_eq!(server.count("SearchProvisionedProducts"), 3, "{code}");
    }
    // whoever refuses anything else is not asked in another order
    for (code, calls) in [("AccessDeniedException", 1), ("InvalidParametersException", 2)] {
        // undated: else the SDK takes a denial for one of another time, and tries again
        let server = Server::dated(None, move |_| Reply::Fault(400, code, "no".to_owned()));
        assert_eq!(only(catalog(&server).search(&[here()])).unwrap_err().code, code);
        assert_eq!(server.count("SearchProvisionedProducts"), calls, "{code}");
    }
}

#[test]
fn a_page_token_that_comes_again_is_refused() {
    let server = Server::start(|seen| page(0..1, 1, Some((page_of(seen) + 1) % 3)));
    let error = only(catalog(&server).search(&[here()])).unwrap_err();
    assert!(error.message.contains("page token"), "{error}");
    assert!(server.count("SearchProvisionedProducts") <= 4);
}

#[test]
fn an_empty_page_token_is_the_end_and_an_empty_page_is_not() {
    let server = Server::start(|seen| match page_of(seen) {
        0 => page(0..0, 1, Some(1)),
        _ => Reply::Json(
            json!({"ProvisionedProducts": [product(1)], "TotalResultsCount": 1, "NextPageToken": ""}),
        ),
    });
    assert_eq!(only(catalog(&server).search(&[here()])).unwrap().len(), 1);
}

#[test]
fn an_unknown_status_keeps_its_name_and_a_missing_id_is_named() {
    let server = Server::start(|_| {
        let mut odd = product(1);
        odd["Status"] = json!("FROZEN");
        Reply::Json(json!({"ProvisionedProducts": [odd], "TotalResultsCount": 1}))
    });
    let found = only(catalog(&server).search(&[here()])).unwrap();
    assert_eq!(found[0].status, Status::Unknown("FROZEN".to_owned()));
    let server = Server::start(|_| Reply::Json(json!({"ProvisionedProducts": [{"Name": "net"}]})));
    let error = only(catalog(&server).search(&[here()])).unwrap_err();
    assert!(error.message.contains("`Id`"), "{error}");
}

#[test]
fn ten_thousand_products_are_a_hundred_calls() {
    let server = Server::start(|seen| {
        let n = page_of(seen);
        page(n * 100..n * 100 + 100, 10_000, (n < 99).then_some(n + 1))
    });
    assert_eq!(only(catalog(&server).search(&[here()])).unwrap().len(), 10_000);
    assert_eq!(server.count("SearchProvisionedProducts"), 100);
}

fn history(since: Option<&str>) -> (Vec<String>, Server) {
    let server = Server::start(|seen| {
        let n = page_of(seen);
        let records: Vec<_> = (n * 2..n * 2 + 2).map(|i| detail(&format!("rec-{i}"), "SUCCEEDED")).collect();
        Reply::Json(json!({"RecordDetails": records, "NextPageToken": (n < 2).then(|| (n + 1).to_string())}))
    });
    let item = HistoryRef { location: here(), provisioned: "pp-1".into(), since: since.map(RecordId::from) };
    let records = only(catalog(&server).history(&[item])).unwrap();
    (records.iter().map(|record| record.id.to_string()).collect(), server)
}

#[test]
fn history_is_read_down_to_the_known_record_and_no_further() {
    let (all, server) = history(None);
    assert_eq!(all, ["rec-0", "rec-1", "rec-2", "rec-3", "rec-4", "rec-5"]);
    let body = &server.seen()[0].body;
    assert_eq!(body["SearchFilter"], json!({"Key": "provisionedproduct", "Value": "pp-1"}));
    assert_eq!(body["AccessLevelFilter"], json!({"Key": "Account", "Value": "self"}));
    let (newer, server) = history(Some("rec-3"));
    assert_eq!(newer, ["rec-0", "rec-1", "rec-2"]);
    assert_eq!(server.count("ListRecordHistory"), 2);
    assert!(history(Some("rec-0")).0.is_empty());
}

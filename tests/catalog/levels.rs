//! Access levels: what is asked for, and what a denial means at each of them.

use provisor::catalog::aws::{AwsCatalog, LocationConfig};
use provisor::catalog::{CatalogErrorKind, CatalogRead, FindBy, HistoryRef, PlansOf};
use provisor::model::access::AccessLevel;
use provisor::model::product::Selector;
use serde_json::{Value, json};

use super::server::{Reply, Seen, Server};
use super::setup::{adapter, here, only, record_ref, sandbox};

const ALL: [(AccessLevel, &str, &str); 3] = [
    (AccessLevel::Account, "Account", "accountLevel"),
    (AccessLevel::Role, "Role", "roleLevel"),
    (AccessLevel::User, "User", "userLevel"),
];

fn at(level: AccessLevel, server: &Server) -> AwsCatalog {
    adapter(LocationConfig { access_level: level, ..sandbox(&server.url) })
}

fn denied(seen: &Seen) -> Reply {
    let text = format!(
        "User: arn:aws:iam::1:user/me is not authorized to perform: servicecatalog:{}",
        seen.operation
    );
    Reply::Fault(400, "AccessDeniedException", text)
}

fn product(id: &str) -> Value {
    json!({"Id": id, "Name": id, "Type": "CFN_STACK", "Status": "AVAILABLE"})
}

#[test]
fn every_list_asks_at_the_locations_level() {
    for (level, key, _) in ALL {
        let server = Server::start(|_| {
            Reply::Json(json!({"ProvisionedProducts": [product("pp-1")], "TotalResultsCount": 1}))
        });
        let catalog = at(level, &server);
        assert_eq!(catalog.access_level(&here()), level);
        only(catalog.search(&[here()])).unwrap();
        let of = HistoryRef { location: here(), provisioned: "pp-1".into(), since: None };
        only(catalog.history(&[of])).unwrap();
        only(catalog.plans(&[PlansOf { location: here(), provisioned: "pp-1".into() }])).unwrap();
        let seen = server.seen();
        assert_eq!(seen.len(), 3);
        for seen in seen {
            assert_eq!(
                seen.body["AccessLevelFilter"],
                json!({"Key": key, "Value": "self"}),
                "{}",
                seen.operation
            );
        }
    }
}

#[test]
fn a_list_that_is_denied_names_the_permission_and_what_may_be_written() {
    for (level, key, condition) in ALL {
        let server = Server::start(denied);
        let catalog = at(level, &server);
        let of = HistoryRef { location: here(), provisioned: "pp-1".into(), since: None };
        let answers = [
            ("SearchProvisionedProducts", only(catalog.search(&[here()])).unwrap_err()),
            ("ListRecordHistory", only(catalog.history(&[of])).unwrap_err()),
        ];
        for (action, error) in answers {
            assert_eq!(error.kind, CatalogErrorKind::NotAllowed);
            let hint = error.hint.expect("a hint");
            let needed =
                format!("`servicecatalog:{action}` with the condition `servicecatalog:{condition}: self`");
            assert!(hint.contains(&needed), "{hint}");
            assert_eq!(hint.contains("access_level: user"), level != AccessLevel::User, "{hint}");
            assert_eq!(hint.contains("access_level: role"), level == AccessLevel::Account, "{hint}");
        }
        let asked = server.seen().into_iter().map(|seen| seen.body["AccessLevelFilter"]["Key"].clone());
        assert!(asked.into_iter().all(|asked| asked == key), "another level is never tried");
    }
}

#[test]
fn what_may_not_be_described_is_not_found_below_the_account() {
    for (level, ..) in ALL {
        let server = Server::start(denied);
        let catalog = at(level, &server);
        let by = [Selector::Id("pp-1".to_owned()), Selector::Name("one".to_owned())];
        for answer in catalog.find(&by.map(|by| FindBy { location: here(), by })) {
            match (level, answer) {
                (AccessLevel::Account, Err(error)) => assert_eq!(error.kind, CatalogErrorKind::NotAllowed),
                (AccessLevel::Role | AccessLevel::User, Ok(found)) => assert_eq!(found.existing, None),
                (_, answer) => panic!("{level}: {answer:?}"),
            }
        }
        let kind = only(catalog.records(&[record_ref("rec-1")])).unwrap_err().kind;
        let expected =
            if level.sees_all() { CatalogErrorKind::NotAllowed } else { CatalogErrorKind::NotFound };
        assert_eq!(kind, expected, "{level}");
    }
}

/// A service may show nothing where it ought to deny: what the caller made itself gives it away.
#[test]
fn an_empty_account_is_believed_unless_the_callers_own_products_are_missing_in_it() {
    let list = |ids: &[&str]| {
        let all: Vec<Value> = ids.iter().map(|id| product(id)).collect();
        Reply::Json(json!({"ProvisionedProducts": all, "TotalResultsCount": ids.len()}))
    };
    let is_of_user = |seen: &Seen| seen.body["AccessLevelFilter"]["Key"] == "User";
    let blind = Server::start(move |seen| list(if is_of_user(seen) { &["pp-1"] } else { &[] }));
    let error = only(at(AccessLevel::Account, &blind).search(&[here()])).unwrap_err();
    assert_eq!(error.kind, CatalogErrorKind::NotAllowed);
    assert!(error.hint.expect("a hint").contains("servicecatalog:accountLevel"));
    // made just now, between two looks
    let new = Server::start(move |seen| list(if seen.before == 0 { &[] } else { &["pp-1"] }));
    only(at(AccessLevel::Account, &new).search(&[here()])).unwrap();
    for level in [AccessLevel::Account, AccessLevel::Role, AccessLevel::User] {
        let empty = Server::start(move |_| list(&[]));
        assert!(only(at(level, &empty).search(&[here()])).unwrap().is_empty());
        assert_eq!(empty.count("SearchProvisionedProducts"), if level.sees_all() { 2 } else { 1 });
        let full = Server::start(move |_| list(&["pp-1"]));
        assert_eq!(only(at(level, &full).search(&[here()])).unwrap().len(), 1);
        assert_eq!(full.count("SearchProvisionedProducts"), 1);
    }
}

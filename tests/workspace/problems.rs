//! What a problem says to do next.

use provisor::catalog::{CatalogError, CatalogErrorKind};
use provisor::observe::ObserveError;
use provisor::workspace::{Complaint, Complaints, Problem, ProblemKind};

#[test]
fn only_a_denial_is_about_credentials() {
    use CatalogErrorKind::{Ambiguous, Conflict, Denied, Later, NotAllowed, NotFound, NotSent, Refused};
    let exclude = Some("`--exclude '*@dev'` plans without this location");
    let rows = [
        (NotSent, exclude),
        (Ambiguous, exclude),
        (Later, exclude),
        (Denied, Some("check the credentials and permissions of this location")),
        (NotAllowed, Some("check the credentials and permissions of this location")),
        (
            Refused,
            Some(
                "check how the settings reach this location: its region, `endpoint_url`, `profile` and `role_arn`",
            ),
        ),
        (Conflict, None),
        (NotFound, None),
    ];
    for (kind, hint) in rows {
        let error = CatalogError { kind, code: String::new(), message: "no".to_owned(), hint: None };
        let problem = Problem::from(vec![ObserveError::Catalog { location: "dev".into(), error }]);
        let said = Complaint {
            message: "location `dev`: no".to_owned(),
            causes: Vec::new(),
            notes: Vec::new(),
            hint: hint.map(str::to_owned),
        };
        assert_eq!(problem, Problem::of(ProblemKind::Catalog, said), "{kind:?}");
    }
}

#[test]
fn causes_are_said_once() {
    #[derive(Debug, thiserror::Error)]
    #[error("cannot go on")]
    struct Outer(#[source] Middle);
    #[derive(Debug, thiserror::Error)]
    #[error("a write failed: {0}")]
    struct Middle(#[source] std::io::Error);
    let error = Outer(Middle(std::io::Error::other("disk full")));
    assert_eq!(Complaint::of(&error).causes, ["a write failed: disk full"]);
}

#[test]
fn a_hint_belongs_to_the_last_complaint() {
    let Complaints::Sentences(complaints) = Problem::input("no").hint("go on").complaints else {
        panic!("a sentence");
    };
    assert_eq!(complaints[0].hint.as_deref(), Some("go on"));
}

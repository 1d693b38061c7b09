//! The AWS Query protocol (form in, XML out): the little of STS and CloudFormation that a catalog's clients use.

mod cloudformation;
mod resource_status;
mod stack_sets;
mod stacks;
mod valid;
mod xml;

use crate::catalog::{Catalog, CatalogView};
use crate::clock::Millis;
use crate::ids;
use crate::operations::Caller;
use crate::wire::Fault;
use crate::world::World;

use xml::element;

/// A call over the Query protocol.
pub(crate) struct Query<'a> {
    pub service: &'a str,
    pub action: &'a str,
    pub form: &'a [(String, String)],
    pub caller: &'a Caller,
    pub request_id: &'a str,
    pub now: Millis,
}

impl Query<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The items of a list, whose members are numbered.
    fn list(&self, prefix: &str) -> impl Iterator<Item = &str> {
        self.form.iter().filter(move |(key, _)| key.starts_with(prefix)).map(|(_, value)| value.as_str())
    }
}

/// The fields of a request's body, `application/x-www-form-urlencoded`; bytes that are no UTF-8 are replaced.
pub(crate) fn form(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// HTTP status, error code if any, and XML.
pub(crate) struct QueryAnswer {
    pub status: u16,
    pub code: Option<String>,
    pub xml: String,
}

/// Answers a call; `world` is the caller's, if it has one yet.
pub(crate) fn answer(query: &Query<'_>, catalog: &Catalog, world: Option<&World>) -> QueryAnswer {
    let Caller { account_id, region, .. } = query.caller;
    match (query.service, query.action) {
        ("sts", "GetCallerIdentity") => identity(query),
        ("cloudformation", _) => {
            let catalog = CatalogView { whole: catalog, account_id, region };
            let view = world.map(|world| stacks::View { catalog, world, now: query.now });
            cloudformation::answer(query, view)
        }
        _ => error(query, "InvalidAction", &format!("The action {} is not simulated here", query.action)),
    }
}

/// Everything that is answered.
pub(crate) const ACTIONS: [&str; 11] = [
    "GetCallerIdentity",
    "DescribeStacks",
    "ListStacks",
    "ListExports",
    "GetTemplate",
    "GetTemplateSummary",
    "DescribeStackSet",
    "ListStackInstances",
    "DescribeStackResources",
    "DescribeStackResource",
    "ListStackResources",
];

fn identity(query: &Query<'_>) -> QueryAnswer {
    let user_id = ids::derive("AIDA", &[&query.caller.user_arn]).to_uppercase();
    let result = [
        element("Arn", &query.caller.user_arn),
        element("UserId", &user_id),
        element("Account", &query.caller.account_id),
    ];
    success(query, "https://sts.amazonaws.com/doc/2011-06-15/", &result.concat())
}

fn success(query: &Query<'_>, namespace: &str, result: &str) -> QueryAnswer {
    let action = query.action;
    let id = element("RequestId", query.request_id);
    let xml = format!(
        "<{action}Response xmlns=\"{namespace}\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata>{id}</ResponseMetadata></{action}Response>"
    );
    QueryAnswer { status: 200, code: None, xml }
}

/// An error in the Query protocol's shape.
fn error(query: &Query<'_>, code: &str, message: &str) -> QueryAnswer {
    refusal(&Fault::new(400, code, message), query.request_id)
}

/// A refusal that was meant for the catalog's protocol, in this one's words and shape.
pub(crate) fn refusal(fault: &Fault, request_id: &str) -> QueryAnswer {
    let (status, code) = match fault.code.as_str() {
        "UnrecognizedClientException" => (403, "InvalidClientTokenId"),
        "AccessDeniedException" => (403, "AccessDenied"),
        "ExpiredTokenException" => (403, "ExpiredToken"),
        "InvalidSignatureException" => (403, "SignatureDoesNotMatch"),
        "ResourceNotFoundException" => (400, "ValidationError"),
        // one of the few whose code has the whole name
        code @ "StackSetNotFoundException" => (404, code),
        code => (fault.status, code.strip_suffix("Exception").unwrap_or(code)),
    };
    let kind = if status < 500 { "Sender" } else { "Receiver" };
    let inner = [element("Type", kind), element("Code", code), element("Message", &fault.message)].concat();
    let id = element("RequestId", request_id);
    let xml = format!("<ErrorResponse><Error>{inner}</Error>{id}</ErrorResponse>");
    QueryAnswer { status, code: Some(code.to_owned()), xml }
}

//! The AWS Query protocol (form in, XML out): the little of STS and CloudFormation that a catalog's clients use.

mod cloudformation;
mod form;
mod xml;

use crate::sandbox::catalogue::Catalogue;
use crate::sandbox::clock::Millis;
use crate::sandbox::ids;
use crate::sandbox::operations::Caller;
use crate::sandbox::world::World;

pub(crate) use form::parse as form;
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
}

/// HTTP status, error code if any, and XML.
pub(crate) struct QueryAnswer {
    pub status: u16,
    pub code: Option<String>,
    pub xml: String,
}

/// Answers a call; `world` is the caller's, if it has one yet.
pub(crate) fn answer(query: &Query<'_>, catalogue: &Catalogue, world: Option<&World>) -> QueryAnswer {
    match (query.service, query.action) {
        ("sts", "GetCallerIdentity") => identity(query),
        ("cloudformation", "DescribeStacks") => cloudformation::describe_stacks(query, catalogue, world),
        ("cloudformation", "GetTemplateSummary") => cloudformation::template_summary(query, catalogue, world),
        _ => {
            error(query, 400, "InvalidAction", &format!("The action {} is not simulated here", query.action))
        }
    }
}

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
pub(crate) fn error(query: &Query<'_>, status: u16, code: &str, message: &str) -> QueryAnswer {
    let kind = if status < 500 { "Sender" } else { "Receiver" };
    let inner = [element("Type", kind), element("Code", code), element("Message", message)].concat();
    let id = element("RequestId", query.request_id);
    let xml = format!("<ErrorResponse><Error>{inner}</Error>{id}</ErrorResponse>");
    QueryAnswer { status, code: Some(code.to_owned()), xml }
}

//! The CloudFormation engine, from outside: parameters, functions, attributes, errors, and real templates. No HTTP
//! and no catalog here.

mod attributes;
mod catalogs;
mod changes;
mod exports;
mod extensions;
mod form;
mod functions;
mod identities;
mod limits;
mod parameters;
mod rules;
mod serverless;
pub mod values;

use std::collections::BTreeMap;

use provisor_sandbox::template::{Place, Stack, Template};

const STACK: &str = "SC-111122223333-pp-abc";
const STACK_ID: &str =
    "arn:aws:cloudformation:eu-west-1:111122223333:stack/SC-111122223333-pp-abc/00000000-1111";

fn place() -> Place<'static> {
    in_region("eu-west-1")
}

fn in_region(region: &'static str) -> Place<'static> {
    Place {
        account_id: "111122223333",
        region,
        stack_name: STACK,
        stack_id: STACK_ID,
        notification_arns: &[],
    }
}

/// `A=1 B=x,y` as a map; `_` is a space inside a value.
fn map(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.replace('_', " "))).collect()
}

fn parse(text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The error is CloudFormation's text, without the place that one found at load has.
fn create(text: &str, parameters: &str) -> Result<Stack, String> {
    let plain = |error: String| error.split(" (line ").next().unwrap_or_default().to_owned();
    let template = Template::parse(text).map_err(|error| plain(error.to_string()))?;
    template.create(&template.effective(&map(parameters))?, &place())
}

/// The stack's outputs as `Key=value` lines.
fn outputs(text: &str, parameters: &str) -> Vec<String> {
    let stack = create(text, parameters).unwrap_or_else(|error| panic!("{error}\n{text}"));
    stack.outputs.iter().map(|output| format!("{}={}", output.key, output.value)).collect()
}

/// A template with parameters `P` (default `p`), `N` (a list `a, b,c`), a bucket `B`, a VPC `V`, whatever `head`
/// adds, and one output `O` of `value`.
fn one(head: &str, value: &str) -> String {
    format!(
        "Parameters:\n  P: {{Type: String, Default: p}}\n  N: {{Type: CommaDelimitedList, Default: 'a, b,c'}}\n\
         {head}\nResources:\n  B: {{Type: 'AWS::S3::Bucket'}}\n  V: {{Type: 'AWS::EC2::VPC'}}\n\
         Outputs:\n  O:\n    Value: {value}\n"
    )
}

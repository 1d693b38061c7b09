//! The declare stage: tables of text in, products or findings out.

mod burden;
mod errors;
mod hints;
mod layers;
mod robust;
mod settings;
mod slips;
mod together;
mod values;
mod yaml;

use provisor::declare::{self, Desired, DesiredProduct, Inputs, Settings, SettingsDraft, locate};
use provisor::model::diagnostic::{Diagnostic, Diagnostics, Place, Source};
use provisor::model::ids::{AccountId, Address, Region};
use provisor::model::secret::Secret;

/// Three accounts: one region, two regions, a sandbox.
const SETTINGS: &str = r#"
project: platform
locations:
  hub: {account_id: "111122223333", regions: [eu-west-1]}
  pay-dev:
    account_id: "410000000001"
    regions:
      eu-west-1: {cidr: 10.20.0.0/16}
      us-east-1: {cidr: 10.21.0.0/16}
    variables: {env: dev}
  demo: {sandbox: sandbox.yaml}
variables:
  env: {type: string, default: prod, allowed: [dev, prod]}
  cidr: {type: string}
  team: {default: core}
  quoted: {default: 'say "hi"'}
  secret: {sensitive: true}
  unset: {}
"#;

fn source(path: &str, text: &str) -> Source {
    Source { path: path.into(), text: text.into() }
}

fn inputs() -> Inputs {
    let sandbox = (AccountId::new("999988887777"), Region::new("eu-central-1"));
    Inputs {
        sandboxes: [("sandbox.yaml".to_owned(), sandbox)].into(),
        secrets: [("secret".to_owned(), Secret::new("hunter2"))].into(),
        ..Inputs::default()
    }
}

/// Settings, with the locations from a file of their own if there is one.
fn settings(file: &Source, locations: Option<&Source>, inputs: &Inputs) -> Result<Settings, Diagnostics> {
    let draft = SettingsDraft::read(file)?;
    match locations {
        Some(locations) => draft.with_locations(locations)?.settings(inputs),
        None => draft.settings(inputs),
    }
}

fn platform() -> Settings {
    settings(&source("provisor.yaml", SETTINGS), None, &inputs()).unwrap_or_else(|problems| {
        panic!("{}", shown(&problems, &[source("provisor.yaml", SETTINGS)]).join("\n"))
    })
}

/// `line:column code message`, with `(file)` where there is more than one.
fn shown(problems: &Diagnostics, sources: &[Source]) -> Vec<String> {
    problems.0.iter().map(|diagnostic| one(diagnostic, sources)).collect()
}

fn one(diagnostic: &Diagnostic, sources: &[Source]) -> String {
    let at = diagnostic.place.as_ref().map_or_else(|| "-".to_owned(), |place| position(place, sources));
    let related = diagnostic.related.iter().map(|(place, _)| format!(" [{}]", position(place, sources)));
    let related: String = related.collect();
    let hint = diagnostic.hint.as_ref().map(|hint| format!("; {hint}"));
    format!("{at} {}: {}{}{}", diagnostic.code, diagnostic.message, related, hint.unwrap_or_default())
}

fn position(place: &Place, sources: &[Source]) -> String {
    let find = |file: &str| sources.iter().find(|source| &*source.path == file).expect("a known file");
    let (source, start) = match place {
        Place::File(file) => return file.to_string(),
        Place::Bytes { file, start, end } => {
            assert!(start <= end && find(file).text.get(*start..*end).is_some(), "{place:?}");
            (find(file), *start)
        }
        Place::Node { file, path, part } => match locate(find(file), path, *part) {
            Some(bytes) => (find(file), bytes.start),
            None => return format!("{file}?"),
        },
    };
    let before = &source.text[..start];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let name = if sources.len() > 1 { format!("{}:", source.path) } else { String::new() };
    format!("{name}{line}:{column}")
}

/// The findings in one declarations file.
#[track_caller]
fn findings(yaml: &str) -> Vec<String> {
    let sources = [source("products.yaml", yaml)];
    match declare::read(&sources, &platform()) {
        Ok(_) => Vec::new(),
        Err(problems) => shown(&problems, &sources),
    }
}

/// Asserts exactly these findings, in order; each expected one may leave out the hint.
#[track_caller]
fn check(yaml: &str, expected: &[&str]) {
    same(&findings(yaml), expected);
}

#[track_caller]
fn same(found: &[String], expected: &[&str]) {
    let fits = |found: &String, wanted: &&str| {
        found == wanted || found.strip_prefix(*wanted).is_some_and(|rest| rest.starts_with("; "))
    };
    let equal = found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| fits(f, e));
    assert!(equal, "found:\n{}\nexpected:\n{}", found.join("\n"), expected.join("\n"));
}

/// The products of one declarations file that is right.
#[track_caller]
fn desired(yaml: &str) -> Desired {
    let sources = [source("products.yaml", yaml)];
    match declare::read(&sources, &platform()) {
        Ok(reading) => reading.desired,
        Err(problems) => panic!("{}", shown(&problems, &sources).join("\n")),
    }
}

/// A location by its short name: all but `pay-dev` have one region.
fn whole(location: &str) -> String {
    if location.contains('/') { location.to_owned() } else { format!("{location}/eu-west-1") }
}

/// One of them.
#[track_caller]
fn product(yaml: &str, key: &str, location: &str) -> DesiredProduct {
    let mut desired = desired(yaml);
    let keys: Vec<String> = desired.products.keys().map(ToString::to_string).collect();
    desired.products.remove(&Address::new(key, whole(location))).unwrap_or_else(|| panic!("only {keys:?}"))
}

/// A declaration with this body, indented by four spaces here.
fn declaration(body: &str) -> String {
    format!(
        "provisioned_products:\n  app:\n    product_name: service\n    provisioning_artifact_name: v1\n    location: hub\n{body}"
    )
}

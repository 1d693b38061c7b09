//! `provisor explain`: what a diagnostic's code means.

use super::args::ExplainArgs;
use super::edge::Edge;
use super::exit::Exit;
use super::schemas;
use crate::model::schema::FileSchema;
use crate::report::view::{CODE_GROUPS, CodeView};
use crate::report::{human, json};
use crate::workspace::{Problem, ProblemKind};

pub fn run(args: &ExplainArgs, edge: &Edge) -> Result<Exit, Problem> {
    let Some(code) = &args.code else {
        let all: Vec<&CodeView> = CODE_GROUPS.iter().flat_map(|group| group.codes).collect();
        return edge.out(&match args.json {
            true => json::explained(&all),
            false => human::explained(&CODE_GROUPS, edge.out_style),
        });
    };
    let one = CodeView::named(code).map_err(|near| {
        let hint = key(code).or(near).unwrap_or_else(|| "`provisor explain` lists all codes".to_owned());
        Problem::new(ProblemKind::Usage, format!("there is no code `{code}`")).hint(hint)
    })?;
    edge.out(&match args.json {
        true => json::explained(&[one]),
        false => human::explain(one, edge.out_style),
    })
}

/// Where it is told what a key of a file is, for who takes it for a code.
fn key(word: &str) -> Option<String> {
    let has = |file: &FileSchema| {
        let schema: serde_json::Value =
            serde_json::from_str(&schemas::of_file(file, &[])).unwrap_or_default();
        names(&schema, word)
    };
    let file = schemas::kinds().into_iter().find(has)?.name;
    Some(format!("`{word}` is a key of {file}: `provisor schema {file}` tells what it means"))
}

/// Whether a schema has a property of that name, however deep.
fn names(schema: &serde_json::Value, word: &str) -> bool {
    match schema {
        serde_json::Value::Object(members) => members
            .iter()
            .any(|(key, value)| key == "properties" && value.get(word).is_some() || names(value, word)),
        serde_json::Value::Array(all) => all.iter().any(|one| names(one, word)),
        _ => false,
    }
}

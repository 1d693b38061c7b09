//! Reads sandbox.yaml, and what the control endpoint takes: one parse into a tree, the check against the table of
//! fields, then the values. Whatever is wrong has its file, line and column.

use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::WorldFile;
use super::check::check;
use super::fields::{Table, WORLD};
use super::problem::{Problem, Problems};
use super::words::nearest;
use crate::files::{NoText, Reader};
use crate::tree::{Data, Dialect, Mark, Node, Unread, yaml};

/// YAML as its own rules have it; tags say nothing.
const DIALECT: Dialect = Dialect { tagged: |_, _, value| value, last_key_wins: false, aliases: true };

/// A world file on disk: its text and where its values stand.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// How it was read, and its templates are.
    pub(crate) reader: Reader,
    tree: Node,
}

impl Source {
    /// The folder that paths in the file are relative to.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// How many values the file holds.
    pub(crate) fn values(&self) -> usize {
        self.tree.extent().0
    }

    /// A problem with the value at a path such as `portfolios[0].name`, or with the nearest value above it.
    pub(crate) fn problem(&self, path: &str, message: impl Into<String>) -> Problem {
        Problem { path: path.to_owned(), ..self.problem_at(self.nearest(path).at, message.into()) }
    }

    /// The same where the key is wrong, and not what it holds.
    pub(crate) fn problem_of_key(&self, path: &str, message: impl Into<String>) -> Problem {
        let node = self.nearest(path);
        let at = if node.key_at.line > 0 { node.key_at } else { node.at };
        Problem { path: path.to_owned(), ..self.problem_at(at, message.into()) }
    }

    /// The key at the top that is meant by one which stands here and is none.
    fn meant(&self, at: Mark) -> String {
        let keys = self.tree.entries().iter();
        let key = keys.filter(|(_, value)| value.key_at == at).map(|(key, _)| key.as_str()).next();
        let near = key.and_then(|key| nearest(key, WORLD.fields.iter().map(|field| field.name)));
        near.or(key).unwrap_or_default().to_owned()
    }

    fn problem_at(&self, at: Mark, message: String) -> Problem {
        placed(&self.path, Some((at.line, at.column)), message)
    }

    fn nearest(&self, path: &str) -> &Node {
        let mut node = &self.tree;
        for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
            let inner = match step.strip_suffix(']') {
                Some(index) => index.parse().ok().and_then(|index: usize| node.list()?.get(index)),
                None => node.get(step),
            };
            match inner {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }
}

/// What is wrong at a place of a file.
fn placed(file: &Path, place: Option<(usize, usize)>, message: String) -> Problem {
    Problem {
        file: file.to_owned(),
        place,
        message,
        path: String::new(),
        of_template: false,
        used: None,
        hint: None,
        others: Vec::new(),
    }
}

/// A world file that was read.
pub(crate) struct Loaded {
    /// Its values; without those that are wrong.
    pub(crate) file: WorldFile,
    /// Its text.
    pub(crate) source: Source,
    /// What is wrong with values.
    pub(crate) wrong: Vec<Problem>,
}

/// No world file is larger, in bytes.
const LARGEST: usize = 64 << 20;

/// Reads the file and checks it against the table of fields; what its values mean together is not checked yet. Where it can be
/// read in spite of what is wrong with it, that is told beside it.
pub(crate) fn load(path: &Path, reader: &Reader) -> Result<Loaded, Problems> {
    let nowhere = |message: String| placed(path, None, message);
    let text = reader.text(path, LARGEST).map_err(|error| match error {
        NoText::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            nowhere("there is no such world file".to_owned())
        }
        NoText::Io(error) => nowhere(format!("cannot read the world file: {error}")),
        NoText::TooLarge => nowhere(format!("the world file is larger than {} MiB", LARGEST >> 20)),
        NoText::Encoding { line, column } => {
            let message = "the world file is not UTF-8: here is a byte that is part of no character";
            placed(path, Some((line, column)), message.to_owned())
        }
    })?;
    let empty = Source { path: path.to_owned(), text, reader: reader.clone(), tree: Node::default() };
    let tree = yaml::read(&empty.text, &DIALECT).map_err(|unread| match unread {
        Unread::Malformed { at, what } => empty.problem_at(at, what),
        Unread::Alias { at } => empty.problem_at(at, "nothing is named by this alias".to_owned()),
    })?;
    if tree.is_null() {
        return Err(nowhere("the world file says nothing; it needs `portfolios:`".to_owned()).into());
    }
    // what is no map is no world: it may be anything, and none of it is told
    let kind = match &tree.data {
        Data::Map(_) | Data::Null => None,
        Data::List(_) => Some("a list"),
        Data::Text(_) => Some("a text"),
    };
    if let Some(kind) = kind {
        return Err(nowhere(format!("a map with `portfolios:` is expected, not {kind}")).into());
    }
    if let Some((at, what)) = other_kind(&tree) {
        let advice = "`sandbox:` names a file that holds `portfolios:`";
        let message = format!("this file holds {what}, and nothing that a sandbox simulates; {advice}");
        return Err(empty.problem_at(at, message).into());
    }
    let source = Source { tree, ..empty };
    let (values, wrong) = check(&source.tree, &WORLD);
    let wrong: Vec<Problem> = wrong
        .into_iter()
        .map(|one| {
            let path = if one.path.is_empty() { source.meant(one.at) } else { one.path };
            Problem { path, ..source.problem_at(one.at, one.message) }
        })
        .collect();
    // what has passed the check decodes; if it ever does not, it is said all the same
    let decoded: Result<WorldFile, _> = serde_yaml::from_value(values);
    let file = match decoded {
        Ok(file) => file,
        Err(error) if wrong.is_empty() => return Err(source.problem("", error.to_string()).into()),
        Err(_) => return Err(Problems(wrong)),
    };
    match file.format {
        1 => Ok(Loaded { file, source, wrong }),
        other => {
            Err(source.problem("format", format!("format {other} is unknown; this version reads 1")).into())
        }
    }
}

/// What a file holds that was named in the place of a world, and the key that tells it.
fn other_kind(tree: &Node) -> Option<(Mark, &'static str)> {
    let key = |name: &str| tree.get(name).map(|value| value.key_at);
    if key("portfolios").is_some() {
        return None;
    }
    let template = key("AWSTemplateFormatVersion").or_else(|| key("Resources"));
    let settings = key("project").filter(|_| key("locations").is_some());
    // of a world, they are a list
    let declared = tree.get("provisioned_products").filter(|all| matches!(all.data, Data::Map(_)));
    let declared = declared.map(|all| (all.key_at, "declarations"));
    let settings = || settings.map(|at| (at, "settings"));
    template.map(|at| (at, "a template")).or(declared).or_else(settings)
}

/// Decodes what somebody sent to the control endpoint.
pub(crate) fn from_json<T: DeserializeOwned>(body: &[u8], table: &Table, example: &str) -> Result<T, String> {
    let json: serde_json::Value = serde_json::from_slice(body)
        .map_err(|error| format!("the body is no JSON ({error}); send, for example, {example}"))?;
    let (values, wrong) = check(&node(&json), table);
    if let Some(wrong) = wrong.into_iter().next() {
        return Err(match wrong.path.as_str() {
            "" => wrong.message,
            path => format!("`{path}`: {}", wrong.message),
        });
    }
    serde_yaml::from_value(values).map_err(|error| error.to_string())
}

fn node(json: &serde_json::Value) -> Node {
    use serde_json::Value;
    let data = match json {
        Value::Null => Data::Null,
        Value::String(text) => Data::Text(text.clone()),
        Value::Bool(_) | Value::Number(_) => Data::Text(json.to_string()),
        Value::Array(items) => Data::List(items.iter().map(node).collect()),
        Value::Object(members) => {
            Data::Map(members.iter().map(|(key, value)| (key.clone(), node(value))).collect())
        }
    };
    Node { plain: json.is_boolean() || json.is_number(), ..Node::new(Mark::default(), data) }
}

#[cfg(test)]
mod tests {
    use super::super::fields::{Kind, Table, TextRule, WORLD};
    use super::{DIALECT, check, yaml};
    use crate::world_file::WorldFile;

    /// A value that passes the check, for each kind; every field of every table that it holds is given.
    fn sample(kind: &Kind) -> String {
        match kind {
            Kind::Text(TextRule::Region) => "eu-west-1".to_owned(),
            Kind::Text(TextRule::RoleArn | TextRule::Arn) => "arn:aws:iam::111122223333:role/r".to_owned(),
            Kind::Text(TextRule::ProductType) => "EXTERNAL".to_owned(),
            Kind::Text(_) => "\"111122223333\"".to_owned(),
            Kind::Number(_) => "0.5".to_owned(),
            Kind::Whole(_) => "1".to_owned(),
            Kind::Flag => "true".to_owned(),
            Kind::Span => "1.5h".to_owned(),
            Kind::Choice(words) => words[0].to_owned(),
            Kind::Outcome => "hang".to_owned(),
            Kind::List(of) => format!("[{}]", sample(of)),
            Kind::Named(of) => format!("{{k: {}}}", sample(of)),
            Kind::Map(table) => full(table),
        }
    }

    fn full(table: &Table) -> String {
        let entries = table.fields.iter().map(|field| format!("{}: {}", field.name, sample(&field.kind)));
        format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn what_passes_the_table_decodes_with_every_field() {
        let text = full(&WORLD);
        let tree = yaml::read(&text, &DIALECT).unwrap();
        let (values, wrong) = check(&tree, &WORLD);
        assert_eq!(wrong, [], "{text}");
        let world: WorldFile =
            serde_yaml::from_value(values).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(world.knobs.search_lag.0, 5_400_000);
        assert_eq!(world.portfolios[0].products[0].service_actions.len(), 1);
    }

    #[test]
    fn a_field_s_default_passes_its_own_rule() {
        fn walk(table: &Table) {
            for field in table.fields {
                if let Some(default) = field.default {
                    let required =
                        table.fields.iter().filter(|other| other.required && other.name != field.name);
                    let others: Vec<String> =
                        required.map(|other| format!("{}: {}", other.name, sample(&other.kind))).collect();
                    let text = format!("{{{}: {default}, {}}}", field.name, others.join(", "));
                    let text = text.replace(": *", ": '*'");
                    let tree = yaml::read(&text, &DIALECT).unwrap();
                    assert_eq!(check(&tree, table).1, [], "{text}");
                }
                assert!(field.doc.ends_with(['.', '`']) && field.doc.contains(' '), "{}", field.name);
                match &field.kind {
                    Kind::Map(inner) | Kind::List(Kind::Map(inner)) => walk(inner),
                    _ => {}
                }
            }
        }
        walk(&WORLD);
    }

    #[test]
    fn anchors_stand_for_what_they_name_and_keys_stand_once() {
        let text =
            "portfolios: [{name: a, tags: &t {x: 1}, products: []}, {name: b, tags: *t, products: []}]";
        let tree = yaml::read(text, &DIALECT).unwrap();
        let world: WorldFile = serde_yaml::from_value(check(&tree, &WORLD).0).unwrap();
        assert_eq!(world.portfolios[1].tags["x"].as_str(), "1");
        let twice = yaml::read("seed: 1\nseed: 2\nportfolios: []", &DIALECT).unwrap();
        let (world, wrong) = check(&twice, &WORLD);
        assert_eq!((world["seed"].as_u64(), wrong.len()), (Some(1), 1));
    }
}

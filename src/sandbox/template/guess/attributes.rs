//! What `Ref` and `Fn::GetAtt` give for a resource: made up, but stable and in the shape the service gives. The
//! shapes are data (`resource_types.txt`); here is how they are filled. Only the properties that [`reads`] names
//! show; those that replace a resource make it another one (`evaluate::identity`).

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde_json::Value;

use super::names::guess;
use super::schemas::{arn_service, schema};
use super::source::Source;
use crate::template::place::Place;
use crate::template::sections::REF;

/// No list that a count asks for is longer.
const MAX_ITEMS: usize = 100;

const UNNAMED: Shape<'static> = Shape { naming: None, lower: false, longest: 255, patterns: BTreeMap::new() };

static SHAPES: LazyLock<HashMap<&'static str, Shape<'static>>> =
    LazyLock::new(|| shapes(include_str!("resource_types.txt")));

/// What is known about a resource type.
#[derive(Debug, Clone, Default)]
struct Shape<'a> {
    naming: Option<&'a str>,
    lower: bool,
    longest: usize,
    patterns: BTreeMap<&'a str, &'a str>,
}

fn shapes(table: &str) -> HashMap<&str, Shape<'_>> {
    let mut shapes: HashMap<&str, Shape<'_>> = HashMap::new();
    let mut kind = "";
    for line in table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if line.starts_with(' ') {
            let (attribute, pattern) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
            shapes.entry(kind).or_default().patterns.insert(attribute, pattern.trim());
        } else {
            let mut words = line.split_whitespace();
            kind = words.next().unwrap_or_default();
            let naming = words.next().filter(|word| *word != "-" && word.parse::<usize>().is_err());
            let longest =
                line.rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap_or(UNNAMED.longest);
            let lower = line.split_whitespace().any(|word| word == "lower");
            shapes.insert(kind, Shape { naming, lower, longest, patterns: BTreeMap::new() });
        }
    }
    shapes
}

fn shape(kind: &str) -> &'static Shape<'static> {
    static NONE: LazyLock<Shape<'static>> = LazyLock::new(|| UNNAMED.clone());
    SHAPES.get(kind).unwrap_or(&NONE)
}

/// The property that names resources of a type, where one does.
pub(crate) fn naming_property(kind: &str) -> Option<&'static str> {
    match SHAPES.get(kind) {
        Some(shape) => shape.naming,
        None => schema(kind).and_then(|schema| schema.naming),
    }
}

/// The attribute that is what `Ref` gives, where no pattern says what that looks like.
fn identifier(kind: &str) -> Option<&'static str> {
    let unknown =
        SHAPES.get(kind).is_none_or(|shape| shape.naming.is_none() && !shape.patterns.contains_key(REF));
    schema(kind).filter(|_| unknown)?.identifier
}

/// The properties that may show in an attribute: the naming one, those its pattern mentions, and, where nothing is
/// known about the attribute, the property of the same name.
pub(crate) fn reads<'a>(kind: &str, attribute: &'a str) -> Vec<&'a str> {
    let shape = shape(kind);
    let mut names: Vec<&'a str> = naming_property(kind).into_iter().collect();
    let own = shape.patterns.get(attribute);
    if own.is_none() {
        names.push(attribute);
    }
    let shown = [own, shape.patterns.get(REF)];
    for pattern in shown.into_iter().flatten() {
        names.extend(
            pattern.split("{property:").skip(1).filter_map(|rest| rest.split(['|', '.', '}']).next()),
        );
        names.extend(many(pattern).into_iter().flat_map(|many| [many.count, many.list]));
        if pattern.contains("{port}") {
            names.extend(["Port", "Engine"]);
        }
        if pattern.contains("{internal}") {
            names.push("Scheme");
        }
    }
    names
}

/// A list whose length is told by properties.
struct Many<'a> {
    count: &'a str,
    list: &'a str,
    member: &'a str,
    flag: &'a str,
    pattern: &'a str,
}

fn many(pattern: &str) -> Option<Many<'_>> {
    let mut words = pattern.strip_prefix("many ")?.splitn(3, ' ');
    let (count, named, pattern) = (words.next()?, words.next()?, words.next()?);
    let (list, member) = named.split_once('.')?;
    let (member, flag) = member.split_once('!')?;
    Some(Many { count, list, member, flag, pattern })
}

/// A resource whose attributes are wanted.
pub(crate) struct Made<'a> {
    pub place: &'a Place<'a>,
    pub kind: &'a str,
    pub logical_id: &'a str,
    /// What a resource is another one with, see `identity`.
    pub identity: &'a str,
    /// Values of the properties that [`reads`] named.
    pub properties: &'a BTreeMap<String, Value>,
}

impl Made<'_> {
    /// The value of an attribute, or of [`REF`].
    pub fn attribute(&self, attribute: &str) -> Value {
        let shape = shape(self.kind);
        if let Some(pattern) = shape.patterns.get(attribute) {
            if let Some(many) = many(pattern) {
                return self.as_many(&many, attribute);
            }
            return match pattern.strip_prefix("list ") {
                Some(items) => items.split(' ').map(|item| self.fill(item, attribute)).collect(),
                None => Value::String(self.fill(pattern, attribute)),
            };
        }
        let identifier = identifier(self.kind);
        match (attribute, identifier) {
            (REF, None) => return Value::String(self.name()),
            (REF, Some(identifier)) => return Value::String(self.guess(identifier)),
            _ if identifier == Some(attribute) => return Value::String(self.guess(attribute)),
            _ => {}
        }
        match self.properties.get(attribute) {
            Some(Value::String(text)) => Value::String(text.clone()),
            Some(Value::Array(items)) if items.iter().all(Value::is_string) => Value::Array(items.clone()),
            _ if schema(self.kind).is_some_and(|schema| schema.is_list(attribute)) => {
                Value::Array(vec![Value::String(self.guess(attribute.trim_end_matches('s')))])
            }
            _ => Value::String(self.guess(attribute)),
        }
    }

    /// What a list of maps names, and as many more as were asked for.
    fn as_many(&self, many: &Many<'_>, attribute: &str) -> Value {
        let is_flagged = |item: &Value| match item.get(many.flag) {
            Some(flag) => flag == "true",
            None => false,
        };
        let listed = self.properties.get(many.list).and_then(Value::as_array).into_iter().flatten();
        let mut items: Vec<Value> = listed
            .filter(|item| !is_flagged(item))
            .filter_map(|item| item.get(many.member).cloned())
            .collect();
        let more = self.properties.get(many.count).and_then(|count| count.as_str()?.trim().parse().ok());
        let made = 0..more.unwrap_or(0).min(MAX_ITEMS);
        items.extend(made.map(|at| Value::String(self.fill(many.pattern, &format!("{attribute}/{at}")))));
        Value::Array(items)
    }

    fn guess(&self, attribute: &str) -> String {
        // what a nested stack or a custom resource gives is anyone's
        if attribute.starts_with("Outputs.")
            || self.kind.contains("::Custom")
            || self.kind.starts_with("Custom::")
        {
            return guess(&self.source(), attribute);
        }
        let resource = self.kind.rsplit("::").next().unwrap_or_default();
        // the `WorkspaceId` of a `Workspace` is what `Ref` gives, where it is known what `Ref` gives
        let own = Some(attribute).filter(|_| shape(self.kind).patterns.contains_key(REF));
        match own.and_then(|own| own.strip_prefix(resource)).unwrap_or(attribute) {
            "Id" if identifier(self.kind) != Some("Id") => self.fill("{id}", attribute),
            "Name" => self.name(),
            _ if attribute.strip_prefix(resource) == Some("Name") => self.name(),
            _ if attribute.ends_with("Name") && identifier(self.kind) == Some(attribute) => self.name(),
            arn if arn.to_ascii_lowercase().ends_with("arn") => self.arn(resource, attribute),
            _ => guess(&self.source(), attribute),
        }
    }

    /// The resource's own ARN, or one of something that belongs to it.
    fn arn(&self, resource: &str, attribute: &str) -> String {
        let reference = self.reference(attribute);
        let service = arn_service(self.kind);
        // an ARN within an ARN is none
        let id = if reference.starts_with("arn:") { self.name() } else { reference };
        self.fill(&format!("{{arn:{service}}}:{}/{id}", resource.to_ascii_lowercase()), attribute)
    }

    /// What `Ref` gives, unless that is the attribute in question.
    fn reference(&self, attribute: &str) -> String {
        match identifier(self.kind) {
            Some(identifier)
                if identifier == attribute || identifier.to_ascii_lowercase().ends_with("arn") =>
            {
                self.name()
            }
            _ => self.attribute(REF).as_str().map(str::to_owned).unwrap_or_default(),
        }
    }

    fn source(&self) -> Source<'_> {
        let Place { account_id, region, stack_id, .. } = *self.place;
        let name = self.given_name().unwrap_or_default();
        Source::new(
            self.place,
            &[account_id, region, stack_id, self.logical_id, self.kind, name, self.identity],
        )
    }

    fn given_name(&self) -> Option<&str> {
        self.properties.get(naming_property(self.kind)?)?.as_str().filter(|name| !name.is_empty())
    }

    fn name(&self) -> String {
        let shape = shape(self.kind);
        if let Some(name) = self.given_name() {
            return if shape.lower { name.to_lowercase() } else { name.to_owned() };
        }
        let random = self.source().letters("ALNUM", 12, "name");
        let room = shape.longest.saturating_sub(random.len() + 2);
        let (stack, logical) = (self.place.stack_name, self.logical_id);
        let logical_room = (room / 2).max(room.saturating_sub(stack.chars().count()));
        let logical: String = logical.chars().take(logical_room).collect();
        let stack: String = stack.chars().take(room.saturating_sub(logical.chars().count())).collect();
        let name = format!("{}-{}-{random}", stack.trim_end_matches('-'), logical.trim_end_matches('-'));
        if shape.lower { name.to_lowercase() } else { name }
    }

    /// Fills a pattern; `salt` keeps the made-up parts of different attributes apart.
    fn fill(&self, pattern: &str, salt: &str) -> String {
        let source = self.source();
        source.fill(pattern, salt, &|token, argument| match token {
            "name" => Some(self.name()),
            "id" if salt != REF => self.attribute(REF).as_str().map(str::to_owned),
            "logical" => Some(self.logical_id.to_owned()),
            "port" => Some(self.port()),
            "property" => {
                let (name, other) = argument.split_once('|').unwrap_or((argument, ""));
                let (name, member) = name.split_once('.').unwrap_or((name, ""));
                let value = self.properties.get(name);
                let value = if member.is_empty() { value } else { value.and_then(|value| value.get(member)) };
                let text = value.and_then(Value::as_str);
                Some(text.map_or_else(|| self.fill(other, salt), str::to_owned))
            }
            "internal" => {
                let scheme = self.properties.get("Scheme").and_then(Value::as_str);
                Some(if scheme == Some("internal") { "internal-".to_owned() } else { String::new() })
            }
            _ => None,
        })
    }

    /// The port property, else what the engine listens on.
    fn port(&self) -> String {
        let text =
            |name| self.properties.get(name).and_then(Value::as_str).filter(|text: &&str| !text.is_empty());
        let default = match text("Engine").unwrap_or_default() {
            engine if engine.contains("postgres") => "5432",
            engine if engine.starts_with("sqlserver") => "1433",
            engine if engine.contains("oracle") => "1521",
            engine if engine.starts_with("db2") => "50000",
            _ => "3306",
        };
        text("Port").unwrap_or(default).to_owned()
    }
}

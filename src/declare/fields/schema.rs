//! The table of fields as the schemas of its files: what of it can be said without reading one. A kind of file is a row of
//! `file_schemas`, and needs nothing else here.

use super::{DECLARATIONS, FieldKind, LOCATIONS, Relation, SETTINGS_FILE, Table, TextRule, Texts, Values};
use provisor_model::schema::{FieldSchema, FileSchema, ListSchema, MapSchema, Schema, TextSchema};

/// Every kind of file that the table knows.
#[must_use]
pub fn file_schemas() -> Vec<FileSchema> {
    static DECLARATIONS_FILE: FieldKind = FieldKind::Map(&DECLARATIONS);
    let file = |name, about, kind: &'static FieldKind| FileSchema { name, about, holds: kind.schema(false) };
    vec![
        file(
            "declarations",
            "Provisioned products that are wanted: a file that `declarations:` of provisor.yaml names.",
            &DECLARATIONS_FILE,
        ),
        file("settings", "What one repo manages, and where: provisor.yaml.", &SETTINGS_FILE),
        file(
            "locations",
            "Accounts with their regions, by name: a file that `locations:` of provisor.yaml names.",
            &LOCATIONS,
        ),
    ]
}

impl FieldKind {
    /// `layered`: others of its kind are merged with it, so that nothing has to be there.
    fn schema(&'static self, layered: bool) -> Schema {
        match self {
            Self::Text(rule) => Schema::Text(rule.schema(true)),
            Self::Literal(rule) => Schema::Text(rule.schema(false)),
            Self::Texts(texts) => texts.schema(),
            Self::Flag => Schema::Flag,
            Self::Number { least, most } => {
                let most = Some(f64::from(*most)).filter(|_| *most != u32::MAX);
                Schema::Number { least: f64::from(*least), most, is_whole: true }
            }
            Self::Map(table) => Schema::Map(table.schema(layered)),
            Self::Layer(table) => Schema::Map(table.schema(true)),
            Self::Layers(table) => list(Schema::Map(table.schema(true))),
            Self::Maps(table) => list(Schema::Map(table.schema(false))),
            Self::Named(kind) => {
                Schema::Named { key: TextSchema::default(), value: Box::new(kind.schema(layered)) }
            }
            Self::Values(values) => values.schema(),
            Self::Either(kinds) => Schema::Either(kinds.iter().map(|kind| kind.schema(layered)).collect()),
            Self::Anything | Self::NotYet | Self::Elsewhere(_) | Self::Trusted => Schema::Anything,
        }
    }
}

fn list(item: Schema) -> Schema {
    Schema::List(Box::new(ListSchema { item, least: 0, most: None, is_distinct: false }))
}

impl Table {
    fn schema(&'static self, layered: bool) -> MapSchema {
        let usable = self.fields().filter(|field| field.kind.is_usable());
        let mut schema = MapSchema {
            fields: usable
                .map(|field| FieldSchema {
                    name: field.name,
                    holds: field.kind.schema(layered),
                    doc: field.doc,
                    default: field.default,
                    is_required: false,
                })
                .collect(),
            has_own: true,
            ..MapSchema::default()
        };
        for relation in self.relations() {
            match relation {
                Relation::One { of, .. } => {
                    schema.rivals.push(of.to_vec());
                    schema.needed.extend((!layered).then(|| of.to_vec()));
                }
                Relation::AtMostOne(of) => schema.rivals.push(of.to_vec()),
                Relation::Excludes { by, fields, .. } => schema.excluded.push((*by, fields.to_vec())),
                // another layer may say it
                Relation::Needs { .. } => {}
            }
        }
        schema
    }
}

impl Texts {
    fn schema(&self) -> Schema {
        Schema::List(Box::new(ListSchema {
            item: Schema::Text(self.item.schema(true)),
            least: usize::from(self.empty.is_some()),
            most: Some(self.most).filter(|most| *most != usize::MAX),
            is_distinct: self.distinct,
        }))
    }
}

impl Values {
    fn schema(&self) -> Schema {
        let value = match self.value {
            Some((_, rule)) => Schema::Text(rule.schema(true)),
            None => Schema::Anything,
        };
        Schema::Named { key: self.key.schema(false), value: Box::new(value) }
    }
}

/// What an id is made of; those of the service begin with what they are of.
const ID: &str = "[A-Za-z0-9_-]{1,100}";
/// What no tag may hold, of the signs that ASCII has.
const TAG: &str = r##"[^\x00-\x1f!"#$%&'()*,;<>?\[\\\]^`{|}~]"##;
const DURATION: &str = "([0-9]+(\\.[0-9]+)?(d|h|m|s|ms) ?)+";

impl TextRule {
    /// What it says as a pattern, in the words that every reader of patterns has. What it leaves open, the check does not.
    fn schema(self, is_filled: bool) -> TextSchema {
        let pattern =
            |pattern: &str| TextSchema { pattern: Some(pattern.to_owned()), ..TextSchema::default() };
        let allowed =
            |texts: &[&'static str]| TextSchema { allowed: texts.to_vec(), ..TextSchema::default() };
        let schema = match self {
            Self::Free => TextSchema::default(),
            Self::Filled | Self::Path | Self::Address => pattern(r"[\s\S]*\S[\s\S]*"),
            Self::Length { least, most } => pattern(&format!(r"[\s\S]{{{least},{most}}}")),
            Self::OneOf(texts) => allowed(texts),
            Self::Only { text, .. } => allowed(&[text]),
            Self::Name => pattern("[A-Za-z0-9][A-Za-z0-9._-]{0,127}"),
            Self::Id(_) => pattern(ID),
            Self::Account => pattern("[0-9]{12}"),
            Self::Region => pattern("([a-z]{2,}-){2,}[0-9]+"),
            Self::Topic => pattern("arn:[a-z0-9.-]+:sns:[a-z0-9.-]*:[0-9]{12}:[A-Za-z0-9_-]+(\\.fifo)?"),
            Self::RoleArn => pattern("arn:[^:]*:iam::[^:]*:role/.+"),
            Self::Duration => pattern(DURATION),
            Self::Ignored => pattern("parameters|tags|provisioning_artifact|(parameters|tags)\\..+"),
            Self::ParameterKey => pattern(r"[\s\S]{1,1000}"),
            Self::TagKey => pattern(&format!("{TAG}{{1,128}}")),
            Self::TagValue => pattern(&format!("{TAG}{{1,256}}")),
            Self::Project => pattern("[a-z][a-z0-9-]{0,62}"),
            Self::Format => allowed(&["1"]),
            Self::Type => allowed(&["string", "number", "bool", "list"]),
            Self::Share => pattern("[0-9]+%?"),
            Self::ResourceType => pattern("\\*[A-Za-z0-9*:_@-]*|[A-Za-z0-9*:_@-]*::[A-Za-z0-9*:_@-]*"),
        };
        TextSchema { is_filled, ..schema }
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::TextRule;

    /// Texts that keep one rule or another, and near misses.
    const TEXTS: [&str; 62] = [
        "",
        " ",
        "a",
        "net",
        "net-1",
        "-net",
        "net work",
        "net.prod_1",
        "_net",
        "a/b",
        "state",
        "111122223333",
        "11112222333",
        "1111-2222-3333",
        "eu-west-1",
        "eu-west",
        "us-gov-east-1",
        "EU-west-1",
        "eu-w1",
        "10%",
        "10",
        "-1",
        "ten",
        "60m",
        "1h30m",
        "90s",
        "1d",
        "60",
        "0",
        "m",
        "1 week",
        "active",
        "en",
        "de",
        "terminate",
        "keep",
        "prod-abc",
        "pa-abc",
        "pp-abc",
        "lpv2-abc",
        "prod abc",
        "arn:aws:sns:eu-west-1:111122223333:events",
        "arn:aws:sns:eu-west-1:111122223333:events.fifo",
        "arn:aws:sqs:eu-west-1:111122223333:events",
        "arn:aws:iam::111122223333:role/provisor",
        "arn:aws:iam::111122223333:user/x",
        "parameters",
        "parameters.Key",
        "parameters.",
        "tags.cost-centre",
        "tags.*",
        "provisioning_artifact",
        "Key",
        "string",
        "bool",
        "int",
        "1",
        "2",
        "AWS::RDS::*",
        "*",
        "RDS",
        "a=b",
    ];

    #[test]
    fn no_pattern_refuses_what_its_rule_allows_and_most_refuse_what_it_does_not() {
        let rules = [
            TextRule::Free,
            TextRule::Filled,
            TextRule::Path,
            TextRule::Length { least: 1, most: 4 },
            TextRule::OneOf(&["en", "terminate"]),
            TextRule::Only { text: "active", otherwise: "" },
            TextRule::Name,
            TextRule::Id("a product"),
            TextRule::Account,
            TextRule::Region,
            TextRule::Topic,
            TextRule::RoleArn,
            TextRule::Duration,
            TextRule::Ignored,
            TextRule::Address,
            TextRule::ParameterKey,
            TextRule::TagKey,
            TextRule::TagValue,
            TextRule::Project,
            TextRule::Format,
            TextRule::Type,
            TextRule::Share,
            TextRule::ResourceType,
        ];
        let (mut refused, mut open) = (0, 0);
        for rule in rules {
            let schema = rule.schema(false);
            let pattern = schema.pattern.as_ref().map(|one| Regex::new(&format!("^(?:{one})$")).unwrap());
            for text in TEXTS {
                let is_allowed = (schema.allowed.is_empty() || schema.allowed.contains(&text))
                    && pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
                match (rule.check("it", text).is_ok(), is_allowed) {
                    (true, false) => panic!("{rule:?} allows {text:?}, and its schema does not"),
                    (false, false) => refused += 1,
                    (false, true) => open += 1,
                    (true, true) => {}
                }
            }
        }
        assert!(refused > 10 * open, "{refused} are refused, {open} are left open");
    }
}

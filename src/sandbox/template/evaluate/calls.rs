//! The functions whose arguments are not simply values: `Fn::Sub`, `Fn::FindInMap`, `Fn::GetAtt`, `Fn::Cidr`,
//! `Fn::ToJsonString`.

use serde_json::Value;

use super::{Evaluation, functions};
use crate::template::substitution::{Piece, pieces};
use crate::tree::{Data, Node};

impl<'t> Evaluation<'t> {
    /// `Fn::GetAtt`.
    pub fn attribute_of(&mut self, argument: &'t Node) -> Result<Value, String> {
        let parts = match argument.text() {
            Some(text) => {
                text.split_once('.').map(|(resource, attribute)| (resource.to_owned(), attribute.to_owned()))
            }
            None => match self.argument_list(argument)?.as_slice() {
                [Value::String(resource), Value::String(attribute)] => {
                    Some((resource.clone(), attribute.clone()))
                }
                _ => None,
            },
        };
        let Some((resource, attribute)) = parts else {
            return Err(functions::GET_ATT.to_owned());
        };
        self.resource(&resource, &attribute)
    }

    /// `Fn::Sub`.
    pub fn substitute(&mut self, argument: &'t Node) -> Result<Value, String> {
        if argument.function().is_some() && self.sections.transformed {
            // the text is what a macro returns
            return Ok(Value::Null);
        }
        let wrong = || {
            let what = "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as \
                first argument, and an optional second argument to specify a mapping of values to replace in the string";
            format!("Template error: {what}")
        };
        let (text, variables) = match argument.list() {
            None => (argument.text().ok_or_else(wrong)?, None),
            Some([text, variables]) => (text.text().ok_or_else(wrong)?, Some(variables)),
            Some([text]) => (text.text().ok_or_else(wrong)?, None),
            Some(_) => return Err(wrong()),
        };
        let mut result = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => result.push_str(text),
                Piece::Literal(name) => result.push_str(&format!("${{{name}}}")),
                Piece::Variable(name) => {
                    let value = match variables.and_then(|variables| variables.get(name)) {
                        Some(node) => self.value(node)?,
                        None => self.named(name)?,
                    };
                    let what = format!(
                        "Template error: variable {name} in Fn::Sub expression does not resolve to a string"
                    );
                    result.push_str(value.as_str().ok_or(what)?);
                }
            }
            if result.len() > functions::MAX_TEXT {
                break;
            }
        }
        functions::bounded(result)
    }

    fn named(&mut self, name: &str) -> Result<Value, String> {
        match name.split_once('.') {
            Some((resource, attribute)) => self.resource(resource, attribute),
            None => self.reference(name),
        }
    }

    /// `Fn::FindInMap`.
    pub fn find_in_map(&mut self, argument: &'t Node) -> Result<Value, String> {
        let wrong = "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the \
            attribute for return value";
        let items = argument.list().ok_or(wrong)?;
        let [map, top, second, options @ ..] = items else {
            return Err(wrong.to_owned());
        };
        let extended = self.sections.transforms.extended();
        let simple = [map, top, second].into_iter().all(is_simple);
        if !(extended || simple && (options.is_empty() || is_default(options))) {
            return Err(wrong.to_owned());
        }
        let map = self.text(map, "Fn::FindInMap")?;
        let top = self.text(top, "Fn::FindInMap")?;
        let second = self.text(second, "Fn::FindInMap")?;
        let default = options.first().and_then(|options| options.get("DefaultValue"));
        let sections = self.sections;
        let Some(mapping) = sections.mappings.get(&map) else {
            return match default {
                Some(default) => self.value(default),
                None => Err(no_mapping(&map)),
            };
        };
        match mapping.get(&top).and_then(|entries| entries.get(&second)).or(default) {
            Some(found) => self.value(found),
            None => Err(format!("Template error: Unable to get mapping for {map}::{top}::{second}")),
        }
    }

    /// `Fn::ToJsonString`: members stay in their order; none for `AWS::NoValue`.
    pub fn json_text(&mut self, node: &'t Node) -> Result<Option<String>, String> {
        self.deeper(1, |evaluation| match (node.function(), &node.data) {
            (None, Data::List(items)) => {
                let texts = items.iter().map(|item| evaluation.json_text(item));
                let texts: Vec<String> =
                    texts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
                Ok(Some(format!("[{}]", texts.join(","))))
            }
            (None, Data::Map(entries)) => {
                let mut texts = Vec::new();
                for (key, entry) in entries {
                    let text = evaluation.json_text(entry)?;
                    texts.extend(text.map(|text| format!("{}:{text}", Value::String(key.clone()))));
                }
                Ok(Some(format!("{{{}}}", texts.join(","))))
            }
            (None, Data::Text(_)) if node.bare().is_some() => Ok(node.bare().map(str::to_owned)),
            _ => evaluation.value(node).map(|value| (!value.is_null()).then(|| value.to_string())),
        })
    }

    /// `Fn::Cidr`.
    pub fn cidr(&mut self, argument: &'t Node) -> Result<Value, String> {
        let texts: Vec<String> =
            self.argument_list(argument)?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        match texts.as_slice() {
            [block, count, bits] => functions::cidr(block, count, bits),
            // without a number of bits, a /24 each
            [block, count] => functions::cidr(block, count, if block.contains(':') { "64" } else { "8" }),
            _ => Err(
                "Template error: every Fn::Cidr object requires two parameters, the ipBlock and the count"
                    .to_owned(),
            ),
        }
    }
}

/// CloudFormation's words for a mapping that is not there.
pub(crate) fn no_mapping(name: &str) -> String {
    format!("Template error: Mapping named '{name}' is not present in the 'Mappings' section of template.")
}

/// What may follow the three without a macro.
fn is_default(options: &[Node]) -> bool {
    matches!(options, [one] if matches!(one.entries(), [(name, _)] if name == "DefaultValue"))
}

/// What may name a map or a key without AWS::LanguageExtensions.
fn is_simple(node: &Node) -> bool {
    match node.function() {
        Some((name, _)) => name == "Ref" || name == "Fn::FindInMap",
        None => node.text().is_some(),
    }
}

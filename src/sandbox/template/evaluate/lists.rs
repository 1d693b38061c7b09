//! Lists whose length nobody can know: what custom resources give, what other stacks export. Where an item is asked
//! for, it is there. What one item looks like is decided in `guess`.

use serde_json::Value;

use super::Evaluation;
use crate::tree::Node;

/// No list that is made up is longer.
const MAX_ITEMS: usize = 100;

impl<'t> Evaluation<'t> {
    /// The arguments of `Fn::Join` and `Fn::Select`, the second a list.
    pub fn with_list(&mut self, argument: &'t Node) -> Result<(Value, Value), String> {
        let (first, second) = self.two(argument)?;
        let wanted = first.as_str().and_then(|index| index.trim().parse().ok()).unwrap_or(0).min(MAX_ITEMS);
        let source = argument.list().and_then(|items| items.get(1)?.function());
        let items = match source {
            Some(("Fn::GetAtt", of)) => self.of_custom(of, &second, wanted)?,
            Some(("Fn::Split", of)) => self.of_import(of, &second, wanted)?,
            _ => None,
        };
        Ok((first, items.unwrap_or(second)))
    }

    /// A custom resource gives whatever its maker likes: here, a list.
    fn of_custom(&mut self, of: &'t Node, value: &Value, wanted: usize) -> Result<Option<Value>, String> {
        let parts = of.list().unwrap_or_default();
        let [Some(resource), Some(attribute)] = [parts.first(), parts.get(1)].map(|part| part?.text()) else {
            return Ok(None);
        };
        let kind = self.sections.resource(resource).map_or("", |declaration| declaration.kind.as_str());
        let (true, Some(text)) = (is_custom(kind), value.as_str()) else { return Ok(None) };
        let mut items: Vec<Value> = text.split(',').map(Value::from).collect();
        while items.len() <= wanted {
            items.push(self.resource(resource, &format!("{attribute}{}", items.len()))?);
        }
        Ok(Some(Value::Array(items)))
    }

    /// What another stack exports is one text, and here as long as it has to be.
    fn of_import(&mut self, of: &'t Node, value: &Value, wanted: usize) -> Result<Option<Value>, String> {
        let text = of.list().and_then(|parts| parts.get(1)?.function());
        let (Some(("Fn::ImportValue", name)), Some(found)) = (text, value.as_array()) else {
            return Ok(None);
        };
        let name = self.text(name, "Fn::ImportValue")?;
        if self.imports.is_some_and(|exports| exports.contains_key(&name)) {
            return Ok(None);
        }
        let more = (found.len()..=wanted).map(|place| Value::String(self.import(&format!("{name}{place}"))));
        Ok(Some(found.iter().cloned().chain(more).collect()))
    }
}

/// Whether a resource is made by someone's own code.
fn is_custom(kind: &str) -> bool {
    kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource"
}

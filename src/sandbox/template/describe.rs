//! What a template asks for and gives, as plain data, for those who show it to people.

use super::{OutputKey, Parameter, Template, TemplateError};

/// A template without its resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The template's `Description`.
    pub text: Option<String>,
    /// The parameters with their rules and defaults, in the template's order.
    pub parameters: Vec<Parameter>,
    /// The names of the `Rules` that parameter values must satisfy together.
    pub rules: Vec<String>,
    /// These `Rules`, as JSON text.
    pub rules_json: String,
    /// The `Metadata` section as JSON text.
    pub metadata_json: Option<String>,
    /// The outputs, in the template's order, whatever their conditions say.
    pub outputs: Vec<OutputKey>,
}

/// Describes the template in a text.
pub fn describe(text: &str) -> Result<Description, TemplateError> {
    let template = Template::parse(text)?;
    Ok(Description {
        text: template.description().map(str::to_owned),
        parameters: template.parameters().to_vec(),
        rules: template.sections.checks.iter().map(|rule| rule.name.clone()).collect(),
        rules_json: template.rules_json(),
        metadata_json: template.metadata_json().map(str::to_owned),
        outputs: template.output_keys(),
    })
}

//! CloudFormation templates as the simulated catalog needs them: read a template, name its parameters and
//! outputs, accept or reject parameter values in CloudFormation's own words, and "create" a stack whose
//! identifiers are made up. Must not know Service Catalog, HTTP, time or anything else of this crate.

mod attributes;
mod build;
mod calls;
mod changes;
mod conditions;
mod evaluate;
mod functions;
mod guess;
mod make;
mod parameters;
mod place;
mod read;
mod references;
mod sections;
mod stack;
mod tree;

pub use changes::{ChangeAction, ChangeDetail, Replacement, ResourceChange};
pub use place::Place;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sections::Sections;

/// A parsed template. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Template {
    sections: Arc<Sections>,
}

/// One entry of the template's `Parameters`, as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameter {
    /// The parameter's name.
    pub key: String,
    /// The text of `Type`, for example `List<AWS::EC2::Subnet::Id>`.
    pub kind: String,
    /// The default value; `None` makes the parameter required.
    pub default: Option<String>,
    /// Whether the value is a secret.
    pub no_echo: bool,
    /// What the parameter is for.
    pub description: Option<String>,
    /// The only values accepted; empty means any.
    pub allowed_values: Vec<String>,
    /// A regular expression for the whole value.
    pub allowed_pattern: Option<String>,
    /// What is said when a constraint is not met.
    pub constraint_description: Option<String>,
    /// The fewest characters.
    pub min_length: Option<String>,
    /// The most characters.
    pub max_length: Option<String>,
    /// The lowest number.
    pub min_value: Option<String>,
    /// The highest number.
    pub max_value: Option<String>,
}

/// An output that a template declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputKey {
    /// The output's name.
    pub key: String,
    /// What it is.
    pub description: Option<String>,
}

/// An output of a created stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The output's name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What it is.
    pub description: Option<String>,
}

/// A resource of a created stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The name in the template.
    pub logical_id: String,
    /// The resource type, for example `AWS::S3::Bucket`.
    pub kind: String,
    /// What `Ref` gives.
    pub physical_id: String,
}

/// What creating a stack yields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stack {
    /// Outputs whose condition holds, in the template's order.
    pub outputs: Vec<Output>,
    /// Resources whose condition holds, in the template's order.
    pub resources: Vec<Resource>,
}

/// Why a text is not a template. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The text is neither JSON nor YAML.
    #[error("Template format error: {language} not well-formed. (line {line}, column {column}): {what}")]
    NotWellFormed {
        /// `JSON` or `YAML`.
        language: &'static str,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// The reader's own words.
        what: String,
    },
    /// The text reads, but is not a template.
    #[error("Template format error: {what} (line {line}, column {column})")]
    Format {
        /// What is wrong.
        what: String,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// More bytes than CloudFormation takes.
    #[error("Template may not exceed {limit} bytes in size.")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

impl Template {
    /// Reads a JSON or YAML template.
    pub fn parse(text: &str) -> Result<Template, TemplateError> {
        let tree = read::read(text)?;
        let sections = sections::sections(&tree)?;
        references::validate(&sections)?;
        Ok(Template { sections: Arc::new(sections) })
    }

    /// The declared parameters, in the template's order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.sections.parameters
    }

    /// The declared outputs, in the template's order, whatever their conditions say.
    pub fn output_keys(&self) -> Vec<OutputKey> {
        let outputs = self.sections.outputs.iter();
        outputs.map(|o| OutputKey { key: o.key.clone(), description: o.description.clone() }).collect()
    }

    /// The template's `Description`.
    pub fn description(&self) -> Option<&str> {
        self.sections.description.as_deref()
    }

    /// The template's `AWSTemplateFormatVersion`.
    pub fn format_version(&self) -> Option<&str> {
        self.sections.format_version.as_deref()
    }

    /// The `Rules` section as JSON text; `{}` if there is none.
    pub fn rules_json(&self) -> String {
        self.sections.rules.to_string()
    }

    /// The values a stack would run with: the given ones, else the defaults, trimmed as CloudFormation trims.
    /// The error is CloudFormation's rejection text.
    pub fn effective(&self, given: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
        self.effective_unchecked(given, &BTreeSet::new())
    }

    /// As [`Template::effective`], but whatever stands for the parameters named in `unchecked` is accepted: values
    /// that were checked when they were given and are no longer at hand.
    pub fn effective_unchecked(
        &self,
        given: &BTreeMap<String, String>,
        unchecked: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, String>, String> {
        parameters::effective(&self.sections.parameters, given, unchecked)
    }

    /// Evaluates conditions, resources and outputs as creating the stack would. `effective` is what
    /// [`Template::effective`] returned. The error is CloudFormation's text.
    pub fn create(&self, effective: &BTreeMap<String, String>, place: &Place<'_>) -> Result<Stack, String> {
        stack::create(&self.sections, effective, place)
    }

    /// What an update (or, without `old`, a creation) would do to each resource, in the new template's order,
    /// removals last.
    pub fn changes(
        old: Option<(&Template, &BTreeMap<String, String>)>,
        new: (&Template, &BTreeMap<String, String>),
        place: &Place<'_>,
    ) -> Result<Vec<ResourceChange>, String> {
        changes::changes(old, new, place)
    }

    /// The outputs whose value depends on the value of a `NoEcho` parameter.
    pub fn outputs_of_secrets(&self) -> BTreeSet<String> {
        references::outputs_of_secrets(&self.sections)
    }
}

//! CloudFormation templates as the simulated catalog needs them: read a template, name its parameters and
//! outputs, accept or reject parameter values in CloudFormation's own words, and "create" a stack whose
//! identifiers are made up. Must not know Service Catalog, HTTP, time or anything else of this crate.

mod capabilities;
mod compare;
mod describe;
mod error;
mod evaluate;
mod guess;
mod parameters;
mod place;
mod processed;
mod read;
mod references;
mod sections;
mod substitution;
mod transforms;
mod unresolved;
mod validation;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use compare::{ChangeAction, ChangeDetail, ChangeSource, EvaluationType, ResourceChange};
pub use describe::{Description, describe};
pub use error::TemplateError;
pub use evaluate::{Output, Resource, Stack};
pub use guess::Replacement;
pub use parameters::Parameter;
pub(crate) use parameters::{ParameterFault, PatternSteps, Patterns};
pub use place::Place;
pub(crate) use read::MAX_BYTES as LONGEST;

use crate::tree::Node;
use evaluate::{Evaluation, rules};
use read::expand;
use read::form::Names;
use sections::Sections;

/// What writing loops out costs where that comes to nothing.
const UNROLLED: usize = 200_000;

/// A parsed template. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Template {
    sections: Arc<Sections>,
    /// The text's tree, where macros are to run.
    macros: Option<Arc<Node>>,
    /// Whether the sections depend on values, because of loops.
    looped: bool,
    transforms: Vec<String>,
    /// The `Metadata` section as JSON text.
    metadata: Option<String>,
    /// How many values the text holds.
    values: usize,
    patterns: Arc<Patterns>,
}

/// An output that a template declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputKey {
    /// The output's name.
    pub key: String,
    /// What it is.
    pub description: Option<String>,
}

impl Template {
    /// Reads a JSON or YAML template.
    pub fn parse(text: &str) -> Result<Template, TemplateError> {
        Self::named(text, Names::Plain)
    }

    /// A template that stands in for another engine's configuration: its parameters may be called what variables are.
    pub(crate) fn of_engine(text: &str) -> Result<Template, TemplateError> {
        Self::named(text, Names::Variables)
    }

    /// All that is wrong with a text that cannot be parsed, in its order, as far as the rest can be read.
    pub(crate) fn faults(text: &str, is_own: bool) -> Vec<TemplateError> {
        let names = if is_own { Names::Plain } else { Names::Variables };
        let mut faults = match read::read(text) {
            Err(fault) => vec![fault],
            Ok(tree) => match expand::at_load(&tree, names) {
                Ok(sections) => validation::faults(&sections),
                Err(fault) => {
                    let mut all = read::faults(&tree, names);
                    let rest = read::lenient(&tree, names).filter(|_| !all.is_empty());
                    all.extend(rest.iter().flat_map(validation::faults));
                    if all.is_empty() { vec![fault] } else { all }
                }
            },
        };
        faults.sort_by_key(TemplateError::place);
        faults
    }

    fn named(text: &str, names: Names) -> Result<Template, TemplateError> {
        let tree = read::read(text)?;
        let (values, _) = tree.extent();
        let sections = expand::at_load(&tree, names)?;
        validation::validate(&sections)?;
        let transforms = processed::declared_transforms(&tree);
        let metadata = tree.get("Metadata").map(processed::json);
        let looped = expand::is_looped(&tree);
        let macros = (!transforms.is_empty()).then(|| Arc::new(tree));
        Ok(Template {
            sections: Arc::new(sections),
            macros,
            looped,
            transforms,
            metadata,
            values,
            patterns: Arc::default(),
        })
    }

    /// The same, whose values are held against these patterns.
    pub(crate) fn within(self, patterns: &Arc<Patterns>) -> Self {
        Self { patterns: Arc::clone(patterns), ..self }
    }

    /// How many values its text holds.
    pub(crate) fn values(&self) -> usize {
        self.values
    }

    /// What a stack of it costs with these values, in values: loops may write out many more than the text holds.
    pub(crate) fn weight(&self, given: &BTreeMap<String, String>, place: &Place<'_>) -> usize {
        let Some(tree) = self.macros.as_deref().filter(|_| self.looped) else { return self.values };
        // with values that are none, none is made
        let Ok(values) = self.effective(given) else { return self.values };
        expand::unrolled(tree, &values, place).map_or(UNROLLED, |tree| tree.extent().0.max(self.values))
    }

    /// The sections with a stack's values: the same for every stack unless there are loops.
    fn with(&self, values: &BTreeMap<String, String>, place: &Place<'_>) -> Result<Arc<Sections>, String> {
        match self.macros.as_deref().filter(|_| self.looped) {
            None => Ok(Arc::clone(&self.sections)),
            Some(tree) => expand::with_values(tree, values, place).map(Arc::new),
        }
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

    /// The macros that the template lists.
    pub fn transforms(&self) -> &[String] {
        &self.transforms
    }

    /// The `Metadata` section as JSON text.
    pub fn metadata_json(&self) -> Option<&str> {
        self.metadata.as_deref()
    }

    /// The types of all resources, also of those whose condition does not hold.
    pub fn resource_types(
        &self,
        effective: &BTreeMap<String, String>,
        place: &Place<'_>,
    ) -> BTreeSet<String> {
        let sections = self.with(effective, place).unwrap_or_else(|_| Arc::clone(&self.sections));
        sections.resources.iter().map(|resource| resource.kind.clone()).collect()
    }

    /// The template as JSON text once its macros have run; none if it has none, or one that is not known here.
    pub fn processed_json(&self, effective: &BTreeMap<String, String>, place: &Place<'_>) -> Option<String> {
        let tree = self.macros.as_deref().filter(|_| !self.sections.transforms.other)?;
        let tree = expand::unrolled(tree, effective, place).ok()?;
        Some(processed::text(&tree, self.with(effective, place).ok()?.as_ref()))
    }

    /// All that is wrong with given values, by the parameter that it is about.
    pub(crate) fn wrong_values(&self, given: &BTreeMap<String, String>) -> Vec<(String, ParameterFault)> {
        parameters::faults(&self.sections.parameters, given, &self.patterns)
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
        let values = parameters::effective(&self.sections.parameters, given, unchecked, &self.patterns)?;
        if unchecked.is_empty() {
            rules::judge(&self.sections, &values, None, rules::Which::Secret)?;
        }
        Ok(values)
    }

    /// Evaluates rules, conditions, resources and outputs as creating the stack would. `effective` is what
    /// [`Template::effective`] returned. The error is CloudFormation's text.
    pub fn create(&self, effective: &BTreeMap<String, String>, place: &Place<'_>) -> Result<Stack, String> {
        self.create_importing(effective, place, &BTreeMap::new())
    }

    /// As [`Template::create`], with what the other stacks of the account and region export: `Fn::ImportValue` gives
    /// these values, and a made-up one for any other name.
    pub fn create_importing(
        &self,
        effective: &BTreeMap<String, String>,
        place: &Place<'_>,
        exports: &BTreeMap<String, String>,
    ) -> Result<Stack, String> {
        let sections = self.with(effective, place)?;
        rules::judge(&sections, effective, Some(place), rules::Which::Open)?;
        let mut evaluation = Evaluation::new(&sections, effective, place);
        evaluation.imports = Some(exports);
        evaluate::create(evaluation)
    }

    /// What an update from `old` (or, without it, a creation) would do to each resource, in this template's order,
    /// removals last.
    pub fn changes(
        &self,
        values: &BTreeMap<String, String>,
        old: Option<(&Template, &BTreeMap<String, String>)>,
        place: &Place<'_>,
    ) -> Result<Vec<ResourceChange>, String> {
        let old_sections = old.map(|(template, values)| template.with(values, place)).transpose()?;
        let sections = self.with(values, place)?;
        rules::judge(&sections, values, Some(place), rules::Which::Open)?;
        let old = old_sections.as_deref().zip(old).map(|(sections, (_, values))| (sections, values));
        compare::changes(old, (&sections, values), place)
    }

    /// The resources that an update from `old` leaves alone whatever the parameters were before, and those that it
    /// adds.
    pub fn untouched(
        &self,
        old: &Template,
        values: &BTreeMap<String, String>,
        place: &Place<'_>,
    ) -> Result<(BTreeSet<String>, BTreeSet<String>), String> {
        let changes = self.changes(values, Some((old, values)), place)?;
        let sections = self.with(values, place)?;
        let mut steady: BTreeSet<String> =
            references::constant_resources(&sections).into_iter().map(str::to_owned).collect();
        let mut added = BTreeSet::new();
        for change in changes {
            steady.remove(&change.logical_id);
            if change.action == ChangeAction::Add {
                added.insert(change.logical_id);
            }
        }
        let before = old.with(values, place)?;
        let constant = references::constant_resources(&before);
        steady.retain(|id| constant.contains(id.as_str()));
        Ok((steady, added))
    }

    /// The outputs whose value depends on the value of a `NoEcho` parameter.
    pub fn outputs_of_secrets(&self) -> BTreeSet<String> {
        references::outputs_of_secrets(&self.sections)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_with_loops_weighs_what_they_write_out() {
        let text = "Transform: AWS::LanguageExtensions\nParameters:\n  Names: {Type: CommaDelimitedList}\nResources:\n  \
            Fn::ForEach::Topics: [Name, !Ref Names, {'T${Name}': {Type: 'AWS::SNS::Topic'}}]\n";
        let template = Template::parse(text).unwrap();
        let place = Place {
            account_id: "",
            region: "eu-west-1",
            stack_name: "",
            stack_id: "",
            notification_arns: &[],
        };
        let weight = |items: usize| {
            let names: Vec<String> = (0..items).map(|n| format!("n{n}")).collect();
            template.weight(&[("Names".to_owned(), names.join(","))].into(), &place)
        };
        // a topic is a map with a type
        assert_eq!((weight(3), weight(400) - weight(300)), (template.values(), 200));
        assert_eq!(template.weight(&BTreeMap::new(), &place), template.values());
    }
}

//! What a provisioned product is to be, or was made from, without sensitive values: one shape for what is planned and for
//! what is remembered.

use std::collections::BTreeMap;

use super::property::{Property, Remark};
use crate::catalog::Interface;
use crate::model::product::{Bound, Language, Preferences};
use crate::model::target::{Options, Target};
use crate::plan::diff::shown;
use crate::plan::{Instances, Parameter, Sending, Shown, Spec};
use crate::state::{Content, Stored};

/// What a provisioned product is to be, or was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuesView<'a> {
    /// What identifies and describes it.
    pub target: &'a Target,
    /// Every parameter in force, defaults included.
    pub parameters: BTreeMap<&'a str, ParameterView>,
    /// The declared tags.
    pub tags: BTreeMap<&'a str, Shown>,
    /// The stack instances that come or go, if that is all an update does.
    pub instances: Option<&'a Instances>,
}

/// A parameter's value, and how it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterView {
    /// The value.
    pub value: Shown,
    /// How it travels; what is remembered was a value.
    pub sent: Sending,
    /// What the template's author calls it, where that is more than its key.
    pub label: Option<String>,
    /// The group that the template's author puts it in.
    pub group: Option<String>,
}

/// One of the options of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionView {
    /// As declarations name it.
    pub key: String,
    /// Its text; of a list, the items with commas between them.
    pub text: String,
    /// Whether it is one of the API's own words, which need no quotes.
    pub is_word: bool,
}

impl OptionView {
    fn text(key: impl Into<String>, text: String) -> Self {
        Self { key: key.into(), text, is_word: false }
    }
}

impl ParameterView {
    fn of(parameter: &Parameter) -> Self {
        Self { value: shown(&parameter.value), sent: parameter.sent, label: None, group: None }
    }

    fn remark(&self) -> Option<Remark> {
        match self.sent {
            Sending::Value => None,
            Sending::Previous => Some(Remark::Kept),
            Sending::Default => Some(Remark::TemplateDefault),
        }
    }
}

impl<'a> From<&'a Spec> for ValuesView<'a> {
    fn from(spec: &'a Spec) -> Self {
        let parameters = spec.parameters.iter();
        Self {
            target: &spec.target,
            parameters: parameters.map(|(key, one)| (key.as_str(), ParameterView::of(one))).collect(),
            tags: spec.tags.iter().map(|(key, value)| (key.as_str(), shown(value))).collect(),
            instances: spec.instances.as_ref(),
        }
    }
}

impl<'a> From<&'a Content> for ValuesView<'a> {
    fn from(content: &'a Content) -> Self {
        let remembered =
            |value| ParameterView { value: stored(value), sent: Sending::Value, label: None, group: None };
        let parameters = content.parameters.iter();
        let tag = |value: &String| Shown::Text(value.clone());
        Self {
            target: &content.target,
            parameters: parameters.map(|(key, value)| (key.as_str(), remembered(value))).collect(),
            tags: content.tags.iter().map(|(key, value)| (key.as_str(), tag(value))).collect(),
            instances: None,
        }
    }
}

impl ValuesView<'_> {
    /// The same, with what the template's author says of the parameters.
    pub(super) fn presented(mut self, by: Option<&Interface>) -> Self {
        for (key, parameter) in self.parameters.iter_mut().filter(|_| by.is_some()) {
            let label = by.and_then(|by| by.labels.get(*key)).filter(|label| label != key);
            parameter.label = label.cloned();
            parameter.group = by.and_then(|by| by.groups.get(*key)).cloned();
        }
        self
    }

    /// What the template's author calls a parameter.
    pub(super) fn label(&self, key: &str) -> Option<&str> {
        self.parameters.get(key)?.label.as_deref()
    }

    /// The version as people know it.
    #[must_use]
    pub fn version(&self) -> &str {
        let artifact = &self.target.artifact;
        if artifact.name.is_empty() { artifact.id.as_str() } else { &artifact.name }
    }

    /// The stack-set preferences, field by field, as declarations name them.
    #[must_use]
    pub fn preferences(&self) -> BTreeMap<String, String> {
        preferences(self.target.options.preferences.as_ref())
    }

    /// The options that say anything, as declarations name them.
    #[must_use]
    pub fn options(&self) -> Vec<OptionView> {
        let Options { notification_arns, language, .. } = &self.target.options;
        let language = if *language == Language::En { "" } else { language.as_str() };
        let mut options = vec![
            OptionView { key: "accept_language".to_owned(), text: language.to_owned(), is_word: true },
            OptionView::text("notification_arns", notification_arns.join(",")),
        ];
        options.extend(self.preferences().into_iter().map(|(key, text)| OptionView::text(key, text)));
        options.retain(|option| !option.text.is_empty());
        options
    }

    /// Every member, as of something that is made anew.
    pub(super) fn properties(&self) -> Vec<Property> {
        let mut all = vec![Property::text("path", &self.target.path.name)];
        all.extend(self.options().iter().map(|option| Property::text(&option.key, &option.text)));
        all.extend(self.parameters.iter().map(|(key, parameter)| {
            let property = Property::new(&parameter_key(key), &parameter.value, parameter.remark())?;
            Some(property.labelled(parameter.label.as_deref()))
        }));
        all.extend(self.tags.iter().map(|(key, value)| Property::new(&tag_key(key), value, None)));
        all.into_iter().flatten().collect()
    }
}

/// A parameter's key; with `parameters.` in front where another member is called like it.
pub(super) fn parameter_key(key: &str) -> String {
    let names =
        ["provisioned_product_name", "product", "version", "path", "accept_language", "notification_arns"];
    let ours = names.contains(&key) || key.starts_with("tags.") || key.starts_with("stack_set_");
    if ours { format!("parameters.{key}") } else { key.to_owned() }
}

/// A tag's key among the members of a product.
pub(super) fn tag_key(key: &str) -> String {
    format!("tags.{key}")
}

/// Stack-set preferences, field by field, as declarations name them.
pub(in crate::report) fn preferences(of: Option<&Preferences>) -> BTreeMap<String, String> {
    let Some(of) = of else { return BTreeMap::new() };
    let bound = |name: &str, bound: Option<Bound>| match bound? {
        Bound::Count(n) => Some((format!("stack_set_{name}_count"), n.to_string())),
        Bound::Percentage(n) => Some((format!("stack_set_{name}_percentage"), n.to_string())),
    };
    let list = |name: &str, items: &[String]| {
        (!items.is_empty()).then(|| (format!("stack_set_{name}"), items.join(",")))
    };
    [
        list("accounts", &of.accounts),
        list("regions", &of.regions),
        bound("failure_tolerance", of.failure_tolerance),
        bound("max_concurrency", of.max_concurrency),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn stored(value: &Stored) -> Shown {
    match value {
        Stored::Text(text) => Shown::Text(text.clone()),
        Stored::Digest(_) => Shown::Sensitive,
        Stored::Unknown => Shown::Unknown,
    }
}

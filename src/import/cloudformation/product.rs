//! One resource to what is said of a provisioned product, property by property.

use std::collections::{BTreeMap, BTreeSet};

use super::super::foreign::{ForeignProduct, ForeignTags};
use super::super::found::FoundValue;
use super::super::marked::{Marked, MarkedKind};
use super::values::TemplateValues;
use provisor_model::product::{ArtifactSelector, Bound, OnRemoval, Preferences, Selector};

/// What is open of a resource: where, and why.
type OpenProperties = Vec<(usize, String)>;

const PROPERTIES: [&str; 12] = [
    "AcceptLanguage",
    "NotificationArns",
    "PathId",
    "PathName",
    "ProductId",
    "ProductName",
    "ProvisionedProductName",
    "ProvisioningArtifactId",
    "ProvisioningArtifactName",
    "ProvisioningParameters",
    "ProvisioningPreferences",
    "Tags",
];

/// What stands beside the properties of a resource, and is carried over or says nothing of what it is.
const ATTRIBUTES: [&str; 6] =
    ["Type", "Properties", "DependsOn", "DeletionPolicy", "Metadata", "UpdateReplacePolicy"];

/// What of `ProvisioningPreferences` is carried over.
const PREFERENCES: [&str; 6] = [
    "StackSetAccounts",
    "StackSetRegions",
    "StackSetFailureToleranceCount",
    "StackSetFailureTolerancePercentage",
    "StackSetMaxConcurrencyCount",
    "StackSetMaxConcurrencyPercentage",
];

/// What is said of it.
///
/// # Errors
/// Why it cannot be looked for.
pub(super) fn product(
    name: &str,
    resource: &Marked,
    values: &TemplateValues<'_>,
    open: &mut OpenProperties,
) -> Result<ForeignProduct, String> {
    let nothing =
        Marked { line: resource.line, tag: None, is_plain: false, kind: MarkedKind::Map(Vec::new()) };
    let mut one = Properties { all: resource.get("Properties").unwrap_or(&nothing), values, open };
    let Some(called) = one.text("ProvisionedProductName") else {
        return Err("CloudFormation chose its name: import it by `import --all --name NAME`".to_owned());
    };
    let mut product = ForeignProduct::new(name.to_owned(), Selector::Name(called));
    product.key = name.to_owned();
    product.account_id = values.place.account_id.clone();
    product.region = Some(values.place.region.clone());
    product.product =
        one.text("ProductId").map(Selector::Id).or_else(|| one.text("ProductName").map(Selector::Name));
    product.artifact = one
        .text("ProvisioningArtifactId")
        .map(ArtifactSelector::Id)
        .or_else(|| one.text("ProvisioningArtifactName").map(ArtifactSelector::Name));
    product.path_name = one.text("PathName");
    product.accept_language = one.text("AcceptLanguage").filter(|text| text != "en");
    product.notification_arns = one.texts(one.all.get("NotificationArns"));
    product.parameters = one.parameters();
    product.tags = ForeignTags::AtLeast(one.tags()?);
    product.preferences =
        one.all.get("ProvisioningPreferences").map(|preferences| one.preferences(preferences));
    product.depends_on = one.depends_on(resource);
    product.on_removal = one.on_removal(resource);
    one.attributes(resource);
    one.unknown();
    Ok(product)
}

struct Properties<'r> {
    all: &'r Marked,
    values: &'r TemplateValues<'r>,
    open: &'r mut OpenProperties,
}

impl Properties<'_> {
    /// What comes first of the template's other provisioned products.
    fn depends_on(&mut self, resource: &Marked) -> BTreeSet<String> {
        let mut first = BTreeSet::new();
        let Some(named) = resource.get("DependsOn") else { return first };
        for one in if named.items().is_empty() { std::slice::from_ref(named) } else { named.items() } {
            match one.text() {
                Some(name) if self.values.products.contains(name) => drop(first.insert(name.to_owned())),
                name => {
                    let on = name.map(|name| format!(" on `{name}`")).unwrap_or_default();
                    let what = format!(
                        "`DependsOn`{on} is left out: that is no provisioned product of the template"
                    );
                    self.open.push((one.line, what));
                }
            }
        }
        first
    }

    fn on_removal(&mut self, resource: &Marked) -> OnRemoval {
        let Some(policy) = resource.get("DeletionPolicy") else { return OnRemoval::default() };
        match policy.text() {
            Some(text) if text.starts_with("Retain") => OnRemoval::Forget,
            Some("Delete") => OnRemoval::default(),
            _ => {
                let what = "`DeletionPolicy` is left out: what is no longer declared is terminated";
                self.open.push((policy.line, what.to_owned()));
                OnRemoval::default()
            }
        }
    }

    /// What else stands beside the properties.
    fn attributes(&mut self, resource: &Marked) {
        for (name, value) in resource.pairs().iter().filter(|(name, _)| !ATTRIBUTES.contains(&&**name)) {
            let what = match (name.as_str(), value.text()) {
                ("Condition", condition) => {
                    let which = condition.map(|name| format!(" `{name}`")).unwrap_or_default();
                    format!(
                        "its `Condition`{which} is not looked at: what is called so is declared if it is there"
                    )
                }
                _ => format!("`{name}` is left out: it has no equivalent"),
            };
            self.open.push((value.line, what));
        }
    }

    /// A property that is a text; one that is open is said, and is as it is there.
    fn text(&mut self, name: &str) -> Option<String> {
        let value = self.all.get(name)?;
        let text = self.values.text(value);
        text.map_err(|why| self.leave(value.line, name, &why)).ok()
    }

    fn leave(&mut self, line: usize, name: &str, why: &str) {
        self.open.push((line, format!("`{name}` is as it is there: {why}")));
    }

    fn texts(&mut self, list: Option<&Marked>) -> Vec<String> {
        let mut texts = Vec::new();
        for item in list.map(Marked::items).unwrap_or_default() {
            match self.values.text(item) {
                Ok(text) => texts.push(text),
                Err(why) => self.open.push((item.line, format!("an entry is left out: {why}"))),
            }
        }
        texts
    }

    /// `[{Key, Value}]`, in whatever form the values are.
    fn pairs(&mut self, name: &str) -> Vec<(String, Result<FoundValue, String>, usize)> {
        let mut pairs = Vec::new();
        for item in self.all.get(name).map(Marked::items).unwrap_or_default() {
            let key = item.get("Key").and_then(Marked::text).map(str::to_owned);
            let others = item.pairs().iter().filter(|(part, _)| part != "Key" && part != "Value");
            let of = key.as_deref().unwrap_or(name);
            self.open
                .extend(others.map(|(part, value)| (value.line, format!("`{part}` of `{of}` is left out"))));
            match (key, item.get("Value")) {
                (Some(key), Some(value)) => pairs.push((key, self.values.value(value), value.line)),
                (Some(key), None) => pairs.push((key, Ok(FoundValue::Text(String::new())), item.line)),
                (None, _) => {
                    self.open.push((
                        item.line,
                        format!("an entry of `{name}` is left out: it has no plain `Key`"),
                    ));
                }
            }
        }
        pairs
    }

    fn parameters(&mut self) -> BTreeMap<String, FoundValue> {
        let mut found = BTreeMap::new();
        for (key, value, line) in self.pairs("ProvisioningParameters") {
            match value {
                Ok(value) => drop(found.insert(key, value)),
                Err(why) => self.leave(line, &key, &why),
            }
        }
        found
    }

    /// A secret in one is in clear where it is deployed.
    fn tags(&mut self) -> Result<BTreeMap<String, String>, String> {
        let mut found = BTreeMap::new();
        for (key, value, line) in self.pairs("Tags") {
            match value {
                Ok(FoundValue::Text(text)) => drop(found.insert(key, text)),
                Ok(FoundValue::Sensitive) => {
                    return Err(format!(
                        "line {line}: the tag `{key}` shows what is not echoed, and only parameters can be secret here"
                    ));
                }
                Ok(_) => self.leave(line, &key, "tags hold texts only"),
                Err(why) => self.leave(line, &key, &why),
            }
        }
        Ok(found)
    }

    fn preferences(&mut self, of: &Marked) -> Preferences {
        for (name, value) in of.pairs().iter().filter(|(name, _)| !PREFERENCES.contains(&&**name)) {
            self.open.push((value.line, format!("`{name}` is left out: it has no equivalent")));
        }
        let mut number = |name: &str| {
            let value = of.get(name)?;
            let text = self.values.text(value);
            let number = text.and_then(|text| text.parse::<u32>().map_err(|_| "it is no number".to_owned()));
            number.map_err(|why| self.open.push((value.line, format!("`{name}` is left out: {why}")))).ok()
        };
        let mut bound = |what: &str| {
            let percentage = number(&format!("StackSet{what}Percentage")).map(Bound::Percentage);
            let count = number(&format!("StackSet{what}Count")).map(Bound::Count);
            percentage.or(count)
        };
        let (failure_tolerance, max_concurrency) = (bound("FailureTolerance"), bound("MaxConcurrency"));
        Preferences {
            accounts: self.texts(of.get("StackSetAccounts")),
            regions: self.texts(of.get("StackSetRegions")),
            failure_tolerance,
            max_concurrency,
        }
    }

    fn unknown(&mut self) {
        for (name, value) in self.all.pairs().iter().filter(|(name, _)| !PROPERTIES.contains(&&**name)) {
            self.open.push((value.line, format!("`{name}` is left out")));
        }
    }
}

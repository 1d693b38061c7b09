//! Templates of CloudFormation that hold provisioned products. A template names what it makes, and knows no id: each is looked for by
//! its name. What cannot be told from the template alone is as it is there, and said with its line.

mod product;
mod values;

use std::collections::BTreeSet;

use super::foreign::{ForeignFile, ForeignProduct, OtherFile};
use super::marked::{Marked, read};
use values::TemplateValues;

const TYPE: &str = "AWS::ServiceCatalog::CloudFormationProvisionedProduct";

const GIVE: &str = "give a template that holds `AWS::ServiceCatalog::CloudFormationProvisionedProduct`";

const ADVICE: &str = "the stack manages them still: set `DeletionPolicy: Retain` on each, update it, and then remove them from \
                      the template; that destroys nothing";

/// Where a template's stack is: no template says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackPlace {
    /// `AWS::AccountId`
    pub account_id: Option<String>,
    /// `AWS::Region`
    pub region: String,
}

/// The provisioned products of a template; `file` is what it is called in sentences.
///
/// # Errors
/// A file of another kind.
pub fn cloudformation(text: &str, file: &str, place: &StackPlace) -> Result<ForeignFile, OtherFile> {
    let root = read(text)?;
    if root.get("lineage").is_some() || root.get("format_version").is_some() {
        return Err(OtherFile::new("this was written by Terraform", "give it to `--from-terraform`"));
    }
    let Some(resources) = root.get("Resources") else {
        return Err(OtherFile::new("this is no template: it has no `Resources`", GIVE));
    };
    let is_ours = |resource: &Marked| resource.get("Type").and_then(Marked::text) == Some(TYPE);
    let ours: BTreeSet<&str> =
        resources.pairs().iter().filter(|(_, one)| is_ours(one)).map(|(name, _)| &**name).collect();
    let values = TemplateValues { parameters: root.get("Parameters"), place, products: &ours };
    let mut found = ForeignFile { secrets: values.defaults_of_secrets(), ..ForeignFile::default() };
    for (name, resource) in resources.pairs() {
        let at = format!("{file}:{}: {name}", resource.line);
        if name.starts_with("Fn::ForEach") {
            found.left.push(format!("{at}: loops are not read"));
        } else if is_ours(resource) {
            let mut open = Vec::new();
            match product::product(name, resource, &values, &mut open) {
                Ok(product) => {
                    let at = Some(format!("{file}:{}", resource.line));
                    found.products.push(ForeignProduct { at, ..product });
                }
                Err(why) => found.left.push(format!("{at}: {why}")),
            }
            open.sort_by_key(|(line, _)| *line);
            let told = |(line, what): (usize, String)| format!("{file}:{line}: {name}: {what}");
            found.changed.extend(open.into_iter().map(told));
        }
    }
    if !found.products.is_empty() {
        found.advice.push(ADVICE.to_owned());
    }
    Ok(found)
}

//! What CloudFormation says about a template's outer form: sections and members it does not know, names, counts.
//! What is in the sections is read in `sections`.

use crate::template::error::{TemplateError, meant};
use crate::template::transforms::Transforms;
use crate::tree::{Data, Node};

const MEMBERS: [&str; 11] = [
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Resources",
    "Outputs",
    "Hooks",
];
const RESOURCE: [&str; 11] = [
    "Type",
    "Properties",
    "DependsOn",
    "Condition",
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Description",
    "Version",
];
const SERVERLESS_RESOURCE: [&str; 2] = ["Connectors", "IgnoreGlobals"];
const PARAMETER: [&str; 11] = [
    "Type",
    "Default",
    "Description",
    "NoEcho",
    "AllowedValues",
    "AllowedPattern",
    "ConstraintDescription",
    "MinLength",
    "MaxLength",
    "MinValue",
    "MaxValue",
];
/// A section, what its entries are called, and the most there may be
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>).
const COUNTED: [(&str, &str, usize); 4] = [
    ("Resources", "Resource", 500),
    ("Parameters", "Parameter", 200),
    ("Outputs", "Output", 200),
    ("Mappings", "Mapping", 200),
];
const VERSION: &str = "2010-09-09";
const MAX_DESCRIPTION: usize = 1024;
const MAX_NAME: usize = 255;

pub(crate) fn section<'t>(tree: &'t Node, name: &str) -> Result<&'t [(String, Node)], TemplateError> {
    match tree.get(name) {
        Some(node) if !matches!(node.data, Data::Map(_)) => {
            Err(TemplateError::format(node, &format!("[/{name}] Every {name} section must be a map.")))
        }
        Some(node) => Ok(node.entries()),
        None => Ok(&[]),
    }
}

/// What parameters may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// As CloudFormation has it: letters and digits.
    Plain,
    /// As variables of Terraform: `_` and `-` too.
    Variables,
}

/// What CloudFormation refuses before it looks closer, the first of each kind that it would tell first.
pub(crate) fn faults(tree: &Node, transforms: Transforms, names_of: Names) -> Vec<TemplateError> {
    let mut faults: Vec<TemplateError> = head(tree).err().into_iter().collect();
    // a macro may take away what the service does not know
    if !transforms.other {
        faults.extend(top(tree, transforms).err());
    }
    faults.extend(counts(tree, names_of).err());
    if transforms.other {
        return faults;
    }
    let known =
        |name: &str| RESOURCE.contains(&name) || transforms.serverless && SERVERLESS_RESOURCE.contains(&name);
    let entries = |name| section(tree, name).unwrap_or_default();
    let of_parameters =
        Members { word: "parameter", names: &PARAMETER, known: &|name| PARAMETER.contains(&name) };
    faults.extend(of_parameters.unknown(entries("Parameters")));
    let of_resources = Members { word: "resource", names: &RESOURCE, known: &known };
    faults.extend(of_resources.unknown(entries("Resources")));
    faults.extend(mappings(entries("Mappings")).err());
    faults
}

/// Whether all sections are such as the service knows.
pub(crate) fn is_known(tree: &Node, transforms: Transforms) -> bool {
    top(tree, transforms).is_ok()
}

/// Refuses sections that the service does not know.
fn top(tree: &Node, transforms: Transforms) -> Result<(), TemplateError> {
    let globals = transforms.serverless.then_some("Globals");
    let unknown: Vec<&str> =
        names(tree).filter(|name| !MEMBERS.contains(name) && globals != Some(name)).collect();
    match unknown.first().and_then(|name| entry(tree, name)) {
        Some(node) => {
            let what = format!("Invalid template property or properties [{}]", unknown.join(", "));
            let first = unknown.first().and_then(|name| meant(name, MEMBERS));
            Err(TemplateError::refused_name(node, &what).advising(first))
        }
        None => Ok(()),
    }
}

fn head(tree: &Node) -> Result<(), TemplateError> {
    if let Some(version) = tree.get("AWSTemplateFormatVersion")
        && version.text().is_none_or(|text| text.trim() != VERSION)
    {
        return Err(TemplateError::format(version, "unsupported value for AWSTemplateFormatVersion."));
    }
    match tree.get("Description") {
        Some(node) => match node.text() {
            None => Err(TemplateError::format(node, "Every Description member must be a string.")),
            Some(text) if text.len() > MAX_DESCRIPTION => Err(TemplateError::format(
                node,
                &format!("'Description' length is greater than {MAX_DESCRIPTION}."),
            )),
            Some(_) => Ok(()),
        },
        None => Ok(()),
    }
}

fn names(node: &Node) -> impl Iterator<Item = &str> {
    node.entries().iter().map(|(name, _)| name.as_str())
}

fn entry<'n>(node: &'n Node, wanted: &str) -> Option<&'n Node> {
    node.entries().iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
}

pub(crate) fn counts(tree: &Node, names_of: Names) -> Result<(), TemplateError> {
    for (name, word, most) in COUNTED {
        let entries = section(tree, name)?;
        let count = entries.len();
        if count > most {
            let what = format!(
                "Number of {}, {count}, is greater than maximum allowed, {most}",
                name.to_lowercase()
            );
            return Err(TemplateError::format(tree, &what));
        }
        for (key, node) in entries.iter().filter(|(key, _)| key != "Fn::Transform") {
            let is_variable = names_of == Names::Variables && name == "Parameters";
            let sign = |letter: char| is_variable && "_-".contains(letter);
            if !key.chars().all(|letter| letter.is_ascii_alphanumeric() || sign(letter)) || key.is_empty() {
                let what = format!("{word} name {key} is non alphanumeric.");
                return Err(TemplateError::format_of_name(node, &what));
            }
            if key.len() > MAX_NAME {
                let what = format!("{word} name {key} is longer than {MAX_NAME} characters.");
                return Err(TemplateError::format_of_name(node, &what));
            }
        }
    }
    Ok(())
}

/// What entries of a section may hold.
struct Members<'m> {
    /// What an entry is called.
    word: &'m str,
    /// What is offered in the place of a name that is none.
    names: &'m [&'static str],
    known: &'m dyn Fn(&str) -> bool,
}

impl Members<'_> {
    /// Refuses members of entries that the service does not know.
    fn unknown(&self, entries: &[(String, Node)]) -> Vec<TemplateError> {
        let members = entries.iter().flat_map(|(_, body)| body.entries());
        let unknown = members.filter(|(name, _)| !(self.known)(name));
        let refused = |(name, node): &(String, Node)| {
            let what = format!("Invalid template {} property '{name}'", self.word);
            TemplateError::refused_name(node, &what).advising(meant(name, self.names.iter().copied()))
        };
        unknown.map(refused).collect()
    }
}

fn mappings(entries: &[(String, Node)]) -> Result<(), TemplateError> {
    for (name, mapping) in entries {
        let tops = map(mapping, &format!("[/Mappings/{name}] Every Mappings member must be a map"))?;
        for (top, attributes) in tops {
            let path = format!("[/Mappings/{name}/{top}]");
            let attributes = map(attributes, &format!("{path} Every Mappings attribute must be a map"))?;
            for (_, value) in attributes {
                if !matches!(value.data, Data::Text(_) | Data::List(_)) {
                    let what = format!("{path} Every Mappings attribute must be a String or a List.");
                    return Err(TemplateError::format(value, &what));
                }
            }
        }
    }
    Ok(())
}

fn map<'n>(node: &'n Node, what: &str) -> Result<&'n [(String, Node)], TemplateError> {
    if matches!(node.data, Data::Map(_)) {
        Ok(node.entries())
    } else {
        Err(TemplateError::format(node, what))
    }
}

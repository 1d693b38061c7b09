//! What a template asks to be acknowledged: that it makes identities, that it names them, and that it runs macros.

use std::collections::BTreeSet;

use super::Template;
use super::sections::ResourceDeclaration;

/// The capabilities that a stack of a template needs, and the types that are to blame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// As CreateStack takes them.
    pub names: Vec<&'static str>,
    /// The resource types that need them.
    pub kinds: BTreeSet<String>,
}

/// The types that make identities or permissions, and the property that gives one a name.
const IDENTITIES: [(&str, &str); 9] = [
    ("AWS::IAM::AccessKey", ""),
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Policy", ""),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::RolePolicy", ""),
    ("AWS::IAM::User", "UserName"),
    ("AWS::IAM::UserToGroupAddition", ""),
];

impl Capabilities {
    /// Whether nothing is to be acknowledged.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// In CloudFormation's words.
    pub fn reason(&self) -> String {
        let kinds: Vec<&str> = self.kinds.iter().map(String::as_str).collect();
        format!("The following resource(s) require capabilities: [{}]", kinds.join(", "))
    }
}

impl Template {
    /// What has to be acknowledged before a stack is made from it.
    pub fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        let mut is_named = false;
        for resource in &self.sections.resources {
            if let Some(property) = identity(resource) {
                capabilities.kinds.insert(resource.kind.clone());
                is_named |= !property.is_empty() && resource.property(property).is_some();
            }
        }
        if !capabilities.kinds.is_empty() {
            capabilities.names.push(if is_named { "CAPABILITY_NAMED_IAM" } else { "CAPABILITY_IAM" });
        }
        if !self.transforms.is_empty() {
            capabilities.names.push("CAPABILITY_AUTO_EXPAND");
        }
        capabilities
    }
}

fn identity(resource: &ResourceDeclaration) -> Option<&'static str> {
    IDENTITIES.iter().find(|(kind, _)| *kind == resource.kind).map(|(_, property)| *property)
}

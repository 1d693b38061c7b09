//! The calls that the program makes, as the actions of policies: one table, which a test holds against the adapter.

use provisor_model::access::AccessLevel;

/// An action, and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// As policies write it.
    pub action: &'static str,
    /// What it is for.
    pub purpose: Purpose,
    /// It is granted by whose the provisioned products are.
    pub by_level: bool,
}

/// What calls are for: a statement of a policy each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// What is offered.
    Catalog,
    /// What is provisioned.
    ProvisionedProducts,
    /// What an update would do to resources: `--preview`, `guards.replace_resources`.
    Previews,
    /// The values of parameters: `--deep`, `drift: deep`, imports.
    StackParameters,
    /// Provisioning.
    Provisioning,
    /// Updates and terminations.
    Changes,
    /// `imports:` of a stack.
    StackImports,
}

impl Purpose {
    /// Whether it is for an apply only: a plan changes nothing.
    #[must_use]
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Provisioning | Self::Changes | Self::StackImports)
    }

    /// The name of its statement.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Catalog => "Catalog",
            Self::ProvisionedProducts => "ProvisionedProducts",
            Self::Previews => "Previews",
            Self::StackParameters => "StackParameters",
            Self::Provisioning => "Provisioning",
            Self::Changes => "Changes",
            Self::StackImports => "StackImports",
        }
    }
}

const fn of(purpose: Purpose, action: &'static str) -> Permission {
    Permission { action, purpose, by_level: false }
}

const fn by_level(purpose: Purpose, action: &'static str) -> Permission {
    Permission { action, purpose, by_level: true }
}

/// Every action. `cloudformation:GetTemplate` is the service's own call, with the rights of whoever asks it to take a stack in.
pub const PERMISSIONS: [Permission; 22] = [
    of(Purpose::Catalog, "sts:GetCallerIdentity"),
    of(Purpose::Catalog, "servicecatalog:SearchProducts"),
    of(Purpose::Catalog, "servicecatalog:DescribeProduct"),
    of(Purpose::Catalog, "servicecatalog:ListLaunchPaths"),
    of(Purpose::Catalog, "servicecatalog:DescribeProvisioningParameters"),
    by_level(Purpose::ProvisionedProducts, "servicecatalog:SearchProvisionedProducts"),
    by_level(Purpose::ProvisionedProducts, "servicecatalog:DescribeProvisionedProduct"),
    by_level(Purpose::ProvisionedProducts, "servicecatalog:DescribeRecord"),
    by_level(Purpose::ProvisionedProducts, "servicecatalog:ListRecordHistory"),
    by_level(Purpose::ProvisionedProducts, "servicecatalog:ListProvisionedProductPlans"),
    by_level(Purpose::Previews, "servicecatalog:CreateProvisionedProductPlan"),
    by_level(Purpose::Previews, "servicecatalog:DescribeProvisionedProductPlan"),
    by_level(Purpose::Previews, "servicecatalog:DeleteProvisionedProductPlan"),
    of(Purpose::StackParameters, "cloudformation:DescribeStacks"),
    of(Purpose::StackParameters, "cloudformation:DescribeStackSet"),
    of(Purpose::StackParameters, "cloudformation:ListStackInstances"),
    of(Purpose::Provisioning, "servicecatalog:ProvisionProduct"),
    by_level(Purpose::Changes, "servicecatalog:UpdateProvisionedProduct"),
    by_level(Purpose::Changes, "servicecatalog:TerminateProvisionedProduct"),
    of(Purpose::StackImports, "servicecatalog:ImportAsProvisionedProduct"),
    of(Purpose::StackImports, "cloudformation:GetTemplate"),
    of(Purpose::StackImports, "cloudformation:DescribeStacks"),
];

/// The statement of a policy that permits an action, as JSON on one line.
#[must_use]
pub fn statement(action: &str, level: AccessLevel) -> String {
    let permission = PERMISSIONS.iter().find(|one| one.action == action);
    let actions = match permission {
        // one is of no use without the others
        Some(one) if one.purpose == Purpose::StackImports => {
            let all = PERMISSIONS.iter().filter(|other| other.purpose == Purpose::StackImports);
            format!("[{}]", all.map(|one| format!("\"{}\"", one.action)).collect::<Vec<_>>().join(", "))
        }
        _ => format!("\"{action}\""),
    };
    let mut statement = format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": "*""#);
    if permission.is_some_and(|one| one.by_level) {
        statement.push_str(&format!(
            r#", "Condition": {{"StringEquals": {{"servicecatalog:{level}Level": "self"}}}}"#
        ));
    }
    statement.push('}');
    statement
}

//! CloudFormation's words for names that stand for nothing.

/// The section being evaluated; CloudFormation's messages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    Conditions,
    Resources,
    Outputs,
}

/// CloudFormation's words for a name that is no resource of this stack.
pub(crate) fn resource(name: &str, block: Block) -> String {
    format!(
        "Template format error: Unresolved resource dependencies [{name}] in the {block:?} block of the template"
    )
}

/// CloudFormation's words for a name that is no condition.
pub(crate) fn condition(name: &str, block: Block) -> String {
    format!(
        "Template format error: Unresolved condition dependency {name} in the {block:?} block of the template"
    )
}

/// CloudFormation's words for a name that is no condition, in `Fn::If`.
pub(crate) fn condition_of_if(name: &str) -> String {
    format!("Template error: unresolved condition dependency {name} in Fn::If")
}

/// CloudFormation's words for a name in a condition that is no parameter.
pub(crate) fn in_conditions(name: &str) -> String {
    let what = "Cannot reference resources in the Conditions block of the template";
    format!("Template format error: Unresolved dependencies [{name}]. {what}")
}

//! The secrets of a saved plan: how they come back from the declarations.

use crate::model::ids::Address;
use crate::model::secret::DigestKey;
use crate::model::template::Template;
use crate::plan::{Action, Adoption, Plan, Planned, Sending, Spec};

/// A secret that cannot be put back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sensitive parameter `{parameter}` of `{address}` {mismatch}")]
pub struct SecretProblem {
    /// Where the secret is declared, or was.
    pub address: Address,
    /// The parameter's key.
    pub parameter: String,
    /// What keeps its text from being put back.
    pub mismatch: Mismatch,
}

/// What is wrong with a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The declarations give none.
    #[error("is not given")]
    Missing,
    /// They give another one.
    #[error("is not the one the plan was made with")]
    Different,
}

/// Puts the secrets back that a saved plan does not hold, from what `lookup` says that an address declares for a parameter:
/// the template as planning has it, that is filled if nothing it refers to is moved by the plan.
///
/// One that does not travel (the product keeps it, or the template's default holds) need not be declared; if it is, it must be the same.
///
/// # Errors
/// Every secret that is missing, or not the one the plan was made with. Then the plan is not to be applied.
pub fn fill_secrets(
    plan: &mut Plan,
    lookup: &dyn Fn(&Address, &str) -> Option<Template>,
    key: &DigestKey,
) -> Result<(), Vec<SecretProblem>> {
    let mut problems = Vec::new();
    for step in &mut plan.steps {
        let Some(spec) = spec_of(&mut step.action) else {
            continue;
        };
        for (name, parameter) in &mut spec.parameters {
            let Planned::Secret { template: hole @ None, digest } = &mut parameter.value else {
                continue;
            };
            let mismatch = match lookup(&step.address, name) {
                Some(template) if digest.is_planned(key, &step.address, name, &template) => {
                    *hole = Some(template);
                    continue;
                }
                Some(_) => Mismatch::Different,
                None if parameter.sent == Sending::Value => Mismatch::Missing,
                None => continue,
            };
            problems.push(SecretProblem { address: step.address.clone(), parameter: name.clone(), mismatch });
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn spec_of(action: &mut Action) -> Option<&mut Spec> {
    match action {
        Action::Provision(spec)
        | Action::Update(_, spec)
        | Action::Adopt(Adoption { spec, .. })
        | Action::Accept(_, spec, _) => Some(spec),
        Action::Settle(_, spec) => spec.as_mut(),
        Action::Terminate(_) | Action::Forget { .. } | Action::Remember | Action::Refused(_) => None,
    }
}

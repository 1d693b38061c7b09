//! AWS Control Tower's Account Factory: few operations at a time, and every e-mail address once.

use crate::operations::change::deployment::Deployment;
use crate::operations::change::execution::{Execution, ExecutionEnd, steady};
use crate::operations::session::Session;
use crate::world::{ProvisionedProduct, Status};

/// <https://docs.aws.amazon.com/controltower/latest/userguide/provision-and-manage-accounts.html>
const AT_ONCE: usize = 5;

/// The execution that an account operation takes given the others under way.
pub(crate) fn limited(session: &Session<'_>, deployment: &Deployment<'_>, execution: Execution) -> Execution {
    if deployment.kind != "CONTROL_TOWER_ACCOUNT" {
        return execution;
    }
    let others = || {
        let all = session.world.all_provisioned();
        all.filter(|product| product.kind == deployment.kind && product.id != deployment.provisioned_id)
    };
    let busy = others().filter(|product| product.state.status == Status::UnderChange).count();
    if busy >= AT_ONCE {
        return failing(
            session,
            "ResourceInUseException  Account Factory cannot complete an operation on this account, because the \
             allowed maximum of 5 concurrent account operations is exceeded. Try again later.",
        );
    }
    if matches!(execution.end, ExecutionEnd::Failed { .. }) {
        return execution;
    }
    let email = execution.values.values.get("AccountEmail");
    match others().find(|product| uses(product, email)) {
        None => execution,
        Some(_) => failing(
            session,
            "The email address is already in use by another AWS account. Choose another email address.",
        ),
    }
}

fn uses(product: &ProvisionedProduct, email: Option<&String>) -> bool {
    let after = product.pending.as_ref().and_then(|pending| pending.after.as_ref());
    let deployed = after.and_then(|after| after.deployed.as_ref()).map(|deployed| &deployed.parameters);
    let known = std::iter::once(&product.state.parameters).chain(deployed);
    email.is_some() && known.into_iter().any(|parameters| parameters.get("AccountEmail") == email)
}

fn failing(session: &Session<'_>, message: &str) -> Execution {
    let end = ExecutionEnd::Failed { message: message.to_owned(), created: false };
    Execution { timeline: steady(session.now, 4000), end, values: Default::default(), imports: Vec::new() }
}

//! AWS Control Tower's Account Factory: few operations at a time, and every e-mail address once.

use super::Session;
use super::accept::{Course, Ending, Order, steady};
use crate::world::{Provisioned, Status};

/// <https://docs.aws.amazon.com/controltower/latest/userguide/provision-and-manage-accounts.html>
const AT_ONCE: usize = 5;

/// The course that an account operation takes given the others under way.
pub(super) fn limited(session: &Session<'_>, order: &Order<'_>, course: Course) -> Course {
    if order.kind != "CONTROL_TOWER_ACCOUNT" {
        return course;
    }
    let others = || {
        let all = session.world.all_provisioned();
        all.filter(|product| product.kind == order.kind && product.id != order.provisioned_id)
    };
    let busy = others().filter(|product| product.state.status == Status::UnderChange).count();
    if busy >= AT_ONCE {
        return failing(
            session,
            "AWS Control Tower can process up to five account-related operations at a time. Try again later.",
        );
    }
    if matches!(course.ending, Ending::Failed { .. }) {
        return course;
    }
    let email = course.values.values.get("AccountEmail");
    match others().find(|product| uses(product, email)) {
        None => course,
        Some(_) => failing(
            session,
            "The email address is already in use by another AWS account. Choose another email address.",
        ),
    }
}

fn uses(product: &Provisioned, email: Option<&String>) -> bool {
    let after = product.pending.as_ref().and_then(|pending| pending.after.as_ref());
    let deployed = after.and_then(|after| after.deployed.as_ref()).map(|deployed| &deployed.parameters);
    let known = std::iter::once(&product.state.parameters).chain(deployed);
    email.is_some() && known.into_iter().any(|parameters| parameters.get("AccountEmail") == email)
}

fn failing(session: &Session<'_>, message: &str) -> Course {
    let ending = Ending::Failed { message: message.to_owned(), created: false };
    Course { timeline: steady(session.now, 4000), ending, values: Default::default(), imports: Vec::new() }
}

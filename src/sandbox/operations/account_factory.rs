//! AWS Control Tower's Account Factory: few operations at a time, and every e-mail address once.

use super::Session;
use super::accept::{Course, Ending, Order, steady};
use crate::sandbox::world::{Provisioned, State, Status};

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
    let busy = others()
        .filter(|product| product.state.status == Status::UnderChange)
        .count();
    if busy >= AT_ONCE {
        return failing(
            session,
            "AWS Control Tower can process up to five account-related operations at a time. Try again later.",
        );
    }
    let Ending::Deployed { values, .. } = &course.ending else {
        return course;
    };
    let email = values.values.get("AccountEmail");
    match others().find(|product| uses(product, email)) {
        None => course,
        Some(_) => failing(
            session,
            "The email address is already in use by another AWS account. Choose another email address.",
        ),
    }
}

fn uses(product: &Provisioned, email: Option<&String>) -> bool {
    let of = |state: &State| state.parameters.get("AccountEmail") == email;
    email.is_some()
        && (of(&product.state)
            || product
                .pending
                .as_ref()
                .and_then(|p| p.after.as_ref())
                .is_some_and(of))
}

fn failing(session: &Session<'_>, message: &str) -> Course {
    let ending = Ending::Failed {
        message: message.to_owned(),
        created: false,
    };
    Course {
        timeline: steady(session.now, 4000),
        ending,
    }
}

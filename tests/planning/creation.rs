//! The rows of the decision table about creations that never succeeded.

use super::fixture::{check, check_with};
use super::{NET, NET_ROW, NOTHING};

#[test]
fn what_was_made_with_a_token_of_ours_is_taken_over() {
    let row = "network vpc/v1 unbound token:t-1 token:t-2";
    check(
        NET,
        row,
        "is pp-9 name=network tainted token=t-1 last=rec-9 message=Subnet·is·full",
        "update network pp-9 (failed creation rec-9: Subnet is full)",
    );
    check(
        NET,
        row,
        "is pp-9 name=network error token=t-2 last=rec-9 message=Subnet·is·full",
        "terminate network pp-9 to replace it (failed creation rec-9: Subnet is full)
         provision network (failed creation rec-9: Subnet is full) after the end of network",
    );
    check(
        NET,
        row,
        "is pp-9 name=network token=t-3",
        "refuse network Exists: a provisioned product named `network` exists already: pp-9 \
         / choose another `provisioned_product_name`; `imports: [{to: network, provisioned_product_id: pp-9}]`, or `provisor import network pp-9`, adopts it",
    );
}

#[test]
fn a_creation_that_failed_is_replaced() {
    check(
        NET,
        "network vpc/v1 bound",
        "is pp-network error prov=rec-9 last=rec-9
         record rec-9 pp-network PROVISION_PRODUCT failed=Subnet·is·full",
        "terminate network pp-network to replace it (failed creation rec-9: Subnet is full)
         provision network (failed creation rec-9: Subnet is full) after the end of network",
    );
}

#[test]
fn a_creation_that_failed_is_updated_where_the_engine_allows_it() {
    check(
        NET,
        "network vpc/v1 bound",
        "is pp-network error kind=TERRAFORM_OPEN_SOURCE prov=rec-9 message=no·such·provider",
        "update network pp-network (failed creation rec-9: no such provider)",
    );
    check(
        NET,
        "network vpc/v1 bound failed:remembered",
        "is pp-network tainted prov=rec-9",
        "update network pp-network (failed creation rec-9: remembered)",
    );
}

#[test]
fn a_failed_creation_is_not_replaced_under_prevent_terminate() {
    check(
        "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, lifecycle: {prevent_terminate: true}}",
        "network vpc/v1 bound protect",
        "is pp-network error prov=rec-9",
        "refuse network PreventTerminate: `lifecycle.prevent_terminate` forbids terminating it \
         / set `prevent_terminate: false` first",
    );
}

#[test]
fn a_failed_creation_can_be_released_although_its_protection_is_remembered() {
    check(
        NET,
        "network vpc/v1 bound protect",
        "is pp-network error prov=rec-9 message=full",
        "terminate network pp-network to replace it (failed creation rec-9: full)
         provision network (failed creation rec-9: full) after the end of network
         note network: `prevent_terminate` = true -> false",
    );
}

/// Terminating an account gives nothing back: nobody but a person decides that.
#[test]
fn an_account_that_failed_to_be_made_is_replaced_only_when_asked_for() {
    let said = "refuse network ErrorStatus: the account was never provisioned successfully, and is not replaced by itself: no OU \
                / look at it in Control Tower first; `--replace network` terminates it (that unenrols the account, and does not close it) and provisions it again";
    let bound = "network vpc/v1 bound";
    let world = "is pp-network error kind=CONTROL_TOWER_ACCOUNT prov=rec-9 last=rec-9 message=no·OU";
    check(NET, bound, world, said);
    let asked = "terminate network pp-network to replace it (requested, failed creation rec-9: no OU)
                 provision network (requested, failed creation rec-9: no OU) after the end of network
                 note network: it is terminated: that unenrols the account, and does not close it";
    check_with("--replace network", [NET, bound, world], asked);
    // known by its token only
    let row = "network vpc/v1 unbound token:t-3";
    let world = "is pp-9 name=network token=t-3 error kind=CONTROL_TOWER_ACCOUNT last=rec-9 message=no·OU";
    check(NET, row, world, said);
    let asked = "terminate network pp-9 to replace it (failed creation rec-9: no OU)
                 provision network (failed creation rec-9: no OU) after the end of network
                 note network: it is terminated: that unenrols the account, and does not close it";
    check_with("--replace network", [NET, row, world], asked);
}

/// What the Account Factory is known to stumble over is said before it does.
#[test]
fn what_is_peculiar_to_accounts_is_said() {
    let account = "is pp-network kind=CONTROL_TOWER_ACCOUNT";
    check(
        NET,
        NET_ROW,
        &format!("{account} error message=moved"),
        "refuse network ErrorStatus: it had been provisioned, and its status is ERROR now: moved \
         / look at it in Control Tower first; `--replace network` terminates it (that unenrols the account, and does not close it) and provisions it again",
    );
    check(
        NET,
        NET_ROW,
        &format!("{account} tainted last=rec-9 message=VPC"),
        "update network pp-network (tainted rec-9: VPC)
         note network: the Account Factory may refuse to update a tainted account until the cause is gone: Control Tower tells it",
    );
    check(
        NOTHING,
        NET_ROW,
        account,
        "terminate network pp-network (removed)
         note network: it is terminated: that unenrols the account, and does not close it",
    );
    check(
        "provisioned_products:\n  a: {product_name: factory, provisioning_artifact_name: v1, notification_arns: [\"arn:aws:sns:eu-west-1:111122223333:x\"]}",
        "",
        "offer factory/v1 +kind=CONTROL_TOWER_ACCOUNT +tag=team=x|y",
        "provision a (new)
         note a: notification ARNs are known to break operations of the Account Factory
         note a: tag options are known to break operations of the Account Factory: the product's owner can take them off",
    );
}

const MAY_REFUSE: &str = "\nnote network: the Account Factory may refuse to update a tainted account until the cause is gone: Control Tower tells it";
const UNENROLS: &str = "\nnote network: it is terminated: that unenrols the account, and does not close it";

/// The Account Factory was busy: nothing was made, and the name is ours. What it left is updated where that is possible;
/// a termination is a person's to ask for.
#[test]
fn an_account_that_was_put_off_goes_on_and_is_never_terminated_by_itself() {
    let bound = "network vpc/v1 bound";
    let put_off = |status: &str| {
        format!(
            "is pp-network {status} kind=CONTROL_TOWER_ACCOUNT prov=rec-9 last=rec-9
             record rec-9 pp-network PROVISION_PRODUCT put-off=Try·again·later."
        )
    };
    check(
        NET,
        bound,
        &put_off("tainted"),
        &format!("update network pp-network (failed creation rec-9: Try again later.){MAY_REFUSE}"),
    );
    check(
        NET,
        bound,
        &put_off("error"),
        "refuse network ErrorStatus: the Account Factory was too busy to make the account, and its provisioned product \
         holds the name: Try again later. / see in Control Tower that there is no such account; `--replace network` then \
         terminates the provisioned product and provisions it again",
    );
    check_with(
        "--replace network",
        [NET, bound, &put_off("error")],
        &format!(
            "terminate network pp-network to replace it (requested, failed creation rec-9: Try again later.)
             provision network (requested, failed creation rec-9: Try again later.) after the end of network{UNENROLS}"
        ),
    );
    let gone = "terminate network pp-network (removed, failed creation rec-9: Try again later.)";
    check(NOTHING, bound, &put_off("tainted"), &format!("{gone}{UNENROLS}"));
}

/// An update, or a termination, that the Account Factory was too busy for.
#[test]
fn an_account_whose_update_was_put_off_is_updated_again() {
    let world = "is pp-network tainted kind=CONTROL_TOWER_ACCOUNT prov=rec-9 last=rec-9
                 record rec-9 pp-network UPDATE_PROVISIONED_PRODUCT put-off=Try·again·later.";
    let again = format!("update network pp-network (tainted rec-9: Try again later.){MAY_REFUSE}");
    check(NET, NET_ROW, world, &again);
    let world = world.replace("UPDATE", "TERMINATE");
    let gone = "terminate network pp-network (removed, tainted rec-9: Try again later.)";
    check(NOTHING, NET_ROW, &world, &format!("{gone}{UNENROLS}"));
}

/// The record of a termination that failed counts among those that provisioned: it is no update of somebody else's.
#[test]
fn a_termination_that_failed_is_no_change_from_outside() {
    let world = "is pp-network tainted prov=rec-9 last=rec-9
                 record rec-9 pp-network TERMINATE_PROVISIONED_PRODUCT failed=Bucket·is·not·empty";
    let told = "note network: what failed was a termination (rec-9): somebody wanted it gone, and part of it may be gone";
    check(
        NET,
        NET_ROW,
        world,
        &format!("update network pp-network (tainted rec-9: Bucket is not empty)\n{told}"),
    );
    let gone = "terminate network pp-network (removed, tainted rec-9: Bucket is not empty)";
    check(NOTHING, NET_ROW, world, gone);
}

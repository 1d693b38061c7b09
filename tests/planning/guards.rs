//! What is refused although the table would do it: `--allow`, `--max-terminate`, `prevent_terminate` on replacements; and
//! what cannot be changed in place.

use super::fixture::{check, check_with};
use super::{APP, APP_ROW, NET, NET_ROW, NOTHING};

const TWO_NETS: &str = "provisioned_products:
  one: {product_name: vpc, provisioning_artifact_name: v1}
  two: {product_name: vpc, provisioning_artifact_name: v1}
";
const THREE_ROWS: &str = "one vpc/v1 Cidr=10.0.0.0/16 Zones=a,b
two vpc/v1 Cidr=10.0.0.0/16 Zones=a,b
three vpc/v1 Cidr=10.0.0.0/16 Zones=a,b";

#[test]
fn allow_names_what_may_happen() {
    let cases = [
        (NET, "", "", "create", "provision network (new)"),
        (NET, NET_ROW, "gone pp-network", "create", "provision network (vanished pp-network)"),
        (
            NET,
            NET_ROW,
            "is pp-network tainted message=x",
            "update",
            "update network pp-network (tainted rec-network: x)",
        ),
        (NOTHING, NET_ROW, "", "destroy", "terminate network pp-network (removed)"),
        (NOTHING, &format!("{NET_ROW} forget"), "", "create", "forget network leaving pp-network (removed)"),
        (
            NET,
            &format!("{NET_ROW} protect"),
            "",
            "create",
            "remember network (lifecycle only)\nnote network: `prevent_terminate` = true -> false",
        ),
        (NET, &format!("{NET_ROW} updating"), "", "update", "settle network (interrupted update)"),
        (NET, "network vpc/v1 provisioning", "", "create", "settle network (interrupted provision)"),
        (NOTHING, &format!("{NET_ROW} terminating"), "", "destroy", "settle network (interrupted terminate)"),
    ];
    for (yaml, state, world, allow, expect) in cases {
        check_with(&format!("--allow {allow}"), [yaml, state, world], expect);
    }
}

#[test]
fn what_allow_does_not_name_is_refused_and_shown_with_its_reasons() {
    let refused = |word: &str, reasons: &str| {
        format!(
            "refuse network NotAllowed: `--allow` does not name `{word}` / add `{word}` to `--allow` to let it happen ({reasons})"
        )
    };
    check_with("--allow update", [NET, "", ""], &refused("create", "new"));
    check_with(
        "--allow create,destroy",
        [NET, NET_ROW, "is pp-network tainted message=x"],
        &refused("update", "tainted rec-network: x"),
    );
    check_with("--allow create,update", [NOTHING, NET_ROW, ""], &refused("destroy", "removed"));
    // a replacement is one decision
    check_with(
        "--allow create,update,destroy --replace network",
        [NET, NET_ROW, ""],
        &refused("replace", "requested"),
    );
}

fn protected(label: &str) -> String {
    format!(
        "refuse {label} PreventTerminate: `lifecycle.prevent_terminate` forbids terminating it \
         / `removed: [{{address: {label}, prevent_terminate: false}}]` releases it"
    )
}

fn held(rule: &str, by: &str, why: &str) -> String {
    format!("{rule}: it can only go after {by} refused / decide that first: this comes after it ({why})")
}

#[test]
fn what_cannot_go_before_something_refused_is_refused_by_the_plan() {
    let chain =
        "app vpc/v1 after:network protect\nweb vpc/v1 after:network\nnetwork vpc/v1 after:base\nbase vpc/v1";
    // nothing of it counts as a termination
    check_with(
        "--max-terminate 1",
        [NOTHING, chain, ""],
        &format!(
            "{}
             terminate web pp-web (removed)
             refuse network {} after app, web
             refuse base {} after network",
            protected("app"),
            held("PreventTerminate", "`app`, which is", "removed"),
            held("PreventTerminate", "`network`, which is", "removed"),
        ),
    );
    let both = chain.replace("web vpc/v1 after:network", "web vpc/v1 after:network protect");
    let shown = super::fixture::Given::new("", NOTHING, &both, "").shown();
    let expect = held("PreventTerminate", "`app`, `web`, which are", "removed");
    assert!(shown.contains(&format!("refuse network {expect} after app, web")), "{shown}");
    // what is only forgotten is dropped in the same order
    let kept = chain.replace("network vpc/v1 after:base", "network vpc/v1 after:base forget");
    let shown = super::fixture::Given::new("", NOTHING, &kept, "").shown();
    assert_eq!(shown.matches("refuse ").count(), 3, "{shown}");
    // what needs only time needs no decision of those that wait for it
    check(
        NOTHING,
        "app vpc/v1 after:network\nnetwork vpc/v1",
        "is pp-app changing",
        "refuse app InMotion: an operation that is not ours is running on pp-app (rec-app) / run again when it is over: the plan may then be another
         refuse network InMotion: it can only go after `app`, which is deferred / run again when that is settled (removed) after app",
    );
}

#[test]
fn nothing_is_torn_down_that_waits_for_something_refused_to_be_built_again() {
    let state = format!("{NET_ROW}\n{APP_ROW}\nweb vpc/v1 after:network protect");
    check_with(
        "--replace network,app --max-terminate 0",
        [APP, &state, ""],
        &format!(
            "refuse app {}
             {}
             refuse network {} after app, web",
            held("PreventTerminate", "`network`, which is", "requested"),
            protected("web"),
            held("PreventTerminate", "`web`, which is", "requested"),
        ),
    );
    // what is built from nothing of it is
    let by_hand = APP
        .replace("${network.outputs.VpcId}", "vpc-1")
        .replace("parameters", "depends_on: [network], parameters");
    let shown = super::fixture::Given::new("--replace network,app", &by_hand, &state, "").shown();
    assert!(shown.starts_with("terminate app pp-app to replace it (requested)"), "{shown}");
}

#[test]
fn a_failed_creation_needs_replace_to_be_allowed() {
    let given = |allow: &str| {
        super::fixture::Given::new(
            &format!("--allow {allow}"),
            NET,
            "network vpc/v1 bound",
            "is pp-network error prov=rec-9 message=x",
        )
        .shown()
    };
    let shown = given("create,update,destroy");
    assert!(shown.lines().all(|line| line.starts_with("refuse network NotAllowed")), "{shown}");
    let shown = given("replace");
    assert!(shown.starts_with("terminate network pp-network to replace it"), "{shown}");
}

#[test]
fn more_terminations_than_the_guard_allows_refuse_the_plan() {
    let gone =
        "terminate one pp-one (removed)\nterminate three pp-three (removed)\nterminate two pp-two (removed)";
    check_with("--max-terminate 3", [NOTHING, THREE_ROWS, ""], gone);
    check_with("--max-terminate 2", [NOTHING, THREE_ROWS, ""], &format!("{gone}\nbreach: 3 > 2"));
    check_with("--max-terminate 0", [NOTHING, THREE_ROWS, ""], &format!("{gone}\nbreach: 3 > 0"));
    let one_gone = "terminate three pp-three (removed)\nunchanged: one, two";
    check_with("--max-terminate 1", [TWO_NETS, THREE_ROWS, ""], one_gone);
    check_with("--max-terminate 0", [TWO_NETS, THREE_ROWS, ""], &format!("{one_gone}\nbreach: 1 > 0"));
}

#[test]
fn above_the_guard_the_rest_is_done_where_that_is_said() {
    let refused = |name: &str, planned: usize, limit: usize| {
        let products = if planned == 1 { "product" } else { "products" };
        format!(
            "refuse {name} MaxTerminate: the plan would destroy {planned} provisioned {products}, and `guards.max_terminate` allows \
             {limit} / if all of that is meant, `--max-terminate {planned}` allows it this once (removed)"
        )
    };
    let all = ["one", "three", "two"].map(|name| refused(name, 3, 2)).join("\n");
    check_with("--max-terminate 2 --skip-refused", [NOTHING, THREE_ROWS, ""], &all);
    let gone =
        "terminate one pp-one (removed)\nterminate three pp-three (removed)\nterminate two pp-two (removed)";
    check_with("--max-terminate 3 --skip-refused", [NOTHING, THREE_ROWS, ""], gone);
    // what is made and changed goes on; a replacement is one decision
    let shown = super::fixture::Given::new(
        "--max-terminate 0 --skip-refused --replace network",
        &format!("{NET}  own: {{product_name: service, provisioning_artifact_name: v1, parameters: {{VpcId: mine}}}}\n"),
        "network vpc/v1 Cidr=10.0.0.0/16",
        "",
    )
    .shown();
    assert!(shown.contains("refuse network MaxTerminate"), "{shown}");
    assert!(shown.contains("provision own"), "{shown}");
    assert!(!shown.contains("terminate network") && !shown.contains("breach"), "{shown}");
}

#[test]
fn a_percentage_is_of_bound_products_and_rounded_up() {
    let one_gone = "terminate three pp-three (removed)\nunchanged: one, two";
    check_with("--max-terminate 1%", [TWO_NETS, THREE_ROWS, ""], one_gone);
    check_with("--max-terminate 0%", [TWO_NETS, THREE_ROWS, ""], &format!("{one_gone}\nbreach: 1 > 0"));
    let gone =
        "terminate one pp-one (removed)\nterminate three pp-three (removed)\nterminate two pp-two (removed)";
    check_with("--max-terminate 67%", [NOTHING, THREE_ROWS, ""], gone);
    check_with("--max-terminate 66%", [NOTHING, THREE_ROWS, ""], &format!("{gone}\nbreach: 3 > 2"));
    check_with("--max-terminate 34%", [NOTHING, THREE_ROWS, ""], &format!("{gone}\nbreach: 3 > 2"));
    // what is not bound is no product
    let unbound = format!("{THREE_ROWS}\nfour vpc/v1 unbound token:t");
    check_with("--max-terminate 67%", [NOTHING, &unbound, ""], &format!("forget four (removed)\n{gone}"));
    check_with(
        "--max-terminate 33%",
        [NOTHING, &unbound, ""],
        &format!("forget four (removed)\n{gone}\nbreach: 3 > 1"),
    );
}

#[test]
fn what_counts_as_a_termination() {
    let state = "network vpc/v1 Cidr=10.0.0.0/16 Zones=a,b";
    check_with(
        "--max-terminate 0",
        [NOTHING, &format!("{state} forget"), ""],
        "forget network leaving pp-network (removed)",
    );
    check_with(
        "--max-terminate 0",
        [NOTHING, &format!("{state} retain"), ""],
        "retain network pp-network (removed)\nbreach: 1 > 0",
    );
    check_with(
        "--max-terminate 0 --replace network",
        [NET, state, ""],
        "terminate network pp-network to replace it (requested)
         provision network (requested) after the end of network
         breach: 1 > 0",
    );
    // a creation that never succeeded destroys nothing
    check_with(
        "--max-terminate 0",
        [NET, "network vpc/v1 bound", "is pp-network error prov=rec-9 message=x"],
        "terminate network pp-network to replace it (failed creation rec-9: x)
         provision network (failed creation rec-9: x) after the end of network",
    );
    // what is refused terminates nothing
    check_with(
        "--max-terminate 0 --allow create",
        [NOTHING, state, ""],
        "refuse network NotAllowed: `--allow` does not name `destroy` / add `destroy` to `--allow` to let it happen (removed)",
    );
}

#[test]
fn destroy_has_no_bound_of_its_own() {
    check_with(
        "--destroy",
        [TWO_NETS, THREE_ROWS, ""],
        "terminate one pp-one (destroyed)\nterminate three pp-three (destroyed)\nterminate two pp-two (destroyed)",
    );
}

#[test]
fn a_replacement_that_was_asked_for_is_refused_under_prevent_terminate() {
    check_with(
        "--replace network",
        [
            "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, lifecycle: {prevent_terminate: true}}",
            &format!("{NET_ROW} protect"),
            "",
        ],
        "refuse network PreventTerminate: `lifecycle.prevent_terminate` forbids terminating it / set `prevent_terminate: false` first",
    );
}

#[test]
fn replace_is_heeded_whatever_the_status() {
    let replaced = |why: &str| {
        format!(
            "terminate network pp-network to replace it ({why})
             provision network ({why}) after the end of network"
        )
    };
    check_with("--replace network", [NET, NET_ROW, ""], &replaced("requested"));
    check_with(
        "--replace network",
        [NET, NET_ROW, "is pp-network tainted message=x"],
        &replaced("requested, tainted rec-network: x"),
    );
    check_with(
        "--replace network",
        [NET, "network vpc/v1 bound", "is pp-network tainted prov=rec-9 message=x"],
        &replaced("requested, failed creation rec-9: x"),
    );
    check_with(
        "--replace network",
        [NET, NET_ROW, "gone pp-network"],
        "provision network (vanished pp-network)",
    );
    check_with("--replace network", [NET, "", ""], "provision network (new)");
}

#[test]
fn a_changed_name_is_refused_with_the_choice_spelled_out() {
    let yaml = "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, provisioned_product_name: net-2}";
    check(
        yaml,
        NET_ROW,
        "",
        "refuse network NeedsReplace: the name cannot be changed in place: `network` is provisioned, `net-2` is declared \
         / `provisioned_product_name: network` in its declaration keeps it as it is; `--replace network` terminates `network` with everything in it and provisions `net-2`",
    );
    check_with(
        "--replace network",
        [yaml, NET_ROW, ""],
        "terminate network pp-network to replace it (requested)
         provision network (requested) after the end of network",
    );
}

#[test]
fn a_changed_name_of_a_failed_creation_is_never_sent_as_an_update() {
    let yaml = "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, provisioned_product_name: net-2}";
    check(
        yaml,
        "network vpc/v1 bound",
        "is pp-network tainted kind=TERRAFORM_OPEN_SOURCE prov=rec-9 message=x",
        "refuse network NeedsReplace: the name cannot be changed in place: `network` is provisioned, `net-2` is declared \
         / `provisioned_product_name: network` in its declaration keeps it as it is; `--replace network` terminates `network` with everything in it and provisions `net-2`",
    );
    check(
        yaml,
        "network vpc/v1 bound",
        "is pp-network error prov=rec-9 message=x",
        "terminate network pp-network to replace it (failed creation rec-9: x)
         provision network (failed creation rec-9: x) after the end of network",
    );
}

#[test]
fn changed_notification_arns_are_refused_with_the_choice_spelled_out() {
    let yaml = |arns: &str| {
        format!(
            "provisioned_products:\n  network: {{product_name: vpc, provisioning_artifact_name: v1, notification_arns: [{arns}]}}"
        )
    };
    let (a, b) = ("arn:aws:sns:eu-west-1:111122223333:a", "arn:aws:sns:eu-west-1:111122223333:b");
    check(
        &yaml(&format!("\"{a}\"")),
        NET_ROW,
        "",
        &format!(
            "refuse network NeedsReplace: the notification ARNs cannot be changed in place: `none` is provisioned, `{a}` is declared \
             / `--replace network` terminates it with everything in it and provisions it again; or put the notification ARNs back"
        ),
    );
    check(
        &yaml(&format!("\"{a}\", \"{b}\"")),
        &format!("{NET_ROW} sns:{b} sns:{a}"),
        "",
        "unchanged: network",
    );
}

#[test]
fn a_hint_names_the_address_and_nothing_else() {
    let yaml = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1, locations: [hub, dev]}
";
    let rows = "network vpc/v1 Cidr=10.0.0.0/16 Zones=a,b
                network@dev/eu-west-1 vpc/v1 Cidr=10.0.0.0/16 Zones=a,b
                network@dev/us-east-1 vpc/v1 Cidr=10.0.0.0/16 Zones=a,b";
    check_with(
        "--two",
        [yaml, rows, "is pp-network-dev-us-east-1 error message=m"],
        "refuse network@dev/us-east-1 ErrorStatus: it had been provisioned, and its status is ERROR now: m \
         / `--replace network@dev/us-east-1` terminates it with everything in it and provisions it again
         unchanged: network@dev/eu-west-1, network@hub",
    );
    let renamed = yaml.replace("v1,", "v1, provisioned_product_name: net-2,");
    let shown = super::fixture::Given::new("--two", &renamed, rows, "").shown();
    for label in ["network@hub", "network@dev/eu-west-1", "network@dev/us-east-1"] {
        assert!(shown.contains(&format!("`--replace {label}` terminates `network`")), "{shown}");
    }
}

#[test]
fn settling_sends_nothing_that_allow_does_not_name() {
    let left = |kind: &str, word: &str| {
        format!(
            "refuse network NotAllowed: `--allow` does not name `{word}`: the interrupted operation is left as it is \
             / add `{word}` to `--allow` to let it happen (interrupted {kind})"
        )
    };
    let updating = format!("{NET_ROW} updating");
    check_with("--allow create,destroy", [NET, &updating, ""], &left("update", "update"));
    check_with(
        "--allow update,destroy",
        [NET, "network vpc/v1 provisioning", ""],
        &left("provision", "create"),
    );
    check_with(
        "--allow create,update",
        [NOTHING, &format!("{NET_ROW} terminating"), ""],
        &left("terminate", "destroy"),
    );
    // what was interrupted is not at rest
    let by_hand = format!(
        "{NET}  app: {{product_name: service, provisioning_artifact_name: v1, depends_on: [network], parameters: {{VpcId: v}}}}\n"
    );
    check_with(
        "--allow create",
        [&by_hand, &updating, ""],
        &format!(
            "{}\nrefuse app Blocked: blocked by `network`, which is refused / decide that first: this comes after it (new) after network",
            left("update", "update")
        ),
    );
}

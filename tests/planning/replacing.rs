//! The guard on resources that an update replaces, by what the catalog told of it: rows of guard, preview and verdict.

use provisor::catalog::{Preview, Recreation, ResourceAction, ResourceChange, ResourceDetail};
use provisor::declare::ReplaceGuard;
use provisor::plan::{Plan, PlanInput, PreviewScope, Previewable, plan, previewable};

use super::fixture::{Given, address, key, render, same};
use super::{APP, APP_ROW, NET, NET_ROW, NOTHING};

/// A network that is to be another.
const OTHER: &str = "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1, parameters: {Cidr: 10.1.0.0/16}}\n";

fn change(action: ResourceAction, name: &str, kind: &str) -> ResourceChange {
    let recreation = if action == ResourceAction::Replace { Recreation::Always } else { Recreation::Never };
    let detail = ResourceDetail {
        attribute: "PROPERTIES".to_owned(),
        name: Some("Engine".to_owned()),
        recreation,
        is_sure: true,
        cause: None,
    };
    ResourceChange {
        action,
        name: name.to_owned(),
        physical_id: None,
        kind: kind.to_owned(),
        scope: Vec::new(),
        details: vec![detail],
    }
}

fn guard(types: &[&str]) -> Option<ReplaceGuard> {
    (!types.is_empty()).then(|| ReplaceGuard { types: types.iter().map(|&kind| kind.to_owned()).collect() })
}

/// Plans with what was previewed; looks at what the plan was made from.
fn planned<T>(
    given: &Given,
    previews: &[(&str, Preview)],
    look: impl FnOnce(&PlanInput<'_>, &Plan) -> T,
) -> T {
    let desired = given.desired().unwrap();
    let policy = given.policy(&desired);
    let mut observed = given.observe(&desired, &policy).unwrap();
    observed.previews = previews.iter().map(|(key, preview)| (address(key), preview.clone())).collect();
    let key = key();
    let input = PlanInput {
        desired: &desired,
        recorded: &given.recorded,
        observed: &observed,
        policy: &policy,
        key: &key,
    };
    look(&input, &plan(&input).unwrap())
}

fn given(yaml: &str, state: &str, types: &[&str], applies: bool) -> Given {
    let mut given = Given::new("", yaml, state, "");
    given.flags.policy.replace_resources = guard(types);
    given.flags.policy.applies = applies;
    given
}

#[track_caller]
fn check(given: &Given, previews: &[(&str, Preview)], expect: &str) {
    planned(given, previews, |_, plan| same(&render::plan(plan), expect));
}

const UPDATED: &str = "update network pp-network (parameter Cidr \"10.0.0.0/16\" -> \"10.1.0.0/16\")";

#[test]
fn types_that_are_replaced_decide() {
    use ResourceAction::{Add, MayReplace, Modify, Remove, Replace};
    let refused = |what: &str| {
        format!(
            "refuse network ReplacesResources: the update {what}, and `guards.replace_resources` refuses that / put back what is changed; if the replacement is meant, take the type out of `guards.replace_resources` for this apply (parameter Cidr \"10.0.0.0/16\" -> \"10.1.0.0/16\")"
        )
    };
    let db = "AWS::RDS::DBInstance";
    let rows: [(&[&str], Vec<ResourceChange>, Option<&str>); 10] = [
        (&["*"], vec![change(Replace, "Db", db)], Some("would replace `Db` (AWS::RDS::DBInstance)")),
        (
            &["AWS::RDS::*"],
            vec![change(Replace, "Db", db)],
            Some("would replace `Db` (AWS::RDS::DBInstance)"),
        ),
        (
            &["AWS::RDS::*"],
            vec![change(MayReplace, "Db", db)],
            Some("may replace `Db` (AWS::RDS::DBInstance)"),
        ),
        (
            &["AWS::EC2::VPC", db],
            vec![
                change(Replace, "Db", db),
                change(MayReplace, "Net", "AWS::EC2::VPC"),
                change(Replace, "T", "AWS::SNS::Topic"),
            ],
            Some("would replace `Db` (AWS::RDS::DBInstance), `Net` (AWS::EC2::VPC)"),
        ),
        (&["AWS::EC2::*"], vec![change(Replace, "Db", db)], None),
        (&["AWS::RDS::DB"], vec![change(Replace, "Db", db)], None),
        (&["*"], vec![change(Modify, "Db", db), change(Add, "New", db), change(Remove, "Old", db)], None),
        (&["*"], vec![], None),
        (&[], vec![change(Replace, "Db", db)], None),
        (
            &["Custom::*"],
            vec![change(Replace, "C", "Custom::Thing")],
            Some("would replace `C` (Custom::Thing)"),
        ),
    ];
    for (types, changes, expect) in rows {
        for applies in [false, true] {
            let expect = expect.map_or_else(|| UPDATED.to_owned(), refused);
            check(
                &given(OTHER, NET_ROW, types, applies),
                &[("network", Preview::Known(changes.clone()))],
                &expect,
            );
        }
    }
}

#[test]
fn what_is_not_previewed_is_told_at_plan_and_refused_at_apply() {
    let reasons = "(parameter Cidr \"10.0.0.0/16\" -> \"10.1.0.0/16\")";
    let note = "note network: its update is not previewed: `guards.replace_resources` refuses that when the plan is applied;";
    check(&given(OTHER, NET_ROW, &["*"], false), &[], &format!("{UPDATED}\n{note} plan with `--preview`"));
    let unknown = [("network", Preview::Unknown("no right".to_owned()))];
    check(&given(OTHER, NET_ROW, &["*"], false), &unknown, &format!("{UPDATED}\n{note} see why above"));
    let refused = "refuse network NotPreviewed: `guards.replace_resources` lets through only what was previewed, and this was not:";
    check(
        &given(OTHER, NET_ROW, &["*"], true),
        &[],
        &format!("{refused} nobody asked for it / plan with `--preview` {reasons}"),
    );
    let hint = "`--skip-refused` does the rest, and the next apply may know more; what cannot be previewed at all is applied without the guard only";
    check(&given(OTHER, NET_ROW, &["*"], true), &unknown, &format!("{refused} no right / {hint} {reasons}"));
    check(&given(OTHER, NET_ROW, &[], true), &unknown, UPDATED);
}

/// It is about updates: nothing else is refused by it.
#[test]
fn creations_terminations_and_settlements_are_not_guarded() {
    let all = &["*"];
    check(&given(NET, "", all, true), &[], "provision network (new)");
    check(&given(NOTHING, NET_ROW, all, true), &[], "terminate network pp-network (removed)");
    check(&given(NET, NET_ROW, all, true), &[], "unchanged: network");
    let open = format!("{NET_ROW} updating");
    check(&given(NET, &open, all, true), &[], "settle network (interrupted update)");
}

/// What waits for an output is told with its parameters, and asked about only where everything is known.
#[test]
fn only_what_is_known_is_asked_about() {
    let targets = |given: &Given, scope| {
        planned(given, &[], |input, plan| {
            let Previewable { targets, unknown } = previewable(input, plan, scope);
            let mut told: Vec<String> =
                targets.iter().map(|target| format!("ask {}", target.address.key)).collect();
            told.extend(unknown.iter().map(|(address, why)| format!("{}: {why}", address.key)));
            told.join("\n")
        })
    };
    let new = given(APP, "", &[], false);
    assert_eq!(targets(&new, PreviewScope::All), "ask network\napp: `VpcId` is known after apply");
    assert_eq!(targets(&new, PreviewScope::Updates), "");
    let both = format!("{NET_ROW}\n{APP_ROW}");
    let moved = APP.replace(
        "vpc, provisioning_artifact_name: v1",
        "vpc, provisioning_artifact_name: v1, parameters: {Cidr: 10.1.0.0/16}",
    );
    let updates = given(&moved, &both, &[], false);
    assert_eq!(targets(&updates, PreviewScope::Updates), "ask network\napp: `VpcId` is known after apply");
    let mut replaced = given(NET, NET_ROW, &[], false);
    replaced.flags.policy.replace = [address("network")].into();
    assert_eq!(
        targets(&replaced, PreviewScope::All),
        "network: it is terminated first, with everything in it"
    );
    let settled = given(&APP.replace("${network.outputs.VpcId}", "vpc-2"), &both, &[], false);
    assert_eq!(targets(&settled, PreviewScope::All), "ask app");
    assert_eq!(targets(&given(NOTHING, NET_ROW, &[], false), PreviewScope::All), "");
}

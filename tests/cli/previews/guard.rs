//! `guards.replace_resources`: which updates it refuses, at plan, at apply and of saved plans.

use super::super::support::{Repo, SETTINGS};
use super::{guarded, is_clean, store, stores};

#[test]
fn a_guard_refuses_to_replace() {
    let repo = stores(&store("one", ""));
    repo.apply().exits(0);
    repo.declare(&store("one", "DbName: other, Title: x"));
    let update = |repo: &Repo| repo.called("UpdateProvisionedProduct");
    for guard in ["refuse", "{refuse: [\"AWS::RDS::*\"]}"] {
        guarded(&repo, guard);
        let says = [
            "  # one is refused\n",
            "  # replaces `Database` (AWS::RDS::DBInstance): `DBName` changed\n",
            "the update would replace `Database` (AWS::RDS::DBInstance), and `guards.replace_resources` refuses that",
        ];
        repo.sh("plan --preview").exits(5).says(&says);
        let document = repo.sh("plan --preview --json").exits(5).json();
        assert_eq!(document["steps"][0]["refused"]["rule"], "replaces_resources");
        assert_eq!(document["steps"][0]["resource_changes"][0]["action"], "replace");
        repo.apply().exits(5).says(&says);
        repo.sh("plan").exits(0).says(&["its update is not previewed: `guards.replace_resources` refuses that when the plan is applied; plan with `--preview`"]);
        assert_eq!(update(&repo), 0, "{guard}");
    }
    guarded(&repo, "{refuse: [\"AWS::SNS::*\", \"AWS::EC2::Instance\"]}");
    repo.apply().exits(0).says(&["replaces `Database`"]);
    is_clean(&repo, "previewed by an apply");
    repo.declare(&(store("one", "DbName: other, Title: y") + &store("two", "")));
    guarded(&repo, "refuse");
    let before = repo.called("CreateProvisionedProductPlan");
    repo.apply().exits(0).says(&["1 added, 1 changed"]);
    assert_eq!(repo.called("CreateProvisionedProductPlan") - before, 1, "a creation replaces nothing");
    repo.sh("destroy --auto-approve").exits(0);
}

#[test]
fn under_a_guard_what_was_not_previewed_is_refused_at_apply() {
    let repo = stores(&(store("one", "") + &store("two", "Title: \"${one.outputs.Arn}\"")));
    repo.apply().exits(0);
    repo.declare(&(store("one", "Title: x") + &store("two", "Engine: mysql, Title: \"${one.outputs.Arn}\"")));
    guarded(&repo, "{refuse: [\"AWS::RDS::DBCluster\"]}");
    repo.sh("plan --preview").exits(0).says(&["see why above"]);
    let says = [
        "`guards.replace_resources` lets through only what was previewed, and this was not: `Title` is known after apply",
    ];
    repo.apply().exits(5).says(&says);
    repo.sh("apply --auto-approve --skip-refused").exits(3).says(&["1 changed"]);
    repo.apply().exits(0).says(&["1 changed"]);
    repo.settled();
    repo.declare(&(store("one", "Title: z") + &store("two", "Engine: mysql, Title: fixed")));
    repo.faults(&["{call: CreateProvisionedProductPlan, outcome: access_denied}"]);
    repo.apply()
        .exits(5)
        .says(&["this was not: the principal lacks `servicecatalog:CreateProvisionedProductPlan`"]);
    repo.faults(&[]);
    repo.sh("plan --out plain.bin").exits(0);
    let refused = repo.sh("apply plain.bin").exits(5);
    refused.says(&["this was not: nobody asked for it", "plan with `--preview`"]);
    repo.sh("plan --preview --out seen.bin").exits(0);
    repo.sh("show seen.bin").exits(0).says(&["changes `Topic`", "Resources: 2 changed."]);
    assert_eq!(
        repo.sh("show seen.bin --json").exits(0).json()["steps"][0]["resource_changes"][0]["action"],
        "modify"
    );
    guarded(&repo, "{refuse: [\"AWS::SNS::Topic\"]}");
    repo.sh("apply seen.bin").exits(0).says(&["2 changed"]);
    is_clean(&repo, "saved plans");
}

#[test]
fn a_saved_plan_is_guarded_by_the_settings_of_its_apply() {
    let repo = stores(&(store("one", "") + &store("two", "")));
    repo.apply().exits(0);
    repo.declare(&(store("one", "DbName: other") + &store("two", "Title: x")));
    repo.sh("plan --preview --out p.bin").exits(0);
    guarded(&repo, "refuse");
    repo.sh("apply p.bin").exits(5).says(&["would replace `Database`"]);
    let events = repo.sh("apply p.bin --json").exits(5);
    assert!(events.out.contains("replaces_resources"), "{}", events.out);
    repo.sh("plan --preview --skip-refused --out q.bin").exits(0);
    repo.sh("apply q.bin").exits(3).says(&["1 changed"]);
    repo.write("provisor.yaml", SETTINGS);
    repo.sh("plan --preview --out r.bin").exits(0);
    repo.sh("apply r.bin").exits(0).says(&["1 changed"]);
    repo.settled();
}

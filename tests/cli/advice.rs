//! What is said of errors whose words tell more than their codes, and what a later run makes of what it may not read any more.

use super::support::{Repo, boxed};

#[test]
fn a_termination_whose_stack_is_gone_names_the_way_out() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    let hint = "on_removal: retain_physical_resources";
    let fails = |words: &str| {
        repo.faults(&[&format!("{{operation: terminate, provisioned_product: one, outcome: delete_fails, message: \"{words}\", times: 1}}")]);
    };
    repo.declare(&boxed("two", ""));
    for other in
        ["Bucket is not empty", "The role of the stack arn:aws:iam::111122223333:role/launch does not exist"]
    {
        fails(other);
        let done = repo.apply().exits(3).says(&[&other[..10]]);
        assert!(!done.out.contains(hint), "{}", done.out);
    }
    fails("Stack [SC-111122223333-pp-abcdefghijklm] does not exist");
    repo.apply().exits(3).says(&["does not exist", "hint: its stack is gone", hint]);
    // that way: declared as it was, with that lifecycle, and remembered
    let retained = boxed("one", "")
        .replace("{product_name", "{lifecycle: {on_removal: retain_physical_resources}, product_name");
    repo.declare(&(retained + &boxed("two", "")));
    repo.apply().exits(0);
    repo.declare(&boxed("two", ""));
    repo.apply().exits(0);
    repo.settled();
    assert_eq!(repo.existing(), [("two".into(), "AVAILABLE".into())]);
}

/// The portfolio's association is made anew between the plan and its apply.
#[test]
fn a_path_that_changed_since_the_plan_is_planned_again() {
    let repo = Repo::boxes(&["one"]);
    repo.edit("sandbox.yaml", "- name: box", "- name: box\n        id: prod-aaaaaaaaaaaaa");
    repo.apply().exits(0);
    repo.declare(&boxed("one", "Note: b"));
    repo.sh("plan --out plan.json").exits(0);
    repo.edit("sandbox.yaml", "name: platform", "name: platform2");
    repo.sh("apply plan.json")
        .exits(3)
        .says(&["Invalid PathId", "the launch path changed since the plan: plan again"]);
    repo.apply().exits(0);
    repo.settled();
}

/// What became of the request is looked for before the refusal is believed.
#[test]
fn an_update_to_a_version_that_was_withdrawn_since_the_plan_is_looked_for() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.declare(&boxed("one", "").replace("v1", "v2"));
    repo.sh("plan --out plan.json").exits(0);
    repo.edit("sandbox.yaml", "{name: v2, template", "{name: v2, active: false, template");
    repo.sh("apply plan.json").exits(3).says(&["is not active"]);
    let calls = repo.calls();
    let at = |name: &str| calls.iter().rposition(|call| call["operation"] == name).unwrap();
    assert!(at("DescribeProvisionedProduct") > at("UpdateProvisionedProduct"), "nobody looked");
    let shown = repo.sh("state show one --json").json();
    assert_eq!(shown["rows"][0]["applied"]["content"]["provisioning_artifact_name"], "v1", "{shown}");
    repo.declare(&boxed("one", ""));
    repo.settled();
}

/// After a change of owner the previous owner may not read the records, and the product is there.
#[test]
fn a_record_that_may_not_be_read_is_stale_and_not_lost() {
    for (outcome, why) in
        [("not_found", "its record has disappeared"), ("access_denied", "its record may not be read")]
    {
        let repo = Repo::boxes(&["one"]);
        repo.apply().exits(0);
        repo.declare(&boxed("one", "Note: b"));
        repo.faults(&[&format!("{{call: DescribeRecord, outcome: {outcome}}}")]);
        // as long as a reader may lag behind, nothing is concluded; a denial ends that run
        let runs = (0..3).map(|_| repo.apply()).find(|done| done.out.contains("stale"));
        let done = runs.expect("a run that finds out").exits(4).says(&[why]);
        assert!(!done.out.contains("Apply complete"), "{}", done.out);
        repo.sh("plan --detailed-exitcode")
            .exits(2)
            .says(&["# one will be updated in-place", "outside of provisor"]);
        repo.faults(&[]);
        repo.apply().exits(0);
        repo.settled();
        assert_eq!((repo.called("ProvisionProduct"), repo.called("TerminateProvisionedProduct")), (1, 0));
        assert_eq!(repo.sh("output one Note --raw").out, "b");
    }
}

#[test]
fn parameters_that_need_a_launch_role_name_the_launch_constraint() {
    let repo =
        Repo::new("  one: {product_name: outer, provisioning_artifact_name: v1, parameters: {Name: one}}\n");
    let outer = "      - {name: outer, type: EXTERNAL, versions: [{name: v1, template: box-v1.yaml}]}\n";
    let world = repo.read("sandbox.yaml") + outer;
    repo.write("sandbox.yaml", &format!("{world}knobs: {{engine_needs_launch_role: true}}\n"));
    repo.sh("plan")
        .exits(1)
        .tells(&["LaunchRoleArn is required", "need a launch constraint with a launch role"]);
    repo.write("sandbox.yaml", &world);
    repo.sh("plan").exits(0);
}

#[test]
fn tags_that_an_update_did_not_change_are_said_and_nothing_is_sent_for_them_again() {
    let tagged = |team: &str| {
        boxed("one", "").replace("{product_name", &format!("{{tags: {{team: {team}}}, product_name"))
    };
    let repo = Repo::new(&tagged("a"));
    repo.edit("sandbox.yaml", "constraints: {tag_update: true}", "constraints: {tag_update: false}");
    repo.apply().exits(0);
    repo.edit("sandbox.yaml", "constraints: {tag_update: false}", "constraints: {tag_update: true}");
    let world = repo.read("sandbox.yaml");
    repo.write("sandbox.yaml", &format!("{world}knobs: {{tag_update_spares_older: true}}\n"));
    repo.declare(&tagged("b"));
    repo.apply().exits(0);
    let said = "tag `team` is `a` in the catalog, `b` was applied";
    repo.sh("plan --detailed-exitcode").exits(0).says(&[said, "No changes."]);
    assert_eq!(repo.called("UpdateProvisionedProduct"), 1);
    // where the constraint reaches it, the next change of tags does
    repo.write("sandbox.yaml", &world);
    repo.declare(&tagged("c"));
    repo.apply().exits(0);
    let done = repo.sh("plan --detailed-exitcode").exits(0);
    assert!(!done.out.contains("in the catalog"), "{}", done.out);
}

const LABELLED: &str = r#"Metadata:
  AWS::CloudFormation::Interface:
    ParameterGroups:
      - {Label: {default: Network}, Parameters: [Name, Cidr, Elsewhere]}
    ParameterLabels:
      Name: {default: Name}
      Cidr: {default: "VPC  address\nrange"}
      Elsewhere: {default: not one of its parameters}
"#;

#[test]
fn labels_and_groups_of_parameters_stand_beside_them() {
    let labelled = |cidr: &str| {
        format!(
            "  one: {{product_name: box, provisioning_artifact_name: v1, parameters: {{Name: one, Cidr: {cidr}}}}}\n"
        )
    };
    let repo = Repo::new(&labelled("10.0.0.0/16"));
    let template = repo.read("box-v1.yaml").replacen("  Note: {", "  Cidr: {Type: String}\n  Note: {", 1);
    repo.write("box-v1.yaml", &(LABELLED.to_owned() + &template));
    let done = repo.sh("plan").exits(0).says(&["# label: VPC address range"]);
    assert!(!done.out.contains("label: Name"), "{}", done.out);
    let concise = repo.sh("plan --concise").exits(0);
    assert!(!concise.out.contains("label"), "{}", concise.out);
    let json = repo.sh("plan --json").exits(0).json();
    let parameters = &json["steps"][0]["values"]["parameters"];
    assert_eq!(parameters["Cidr"]["label"], "VPC address range", "{parameters}");
    assert_eq!(
        (&parameters["Cidr"]["group"], &parameters["Name"]["group"]),
        (&"Network".into(), &"Network".into())
    );
    assert!(
        parameters["Name"].get("label").is_none() && parameters["Note"].get("group").is_none(),
        "{parameters}"
    );
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("show p.bin").exits(0).says(&["# label: VPC address range"]);
    let saved = repo.sh("show p.bin --json").exits(0).json();
    assert_eq!(
        saved["steps"][0]["values"]["parameters"], *parameters,
        "a saved plan says what the plan said"
    );
    repo.apply().exits(0);
    repo.declare(&labelled("10.1.0.0/16"));
    repo.sh("plan").exits(0).says(&["\"10.0.0.0/16\" -> \"10.1.0.0/16\"  # label: VPC address range"]);
}

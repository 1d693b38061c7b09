//! Mistakes that people make, planted one at a time: each is found where it stands, and the hint leads out of it.

use super::support::Repo;

/// What a template can never become is found by a plan, where it stands, and not by the stack that fails.
#[test]
fn a_template_that_nothing_can_be_made_from() {
    let places = [
        ("Outputs:\n", "Outputs:\n  Gone: {Value: !Ref Tpoic}\n", "[Tpoic] in the Outputs block", "9:17"),
        (
            "Outputs:\n",
            "Outputs:\n  Gone: {Value: !GetAtt Tpoic.Arn}\n",
            "[Tpoic] in the Outputs block",
            "9:17",
        ),
        (
            "Outputs:\n",
            "Outputs:\n  Gone: {Condition: Prod, Value: x}\n",
            "condition dependency Prod",
            "9:34",
        ),
        ("Outputs:\n", "Outputs:\n  Up: {Value: !Upper x}\n", "unsupported function: Fn::Upper", "9:15"),
        (
            "Outputs:\n",
            "Outputs:\n  Map: {Value: !FindInMap [M, a, b]}\n",
            "Mapping named 'M' is not present",
            "9:16",
        ),
        (
            "  Topic: {",
            "  Other: {Type: \"AWS::SNS::Topic\", DependsOn: Topic}\n  Topic: {DependsOn: Other, ",
            "Circular dependency between resources: [Other, Topic]",
            "7:3",
        ),
    ];
    for (from, to, says, at) in places {
        let repo = Repo::boxes(&["one"]);
        repo.edit("box-v1.yaml", from, to);
        let done = repo.sh("plan").exits(1).tells(&[says, "(used at sandbox.yaml:"]);
        assert!(done.err.contains(&format!("box-v1.yaml:{at}")), "{}", done.err);
    }
    let repo = Repo::boxes(&["one"]);
    repo.edit("box-v1.yaml", "Outputs:\n", "Outputs:\n  Kept: {Value: !Sub '${!Gone} ${AWS::Region}'}\n");
    repo.apply().exits(0);
    repo.settled();
}

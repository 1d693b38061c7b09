//! The main path and its exact lines: validate, plan, apply, plan again, edit, look, destroy.

use super::support::{Repo, boxed};

#[test]
fn the_whole_path_says_the_lines_of_the_contract() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.sh("validate").exits(0).says(&["Success! The declarations are valid. Provisioned products: 2"]);
    repo.sh("plan").exits(0).says(&[
        "# one will be created",
        "# two will be created",
        "Plan: 2 to add, 0 to change, 0 to destroy.",
    ]);
    repo.sh("plan --detailed-exitcode").exits(2);
    assert_eq!(repo.called("ProvisionProduct"), 0, "a plan changes nothing");
    repo.apply().exits(0).says(&["Apply complete! Resources: 2 added, 0 changed, 0 destroyed."]);
    repo.settled();
    assert_eq!(repo.existing(), [("one".into(), "AVAILABLE".into()), ("two".into(), "AVAILABLE".into())]);
    repo.declare(&(boxed("one", "Note: hello") + &boxed("two", "")));
    let plan = repo.sh("plan").exits(0);
    let plan = plan.says(&[
        "# one will be updated in-place",
        "\"none\" -> \"hello\"",
        "Plan: 0 to add, 1 to change, 0 to destroy.",
    ]);
    assert!(!plan.out.contains("two"), "only what changes is shown\n{}", plan.out);
    repo.apply().exits(0).says(&["Apply complete! Resources: 0 added, 1 changed, 0 destroyed."]);
    repo.sh("output one Note --raw").exits(0);
    repo.settled();
    repo.declare(&boxed("two", ""));
    repo.sh("plan").exits(0).says(&["# one will be destroyed", "Plan: 0 to add, 0 to change, 1 to destroy."]);
    repo.apply().exits(0).says(&["Apply complete! Resources: 0 added, 0 changed, 1 destroyed."]);
    repo.sh("destroy --auto-approve").exits(0).says(&["Destroy complete! Resources: 1 destroyed."]);
    assert!(repo.existing().is_empty());
    repo.sh("show").exits(0).says(&["The state is empty."]);
}

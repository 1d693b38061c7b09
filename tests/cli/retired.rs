//! Versions that are no longer offered, and that something runs: adopted and planned beside everything else.

use super::support::Repo;

const HEAD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v0, template: box-v1.yaml, active: false}, {name: v2, template: box-v1.yaml}]
"#;

/// One that runs a version that is not offered any more, and one of the same product that runs another.
const TWO: &str = "provisioned_products:
  - {name: old, product: box, version: v0, parameters: {Name: old}}
  - {name: new, product: box, version: v2, parameters: {Name: new}}
";

const GONE: &str = "version `v0` is no longer offered";

fn repo(world: &str) -> Repo {
    Repo::beside(world, "")
}

#[test]
fn it_is_adopted_beside_one_that_is_offered() {
    let repo = repo(&format!("{HEAD}{TWO}"));
    let done = repo.sh("import --all --auto-approve").exits(0).says(&["Resources: 2 imported.", "box v0"]);
    assert!(!done.out.contains("prod-"), "products by name\n{}", done.out);
    repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes.", GONE]);
    repo.lose_state();
    repo.sh("import --declared --auto-approve").exits(0).says(&["Resources: 2 imported."]);
    repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes.", GONE]);
    // by its name it is the same
    let text = repo.read("products/box.yaml");
    let id = text.lines().find(|line| line.contains("provisioning_artifact_id: ")).unwrap().to_owned();
    repo.edit("products/box.yaml", &id, "    provisioning_artifact_name: v0");
    repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes.", GONE]);
}

/// Two products of one name, told apart by launch paths.
#[test]
fn it_is_adopted_where_products_have_one_name() {
    let named = HEAD.replace("      - name: box\n", "      - name: box\n        id: prod-boxaaaaaaaaaa\n");
    let other = "  - name: other\n    products:\n      - {name: box, id: prod-boxbbbbbbbbbb, versions: [{name: v2, template: box-v1.yaml}]}\n";
    let there = TWO.replace("product: box", "product: prod-boxaaaaaaaaaa");
    let repo = repo(&format!("{named}{other}{there}"));
    repo.sh("import --all --auto-approve").exits(0).says(&["Resources: 2 imported."]);
    repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes.", GONE]);
}

#[test]
fn a_declared_name_is_in_force_when_the_state_is_lost() {
    let repo = repo(&HEAD.replace(", active: false", ""));
    let declared = |key: &str, version: &str| {
        format!(
            "  {key}: {{product_name: box, provisioning_artifact_name: {version}, parameters: {{Name: {key}}}}}\n"
        )
    };
    let all = format!("provisioned_products:\n{}{}", declared("old", "v0"), declared("new", "v2"));
    repo.write("products/box.yaml", &all);
    repo.sh("apply --auto-approve").exits(0).says(&["2 added"]);
    repo.edit("sandbox.yaml", "{name: v0, template", "{name: v0, active: false, template");
    repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes.", GONE]);
    repo.lose_state();
    // what is there under the name is said of each, and nothing else
    repo.sh("plan").exits(5).says(&["named `old` exists already", "named `new` exists already"]);
    repo.sh("import --declared --auto-approve").exits(0).says(&["Resources: 2 imported."]);
    repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes.", GONE]);
    assert_eq!(repo.called("UpdateProvisionedProduct"), 0);
}

/// One that cannot be planned keeps nobody else from it.
#[test]
fn what_cannot_be_planned_is_refused_alone() {
    let failed = TWO.replace("{Name: old}", "{Name: old}, status: TAINTED");
    let repo = repo(&format!("{HEAD}{failed}"));
    repo.sh("import --all --auto-approve").exits(0).says(&["Resources: 2 imported."]);
    repo.sh("plan")
        .exits(5)
        .says(&["its last operation failed, and version `v0`", "declare a version that is offered"]);
    repo.edit("products/box.yaml", "{Name: new}", "{Name: new, Note: other}");
    repo.sh("apply --auto-approve --skip-refused").exits(3).says(&["1 changed"]);
}

/// What the search does not show yet, nobody says the version's name of.
#[test]
fn a_version_whose_name_nobody_tells_is_asked_for_by_id() {
    let repo = repo(&format!("{HEAD}{TWO}knobs: {{search_lag: 8760h}}\n"));
    let declared = |key: &str, version: &str| {
        format!(
            "  {key}: {{product_name: box, provisioning_artifact_name: {version}, parameters: {{Name: {key}}}}}\n"
        )
    };
    let all = format!("provisioned_products:\n{}{}", declared("old", "v0"), declared("new", "v2"));
    repo.write("products/box.yaml", &all);
    repo.sh("import --declared --auto-approve")
        .says(&["write its id: `provisioning_artifact_id: pa-", "1 imported"]);
}

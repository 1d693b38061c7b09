//! Small repos, each with one fault that was reported in public: what is said of it, and what is done.

use super::support::{Repo, SETTINGS};

const SMALL: &str = "Parameters:\n  A: {Type: String, Default: x}\nResources:\n  Topic: {Type: AWS::SNS::Topic}\nOutputs:\n  A: {Value: !Ref A}\n";

/// A repo with these products in its world, and these declarations.
fn repo(products: &str, declarations: &str) -> Repo {
    let repo = Repo::new(declarations);
    repo.write(
        "sandbox.yaml",
        &format!(
            "account_id: \"111122223333\"\nregion: eu-west-1\ntime_scale: 10000\nportfolios:\n{products}"
        ),
    );
    repo.write("small.yaml", SMALL);
    repo
}

/// Case 05.
#[test]
fn a_version_that_is_deactivated_stays_where_it_runs() {
    let world = "  - name: platform\n    products:\n      - name: small\n        versions:\n          - {name: v1, template: small.yaml}\n          - {name: v2, template: small.yaml}\n";
    let app = "  app: {product_name: small, provisioning_artifact_name: v1}\n";
    let repo = repo(world, app);
    repo.apply().exits(0);
    repo.edit("sandbox.yaml", "{name: v1, template", "{name: v1, active: false, template");
    repo.sh("plan --detailed-exitcode").exits(0).says(&["`v1` is no longer offered", "No changes."]);
    // in the row's place, an ignored version is never looked up by its name
    repo.declare(&app.replace("v1}", "v1, lifecycle: {ignore_changes: [provisioning_artifact]}}"));
    repo.sh("plan").exits(0).says(&["No changes."]);
    repo.declare(&app.replace("v1}", "v1, parameters: {A: y}}"));
    repo.sh("plan").exits(1).tells(&[
        "version `v1` of `small` is no longer offered",
        "parameter `A`",
        "there is `v2`",
        "1 error",
    ]);
    repo.declare(&format!("{app}  other: {{product_name: small, provisioning_artifact_name: v1}}\n"));
    repo.sh("plan").exits(1).tells(&["no active version `v1`", "`v2`", "1 error"]);
    repo.declare(&app.replace("v1}", "v2}"));
    repo.sh("plan --detailed-exitcode").exits(2).says(&["\"v1\" -> \"v2\""]);
}

/// Case 06.
#[test]
fn of_two_products_with_one_name_the_path_or_the_version_leaves_one() {
    let world = "  - name: team-a\n    products: [{name: vpc, id: prod-aaaaaaaaaaaaa, owner: ours, versions: [{name: v1, template: small.yaml}]}]\n  - name: team-b\n    products: [{name: vpc, id: prod-bbbbbbbbbbbbb, versions: [{name: v1, template: small.yaml}, {name: v2, template: small.yaml}]}]\n";
    let app = |more: &str| format!("  app: {{product_name: vpc, {more}}}\n");
    let repo = repo(world, &app("provisioning_artifact_name: v1"));
    repo.sh("plan").exits(1).tells(&[
        "several products are named `vpc`",
        "prod-aaaaaaaaaaaaa, of ours; launch paths: team-a",
        "prod-bbbbbbbbbbbbb",
        "`product_id`",
        "1 error",
    ]);
    for more in ["provisioning_artifact_name: v1, path_name: team-b", "provisioning_artifact_name: v2"] {
        repo.declare(&app(more));
        repo.sh("plan").exits(0).says(&["(path team-b)"]);
    }
}

/// Case 07.
#[test]
fn products_of_other_engines_take_their_own_variables() {
    let world = |version: &str| {
        format!(
            "  - name: platform\n    products:\n      - {{name: bucket, type: TERRAFORM_OPEN_SOURCE, versions: [{version}], constraints: {{launch_role: \"arn:aws:iam::111122223333:role/launch\"}}}}\n"
        )
    };
    let app = "  app: {product_name: bucket, provisioning_artifact_name: v1, parameters: {bucket_name: uploads, tags: {team: pay}}}\n";
    let repo_without = repo(&world("{name: v1}"), app);
    repo_without.sh("plan").exits(0).says(&["bucket_name = \"uploads\"", "cannot be checked here"]);
    repo_without.apply().exits(0);
    repo_without.sh("plan --detailed-exitcode").exits(0).says(&["No changes."]);
    let repo = repo(&world("{name: v1, template: variables.yaml}"), app);
    repo.write(
        "variables.yaml",
        "Parameters:\n  bucket_name: {Type: String}\n  kept-for: {Type: String}\nResources:\n  Topic: {Type: AWS::SNS::Topic}\n",
    );
    repo.sh("plan").exits(1).tells(&["no parameter `tags`", "needs the parameter `kept-for`"]);
}

/// Case 15.
#[test]
fn every_arn_is_of_the_region_s_partition() {
    let world =
        "  - name: platform\n    products: [{name: small, versions: [{name: v1, template: small.yaml}]}]\n";
    let repo = repo(world, "  app: {product_name: small, provisioning_artifact_name: v1}\n");
    repo.edit("sandbox.yaml", "eu-west-1", "us-isob-east-1");
    repo.write("provisor.yaml", SETTINGS);
    repo.apply().exits(0);
    let outputs = repo.sh("output --json").exits(0).json();
    let arn = outputs["app"]["CloudformationStackARN"].to_string();
    assert!(arn.contains("arn:aws-iso-b:cloudformation:us-isob-east-1:"), "{outputs}");
}

/// Case 16.
#[test]
fn what_is_unchanged_is_sent_again_where_that_is_asked_for() {
    let world = "  - name: platform\n    products: [{name: server, versions: [{name: v1, template: server.yaml}, {name: v2, template: small.yaml}]}]\n";
    let app = "  app: {product_name: server, provisioning_artifact_name: v1}\n";
    let repo = repo(world, app);
    let image =
        SMALL.replace("{Type: String,", "{Type: \"AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>\",");
    repo.write("server.yaml", &image);
    repo.apply().exits(0);
    let again = "plan --detailed-exitcode --reapply";
    let says = ["# app will be updated in-place", "asked for with --reapply", "`A`", "may have changed"];
    repo.sh(&format!("{again} app --allow update")).exits(2).says(&says);
    repo.sh(&format!("{again} a*")).exits(2).says(&says);
    repo.sh("plan --reapply app --allow create").exits(5);
    repo.sh("plan --reapply app --replace app").exits(64).tells(&["--replace", "--reapply", "`app`"]);
    repo.sh("plan --reapply ap").exits(1).tells(&["matches no address", "did you mean `app`"]);
    repo.sh("plan --reapply app --exclude app").exits(1).tells(&["is no part of this plan"]);
    repo.sh("apply --auto-approve --reapply app").exits(0).says(&["0 added, 1 changed, 0 destroyed"]);
    repo.sh("plan --out again --reapply app").exits(0);
    repo.sh("apply again").exits(0).says(&["1 changed"]);
    repo.sh("apply again").exits(6);
    assert_eq!(repo.called("UpdateProvisionedProduct"), 2);
    repo.settled();
    repo.edit("sandbox.yaml", "{name: v1, template", "{name: v1, active: false, template");
    repo.sh("plan --reapply app").exits(1).tells(&["no longer offered", "sent again"]);
    repo.declare("  {}\n");
    repo.sh("plan --reapply app").exits(1).tells(&["nothing is declared there any more"]);
}

/// What a target needs alone is not what was asked for: a plan of that would say that all is as it should be.
#[test]
fn a_target_that_is_excluded_leaves_nothing() {
    let repo = super::support::Repo::boxes(&["one"]);
    let two =
        super::support::boxed("two", "Note: x").replace("{product_name", "{depends_on: [one], product_name");
    repo.declare(&(super::support::boxed("one", "") + &two));
    repo.sh("apply --auto-approve --target one").exits(0);
    repo.sh("plan --target two").exits(0).says(&["1 to add"]);
    let nothing = ["`--exclude two` leaves nothing of `--target two`", "exclude less"];
    repo.sh("plan --target two --exclude two").exits(1).tells(&nothing);
    repo.sh("plan --target two --target one --exclude two")
        .exits(0)
        .says(&["No changes. What was selected matches the configuration."]);
    // what is not looked at is not said to match
    repo.sh("apply --auto-approve").exits(0);
    repo.declare(&(super::support::boxed("one", "Note: y") + &two));
    for line in ["plan --target two --exclude one", "plan --exclude one"] {
        repo.sh(line);
    }
    let outside = "No changes. Nothing was changed outside that is not recorded.";
    repo.sh("plan --refresh-only").exits(0).says(&[outside]);
    repo.sh("plan --refresh-only --out nothing.bin").exits(0);
    repo.sh("show nothing.bin").exits(0).says(&[outside]);
}

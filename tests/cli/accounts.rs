//! `import --from-aft`, `--from-gruntwork`, `--from-lza`: what asked for accounts elsewhere becomes declarations and data for locations.

use serde_json::json;

use super::support::{Repo, post_as};

const FACTORY: &str = "AWS Control Tower Account Factory";

/// A management account with three accounts of its factory, and something else of a name that is asked for.
fn landing_zone() -> Repo {
    let account = |name: &str, of: &str, email: &str, unit: &str| {
        format!(
            "  - {{name: {name}, product: {FACTORY}, version: {FACTORY}, parameters: {{AccountName: {of}, AccountEmail: {email}, SSOUserFirstName: J, SSOUserLastName: D, SSOUserEmail: j@example.com, ManagedOrganizationalUnit: {unit}}}}}\n"
        )
    };
    let world = format!(
        "account_id: \"999999999999\"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: {FACTORY} Portfolio
    products:
      - {{name: {FACTORY}, type: CONTROL_TOWER_ACCOUNT, organizational_units: [Sandbox (ou-ab12-cdefghij), Prod], versions: [{{name: {FACTORY}}}]}}
      - {{name: box, versions: [{{name: v1, template: box-v1.yaml}}]}}
provisioned_products:
{}{}{}  - {{name: taken, product: box, version: v1, parameters: {{Name: taken}}}}
",
        account("pay-dev", "pay dev", "pay@example.com", "Sandbox (ou-ab12-cdefghij)"),
        account("by-hand", "two", "Two@example.com", "Prod"),
        account("web", "web", "web@example.com", "Prod"),
    );
    Repo::beside(&world, "Resources: {Topic: {Type: AWS::SNS::Topic}}\n")
}

const REQUESTS: &str = r#"
locals { domain = "example.com" }
module "pay" {
  source = "./modules/aft-account-request"
  control_tower_parameters = {
    AccountEmail              = "pay@${local.domain}"
    AccountName               = "pay dev"
    ManagedOrganizationalUnit = "Sandbox"
    SSOUserEmail              = "j@example.com"
    SSOUserFirstName          = "J"
    SSOUserLastName           = upper("d")
  }
  account_tags = { a = "b" }
}
module "two" {
  source = "./modules/aft-account-request"
  control_tower_parameters = { AccountEmail = "two@example.com", AccountName = "two", ManagedOrganizationalUnit = "Prod", SSOUserEmail = "j@example.com", SSOUserFirstName = "J", SSOUserLastName = "D" }
}
module "taken" {
  source = "./modules/aft-account-request"
  control_tower_parameters = { AccountEmail = "new@example.com", AccountName = "taken" }
}
"#;

#[test]
fn requests_of_aft_are_declared_and_managed() {
    let repo = landing_zone();
    std::fs::create_dir_all(repo.path().join("aft/terraform/modules")).unwrap();
    repo.write("aft/terraform/main.tf", REQUESTS);
    repo.sh("import --from-aft aft")
        .exits(5)
        .says(&["2 to import", "locations-new.yaml would be written (2 accounts)"]);
    assert!(!repo.path().join("locations-new.yaml").exists(), "nobody agreed");
    repo.sh("import --from-aft aft --auto-approve").exits(0).says(&[
        "Resources: 2 imported.",
        "aft/terraform/main.tf:3: module.pay: `account_tags` left out",
        "aft/terraform/main.tf:11: module.pay: `SSOUserLastName` is as it is there: only Terraform works it out",
        "aft/terraform/main.tf:19: module.taken (taken): nothing is called so at here",
        "copy what you need of `locations-new.yaml` below `locations:`",
        "`lifecycle: {prevent_terminate: true}`",
    ]);
    let text = repo.read("products/aws-control-tower-account-factory.yaml");
    for part in [
        "  pay:\n    provisioned_product_name: pay-dev\n",
        "AccountEmail: pay@example.com",
        "ManagedOrganizationalUnit: Sandbox (ou-ab12-cdefghij)",
        "SSOUserLastName: null",
        "  two:\n    provisioned_product_name: by-hand\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let locations = repo.read("locations-new.yaml");
    assert!(
        locations.contains("\npay: {account_id: \"") && locations.contains("regions: [eu-west-1]}\ntwo: {"),
        "{locations}"
    );
    repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes."]);
    // it is data that `locations:` takes
    repo.edit("provisor.yaml", "locations:\n", "locations:\n  new: {regions: [eu-west-1]}\n");
    let data = locations.replace("\npay:", "\n  pay:").replace("\ntwo:", "\n  two:").replace("\n#", "\n  #");
    repo.edit("provisor.yaml", "  new: {regions: [eu-west-1]}\n", &data);
    repo.sh("validate").exits(0);
    // who has a location needs no other
    repo.sh("import --from-aft aft --location here --auto-approve").exits(0).says(&["Nothing to import"]);
    assert!(!repo.path().join("locations-new-2.yaml").exists());
    assert_eq!(repo.called("ProvisionProduct") + repo.called("UpdateProvisionedProduct"), 0);
}

#[test]
fn gruntworks_and_the_accelerators_accounts_are_declared_and_managed() {
    let request = "account_email: web@example.com\nsso_user_first_name: J\nsso_user_last_name: D\nsso_user_email: j@example.com\norganizational_unit_name: Prod\n";
    let config = "workloadAccounts: [{name: web, email: web@example.com, organizationalUnit: Work/Prod}]\naccountIds: [{email: logs@example.com, accountId: \"100000000002\"}]\n";
    for (tool, given) in [("gruntwork", "live"), ("lza", "live")] {
        let repo = landing_zone();
        std::fs::create_dir_all(repo.path().join("live/_new-account-requests")).unwrap();
        repo.write("live/_new-account-requests/account-web.yml", request);
        repo.write("live/accounts.yml", "logs: {id: \"100000000002\"}\n");
        repo.write("live/accounts-config.yaml", config);
        repo.sh(&format!("import --from-{tool} {given} --auto-approve"))
            .exits(0)
            .says(&["Resources: 1 imported."]);
        let text = repo.read("products/aws-control-tower-account-factory.yaml");
        assert!(
            text.contains("  web:\n    product_name: AWS")
                && text.contains("ManagedOrganizationalUnit: Prod"),
            "{text}"
        );
        assert!(repo.read("locations-new.yaml").contains("\nweb: {account_id:"));
        assert!(
            repo.read("locations-new.yaml").contains("{account_id: \"100000000002\", regions: [eu-west-1]}")
        );
        repo.sh("plan --detailed-exitcode").exits(0).says(&["No changes."]);
    }
}

#[test]
fn an_account_whose_id_is_told_is_found_by_it() {
    let repo = landing_zone();
    let outputs = |url: &str| {
        post_as(
            "999999999999",
            url,
            "GetProvisionedProductOutputs",
            &json!({"ProvisionedProductName": "by-hand"}),
        )
    };

    let all = repo.served(outputs)["Outputs"].as_array().unwrap().clone();
    let id = all.iter().find(|one| one["OutputKey"] == "AccountId").unwrap()["OutputValue"].as_str().unwrap();
    std::fs::create_dir(repo.path().join("live")).unwrap();
    repo.write("live/account-renamed.yml", "organizational_unit_name: Prod\n");
    repo.write("live/accounts.yml", &format!("renamed: {{id: \"{id}\"}}\n"));
    repo.sh("import --from-gruntwork live --auto-approve").exits(0).says(&["Resources: 1 imported."]);
    let text = repo.read("products/aws-control-tower-account-factory.yaml");
    assert!(text.contains("  renamed:\n    provisioned_product_name: by-hand\n"), "{text}");
}

/// An id in the file that is not that of the account which is called so: said, and no location is made of it.
#[test]
fn an_account_with_another_id_than_the_file_has_is_told() {
    for tool in ["gruntwork", "lza"] {
        let repo = landing_zone();
        std::fs::create_dir(repo.path().join("live")).unwrap();
        repo.write(
            "live/account-web.yml",
            "account_email: web@example.com\norganizational_unit_name: Prod\n",
        );
        repo.write("live/accounts.yml", "web: {id: \"100000000009\"}\n");
        repo.write("live/accounts-config.yaml", "workloadAccounts: [{name: web, email: web@example.com, organizationalUnit: Prod}]\naccountIds: [{email: web@example.com, accountId: \"100000000009\"}]\n");
        repo.sh(&format!("import --from-{tool} live --auto-approve"))
            .exits(0)
            .says(&["web: its account is 100000000009 in the file, and ", " is what is called so"]);
        let written = repo.read("locations-new.yaml");
        assert!(written.contains("\nweb: {account_id:"), "{written}");
        assert!(!written.contains("100000000009") && !written.contains("web-2"), "{written}");
    }
}

#[test]
fn what_asks_for_no_accounts_is_refused() {
    let repo = landing_zone();
    repo.write("a.tf", "module \"hush\" {\n");
    let done = repo
        .sh("import --from-aft a.tf --auto-approve")
        .exits(1)
        .tells(&["Error: `a.tf`: line 2: a block does not end"]);
    assert!(!done.err.contains("hush"), "{}", done.err);
    repo.write("a.tf", "module \"x\" {}\n");
    repo.sh("import --from-aft a.tf").exits(1).tells(&["`a.tf` holds no `control_tower_parameters`"]);
    repo.sh("import --from-gruntwork .").exits(1).tells(&["`.` holds no `account-NAME.yml`"]);
    repo.sh("import --from-lza a.tf").exits(1);
    repo.sh("import --from-aft absent").exits(1).tells(&["`absent`"]);
    repo.sh("import --from-aft a.tf --from-lza a.tf").exits(64);
}

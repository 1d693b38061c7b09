//! A state that Terraform itself has written, with AWS's provider, against the sandbox. Needs `terraform` on the path and, in
//! `PROVISOR_TERRAFORM_PLUGINS`, a folder that `terraform init -plugin-dir` takes; skips elsewhere.

use std::path::Path;
use std::process::Command;

use super::support::Repo;

const WORLD: &str = r#"account_id: "111122223333"
region: eu-west-1
time_scale: 3600
portfolios:
  - name: platform
    products:
      - name: box
        versions: [{name: v1, template: box-v1.yaml}, {name: v2, template: box-v2.yaml}]
        constraints: {tag_update: true}
        tag_options: {stage: [prod]}
        durations: {provision: 60s}
      - name: vault
        versions: [{name: v1, template: vault.yaml}]
        durations: {provision: 60s}
      - name: spread
        versions: [{name: v1, template: box-v1.yaml}]
        constraints: {stack_set: {accounts: ["410000000001", "410000000002"], regions: [eu-west-1]}}
        durations: {provision: 60s}
"#;

const MAIN: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "url" {}
variable "label" { sensitive = true }
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "111122223333"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  default_tags { tags = { owner = "platform" } }
  endpoints {
    servicecatalog = var.url
    sts            = var.url
    cloudformation = var.url
  }
}
resource "aws_servicecatalog_provisioned_product" "net" {
  name                       = "net"
  product_name               = "box"
  provisioning_artifact_name = "v1"
  provisioning_parameters {
    key   = "Name"
    value = "net"
  }
  provisioning_parameters {
    key   = "Mode"
    value = "fast"
  }
  tags = { team = "net" }
  timeouts { create = "1h30m" }
}
resource "aws_servicecatalog_provisioned_product" "each" {
  for_each                   = toset(["b/c", "d"])
  name                       = "each-${replace(each.key, "/", "-")}"
  product_name               = "box"
  provisioning_artifact_name = "v2"
  provisioning_parameters {
    key   = "Name"
    value = "each"
  }
  provisioning_parameters {
    key   = "Note"
    value = one([for o in aws_servicecatalog_provisioned_product.net.outputs : o.value if o.key == "Arn"])
  }
}
resource "aws_servicecatalog_provisioned_product" "counted" {
  count                      = 1
  name                       = "counted"
  product_name               = "box"
  provisioning_artifact_name = "v1"
  provisioning_parameters {
    key   = "Name"
    value = "counted"
  }
  retain_physical_resources = true
}
resource "aws_servicecatalog_provisioned_product" "spread" {
  name                       = "spread"
  product_name               = "spread"
  provisioning_artifact_name = "v1"
  provisioning_parameters {
    key   = "Name"
    value = "spread"
  }
  stack_set_provisioning_preferences {
    accounts                = ["410000000001"]
    regions                 = ["eu-west-1"]
    failure_tolerance_count = 0
    max_concurrency_count   = 1
  }
}
module "m" {
  source   = "./m"
  for_each = toset(["x"])
  label    = var.label
}
"#;

const MODULE: &str = r#"
variable "label" {}
resource "aws_servicecatalog_provisioned_product" "this" {
  name                       = "vault"
  product_name               = "vault"
  provisioning_artifact_name = "v1"
  provisioning_parameters {
    key   = "Password"
    value = "swordfish-and-chips"
  }
  provisioning_parameters {
    key   = "Label"
    value = var.label
  }
}
"#;

/// Runs Terraform in a folder; what it says on stdout.
fn terraform(folder: &Path, url: &str, arguments: &[&str]) -> String {
    let mut command = Command::new("terraform");
    command.args(arguments).current_dir(folder).env_remove("TF_CLI_CONFIG_FILE");
    command.envs([
        ("CHECKPOINT_DISABLE", "1"),
        ("TF_VAR_url", url),
        ("TF_VAR_label", "hush-hush-hush"),
        ("NO_PROXY", "127.0.0.1"),
    ]);
    let output = command.output().expect("terraform runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "terraform {arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_state_of_the_real_terraform_becomes_declarations_that_plan_as_nothing() {
    let there = Command::new("terraform").arg("version").output().is_ok();
    let plugins = std::env::var("PROVISOR_TERRAFORM_PLUGINS").ok().filter(|_| there);
    let Some(plugins) = plugins else {
        println!("skipped: no `terraform`, or PROVISOR_TERRAFORM_PLUGINS names no folder of providers");
        return;
    };
    let repo = Repo::new("");
    std::fs::remove_file(repo.path().join("products.yaml")).unwrap();
    repo.write("sandbox.yaml", WORLD);
    repo.write("provisor.yaml", "project: p\nlocations:\n  here: {sandbox: sandbox.yaml}\n");
    repo.write("theirs/main.tf", MAIN);
    repo.write("theirs/m/main.tf", MODULE);
    let folder = repo.path().join("theirs");
    let (shown, plan) = repo.served(|url| {
        terraform(&folder, url, &["init", "-no-color", &format!("-plugin-dir={plugins}")]);
        terraform(&folder, url, &["apply", "-no-color", "-auto-approve"]);
        terraform(&folder, url, &["plan", "-no-color", "-out=saved"]);
        (terraform(&folder, url, &["show", "-json"]), terraform(&folder, url, &["show", "-json", "saved"]))
    });
    repo.write("shown.json", &shown);
    repo.write("plan.json", &plan);
    let calls = repo.called("ProvisionProduct");
    repo.sh("import --from-terraform theirs/saved").exits(1).tells(&["this is a saved plan"]);
    let told = |file: &str| {
        let done = repo.sh(&format!("import --from-terraform {file}")).exits(5).says(&["6 to import"]);
        assert!(!format!("{}{}", done.out, done.err).contains("hush-hush"), "{}", done.out);
        done.out.replace(file, "FILE")
    };
    let by_state = told("theirs/terraform.tfstate");
    assert_eq!(told("shown.json"), by_state);
    assert_eq!(told("plan.json"), by_state);
    repo.sh("import --from-terraform theirs/terraform.tfstate --auto-approve")
        .exits(0)
        .says(&["Conversion: 6 carried over, 4 renamed, 0 otherwise changed, 0 left."]);
    let text = repo.read("products/box.yaml");
    assert!(text.contains("Note: ${net.outputs.Arn}") && !text.contains("stage"), "{text}");
    repo.write("secrets.yaml", "m_x_password: swordfish-and-chips\nm_x_label: hush-hush-hush\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(repo.path().join("secrets.yaml"), mode).unwrap();
    repo.sh("plan --detailed-exitcode --secret-file secrets.yaml").exits(0).says(&["No changes."]);
    repo.sh("apply --auto-approve --secret-file secrets.yaml").exits(0);
    assert_eq!((repo.called("ProvisionProduct"), repo.called("UpdateProvisionedProduct")), (calls, 0));
}

//! Requests for accounts, in the forms in which AFT, Gruntwork and the Landing Zone Accelerator keep them.

use provisor::import::{
    AccountTool, FolderText, ForeignAccount, ForeignFile, ForeignProduct, FoundValue, OtherFile,
    account_requests,
};
use provisor::model::kinds::ProvisionedType;
use provisor::model::product::Selector;

fn given(path: &str, text: &str) -> FolderText {
    FolderText { path: path.to_owned(), shown: path.to_owned(), text: text.to_owned() }
}

fn read(tool: AccountTool, files: &[[&str; 2]]) -> ForeignFile {
    let files: Vec<FolderText> = files.iter().map(|[path, text]| given(path, text)).collect();
    account_requests(tool, &files).unwrap()
}

fn aft(text: &str) -> ForeignFile {
    read(AccountTool::Aft, &[["main.tf", text]])
}

fn value<'p>(product: &'p ForeignProduct, parameter: &str) -> Option<&'p str> {
    match &product.offers[parameter].value {
        Some(FoundValue::Text(text)) => Some(text),
        _ => None,
    }
}

fn told<'p>(product: &'p ForeignProduct, parameter: &str) -> &'p str {
    product.offers[parameter].told.as_deref().unwrap()
}

#[test]
fn a_request_of_aft_is_a_product_of_the_account_factory() {
    let file = aft(r#"
module "pay_dev" {
  source = "./modules/aft-account-request"   # the module of the repository

  control_tower_parameters = {
    AccountEmail              = "pay+dev@example.com"
    AccountName               = " pay dev "
    ManagedOrganizationalUnit = "Sandbox (ou-ab12-cdefghij)"
    SSOUserEmail : "j@example.com",
    SSOUserFirstName          = "J\u00f6rg \"J\" $${x}"
    "SSOUserLastName"         = "D"
  }

  account_tags = { "ABC:Owner" = "j" }
  custom_fields = {}
}

module "other" { source = "./modules/vpc" }
resource "aws_s3_bucket" "b" {
  for_each = { for k in ["a"] : k => k }
  lifecycle { prevent_destroy = true }
}
"#);
    let [product] = file.products.as_slice() else { panic!("{file:?}") };
    assert_eq!((product.origin.as_str(), product.key.as_str()), ("module.pay_dev", "pay_dev"));
    assert_eq!(product.at.as_deref(), Some("main.tf:2"));
    // as AFT calls it, and as it might be called
    assert_eq!(product.which, Selector::Name("pay-dev".to_owned()));
    assert_eq!(product.also, [Selector::Name(" pay dev ".to_owned())]);
    assert_eq!(product.kind, Some(ProvisionedType::Account));
    assert_eq!(product.email.as_deref(), Some("pay+dev@example.com"));
    assert_eq!(value(product, "SSOUserFirstName"), Some("Jörg \"J\" ${x}"));
    assert_eq!(value(product, "SSOUserEmail"), Some("j@example.com"));
    assert_eq!(product.offers.len(), 6);
    assert_eq!(
        file.changed,
        [
            "main.tf:2: module.pay_dev: `account_tags`, `custom_fields` left out: Account Factory itself takes none of that"
        ]
    );
    assert!(file.left.is_empty() && file.advice.len() == 2, "{file:?}");
}

#[test]
fn what_terraform_works_out_is_left_open() {
    let text = r#"
locals {
  domain = "example.com"
  ou     = local.units.prod
  units  = { prod = "Prod" }
  round  = local.round
  many   = "${local.many2}${local.many2}"
  many2  = "${local.many}"
}
variable "first" { default = "J" }
variable "last" { type = string }
module "x" {
  source = "x"
  control_tower_parameters = {
    AccountEmail              = "x@${local.domain}"
    AccountName               = format("%s-x", "a")
    ManagedOrganizationalUnit = local.ou
    SSOUserEmail              = local.round
    SSOUserFirstName          = var.first
    SSOUserLastName           = var.last
    Text                      = <<-EOT
      one
    EOT
    Many                      = local.many
    Chosen                    = true ? "a" : "b"
    Number                    = 7
    List                      = ["a"]
    Nothing                   = null
  }
}
"#;
    let file = read(AccountTool::Aft, &[["main.tf", text], ["terraform.tfvars", "first = \"K\"\n"]]);
    let product = &file.products[0];
    assert_eq!(value(product, "AccountEmail"), Some("x@example.com"));
    assert_eq!(value(product, "ManagedOrganizationalUnit"), Some("Prod"));
    assert_eq!(value(product, "SSOUserFirstName"), Some("K"));
    assert_eq!(value(product, "Number"), Some("7"));
    assert_eq!(value(product, "Text").map(str::trim), Some("one"));
    // found by its address, as its name is open
    assert_eq!(product.which, Selector::Name("x@example.com".to_owned()));
    assert_eq!(
        told(product, "AccountName"),
        "main.tf:16: module.x: `AccountName` is as it is there: only Terraform works it out"
    );
    assert!(told(product, "SSOUserLastName").ends_with("it refers to what this configuration does not say"));
    for open in ["SSOUserEmail", "Many", "Chosen", "List", "Nothing"] {
        assert_eq!(value(product, open), None, "{open}");
    }
}

#[test]
fn a_loop_over_what_is_written_down_is_followed() {
    let file = aft(r#"
locals { accounts = { b = { email = "b@example.com" }, "a.x" = { email = "a@example.com" } } }
module "m" {
  for_each = local.accounts
  control_tower_parameters = {
    AccountEmail = each.value.email
    AccountName  = "acc-${each.key}"
    SSOUserEmail = each.value["email"]
  }
}
module "counted" {
  count = 2
  control_tower_parameters = {}
}
module "read" {
  for_each = jsondecode(file("a.json"))
  control_tower_parameters = { AccountEmail = each.key }
}
module "empty" { control_tower_parameters = local.nothing }
"#);
    let names: Vec<_> = file.products.iter().map(|one| (&*one.origin, &*one.key)).collect();
    assert_eq!(names, [("module.m[\"a.x\"]", "m-a.x"), ("module.m[\"b\"]", "m-b")]);
    assert_eq!(value(&file.products[1], "AccountName"), Some("acc-b"));
    assert_eq!(value(&file.products[1], "SSOUserEmail"), Some("b@example.com"));
    for (left, part) in file.left.iter().zip([
        "main.tf:12: module.counted: `count`",
        "main.tf:16: module.read: only Terraform",
        "main.tf:19: module.empty: neither its name",
    ]) {
        assert!(left.starts_with(part), "{left}");
    }
    assert_eq!(file.left.len(), 3);
}

#[test]
fn what_is_no_configuration_is_told_with_its_line() {
    let check = |text: &str, expected: &str| {
        let OtherFile { message, .. } =
            account_requests(AccountTool::Aft, &[given("a.tf", text)]).unwrap_err();
        assert_eq!(message, format!("`a.tf`: {expected}"));
    };
    check("module \"hush\" {\n", "line 2: a block does not end");
    check("\n= hush", "line 2: an attribute or a block was expected");
    check("a = \"hush\n\"", "line 1: a text does not end");
    check("a = <<EOT\nhush\n", "line 1: a text does not end");
    check("a = {\n  = hush\n}", "line 2: the key of a map was expected");
    check("a = [1, 2\n", "line 2: a list does not end");
    check("a = f(\n", "line 2: a value does not end");
    check("/* hush", "line 1: a remark does not end");
    check("@", "line 1: this is no configuration of Terraform");
    check(&"a {".repeat(60), "line 1: it is nested too deeply");
    check(&format!("a = {}", "[".repeat(60)), "line 1: it is nested too deeply");
}

#[test]
fn gruntworks_requests_are_files_with_names() {
    let file = read(
        AccountTool::Gruntwork,
        &[
            [
                "_new-account-requests/account-pay.yml",
                "account_email: pay@example.com\nsso_user_first_name: J\nsso_user_last_name: D\nsso_user_email: j@example.com\norganizational_unit_name: Prod\ntags: {a: b}\n",
            ],
            [
                "accounts.yml",
                "pay: {id: \"100000000001\"}\nlogs: {id: \"100000000002\", email: l@example.com}\n",
            ],
        ],
    );
    let product = &file.products[0];
    assert_eq!((product.origin.as_str(), &product.which), ("pay", &Selector::Name("pay".to_owned())));
    assert_eq!(product.also, [Selector::Id("100000000001".to_owned()), Selector::Name("pay".to_owned())]);
    assert_eq!(
        [value(product, "AccountName"), value(product, "ManagedOrganizationalUnit")],
        [Some("pay"), Some("Prod")]
    );
    assert_eq!(
        file.changed,
        [
            "_new-account-requests/account-pay.yml:6: pay: `tags` is left out: Account Factory itself takes no such thing"
        ]
    );
    let account =
        |name: &str, id: &str| ForeignAccount { name: name.to_owned(), id: id.to_owned(), region: None };
    assert_eq!(file.accounts, [account("logs", "100000000002"), account("pay", "100000000001")]);
}

#[test]
fn the_accelerators_accounts_are_a_list() {
    let file = read(
        AccountTool::Lza,
        &[[
            "accounts-config.yaml",
            "mandatoryAccounts:\n  - {name: Audit, email: a@example.com, organizationalUnit: Security}\nworkloadAccounts:\n  - {name: pay, email: p@example.com, organizationalUnit: Work/Prod, warm: true}\n  - {name: odd}\naccountIds: [{email: p@example.com, accountId: \"100000000001\"}]\n",
        ]],
    );
    let [audit, pay] = file.products.as_slice() else { panic!("{file:?}") };
    assert!(audit.is_likely && !pay.is_likely);
    assert_eq!(pay.also, [Selector::Id("100000000001".to_owned())]);
    assert_eq!(
        [value(pay, "SSOUserEmail"), value(pay, "SSOUserLastName")],
        [Some("p@example.com"), Some("pay")]
    );
    assert_eq!(file.left, ["accounts-config.yaml:5: an account has no `name` or no `email`"]);
    assert_eq!(file.accounts[0].name, "pay");
    let included = read(AccountTool::Lza, &[["a.yaml", "workloadAccounts: !include other.yaml\n"]]);
    assert!(
        included.left[0].starts_with("a.yaml:1: `workloadAccounts` stands in another file"),
        "{included:?}"
    );
    let other = account_requests(AccountTool::Lza, &[given("a", "a: 1\n")]).unwrap_err();
    assert!(other.message.contains("no `workloadAccounts`"));
}

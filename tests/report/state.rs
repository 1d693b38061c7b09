//! The state for people.

use super::fixture::{address, recorded};
use provisor::report::human;
use provisor::report::view::StateView;

#[test]
fn a_row_is_shown_in_full_without_its_secrets() {
    let recorded = recorded();
    let one = |key: &str| human::state(&StateView::of(&recorded, |found| *found == address(key)));
    let expected = r#"# network
  location                 = "hub"
  account                  = "111122223333"
  region                   = "eu-west-1"
  provisioned_product_id   = "pp-1"
  provisioned_product_name = "net-dev"
  prevent_terminate        = false
  on_removal               = terminate
  after                    = "base"

# applied: record rec-1, parameters not verified
  product             = "vpc"  # prod-1
  version             = "v3"  # pa-1
  path                = "platform"  # lpv3-1
  parameters.Cidr     = "a\u{1b}[31mred\u{202e}evil\u{200b}\u{9b}2J\u{7}"
  parameters.Kept     = (unknown)
  parameters.Password = (sensitive)
  tags.env            = "dev"

# outputs
  VpcId = "vpc-1"
  Token = (sensitive)

# under way: an update, no answer is known
  token = "t-8"

# last failure: a termination that retains resources rec-5
  | a\u{1b}[31mred\u{202e}evil\u{200b}\u{9b}2J\u{7}
"#;
    assert_eq!(one("network"), expected);
    let bare = one("none");
    assert!(bare.ends_with("\n# nothing was ever confirmed\n"), "{bare}");
}

#[test]
fn lists_and_outputs() {
    let recorded = recorded();
    let all = StateView::of(&recorded, |_| true);
    assert_eq!(human::state_list(&all), "network\nnone\n");
    assert_eq!(human::outputs(&all), "network:\n  VpcId = \"vpc-1\"\n  Token = (sensitive)\n");
    assert_eq!(human::outputs(&StateView::of(&recorded, |_| false)), "");
}

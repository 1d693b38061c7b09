//! The template behind products that have none of their own: AWS Control Tower's Account Factory, and
//! Terraform or external products whose variables the world file does not describe.

use std::fmt::Write;

use crate::ids;

/// What `CONTROL_TOWER_ACCOUNT` products ask for and give back; the organizational units come from the world.
pub(super) fn template(organizational_units: &[String]) -> String {
    let mut text = String::from(
        "AWSTemplateFormatVersion: '2010-09-09'\nDescription: AWS Control Tower account\nParameters:\n",
    );
    let plain = [
        ("AccountName", "Account name"),
        ("AccountEmail", "E-mail of the new account"),
        ("SSOUserFirstName", "First name of the account's user"),
        ("SSOUserLastName", "Last name of the account's user"),
        ("SSOUserEmail", "E-mail of the account's user"),
    ];
    for (key, description) in plain {
        let _ = writeln!(text, "  {key}: {{Type: String, Description: \"{description}\"}}");
    }
    text.push_str("  ManagedOrganizationalUnit:\n    Type: String\n    Description: Organizational unit\n");
    if !organizational_units.is_empty() {
        text.push_str("    AllowedValues:\n");
        for unit in organizational_units {
            let _ = writeln!(text, "      - '{}'", unit.replace('\'', "''"));
        }
    }
    text.push_str(REST);
    text
}

const REST: &str = "\
Resources:
  Account: {Type: 'AWS::ControlTower::Account', Properties: {Email: !Ref AccountEmail}}
Outputs:
  AccountEmail: {Value: !Ref AccountEmail}
  AccountId: {Value: !GetAtt Account.AccountId}
  SSOUserEmail: {Value: !Ref SSOUserEmail}
  SSOUserPortal: {Value: 'https://sandbox.awsapps.com/start'}
";

/// A template that asks for nothing.
pub(super) const EMPTY: &str = "
AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Nothing: {Type: 'AWS::CloudFormation::WaitConditionHandle'}
";

/// The account that is vended for an e-mail address.
pub(crate) fn account_id(email: &str) -> String {
    let fraction = ids::fraction(&["account", email]);
    format!("{:012}", 100_000_000_000_u64 + (fraction * 899_999_999_999.0) as u64)
}

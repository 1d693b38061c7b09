//! Accounts as `locations:` takes them: data, to be named there or copied from.

use std::collections::BTreeSet;

use super::foreign::ForeignAccount;
use super::names::{free, key_of};
use super::yaml::{YamlNode, YamlPair, document};

/// The text of a file of locations.
#[must_use]
pub fn location_data(accounts: &[ForeignAccount], entries: &BTreeSet<String>, origin: &[String]) -> String {
    let mut taken = entries.clone();
    let pair = |account: &ForeignAccount| {
        let name = free(&key_of(&account.name.to_lowercase()), &mut taken);
        let id = YamlPair::text("account_id", account.id.clone());
        let regions = account.region.iter().cloned().map(YamlNode::text).collect();
        YamlPair::new(name, YamlNode::Map(vec![id, YamlPair::new("regions", YamlNode::List(regions))]))
    };
    let pairs: Vec<YamlPair> = accounts.iter().map(pair).collect();
    let head: String = origin.iter().map(|line| format!("# {line}\n")).collect();
    head + &document(&pairs)
}

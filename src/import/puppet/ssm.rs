//! What launches write to the parameter store from their outputs, and which of it a parameter reads.

use std::collections::BTreeMap;

use super::item::PuppetItem;
use super::targets::Spot;

/// Who writes a parameter of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutputGiver {
    pub launch: String,
    pub spot: Spot,
    pub output: String,
    account: Option<String>,
    region: Option<String>,
}

/// What is written, by its name.
#[derive(Default)]
pub(super) struct ParameterStore {
    by_name: BTreeMap<String, Vec<OutputGiver>>,
    /// By its name and where it is made.
    near: BTreeMap<String, BTreeMap<Spot, OutputGiver>>,
}

/// Of one name no more are told apart.
const FEW: usize = 8;

impl ParameterStore {
    /// What a launch writes, wherever it is deployed to.
    pub fn put(&mut self, launch: &str, output: &PuppetItem, spot: &Spot) {
        let text = |key: &str| output.get(key).and_then(PuppetItem::text).map(|text| filled(text, spot));
        let (Some(name), Some(key)) = (text("param_name"), text("stack_output")) else { return };
        let giver = OutputGiver {
            launch: launch.to_owned(),
            spot: spot.clone(),
            output: key,
            account: text("account_id"),
            region: text("region"),
        };
        let all = self.by_name.entry(name.clone()).or_default();
        if all.len() < FEW {
            all.push(giver.clone());
        }
        self.near.entry(name).or_default().insert(spot.clone(), giver);
    }

    /// Who writes what a launch reads there, where that is certain.
    pub fn giver(&self, launch: &str, read: &PuppetItem, spot: &Spot) -> Option<&OutputGiver> {
        let text = |key: &str| read.get(key).and_then(PuppetItem::text).map(|text| filled(text, spot));
        let name = text("name")?;
        let (account, region) = (text("account_id"), text("region"));
        let alike = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => one == other,
            // what is not said is where Puppet runs, wherever that is
            _ => true,
        };
        let fits = |giver: &&OutputGiver| {
            giver.launch != launch && alike(&giver.account, &account) && alike(&giver.region, &region)
        };
        if let Some(near) = self.near.get(&name).and_then(|all| all.get(spot)).filter(fits) {
            return Some(near);
        }
        let all = self.by_name.get(&name)?;
        let mut fitting = all.iter().filter(fits);
        let only = fitting.next().filter(|_| all.len() < FEW);
        only.filter(|_| fitting.next().is_none())
    }
}

/// With the account and the region filled in.
pub(super) fn filled(text: &str, spot: &Spot) -> String {
    text.replace("${AWS::AccountId}", &spot.account).replace("${AWS::Region}", &spot.region)
}

//! What a launch waits for. Puppet waits for a launch everywhere, or only in the same account or region; here one waits for another
//! at its own location, or for those at other locations that are named.

use std::collections::{BTreeMap, BTreeSet};

use super::item::PuppetItem;
use super::ssm::ParameterStore;
use super::targets::Spot;
use super::told::PuppetReport;
use provisor_model::graph::Graph;

/// What one launch says that it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wait<'m> {
    pub name: &'m str,
    affinity: &'m str,
    item: &'m PuppetItem,
}

/// So many other locations are named one by one.
const FEW: usize = 10;

/// The launches that each launch waits for; all else that it waits for is told.
pub(super) fn waits<'m>(
    launches: &BTreeMap<&'m str, &'m PuppetItem>,
    gone: &BTreeSet<&str>,
    told: &mut PuppetReport,
) -> BTreeMap<&'m str, Vec<Wait<'m>>> {
    let mut all: BTreeMap<&str, Vec<Wait<'_>>> = BTreeMap::new();
    for (name, launch) in launches {
        let items = launch.get("depends_on").map(PuppetItem::items).unwrap_or_default();
        for item in items {
            let Some(wait) = wait(name, item, told) else { continue };
            if launches.contains_key(wait.name) && wait.name != *name {
                all.entry(name).or_default().push(wait);
            } else if gone.contains(wait.name) {
                told.changed(
                    item.at,
                    &format!("{name}: it does not wait for `{}`, which is left", wait.name),
                );
            } else {
                told.changed(
                    item.at,
                    &format!("{name}: it waits for `{}`, which is no launch here", wait.name),
                );
            }
        }
    }
    without_circles(&mut all, told);
    all
}

fn wait<'m>(name: &str, item: &'m PuppetItem, told: &mut PuppetReport) -> Option<Wait<'m>> {
    if let Some(other) = item.text() {
        return Some(Wait { name: other, affinity: "launch", item });
    }
    let text = |key: &str| item.get(key).and_then(PuppetItem::text);
    let kind = text("type").unwrap_or("launch");
    let other = text("name").unwrap_or_default();
    if kind != "launch" {
        told.changed(item.at, &format!("{name}: it does not wait for the {kind} `{other}`, which is left"));
        return None;
    }
    Some(Wait { name: other, affinity: text("affinity").unwrap_or("launch"), item })
}

/// What waits for itself over others would never come.
fn without_circles<'m>(all: &mut BTreeMap<&'m str, Vec<Wait<'m>>>, told: &mut PuppetReport) {
    let named = all.values().flatten().map(|wait| wait.name);
    let nodes: BTreeSet<&'m str> = all.keys().copied().chain(named).collect();
    let mut graph = Graph::new(nodes);
    for (name, waits) in &*all {
        waits.iter().for_each(|wait| graph.wait(name, &wait.name));
    }
    for circle in graph.circles() {
        let (Some(first), Some(last)) = (circle.first(), circle.last()) else { continue };
        let Some(waits) = all.get_mut(last) else { continue };
        for wait in waits.iter().filter(|wait| wait.name == *first) {
            told.changed(
                wait.item.at,
                &format!("{last}: it does not wait for `{first}`, which waits for it"),
            );
        }
        waits.retain(|wait| wait.name != *first);
    }
}

/// What a launch waits for at one place, as declarations say it.
pub(super) fn needs(
    name: &str,
    spot: &Spot,
    waits: &[Wait<'_>],
    launches: &BTreeMap<String, BTreeMap<Spot, String>>,
    told: &mut PuppetReport,
) -> BTreeSet<String> {
    let mut needs = BTreeSet::new();
    for wait in waits {
        let Some(spots) = launches.get(wait.name) else { continue };
        let meant = |other: &&Spot| match wait.affinity {
            "account" => other.account == spot.account,
            "region" => other.region == spot.region,
            "account-and-region" => *other == spot,
            _ => true,
        };
        let other = wait.name;
        if spots.contains_key(spot) {
            needs.insert(other.to_owned());
            if spots.len() > 1 && wait.affinity != "account-and-region" {
                let what = "it waits only for what is at its own location";
                let by = format!("Puppet waits by `affinity: {}`", wait.affinity);
                told.changed(wait.item.at, &format!("{name}: of `{other}` {what}: {by}"));
            }
            continue;
        }
        let all: Vec<&Spot> = spots.keys().filter(meant).take(FEW + 1).collect();
        if all.is_empty() {
            let by = format!("(`affinity: {}`)", wait.affinity);
            told.changed(
                wait.item.at,
                &format!("{name}: `{other}` is at no location that it waits for {by}"),
            );
        } else if spots.len() == 1 {
            needs.insert(other.to_owned());
        } else if all.len() <= FEW {
            let locations = all.iter().filter_map(|spot| spots.get(spot));
            needs.extend(locations.map(|location| format!("{other}@{location}")));
        } else {
            let what = "it does not wait for it: it is at many locations, and not at its own";
            told.changed(wait.item.at, &format!("{name}: `{other}`: {what}"));
        }
    }
    needs
}

/// What launches write to the parameter store: whoever reads it there reads what Puppet last wrote.
pub(super) fn outputs(
    name: &str,
    launch: &PuppetItem,
    spots: &BTreeMap<Spot, String>,
    store: &mut ParameterStore,
    told: &mut PuppetReport,
) {
    let Some(outputs) = launch.get("outputs") else { return };
    for (key, item) in outputs.pairs().filter(|(key, _)| *key != "ssm") {
        told.changed(item.at, &format!("{name}: `outputs.{key}` is not read"));
    }
    for item in outputs.get("ssm").map(PuppetItem::items).unwrap_or_default() {
        spots.keys().for_each(|spot| store.put(name, item, spot));
        let text = |key: &str| item.get(key).and_then(PuppetItem::text).unwrap_or_default();
        let (parameter, output) = (text("param_name"), text("stack_output"));
        let what = format!(
            "Puppet writes the output `{output}` to the SSM parameter `{parameter}`, and nobody will once Puppet is gone"
        );
        let at = told.at(item.at);
        told.advice.push(format!("{at}: {name}: {what}: who reads it?"));
    }
}

//! How a conversion from another tool ends: what was carried over, under which keys, what changed, what is left and why, and what is
//! to be done by hand.

use std::collections::BTreeMap;

use super::new_locations::NewLocations;
use crate::import::Composed;
use crate::workspace::{Conversion, Discovery};

/// The report, once everything is adopted. Nothing where there was nothing to convert.
pub fn told(discovery: &Discovery, composed: &Composed, locations: Option<&NewLocations>) -> Option<String> {
    let conversion = discovery.conversion.as_ref()?;
    let renamed = renamed(conversion, composed);
    let carried = discovery.found.len() + discovery.declared.len();
    let mut text = format!(
        "\nConversion: {carried} carried over, {} renamed, {} otherwise changed, {} left.\n",
        renamed.len(),
        conversion.changed.len(),
        discovery.left.len()
    );
    let renamed: Vec<String> = renamed.iter().map(|(from, to)| format!("{from} is {to}")).collect();
    let left: Vec<String> = discovery.left.iter().map(|left| left.sentence.clone()).collect();
    let mut advice = conversion.advice.clone();
    advice.extend(locations.map(NewLocations::advice));
    for (title, lines) in
        [("Renamed", &renamed), ("Changed", &conversion.changed), ("Left", &left), ("By hand", &advice)]
    {
        if !lines.is_empty() {
            text.push_str(&format!("\n{title}:\n"));
            text.extend(lines.iter().map(|line| format!("  {}\n", on_one_line(line))));
        }
    }
    Some(text)
}

/// Names of others may hold anything: a sentence stays on its line.
pub fn on_one_line(sentence: &str) -> String {
    sentence.split(['\n', '\r']).collect::<Vec<_>>().join(" ")
}

/// What has another name than it had: its last part is not its key.
fn renamed(conversion: &Conversion, composed: &Composed) -> BTreeMap<String, String> {
    let pairs = conversion.origins.iter().zip(&composed.addresses);
    let pairs = pairs.map(|(from, to)| (from.name.clone(), to.key.to_string()));
    pairs.filter(|(from, to)| from.rsplit('.').next() != Some(to)).collect()
}
